/**
 * Link and network addresses between bytes and text.
 *
 * The formatters read straight out of a packet and the writers put text straight into one, without
 * an array in between: both are on the hot path of dissecting and of building. A writer that throws
 * has not touched the bytes.
 */

import { HEX_PAIRS, hexDigit } from "./hex.ts";

const DECIMALS = Array.from({ length: 256 }, (_, value) => String(value));

/** The MAC address (EUI-48) in the six bytes at `at`: `02:1a:2b:3c:4d:5e`. */
export function formatMac(b: Uint8Array, at: number): string {
  const high = `${HEX_PAIRS[b[at]!]!}:${HEX_PAIRS[b[at + 1]!]!}:${HEX_PAIRS[b[at + 2]!]!}`;
  return `${high}:${HEX_PAIRS[b[at + 3]!]!}:${HEX_PAIRS[b[at + 4]!]!}:${HEX_PAIRS[b[at + 5]!]!}`;
}

/** The EUI-64 in the eight bytes at `at`: eight pairs of digits with colons between them. */
export function formatEui64(b: Uint8Array, at: number): string {
  return `${formatMac(b, at)}:${HEX_PAIRS[b[at + 6]!]!}:${HEX_PAIRS[b[at + 7]!]!}`;
}

/**
 * The six bytes of a MAC address written as `02:1a:2b:3c:4d:5e`, `02-1A-2B-3C-4D-5E`,
 * `021a.2b3c.4d5e` or twelve digits without separators, in either case.
 *
 * @throws TypeError when the text is none of these.
 */
export function parseMac(text: string): Uint8Array {
  const bytes = new Uint8Array(6);
  writeMac(text, bytes, 0);
  return bytes;
}

/**
 * Writes a MAC address, in any form {@link parseMac} reads, into the six bytes at `at`.
 *
 * @throws TypeError when the text is no MAC address.
 */
export function writeMac(text: string, into: Uint8Array, at: number): void {
  if (!putMac(text, into, at)) throw notAn("a MAC address", text);
}

/** As {@link writeMac}, but gives false, and has written nothing, for text that is no MAC address. */
export const putMac = (text: string, into: Uint8Array, at: number): boolean =>
  writePairs(text, into, at, 6);

/**
 * The eight bytes of an EUI-64, in the same forms as {@link parseMac}.
 *
 * @throws TypeError when the text is no EUI-64.
 */
export function parseEui64(text: string): Uint8Array {
  const bytes = new Uint8Array(8);
  writeEui64(text, bytes, 0);
  return bytes;
}

/**
 * Writes an EUI-64, in any form {@link parseEui64} reads, into the eight bytes at `at`.
 *
 * @throws TypeError when the text is no EUI-64.
 */
export function writeEui64(text: string, into: Uint8Array, at: number): void {
  if (!writePairs(text, into, at, 8)) throw notAn("an EUI-64", text);
}

/** The IPv4 address in the four bytes at `at`: `192.0.2.1`. */
export function formatIpv4(b: Uint8Array, at: number): string {
  const first = `${DECIMALS[b[at]!]!}.${DECIMALS[b[at + 1]!]!}`;
  return `${first}.${DECIMALS[b[at + 2]!]!}.${DECIMALS[b[at + 3]!]!}`;
}

/**
 * The four bytes of an IPv4 address: four decimal numbers 0..255 without leading zeros, which some
 * programs read as octal (RFC 6943 §3.1.1).
 *
 * @throws TypeError when the text is no such address.
 */
export function parseIpv4(text: string): Uint8Array {
  const bytes = new Uint8Array(4);
  writeIpv4(text, bytes, 0);
  return bytes;
}

/**
 * Writes an IPv4 address into the four bytes at `at`.
 *
 * @throws TypeError when the text is no address that {@link parseIpv4} reads.
 */
export function writeIpv4(text: string, into: Uint8Array, at: number): void {
  if (!putIpv4(text, into, at)) throw notAn("an IPv4 address", text);
}

/** As {@link writeIpv4}, but gives false, and has written nothing, for text that is no IPv4 address. */
export function putIpv4(text: string, into: Uint8Array, at: number): boolean {
  const value = readDotted(text, 0);
  if (value < 0) return false;
  writeWord(into, at, value);
  return true;
}

/**
 * The IPv6 address in the sixteen bytes at `at`, as RFC 5952 §4 and §5 want it: lower case, the
 * first longest run of two or more zero groups shortened, and `::ffff:192.0.2.1` for a mapped IPv4
 * address. Like `inet_ntop`, the IPv4-compatible addresses of RFC 4291 §2.5.5.1 end dotted too
 * (`::192.0.2.1`), those whose upper half of the last 32 bits is zero excepted (`::1`, `::ffff`).
 */
export function formatIpv6(b: Uint8Array, at: number): string {
  let runStart = -1;
  let runLength = 1; // A single zero group is never shortened (RFC 5952 §4.2.2).
  for (let group = 0; group < 8; ) {
    let stop = group;
    while (stop < 8 && b[at + stop * 2] === 0 && b[at + stop * 2 + 1] === 0) stop++;
    if (stop - group > runLength) {
      runStart = group;
      runLength = stop - group;
    }
    group = stop + 1;
  }
  if (runStart < 0) return groups(b, at, 0, 8);
  if (runStart === 0 && runLength === 6) return `::${formatIpv4(b, at + 12)}`;
  if (runStart === 0 && runLength === 5 && b[at + 10] === 0xff && b[at + 11] === 0xff) {
    return `::ffff:${formatIpv4(b, at + 12)}`;
  }
  return `${groups(b, at, 0, runStart)}::${groups(b, at, runStart + runLength, 8)}`;
}

function groups(b: Uint8Array, at: number, from: number, to: number): string {
  let text = "";
  for (let group = from; group < to; group++) {
    const value = (b[at + group * 2]! << 8) | b[at + group * 2 + 1]!;
    text += group === from ? value.toString(16) : `:${value.toString(16)}`;
  }
  return text;
}

/**
 * The sixteen bytes of an IPv6 address in any form of RFC 4291 §2.2: full, with `::`, or with an
 * IPv4 address as the last 32 bits. A zone (`%eth0`) is not part of the address and is refused.
 *
 * @throws TypeError when the text is no such address.
 */
export function parseIpv6(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  writeIpv6(text, bytes, 0);
  return bytes;
}

/**
 * Writes an IPv6 address into the sixteen bytes at `at`.
 *
 * @throws TypeError when the text is no address that {@link parseIpv6} reads.
 */
export function writeIpv6(text: string, into: Uint8Array, at: number): void {
  if (!putIpv6(text, into, at)) throw notAn("an IPv6 address", text);
}

/** As {@link writeIpv6}, but gives false, and has written nothing, for text that is no IPv6 address. */
export function putIpv6(text: string, into: Uint8Array, at: number): boolean {
  // Two passes over at most 45 characters, so that wrong text leaves the packet as it was.
  if (ipv6Groups(text, undefined, 0) < 0) return false;
  into.fill(0, at, at + 16);
  ipv6Groups(text, into, at);
  return true;
}

/**
 * Checks an address and, given `into`, writes its groups: those before `::` from the front, those
 * after it against the end. Gives -1 for text that is no address.
 */
function ipv6Groups(text: string, into: Uint8Array | undefined, at: number): number {
  let count = 0; // 16-bit groups read
  let gap = -1; // how many of them stand before "::"
  let position = 0;
  if (text.startsWith("::")) {
    gap = 0;
    position = 2;
  }
  const total = text.length;
  while (position < total) {
    if (count === 8) return -1;
    let value = 0;
    let digits = 0;
    for (; position + digits < total; digits++) {
      const digit = hexDigit(text.charCodeAt(position + digits));
      if (digit < 0) break;
      if (digits === 4) return -1;
      value = value * 16 + digit;
    }
    const next = position + digits;
    if (next < total && text.charCodeAt(next) === 46) {
      const dotted = count <= 6 ? readDotted(text, position) : -1;
      if (dotted < 0) return -1;
      if (into !== undefined) writeWord(into, at + count * 2, dotted);
      count += 2;
      break;
    }
    if (digits === 0) return -1;
    if (into !== undefined) {
      into[at + count * 2] = value >> 8;
      into[at + count * 2 + 1] = value;
    }
    count++;
    if (next === total) break;
    if (text.charCodeAt(next) !== 58 || next + 1 === total) return -1;
    position = next + 1;
    if (text.charCodeAt(position) !== 58) continue;
    if (gap >= 0) return -1;
    gap = count;
    position++;
  }
  if (gap < 0) return count === 8 ? count : -1;
  // "::" stands for at least one group (RFC 4291 §2.2).
  if (count > 7) return -1;
  if (into !== undefined) moveToEnd(into, at, gap, count);
  return count;
}

/** Moves the groups after "::" to the end of the address and clears where they stood. */
function moveToEnd(into: Uint8Array, at: number, gap: number, count: number): void {
  const tail = (count - gap) * 2;
  into.copyWithin(at + 16 - tail, at + gap * 2, at + count * 2);
  into.fill(0, at + gap * 2, at + 16 - tail);
}

/** A dotted IPv4 address from `position` to the end of the text as a 32-bit number, or -1. */
function readDotted(text: string, position: number): number {
  let value = 0;
  let part = 0;
  let parts = 1;
  let digits = 0;
  for (let i = position; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (digits === 0 || parts === 4) return -1;
      value = value * 256 + part;
      parts++;
      part = digits = 0;
      continue;
    }
    if (code < 48 || code > 57 || (digits > 0 && part === 0)) return -1;
    part = part * 10 + code - 48;
    digits++;
    if (part > 255) return -1;
  }
  return parts === 4 && digits > 0 ? value * 256 + part : -1;
}

/**
 * Writes `count` bytes (4..8) given as hexadecimal pairs: with one separator `:` or `-` throughout,
 * with dots after every fourth digit, or without separators. False when the text is otherwise.
 */
function writePairs(text: string, into: Uint8Array, at: number, count: number): boolean {
  const total = text.length;
  // Characters from one pair to the next, and digits between two separators; -1 where there is none.
  let step = 2;
  let group = -1;
  let separator = 0;
  if (total === count * 3 - 1) {
    step = 3;
    separator = text.charCodeAt(2);
    if (separator !== 58 && separator !== 45) return false;
  } else if (total === count * 2 + count / 2 - 1) {
    group = 4;
    separator = 46;
  } else if (total !== count * 2) return false;
  // What is wrong is gathered and looked at once: a branch a character takes twice as long (measured).
  let wrong = 0;
  let high = 0;
  let low = 0;
  for (let i = 0, pair = 0; pair < count; i += step, pair++) {
    if (pair * 2 === group) {
      wrong |= text.charCodeAt(i++) ^ separator;
      group += 4;
    }
    const first = text.charCodeAt(i);
    const second = text.charCodeAt(i + 1);
    if (step === 3 && pair > 0) wrong |= text.charCodeAt(i - 1) ^ separator;
    const a = DIGITS[first & 255]!;
    const b = DIGITS[second & 255]!;
    wrong |= ((a | b) & NO_DIGIT) | ((first | second) & ~255);
    high = (high << 8) | (low >>> 24);
    low = (low << 8) | (a << 4) | b;
  }
  if (wrong !== 0) return false;
  for (let i = count - 5; i >= 0; i--) {
    into[at + i] = high;
    high >>>= 8;
  }
  writeWord(into, at + count - 4, low);
  return true;
}

/** What stands for a character that is no hexadecimal digit. */
const NO_DIGIT = 128;
const DIGITS = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = hexDigit(code);
  return digit < 0 ? NO_DIGIT : digit;
});

function writeWord(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

function notAn(what: string, text: string): TypeError {
  return new TypeError(`not ${what}: ${JSON.stringify(text)}`);
}
