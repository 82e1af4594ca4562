import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatHex, hexDump, parseHex, parseHexDump } from "../../src/bytes/hex.ts";

const sample = new TextEncoder().encode("abcdefghijklmnopqrstuvwxyz0123 45 67");

describe("hexadecimal strings", () => {
  it("come back from their text", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom("", ":", " ", "\n"), (b, separator) => {
        expect(parseHex(formatHex(b, 0, b.length, separator))).toEqual(b);
      }),
    );
    expect(formatHex(Uint8Array.of(1, 0xab, 3, 4), 1, 3)).toBe("ab03");
  });

  it("are the same for few bytes, for many, and where pieces meet", () => {
    const b = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
    const whole = b.reduce((text, value) => text + value.toString(16).padStart(2, "0"), "");
    for (const n of [0, 1, 11, 12, 13, 8191, 8192, 8193, 16_384, 16_385, 20_000 - 3])
      expect(formatHex(b, 3, 3 + n)).toBe(whole.slice(6, 6 + 2 * n));
  });

  it("are refused with a foreign character or half a byte", () => {
    expect(() => parseHex("0g")).toThrow(
      new TypeError('not a hexadecimal digit: "g" at position 1'),
    );
    expect(() => parseHex("012")).toThrow(new TypeError("an odd number of hexadecimal digits: 3"));
  });
});

describe("hexDump", () => {
  it("lays out offset, pairs and characters", () => {
    expect(hexDump(sample, 1, 6, { width: 4, offset: 16 })).toBe(
      "0010  62 63 64 65   bcde\n0014  66            f",
    );
    expect(hexDump(Uint8Array.of(0, 127), 0, 2, { offset: 0x10000 })).toMatch(
      /^00010000 {2}00 7f .*\.\.$/,
    );
    expect(() => hexDump(sample, 0, 1, { width: 0 })).toThrow(RangeError);
  });

  it("is read back by parseHexDump, whatever its characters look like", () => {
    const letters = fc.uint8Array({ minLength: 1 }).map((b) => b.map((v) => 0x61 + (v % 6)));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 1 }), letters),
        fc.integer({ min: 1, max: 40 }),
        (b, width) => {
          expect(parseHexDump(hexDump(b, 0, b.length, { width }))).toEqual([b]);
        },
      ),
    );
  });
});

describe("parseHexDump", () => {
  it.each([
    [
      "xxd",
      `00000000: 6162 6364 6566 6768 696a 6b6c 6d6e 6f70  abcdefghijklmnop
00000010: 7172 7374 7576 7778 797a 3031 3233 2034  qrstuvwxyz0123 4
00000020: 3520 3637                                5 67`,
    ],
    [
      "hexdump -C",
      `00000000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|
00000010  71 72 73 74 75 76 77 78  79 7a 30 31 32 33 20 34  |qrstuvwxyz0123 4|
00000020  35 20 36 37                                       |5 67|
00000024`,
    ],
    [
      "od -Ax -tx1",
      `000000 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70
000010 71 72 73 74 75 76 77 78 79 7a 30 31 32 33 20 34
000020 35 20 36 37
000024`,
    ],
    [
      "tcpdump -X",
      `09:21:03.720289 IP 192.168.1.11.33779 > 209.87.249.18.domain: Flags [S], length 0
\t0x0000:  6162 6364 6566 6768 696a 6b6c 6d6e 6f70  abcdefghijklmnop
\t0x0010:  7172 7374 7576 7778 797a 3031 3233 2034  qrstuvwxyz0123.4
\t0x0020:  3520 3637                                5.67`,
    ],
    [
      "tshark -x",
      `Packet (36 bytes):
0000  61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70   abcdefghijklmnop
0010  71 72 73 74 75 76 77 78 79 7a 30 31 32 33 20 34   qrstuvwxyz0123 4
0020  35 20 36 37                                       5 67`,
    ],
  ])("reads %s", (_tool, text) => {
    expect(parseHexDump(text)).toEqual([sample]);
    expect(parseHexDump(text.replaceAll("\n", "\r\n"))).toEqual([sample]);
    expect(parseHexDump(`${text}\n\n${text}\n`)).toEqual([sample, sample]);
  });

  it("repeats the row before a star", () => {
    const zeros = "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|";
    expect(parseHexDump(`${zeros}\n*\n00000030  01   |.|\n00000031`)).toEqual([
      Uint8Array.from({ length: 49 }, (_, i) => (i === 48 ? 1 : 0)),
    ]);
  });

  it("says where bytes are missing", () => {
    expect(() => parseHexDump("0000  01 02\n0010  03")).toThrow(
      "line 2: offset 0x10 where 0x2 was",
    );
    expect(parseHexDump("no dump at all\nface it\n")).toEqual([]);
  });
});
