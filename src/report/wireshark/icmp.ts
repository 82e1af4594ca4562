import { formatHex } from "../../bytes/hex.ts";
import { readU16le, readU32, readU32le } from "../../bytes/numbers.ts";
import type { Packet } from "../../packet/packet.ts";
import type { Layer } from "../../schema/layer.ts";
import { trailerOf } from "../../schema/layout.ts";
import { formatTime, hexCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";

const ECHO_REPLY = 0;
const UNREACHABLE = 3;
const ECHO = 8;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;
const DAY = 86_400n;
const BILLION = 1_000_000_000n;

/** Requests without an answer yet, by ends, identifier and sequence number. */
export class Echoes {
  private readonly open = new Map<string, { readonly number: number; readonly time: bigint }>();

  ask(layer: Layer, packet: Packet): void {
    const time = timeOf(packet);
    this.open.set(this.key(layer, false), { number: packet.number, time });
  }

  /** The request that a reply is for, and the milliseconds in between. */
  answer(layer: Layer, packet: Packet): { readonly number: number; readonly ms: number } | null {
    const key = this.key(layer, true);
    const asked = this.open.get(key);
    if (asked === undefined) return null;
    this.open.delete(key);
    return { number: asked.number, ms: Number(timeOf(packet) - asked.time) / 1e6 };
  }

  private key({ bytes, start, lower }: Layer, isReply: boolean): string {
    const ids = formatHex(bytes, start + 4, start + 8);
    if (lower === null) return ids;
    const [from, size] = lower.schema.root.name === "ipv4" ? [12, 4] : [8, 16];
    const src = formatHex(lower.bytes, lower.start + from, lower.start + from + size);
    const dst = formatHex(lower.bytes, lower.start + from + size, lower.start + from + 2 * size);
    return isReply ? `${dst} ${src} ${ids}` : `${src} ${dst} ${ids}`;
  }
}

const timeOf = (packet: Packet): bigint =>
  BigInt(packet.seconds) * BILLION + BigInt(Math.max(0, packet.nanoseconds));

const echoes = (): Echoes => new Echoes();

/** Whether the message is part of a packet that an error message quotes. */
export function isQuoted(layer: Layer): boolean {
  for (let l = layer.lower; l !== null; l = l.lower)
    if (l.schema.root.name === "icmp" || l.schema.root.name === "icmpv6") return true;
  return false;
}

/** Seconds and microseconds at the start of an echo's data, of either byte order, where they are of the packet's day. */
function emitDataTime({ bytes, start, end }: Layer, packet: Packet, emit: Emit): void {
  if (end - start < 16 || packet.nanoseconds < 0) return;
  for (const read of [readU32, readU32le]) {
    const seconds = read(bytes, start + 8);
    const micros = read(bytes, start + 12);
    const apart = BigInt(seconds) - BigInt(packet.seconds);
    if (micros >= 1_000_000 || apart >= DAY || apart <= -DAY) continue;
    emit("icmp.data_time", formatTime(seconds, micros * 1000));
    const ns = timeOf(packet) - (BigInt(seconds) * BILLION + BigInt(micros) * 1000n);
    const size = ns < 0n ? -ns : ns;
    const text = `${size / BILLION}.${String(size % BILLION).padStart(9, "0")}`;
    emit("icmp.data_time_relative", ns < 0n ? `-${text}` : text);
    return;
  }
}

/** Types that begin with an identifier, and those of them with a sequence number of two bytes. */
const identified = new Set([0, 8, 13, 14, 15, 16, 17, 18, 42, 43]);
const isExtendedEcho = (type: number): boolean => type === 42 || type === 43;
const isDomainName = (type: number): boolean => type === 37 || type === 38;
const isExtensible = (type: number): boolean =>
  type === UNREACHABLE || type === TIME_EXCEEDED || type === PARAMETER_PROBLEM;

function emitQuote({ bytes, start }: Layer, type: number, emit: Emit): void {
  const words = bytes[start + 5]!;
  if (words > 0) {
    emit("icmp.length.original_datagram", String(words * 4));
    return;
  }
  const from = type === PARAMETER_PROBLEM ? 5 : 4;
  const to = type === UNREACHABLE && bytes[start + 1] === 4 ? 6 : 8;
  emit("icmp.unused", formatHex(bytes, start + from, start + to));
}

const messageExtra: Extra = {
  protocol: "icmp",
  names: [
    "icmp.ident_le",
    "icmp.seq_le",
    "icmp.resp_to",
    "icmp.resptime",
    "icmp.data_time",
    "icmp.data_time_relative",
    "icmp.length.original_datagram",
    "icmp.unused",
    "icmp.ext",
  ],
  cells(layer, emit, { packet, session }) {
    const { bytes, start, end } = layer;
    if (end - start < 8) return;
    const type = bytes[start]!;
    if (isExtensible(type)) emitQuote(layer, type, emit);
    if (trailerOf(layer) !== null) emit("icmp.ext", "1");
    if (!identified.has(type)) return;
    emit("icmp.ident_le", String(readU16le(bytes, start + 4)));
    if (!isExtendedEcho(type)) emit("icmp.seq_le", String(readU16le(bytes, start + 6)));
    if (type !== ECHO && type !== ECHO_REPLY) return;
    if (!isQuoted(layer)) {
      const table = session.of(echoes);
      if (type === ECHO) table.ask(layer, packet);
      else {
        const found = table.answer(layer, packet);
        if (found !== null) {
          emit("icmp.resp_to", String(found.number));
          emit("icmp.resptime", String(found.ms));
        }
      }
    }
    emitDataTime(layer, packet, emit);
  },
};

const extensionExtra: Extra = {
  protocol: "icmp.extension",
  names: ["icmp.ext"],
  cells: (_layer, emit) => emit("icmp.ext", "1"),
};

export const icmpExtras: readonly Extra[] = [messageExtra, extensionExtra];

export const icmpOverrides: readonly Override[] = [
  {
    name: "icmp.unused",
    cell: (value, { bytes, start }) =>
      bytes[start + 5] === 0 ? null : formatHex(value as Uint8Array),
  },
  { name: "icmp.length", cell: (value) => (value === 0 ? null : String(value)) },
  ...["icmp.ident", "icmp.seq"].map(
    (name): Override => ({
      name,
      cell: (value, { bytes, start }) => (isDomainName(bytes[start]!) ? null : String(value)),
    }),
  ),
  {
    name: "icmp.ext.data",
    cell: (value, { schema }) => {
      // Of a kind of interface identification that it does not know, Wireshark shows nothing.
      if (schema.parent?.caseName === "interfaceIdentification") return null;
      return typeof value === "number"
        ? hexCell(value, 8).slice(2)
        : formatHex(value as Uint8Array);
    },
  },
  { name: "icmp.int_ident.name", cell: (value) => String(value).split("\0")[0]! },
  { name: "icmp.int_info.name", cell: (value) => String(value).split("\0")[0]! },
];
