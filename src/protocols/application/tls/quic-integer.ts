import type { Codec } from "../../../schema/codec.ts";
import type { Writer } from "../../../schema/writer.ts";

/** Bytes of a variable-length integer, by the two highest bits of its first (RFC 9000 §16). */
const sizeOf = (first: number): number => 1 << (first >> 6);

/** Bytes that the shortest form of a number takes. */
function shortest(value: bigint): number {
  if (value < 2n ** 6n) return 1;
  if (value < 2n ** 14n) return 2;
  return value < 2n ** 30n ? 4 : 8;
}

/** The integer at a place whose bytes are there. */
function readInteger(bytes: Uint8Array, at: number): bigint {
  let value = BigInt(bytes[at]! & 0x3f);
  const size = sizeOf(bytes[at]!);
  for (let i = 1; i < size; i++) value = (value << 8n) | BigInt(bytes[at + i]!);
  return value;
}

function writeInteger(out: Writer, value: bigint): void {
  if (value < 0n || value >= 2n ** 62n) throw new RangeError(`${value} is not in 0..2^62-1`);
  const size = shortest(value);
  const length = BigInt(size * 8);
  const prefix = BigInt(Math.log2(size)) << (length - 2n);
  const whole = prefix | value;
  for (let shift = length - 8n; shift >= 0n; shift -= 8n)
    out.uint(Number((whole >> shift) & 0xffn), 1);
}

/** A variable-length integer (RFC 9000 §16), as a bigint: it may have 62 bits. */
export const quicInteger: Codec<bigint, bigint | number> = {
  name: "variable-length integer (RFC 9000 §16)",
  measure: (bytes, at, end) => {
    if (at >= end) return -1;
    const size = sizeOf(bytes[at]!);
    return at + size <= end ? size : -1;
  },
  read: readInteger,
  write: (out, value) => writeInteger(out, BigInt(value)),
  initial: 0,
  random: (source) => BigInt(source.upTo(2 ** 30)),
};

/** Bytes after a variable-length integer that counts them (RFC 9000 §18). */
export const quicBytes: Codec<Uint8Array> = {
  name: "bytes after their number as a variable-length integer (RFC 9000 §16)",
  measure: (bytes, at, end) => {
    const size = quicInteger.measure(bytes, at, end, null as never);
    if (size < 0) return -1;
    const length = readInteger(bytes, at);
    return length <= BigInt(end - at - size) ? size + Number(length) : -1;
  },
  read: (bytes, at, end) => bytes.subarray(at + sizeOf(bytes[at]!), end),
  write: (out, value) => {
    writeInteger(out, BigInt(value.length));
    out.raw(value);
  },
  initial: new Uint8Array(0),
  random: (source) => source.bytes(source.upTo(8)),
};
