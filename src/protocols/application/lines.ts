import type { Codec } from "../../schema/codec.ts";
import { readLatin1 } from "../../schema/value.ts";
import { digitsAt, lineLimit } from "./http/text.ts";

const SP = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;

/** What random words and arguments are made of. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const VISIBLE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@<>";

const isSpace = (byte: number | undefined): boolean =>
  byte === SP || byte === TAB || byte === CR || byte === LF;

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

function checked(value: string, pattern: RegExp, what: string): string {
  if (pattern.test(value)) throw new TypeError(`${what} has no ${JSON.stringify(value)}`);
  return value;
}

/**
 * What follows a word up to the end of its line: a blank and an argument, or nothing. The blank is not part of the value, but
 * where there are more of them, or nothing behind: then the value is what stands there, so that it can be written again.
 */
export const argument: Codec<string> = {
  name: "argument of a line, after a blank",
  measure: (bytes, at, end) => lineLimit(bytes, at, end) - at,
  read(bytes, at, end) {
    const isPlain = end - at > 1 && bytes[at] === SP && !isSpace(bytes[at + 1]);
    return readLatin1(bytes, isPlain ? at + 1 : at, end);
  },
  write(out, value) {
    checked(value, /\n/, "an argument");
    out.latin1(value === "" || /^[ \t\r]/.test(value) ? value : ` ${value}`);
  },
  initial: "",
  random: (source) => source.text(source.upTo(9), VISIBLE),
};

/** A blank and a word, or nothing where no word follows. */
export const furtherWord: Codec<string> = {
  name: "word after a blank",
  measure(bytes, at, end) {
    if (at >= end || bytes[at] !== SP) return 0;
    let o = at + 1;
    while (o < end && !isSpace(bytes[o])) o++;
    return o === at + 1 ? 0 : o - at;
  },
  read: (bytes, at, end) => readLatin1(bytes, Math.min(at + 1, end), end),
  write(out, value) {
    checked(value, /[ \t\r\n]/, "a word");
    out.latin1(value === "" ? value : ` ${value}`);
  },
  initial: "",
  random: (source) => source.text(1 + source.upTo(5), LETTERS),
};

/** A command's word: letters, as long as commands are, up to a blank or the line's end. */
export function isCommandLine(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && at - start < 16 && isLetter(bytes[at])) at++;
  return at > start && (at === end || isSpace(bytes[at]));
}

/** A reply's line begins with three digits, then a blank, a hyphen or the line's end (RFC 959 §4.2, RFC 5321 §4.2). */
export function isReplyLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (start + 3 > end || !digitsAt(bytes, start)) return false;
  const next = bytes[start + 3];
  return start + 3 === end || next === SP || next === 0x2d || next === CR || next === LF;
}

/** Whether one word of a list and then a blank or the line's end stand here, in letters of any size. */
export function hasWord(
  bytes: Uint8Array,
  at: number,
  end: number,
  words: ReadonlySet<string>,
): boolean {
  let word = "";
  let o = at;
  while (o < end && word.length < 16 && !isSpace(bytes[o]))
    word += String.fromCharCode(bytes[o++]!);
  return words.has(word.toUpperCase());
}
