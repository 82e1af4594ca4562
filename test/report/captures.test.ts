import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as pathOf } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseHex } from "../../src/bytes/hex.ts";
import { openCapture } from "../../src/capture/open.ts";
import { pcapHeader as headerOf } from "../../src/files/pcap-write-headers.ts";
import { build } from "../../src/packet/build.ts";
import { Packet } from "../../src/packet/packet.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { PcapReport } from "../../src/report/capture/pcap.ts";
import { PcapngReport } from "../../src/report/capture/pcapng.ts";
import { ReportError } from "../../src/report/errors.ts";
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
} from "../files/samples.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";
import { datagram, goldenCapture } from "./golden-capture.ts";
import { fileOf, type WriteOptions, written } from "./write.ts";

const session = new Uint8Array(readFileSync("examples/session.pcap"));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(pathOf(tmpdir(), "wirecraft-report-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asPcap = async (file: Uint8Array, options?: WriteOptions): Promise<Buffer> =>
  fileOf((await written(new PcapReport(), file, options)).pieces);
const asPcapng = async (file: Uint8Array, options?: WriteOptions): Promise<Buffer> =>
  fileOf((await written(new PcapngReport(), file, options)).pieces);

const rowsOf = (file: Uint8Array) => {
  const { rows, fault } = readAll(file);
  expect(fault).toBeUndefined();
  return rows;
};
const framesOf = (file: Uint8Array) =>
  rowsOf(file).map(({ bytes, original, time }) => ({ bytes, original, time }));

/** Pcap files of every shape, with lengths that differ. */
const shapes = [
  ...[0xa1b2c3d4, 0xa1b23c4d].flatMap((magic) =>
    [true, false].map((little) => ({ magic, little, minor: 4 })),
  ),
  ...[2, 3].map((minor) => ({ magic: 0xa1b2c3d4, little: true, minor })),
];
const shaped = ({ magic, little, minor }: (typeof shapes)[number]): Uint8Array => {
  const lengths = minor < 3 ? { captured: 60, original: 51 } : { captured: 51, original: 60 };
  return join(
    pcapHeader({ magic, little, minor, snaplen: 77 }),
    pcapRecord(datagram, { little, fraction: 999_999, ...lengths }),
    pcapRecord(datagram, { little, seconds: 0xffff_ffff }),
  );
};
const modified = join(
  pcapHeader({ magic: 0xa1b2cd34 }),
  pcapRecord(datagram, { extra: parseHex("0102030405060708") }),
);

describe("a pcap report", () => {
  it("of a pcap file is that file, whatever its shape", async () => {
    for (const file of [session, modified, ...shapes.map(shaped)])
      expect((await asPcap(file)).equals(file)).toBe(true);
  });

  it("without the records has the same frames behind the same header", async () => {
    for (const file of [session, modified, ...shapes.map(shaped)]) {
      const made = await asPcap(file, { records: false });
      expect(made.subarray(0, 24).equals(file.subarray(0, 24))).toBe(true);
      expect(rowsOf(made)).toEqual(rowsOf(file));
    }
  });

  it("has what was changed, in the shape of the file", async () => {
    for (const file of [modified, ...shapes.map(shaped)]) {
      const longer = await asPcap(file, {
        change: (packet) => void packet.set(ipv4, { ttl: 7 }).append("more"),
      });
      const [before, after] = [rowsOf(file), rowsOf(longer)];
      expect(after.map(({ time }) => time)).toEqual(before.map(({ time }) => time));
      for (const [i, { bytes, original }] of after.entries()) {
        expect(bytes.slice(42, 53)).toEqual([...parseHex("3c2f623e26220a"), ...ascii("more")]);
        expect(bytes[22]).toBe(7);
        expect(original).toBe(before[i]!.original + bytes.length - before[i]!.bytes.length);
      }
      if (file === modified) expect([...longer.subarray(40, 48)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it("has fields that were set in place, with their checksums", async () => {
    const change = (packet: Packet): void => {
      const header = packet.get(ipv4);
      if (header !== undefined) header.ttl = 9;
    };
    const plain = await asPcap(session.slice());
    const set = await asPcap(session.slice(), { change });
    expect(set.length).toBe(plain.length);
    const packets = [...openCapture(new Uint8Array(set))].filter((one) => one.get(ipv4));
    expect(packets.length).toBeGreaterThan(10);
    for (const packet of packets) {
      expect(packet.get(ipv4)!.ttl).toBe(9);
      const copy = packet.copy();
      copy.get(ipv4)!.ttl = 8;
      copy.bytes();
      copy.get(ipv4)!.ttl = 9;
      expect(Buffer.from(copy.bytes()).equals(packet.bytes())).toBe(true);
    }
  });

  it("of a pcapng file has its link type and snaplen, and nanoseconds where an interface is finer", async () => {
    const coarse = join(
      shb(),
      idb(true, undefined, { linkType: 101, snaplen: 300_000 }),
      epb(datagram, { units: 1n }),
    );
    const fine = join(
      shb(),
      idb(),
      idb(true, option(9, Uint8Array.of(9))),
      epb(datagram, { id: 1, units: 1n }),
    );
    const plain = await asPcap(coarse);
    expect(plain.subarray(0, 24).equals(headerOf({ linkType: 101, snaplen: 300_000 }))).toBe(true);
    expect(framesOf(plain)).toEqual(framesOf(coarse));
    const checked = join(shb(), idb(true, option(13, Uint8Array.of(4))), epb(datagram));
    expect(readAll(await asPcap(checked)).interfaces[0]!.fcsLength).toBe(4);
    const exact = await asPcap(fine);
    expect(exact.subarray(0, 24).equals(headerOf({ nanoseconds: true }))).toBe(true);
    expect(framesOf(exact)).toEqual(framesOf(fine));
  });

  it("refuses a packet of another link type, and keeps those before", async () => {
    const file = join(
      shb(),
      idb(),
      idb(true, undefined, { linkType: 101 }),
      epb(datagram),
      epb(datagram, { id: 1 }),
    );
    const report = new PcapReport();
    const late = written(report, file);
    await expect(late).rejects.toThrow(ReportError);
    await expect(late).rejects.toMatchObject({
      code: "ERR_REPORT_LINK_TYPE",
      message:
        "packet 2 is of link type 101, and a pcap file holds those of one, here 1: use pcapng",
    });
  });

  it("takes packets of no capture, of any time", () => {
    const made = build(ethernet(), ipv4(), udp(), "x");
    const at = (seconds: number, nanoseconds: number): Packet =>
      new Packet(
        made.data,
        made.start,
        made.end,
        made.length,
        seconds,
        nanoseconds,
        0,
        made.origin,
        null,
      );
    const report = new PcapReport();
    const times = [at(-5, 1000), at(2 ** 32, 0), at(1, 2000), made];
    const file = fileOf([report.start(), ...times.map((one) => report.packet(one)), report.end()]);
    expect(rowsOf(file).map(({ time }) => time)).toEqual([
      ...["0.000001000", "4294967295.000000000", "1.000002000", "0.000000000"],
    ]);
    const raw = new PcapReport({ linkType: 101 });
    const bytes = fileOf([raw.packet(build(ipv4(), udp())), raw.end()]);
    expect(readAll(bytes).interfaces[0]!.linkType).toBe(101);
  });

  it("cuts what is longer than readers take, and says how long it was", () => {
    const long = new Uint8Array(300_000);
    const file = join(shb(), idb(), epb(long));
    return asPcap(file).then((bytes) => {
      const [row] = rowsOf(bytes);
      expect([row!.bytes.length, row!.original]).toEqual([262_144, 300_000]);
    });
  });

  it("of several files has the frames of all in the shape of the first", async () => {
    const [first, second] = [shaped(shapes[3]!), shaped(shapes[0]!)];
    const report = new PcapReport();
    const pieces = [
      ...(await written(report, first)).pieces,
      ...(await written(report, second)).pieces,
    ];
    expect(framesOf(fileOf(pieces))).toEqual([...framesOf(first), ...framesOf(second)]);
  });
});

/** Blocks with what only odd writers put into them. */
const odd = (little: boolean): Uint8Array => {
  const n32 = (value: number): Uint8Array => number(4, value, little);
  return join(
    shb(little, undefined, { length: 999, minor: 2 }),
    idb(little, option(2, "eth0", little), { snaplen: 4 }),
    idb(little, option(9, Uint8Array.of(0x8a), little)),
    // Padding that is not zero, behind the packet and behind an option, and no end of the options.
    block(
      6,
      join(
        n32(1),
        n32(0),
        n32(3),
        n32(3),
        n32(9),
        ascii("abc!"),
        option(1, "x", little).fill(33, 5),
      ),
      little,
    ),
    spb(ascii("hell"), 5, little),
    pb(datagram, 3, { little, id: 1, units: 7n, options: option(2, n32(1), little) }),
    epb(datagram, { little, id: 1, units: 5_000_000n, original: 77 }),
    isb(1, 3n, new Uint8Array(0), little),
  );
};

describe("a pcapng report", () => {
  it("of a pcapng file is that file, sections of both byte orders and all", async () => {
    for (const file of [goldenCapture, join(odd(true), odd(false), odd(true))])
      expect((await asPcapng(file)).equals(file)).toBe(true);
  });

  it("without the records has the same packets on the same interfaces, with their options", async () => {
    const made = await asPcapng(goldenCapture, { records: false });
    const simple = (file: Uint8Array) =>
      [...openCapture(file, { customBlocks: false })].map(
        ({ time, origin, originalLength, length }) => ({
          ...{ time, originalLength, length, index: origin.interfaceIndex },
        }),
      );
    expect(simple(new Uint8Array(made))).toEqual(simple(goldenCapture));
    const [before, after] = [goldenCapture, new Uint8Array(made)].map((file) => {
      const capture = openCapture(file);
      return [...capture].map((packet) => capture.optionsOf(packet)?.comments ?? []);
    });
    expect(after).toEqual(before);
    expect(before![0]).toHaveLength(2);
  });

  it("has what was changed on its interface, with its options but for the hashes", async () => {
    const change = (packet: Packet): void => {
      if (packet.get(udp)) packet.append("more");
    };
    const made = new Uint8Array(await asPcapng(goldenCapture, { change }));
    const capture = openCapture(made);
    const packets = [...capture];
    const said = capture.optionsOf(packets[0]!)!;
    expect(said).toMatchObject({
      comments: ["two lines\n\tand \u{1f600}", "]]></script>"],
      hashes: [],
      dropCount: 3n,
    });
    expect(packets[0]!.length).toBe(datagram.length + 4);
    // What was not changed is as it was.
    const whole = [...openCapture(goldenCapture)];
    expect(Buffer.from(packets[4]!.bytes())).toEqual(Buffer.from(whole[4]!.bytes()));
    expect(packets.map(({ origin }) => origin.interfaceIndex)).toEqual(
      whole.map(({ origin }) => origin.interfaceIndex),
    );
    expect(packets.map(({ time }) => time)).toEqual(whole.map(({ time }) => time));
  });

  it("of a pcap file has everything that its records say", async () => {
    for (const file of [session, modified, ...shapes.map(shaped)]) {
      const made = await asPcapng(file);
      expect(framesOf(made)).toEqual(framesOf(file));
    }
    const [info] = readAll(await asPcapng(shaped(shapes[2]!))).interfaces;
    expect(info).toMatchObject({ linkType: 1, snaplen: 77, resolution: { base: 10, exponent: 9 } });
  });

  it("has an interface for each link type of packets from no capture", () => {
    const raw = build(ipv4(), udp(), "a");
    const origin = { ...raw.origin, linkType: 101 };
    const placed = new Packet(
      raw.data,
      raw.start,
      raw.end,
      raw.length,
      2 ** 40,
      5,
      0,
      origin,
      null,
    );
    const report = new PcapngReport();
    const all = [build(ethernet(), ipv4(), udp(), "b"), placed, build(ethernet(), ipv4())];
    const { interfaces, rows } = readAll(
      fileOf([...all.map((one) => report.packet(one)), report.end()]),
    );
    expect(interfaces.map(({ linkType }) => linkType)).toEqual([1, 101]);
    expect(rows.map((row) => row.interface)).toEqual([0, 1, 0]);
    expect(rows.map(({ time }) => time)).toEqual(["", "18446744072.000000005", ""]);
  });

  it("takes a packet of another lowest protocol where an interface is there for it, and refuses it else", async () => {
    const wrapped = (packet: Packet): void => void packet.insert(ipv4, ethernet());
    const raw = idb(true, undefined, { linkType: 228 });
    const packet = epb(datagram.subarray(14));
    const both = await asPcapng(join(shb(), raw, idb(), packet), { change: wrapped });
    expect(rowsOf(both)[0]).toMatchObject({ interface: 1 });
    await expect(asPcapng(join(shb(), raw, packet), { change: wrapped })).rejects.toMatchObject({
      code: "ERR_REPORT_LINK_TYPE",
    });
  });

  it("of several files is all of them, one behind the other", async () => {
    const report = new PcapngReport();
    const pieces = [];
    for (const file of [session, goldenCapture, session, goldenCapture])
      pieces.push(...(await written(report, file)).pieces);
    const bytes = fileOf(pieces);
    expect(rowsOf(bytes).map((row) => row.bytes)).toEqual(
      [session, goldenCapture, session, goldenCapture].flatMap((file) =>
        rowsOf(file).map((row) => row.bytes),
      ),
    );
  });

  it("of nothing is a file without packets, and so is a pcap report, of the first interface there is", async () => {
    expect(
      (await asPcap(join(shb(), idb(true, undefined, { linkType: 113 })))).equals(
        headerOf({ linkType: 113 }),
      ),
    ).toBe(true);
    const report = new PcapngReport();
    const file = fileOf([report.start(), report.end()]);
    expect(readAll(file)).toMatchObject({ rows: [], blocks: [{ kind: "sectionHeader" }] });
  });

  it.skipIf(!hasTshark)(
    "is read by tshark, and so is a pcap report, with the frames that the capture has",
    async () => {
      const names = ["frame.number", "frame.time_epoch", "frame.len", "frame.protocols"];
      const cells = (name: string, bytes: Uint8Array) => {
        const path = pathOf(folder, name);
        writeFileSync(path, bytes);
        return tsharkCells(path, names).frames;
      };
      const wanted = tsharkCells("examples/session.pcap", names).frames;
      expect(cells("a.pcapng", await asPcapng(session))).toEqual(wanted);
      expect(cells("b.pcap", await asPcap(await asPcapng(session)))).toEqual(wanted);
      expect(cells("c.pcap", await asPcap(session, { records: false }))).toEqual(wanted);
      const all = cells("d.pcapng", goldenCapture);
      // It counts the two entries of the journal too.
      expect(all).toHaveLength(16);
      expect(cells("e.pcapng", await asPcapng(goldenCapture, { records: false }))).toEqual(all);
    },
  );
});
