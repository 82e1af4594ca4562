import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import { copyRecords } from "../../src/files/copy.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { bytesSource } from "../../src/files/source.ts";
import { type RecordCollector, readRecordsSync } from "../../src/files/stream.ts";
import { NANOSECONDS } from "../../src/files/timestamp.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import {
  ascii,
  block,
  endOfOptions,
  epb,
  idb,
  isb,
  join,
  number,
  option,
  pb,
  pcapHeader,
  pcapRecord,
  readAll,
  shb,
  spb,
} from "./samples.ts";

const corpus = realCaptures("real captures");

interface Copied {
  readonly bytes: Uint8Array;
  readonly fault?: CaptureError;
}

/** What a collector made of a file, up to its first fault. */
function collected(file: Uint8Array, collector: RecordCollector<Uint8Array>): Copied {
  const lots: Uint8Array[] = [];
  try {
    for (const lot of readRecordsSync(bytesSource(file), collector, { chunkSize: 1000 }))
      lots.push(lot);
  } catch (fault) {
    if (!(fault instanceof CaptureError)) throw fault;
    return { bytes: Buffer.concat(lots), fault };
  }
  return { bytes: Buffer.concat(lots) };
}

/** Each block as it is. */
const copied = (file: Uint8Array): Copied => collected(file, copyRecords(new PcapngWriter()));

/** The packets from their numbers, bytes and options; all other blocks as they are. */
function rewritten(file: Uint8Array): Copied {
  const writer = new PcapngWriter();
  return collected(file, {
    interface() {},
    block: (found) => void writer.block(found),
    record(b, start, end, original, seconds, nanoseconds, index, from, to) {
      const options = from < to ? b.subarray(from, to) : undefined;
      writer.write(b, start, end, original, seconds, nanoseconds, index, options);
    },
    take: () => writer.take(),
  });
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Blocks of all kinds with what only odd writers put into them. */
function everything(little: boolean): Uint8Array[] {
  const data = ascii("hello");
  const long = (value: number) => number(8, value, little);
  const odd = parseHex("aabbcc");
  const dirty = join(
    number(4, 1, little),
    number(8, 0, little),
    number(4, 5, little),
    number(4, 5, little),
    data,
    odd,
    number(2, 1, little),
    number(2, 1, little),
    ascii("c"),
    odd,
  );
  return [
    shb(little, join(option(4, "app", little), endOfOptions), { length: 1234, minor: 2 }),
    idb(little, join(option(2, "eth0", little), option(9, Uint8Array.of(0x8a), little)), {
      snaplen: 4,
    }),
    idb(little, option(14, long(-3600), little)),
    epb(data, { little, id: 1, units: 5_000_000n, original: 77 }),
    // Padding that is not zero, behind the packet and behind an option, and no end of the options.
    block(6, dirty, little),
    spb(data.slice(0, 4), 5, little),
    pb(data, 3, { little, id: 1, units: 7n, options: option(2, number(4, 1, little), little) }),
    block(4, join(option(9, "record", little), number(4, 0, little), odd), little),
    isb(1, 3n, option(2, join(number(4, 0, little), number(4, 9, little)), little), little),
    block(9, ascii("MESSAGE=x\n"), little),
    block(10, join(number(4, 0x544c534b, little), number(4, 3, little), odd), little),
    block(0xbad, join(number(4, 32_473, little), odd), little),
    block(0x4000_0bad, join(number(4, 32_473, little), odd), little),
    block(0x1234, odd, little),
    epb(data, { little, units: 2n ** 40n, options: option(4711, odd, little) }),
  ];
}

describe("copying a capture", () => {
  it("gives every block back byte for byte, in sections of both byte orders", () => {
    const file = join(...everything(true), ...everything(false), ...everything(true));
    const read = readAll(file);
    expect(read.fault).toBeUndefined();
    expect(read.rows).toHaveLength(15);
    expect(copied(file)).toEqual({ bytes: Buffer.from(file) });
  });

  it("does so for any blocks in any order", () => {
    const order = fc.array(fc.tuple(fc.boolean(), fc.array(fc.nat(11), { maxLength: 20 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(order, (sections) => {
        const file = join(
          ...sections.flatMap(([little, picks]) => {
            const blocks = everything(little);
            return [...blocks.slice(0, 3), ...picks.map((pick) => blocks[3 + pick]!)];
          }),
        );
        expect(same(copied(file).bytes, file)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("goes up to a fault", () => {
    const good = join(shb(), idb(), epb(ascii("a")));
    const { bytes, fault } = copied(join(good, epb(ascii("b"), { id: 1 })));
    expect(fault?.code).toBe("ERR_PCAPNG_INTERFACE");
    expect(bytes).toEqual(Buffer.from(good));
  });

  it("makes a pcapng file of a pcap file, with all its records say", () => {
    for (const little of [true, false]) {
      const header = { little, magic: 0xa1b23c4d, snaplen: 3, network: 0x2400_0069 };
      const file = join(
        pcapHeader(header),
        pcapRecord(ascii("hello"), { little, seconds: 1, fraction: 7, original: 9 }),
        pcapRecord(ascii("x"), { little, seconds: 4_294_967_295, fraction: 999_999_999 }),
      );
      const read = readAll(copied(file).bytes);
      expect(read.interfaces).toMatchObject([
        { format: "pcapng", linkType: 105, snaplen: 3, fcsLength: 4, resolution: NANOSECONDS },
      ]);
      expect(read.rows).toEqual(readAll(file).rows.map((row) => ({ ...row, little: true })));
    }
  });

  it("puts several captures into one file", () => {
    const pcap = join(pcapHeader(), pcapRecord(ascii("one"), { seconds: 1 }));
    const pcapng = join(...everything(false));
    const writer = new PcapngWriter();
    const files = [pcap, pcapng, pcap, pcapng];
    const whole = join(...files.map((file) => collected(file, copyRecords(writer)).bytes));
    const read = readAll(whole);
    expect(read.fault).toBeUndefined();
    const expected = files.flatMap((file) => readAll(file).rows.map((row) => row.bytes));
    expect(read.rows.map((row) => row.bytes)).toEqual(expected);
    // The second pcap file is one more interface of the section before it.
    expect(read.interfaces.map(({ section, id }) => `${section}.${id}`)).toEqual([
      ...["1.0", "2.0", "2.1", "2.2", "3.0", "3.1"],
    ]);
    expect(read.rows[6]).toMatchObject({ bytes: [...ascii("one")], interface: 3 });
  });
});

describe("writing packets again from their numbers", () => {
  it("gives the same blocks, too, where packets have no oddities", () => {
    const file = join(
      shb(),
      idb(true, option(9, Uint8Array.of(0x8a)), { snaplen: 4 }),
      idb(true, join(option(9, Uint8Array.of(12)), option(14, number(8, -5, true)))),
      epb(ascii("hello"), { units: 1_234_567n }),
      epb(ascii("hello"), { id: 1, units: 1_234_567_890_000n, options: option(1, "c") }),
      spb(ascii("hell"), 5),
    );
    expect(rewritten(file)).toEqual({ bytes: Buffer.from(file) });
  });
});

/** The file without gzip around it; undefined where that is damaged. */
function plain(file: Uint8Array): Uint8Array | undefined {
  let bytes = file;
  try {
    while (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  } catch {
    return undefined;
  }
  return bytes;
}

describe.skipIf(corpus === undefined)("real captures", () => {
  it("come out as they went in, both ways", () => {
    const folder = corpus!;
    const wrong: string[] = [];
    let count = 0;
    for (const name of filesBelow(folder)) {
      const file = plain(readFileSync(name));
      if (file === undefined || Buffer.from(file).readUInt32BE(0) !== 0x0a0d0d0a) continue;
      count++;
      for (const [how, again] of Object.entries({ copied, rewritten })) {
        const { bytes, fault } = again(file);
        const good = fault === undefined ? file : file.subarray(0, fault.offset);
        if (!same(bytes, good)) wrong.push(`${relative(folder, name)} ${how}`);
      }
    }
    expect(count).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});
