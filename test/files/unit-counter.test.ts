import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Clock,
  MICROSECONDS,
  type TimeResolution,
  UnitCounter,
} from "../../src/files/timestamp.ts";

const resolution = fc.record({
  base: fc.constantFrom(2 as const, 10 as const),
  exponent: fc.oneof(fc.nat(40), fc.nat(127)),
});
const count = (counter: UnitCounter): bigint => (BigInt(counter.high) << 32n) | BigInt(counter.low);
const unitsOf = ({ base, exponent }: TimeResolution): bigint => BigInt(base) ** BigInt(exponent);

describe("UnitCounter", () => {
  it("gives the count that a clock was given, where the unit is no shorter than a nanosecond", () => {
    const long = resolution.filter((one) => unitsOf(one) <= 10n ** 9n);
    const half = fc.oneof(fc.nat(0xffff_ffff), fc.nat(3));
    fc.assert(
      fc.property(long, half, half, fc.integer(), (unit, high, low, offset) => {
        const clock = new Clock(unit, offset);
        const counter = new UnitCounter(unit, offset);
        clock.set(high, low);
        // Beyond 2^53 seconds are not exact.
        fc.pre(Number.isSafeInteger(clock.seconds) && Number.isSafeInteger(clock.seconds - offset));
        expect(counter.set(clock.seconds, clock.nanoseconds)).toBe(true);
        expect([counter.high, counter.low]).toEqual([high, low]);
      }),
      { numRuns: 2000 },
    );
  });

  it("gives the least count that a clock turns into the same time, or cuts off", () => {
    const seconds = fc.oneof(fc.nat(2 ** 31), fc.nat(100), fc.maxSafeNat());
    fc.assert(
      fc.property(resolution, seconds, fc.nat(999_999_999), (unit, whole, nanoseconds) => {
        const units = unitsOf(unit);
        const exact = BigInt(nanoseconds) * units;
        const floor = exact / 10n ** 9n;
        const reads = (n: bigint): boolean => (n * 10n ** 9n) / units === BigInt(nanoseconds);
        const rest = !reads(floor) && reads(floor + 1n) ? floor + 1n : floor;
        const expected = BigInt(whole) * units + rest;
        const counter = new UnitCounter(unit, 0);
        expect(counter.set(whole, nanoseconds)).toBe(expected < 2n ** 64n);
        if (expected < 2n ** 64n) expect(count(counter)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("refuses what 64 bits cannot hold, and says between which seconds they can", () => {
    const counter = new UnitCounter(MICROSECONDS, 10);
    expect([counter.first, counter.last]).toEqual([10, 18_446_744_073_719]);
    expect(counter.set(9, 0)).toBe(false);
    expect(counter.set(10, 0)).toBe(true);
    expect(counter.set(18_446_744_073_719, 551_615_000)).toBe(true);
    expect(count(counter)).toBe(2n ** 64n - 1n);
    expect(counter.set(18_446_744_073_719, 551_616_000)).toBe(false);
    expect(counter.set(10.5, 0)).toBe(false);
    expect(counter.set(Number.NaN, 0)).toBe(false);
  });
});
