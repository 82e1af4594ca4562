/** Which records of a capture are wanted: by number, by time, by count. */

import type { RecordTime } from "./blocks.ts";
import { checkRange } from "./check.ts";
import { NO_TIME } from "./record.ts";

/** Numbers from the first to the last, both included; Infinity for no end. */
export type NumberRange = readonly [first: number, last: number];

/** What a {@link RecordSelection} lets through; what is left out does not matter. */
export interface SelectionOptions {
  /** Numbers of records, counted from 1, in any order; they may overlap. */
  readonly packets?: readonly NumberRange[];
  /** Only records of this time or later. */
  readonly after?: RecordTime;
  /** Only records before this time. */
  readonly before?: RecordTime;
  /** So many records at most. */
  readonly count?: number;
}

/**
 * Says of one record after the other whether it is wanted. Records without a time lie in no window of time. Times are
 * compared to the nanosecond.
 *
 * @example
 * const selection = new RecordSelection({ packets: [[1, 10]], before: { seconds: 1_772_436_601, nanoseconds: 0 } });
 * selection.wants(1_772_436_600, 999_999_999); // the first record: true
 */
export class RecordSelection {
  /** Records that were asked about, and how many of them were wanted. */
  seen = 0;
  taken = 0;
  private readonly ranges: readonly NumberRange[] | undefined;
  private readonly after: RecordTime | undefined;
  private readonly before: RecordTime | undefined;
  private readonly count: number;
  /** The range that the next number is compared with. */
  private at = 0;

  /** @throws RangeError for numbers that are none, and for a range that ends before it begins. */
  constructor({ packets, after, before, count = Number.POSITIVE_INFINITY }: SelectionOptions = {}) {
    if (count !== Number.POSITIVE_INFINITY) checkRange("count", count, 0, Number.MAX_SAFE_INTEGER);
    this.ranges = packets === undefined ? undefined : inOrder(packets);
    this.after = after;
    this.before = before;
    this.count = count;
  }

  /** Whether anything may be left out at all. */
  get isPartial(): boolean {
    const { ranges, after, before, count } = this;
    return (ranges ?? after ?? before) !== undefined || count !== Number.POSITIVE_INFINITY;
  }

  /** Whether no further record will be wanted. */
  get isOver(): boolean {
    return this.taken >= this.count;
  }

  /** Whether the next record, of this time, is wanted. To be asked once for each, in order. */
  wants(seconds: number, nanoseconds: number): boolean {
    const number = ++this.seen;
    if (this.taken >= this.count || !this.hasNumber(number)) return false;
    if (!this.hasTime(seconds, nanoseconds)) return false;
    this.taken++;
    return true;
  }

  private hasNumber(number: number): boolean {
    const { ranges } = this;
    if (ranges === undefined) return true;
    while (this.at < ranges.length && ranges[this.at]![1] < number) this.at++;
    const range = ranges[this.at];
    return range !== undefined && range[0] <= number;
  }

  private hasTime(seconds: number, nanoseconds: number): boolean {
    const { after, before } = this;
    if (after === undefined && before === undefined) return true;
    if (nanoseconds === NO_TIME) return false;
    if (after !== undefined && isEarlier(seconds, nanoseconds, after)) return false;
    return before === undefined || isEarlier(seconds, nanoseconds, before);
  }
}

const isEarlier = (seconds: number, nanoseconds: number, than: RecordTime): boolean =>
  seconds < than.seconds || (seconds === than.seconds && nanoseconds < than.nanoseconds);

/** The ranges by their first number. */
function inOrder(ranges: readonly NumberRange[]): readonly NumberRange[] {
  for (const [first, last] of ranges) {
    checkRange("the first number of a range", first, 1, Number.MAX_SAFE_INTEGER);
    if (last === Number.POSITIVE_INFINITY) continue;
    checkRange("the last number of a range", last, first, Number.MAX_SAFE_INTEGER);
  }
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

/**
 * Numbers of packets as people write them: `7`, `3-9`, `20-` and `-5`, with commas between.
 *
 * @throws RangeError for what is nothing of that kind.
 */
export function parseNumberRanges(text: string): NumberRange[] {
  return text.split(",").map((part) => {
    const match = /^\s*(\d*)\s*(-?)\s*(\d*)\s*$/.exec(part);
    const [, first = "", dash = "", last = ""] = match ?? [];
    const isOne = dash === "" && first !== "" && last === "";
    if (!isOne && (dash === "" || first + last === ""))
      throw new RangeError(`'${part}' is no number and no range such as 7, 3-9, 20- or -5`);
    const from = first === "" ? 1 : Number(first);
    const to = isOne ? from : last === "" ? Number.POSITIVE_INFINITY : Number(last);
    const isWhole = Number.isSafeInteger(from) && (last === "" || Number.isSafeInteger(to));
    if (isWhole && from >= 1 && to >= from) return [from, to];
    throw new RangeError(
      `'${part}': packets are counted from 1, and a range ends where it begins or later`,
    );
  });
}

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:\d\d)?$/;
const EPOCH = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * A time from text: a date and a time of RFC 3339, which are UTC where no offset is written, or seconds since 1970 with
 * up to nine digits behind the point.
 *
 * @throws RangeError for other text, more digits and days that no calendar has.
 */
export function parseTime(text: string): RecordTime {
  const epoch = EPOCH.exec(text);
  if (epoch !== null) {
    const [, sign, whole = "", fraction = ""] = epoch;
    return normal(text, sign === "-" ? -Number(whole) : Number(whole), fraction, sign === "-");
  }
  const match = DATE_TIME.exec(text);
  if (match === null)
    throw new RangeError(
      `'${text}' is no time such as 2026-03-02T07:30:00.25Z, and no number of seconds since 1970`,
    );
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    ...[number, number, number, number, number, number],
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  // A leap second (RFC 3339 section 5.7) is the same as the second behind it, as it is to every clock that captures.
  if (!isDay || hour > 23 || minute > 59 || second > 60)
    throw new RangeError(`'${text}' has a part that no calendar and no clock shows`);
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
  return normal(text, seconds - offsetOf(text, match[8]), match[7] ?? "", false);
}

function normal(text: string, seconds: number, fraction: string, isBelow: boolean): RecordTime {
  if (fraction.length > 9) throw new RangeError(`'${text}' is finer than a nanosecond`);
  if (!Number.isSafeInteger(seconds)) throw new RangeError(`'${text}' is too far away`);
  const nanoseconds = Number(fraction.padEnd(9, "0"));
  // Nanoseconds count forwards from the second below.
  if (isBelow && nanoseconds > 0) return { seconds: seconds - 1, nanoseconds: 1e9 - nanoseconds };
  return { seconds: seconds === 0 ? 0 : seconds, nanoseconds };
}

function offsetOf(text: string, zone = "Z"): number {
  if (zone === "Z" || zone === "z") return 0;
  const [hours, minutes] = zone.slice(1).split(":").map(Number) as [number, number];
  if (hours > 23 || minutes > 59)
    throw new RangeError(`'${text}' has an offset that no clock shows`);
  return (zone.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}
