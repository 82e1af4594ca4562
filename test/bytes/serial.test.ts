import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  serialAdd,
  serialAfter,
  serialBefore,
  serialDistance,
  serialMax,
  unwrap,
} from "../../src/bytes/serial.ts";

const serial = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 0xfffffff0, max: 0xffffffff }),
  fc.nat(16),
);
const step = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });

describe("serial numbers", () => {
  it("measure the way they were moved, over the wrap too", () => {
    fc.assert(
      fc.property(serial, step, (from, count) => {
        const to = serialAdd(from, count);
        expect(serialDistance(from, to)).toBe(count);
        expect(serialBefore(from, to)).toBe(count > 0);
        expect(serialAfter(from, to)).toBe(count < 0);
        expect(serialMax(from, to)).toBe(count > 0 ? to : from);
        expect(serialMax(to, from)).toBe(count > 0 ? to : from);
      }),
    );
  });

  it("have no order exactly 2^31 apart (RFC 1982 §3.2)", () => {
    const [a, b] = [5, 5 + 2 ** 31];
    expect([serialBefore(a, b), serialBefore(b, a)]).toEqual([false, false]);
    expect([serialAfter(a, b), serialAfter(b, a)]).toEqual([false, false]);
    expect(serialDistance(a, b)).toBe(-(2 ** 31));
  });

  it("unwrap near a reference anywhere up to 2^53", () => {
    const reference = fc.integer({ min: 2 ** 31, max: Number.MAX_SAFE_INTEGER - 2 ** 31 });
    fc.assert(
      fc.property(reference, step, (near, count) => {
        const position = near + count;
        expect(unwrap(near, position % 2 ** 32)).toBe(position);
      }),
    );
    expect(unwrap(0xfffffff0, 4)).toBe(2 ** 32 + 4);
    expect(unwrap(4, 0xfffffff0)).toBe(-16);
  });
});
