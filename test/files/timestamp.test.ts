import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Clock, readResolution } from "../../src/files/timestamp.ts";

const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function exact(base: number, exponent: number, units: bigint): [bigint, bigint] {
  const perSecond = BigInt(base) ** BigInt(exponent);
  return [units / perSecond, ((units % perSecond) * 1_000_000_000n) / perSecond];
}

describe("Clock", () => {
  it("is exact for every resolution and count", () => {
    const resolution = fc.nat(255).map(readResolution);
    fc.assert(
      fc.property(resolution, fc.array(count), fc.nat(100), ({ base, exponent }, counts, step) => {
        const clock = new Clock({ base, exponent }, 0);
        // Neighbours of a time take the short way.
        for (const units of counts.flatMap((each) => [each, each + BigInt(step), each])) {
          const wrapped = BigInt.asUintN(64, units);
          clock.set(Number(wrapped >> 32n), Number(wrapped & 0xffffffffn));
          const [seconds, nanoseconds] = exact(base, exponent, wrapped);
          expect(clock.seconds).toBe(Number(seconds));
          expect(clock.nanoseconds).toBe(Number(nanoseconds));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("adds the offset of the interface", () => {
    for (const offset of [-2_000_000_000, 3600]) {
      const clock = new Clock({ base: 10, exponent: 3 }, offset);
      expect(clock.seconds).toBe(offset);
      clock.set(0, 1_001);
      expect([clock.seconds, clock.nanoseconds]).toEqual([offset + 1, 1_000_000]);
      clock.set(0, 1_999);
      expect([clock.seconds, clock.nanoseconds]).toEqual([offset + 1, 999_000_000]);
      clock.set(0, 999);
      expect([clock.seconds, clock.nanoseconds]).toEqual([offset, 999_000_000]);
    }
  });

  it("reads the byte of if_tsresol", () => {
    expect(readResolution(6)).toEqual({ base: 10, exponent: 6 });
    expect(readResolution(0x80 | 20)).toEqual({ base: 2, exponent: 20 });
  });
});
