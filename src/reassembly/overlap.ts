/**
 * Which of two fragments gives the bytes that both have. RFC 791 does not say, so that systems differ, and whoever wants to
 * know what a receiver saw must choose as it did (Ptacek and Newsham 1998, Novak 2005). "The old one" is what is left of
 * a fragment that came before: a run of bytes between the ends that others left it.
 *
 * - `"first"`: the old one, always (RFC 815 §3 allows it).
 * - `"last"`: the new one, always (the example procedure of RFC 791 §3.2).
 * - `"bsd"`: the old one where it begins before the new one or with it; a new one that begins before wins.
 * - `"linux"`: the old one only where it begins before the new one; one that begins with it or before wins.
 * - `"windows"`: the old one, but where the new one begins before it and also ends behind it.
 * - `"solaris"`: the old one, but where the new one begins before it and ends with it or behind it.
 * - `"discard"`: neither. An overlap that is no exact duplicate discards the datagram, with all its fragments that are
 *   still to come (RFC 5722, RFC 8200 §4.5).
 */
export type OverlapPolicy = "first" | "last" | "bsd" | "linux" | "windows" | "solaris" | "discard";

/** From which byte on, up to which. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** Whether a new fragment takes from what is left of an old one the bytes that both have. */
export type Wins = (fresh: Extent, old: Extent) => boolean;

const never: Wins = () => false;

/** What each {@link OverlapPolicy} says of two fragments that overlap. */
export const winsBy: Readonly<Record<OverlapPolicy, Wins>> = {
  first: never,
  last: () => true,
  bsd: (fresh, old) => fresh.from < old.from,
  linux: (fresh, old) => fresh.from <= old.from,
  windows: (fresh, old) => fresh.from < old.from && fresh.to > old.to,
  solaris: (fresh, old) => fresh.from < old.from && fresh.to >= old.to,
  // Nothing is written over: the datagram ends here.
  discard: never,
};
