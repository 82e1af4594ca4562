import type { KeyRows } from "./key-rows.ts";

/** Sums of a row: frames and bytes of either direction, seconds and nanoseconds of the first and the last frame. */
const FRAMES = 0;
const BYTES = 2;
const FIRST = 4;
const LAST = 6;

/** How many sums there are, with times and without. */
export const TIMED_SUMS = LAST + 2;
export const PLAIN_SUMS = FIRST;

/**
 * Counts a frame of a direction, 0 or 1, in the row that was visited last; says whether it is the first. Nanoseconds of -1: it
 * has no time.
 */
export function addFrame(
  rows: KeyRows,
  direction: number,
  bytes: number,
  seconds: number,
  nanoseconds: number,
): boolean {
  const { sums } = rows;
  const at = rows.at >> 1;
  const isFirst = sums[at + FRAMES] === 0 && sums[at + FRAMES + 1] === 0;
  sums[at + FRAMES + direction]! += 1;
  sums[at + BYTES + direction]! += bytes;
  if (nanoseconds >= 0) setTimes(sums, at, seconds, nanoseconds);
  return isFirst;
}

/** Brings the first and the last time up to date. */
function setTimes(sums: Float64Array, at: number, seconds: number, nanoseconds: number): void {
  // One more than the nanoseconds, so that zero means: not known.
  const nanos = nanoseconds + 1;
  const first = sums[at + FIRST]!;
  const firstNanos = sums[at + FIRST + 1]!;
  if (firstNanos === 0 || seconds < first || (seconds === first && nanos < firstNanos)) {
    sums[at + FIRST] = seconds;
    sums[at + FIRST + 1] = nanos;
  }
  const last = sums[at + LAST]!;
  const lastNanos = sums[at + LAST + 1]!;
  if (lastNanos === 0 || seconds > last || (seconds === last && nanos > lastNanos)) {
    sums[at + LAST] = seconds;
    sums[at + LAST + 1] = nanos;
  }
}

/** Counts many frames at once in the row that was visited last, without their times. */
export function addSum(rows: KeyRows, direction: number, frames: number, bytes: number): void {
  const at = rows.at >> 1;
  rows.sums[at + FRAMES + direction]! += frames;
  rows.sums[at + BYTES + direction]! += bytes;
}

/** Frames of a direction, of the row that was visited last. */
export const framesOf = ({ sums, at }: KeyRows, direction: number): number =>
  sums[(at >> 1) + FRAMES + direction]!;

/** Bytes of a direction, of the row that was visited last. */
export const bytesOf = ({ sums, at }: KeyRows, direction: number): number =>
  sums[(at >> 1) + BYTES + direction]!;

/** Frames of both directions, of a row. */
export function allFramesOf(rows: KeyRows, row: number): number {
  rows.visit(row);
  return framesOf(rows, 0) + framesOf(rows, 1);
}

/** Time of the first frame of the row that was visited last, in nanoseconds since 1970; `undefined` where none had one. */
export const firstTime = (rows: KeyRows): bigint | undefined => timeOf(rows, FIRST);
/** As {@link firstTime}, of the last frame. */
export const lastTime = (rows: KeyRows): bigint | undefined => timeOf(rows, LAST);

function timeOf({ sums, at }: KeyRows, which: number): bigint | undefined {
  const nanos = sums[(at >> 1) + which + 1]!;
  if (nanos === 0) return undefined;
  return BigInt(sums[(at >> 1) + which]!) * 1_000_000_000n + BigInt(nanos - 1);
}
