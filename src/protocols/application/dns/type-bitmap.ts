import type { Codec } from "../../../schema/codec.ts";
import type { RandomSource } from "../../../schema/random-source.ts";

/**
 * The record types that exist at a name, as NSEC, NSEC3 and CSYNC records list them: windows of 256 types, each with its
 * number, its length and a bitmap (RFC 4034 §4.1.2). Read as the type numbers, ascending. Windows out of order, without
 * types or with zeros at their end are malformed, so that equal lists are equal bytes.
 */
export const typeBitmap: Codec<readonly number[]> = {
  name: "type bitmap",
  measure(bytes, at, end) {
    let before = -1;
    let o = at;
    while (o < end) {
      const window = bytes[o]!;
      const length = o + 1 < end ? bytes[o + 1]! : 0;
      if (window <= before || length === 0 || length > 32) return -1;
      before = window;
      o += 2 + length;
      if (o > end || bytes[o - 1] === 0) return -1;
    }
    return end - at;
  },
  read(bytes, at, end) {
    const types: number[] = [];
    for (let o = at; o < end; ) {
      const first = bytes[o]! * 256;
      const length = bytes[o + 1]!;
      pushBits(types, bytes, o + 2, length, first);
      o += 2 + length;
    }
    return types;
  },
  write(out, types) {
    const windows = new Map<number, number[]>();
    for (const type of sorted(types, 0xffff)) {
      const window = type >> 8;
      const bits = windows.get(window) ?? [];
      windows.set(window, bits);
      setBit(bits, type & 0xff);
    }
    for (const [window, bits] of windows) out.raw(Uint8Array.of(window, bits.length, ...bits));
  },
  initial: [],
  random: (source) => someTypes(source, 0xffff),
};

/** The record types of an NXT record: one bitmap, of types up to 127 (RFC 2535 §5.2). */
export const plainTypeBitmap: Codec<readonly number[]> = {
  name: "plain type bitmap",
  measure: (bytes, at, end) => (end > at && bytes[end - 1] === 0 ? -1 : end - at),
  read(bytes, at, end) {
    const types: number[] = [];
    pushBits(types, bytes, at, end - at, 0);
    return types;
  },
  write(out, types) {
    const bits: number[] = [];
    for (const type of sorted(types, 127)) setBit(bits, type);
    out.raw(Uint8Array.from(bits));
  },
  initial: [],
  random: (source) => someTypes(source, 127),
};

/** Up to four type numbers, ascending. */
const someTypes = (source: RandomSource, most: number): readonly number[] =>
  sorted([...new Set(Array.from({ length: source.upTo(4) }, () => source.upTo(most)))], most);

function pushBits(
  into: number[],
  bytes: Uint8Array,
  at: number,
  length: number,
  first: number,
): void {
  for (let i = 0; i < length; i++) {
    const byte = bytes[at + i]!;
    for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) into.push(first + i * 8 + bit);
  }
}

function setBit(bits: number[], n: number): void {
  while (bits.length <= n >> 3) bits.push(0);
  bits[n >> 3]! |= 0x80 >> (n & 7);
}

function sorted(types: readonly number[], most: number): number[] {
  if (!Array.isArray(types)) throw new TypeError(`type numbers are wanted, not ${String(types)}`);
  for (const type of types)
    if (!Number.isInteger(type) || type < 0 || type > most)
      throw new RangeError(`type ${String(type)} is not in 0..${most}`);
  return [...types].sort((a, b) => a - b);
}
