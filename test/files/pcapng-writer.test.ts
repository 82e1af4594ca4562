import { describe, expect, it } from "vitest";
import { formatHex, parseHex } from "../../src/bytes/hex.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { NO_TIME } from "../../src/files/record.ts";
import { MICROSECONDS, NANOSECONDS } from "../../src/files/timestamp.ts";
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
  pad,
  pb,
  readAll,
  shb,
  spb,
} from "./samples.ts";

const data = ascii("hello");

/** What a writer has written since the last call. */
function written(write: (writer: PcapngWriter) => void, writer = new PcapngWriter()): Uint8Array {
  writer.take();
  write(writer);
  return writer.take();
}

/** A writer with a section and an interface of microseconds in the given byte order. */
function begun(littleEndian = true): PcapngWriter {
  const writer = new PcapngWriter({ littleEndian });
  writer.interface({ resolution: MICROSECONDS });
  writer.take();
  return writer;
}

describe("bytes of blocks", () => {
  it("a section, an interface and a packet, low byte first", () => {
    const bytes = written((writer) => {
      writer.section();
      writer.interface({ linkType: 1, snaplen: 96, resolution: MICROSECONDS });
      writer.write(ascii("abcde"), 0, 5, 9, 1, 2000);
    });
    expect(formatHex(bytes)).toBe(
      [
        ...["0a0d0d0a", "1c000000", "4d3c2b1a", "0100", "0000", "ffffffffffffffff", "1c000000"],
        ...["01000000", "20000000", "0100", "0000", "60000000"],
        ...["0900", "0100", "06000000", "00000000", "20000000"],
        ...["06000000", "28000000", "00000000", "00000000", "42420f00", "05000000", "09000000"],
        ...["6162636465000000", "28000000"],
      ].join(""),
    );
  });

  it("a section, an interface and a packet, high byte first", () => {
    const bytes = written((writer) => {
      writer.section({ littleEndian: false });
      writer.interface({ linkType: 1, snaplen: 96, resolution: MICROSECONDS });
      writer.write(ascii("abcde"), 0, 5, 9, 1, 2000);
    });
    expect(formatHex(bytes)).toBe(
      [
        ...["0a0d0d0a", "0000001c", "1a2b3c4d", "0001", "0000", "ffffffffffffffff", "0000001c"],
        ...["00000001", "00000020", "0001", "0000", "00000060"],
        ...["0009", "0001", "06000000", "00000000", "00000020"],
        ...["00000006", "00000028", "00000000", "00000000", "000f4242", "00000005", "00000009"],
        ...["6162636465000000", "00000028"],
      ].join(""),
    );
  });

  it.each([true, false])("all that a section says (little endian: %s)", (little) => {
    const bytes = written((writer) =>
      writer.section({
        littleEndian: little,
        hardware: "board",
        os: "system",
        application: "program",
        comment: ["one", "two"],
        minorVersion: 2,
        sectionLength: 4096,
      }),
    );
    const options = join(
      option(2, "board", little),
      option(3, "system", little),
      option(4, "program", little),
      option(1, "one", little),
      option(1, "two", little),
      endOfOptions,
    );
    expect(bytes).toEqual(shb(little, options, { length: 4096, minor: 2 }));
  });

  it.each([true, false])("all that an interface says (little endian: %s)", (little) => {
    const bytes = written((writer) => {
      const index = writer.interface({
        linkType: 228,
        snaplen: 262_144,
        name: "eth0",
        description: "größer",
        addresses: {
          ipv4: ["192.0.2.1/24", "198.51.100.7/255.0.255.0", "203.0.113.9", "203.0.113.9/0"],
          ipv6: "2001:db8::1/64",
          mac: "02:00:00:00:00:01",
          eui64: "02:00:00:00:00:00:00:01",
        },
        speed: 10_000_000_000n,
        txSpeed: 1000,
        rxSpeed: 2n ** 64n - 1n,
        resolution: { base: 2, exponent: 20 },
        timeZone: -3600,
        timeZoneName: "Europe/Berlin",
        filter: "tcp port 80",
        os: "Linux",
        hardware: "card",
        fcsLength: 4,
        timeOffset: -5,
        custom: { pen: 32_473, value: "own" },
        other: [{ code: 4711, value: Uint8Array.of(7) }],
      });
      expect(index).toBe(1);
    }, begun(little));
    const opt = (code: number, value: Uint8Array | string) => option(code, value, little);
    const long = (value: bigint) => number(8, value, little);
    const options = join(
      opt(2, "eth0"),
      opt(3, "größer"),
      opt(4, parseHex("c0000201ffffff00")),
      opt(4, parseHex("c6336407ff00ff00")),
      opt(4, parseHex("cb007109ffffffff")),
      opt(4, parseHex("cb00710900000000")),
      opt(5, parseHex("20010db800000000000000000000000140")),
      opt(6, parseHex("020000000001")),
      opt(7, parseHex("0200000000000001")),
      opt(8, long(10_000_000_000n)),
      opt(9, Uint8Array.of(0x94)),
      opt(10, number(4, -3600, little)),
      opt(11, join(Uint8Array.of(0), ascii("tcp port 80"))),
      opt(12, "Linux"),
      opt(13, Uint8Array.of(32)),
      opt(14, long(-5n)),
      opt(15, "card"),
      opt(16, long(1000n)),
      opt(17, long(2n ** 64n - 1n)),
      opt(18, "Europe/Berlin"),
      opt(2988, join(number(4, 32_473, little), ascii("own"))),
      opt(4711, Uint8Array.of(7)),
      endOfOptions,
    );
    expect(bytes).toEqual(idb(little, options, { linkType: 228, snaplen: 262_144 }));
  });

  it("a filter that is a program", () => {
    const filter = { type: 1, data: parseHex("0600000000000400") };
    const bytes = written(
      (writer) => writer.interface({ filter, resolution: NANOSECONDS }),
      begun(),
    );
    const value = parseHex("010600000000000400");
    const options = join(option(9, Uint8Array.of(9)), option(11, value), endOfOptions);
    expect(bytes).toEqual(idb(true, options));
  });

  it.each([true, false])("packets of all three kinds (little endian: %s)", (little) => {
    const writer = begun(little);
    writer.interface({ resolution: MICROSECONDS });
    const framed = join(Uint8Array.of(9), data, Uint8Array.of(9));
    const bytes = written((w) => {
      w.write(framed, 1, 6, 7, 1, 1_999, 1);
      w.simplePacket(framed, 1, 6, 5);
      w.obsoletePacket(framed, 1, 6, 5, 0, 42_000, 1, 7, { flags: { direction: "inbound" } });
      w.obsoletePacket(framed, 1, 6, 5, 0, 0);
    }, writer);
    const options = join(option(2, number(4, 1, little), little), endOfOptions);
    expect(bytes).toEqual(
      join(
        epb(data, { little, id: 1, units: 1_000_001n, original: 7 }),
        spb(data, 5, little),
        pb(data, 7, { little, id: 1, units: 42n, options }),
        pb(data, 0xffff, { little }),
      ),
    );
  });

  it.each([true, false])(
    "options of a packet, as recipe and as bytes (little endian: %s)",
    (little) => {
      const list = join(option(1, "note", little), endOfOptions);
      const bytes = written((writer) => {
        writer.write(data, 0, 5, 5, 0, 0, 0, { comment: "note" });
        writer.write(data, 0, 5, 5, 0, 0, 0, list);
      }, begun(little));
      expect(bytes).toEqual(
        join(epb(data, { little, options: list }), epb(data, { little, options: list })),
      );
    },
  );

  it.each([true, false])("names (little endian: %s)", (little) => {
    const bytes = written(
      (writer) =>
        writer.names({
          records: [
            { ipv4: "192.0.2.1", names: ["one.example", "uno.example"] },
            { ipv6: "fe80::", names: ["six"] },
            { mac: "02:00:00:00:00:01", names: ["mac"] },
            { eui64: "02:00:00:00:00:00:00:01", names: ["eui"] },
            { type: 99, value: ascii("odd") },
          ],
          dnsName: "ns.example",
          dnsIpv4: "192.0.2.53",
          dnsIpv6: "::1",
        }),
      begun(little),
    );
    const body = join(
      option(1, join(Uint8Array.of(192, 0, 2, 1), ascii("one.example\0uno.example\0")), little),
      option(2, join(Uint8Array.of(0xfe, 0x80), new Uint8Array(14), ascii("six\0")), little),
      option(3, join(parseHex("020000000001"), ascii("mac\0")), little),
      option(4, join(parseHex("0200000000000001"), ascii("eui\0")), little),
      option(99, "odd", little),
      new Uint8Array(4),
      option(2, "ns.example", little),
      option(3, Uint8Array.of(192, 0, 2, 53), little),
      option(4, join(new Uint8Array(15), Uint8Array.of(1)), little),
      endOfOptions,
    );
    expect(bytes).toEqual(block(4, body, little));
  });

  it.each([true, false])(
    "statistics, the upper half of times first (little endian: %s)",
    (little) => {
      const writer = begun(little);
      writer.interface({ resolution: NANOSECONDS, timeOffset: 1 });
      const bytes = written(
        (w) =>
          w.statistics({
            interfaceIndex: 1,
            time: { seconds: 11, nanoseconds: 5 },
            startTime: { seconds: 6, nanoseconds: 0 },
            endTime: { seconds: 10, nanoseconds: 999_999_999 },
            received: 400,
            dropped: 500n,
            accepted: 2n ** 40n,
            systemDropped: 700,
            delivered: 0,
            comment: "done",
          }),
        writer,
      );
      const time = (units: bigint) =>
        join(number(4, units >> 32n, little), number(4, units & 0xffffffffn, little));
      const options = join(
        option(2, time(5_000_000_000n), little),
        option(3, time(9_999_999_999n), little),
        ...[400n, 500n, 2n ** 40n, 700n, 0n].map((count, i) =>
          option(4 + i, number(8, count, little), little),
        ),
        option(1, "done", little),
        endOfOptions,
      );
      expect(bytes).toEqual(isb(1, 10_000_000_005n, options, little));
    },
  );

  it.each([true, false])(
    "blocks of somebody's own and unknown ones (little endian: %s)",
    (little) => {
      const pen = number(4, 32_473, little);
      const bytes = written((writer) => {
        writer.custom({ pen: 32_473, data });
        writer.custom({ pen: 32_473, data, copyable: false, comment: "c" });
        writer.unknown({ type: 0x8000_0001, body: data });
      }, begun(little));
      const options = join(option(1, "c", little), endOfOptions);
      expect(bytes).toEqual(
        join(
          block(0xbad, join(pen, data), little),
          block(0x4000_0bad, join(pen, pad(data), options), little),
          block(0x8000_0001, data, little),
        ),
      );
    },
  );
});

describe("sections and interfaces", () => {
  it("describes an Ethernet with nanoseconds when nothing is said", () => {
    const bytes = written((writer) => writer.write(data, 0, 5, 5, 1, 5));
    expect(bytes).toEqual(
      join(
        shb(),
        idb(true, join(option(9, Uint8Array.of(9)), endOfOptions)),
        epb(data, { units: 1_000_000_005n }),
      ),
    );
  });

  it("describes what the constructor says, in the first section and in those that follow", () => {
    const writer = new PcapngWriter({
      littleEndian: false,
      linkType: 101,
      name: "tun0",
      section: { os: "system" },
    });
    expect(writer.size).toBe(0);
    writer.write(data, 0, 5, 5, 1, 0);
    writer.section({ littleEndian: true });
    writer.write(data, 0, 5, 5, 2, 0);
    const read = readAll(writer.take());
    expect(read.fault).toBeUndefined();
    expect(read.interfaces).toMatchObject([
      { index: 0, section: 1, linkType: 101, name: "tun0", littleEndian: false },
      { index: 1, section: 2, linkType: 101, name: "tun0", littleEndian: true },
    ]);
    expect(read.rows.map((row) => [row.time, row.interface])).toEqual([
      ["1.000000000", 0],
      ["2.000000000", 1],
    ]);
    expect(read.blocks[0]).toMatchObject({ kind: "sectionHeader", options: [{ code: 3 }] });
  });

  it("counts interfaces over the whole file", () => {
    const writer = new PcapngWriter();
    expect([writer.interface({ name: "a" }), writer.interface({ name: "b" })]).toEqual([0, 1]);
    writer.section();
    expect([writer.interface({ name: "c" }), writer.interface({ name: "d" })]).toEqual([2, 3]);
    writer.write(data, 0, 5, 5, 1, 0, 3);
    writer.write(data, 0, 5, 5, 1, 0);
    const read = readAll(writer.take());
    expect(read.rows.map((row) => read.interfaces[row.interface]?.name)).toEqual(["d", "c"]);
    const outside = "interfaceIndex must be an integer from 2 to 3, got";
    for (const index of [0, 1, 4, 2.5, Number.NaN]) {
      expect(() => writer.write(data, 0, 5, 5, 1, 0, index)).toThrow(`${outside} ${index}`);
    }
    expect(writer.size).toBe(0);
  });

  it("gives the bytes in lots", () => {
    const writer = new PcapngWriter();
    const long = Uint8Array.from({ length: 100_001 }, (_, i) => i);
    const lots: Uint8Array[] = [];
    for (let i = 0; i < 5; i++) {
      writer.write(long, i, long.length, long.length, i, 0);
      if (i % 2 === 1) lots.push(writer.take());
    }
    expect(writer.size).toBeGreaterThan(0);
    lots.push(writer.take());
    expect(writer.size).toBe(0);
    const read = readAll(join(...lots));
    expect(read.rows.map((row) => row.bytes.length)).toEqual(
      [0, 1, 2, 3, 4].map((i) => 100_001 - i),
    );
    expect(read.rows[3]?.bytes.slice(0, 3)).toEqual([3, 4, 5]);
  });

  it("cuts what is longer than the snaplen", () => {
    const writer = new PcapngWriter({ snaplen: 3 });
    writer.write(data, 0, 5, 5, 1, 0);
    writer.write(data, 0, 5, 5, 0, NO_TIME);
    writer.obsoletePacket(data, 0, 5, 5, 1, 0);
    const read = readAll(writer.take());
    const expected = { bytes: [...ascii("hel")], original: 5 };
    expect(read.rows).toMatchObject([expected, { ...expected, time: "" }, expected]);
  });
});
