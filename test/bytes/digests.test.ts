import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { md5 } from "../../src/bytes/md5.ts";
import { sha256 } from "../../src/bytes/sha256.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const ascii = (text: string) => new TextEncoder().encode(text);

describe.each([
  ["md5", md5, "900150983cd24fb0d6963f7d28e17f72", "f96b697d7cb7938d525a2f31aaf161d0"],
  [
    "sha256",
    sha256,
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "f7846f55cf23e14eebeab5b4e1550cad5b509e3348fbc4efa3a1413d393cb650",
  ],
] as const)("%s", (name, digest, abc, messageDigest) => {
  const expected = (bytes: Uint8Array): string => createHash(name).update(bytes).digest("hex");

  it("gives digests that its RFC or its users print", () => {
    expect(hex(digest(ascii("abc")))).toBe(abc);
    expect(hex(digest(ascii("message digest")))).toBe(messageDigest);
  });

  it("gives those of node:crypto for every length around the blocks", () => {
    for (let n = 0; n <= 200; n++) {
      const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 7 + n) & 0xff);
      expect(hex(digest(bytes))).toBe(expected(bytes));
    }
  });

  it("gives those of node:crypto for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(hex(digest(bytes))).toBe(expected(bytes));
      }),
      { numRuns: 30 },
    );
  });
});
