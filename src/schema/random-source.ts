/**
 * Where random values come from. A declaration or codec that says by a function which values make sense draws them from
 * here and from nowhere else, so that the same seed gives the same packets everywhere.
 */
export interface RandomSource {
  /** A whole number from 0 up to and including `most`. */
  upTo(most: number): number;
  /** True in so many of a hundred cases. */
  chance(percent: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(from: readonly T[]): T;
  bytes(count: number): Uint8Array;
  /** So many of the characters of `alphabet`. */
  text(count: number, alphabet: string): string;
}
