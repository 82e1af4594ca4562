import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaptureError } from "../../src/files/errors.ts";
import { bytesSource } from "../../src/files/source.ts";
import { type PartPiece, RecordSplitter, type SplitOptions } from "../../src/files/split.ts";
import { readRecordsSync } from "../../src/files/stream.ts";
import {
  ascii,
  block,
  epb,
  idb,
  isb,
  join,
  number,
  option,
  pcapHeader,
  pcapRecord,
  readAll,
  shb,
  spb,
} from "./samples.ts";

interface Part {
  readonly bytes: Uint8Array;
  readonly time: PartPiece["time"];
}

/** The files that a capture becomes. */
function parts(file: Uint8Array, options: SplitOptions, chunkSize = 400): Part[] {
  const splitter = new RecordSplitter(options);
  const all: PartPiece[] = [];
  try {
    for (const pieces of readRecordsSync(bytesSource(file), splitter, { chunkSize }))
      all.push(...pieces);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  all.push(...splitter.finish());
  const found: Part[] = [];
  for (const { part, bytes, time } of all) {
    const before = found[part - 1]?.bytes ?? new Uint8Array(0);
    found[part - 1] = { bytes: join(before, bytes), time };
  }
  return found;
}

const texts = (all: readonly Part[]): string[] =>
  all.map(({ bytes }) => {
    const { rows, fault } = readAll(bytes);
    expect(fault).toBeUndefined();
    return rows.map((row) => String.fromCharCode(...row.bytes)).join("");
  });

const pcap = (times: readonly number[]): Uint8Array =>
  join(
    pcapHeader(),
    ...times.map((time, i) => {
      const seconds = Math.floor(time);
      const fraction = Math.round((time - seconds) * 1e6);
      return pcapRecord(ascii(String.fromCharCode(97 + i)), { seconds, fraction });
    }),
  );

const names = (little = true) => block(4, number(4, 0, little), little);
const keys = (little = true) =>
  block(10, join(number(4, 0x544c534b, little), number(4, 4, little), ascii("keys")), little);

describe("parts by number of packets", () => {
  it("are whole files with the header of the capture", () => {
    const file = pcap([1, 2, 3, 4, 5]);
    const all = parts(file, { count: 2 });
    expect(texts(all)).toEqual(["ab", "cd", "e"]);
    for (const { bytes } of all) expect(bytes.subarray(0, 24)).toEqual(file.subarray(0, 24));
    expect(all.map(({ time }) => time?.seconds)).toEqual([1, 3, 5]);
  });

  it("have all packets once, in order, however the capture is read", () => {
    const choice = fc.record({ count: fc.integer({ min: 1, max: 9 }), chunk: fc.nat(300) });
    const file = pcap(Array.from({ length: 20 }, (_, i) => i));
    fc.assert(
      fc.property(choice, ({ count, chunk }) => {
        const all = texts(parts(file, { count }, chunk + 30));
        expect(all.join("")).toBe("abcdefghijklmnopqrst");
        expect(all.slice(0, -1).every((text) => text.length === count)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("of pcapng have the interfaces, names and keys that came before", () => {
    const file = join(
      ...[shb(true, option(4, "app"), { length: 999 }), block(0xbad, number(4, 9, true))],
      ...[idb(true, option(2, "one")), names(), epb(ascii("a"))],
      ...[idb(true, option(2, "two")), epb(ascii("b"), { id: 1 }), keys(), epb(ascii("c"))],
      ...[spb(ascii("d")), isb(1, 5n, option(4, number(8, 3, true)))],
    );
    const all = parts(file, { count: 1 });
    expect(texts(all)).toEqual(["a", "b", "c", "d"]);
    const kinds = all.map(({ bytes }) => readAll(bytes).blocks.map(({ kind }) => kind));
    const [header, one, two] = ["sectionHeader", "interfaceDescription", "interfaceDescription"];
    // What comes between two packets stays with the first, and what lasts is in all parts behind it, too.
    expect(kinds).toEqual([
      [header, "custom", one, "nameResolution", two],
      [header, one, "nameResolution", two, "decryptionSecrets"],
      [header, one, "nameResolution", two, "decryptionSecrets"],
      [header, one, "nameResolution", two, "decryptionSecrets", "interfaceStatistics"],
    ]);
    for (const { bytes } of all)
      expect(readAll(bytes).one("sectionHeader")).toMatchObject({
        sectionLength: -1,
        options: [{ code: 4 }],
      });
  });

  it("keep earlier sections for their names and keys only", () => {
    const file = join(
      ...[shb(), idb(), epb(ascii("a")), shb(false), idb(false), keys(false)],
      ...[epb(ascii("b"), { little: false }), shb(), idb(), idb(), epb(ascii("c"), { id: 1 })],
      ...[shb(false), idb(false), epb(ascii("d"), { little: false })],
    );
    const all = parts(file, { count: 1 });
    expect(texts(all)).toEqual(["a", "b", "c", "d"]);
    const counts = all.map(({ bytes }) => readAll(bytes).interfaces.length);
    expect(counts).toEqual([2, 3, 4, 2]);
    for (const { bytes } of all)
      expect(readAll(bytes).one("decryptionSecrets").littleEndian).toBe(false);
  });
});

describe("parts by time", () => {
  it("begin at whole intervals from the first packet on, and none is empty", () => {
    const file = pcap([10, 10.5, 11.999999, 12, 13.9, 20, 20.1]);
    expect(texts(parts(file, { interval: { seconds: 2, nanoseconds: 0 } }))).toEqual([
      "abc",
      "de",
      "fg",
    ]);
    const half = { seconds: 0, nanoseconds: 500_000_000 };
    expect(texts(parts(file, { interval: half }))).toEqual(["a", "b", "c", "d", "e", "fg"]);
  });

  it("are exact to the nanosecond, and go by the offset of an interface", () => {
    const file = join(
      shb(),
      idb(true, join(option(9, Uint8Array.of(9)), option(14, number(8, -7, true)))),
      ...[0n, 2n, 3n, 5n, 6n].map((units, i) => epb(ascii("abcde"[i]!), { units })),
    );
    const all = parts(file, { interval: { seconds: 0, nanoseconds: 3 } });
    expect(texts(all)).toEqual(["ab", "cd", "e"]);
    expect(all[1]!.time).toEqual({ seconds: -7, nanoseconds: 3 });
  });

  it("keep packets that are late or have no time where they stand", () => {
    const file = pcap([10, 12, 9, 12.5, 14]);
    expect(texts(parts(file, { interval: { seconds: 2, nanoseconds: 0 } }))).toEqual([
      "a",
      "bcd",
      "e",
    ]);
    const simple = join(
      shb(),
      idb(),
      spb(ascii("a")),
      epb(ascii("b"), { units: 5n }),
      spb(ascii("c")),
    );
    const all = parts(simple, { interval: { seconds: 1, nanoseconds: 0 } });
    expect(texts(all)).toEqual(["abc"]);
    expect(all[0]!.time).toBeUndefined();
  });
});

describe("parts by size", () => {
  it("are not longer than that", () => {
    const file = pcap(Array.from({ length: 20 }, (_, i) => i));
    // A header of 24 bytes and 17 for each packet.
    for (const [bytes, packets] of [
      [24 + 17 * 3, 3],
      [24 + 17 * 4 - 1, 3],
      [24 + 17 * 4, 4],
    ] as const) {
      const all = parts(file, { bytes });
      expect(all.every((part) => part.bytes.length <= bytes)).toBe(true);
      expect(texts(all)[0]).toHaveLength(packets);
    }
  });

  it("have one packet where not even that has room", () => {
    expect(texts(parts(pcap([1, 2, 3]), { bytes: 1 }))).toEqual(["a", "b", "c"]);
  });

  it("are counted in blocks of pcapng", () => {
    const file = join(shb(), idb(), ...[..."abcd"].map((letter) => epb(ascii(letter))));
    const all = parts(file, { bytes: 28 + 20 + 2 * 36 });
    expect(texts(all)).toEqual(["ab", "cd"]);
    expect(all.map(({ bytes }) => bytes.length)).toEqual([120, 120]);
  });
});

describe("splitting", () => {
  it("goes by whatever comes first", () => {
    const file = pcap([1, 2, 3, 4, 10, 10.5]);
    const interval = { seconds: 5, nanoseconds: 0 };
    expect(texts(parts(file, { count: 3, interval }))).toEqual(["abc", "d", "ef"]);
  });

  it("gives one part of a capture without packets, and none of no capture", () => {
    expect(parts(pcapHeader(), { count: 1 })).toEqual([{ bytes: pcapHeader(), time: undefined }]);
    const file = join(shb(), idb(), names());
    expect(parts(file, { count: 1 })[0]!.bytes).toEqual(file);
    expect(parts(ascii("no capture at all"), { count: 1 })).toEqual([]);
  });

  it("gives the good packets before a fault", () => {
    const file = pcap([1, 2, 3, 4]).slice(0, -1);
    expect(texts(parts(file, { count: 2 }))).toEqual(["ab", "c"]);
  });

  it("refuses limits that are none", () => {
    expect(() => new RecordSplitter({})).toThrow("one of count, interval and bytes");
    expect(() => new RecordSplitter({ count: 0 })).toThrow(RangeError);
    expect(() => new RecordSplitter({ bytes: 0.5 })).toThrow(RangeError);
    expect(() => new RecordSplitter({ interval: { seconds: 0, nanoseconds: 0 } })).toThrow(
      RangeError,
    );
  });

  it("bounds the names and keys that it keeps, and says what later parts lack", () => {
    const big = Buffer.alloc(40_000_000);
    for (const [at, value] of Object.entries({
      0: 10,
      4: big.length,
      [big.length - 4]: big.length,
    }))
      big.writeUInt32LE(value, Number(at));
    const splitter = new RecordSplitter({ count: 1 });
    const file = Buffer.concat([shb(), idb(), epb(ascii("a")), big, big, epb(ascii("b"))]);
    let length = 0;
    for (const pieces of readRecordsSync(bytesSource(file), splitter))
      for (const { part, bytes } of pieces) if (part === 2) length += bytes.length;
    for (const { bytes } of splitter.finish()) length += bytes.length;
    expect(splitter.dropped).toBe(1);
    expect(length).toBe(28 + 20 + big.length + 36);
  });
});
