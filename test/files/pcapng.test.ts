import { describe, expect, it } from "vitest";
import { readObsoleteDropCount, readPacketOptions } from "../../src/files/options.ts";
import { bytesSource } from "../../src/files/source.ts";
import { readRecordsSync } from "../../src/files/stream.ts";
import {
  ascii,
  block,
  Collected,
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
const none = new Uint8Array(0);
const resolution = (byte: number, little = true) => option(9, Uint8Array.of(byte), little);

describe("sections and interfaces", () => {
  it("reads sections of both byte orders with interfaces of their own", () => {
    const named = (name: string, little: boolean) =>
      join(option(2, name, little), option(3, `${name}!`, little), endOfOptions);
    const file = join(
      shb(true, join(option(4, "app"), endOfOptions)),
      idb(true, named("a", true), { linkType: 1, snaplen: 96 }),
      idb(true, none, { linkType: 101 }),
      epb(data, { id: 1, units: 1_000_001n, original: 7 }),
      shb(false, none, { length: 128, minor: 2 }),
      idb(false, named("b", false), { linkType: 276 }),
      epb(data, { little: false, units: 2_000_002n }),
      shb(true),
      idb(true),
      epb(none),
    );
    const read = readAll(file);
    expect(read.fault).toBeUndefined();
    expect(read.rows).toMatchObject([
      { bytes: [...data], original: 7, time: "1.000001000", interface: 1, little: true },
      { bytes: [...data], original: 5, time: "2.000002000", interface: 2, little: false },
      { bytes: [], original: 0, time: "0.000000000", interface: 3 },
    ]);
    expect(read.interfaces).toMatchObject([
      { index: 0, id: 0, section: 1, linkType: 1, snaplen: 96, name: "a", description: "a!" },
      { index: 1, id: 1, section: 1, linkType: 101, snaplen: 0 },
      { index: 2, id: 0, section: 2, linkType: 276, name: "b", littleEndian: false },
      { index: 3, id: 0, section: 3, linkType: 1 },
    ]);
    expect(read.interfaces[1]).not.toHaveProperty("name");
    const sections = read.blocks.filter((each) => each.kind === "sectionHeader");
    expect(sections).toMatchObject([
      { section: 1, sectionLength: -1, littleEndian: true, options: [{ code: 4 }] },
      { section: 2, sectionLength: 128, littleEndian: false, minorVersion: 2, options: [] },
      { section: 3, majorVersion: 1 },
    ]);
    // Every block that is no packet keeps its bytes.
    for (const { offset, raw } of read.blocks) {
      expect(raw).toEqual(file.slice(offset, offset + raw.length));
    }
  });

  it.each([
    [3, 1_234_567n, "1234.567000000"],
    [6, 1_234_567n, "1.234567000"],
    [9, 1_700_000_000_123_456_789n, "1700000000.123456789"],
    [12, 1_234_567_890_123n, "1.234567890"],
    [0, 77n, "77.000000000"],
    [0x80 | 10, 1_536n, "1.500000000"],
    [0x80 | 30, (5n << 30n) + 1n, "5.000000000"],
    [0x80 | 30, (5n << 30n) + 2n, "5.000000001"],
    [0x80 | 40, 3n << 39n, "1.500000000"],
  ])("turns if_tsresol %i", (byte, units, time) => {
    for (const little of [true, false]) {
      const file = join(
        shb(little),
        idb(little, resolution(byte, little)),
        epb(data, { little, units }),
      );
      expect(readAll(file).rows[0]?.time).toBe(time);
    }
  });

  it.each([
    [-3600, "-3599.500000000"],
    [1_700_000_000, "1700000001.500000000"],
  ])("adds if_tsoffset %i", (offset, time) => {
    for (const little of [true, false]) {
      const options = option(14, number(8, offset, little), little);
      const file = join(
        shb(little),
        idb(little, options),
        epb(data, { little, units: 1_500_000n }),
      );
      const read = readAll(file);
      expect(read.rows[0]?.time).toBe(time);
      expect(read.interfaces[0]?.timeOffset).toBe(offset);
    }
  });

  it("knows the frame check sequence in bits and in bytes", () => {
    const lengths = [32, 4, 16, 0].map((value) => idb(true, option(13, Uint8Array.of(value))));
    const read = readAll(join(shb(), ...lengths, idb()));
    expect(read.interfaces.map(({ fcsLength }) => fcsLength)).toEqual([4, 4, 2, 0, -1]);
  });
});

describe("packets", () => {
  it("reads simple packet blocks up to the snaplen, without a time", () => {
    const file = join(
      shb(),
      idb(true, none, { snaplen: 4 }),
      spb(data.slice(0, 4), 5),
      spb(data.slice(0, 3)),
      shb(false),
      idb(false),
      spb(data, 5, false),
    );
    const expected = { time: "", options: [] };
    expect(readAll(file).rows).toMatchObject([
      { ...expected, bytes: [...ascii("hell")], original: 5 },
      { ...expected, bytes: [...ascii("hel")], original: 3 },
      { ...expected, bytes: [...data], original: 5, interface: 1 },
    ]);
  });

  it("reads obsolete packet blocks with their drop count", () => {
    for (const little of [true, false]) {
      const flags = option(2, number(4, 1, little), little);
      const options = { little, id: 1, units: 42n, options: flags };
      const file = join(
        shb(little),
        idb(little),
        idb(little),
        pb(data, 7, options),
        pb(data, 0xffff, options),
        epb(data, { little }),
      );
      const counts: (number | undefined)[] = [];
      const collected = new Collected();
      const keep = collected.record.bind(collected);
      collected.record = (b, start, end, original, s, ns, index, from, to, order, at = 0) => {
        counts.push(readObsoleteDropCount(b, at, order));
        keep(b, start, end, original, s, ns, index, from, to, order);
      };
      for (const _ of readRecordsSync(bytesSource(file), collected));
      expect(counts).toEqual([7, undefined, undefined]);
      expect(collected.rows[0]).toMatchObject({
        bytes: [...data],
        time: "0.000042000",
        interface: 1,
        options: [...flags],
      });
    }
  });

  it.each([true, false])("decodes all options of packets (little endian: %s)", (little) => {
    const pen = number(4, 32473, little);
    const options = join(
      option(1, "first", little),
      option(1, "größer\0", little),
      option(2, number(4, 0x8100_0692, little), little),
      option(3, Uint8Array.of(2, 9, 8, 7, 6), little),
      option(4, number(8, 2n ** 40n, little), little),
      option(5, number(8, 77n, little), little),
      option(6, number(4, 3, little), little),
      option(7, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 2), little),
      option(2988, join(pen, ascii("text")), little),
      option(19373, join(pen, Uint8Array.of(1)), little),
      option(6, Uint8Array.of(1), little),
      option(4711, "new", little),
    );
    for (const end of [endOfOptions, none]) {
      const packet = epb(data, { little, options: join(options, end) });
      const [row] = readAll(join(shb(little), idb(little), packet)).rows;
      expect(row?.options).toEqual([...options, ...end]);
      const raw = Uint8Array.from(row?.options ?? []);
      expect(readPacketOptions(raw, 0, raw.length, little)).toMatchObject({
        comments: ["first", "größer"],
        flags: {
          direction: "outbound",
          reception: "promiscuous",
          fcsLength: 4,
          checksumNotReady: true,
          checksumValid: true,
          segmentationOffloaded: false,
          crcError: true,
          symbolError: true,
          tooLong: false,
        },
        hashes: [{ type: 2, data: Uint8Array.of(9, 8, 7, 6) }],
        dropCount: 2n ** 40n,
        packetId: 77n,
        queue: 3,
        verdicts: [{ type: 1, data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2) }],
        custom: [
          { code: 2988, pen: 32473, copyable: true, value: "text" },
          { code: 19373, pen: 32473, copyable: false, value: Uint8Array.of(1) },
        ],
        unknown: [{ code: 6 }, { code: 4711, value: ascii("new") }],
      });
    }
  });
});

describe("other blocks", () => {
  it.each([true, false])("reads names (little endian: %s)", (little) => {
    const record = (type: number, value: Uint8Array) => option(type, value, little);
    const records = join(
      record(1, join(Uint8Array.of(192, 0, 2, 1), ascii("one.example\0uno.example\0"))),
      record(2, join(Uint8Array.of(0xfe, 0x80), new Uint8Array(14), ascii("six\0"))),
      record(3, join(Uint8Array.of(2, 0, 0, 0, 0, 1), ascii("mac\0"))),
      record(4, join(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 1), ascii("eui"))),
      record(99, ascii("odd")),
      record(1, Uint8Array.of(1)),
      new Uint8Array(4),
    );
    const options = join(
      option(2, "ns.example", little),
      option(3, Uint8Array.of(192, 0, 2, 53), little),
      option(4, join(new Uint8Array(15), Uint8Array.of(1)), little),
    );
    const read = readAll(join(shb(little), block(4, join(records, options), little)));
    expect(read.one("nameResolution")).toMatchObject({
      records: [
        { type: 1, address: "192.0.2.1", names: ["one.example", "uno.example"] },
        { type: 2, address: "fe80::", names: ["six"] },
        { type: 3, address: "02:00:00:00:00:01", names: ["mac"] },
        { type: 4, address: "02:00:00:00:00:00:00:01", names: ["eui"] },
        { type: 99, address: "", names: [], value: ascii("odd") },
        { type: 1, address: "", names: [] },
      ],
      dnsName: "ns.example",
      dnsIpv4: "192.0.2.53",
      dnsIpv6: "::1",
    });
  });

  it.each([true, false])("reads statistics (little endian: %s)", (little) => {
    const time = (units: number) => join(number(4, 0, little), number(4, units, little));
    const counters = [4, 5, 6, 7].map((code) =>
      option(code, number(8, code * 100, little), little),
    );
    const options = join(
      option(2, time(1_000), little),
      option(3, time(2_500), little),
      ...counters,
    );
    const file = join(
      shb(little),
      idb(little),
      idb(little, resolution(3, little)),
      isb(1, 3_001n, options, little),
    );
    const found = readAll(file).one("interfaceStatistics");
    expect(found).toMatchObject({
      interfaceIndex: 1,
      time: { seconds: 3, nanoseconds: 1_000_000 },
      startTime: { seconds: 1, nanoseconds: 0 },
      endTime: { seconds: 2, nanoseconds: 500_000_000 },
      received: 400n,
      dropped: 500n,
      accepted: 600n,
      systemDropped: 700n,
    });
    expect(found).not.toHaveProperty("delivered");
  });

  it.each([
    [0x544c534b, "tlsKeyLog"],
    [0x57474b4c, "wireguardKeyLog"],
    [0x5a4e574b, "zigbeeNwkKey"],
    [0x5a415053, "zigbeeApsKey"],
    [0x12345678, "unknown"],
  ])("reads secrets of type %i", (secretsType, secrets) => {
    for (const little of [true, false]) {
      const head = join(number(4, secretsType, little), number(4, data.length, little));
      const body = join(head, pad(data), option(1, "note", little));
      const read = readAll(join(shb(little), block(10, body, little)));
      expect(read.one("decryptionSecrets")).toMatchObject({
        secretsType,
        secrets,
        data,
        options: [{ code: 1, value: ascii("note") }],
      });
    }
  });

  it("keeps journal entries, custom blocks and unknown ones", () => {
    const pen = number(4, 32473, true);
    const file = join(
      shb(),
      block(9, ascii("__REALTIME_TIMESTAMP=1\nMESSAGE=x\n")),
      block(0xbad, join(pen, ascii("mine"))),
      block(0x4000_0bad, join(pen, ascii("more"))),
      block(0x1234, ascii("what")),
      block(0x1235, none),
    );
    const read = readAll(file);
    expect(read.fault).toBeUndefined();
    expect(read.one("journal").data).toEqual(pad(ascii("__REALTIME_TIMESTAMP=1\nMESSAGE=x\n")));
    expect(read.blocks.slice(2)).toMatchObject([
      { kind: "custom", pen: 32473, copyable: true, data: ascii("mine") },
      { kind: "custom", pen: 32473, copyable: false, data: ascii("more") },
      { kind: "unknown", type: 0x1234, body: ascii("what") },
      { kind: "unknown", type: 0x1235, body: none },
    ]);
  });
});

describe("faults", () => {
  const head = join(shb(), idb());
  const good = join(head, epb(data));
  const packet = (captured: number) => epb(data, { captured });

  it.each([
    ["length 0", block(6, data, true, { length: 0 }), "ERR_PCAPNG_BLOCK_LENGTH"],
    ["length 4", block(6, data, true, { length: 4 }), "ERR_PCAPNG_BLOCK_LENGTH"],
    ["length 11", block(6, data, true, { length: 11 }), "ERR_PCAPNG_BLOCK_LENGTH"],
    ["length 18", block(6, data, true, { length: 18 }), "ERR_PCAPNG_BLOCK_LENGTH"],
    ["a huge length", block(6, data, true, { length: 0xfffffffc }), "ERR_PCAPNG_BLOCK_LENGTH"],
    [
      "another length at the end",
      block(99, data, true, { trailer: 24 }),
      "ERR_PCAPNG_BLOCK_LENGTH",
    ],
    ["an interface out of range", epb(data, { id: 1 }), "ERR_PCAPNG_INTERFACE"],
    ["statistics of no interface", isb(1, 0n, none), "ERR_PCAPNG_INTERFACE"],
    ["more captured than there is", packet(9), "ERR_PCAPNG_BLOCK"],
    ["far more captured", packet(0xffffffff), "ERR_PCAPNG_BLOCK"],
    ["a short packet block", block(6, data), "ERR_PCAPNG_BLOCK"],
    ["a short interface block", block(1, number(4, 1, true)), "ERR_PCAPNG_BLOCK"],
    ["a foreign byte order", block(0x0a0d0d0a, new Uint8Array(16)), "ERR_PCAPNG_SECTION"],
    ["a foreign version", shb(true, none, { major: 2 }), "ERR_PCAPNG_SECTION"],
  ])("%s is a %s at its block", (_name, bad, code) => {
    const file = join(good, bad, epb(data), epb(data));
    const read = readAll(file);
    expect(read.rows).toHaveLength(1);
    expect(read.fault).toMatchObject({ code, offset: good.length });
    expect(read.fault?.message).toContain(`the block at offset ${good.length} `);
    if (code === "ERR_PCAPNG_SECTION") return;
    const skipped: object[] = [];
    const lenient = readAll(file, { lenient: true, onSkip: (skip) => skipped.push(skip) });
    expect(lenient.fault).toBeUndefined();
    expect(lenient.rows).toHaveLength(3);
    expect(skipped).toMatchObject([{ offset: good.length, length: bad.length, error: { code } }]);
  });

  it("packets before any interface of their section are refused", () => {
    for (const bad of [epb(data), spb(data), pb(data, 0)]) {
      const read = readAll(join(good, shb(), bad));
      expect(read.rows).toHaveLength(1);
      expect(read.fault).toMatchObject({
        code: "ERR_PCAPNG_INTERFACE",
        offset: good.length + 28,
        message: expect.stringContaining("has described 0 so far"),
      });
    }
  });

  it("the first section may not be damaged, even for a lenient reader", () => {
    const file = join(block(0x0a0d0d0a, new Uint8Array(16)), good);
    for (const lenient of [true, false]) {
      expect(readAll(file, { lenient }).fault).toMatchObject({
        code: "ERR_PCAPNG_SECTION",
        offset: 0,
      });
    }
  });

  it("every cut inside a block is reported, after the good packets", () => {
    const file = join(good, epb(data));
    for (let length = 4; length < file.length; length++) {
      const read = readAll(file.slice(0, length));
      expect(read.rows).toHaveLength(length < good.length ? 0 : 1);
      if (length === 28 || length === head.length || length === good.length) {
        expect(read.fault).toBeUndefined();
      } else {
        const starts = [0, 28, head.length, good.length].filter((start) => start <= length);
        expect(read.fault).toMatchObject({
          code: "ERR_PCAPNG_TRUNCATED",
          offset: Math.max(...starts),
        });
      }
    }
    const skipped: object[] = [];
    const cut = file.slice(0, -5);
    expect(readAll(cut, { lenient: true, onSkip: (skip) => skipped.push(skip) }).rows).toHaveLength(
      1,
    );
    expect(skipped).toMatchObject([{ offset: good.length, length: cut.length - good.length }]);
  });

  it("blocks over the limit are refused", () => {
    const read = readAll(join(head, epb(new Uint8Array(100))), { maxRecordLength: 100 });
    expect(read.fault?.message).toContain("more than the limit of 100");
  });

  it("options that overrun their block end the list", () => {
    const options = join(option(1, "good"), number(2, 1, true), number(2, 99, true));
    const [row] = readAll(join(head, epb(data, { options }))).rows;
    const raw = Uint8Array.from(row?.options ?? []);
    expect(readPacketOptions(raw, 0, raw.length, true).comments).toEqual(["good"]);
  });
});
