import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashWords, KeyIndex } from "../../src/flow/key-index.ts";

const words = (...numbers: readonly number[]): Int32Array => Int32Array.from(numbers);

describe("an index of keys", () => {
  it("gives ids from 0 on, and those that are free again first", () => {
    const index = new KeyIndex();
    const [a, b, c] = [words(1, 2), words(1, 3), words(2, 2)];
    expect([index.add(a, 2, 7), index.add(b, 2, 8)]).toEqual([0, 1]);
    index.remove(0);
    expect([index.find(a, 2, 7), index.find(b, 2, 8), index.size]).toEqual([-1, 1, 1]);
    expect([index.add(c, 2, 9), index.find(c, 2, 9)]).toEqual([0, 0]);
  });

  it("tells keys of one hash apart", () => {
    const index = new KeyIndex();
    const keys = Array.from({ length: 20 }, (_, i) => words(i, -i));
    expect(keys.map((key) => index.add(key, 2, 5))).toEqual(keys.map((_, i) => i));
    for (let i = 0; i < 20; i += 3) index.remove(i);
    expect(keys.map((key) => index.find(key, 2, 5))).toEqual(
      keys.map((_, i) => (i % 3 === 0 ? -1 : i)),
    );
  });

  it("takes longer keys than those before", () => {
    const index = new KeyIndex();
    const [short, long] = [words(1, 2, 3), words(...Array.from({ length: 20 }, (_, i) => i + 2))];
    index.add(short, 3, 1);
    expect(index.find(long, 20, 1)).toBe(-1);
    index.add(long, 20, 1);
    expect([index.find(short, 3, 1), index.find(long, 20, 1)]).toEqual([0, 1]);
    expect(index.find(words(1, 2, 4), 3, 1)).toBe(-1);
  });

  it("finds what a map would, whatever comes and goes, with good hashes and bad ones", () => {
    const step = fc.record({ key: fc.nat(1500), goes: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 2000, size: "max" }),
        fc.boolean(),
        (steps, isBad) => {
          const index = new KeyIndex();
          const known = new Map<number, number>();
          const hashOf = (key: Int32Array) => (isBad ? key[0]! & 7 : hashWords(key, 2, 11));
          for (const { key, goes } of steps) {
            const at = words(key, key * 3);
            const id = index.find(at, 2, hashOf(at));
            expect(id).toBe(known.get(key) ?? -1);
            if (goes && id >= 0) {
              index.remove(id);
              known.delete(key);
            } else if (!goes && id < 0) known.set(key, index.add(at, 2, hashOf(at)));
          }
          expect(index.size).toBe(known.size);
          expect(new Set(known.values()).size).toBe(known.size);
          expect(Math.max(-1, ...known.values())).toBeLessThan(index.capacity);
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });
});

describe("a hash of words", () => {
  it("depends on every bit, the top ones too", () => {
    const key = words(0x0a000001, 0x0a000002, 6, 0x00500051);
    const whole = hashWords(key, 4, 1);
    for (let i = 0; i < 4; i++)
      for (let bit = 0; bit < 32; bit++) {
        const other = key.slice();
        other[i]! ^= 1 << bit;
        expect(hashWords(other, 4, 1)).not.toBe(whole);
      }
  });

  it("does not let one top bit undo another", () => {
    const key = words(1, 2, 3, 4);
    const other = words(1 ^ (1 << 31), 2 ^ (1 << 31), 3, 4);
    for (let basis = 0; basis < 100; basis++)
      expect(hashWords(other, 4, basis)).not.toBe(hashWords(key, 4, basis));
  });
});
