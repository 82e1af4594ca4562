import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_TIME } from "../../src/files/record.ts";
import {
  type NumberRange,
  parseNumberRanges,
  parseTime,
  RecordSelection,
} from "../../src/files/select.ts";

/** Which of so many records are wanted, by number; all have the time 0. */
const wanted = (packets: readonly NumberRange[], of: number): number[] => {
  const selection = new RecordSelection({ packets });
  return Array.from({ length: of }, (_, i) => i + 1).filter(() => selection.wants(0, 0));
};

describe("numbers of packets", () => {
  it.each([
    ["7", [[7, 7]]],
    ["3-9", [[3, 9]]],
    ["20-", [[20, Number.POSITIVE_INFINITY]]],
    ["-5", [[1, 5]]],
    [
      " 1 , 4 - 6,9-",
      [
        [1, 1],
        [4, 6],
        [9, Number.POSITIVE_INFINITY],
      ],
    ],
  ])("are read from %j", (text, ranges) => {
    expect(parseNumberRanges(text)).toEqual(ranges);
  });

  it.each(["", "-", "a", "1-b", "1,,2", "3-9-12", "1.5", "+1", "0x10", "1 2", "--5", "1e3"])(
    "are not read from %j",
    (text) => {
      expect(() => parseNumberRanges(text)).toThrow(/is no number and no range/);
    },
  );

  it.each(["0", "0-3", "9-3", "99999999999999999999", "1-99999999999999999999"])(
    "refuse what cannot be: %s",
    (text) => {
      expect(() => parseNumberRanges(text)).toThrow(RangeError);
    },
  );

  it("may come in any order and overlap", () => {
    const ranges = fc.array(
      fc
        .tuple(fc.integer({ min: 1, max: 30 }), fc.nat(5))
        .map(([first, more]): NumberRange => [first, first + more]),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(ranges, (all) => {
        const expected = Array.from({ length: 40 }, (_, i) => i + 1).filter((n) =>
          all.some(([first, last]) => first <= n && n <= last),
        );
        expect(wanted(all, 40)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("are checked where they are given as numbers", () => {
    expect(() => new RecordSelection({ packets: [[0, 1]] })).toThrow(RangeError);
    expect(() => new RecordSelection({ packets: [[5, 4]] })).toThrow(RangeError);
    expect(() => new RecordSelection({ count: -1 })).toThrow(RangeError);
  });
});

describe("times", () => {
  it.each([
    ["0", 0, 0],
    ["1772436600", 1_772_436_600, 0],
    ["1772436600.5", 1_772_436_600, 500_000_000],
    ["1772436600.000000001", 1_772_436_600, 1],
    ["-1", -1, 0],
    ["-1.25", -2, 750_000_000],
    ["-0.000000001", -1, 999_999_999],
    ["-0", 0, 0],
    ["2026-03-02T07:30:00Z", 1_772_436_600, 0],
    ["2026-03-02 07:30:00", 1_772_436_600, 0],
    ["2026-03-02t07:30:00.123456789z", 1_772_436_600, 123_456_789],
    ["2026-03-02T09:30:00.5+02:00", 1_772_436_600, 500_000_000],
    ["2026-03-02T00:00:00-07:30", 1_772_436_600, 0],
    ["1969-12-31T23:59:59.5Z", -1, 500_000_000],
    ["0001-01-01T00:00:00Z", -62_135_596_800, 0],
    ["2024-02-29T00:00:00Z", 1_709_164_800, 0],
    ["2016-12-31T23:59:60Z", 1_483_228_800, 0],
  ])("are read from %s", (text, seconds, nanoseconds) => {
    expect(parseTime(text)).toEqual({ seconds, nanoseconds });
  });

  it.each([
    "",
    "now",
    "1772436600.1234567891",
    "1e9",
    "2026-03-02",
    "2026-03-02T07:30Z",
    "2026-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-03-02T24:00:00Z",
    "2026-03-02T07:60:00Z",
    "2026-03-02T07:30:00+25:00",
    "99999999999999999999",
  ])("are not read from %j", (text) => {
    expect(() => parseTime(text)).toThrow(RangeError);
  });

  it("are compared to the nanosecond, the first one included and the last one not", () => {
    const after = { seconds: 10, nanoseconds: 5 };
    const before = { seconds: 12, nanoseconds: 7 };
    const selection = new RecordSelection({ after, before });
    const times = [
      [10, 4],
      [10, 5],
      [10, 6],
      [11, 0],
      [12, 6],
      [12, 7],
      [13, 0],
      [9, 999_999_999],
      [0, NO_TIME],
    ] as const;
    expect(times.map(([s, ns]) => selection.wants(s, ns))).toEqual([
      ...[false, true, true, true, true, false, false, false, false],
    ]);
    expect(selection.seen).toBe(9);
    expect(selection.taken).toBe(4);
  });
});

describe("a selection", () => {
  it("counts what it took, not what it saw", () => {
    const selection = new RecordSelection({ packets: [[3, 9]], count: 2 });
    const taken = Array.from({ length: 6 }, () => selection.wants(0, 0));
    expect(taken).toEqual([false, false, true, true, false, false]);
    expect(selection.isOver).toBe(true);
  });

  it("knows whether anything may be missing", () => {
    expect(new RecordSelection().isPartial).toBe(false);
    for (const some of [
      { count: 0 },
      { packets: [] },
      { before: { seconds: 0, nanoseconds: 0 } },
      { after: { seconds: 0, nanoseconds: 0 } },
    ])
      expect(new RecordSelection(some).isPartial).toBe(true);
  });
});
