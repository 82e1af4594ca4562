import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeDeflate, decodeGzip, TOO_LONG } from "../../src/bytes/content-coding.ts";

const plain = new TextEncoder().encode("to be or not to be, ".repeat(500));
const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));
const MOST = 1 << 20;

describe("content codings", () => {
  it("takes gzip off, of several members, with what else a header may hold", () => {
    expect(decodeGzip(gzipSync(plain), MOST)).toEqual({ bytes: plain, fault: null });
    const [one, two] = [gzipSync("one "), gzipSync("two")];
    expect(new TextDecoder().decode(decodeGzip(joined(one, two), MOST).bytes)).toBe("one two");
    const header = Uint8Array.of(
      0x1f,
      0x8b,
      8,
      0x1e,
      0,
      0,
      0,
      0,
      0,
      3,
      2,
      0,
      9,
      9,
      65,
      0,
      66,
      0,
      7,
      7,
    );
    expect(decodeGzip(joined(header, gzipSync(plain).subarray(10)), MOST).bytes).toEqual(plain);
  });

  it("takes deflate off, with and without the header of zlib", () => {
    expect(decodeDeflate(deflateSync(plain), MOST)).toEqual({ bytes: plain, fault: null });
    expect(decodeDeflate(deflateRawSync(plain), MOST)).toEqual({ bytes: plain, fault: null });
    expect(decodeDeflate(new Uint8Array(0), MOST)).toEqual({
      bytes: new Uint8Array(0),
      fault: null,
    });
  });

  it("gives what there is of damaged data, and says so", () => {
    const cut = decodeGzip(gzipSync(plain).subarray(0, 40), MOST);
    expect(cut.fault).toBe("the data ends too early");
    expect(plain.subarray(0, cut.bytes.length)).toEqual(cut.bytes);
    expect(cut.bytes.length).toBeGreaterThan(0);
    expect(decodeGzip(plain, MOST)).toEqual({ bytes: new Uint8Array(0), fault: "no gzip header" });
    // What follows the last member is left out, as gunzip does.
    expect(decodeGzip(joined(gzipSync(plain), plain), MOST)).toEqual({ bytes: plain, fault: null });
  });

  it("stops at the limit", () => {
    const bomb = gzipSync(new Uint8Array(50_000_000));
    const { bytes, fault } = decodeGzip(bomb, 1000);
    expect([bytes.length, fault]).toEqual([1000, TOO_LONG]);
    expect(decodeDeflate(deflateSync(plain), plain.length).fault).toBeNull();
    expect(decodeDeflate(deflateSync(plain), plain.length - 1).fault).toBe(TOO_LONG);
  });

  it("reads many small members in one go", () => {
    const many = new Uint8Array(Buffer.concat(new Array<Buffer>(5000).fill(gzipSync("x"))));
    expect(decodeGzip(many, MOST).bytes.length).toBe(5000);
  });

  it("never throws", () => {
    const coded = gzipSync(plain.subarray(0, 400));
    for (let at = 0; at < coded.length; at++)
      for (const value of [0, 255, coded[at]! ^ 16]) {
        const wrong = new Uint8Array(coded);
        wrong[at] = value;
        expect(decodeGzip(wrong, 4096).bytes.length).toBeLessThanOrEqual(4096);
        expect(decodeDeflate(wrong.subarray(10), 4096).bytes.length).toBeLessThanOrEqual(4096);
      }
  });
});
