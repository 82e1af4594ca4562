import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block } from "../../src/files/blocks.ts";
import { PcapReader } from "../../src/files/pcap-reader.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { ascii, join, pcapHeader, pcapRecord, readAll } from "./samples.ts";

const [one, two] = [ascii("one"), ascii("second")];

describe("reading pcap", () => {
  it.each([
    [0xa1b2c3d4, 0],
    [0xa1b23c4d, 0],
    [0xa1b2cd34, 8],
  ])("reads magic %i in both byte orders", (magic, extra) => {
    for (const little of [true, false]) {
      const file = join(
        pcapHeader({ little, magic, network: 113 }),
        pcapRecord(one, { little, fraction: 7, extra: new Uint8Array(extra).fill(9) }),
        pcapRecord(two, { little, original: 99, extra: new Uint8Array(extra) }),
      );
      const read = readAll(file);
      expect(read.fault).toBeUndefined();
      const nanoseconds = magic === 0xa1b23c4d;
      expect(read.rows).toEqual([
        {
          bytes: [...one],
          original: 3,
          time: nanoseconds ? "1700000000.000000007" : "1700000000.000007000",
          interface: 0,
          options: [],
          little,
        },
        {
          bytes: [...two],
          original: 99,
          time: "1700000000.000000000",
          interface: 0,
          options: [],
          little,
        },
      ]);
      expect(read.interfaces).toMatchObject([
        {
          index: 0,
          id: 0,
          section: 1,
          linkType: 113,
          snaplen: 262_144,
          fcsLength: -1,
          resolution: { base: 10, exponent: nanoseconds ? 9 : 6 },
        },
      ]);
      expect(read.one("pcapHeader")).toMatchObject({
        magic,
        littleEndian: little,
        nanoseconds,
        modified: extra > 0,
        offset: 0,
        raw: file.slice(0, 24),
      });
    }
  });

  it("takes the length of the frame check sequence from the link type", () => {
    const read = readAll(pcapHeader({ network: 0x2400_0001 }));
    expect(read.interfaces[0]).toMatchObject({ linkType: 1, fcsLength: 4 });
  });

  it("refuses reserved bits and versions before 2.0", () => {
    expect(readAll(pcapHeader({ network: 0x0030_0001 })).fault).toMatchObject({
      code: "ERR_PCAP_HEADER",
      offset: 0,
      message: expect.stringContaining("0x00300000"),
    });
    expect(readAll(pcapHeader({ major: 1 })).fault?.message).toContain("version 1.4");
  });

  it.each([
    [2, 2, 90, 6, 6, 90],
    [543, 0, 90, 6, 6, 90],
    [2, 3, 90, 6, 6, 90],
    [2, 3, 6, 90, 6, 90],
    [2, 4, 6, 90, 6, 90],
  ])(
    "reads the lengths of version %i.%i as %i, %i",
    (major, minor, first, second, captured, original) => {
      const record = pcapRecord(two, { captured: first, original: second });
      const [row] = readAll(join(pcapHeader({ major, minor }), record)).rows;
      expect([row?.bytes.length, row?.original]).toEqual([captured, original]);
    },
  );

  it("accepts records longer than the snaplen or than they were on the wire", () => {
    const file = join(pcapHeader({ snaplen: 4 }), pcapRecord(two, { original: 2 }));
    expect(readAll(file).rows).toMatchObject([{ bytes: [...two], original: 2 }]);
  });

  it("carries a fraction of a second and more into the seconds", () => {
    const micro = join(pcapHeader(), pcapRecord(one, { seconds: 5, fraction: 2_000_003 }));
    expect(readAll(micro).rows[0]?.time).toBe("7.000003000");
    const header = pcapHeader({ magic: 0xa1b23c4d });
    const nano = join(header, pcapRecord(one, { seconds: 0xffffffff, fraction: 4_000_000_001 }));
    expect(readAll(nano).rows[0]?.time).toBe("4294967299.000000001");
  });

  it("ends cleanly at a length over the limit, after the good records", () => {
    const good = join(pcapHeader(), pcapRecord(one));
    for (const [captured, options] of [
      [0xffffffff, {}],
      [1001, { maxRecordLength: 1000 }],
    ] as const) {
      const read = readAll(join(good, pcapRecord(two, { captured })), options);
      expect(read.rows).toHaveLength(1);
      expect(read.fault).toMatchObject({ code: "ERR_PCAP_RECORD_LENGTH", offset: good.length });
      expect(read.fault?.message).toContain(`offset ${good.length} claims ${captured} captured`);
    }
  });

  it("reports every cut inside a record, after the good ones", () => {
    const whole = join(pcapHeader(), pcapRecord(one), pcapRecord(two));
    const ends = [24, 24 + 19, whole.length];
    for (let length = 4; length < whole.length; length++) {
      const read = readAll(whole.slice(0, length));
      const rows = ends.filter((end) => end > 24 && end <= length).length;
      expect(read.rows, `cut at ${length}`).toHaveLength(rows);
      if (ends.includes(length)) {
        expect(read.fault).toBeUndefined();
      } else {
        const offset = Math.max(0, ...ends.filter((end) => end <= length));
        expect(read.fault).toMatchObject({ code: "ERR_PCAP_TRUNCATED", offset });
      }
    }
  });
});

describe("lenient reading of pcap", () => {
  const records = Array.from({ length: 6 }, (_, i) =>
    pcapRecord(new Uint8Array(40 + i).fill(i + 1), { seconds: 1_700_000_000 + i }),
  );

  it("goes on behind a damaged length and says what it passed over", () => {
    const damaged = records[2]?.slice() ?? new Uint8Array(0);
    damaged.set([0xff, 0xff, 0xff, 0xff], 8);
    const file = join(pcapHeader(), ...records.slice(0, 2), damaged, ...records.slice(3));
    const skipped: object[] = [];
    const read = readAll(file, { lenient: true, onSkip: (skip) => skipped.push(skip) });
    expect(read.fault).toBeUndefined();
    expect(read.rows.map((row) => row.bytes[0])).toEqual([1, 2, 4, 5, 6]);
    const offset = 24 + 56 + 57;
    expect(skipped).toMatchObject([
      { offset, length: 58, error: { code: "ERR_PCAP_RECORD_LENGTH", offset } },
    ]);
    expect(readAll(file).rows).toHaveLength(2);
  });

  it("finds records behind a length that swallows the rest of the file", () => {
    const damaged = records[2]?.slice() ?? new Uint8Array(0);
    damaged.set([0, 0, 0x10, 0], 8);
    const file = join(pcapHeader(), ...records.slice(0, 2), damaged, ...records.slice(3));
    expect(readAll(file, { lenient: true }).rows.map((row) => row.bytes[0])).toEqual([
      1, 2, 4, 5, 6,
    ]);
  });

  it("gives the cut last record as skipped", () => {
    const file = join(pcapHeader(), ...records).slice(0, -3);
    const skipped: object[] = [];
    const read = readAll(file, { lenient: true, onSkip: (skip) => skipped.push(skip) });
    expect(read.rows).toHaveLength(5);
    expect(skipped).toMatchObject([{ length: 58, error: { code: "ERR_PCAP_TRUNCATED" } }]);
  });

  it("ends and accounts for every byte, whatever is in the file", () => {
    const noise = fc.array(
      fc.oneof(fc.constantFrom(...records), fc.uint8Array({ maxLength: 60 })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: 200 }), (pieces, chunkSize) => {
        const file = join(pcapHeader(), ...pieces);
        let passed = 24;
        const onSkip = ({ length }: { length: number }) => {
          passed += length;
        };
        const read = readAll(file, { lenient: true, chunkSize, onSkip });
        for (const row of read.rows) passed += 16 + row.bytes.length;
        expect(read.fault).toBeUndefined();
        expect(passed).toBe(file.length);
      }),
    );
  });
});

describe("writing pcap", () => {
  const record = fc.record({
    data: fc.uint8Array({ maxLength: 200 }),
    more: fc.nat(1000),
    seconds: fc.integer({ min: 0, max: 0xffffffff }),
    nanoseconds: fc.nat(999_999_999),
  });

  it("gives files that are read back as they were written", () => {
    fc.assert(
      fc.property(
        fc.array(record),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 300 }),
        (records, nanoseconds, littleEndian, snaplen) => {
          const writer = new PcapWriter({ nanoseconds, littleEndian, snaplen, linkType: 228 });
          const pieces: Uint8Array[] = [];
          for (const { data, more, seconds, nanoseconds: ns } of records) {
            const padded = join(Uint8Array.of(1), data, Uint8Array.of(2));
            writer.write(padded, 1, padded.length - 1, data.length + more, seconds, ns);
            if (more % 3 === 0) pieces.push(writer.take());
          }
          pieces.push(writer.take());
          expect(writer.size).toBe(0);
          const read = readAll(join(...pieces));
          expect(read.interfaces[0]).toMatchObject({ linkType: 228, snaplen });
          expect(read.rows).toEqual(
            records.map(({ data, more, seconds, nanoseconds: ns }) => {
              const kept = nanoseconds ? ns : ns - (ns % 1000);
              return {
                bytes: [...data.subarray(0, snaplen)],
                original: data.length + more,
                time: `${seconds}.${String(kept).padStart(9, "0")}`,
                interface: 0,
                options: [],
                little: littleEndian,
              };
            }),
          );
        },
      ),
    );
  });

  it("states the frame check sequence as the reader finds it, and copies long packets", () => {
    const writer = new PcapWriter({ fcsLength: 4 });
    const long = Uint8Array.from({ length: 100_000 }, (_, i) => i);
    writer.write(long, 0, long.length, long.length, 1, 0);
    const read = readAll(writer.take());
    expect(read.interfaces[0]).toMatchObject({ linkType: 1, fcsLength: 4 });
    expect(read.rows[0]?.bytes).toEqual([...long]);
  });

  it("refuses what the format cannot hold", () => {
    expect(() => new PcapWriter({ linkType: 65_536 })).toThrow(RangeError);
    expect(() => new PcapWriter({ snaplen: 0 })).toThrow("snaplen must be an integer from 1");
    expect(() => new PcapWriter({ fcsLength: 3 })).toThrow(RangeError);
    const writer = new PcapWriter();
    expect(() => writer.write(one, 0, 3, 3, -1, 0)).toThrow("seconds must be");
    expect(() => writer.write(one, 0, 3, 3, 0, 1e9)).toThrow("nanoseconds must be");
    expect(writer.take()).toHaveLength(24);
  });
});

describe("blocks of a Buffer", () => {
  it("are copies, which nobody changes afterwards", () => {
    const file = Buffer.from(new PcapWriter({ linkType: 1 }).take());
    const blocks: Block[] = [];
    const sink = { interface() {}, record() {}, block: (block: Block) => blocks.push(block) };
    new PcapReader().read(file, 0, file.length, 0, sink);
    file.fill(0);
    expect(blocks[0]?.raw[0]).toBe(0xd4);
  });
});
