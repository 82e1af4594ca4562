import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ConvertOptions, RecordConverter } from "../../src/files/convert.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { mergeCaptures } from "../../src/files/merge.ts";
import { bytesSource } from "../../src/files/source.ts";
import { RecordSplitter } from "../../src/files/split.ts";
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
  pb,
  pcapHeader,
  pcapRecord,
  readAll,
  shb,
  spb,
} from "./samples.ts";

/** A section with a block of each kind that is written in another way than it was read. */
const section = (little: boolean): Uint8Array =>
  join(
    shb(little, option(1, "here", little)),
    idb(
      little,
      join(option(9, Uint8Array.of(9), little), option(14, number(8, 5, little), little)),
    ),
    idb(little, option(2988, join(number(4, 9, little), ascii("own")), little)),
    block(
      4,
      join(
        option(1, join(Uint8Array.of(192, 0, 2, 1), ascii("a"), [0] as never), little),
        number(4, 0, little),
      ),
      little,
    ),
    epb(ascii("hello"), {
      little,
      id: 1,
      units: 7n,
      options: option(2, number(4, 1, little), little),
    }),
    spb(ascii("some"), 4, little),
    pb(ascii("old"), 1, { little, units: 9n }),
    block(10, join(number(4, 1, little), number(4, 4, little), ascii("keys")), little),
    block(0xbad, number(4, 9, little), little),
    isb(1, 9n, option(4, number(8, 5, little), little), little),
  );

const files = [
  section(true),
  section(false),
  join(section(false), section(true)),
  join(pcapHeader(), pcapRecord(ascii("hello")), pcapRecord(ascii("again"), { fraction: 5 })),
  join(pcapHeader({ little: false, minor: 3 }), pcapRecord(ascii("hello"), { little: false })),
];

/** One of the files with some of its bytes changed, and maybe cut. */
const spoilt = fc
  .record({
    file: fc.constantFrom(...files),
    changes: fc.array(fc.tuple(fc.nat(2000), fc.constantFrom(0, 1, 2, 4, 8, 0x7f, 0x80, 0xff)), {
      maxLength: 4,
    }),
    cut: fc.nat(3000),
  })
  .map(({ file, changes, cut }) => {
    const bytes = file.slice(0, cut > file.length ? file.length : cut);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });

/** Faults of files are CaptureErrors; of others, only what pcap cannot hold may be told. */
const isExpected = (error: unknown): boolean =>
  error instanceof CaptureError ||
  (error instanceof RangeError && error.message.startsWith("a pcap file"));

describe("spoilt captures", () => {
  it("are converted as far as they can be read", () => {
    const ways: readonly ConvertOptions[] = [
      {},
      { snaplen: 3 },
      { format: "pcap" },
      { format: "pcapng", snaplen: 4 },
      { packets: [[2, 3]] },
    ];
    fc.assert(
      fc.property(spoilt, (file) => {
        for (const options of ways) {
          const converter = new RecordConverter(options);
          const pieces: Uint8Array[] = [];
          try {
            for (const piece of readRecordsSync(bytesSource(file), converter)) pieces.push(piece);
          } catch (error) {
            if (!isExpected(error)) throw error;
          }
          pieces.push(converter.finish());
          const made = join(...pieces);
          // What was written can be read without a fault, whatever was wrong with what it is made of.
          if (made.length > 0) expect(readAll(made).fault).toBeUndefined();
          expect(made.length).toBeLessThanOrEqual(2 * file.length + 200);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("are split as far as they can be read", () => {
    fc.assert(
      fc.property(spoilt, (file) => {
        const splitter = new RecordSplitter({ count: 1, interval: { seconds: 1, nanoseconds: 0 } });
        const parts = new Map<number, Uint8Array[]>();
        const add = (pieces: ReturnType<typeof splitter.finish>): void => {
          for (const { part, bytes } of pieces)
            parts.set(part, [...(parts.get(part) ?? []), bytes]);
        };
        try {
          for (const pieces of readRecordsSync(bytesSource(file), splitter)) add(pieces);
        } catch (error) {
          if (!isExpected(error)) throw error;
        }
        add(splitter.finish());
        const rows = [...parts.values()].flatMap((pieces) => {
          const read = readAll(join(...pieces));
          expect(read.fault).toBeUndefined();
          return read.rows.map((row) => row.bytes);
        });
        expect(rows).toEqual(readAll(file).rows.map((row) => row.bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it("are merged as far as they can be read", async () => {
    const choice = fc.record({
      inputs: fc.array(spoilt, { minLength: 1, maxLength: 3 }),
      format: fc.constantFrom("pcap", "pcapng"),
      append: fc.boolean(),
      snaplen: fc.constantFrom(undefined, 3),
    });
    await fc.assert(
      fc.asyncProperty(choice, async ({ inputs, snaplen, ...options }) => {
        const pieces: Uint8Array[] = [];
        const merged = mergeCaptures(inputs.map(bytesSource), {
          ...options,
          ...(snaplen === undefined ? {} : { snaplen }),
        });
        try {
          for await (const piece of merged) pieces.push(piece);
        } catch (error) {
          if (!isExpected(error)) throw error;
        }
        const made = join(...pieces);
        if (made.length === 0) return;
        const read = readAll(made);
        expect(read.fault).toBeUndefined();
        if (options.format === "pcapng")
          expect(read.rows).toHaveLength(inputs.flatMap((file) => readAll(file).rows).length);
      }),
      { numRuns: 1000 },
    );
  });
});
