/** Whole numbers as decimal digits. */

/** 0 to 999, and the same with leading zeros. */
const SMALL: readonly string[] = /* @__PURE__ */ Array.from({ length: 1000 }, (_, n) => String(n));
const THREE: readonly string[] = /* @__PURE__ */ SMALL.map((digits) => digits.padStart(3, "0"));

/**
 * The decimal digits of a number, as `String` makes them. For what is read from packets: the engine remembers the text of
 * thousands of the last numbers that it was asked for, so that each new one outlives several collections of garbage; over a
 * long report that was a third of all memory. Texts put together of pieces are not remembered.
 */
export function formatNumber(n: number): string {
  if (n < 1000) return SMALL[n] ?? String(n);
  if (!Number.isSafeInteger(n)) return String(n);
  const thousands = Math.floor(n / 1000);
  return formatNumber(thousands) + THREE[n - thousands * 1000]!;
}

/** Nine digits, with leading zeros, of a whole number from 0 to 999,999,999. */
export function nineDigits(n: number): string {
  const thousands = Math.floor(n / 1000);
  const millions = Math.floor(thousands / 1000);
  return THREE[millions]! + THREE[thousands - millions * 1000]! + THREE[n - thousands * 1000]!;
}
