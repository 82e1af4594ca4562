import fc from "fast-check";
import { expect, test } from "vitest";
import { formatNumber, nineDigits } from "../../src/bytes/decimal.ts";

test("numbers are written as String writes them", () => {
  for (const n of [0, -0, 7, 999, 1000, 1001, 65535, 4294967295, 2 ** 53 - 1, 2 ** 53, 1e21])
    expect(formatNumber(n)).toBe(String(n));
  for (const n of [-1, -70000, 0.5, 1234.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(formatNumber(n)).toBe(String(n));
  fc.assert(fc.property(fc.maxSafeInteger(), (n) => formatNumber(n) === String(n)));
  fc.assert(fc.property(fc.double(), (n) => formatNumber(n) === String(n)));
});

test("nine digits keep their zeros", () => {
  expect(nineDigits(0)).toBe("000000000");
  expect(nineDigits(1_002_003)).toBe("001002003");
  fc.assert(fc.property(fc.nat(999_999_999), (n) => nineDigits(n) === String(n).padStart(9, "0")));
});
