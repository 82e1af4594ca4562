/** Times of capture as text: UTC, and all nine digits of the nanoseconds. */

import { formatNumber, nineDigits } from "../bytes/decimal.ts";

/** Seconds from 1970 that a `Date` reaches in either direction. */
const MOST_SECONDS = 8_640_000_000_000;

/**
 * `2019-11-04T05:27:50.123456789Z` of RFC 3339 and ISO 8601; `undefined` for a time that no calendar here reaches.
 */
export function isoTime(seconds: number, nanoseconds: number): string | undefined {
  if (!(Math.abs(seconds) < MOST_SECONDS)) return undefined;
  return `${new Date(seconds * 1000).toISOString().slice(0, -4)}${nineDigits(nanoseconds)}Z`;
}

/** Seconds since 1970 with nine decimals: `1572845270.123456789`, negative before. */
export function epochTime(seconds: number, nanoseconds: number): string {
  if (seconds >= 0 || nanoseconds === 0)
    return `${formatNumber(seconds)}.${nineDigits(nanoseconds)}`;
  const whole = seconds + 1;
  return `${whole === 0 ? "-0" : whole}.${nineDigits(1_000_000_000 - nanoseconds)}`;
}
