import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import { type CompressedFormat, decompress, gunzipSync } from "../../src/files/compression.ts";
import type { CaptureError } from "../../src/files/errors.ts";
import { bytesSource, streamSource } from "../../src/files/source.ts";
import { readRecords } from "../../src/files/stream.ts";
import { ascii, Collected, join, number, pcapHeader, pcapRecord } from "./samples.ts";

interface Outcome {
  readonly plain: Uint8Array;
  readonly fault?: CaptureError;
}

/** Decompresses pieces of the given size, and keeps what came before a fault. */
async function outcome(format: CompressedFormat, bytes: Uint8Array, size = 1e9): Promise<Outcome> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const plain: Uint8Array[] = [];
  try {
    for await (const piece of decompress(format, streamSource(pieces()))) plain.push(piece);
  } catch (error) {
    return { plain: Uint8Array.from(Buffer.concat(plain)), fault: error as CaptureError };
  }
  return { plain: Uint8Array.from(Buffer.concat(plain)) };
}

/** A gzip member around raw DEFLATE data, with a header made by hand. */
function member(flags: number, fields: Uint8Array, plain: Uint8Array): Uint8Array {
  const trailer = gzipSync(plain).subarray(-8);
  const head = Uint8Array.of(0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3);
  return join(head, fields, deflateRawSync(plain), trailer);
}

const capture = join(
  pcapHeader(),
  ...Array.from({ length: 50 }, (_, i) =>
    pcapRecord(Uint8Array.from({ length: 60 }, (_v, k) => k * i)),
  ),
);

describe("gzip", () => {
  const repetitive = fc.array(fc.constantFrom("abc", "wirecraft", "\0\0\0\0\0\0", "x"), {
    maxLength: 400,
  });
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    repetitive.map((words) => ascii(words.join(""))),
  );

  it("gives back what was compressed, at every level, in one or more members", async () => {
    const level = fc.constantFrom(0, 1, 6, 9);
    const strategy = fc.constantFrom(0, 2, 4);
    await fc.assert(
      fc.asyncProperty(
        fc.array(content, { minLength: 1, maxLength: 3 }),
        level,
        strategy,
        fc.integer({ min: 1, max: 700 }),
        async (contents, chosen, way, size) => {
          const members = contents.map((each) => gzipSync(each, { level: chosen, strategy: way }));
          const bytes = join(...members);
          const { plain, fault } = await outcome("gzip", bytes, size);
          expect(fault).toBeUndefined();
          expect(plain).toEqual(join(...contents));
          expect(join(...gunzipSync(bytesSource(bytes)))).toEqual(plain);
        },
      ),
    );
  });

  it("goes far beyond its window", async () => {
    let state = 1;
    const long = Uint8Array.from({ length: 3_000_000 }, (_, i) => {
      state = (state * 48_271) % 0x7fffffff;
      return i % 5 === 0 ? state : i >> 12;
    });
    for (const level of [1, 6]) {
      const { plain, fault } = await outcome("gzip", gzipSync(long, { level }), 10_000);
      expect(fault).toBeUndefined();
      expect(Buffer.compare(plain, long)).toBe(0);
    }
  });

  it("reads all header fields and padding of zeros", async () => {
    const extra = join(Uint8Array.of(3, 0), ascii("abc"));
    const fields = join(extra, ascii("name\0"), ascii("comment\0"), Uint8Array.of(1, 2));
    const bytes = join(
      member(4 + 8 + 16 + 2, fields, ascii("one ")),
      member(0, new Uint8Array(0), ascii("two")),
    );
    const { plain, fault } = await outcome("gzip", join(bytes, new Uint8Array(700)), 5);
    expect(fault).toBeUndefined();
    expect(plain).toEqual(ascii("one two"));
  });

  it("gives all there is before a cut, and says where it is", async () => {
    const bytes = Uint8Array.from(gzipSync(capture));
    let before = 0;
    for (let length = 0; length < bytes.length; length += 7) {
      const { plain, fault } = await outcome("gzip", bytes.slice(0, length), 100);
      expect(fault).toMatchObject({ code: "ERR_GZIP_TRUNCATED", offset: length });
      expect(plain).toEqual(capture.slice(0, plain.length));
      expect(plain.length).toBeGreaterThanOrEqual(before);
      before = plain.length;
    }
    expect(before).toBe(capture.length);
  });

  it("never gives wrong bytes silently, whatever is changed", async () => {
    const bytes = Uint8Array.from(gzipSync(capture));
    const place = fc.integer({ min: 10, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const { plain, fault } = await outcome("gzip", damaged);
        if (fault === undefined) expect(plain).toEqual(capture);
        else expect(fault.code).toMatch(/^ERR_GZIP/);
      }),
    );
  });

  it("refuses data that no compressor writes, and says where", async () => {
    const head = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
    for (const [hex, words] of [
      ["07", "reserved type"],
      ["0105000500", "stored block"],
      ["fdffffffffffffffff", "too many codes"],
      ["6364", "ends too early"],
      ["030200", "match is impossible"],
      ["63000a0000", "match is impossible"],
    ] as const) {
      const { fault } = await outcome("gzip", join(head, parseHex(hex)));
      expect(fault?.message, hex).toContain(words);
    }
    const { plain, fault } = await outcome("gzip", join(gzipSync(ascii("good")), ascii("bad")));
    expect(plain).toEqual(ascii("good"));
    expect(fault).toMatchObject({ code: "ERR_GZIP", offset: 24 });
  });

  it("lets the good records of a cut capture through", async () => {
    const bytes = Uint8Array.from(gzipSync(capture));
    const collected = new Collected();
    const run = async () => {
      for await (const _ of readRecords(bytesSource(bytes.slice(0, -20)), collected));
    };
    await expect(run()).rejects.toMatchObject({ code: "ERR_GZIP_TRUNCATED" });
    expect(collected.rows.length).toBeGreaterThan(30);
  });
});

describe("Zstandard", () => {
  // "wirecraft " twenty times, and 200,000 zeros, by zstd 1.5.4.
  const text = parseHex("28b52ffd24c88d000050776972656372616674200100bb520509f8223a40");
  const unsized = parseHex("28b52ffd04588d000050776972656372616674200100bb520509f8223a40");
  const unchecked = parseHex("28b52ffd00588d000050776972656372616674200100bb520509");
  const zeros = parseHex("28b52ffda4400d03004c000008000100fcff391002036a0800c4e97470");
  const plainText = ascii("wirecraft ".repeat(20));
  const skippable = join(parseHex("5a2a4d1803000000"), ascii("any"));
  /** A frame of one raw block. */
  const raw = (data: Uint8Array) =>
    join(
      parseHex("28b52ffd20"),
      Uint8Array.of(data.length),
      number(3, (data.length << 3) | 1, true),
      data,
    );

  it.each([1, 2, 3, 7, 50, 1e9])("decompresses frames in pieces of %i bytes", async (size) => {
    for (const frame of [text, unsized, unchecked]) {
      expect(await outcome("zstd", frame, size)).toEqual({ plain: plainText });
    }
    const many = join(text, skippable, raw(ascii("raw")), unchecked, zeros, skippable, unsized);
    const expected = join(plainText, ascii("raw"), plainText, new Uint8Array(200_000), plainText);
    const { plain, fault } = await outcome("zstd", many, size);
    expect(fault).toBeUndefined();
    expect(Buffer.compare(plain, expected)).toBe(0);
  });

  it("reports every cut, after the blocks before it", async () => {
    const many = join(text, text);
    for (let length = 1; length < many.length; length++) {
      const { plain, fault } = await outcome("zstd", many.slice(0, length));
      if (length === text.length) expect(fault).toBeUndefined();
      else expect(fault).toMatchObject({ code: "ERR_ZSTD_TRUNCATED", offset: length });
      expect(plain).toEqual(length < text.length ? new Uint8Array(0) : plainText);
    }
  });

  it.each([
    ["a window of 2 TiB", "28b52ffd00f88d0000", "wants a window"],
    ["a dictionary", "28b52ffd01580700000000", "needs a dictionary"],
    ["a block of type 3", "28b52ffd0058070000", "a block is of an unknown kind"],
    ["damaged contents", "28b52ffd00588d0000ff776972656372616674200100bb520509", "near offset 6"],
    ["something behind a frame", "28b52ffd2001090000aaffffffff", "no Zstandard frame begins"],
  ])("refuses %s", async (_what, hex, words) => {
    const { fault } = await outcome("zstd", parseHex(hex));
    expect(fault).toMatchObject({ code: "ERR_ZSTD", message: expect.stringContaining(words) });
  });

  it("is undone on the way to the records", async () => {
    const collected = new Collected();
    const file = join(raw(capture.slice(0, 20)), raw(capture.slice(20, 24 + 76)), skippable);
    for await (const _ of readRecords(bytesSource(file), collected));
    expect(collected.rows).toHaveLength(1);
  });
});
