import { extendedPort } from "../../analysis/ftp/address.ts";
import { ConversationTable } from "../../flow/conversations.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { Context, Emit, Extra, Override } from "./context.ts";
import { type DataChannel, dataChannels, listenerKey } from "./ftp-data.ts";
import { isRequest, lineCell, linesOf, transportOf, withoutEnd } from "./text-lines.ts";

/** What is known of a control connection. */
interface Control {
  /** The folder that the server said, or that commands led to; `null` before one was said. */
  folder: string | null;
  /** The command before a reply. */
  command: string;
  argument: string;
  /** The data connection that was announced last. */
  channel: DataChannel | null;
}

const controls = (): ConversationTable<Control> =>
  new ConversationTable(() => ({ folder: null, command: "", argument: "", channel: null }));

interface Reading {
  readonly control: Control | null;
  readonly emit: Emit;
  readonly context: Context;
  /** Addresses of the segment as text. */
  readonly src: string;
  readonly dst: string;
}

/** The words of the first line: of the others Wireshark shows the text only. */
function cells(layer: Layer, emit: Emit, context: Context): void {
  const request = isRequest(layer, context);
  emit("ftp.request", request ? "1" : "0");
  emit("ftp.response", request ? "0" : "1");
  const transport = transportOf(layer, context);
  const control = transport === null ? null : context.session.of(controls).find(transport).state;
  const network = transport?.lower;
  const { src = "", dst = "" } = (network ? viewOf(network) : {}) as {
    readonly src?: string;
    readonly dst?: string;
  };
  const line = withoutEnd(linesOf(layer)[0] ?? "");
  const reading: Reading = { control, emit, context, src, dst };
  if (request) command(line, reading);
  else reply(line, reading);
  if (control !== null && control.folder !== null)
    emit("ftp.current-working-directory", lineCell(control.folder));
}

function command(line: string, { control, emit, context, src }: Reading): void {
  const [, word = "", argument = ""] = /^([^ ]*) *(.*)$/s.exec(line) ?? [];
  if (word !== "") emit("ftp.request.command", lineCell(word));
  if (argument !== "") emit("ftp.request.arg", lineCell(argument));
  if (word === "PORT") activePort(argument, src, { control, emit, context });
  if (word === "EPRT") extended(argument, emit);
  if (control === null) return;
  control.command = word;
  control.argument = argument;
  const { channel } = control;
  if (channel === null || channel.commandFrame > 0 || word === "PORT" || word === "") return;
  channel.command = argument === "" ? word : `${word} ${argument}`;
  channel.commandFrame = context.packet.number;
}

/** Six numbers, each as far as it fits a byte. */
function hostPort(text: string): { readonly address: string; readonly port: number } | null {
  const found = /(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)/.exec(text);
  if (found === null) return null;
  const [a, b, c, d, high, low] = found.slice(1).map((digits) => Number(digits) & 255);
  return { address: `${a}.${b}.${c}.${d}`, port: high! * 256 + low! };
}

function activePort(
  argument: string,
  src: string,
  { control, emit, context }: Pick<Reading, "control" | "emit" | "context">,
): void {
  const at = hostPort(argument);
  if (at === null) return;
  emit("ftp.active.cip", at.address);
  emit("ftp.active.port", String(at.port));
  if (at.address !== src) emit("ftp.active.nat", "1");
  announce("PORT", at, control, context);
}

function extended(argument: string, emit: Emit): void {
  const at = extendedPort(argument);
  if (at === null) {
    emit("ftp.eprt.args_invalid", "1");
    return;
  }
  emit("ftp.eprt.af", String(at.family));
  emit(at.family === 1 ? "ftp.eprt.ip" : "ftp.eprt.ipv6", at.address);
  emit("ftp.eprt.port", String(at.port));
}

function announce(
  method: string,
  { address, port }: { readonly address: string; readonly port: number },
  control: Control | null,
  { packet, session }: Context,
): void {
  if (control === null) return;
  const { folder } = control;
  const setupFrame = packet.number;
  control.channel = { method, setupFrame, folder, command: "", commandFrame: 0 };
  session.of(dataChannels).add(listenerKey(address, port), control.channel);
}

function reply(line: string, reading: Reading): void {
  const { control, emit, context, src } = reading;
  const isCoded = /^\d{3}/.test(line);
  const code = isCoded ? Number(line.slice(0, 3)) : -1;
  if (isCoded) emit("ftp.response.code", String(code));
  const argument = isCoded ? line.slice(4) : line;
  if (argument !== "") emit("ftp.response.arg", lineCell(argument));
  if (code === 227) {
    const at = hostPort(argument);
    if (at === null) return;
    emit("ftp.passive.ip", at.address);
    emit("ftp.passive.port", String(at.port));
    if (at.address !== src) emit("ftp.passive.nat", "1");
    announce("PASV", at, control, context);
  }
  if (code === 229) extendedPassive(argument, reading);
  if (control !== null && code === 250) moved(control);
  if (code === 257) said(argument, reading);
}

function extendedPassive(argument: string, { control, emit, context, src }: Reading): void {
  const found = /\(([!-~])\1\1(\d+)\1\)/.exec(argument);
  if (found === null) {
    emit("ftp.epsv.args_invalid", "1");
    return;
  }
  const port = Math.min(Number(found[2]), 65_535);
  emit(src.includes(":") ? "ftp.epsv.ipv6" : "ftp.epsv.ip", src);
  emit("ftp.epsv.port", String(port));
  announce("EPASV", { address: src, port }, control, context);
}

/** A folder that the server says, in quotes; a quote in its name stands twice (RFC 959 appendix II). */
function said(argument: string, { control, emit }: Reading): void {
  const found = /^"((?:[^"]|"")*)"/.exec(argument);
  if (found === null) emit("ftp.response.pwd.invalid", "1");
  else if (control !== null) control.folder = found[1]!.replaceAll('""', '"');
}

/** Follows a command that went to another folder, as far as it is known where that began. */
function moved(control: Control): void {
  const { command: word, argument, folder } = control;
  const to = word === "CDUP" ? ".." : word === "CWD" ? argument : "";
  if (to === "") return;
  if (folder === null && !to.startsWith("/")) {
    control.folder = to;
    return;
  }
  const parts: string[] = [];
  for (const part of (to.startsWith("/") ? to : `${folder}/${to}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  control.folder = `/${parts.join("/")}`;
}

const names: readonly string[] = [
  "ftp.active.cip",
  "ftp.active.nat",
  "ftp.active.port",
  "ftp.current-working-directory",
  "ftp.eprt.af",
  "ftp.eprt.args_invalid",
  "ftp.eprt.ip",
  "ftp.eprt.ipv6",
  "ftp.eprt.port",
  "ftp.epsv.args_invalid",
  "ftp.epsv.ip",
  "ftp.epsv.ipv6",
  "ftp.epsv.port",
  "ftp.passive.ip",
  "ftp.passive.nat",
  "ftp.passive.port",
  "ftp.request",
  "ftp.request.arg",
  "ftp.request.command",
  "ftp.response",
  "ftp.response.arg",
  "ftp.response.code",
  "ftp.response.pwd.invalid",
];

/** Which side talks, addresses of data connections, and the folder that the client is in. */
export const ftpExtra: Extra = { protocol: "ftp", names, cells };

/** Wireshark shows the first line of a segment only. */
export const ftpOverrides: readonly Override[] = [
  "ftp.request.command",
  "ftp.request.arg",
  "ftp.response.code",
  "ftp.response.arg",
].map((name) => ({ name, cell: () => null }));
