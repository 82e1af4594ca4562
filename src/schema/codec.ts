import type { Layer } from "./layer.ts";
import type { RandomSource } from "./random-source.ts";
import type { Writer } from "./writer.ts";

/**
 * The encoding of one leaf that finds its own end: a compressed domain name, a variable-length integer. Anything with
 * parts is a record with declared fields instead, so that each part has a name, a type and a range.
 *
 * `T` is what a view gives, `In` what building takes.
 */
export interface Codec<T, In = T> {
  /** What it is, for documentation. */
  readonly name: string;
  /** Bytes it takes from `at` on, at most up to `end`; -1 where they do not form one. Must not throw. */
  measure(bytes: Uint8Array, at: number, end: number, layer: Layer): number;
  /** The value of the bytes that `measure` gave. Must not throw, and do work of at most a constant times their number. */
  read(bytes: Uint8Array, at: number, end: number, layer: Layer): T;
  /** Appends the encoding; throws a `TypeError` or `RangeError` for a value that has none. */
  write(out: Writer, value: In): void;
  /** What stands in a packet that gives no value. */
  readonly initial: In;
  /** Makes a value for random packets; `initial` is taken where a codec has none. */
  random?(source: RandomSource): In;
}
