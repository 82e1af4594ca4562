import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, fromHexAll } from "../../src/bytes/dump.ts";
import { hexDump } from "../../src/bytes/hex.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { hex } from "../support/packets.ts";

/** Digits, spaces and hexadecimal letters among the characters, so that the column of characters looks like bytes. */
const sample = new TextEncoder().encode(
  "ab cd ef 01 | 02  03 beef 0000 0g\n\u00ff face 12 34 56 789 ",
);
const zeros = Uint8Array.from([...new Uint8Array(80), ...sample]);

const folders = (process.env["PATH"] ?? "").split(delimiter);
const has = (program: string): boolean => folders.some((one) => existsSync(join(one, program)));

let place = "";
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "wirecraft-hex-"));
  writeFileSync(join(place, "sample"), sample);
  writeFileSync(join(place, "zeros"), zeros);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const run = (program: string, ...args: string[]): string => {
  const done = spawnSync(program, args, { cwd: place, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
};

/** What programs print of a file. */
const dumps: readonly (readonly [string, ...string[]])[] = [
  ["xxd"],
  ["xxd", "-p"],
  ["xxd", "-i"],
  ["xxd", "-g1"],
  ["xxd", "-u", "-c", "24"],
  ["xxd", "-a"],
  ["xxd", "-c", "8", "-g", "4"],
  ["hexdump", "-C"],
  ["hexdump", "-v", "-C"],
  ["od", "-Ax", "-tx1"],
  ["od", "-Ax", "-tx1z"],
  ["od", "-tx1"],
  ["od", "-Ad", "-tx1", "-w8"],
  ["od", "-An", "-v", "-tx1"],
];

describe("text of the programs that are here", () => {
  for (const [program, ...args] of dumps) {
    const name = [program, ...args].join(" ");
    if (!has(program)) console.log(`skipped: ${name} (${program} is not installed)`);
    it.skipIf(!has(program))(`reads ${name}`, () => {
      for (const [file, bytes] of [
        ["sample", sample],
        ["zeros", zeros],
      ] as const) {
        const text = run(program, ...args, file);
        expect(hex(fromHex(text))).toBe(hex(bytes));
        expect(hex(fromHex(text.replaceAll("\n", "\r\n")))).toBe(hex(bytes));
      }
    });
  }
});

/** A UDP packet to a port that no program knows, with a payload that looks like a dump. */
const header = fromHex(
  "02005e100001 02005e10000a 0800 45000000 00010000 4011 0000 c0000201 c0000202 fffe ffff 0000 0000",
);
function frame(payload: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from([...header, ...payload]);
  const view = new DataView(bytes.buffer);
  view.setUint16(16, bytes.length - 14);
  view.setUint16(38, bytes.length - 34);
  return bytes;
}

describe("text of packet programs", () => {
  const frames = [frame(sample), frame(sample.subarray(0, 22)), frame(sample.subarray(3))];
  beforeAll(() => {
    const writer = new PcapWriter();
    for (const one of frames) writer.write(one, 0, one.length, one.length, 1, 0);
    writeFileSync(join(place, "three.pcap"), writer.take());
  });
  const cases: readonly (readonly [string, string[], number])[] = [
    ["tcpdump", ["-nr", "three.pcap", "-x"], 14],
    ["tcpdump", ["-nr", "three.pcap", "-X"], 14],
    ["tcpdump", ["-nr", "three.pcap", "-xx"], 0],
    ["tcpdump", ["-nvvr", "three.pcap", "-XX", "-tttt"], 0],
    ["tshark", ["-nr", "three.pcap", "-x"], 0],
    ["tshark", ["-nr", "three.pcap", "-P", "-x"], 0],
  ];
  for (const [program, args, from] of cases) {
    const name = [program, ...args].join(" ");
    if (!has(program)) console.log(`skipped: ${name} (${program} is not installed)`);
    it.skipIf(!has(program))(`reads ${name}`, () => {
      const found = fromHexAll(run(program, ...args));
      expect(found.map(hex)).toEqual(frames.map((one) => hex(one.subarray(from))));
      expect(() => fromHex(run(program, ...args))).toThrow("the text holds 3 packets: fromHexAll");
    });
  }
});

/** The same bytes as programs print them, for machines that have none of these. */
const committed: Readonly<Record<string, string>> = {
  xxd: `00000000: 6162 2063 6420 6566 2030 3120 7c20 3032  ab cd ef 01 | 02
00000010: 2020 3033 2062 6565 6620                   03 beef `,
  "xxd -i": `unsigned char sample[] = {
  0x61, 0x62, 0x20, 0x63, 0x64, 0x20, 0x65, 0x66, 0x20, 0x30, 0x31, 0x20,
  0x7c, 0x20, 0x30, 0x32, 0x20, 0x20, 0x30, 0x33, 0x20, 0x62, 0x65, 0x65,
  0x66, 0x20
};
unsigned int sample_len = 26;`,
  "hexdump -C": `00000000  61 62 20 63 64 20 65 66  20 30 31 20 7c 20 30 32  |ab cd ef 01 | 02|
00000010  20 20 30 33 20 62 65 65  66 20                    |  03 beef |
0000001a`,
  "od -Ax -tx1": `000000 61 62 20 63 64 20 65 66 20 30 31 20 7c 20 30 32
000010 20 20 30 33 20 62 65 65 66 20
00001a`,
  "tcpdump -X": `16:00:01.000000 IP 192.0.2.1.65534 > 192.0.2.2.65535: UDP, length 26
\t0x0000:  6162 2063 6420 6566 2030 3120 7c20 3032  ab.cd.ef.01.|.02
\t0x0010:  2020 3033 2062 6565 6620                 ..03.beef.`,
  "Wireshark, hex dump": `0000   61 62 20 63 64 20 65 66 20 30 31 20 7c 20 30 32   ab cd ef 01 | 02
0010   20 20 30 33 20 62 65 65 66 20                       03 beef `,
  "Wireshark, hex stream": "6162206364206566203031207c2030322020303320626565 6620".replace(" ", ""),
  "Wireshark, escaped string": `"\\x61\\x62\\x20\\x63\\x64\\x20\\x65\\x66\\x20\\x30\\x31\\x20\\x7c\\x20\\x30\\x32" \\
"\\x20\\x20\\x30\\x33\\x20\\x62\\x65\\x65\\x66\\x20"`,
  "Wireshark, C array": `/* Frame (26 bytes) */
static const unsigned char pkt1[26] = {
0x61, 0x62, 0x20, 0x63, 0x64, 0x20, 0x65, 0x66, /* ab cd ef */
0x20, 0x30, 0x31, 0x20, 0x7c, 0x20, 0x30, 0x32, /*  01 | 02 */
0x20, 0x20, 0x30, 0x33, 0x20, 0x62, 0x65, 0x65, /*   03 bee */
0x66, 0x20                                      /* f  */
};`,
  "bytes of Python": "b'ab cd ef 01 | 02  03 beef\\x20'",
  colons: "61:62:20:63:64:20:65:66:20:30:31:20:7c:20:30:32:20:20:30:33:20:62:65:65:66:20",
  "capitals, commas and 0x":
    "0x6162, 0x2063,0x6420 0x6566-2030.3120;7C20_3032|2020 3033 2062 6565 6620 # a comment",
};

describe("fromHex", () => {
  it.each(Object.entries(committed))("reads %s", (_, text) => {
    expect(hex(fromHex(text))).toBe(hex(sample.subarray(0, 26)));
  });

  it("gives no bytes for no digits", () => {
    expect(fromHex("")).toEqual(new Uint8Array());
    expect(fromHexAll(" \n\n")).toEqual([]);
  });

  it("takes groups that look like an offset for digits where no dump follows", () => {
    expect(hex(fromHex("0000 0000 4500"))).toBe("000000004500");
    expect(hex(fromHex("0000"))).toBe("0000");
    expect(hex(fromHex("00000000\n00000010"))).toBe("0000000000000010");
  });

  it("goes by where a dump says that it starts", () => {
    expect(hex(fromHex("00000010: 6162\n00000012: 63"))).toBe("616263");
  });

  it("reads every dump of ours", () => {
    const letters = fc.uint8Array({ minLength: 1 }).map((b) => b.map((v) => 0x61 + (v % 6)));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 1 }), letters),
        fc.integer({ min: 1, max: 40 }),
        (b, width) => {
          expect(hex(fromHex(hexDump(b, 0, b.length, { width })))).toBe(hex(b));
        },
      ),
    );
  });

  it.each([
    ["61 62\n63 6g", 'line 2: "g" is not a hexadecimal digit'],
    ["6162\n6", 'line 2: "6" has an odd number of hexadecimal digits'],
    ["hello", 'line 1: "h" is not a hexadecimal digit'],
    ["0000  61 6x 63", 'line 1: "6x" is not a byte in hexadecimal'],
    ["00000000: 6162 63zz  ab", 'line 1: "z" is not a hexadecimal digit'],
    ["0000  61 62\n0003  63", "line 2: offset 0003 where 0002 was expected"],
    ["00000000: 6162\n00000001: 63", "line 1: 2 bytes where the offsets leave room for 1"],
    ["000000 61 62\n000003", "line 2: offset 000003 where 000002 was expected"],
    ["0000  61\n*\nffffffff  62", "line 3: the bytes that * stands for are too many"],
    ["x[] = {\n0x61,\n0x161 };", 'line 3: "0x161" is not a byte'],
    ["\\x61\\q", 'line 1: "\\\\q" is not an escaped byte'],
  ])("says what is wrong with %j", (text, message) => {
    expect(() => fromHex(text)).toThrow(new RangeError(message));
  });

  it("wants text", () => {
    expect(() => fromHex(undefined as never)).toThrow(TypeError);
  });
});

describe("fromHexAll", () => {
  it("divides plain digits by empty lines, and arrays by their braces", () => {
    expect(fromHexAll("0102\n03\n\n\n04").map(hex)).toEqual(["010203", "04"]);
    expect(fromHexAll("char a[] = { 1, 0x02 };\nchar b[] = { 0xff };").map(hex)).toEqual([
      "0102",
      "ff",
    ]);
  });

  it("ends on hostile text", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "0000",
            ":",
            " ",
            "\n",
            "*",
            "61",
            "\\x",
            "{",
            "}",
            "0x",
            ",",
            '"',
            "/*",
            "g",
          ),
        ),
        (pieces) => {
          try {
            for (const bytes of fromHexAll(pieces.join("")))
              expect(bytes).toBeInstanceOf(Uint8Array);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        },
      ),
      { numRuns: 2000, seed: 11 },
    );
    const started = performance.now();
    expect(() => fromHexAll(`{${"/*".repeat(50_000)}`)).toThrow(RangeError);
    expect(() => fromHexAll(`\\x00${'"\\'.repeat(50_000)}`)).toThrow(RangeError);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
