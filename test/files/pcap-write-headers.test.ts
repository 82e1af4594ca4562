import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatHex } from "../../src/bytes/hex.ts";
import { pcapHeader, pcapRecord } from "../../src/files/pcap-write-headers.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { ascii, join, readAll, pcapHeader as sampleHeader } from "./samples.ts";

describe("pcapHeader", () => {
  it("is Ethernet in microseconds unless told", () => {
    expect(formatHex(pcapHeader())).toBe("d4c3b2a1020004000000000000000000" + "0000040001000000");
    expect(pcapHeader()).toEqual(new PcapWriter().take());
  });

  it("has every field in the place that the format gives it", () => {
    const header = pcapHeader({
      littleEndian: false,
      nanoseconds: true,
      majorVersion: 2,
      minorVersion: 3,
      thisZone: -3600,
      sigFigs: 5,
      snaplen: 0xffff_ffff,
      linkType: 228,
      fcsLength: 4,
    });
    expect(formatHex(header)).toBe("a1b23c4d00020003fffff1f000000005ffffffff240000e4");
    expect(formatHex(pcapHeader({ modified: true })).slice(0, 8)).toBe("34cdb2a1");
  });

  it("gives the bytes that its values were read from", () => {
    const magics = fc.constantFrom(0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34);
    const recipe = fc.record({
      little: fc.boolean(),
      magic: magics,
      major: fc.integer({ min: 2, max: 0xffff }),
      minor: fc.nat(0xffff),
      snaplen: fc.nat(0xffff_ffff),
      network: fc.nat(0xffff).chain((type) => fc.constantFrom(type, 0xf400_0000 + type)),
    });
    fc.assert(
      fc.property(recipe, (values) => {
        const file = sampleHeader(values);
        expect(pcapHeader(readAll(file).one("pcapHeader"))).toEqual(file);
      }),
    );
  });

  it("refuses what the format cannot hold", () => {
    const limits = "must be an integer from";
    expect(() => pcapHeader({ linkType: 65_536 })).toThrow(`linkType ${limits} 0 to 65535`);
    expect(() => pcapHeader({ snaplen: -1 })).toThrow(`snaplen ${limits} 0 to 4294967295, got -1`);
    expect(() => pcapHeader({ thisZone: 2 ** 31 })).toThrow(`thisZone ${limits} -2147483648`);
    expect(() => pcapHeader({ sigFigs: 0.5 })).toThrow(`sigFigs ${limits} 0 to 4294967295`);
    expect(() => pcapHeader({ majorVersion: -1 })).toThrow(`majorVersion ${limits} 0 to 65535`);
    expect(() => pcapHeader({ minorVersion: 65_536 })).toThrow(`minorVersion ${limits}`);
    expect(() => pcapHeader({ fcsLength: 3 })).toThrow(RangeError);
    expect(() => pcapHeader({ nanoseconds: true, modified: true })).toThrow("cannot both be true");
  });
});

describe("pcapRecord", () => {
  it("has the number of its bytes computed", () => {
    const record = pcapRecord(
      { data: ascii("abc"), originalLength: 9, seconds: 1, nanoseconds: 2999 },
      { littleEndian: false },
    );
    expect(formatHex(record)).toBe("00000001000000020000000300000009616263");
    expect(formatHex(pcapRecord({ data: ascii("a") }))).toBe(
      "000000000000000001000000" + "0100000061",
    );
  });

  it("is read as it was given, and written as a writer does", () => {
    const format = fc.record({ littleEndian: fc.boolean(), nanoseconds: fc.boolean() });
    const record = fc.record({
      data: fc.uint8Array({ maxLength: 40 }),
      originalLength: fc.nat(0xffff_ffff),
      seconds: fc.nat(0xffff_ffff),
      nanoseconds: fc.nat(999_999_999),
    });
    fc.assert(
      fc.property(format, fc.array(record, { maxLength: 3 }), (of, records) => {
        const file = join(pcapHeader(of), ...records.map((one) => pcapRecord(one, of)));
        const writer = new PcapWriter(of);
        for (const { data, ...rest } of records)
          writer.add({ data, start: 0, end: data.length, ...rest });
        expect(writer.take()).toEqual(file);
        const rows = readAll(file).rows.map(({ bytes, original }) => [bytes, original]);
        expect(rows).toEqual(records.map((one) => [[...one.data], one.originalLength]));
      }),
    );
  });

  it("refuses what the format cannot hold", () => {
    const data = ascii("a");
    expect(() => pcapRecord({ data, seconds: -1 })).toThrow("seconds must be an integer from 0");
    expect(() => pcapRecord({ data, nanoseconds: 1e9 })).toThrow("nanoseconds must be an integer");
    expect(() => pcapRecord({ data, originalLength: 2 ** 32 })).toThrow("originalLength must be");
  });
});

describe("PcapWriter.add", () => {
  it("takes what has the numbers of a packet; without a time it is 0", () => {
    const writer = new PcapWriter();
    const packet = { data: ascii("hello"), start: 1, end: 4, originalLength: 9 };
    writer.add({ ...packet, seconds: 7, nanoseconds: 5000 });
    writer.add({ ...packet, seconds: 0, nanoseconds: -1 });
    const expected = { bytes: [...ascii("ell")], original: 9 };
    expect(readAll(writer.take()).rows).toMatchObject([
      { ...expected, time: "7.000005000" },
      { ...expected, time: "0.000000000" },
    ]);
  });
});
