/**
 * Numbers that wrap at 2^32, such as TCP sequence numbers and DNS zone serials (RFC 1982 with
 * SERIAL_BITS = 32). Serial arguments are unsigned 32-bit integers.
 */

/** A serial `count` steps on (RFC 1982 §3.1); a negative count steps back. */
export function serialAdd(serial: number, count: number): number {
  return (serial + count) >>> 0;
}

/**
 * How far it is from one serial to another by the shorter way, -2^31..2^31-1: positive when `to`
 * comes after `from`.
 */
export function serialDistance(from: number, to: number): number {
  return (to - from) | 0;
}

/**
 * Whether `a` comes before `b` (RFC 1982 §3.2). Two serials exactly 2^31 apart have no order: then
 * neither is before the other.
 */
export function serialBefore(a: number, b: number): boolean {
  return ((b - a) | 0) > 0;
}

/** Whether `a` comes after `b`; the mirror of {@link serialBefore}. */
export function serialAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** The later of two serials; the first one when they have no order. */
export function serialMax(a: number, b: number): number {
  return serialBefore(a, b) ? b : a;
}

/**
 * The number nearest to `reference` that `serial` can stand for, so that positions in a stream go
 * on counting past 2^32. `reference` is any integer up to 2^53; the result lies in
 * [reference - 2^31, reference + 2^31) and is negative when that reaches below zero.
 */
export function unwrap(reference: number, serial: number): number {
  return reference + ((serial - reference) | 0);
}
