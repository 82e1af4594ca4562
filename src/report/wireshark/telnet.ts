import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import { nextCommand, SB, unescaped } from "../../protocols/application/telnet/escapes.ts";
import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";
import type { Emit, Extra, Override } from "./context.ts";
import { lineCell } from "./text-lines.ts";

/** Text as Wireshark keeps it: up to a zero byte. */
const textUpToZero = (text: string): string => lineCell(text.split("\0", 1)[0]!);

/** Data line by line: a line ends with a line feed, or with a carriage return and a zero byte (RFC 854). */
function lines(text: string, emit: Emit): void {
  for (const line of text.match(/[^\n]*?(?:\n|\r\0)|[^\n]+$/g) ?? [])
    emit("telnet.data", textUpToZero(line));
}

function cells({ bytes, start, end }: Layer, emit: Emit): void {
  let at = start;
  while (at < end) {
    const stop = nextCommand(bytes, at, end);
    lines(readLatin1(bytes, at, stop), emit);
    if (stop + 1 >= end) return;
    const command = bytes[stop + 1]!;
    emit("telnet.cmd", String(command));
    at = stop + 2;
    if (command < SB || at >= end) continue;
    emit("telnet.subcmd", String(bytes[at]));
    const option = bytes[at++]!;
    if (command !== SB) continue;
    const last = nextCommand(bytes, at, end);
    subnegotiation(option, unescaped(bytes, at, last), emit);
    at = last;
  }
}

type Reader = (data: Uint8Array, emit: Emit) => void;

/** IS and a text, or SEND (RFC 1091, RFC 1096). */
const textOption: Reader = (data, emit) => {
  if (data[0]! > 1) {
    emit("telnet.invalid_subcommand", "1");
    if (data.length > 1) emit("telnet.subcommand_data", formatHex(data.subarray(1)));
    return;
  }
  emit("telnet.subcmd", String(data[0]));
  if (data[0] === 0 && data.length > 1)
    emit("telnet.string_subopt.value", textUpToZero(readLatin1(data, 1, data.length)));
};

/** Width and height of a window (RFC 1073). */
const windowSize: Reader = (data, emit) => {
  if (data.length !== 4) {
    emit("telnet.suboption_length.invalid", "1");
    return;
  }
  emit("telnet.naws_subopt.width", String(readU16(data, 0)));
  emit("telnet.naws_subopt.height", String(readU16(data, 2)));
};

/** The two bytes of a kind of authentication (RFC 2941 §3). */
function authType(data: Uint8Array, at: number, emit: Emit): void {
  const modifier = data[at + 1]!;
  emit("telnet.auth.type", String(data[at]));
  emit("telnet.auth.mod.who", String(modifier & 1));
  emit("telnet.auth.mod.how", String((modifier >> 1) & 1));
  emit("telnet.auth.mod.cred_fwd", String((modifier >> 3) & 1));
  emit("telnet.auth.mod.enc", String((modifier >> 2) & 5));
}

/** Authentication (RFC 2941 §2): what a server takes, what is said of one kind of it, or a name. */
const authentication: Reader = (data, emit) => {
  const command = data[0]!;
  emit("telnet.auth.cmd", String(command));
  if (command === 3) {
    emit("telnet.auth.name", lineCell(readLatin1(data, 1, data.length)));
    return;
  }
  const count = command === 1 ? (data.length - 1) >> 1 : data.length >= 3 ? 1 : 0;
  for (let i = 0; i < count; i++) authType(data, 1 + 2 * i, emit);
  if (command !== 1 && data.length > 3) emit("telnet.auth.krb5.cmd", String(data[3]));
};

/** Encryption (RFC 2946 §2). */
const encryption: Reader = (data, emit) => {
  const command = data[0]!;
  emit("telnet.enc.cmd", String(command));
  if (data.length < 2) return;
  const rest = formatHex(data.subarray(1));
  if (command === 1) for (const type of data.subarray(1)) emit("telnet.enc.type", String(type));
  else if (command === 0 || command === 2) {
    emit("telnet.enc.type", String(data[1]));
    if (data.length > 2) emit("telnet.enc.type_data", formatHex(data.subarray(2)));
  } else if (command === 7 || command === 8) emit("telnet.enc.key_id", rest);
};

const portSettings = ["", "baud_rate", "data_size", "parity", "stop", "control"];

/** Settings of a serial port (RFC 2217 §3): a server says them with 100 more. */
const serialPort: Reader = (data, emit) => {
  const name = portSettings[data[0]! % 100];
  if (name === undefined || name === "" || data[0]! > 105) return;
  const size = name === "baud_rate" ? 4 : 1;
  if (data.length < 1 + size) return;
  const value = size === 4 ? readU32(data, 1) : data[1]!;
  emit(`telnet.comport_subopt.${name}`, String(value));
};

const oneByte =
  (name: string): Reader =>
  (data, emit) =>
    emit(name, String(data[0]));

/** Options whose parameters have fields of their own; those of others are bytes. */
const readers: ReadonlyMap<number, Reader> = new Map([
  [24, textOption],
  [31, windowSize],
  [33, oneByte("telnet.rfc_subopt.cmd")],
  [35, textOption],
  [37, authentication],
  [38, encryption],
  [44, serialPort],
  [46, oneByte("telnet.starttls")],
]);

function subnegotiation(option: number, data: Uint8Array, emit: Emit): void {
  if (data.length === 0) return;
  const read = readers.get(option);
  if (read === undefined) emit("telnet.option_data", formatHex(data));
  else read(data, emit);
}

const names: readonly string[] = [
  "telnet.auth.cmd",
  "telnet.auth.krb5.cmd",
  "telnet.auth.mod.cred_fwd",
  "telnet.auth.mod.enc",
  "telnet.auth.mod.how",
  "telnet.auth.mod.who",
  "telnet.auth.name",
  "telnet.auth.type",
  "telnet.cmd",
  "telnet.comport_subopt.baud_rate",
  "telnet.comport_subopt.control",
  "telnet.comport_subopt.data_size",
  "telnet.comport_subopt.parity",
  "telnet.comport_subopt.stop",
  "telnet.data",
  "telnet.enc.cmd",
  "telnet.enc.key_id",
  "telnet.enc.type",
  "telnet.enc.type_data",
  "telnet.invalid_subcommand",
  "telnet.naws_subopt.height",
  "telnet.naws_subopt.width",
  "telnet.option_data",
  "telnet.rfc_subopt.cmd",
  "telnet.starttls",
  "telnet.string_subopt.value",
  "telnet.subcmd",
  "telnet.subcommand_data",
  "telnet.suboption_length.invalid",
];

/** Data by lines, and what subnegotiations hold. */
export const telnetExtra: Extra = { protocol: "telnet", names, cells };

/** What is emitted above, with the ends of subnegotiations and the words in them. */
export const telnetOverrides: readonly Override[] = ["telnet.cmd", "telnet.subcmd"].map((name) => ({
  name,
  cell: () => null,
}));
