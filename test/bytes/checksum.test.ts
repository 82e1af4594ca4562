import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checksum16,
  crc32,
  crc32c,
  foldSum,
  sum16,
  updateChecksum16,
} from "../../src/bytes/checksum.ts";
import { parseHex } from "../../src/bytes/hex.ts";
import { readU16 } from "../../src/bytes/numbers.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the Internet checksum", () => {
  it("agrees with the example of RFC 1071 §3", () => {
    const b = parseHex("0001 f203 f4f5 f6f7");
    expect(sum16(b, 0, b.length)).toBe(0x2ddf0);
    expect(checksum16(b, 0, b.length)).toBe(0x220d);
  });

  it("pads an odd tail and sums pieces", () => {
    expect(sum16(parseHex("123456"), 0, 3)).toBe(0x1234 + 0x5600);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 99 }), fc.nat(99), (b, cut) => {
        const even = Math.min(cut & ~1, b.length & ~1);
        const whole = sum16(b, 0, b.length);
        expect(sum16(b, even, b.length, sum16(b, 0, even))).toBe(whole);
        let plain = 0;
        for (let i = 0; i < b.length; i += 2) plain += (b[i] ?? 0) * 256 + (b[i + 1] ?? 0);
        expect(whole).toBe(plain);
      }),
    );
  });

  it("is zero over a packet with its checksum in place", () => {
    const header = parseHex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7");
    expect(checksum16(header, 0, 20)).toBe(0);
  });

  it("folds sums beyond 32 bits", () => {
    expect(foldSum(0xffff_ffff_ffff)).toBe(0);
    expect(foldSum(0)).toBe(0xffff);
  });

  it("is updated as RFC 1624 §4 shows", () => {
    expect(updateChecksum16(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.nat(0xffff), (b, to) => {
        const before = checksum16(b, 0, 20);
        const from = readU16(b, 4);
        b[4] = to >> 8;
        b[5] = to & 255;
        // The two zeros of ones' complement are one value.
        expect(updateChecksum16(before, from, to) % 0xffff).toBe(checksum16(b, 0, 20) % 0xffff);
      }),
    );
  });
});

describe("CRCs", () => {
  it("agree with the published check values", () => {
    expect(crc32(ascii("123456789"))).toBe(0xcbf43926);
    expect(crc32c(ascii("123456789"))).toBe(0xe3069283);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });

  it("agree with RFC 3720 Appendix B.4", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
  });

  it("can be computed piecewise, and agree with gzip", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), (b, cut) => {
        const at = Math.min(cut, b.length);
        const whole = crc32(b);
        expect(crc32(b, at, b.length, crc32(b, 0, at))).toBe(whole);
        expect(crc32c(b, at, b.length, crc32c(b, 0, at))).toBe(crc32c(b));
        const member = gzipSync(b);
        expect(member.readUInt32LE(member.length - 8)).toBe(whole);
      }),
    );
  });
});
