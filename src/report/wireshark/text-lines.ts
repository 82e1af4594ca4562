import { readU16 } from "../../bytes/numbers.ts";
import { tcpPorts } from "../../protocols/transport/tcp.ts";
import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";
import { textCell } from "./cell.ts";
import type { Context } from "./context.ts";

/** The TCP layer that a message came with. */
export const transportOf = (layer: Layer, context: Context): Layer | null =>
  context.transport ?? layer.lower;

/** Whether a segment goes to the server: its destination is a port of the protocol. */
export function isRequest(layer: Layer, context: Context): boolean {
  const transport = transportOf(layer, context);
  if (transport === null) return false;
  const port = readU16(transport.bytes, transport.start + 2);
  const bound = context.packet.origin.entry.dissector.lookup(tcpPorts, port);
  return bound?.schema.root.name === layer.schema.root.name;
}

/** A layer's bytes as lines with their ends, one character for each byte. */
export const linesOf = ({ bytes, start, end }: Layer): string[] =>
  readLatin1(bytes, start, end).match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** A line without its end. */
export const withoutEnd = (line: string): string => line.replace(/\r?\n$/, "");

/** Whether bytes are text to Wireshark: visible characters of ASCII and blanks. */
export const isPlainText = ({ bytes, start, end }: Layer): boolean =>
  !/[^\t-\r -~]/.test(readLatin1(bytes, start, end));

/** Text as Wireshark prints it of these protocols: backslashes are not doubled. */
export const lineCell = (text: string): string => textCell(text, false);
