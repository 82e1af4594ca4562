import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ByteSource,
  blobSource,
  bytesSource,
  type SyncByteSource,
  streamSource,
} from "../../src/files/source.ts";
import { readRecords, readRecordsSync } from "../../src/files/stream.ts";
import {
  ascii,
  Collected,
  epb,
  idb,
  join,
  pcapHeader,
  pcapRecord,
  type Row,
  readAll,
  shb,
} from "./samples.ts";

const data = (size: number) => Uint8Array.from({ length: size }, (_, i) => size + i * 3);
const sizes = [0, 1, 60, 3, 1500, 17, 700, 2];
const pcap = join(pcapHeader(), ...sizes.map((size) => pcapRecord(data(size))));
const pcapng = join(
  shb(),
  idb(),
  ...sizes.map((size) => epb(data(size), { units: 1_700_000_000_123_456n })),
  shb(false),
  idb(false),
  epb(data(9), { little: false, units: 5n }),
);

/** A source that gives at most as many bytes at a time as the list says, over and over. */
function trickle(
  bytes: Uint8Array,
  counts: readonly number[],
): SyncByteSource & { closed: number } {
  let position = 0;
  let turn = 0;
  return {
    closed: 0,
    read(into, offset, length) {
      const count = Math.min(length, counts[turn++ % counts.length] ?? 1);
      const piece = bytes.subarray(position, position + count);
      into.set(piece, offset);
      position += piece.length;
      return piece.length;
    },
    close() {
      this.closed++;
    },
  };
}

async function readAllAsync(source: ByteSource): Promise<Collected> {
  const collected = new Collected();
  for await (const _ of readRecords(source, collected));
  return collected;
}

describe("reading records", () => {
  it.each([
    ["pcap", pcap],
    ["pcapng", pcapng],
  ])("gives the same from %s however the bytes arrive", async (_format, file) => {
    const expected = readAll(file);
    expect(expected.fault).toBeUndefined();
    const counts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 1, max: 5000 }), async (reads, chunkSize) => {
        const collected = new Collected();
        const source = trickle(file, reads);
        for (const _ of readRecordsSync(source, collected, { chunkSize }));
        expect(collected).toEqual(expected);
        expect(source.closed).toBe(1);
        expect(readAll(file, { chunkSize })).toEqual(expected);
        expect(await readAllAsync(trickle(file, reads))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
    expect(await readAllAsync(trickle(file, [1]))).toEqual(expected);
  });

  it("reads blobs, streams and lists of chunks", async () => {
    const expected = readAll(pcapng);
    expect(await readAllAsync(blobSource(new Blob([Uint8Array.from(pcapng)])))).toEqual(expected);
    const stream = new Blob([Uint8Array.from(pcapng)]).stream();
    expect(await readAllAsync(streamSource(stream))).toEqual(expected);
    async function* chunks() {
      yield pcapng.subarray(0, 30);
      yield pcapng.subarray(30, 30);
      yield pcapng.subarray(30);
    }
    expect(await readAllAsync(streamSource(chunks()))).toEqual(expected);
    expect(await readAllAsync(bytesSource(pcapng))).toEqual(expected);
  });

  it("does not copy an array that is there as a whole", () => {
    const seen = new Set<Uint8Array>();
    const collector = {
      interface() {},
      block() {},
      record(b: Uint8Array) {
        seen.add(b);
      },
      take: () => undefined,
    };
    for (const _ of readRecordsSync(bytesSource(pcap), collector, { chunkSize: 100 }));
    expect([...seen]).toEqual([pcap]);
    expect(seen.has(pcap)).toBe(true);
  });

  it("leaves the bytes of earlier batches alone", () => {
    const views: Uint8Array[] = [];
    const collector = {
      interface() {},
      block() {},
      record(b: Uint8Array, start: number, end: number) {
        views.push(b.subarray(start, end));
      },
      take: () => undefined,
    };
    for (const _ of readRecordsSync(trickle(pcap, [70, 3]), collector, { chunkSize: 128 }));
    expect(views).toEqual(sizes.map(data));
  });

  it("tells the collector which file offset its bytes have", () => {
    const offsets: number[] = [];
    let starts: number[] = [];
    const collector = {
      interface() {},
      block() {},
      record(...all: unknown[]) {
        starts.push(all[10] as number);
      },
      take(_bytes: Uint8Array, base: number) {
        for (const start of starts) offsets.push(base + start);
        starts = [];
        return undefined;
      },
    };
    for (const _ of readRecordsSync(trickle(pcap, [90]), collector, { chunkSize: 64 }));
    let expected = 24;
    for (const [index, size] of sizes.entries()) {
      expect(offsets[index]).toBe(expected);
      expected += 16 + size;
    }
  });

  it("yields a batch for every piece, and all good records before the fault", () => {
    const file = join(pcap, pcapRecord(ascii("x"), { captured: 0xffffffff }));
    const batches: Row[][] = [];
    const run = () => {
      const source = trickle(file, [1000]);
      for (const batch of readRecordsSync(source, new Collected(), { chunkSize: 1000 })) {
        batches.push(batch);
      }
    };
    expect(run).toThrow(expect.objectContaining({ code: "ERR_PCAP_RECORD_LENGTH" }));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flat()).toHaveLength(sizes.length);
  });

  it("takes memory for a long record only as its bytes arrive", () => {
    const rooms: number[] = [];
    const file = join(pcapHeader(), pcapRecord(data(50), { captured: 60_000_000 }));
    const inner = trickle(file, [1000]);
    const source: SyncByteSource = {
      read(into, offset, length) {
        rooms.push(into.length);
        return inner.read(into, offset, length);
      },
      close() {},
    };
    const run = () => {
      for (const _ of readRecordsSync(source, new Collected(), { chunkSize: 32 }));
    };
    expect(run).toThrow(expect.objectContaining({ code: "ERR_PCAP_TRUNCATED" }));
    expect(Math.max(...rooms)).toBeLessThan(500);
  });

  it("closes the source when it is left early or a sink throws", async () => {
    const source = trickle(pcap, [50]);
    for await (const _ of readRecords(source, new Collected())) break;
    expect(source.closed).toBe(1);
    const other = trickle(pcap, [50]);
    const collected = new Collected();
    collected.record = () => {
      throw new Error("sink");
    };
    await expect(async () => {
      for await (const _ of readRecords(other, collected));
    }).rejects.toThrow("sink");
    expect(other.closed).toBe(1);
  });

  it("refuses a source that lies about what it read", () => {
    const source = { read: () => 1e9, close() {} };
    expect(() => readRecordsSync(source, new Collected()).next()).toThrow(RangeError);
  });
});

describe("what is no capture", () => {
  it.each([
    ["", "ERR_CAPTURE_EMPTY", "empty"],
    ["x", "ERR_PCAP_MAGIC", "begins with the bytes 78"],
    ["hello world, this is text", "ERR_PCAP_MAGIC", "68 65 6c 6c"],
    ["snoop\0\0\0\0\0\0\x02", "ERR_CAPTURE_FORMAT", "snoop"],
    ["GMBU\x01\x02", "ERR_CAPTURE_FORMAT", "Network Monitor"],
    ["BZh91AY", "ERR_CAPTURE_FORMAT", "bzip2"],
    ["\n\r\n\r", "ERR_CAPTURE_FORMAT", "text mode"],
  ])("%j is refused by name", (text, code, words) => {
    const { fault } = readAll(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
    expect(fault).toMatchObject({ code, offset: 0, message: expect.stringContaining(words) });
  });

  it("may be compressed, but not over and over", async () => {
    let file: Uint8Array = gzipSync(gzipSync(pcap));
    expect((await readAllAsync(bytesSource(file))).rows).toHaveLength(sizes.length);
    expect(readAll(file).rows).toHaveLength(sizes.length);
    file = gzipSync(file);
    expect(readAll(file).fault?.code).toBe("ERR_CAPTURE_COMPRESSED");
    await expect(readAllAsync(bytesSource(file))).rejects.toThrow("too often");
  });
});
