import { describe, expect, it } from "vitest";
import { type ConvertOptions, RecordConverter } from "../../src/files/convert.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { bytesSource } from "../../src/files/source.ts";
import { readRecordsSync } from "../../src/files/stream.ts";
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

/** The file that a converter makes, and the fault that the input ended with. */
function converted(file: Uint8Array, options: ConvertOptions = {}, chunkSize = 1000) {
  const converter = new RecordConverter(options);
  const pieces: Uint8Array[] = [];
  let fault: CaptureError | undefined;
  try {
    for (const piece of readRecordsSync(bytesSource(file), converter, { chunkSize }))
      pieces.push(piece);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    fault = error;
  }
  return { bytes: Uint8Array.from(Buffer.concat([...pieces, converter.finish()])), fault };
}

const hello = ascii("hello");
const comment = (little: boolean) => join(option(1, "a comment", little), endOfOptions);

/** A section with blocks of many kinds, five of them packets. */
const section = (little: boolean, length = 4000): Uint8Array[] => [
  shb(little, join(option(4, "app", little), endOfOptions), { length }),
  idb(little, join(option(2, "eth0", little), option(9, Uint8Array.of(9), little), endOfOptions)),
  idb(little, option(2, "lo", little), { linkType: 1, snaplen: 9 }),
  block(4, join(number(4, 0, little)), little),
  epb(hello, { little, units: 1_500_000_000n, original: 77, options: comment(little) }),
  epb(ascii("hi"), { little, id: 1, units: 2_000_000n }),
  block(0x1234, ascii("what"), little),
  spb(join(ascii("hel")), 3, little),
  pb(hello, 3, { little, id: 1, units: 3_000_000n, options: option(1, "x", little) }),
  block(10, join(number(4, 0x544c534b, little), number(4, 4, little), ascii("keys")), little),
  epb(hello, { little, units: 4_000_000_000n }),
  isb(0, 9n, option(4, number(8, 5, little), little), little),
];

describe("converting to the same format", () => {
  it("gives pcapng back byte for byte, in sections of both byte orders", () => {
    const file = join(...section(true), ...section(false, -1), ...section(false));
    expect(converted(file)).toEqual({ bytes: file, fault: undefined });
    expect(converted(file, { format: "pcapng" }).bytes).toEqual(file);
  });

  it.each([
    { magic: 0xa1b2c3d4 },
    { magic: 0xa1b2c3d4, little: false },
    { magic: 0xa1b23c4d, network: 0x2400_0069 },
    { magic: 0xa1b2cd34, extra: true },
    { magic: 0xa1b2cd34, extra: true, little: false },
    { magic: 0xa1b2c3d4, minor: 3 },
    { magic: 0xa1b2c3d4, major: 543, minor: 0 },
  ])("gives pcap back byte for byte: %j", ({ extra = false, ...header }) => {
    const { little = true } = header;
    const more = extra ? { extra: ascii("8 bytes.") } : {};
    const file = join(
      pcapHeader(header),
      pcapRecord(hello, { little, ...more }),
      pcapRecord(hello, { little, fraction: 3_999_999_999, ...more }),
    );
    expect(converted(file)).toEqual({ bytes: file, fault: undefined });
  });

  it("gives everything before a fault, and an empty capture too", () => {
    const good = join(pcapHeader(), pcapRecord(hello));
    const { bytes, fault } = converted(join(good, pcapRecord(hello).slice(0, 18)));
    expect(fault?.code).toBe("ERR_PCAP_TRUNCATED");
    expect(bytes).toEqual(good);
    expect(converted(pcapHeader()).bytes).toEqual(pcapHeader());
    expect(converted(shb()).bytes).toEqual(shb());
    expect(converted(ascii("no capture at all")).bytes).toHaveLength(0);
  });
});

describe("choosing packets", () => {
  const file = join(...section(true), ...section(false));

  it("leaves all blocks that are no packets, and no length that is not true", () => {
    const { bytes } = converted(file, {
      packets: [
        [2, 3],
        [9, 9],
      ],
    });
    const [before, after] = [readAll(file), readAll(bytes)];
    expect(after.rows).toEqual([1, 2, 8].map((i) => before.rows[i]));
    const kinds = (all: typeof after) => all.blocks.map(({ kind }) => kind);
    expect(kinds(after)).toEqual(kinds(before));
    expect(
      after.blocks.flatMap((one) => ("sectionLength" in one ? [one.sectionLength] : [])),
    ).toEqual([...[-1, -1]]);
    // Nothing else about a section changed.
    expect(after.blocks[0]).toMatchObject({ options: before.blocks[0]!["options" as never] });
  });

  it("goes by time, and leaves packets without a time", () => {
    const times = (options: ConvertOptions) =>
      readAll(converted(file, options).bytes).rows.map(({ time }) => time);
    const at = (seconds: number, nanoseconds = 0) => ({ seconds, nanoseconds });
    expect(times({ after: at(2), before: at(4) })).toEqual([
      "2.000000000",
      "3.000000000",
      "2.000000000",
      "3.000000000",
    ]);
    expect(times({ before: at(1, 500_000_000) })).toEqual([]);
    expect(times({ before: at(1, 500_000_001), count: 1 })).toEqual(["1.500000000"]);
  });

  it("stops after so many, but for the header of a file", () => {
    const pcap = join(pcapHeader(), pcapRecord(hello), pcapRecord(hello));
    expect(converted(pcap, { count: 0 }).bytes).toEqual(pcapHeader());
    expect(converted(pcap, { count: 1 }).bytes).toEqual(join(pcapHeader(), pcapRecord(hello)));
    const { blocks, rows } = readAll(converted(file, { count: 2 }).bytes);
    expect(rows).toHaveLength(2);
    // What stands behind the second packet is not looked at.
    expect(blocks.map(({ kind }) => kind)).not.toContain("unknown");
  });
});

describe("cutting packets", () => {
  it("keeps lengths on the wire, options and what is shorter, in pcapng", () => {
    for (const little of [true, false]) {
      const file = join(...section(little));
      for (const most of [1, 2, 3, 4, 5, 6]) {
        const [before, after] = [readAll(file), readAll(converted(file, { snaplen: most }).bytes)];
        expect(after.fault).toBeUndefined();
        expect(after.rows).toEqual(
          before.rows.map((row) => ({ ...row, bytes: row.bytes.slice(0, most) })),
        );
        expect(after.interfaces.map(({ snaplen }) => snaplen)).toEqual([most, Math.min(9, most)]);
        expect(after.interfaces.map(({ options }) => options)).toEqual(
          before.interfaces.map(({ options }) => options),
        );
      }
    }
  });

  it.each([
    { little: true },
    { little: false },
    { little: true, magic: 0xa1b2cd34, extra: ascii("8 bytes.") },
    { little: true, minor: 3, swapped: true },
    { little: false, minor: 2, swapped: true },
    { little: true, snaplen: 0 },
  ])("does so in pcap, whatever the order of its lengths: %j", ({ extra, swapped, ...header }) => {
    const { little } = header;
    const more = extra === undefined ? {} : { extra };
    const lengths = (captured: number, original: number) =>
      swapped ? { captured: original, original: captured } : { captured, original };
    const file = join(
      pcapHeader(header),
      pcapRecord(hello, { little, ...more, ...lengths(5, 90), fraction: 7 }),
      pcapRecord(ascii("hi"), { little, ...more, ...lengths(2, 2) }),
      pcapRecord(hello, { little, ...more, ...lengths(5, 5) }),
    );
    const [before, after] = [readAll(file), readAll(converted(file, { snaplen: 3 }).bytes)];
    expect(before.rows.map(({ original }) => original)).toEqual([90, 2, 5]);
    expect(after.fault).toBeUndefined();
    expect(after.rows).toEqual(
      before.rows.map((row) => ({ ...row, bytes: row.bytes.slice(0, 3) })),
    );
    expect(after.interfaces).toMatchObject([{ snaplen: 3, linkType: 1 }]);
  });

  it("does not write into what it reads, a Buffer neither", () => {
    for (const file of [join(...section(false)), join(pcapHeader(), pcapRecord(hello))]) {
      const given = Buffer.from(file);
      expect(converted(given, { snaplen: 2 })).toEqual(converted(file, { snaplen: 2 }));
      expect(Uint8Array.from(given)).toEqual(file);
    }
  });

  it("does not raise a snaplen", () => {
    const { bytes } = converted(join(pcapHeader({ snaplen: 2 }), pcapRecord(hello)), {
      snaplen: 4,
    });
    expect(readAll(bytes).interfaces).toMatchObject([{ snaplen: 2 }]);
  });

  it("refuses what is no length", () => {
    for (const snaplen of [0, -1, 1.5, 2 ** 32, Number.NaN])
      expect(() => new RecordConverter({ snaplen })).toThrow(RangeError);
  });
});

describe("converting to the other format", () => {
  it("gives the same pcap file again by way of pcapng", () => {
    for (const magic of [0xa1b2c3d4, 0xa1b23c4d]) {
      const file = join(
        pcapHeader({ magic, snaplen: 3, network: 0x2400_0069 }),
        pcapRecord(hello, { seconds: 1, fraction: 7, original: 9 }),
        pcapRecord(ascii("x"), { seconds: 4_294_967_295, fraction: 999_999 }),
      );
      const there = converted(file, { format: "pcapng" }).bytes;
      expect(readAll(there).rows).toEqual(readAll(file).rows);
      expect(converted(there, { format: "pcap" }).bytes).toEqual(file);
    }
  });

  it("takes link type, snaplen and precision from the interfaces", () => {
    const interfaceOf = (...interfaces: Uint8Array[]) => {
      const file = join(shb(), ...interfaces, epb(hello, { units: 1n }));
      const { interfaces: found, blocks } = readAll(converted(file, { format: "pcap" }).bytes);
      return {
        ...found[0]!,
        isNano: blocks.some((one) => "nanoseconds" in one && one.nanoseconds),
      };
    };
    const resolution = (byte: number) => option(9, Uint8Array.of(byte));
    expect(interfaceOf(idb(true, endOfOptions, { linkType: 101, snaplen: 77 }))).toMatchObject({
      ...{ linkType: 101, snaplen: 77, isNano: false, fcsLength: -1 },
    });
    expect(interfaceOf(idb(true, resolution(6)))).toMatchObject({
      isNano: false,
      snaplen: 262_144,
    });
    expect(interfaceOf(idb(true, resolution(7)))).toMatchObject({ isNano: true });
    expect(interfaceOf(idb(true, resolution(0x93)))).toMatchObject({ isNano: false });
    expect(interfaceOf(idb(true, resolution(0x94)))).toMatchObject({ isNano: true });
    expect(interfaceOf(idb(true, option(13, Uint8Array.of(32))))).toMatchObject({ fcsLength: 4 });
    // An odd number of bytes cannot be said.
    expect(interfaceOf(idb(true, option(13, Uint8Array.of(24))))).toMatchObject({ fcsLength: -1 });
    expect(interfaceOf(idb(), idb(true, resolution(9), { snaplen: 9 }))).toMatchObject({
      ...{ isNano: true, snaplen: 262_144 },
    });
  });

  it("writes the time 0 where there is none, and cuts", () => {
    const file = join(shb(), idb(), spb(ascii("hell"), 4), epb(hello, { units: 5n, original: 8 }));
    const { rows, interfaces } = readAll(converted(file, { format: "pcap", snaplen: 3 }).bytes);
    expect(rows.map(({ time, bytes, original }) => [time, bytes.length, original])).toEqual([
      ["0.000000000", 3, 4],
      ["0.000005000", 3, 8],
    ]);
    expect(interfaces).toMatchObject([{ snaplen: 3 }]);
  });

  it("makes a header of a capture without packets, too", () => {
    const of = (...blocks: Uint8Array[]) =>
      readAll(converted(join(...blocks), { format: "pcap" }).bytes).interfaces;
    expect(of(shb(), idb(true, endOfOptions, { linkType: 113 }))).toMatchObject([
      { linkType: 113 },
    ]);
    expect(of(shb())).toMatchObject([{ linkType: 1, snaplen: 262_144 }]);
  });

  it("refuses a second link type, and says what helps", () => {
    const file = join(
      ...[shb(), idb(), idb(true, endOfOptions, { linkType: 101 })],
      ...[epb(hello), epb(hello, { id: 1 })],
    );
    expect(() => converted(file, { format: "pcap" })).toThrow(
      "a pcap file has one link type: packet 2 has 101 and those before it have 1; choose pcapng",
    );
    // An interface without packets does no harm, and neither does one whose packets are left out.
    const some = converted(file, { format: "pcap", packets: [[2, 2]] }).bytes;
    expect(readAll(some).interfaces).toMatchObject([{ linkType: 101 }]);
  });

  it("refuses a time that pcap cannot hold", () => {
    for (const [seconds, what] of [
      [-5, "-5 seconds"],
      [2 ** 32, "4294967296 seconds"],
    ] as const) {
      const file = join(shb(), idb(true, option(14, number(8, seconds, true))), epb(hello));
      expect(() => converted(file, { format: "pcap" })).toThrow(what);
    }
  });
});
