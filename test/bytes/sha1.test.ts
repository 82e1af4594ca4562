import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha1 } from "../../src/bytes/sha1.ts";

const digest = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("SHA-1", () => {
  it("gives the digests of RFC 3174 §7.3", () => {
    const ascii = (text: string) => new TextEncoder().encode(text);
    expect(hex(sha1(ascii("abc")))).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
    expect(hex(sha1(ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")))).toBe(
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    );
  });

  it("gives those of node:crypto for every length around the blocks", () => {
    for (let n = 0; n <= 200; n++) {
      const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 7 + n) & 0xff);
      expect(hex(sha1(bytes))).toBe(digest(bytes));
    }
  });

  it("gives those of node:crypto for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(hex(sha1(bytes))).toBe(digest(bytes));
      }),
    );
  });
});
