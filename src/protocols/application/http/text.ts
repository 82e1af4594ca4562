import type { Codec } from "../../../schema/codec.ts";
import { readLatin1 } from "../../../schema/value.ts";

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;
const TAB = 0x09;
const ZERO = 0x30;

/** Bytes of the line end at `at`: CR LF, or the bare LF that receivers accept too (RFC 9112 §2.2); 0 for none. */
export const lineEndSize = (bytes: Uint8Array, at: number, end: number): number => {
  if (at >= end) return 0;
  if (bytes[at] === LF) return 1;
  return bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF ? 2 : 0;
};

/** Where the line that `at` lies in ends, without its line end; `end` where that is missing. */
export function lineLimit(bytes: Uint8Array, at: number, end: number): number {
  const found = bytes.indexOf(LF, at);
  if (found < 0 || found >= end) return end;
  return found > at && bytes[found - 1] === CR ? found - 1 : found;
}

/** Some of the visible characters that a line can be made of. */
const VISIBLE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=;,()"';

const isBlank = (byte: number | undefined): boolean => byte === SP || byte === TAB;

/** Text to the end of its line. */
export const restOfLine: Codec<string> = {
  name: "rest of a line",
  measure: (bytes, at, end) => lineLimit(bytes, at, end) - at,
  read: readLatin1,
  write: (out, value) => out.latin1(checkedLine(value)),
  initial: "",
  random: (source) => source.text(source.upTo(9), VISIBLE),
};

/** A field's value: it goes on in lines that begin with a blank (RFC 9112 §5.2), whose line ends it keeps. */
export const fieldValue: Codec<string> = {
  name: "field value with its continuation lines",
  measure(bytes, at, end) {
    for (let o = at; ; ) {
      const limit = lineLimit(bytes, o, end);
      const next = limit + lineEndSize(bytes, limit, end);
      if (next === limit || next >= end || !isBlank(bytes[next])) return limit - at;
      o = next;
    }
  },
  read: readLatin1,
  write: (out, value) => out.latin1(value),
  initial: "",
  random: (source) => source.text(source.upTo(9), VISIBLE),
};

/** The colon after a field's name, and blanks up to its value. */
export const fieldSeparator: Codec<string> = {
  name: "colon and blanks",
  measure(bytes, at, end) {
    if (at >= end || bytes[at] !== 0x3a) return 0;
    let o = at + 1;
    while (o < end && isBlank(bytes[o])) o++;
    return o - at;
  },
  read: readLatin1,
  write: (out, value) => out.latin1(value),
  initial: ": ",
};

/** The end of a line; empty where the bytes end before it. */
export const lineEnd: Codec<string> = {
  name: "line end",
  measure: lineEndSize,
  read: readLatin1,
  write: (out, value) => out.latin1(value),
  initial: "\r\n",
};

/** Blanks between the parts of a start line: one, or a run of them from those who do not count. */
export const blanks: Codec<string> = {
  name: "blanks",
  measure(bytes, at, end) {
    let o = at;
    while (o < end && isBlank(bytes[o])) o++;
    return o - at;
  },
  read: readLatin1,
  write: (out, value) => out.latin1(value),
  initial: " ",
};

/** The three digits of a status code, as a number. */
export const statusCode: Codec<number> = {
  name: "three digits",
  measure: (bytes, at, end) => (at + 3 <= end && digitsAt(bytes, at) ? 3 : -1),
  read: (bytes, at) =>
    (bytes[at]! - ZERO) * 100 + (bytes[at + 1]! - ZERO) * 10 + (bytes[at + 2]! - ZERO),
  write(out, value) {
    if (!Number.isInteger(value) || value < 0 || value > 999)
      throw new RangeError(`${value} is not in 0..999`);
    out.latin1(String(value).padStart(3, "0"));
  },
  initial: 200,
  random: (source) => 100 + source.upTo(499),
};

/** Whether three digits stand at `at`. */
export const digitsAt = (bytes: Uint8Array, at: number): boolean =>
  isDigit(bytes[at]) && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2]);

export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= 0x39;

function checkedLine(value: string): string {
  if (value.includes("\n")) throw new TypeError("a line end inside the line");
  return value;
}
