import { describe, expect, it } from "vitest";
import { KeyRows } from "../../../src/analysis/statistics/key-rows.ts";

const SUMS = 3;
const WORDS = 2;

/** Short keys and long ones; the first word tells them apart, as it does for addresses of two lengths. */
const keyOf = (n: number): Int32Array =>
  n % 3 === 0
    ? Int32Array.of(1, n, -n, n << 16, 0, 0, 0, 0, 0, 0, n)
    : Int32Array.of(0, n, n ^ 5, n << 20);

function filled(count: number, limit = Number.POSITIVE_INFINITY): KeyRows {
  const rows = new KeyRows(SUMS, WORDS, limit);
  for (let n = 0; n < count; n++) {
    const key = keyOf(n);
    if (rows.find(key, key.length) >= 0) throw new Error(`${n} is there already`);
    const row = rows.add(key, key.length);
    if (row < 0) continue;
    rows.page[rows.at + rows.head] = n + 7;
    rows.sums[rows.at / 2 + 2] = n / 4;
  }
  return rows;
}

describe("rows by key", () => {
  it("are found again, with what was put into them, over many pages and keys of two lengths", () => {
    const rows = filled(20_000);
    expect(rows.count).toBe(20_000);
    for (let n = 0; n < 20_000; n++) {
      const key = keyOf(n);
      if (rows.find(key, key.length) !== n || rows.page[rows.at + rows.head] !== n + 7)
        throw new Error(`row ${n} is not what it was`);
      if (rows.sums[rows.at / 2 + 2] !== n / 4) throw new Error(`the sum of row ${n} is lost`);
      if (rows.word(1) !== n) throw new Error(`the key of row ${n} is not what it was`);
    }
    expect(rows.find(keyOf(20_001), keyOf(20_001).length)).toBe(-1);
  });

  it("are no more than the limit, and those that are there stay", () => {
    const rows = filled(5000, 1000);
    expect(rows.count).toBe(1000);
    expect(rows.find(keyOf(999), keyOf(999).length)).toBe(999);
    expect(rows.find(keyOf(1000), keyOf(1000).length)).toBe(-1);
    expect(rows.add(keyOf(1000), keyOf(1000).length)).toBe(-1);
  });

  it("give way to another of the same key, and keep their numbers", () => {
    const rows = filled(10);
    const key = keyOf(4);
    rows.find(key, key.length);
    expect(rows.add(key, key.length)).toBe(10);
    expect(rows.find(key, key.length)).toBe(10);
    rows.visit(4);
    expect([rows.page[rows.at + rows.head], rows.word(1)]).toEqual([11, 4]);
  });

  it("take room for what is there, not for what the limit lets come", () => {
    const rows = filled(10_000, 1e9);
    const { pages, slots } = rows as unknown as { pages: Int32Array[]; slots: Int32Array };
    const words = pages.reduce((sum, page) => sum + page.length, 0);
    // Three pages of 4096 rows, 19 words and one to fill, and at most eight words of slots for each row.
    expect(words).toBe(3 * 4096 * 20);
    expect(slots.length).toBeLessThanOrEqual(8 * 10_000);
  });
});
