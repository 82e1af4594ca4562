import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";

/** A header line. */
export interface HeaderLine {
  /** Lower case, as far as the colon. */
  readonly name: string;
  readonly value: string;
  /** The line with its end. */
  readonly line: string;
  /** Whether the name is made of what names are made of. */
  readonly isNamed: boolean;
}

/** The header of a message as text, one character for each byte. */
export interface HttpMessage {
  readonly start: string;
  /** The status code; -1 in a request. */
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  /** Whether a line that is no header field ended it, or the empty line is there. */
  readonly ended: boolean;
  /** Where the content begins: behind the empty line, or at a line that is no header field. */
  readonly contentStart: number;
}

const messages = new WeakMap<Layer, HttpMessage>();

/** The header of a layer, read once. */
export function messageOf(layer: Layer): HttpMessage {
  let message = messages.get(layer);
  if (message === undefined) {
    message = parse(layer);
    messages.set(layer, message);
  }
  return message;
}

/** The value of the last header field of a name. */
export const headerValue = ({ headers }: HttpMessage, name: string): string | undefined =>
  headers.findLast((h) => h.name === name)?.value;

function parse(layer: Layer): HttpMessage {
  const text = readLatin1(layer.bytes, layer.start, layer.headerEnd);
  const [start = "", ...rest] = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const headers: HeaderLine[] = [];
  let contentStart = layer.start + start.length;
  let ended = false;
  for (const line of rest) {
    const isEmpty = /^\r?\n$/.test(line);
    ended = isEmpty || isNoField(line);
    if (isEmpty || !ended) contentStart += line.length;
    if (ended) break;
    headers.push(headerOf(line));
  }
  const status = /^(?:HTTP\/|ICY)\S*\s+(\d{3})/.exec(start);
  const shownStart = start.trimEnd();
  return {
    start: shownStart,
    status: status === null ? -1 : Number(status[1]),
    headers,
    ended,
    contentStart,
  };
}

/** A line without a colon: to Wireshark the content begins there. */
const isNoField = (line: string): boolean => !line.includes(":");

function headerOf(line: string): HeaderLine {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon).toLowerCase();
  const value = line.slice(colon + 1).replace(/^[ \t]+|[\r\n]+$/g, "");
  return { name, value, line, isNamed: /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) };
}
