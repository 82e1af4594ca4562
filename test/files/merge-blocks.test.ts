import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { turnedBlock } from "../../src/files/byte-order.ts";
import type { ByteSource } from "../../src/files/source.ts";
import { everything, merged, pcap, pcapng } from "./merge-samples.ts";
import { ascii, block, epb, idb, join, readAll } from "./samples.ts";

describe("what a pcapng file keeps", () => {
  it("is the same from either byte order", async () => {
    const [a, b] = await Promise.all([true, false].map((one) => merged([everything(one)])));
    expect(b).toEqual(a);
    const read = readAll(a!.bytes);
    const before = readAll(everything(true));
    expect(read.fault).toBeUndefined();
    expect(read.rows).toEqual(before.rows);
    expect(read.interfaces).toEqual(before.interfaces);
    const shapes = ({ blocks }: typeof read) => blocks.map(({ offset, ...rest }) => rest);
    expect(shapes(read).slice(1)).toEqual(shapes(before).slice(1));
    expect(read.one("sectionHeader").options).toHaveLength(2);
  });

  it("is everything of all captures, with interfaces of their own", async () => {
    const { bytes } = await merged([
      everything(true),
      pcap("p", [3, 4], { network: 101 }),
      everything(false),
    ]);
    const { rows, interfaces, blocks, fault } = readAll(bytes);
    expect(fault).toBeUndefined();
    expect(
      interfaces.map(({ name, linkType, section }) => `${section} ${name} ${linkType}`),
    ).toEqual([...["1 unused 1", "1 eth0 1", "1 undefined 101", "1 unused 1", "1 eth0 1"]]);
    const found = rows.map(({ bytes: data, time, interface: of }) =>
      [String.fromCharCode(...data), time, of].join(" "),
    );
    expect(found).toEqual([
      ...["first 3.000000000 1", "p3 3.000000000 2", "first 3.000000000 4"],
      // A simple packet block is of the first interface; that of the other file needed a time.
      ...["second! 4.000000000 1", "third...  0", "p4 4.000000000 2"],
      ...["second! 4.000000000 4", "third... 0.000000000 3"],
    ]);
    expect(rows[2]!.options).toEqual(rows[0]!.options);
    const statistics = blocks.flatMap((one) => (one.kind === "interfaceStatistics" ? [one] : []));
    expect(statistics.map(({ interfaceIndex }) => interfaceIndex)).toEqual([1, 4]);
    expect(statistics[1]).toMatchObject({ received: 500n, time: { seconds: 5, nanoseconds: 0 } });
    for (const kind of ["nameResolution", "decryptionSecrets", "journal", "custom", "unknown"])
      expect(blocks.filter((one) => one.kind === kind)).toHaveLength(2);
    // Both say the same of the board, and the same comment.
    const header = blocks.find((one) => one.kind === "sectionHeader");
    expect(header).toMatchObject({ sectionLength: -1, options: [{ code: 2 }, { code: 1 }] });
  });

  it("describes interfaces once where all captures begin with the same ones", async () => {
    const count = async (...files: Uint8Array[]) =>
      readAll((await merged(files)).bytes).interfaces.length;
    expect(await count(pcapng("a", [1]), pcapng("a", [2]), pcapng("a", [3], false))).toBe(1);
    expect(await count(pcap("a", [1]), pcap("b", [2]))).toBe(1);
    expect(await count(pcap("a", [1]), pcap("b", [2], { snaplen: 99 }))).toBe(2);
    expect(await count(pcapng("a", [1]), pcapng("a", [2]), pcapng("b", [3]))).toBe(3);
    expect(await count(pcapng("a", [1]), pcap("a", [2]))).toBe(2);
  });

  it("describes an interface that comes late, and those of a second section", async () => {
    const late = join(pcapng("a", [1]), idb(), epb(ascii("late"), { id: 1, units: 2_000_000n }));
    const { bytes } = await merged([join(late, pcapng("s", [3], false)), pcapng("a", [2])]);
    const { rows, interfaces, fault } = readAll(bytes);
    expect(fault).toBeUndefined();
    expect(rows.map((row) => String.fromCharCode(...row.bytes))).toEqual([
      "a1",
      "late",
      "a2",
      "s3",
    ]);
    const names = rows.map((row) => interfaces[row.interface]!.name);
    expect(names).toEqual(["a", undefined, "a", "s"]);
    // Both begin with the interface a.
    expect(interfaces).toHaveLength(3);
  });

  it("is cut when asked to", async () => {
    for (const little of [true, false]) {
      const files = [everything(little), pcap("p", [3]), everything(little)];
      const { bytes } = await merged(files, { snaplen: 3 });
      const { rows, interfaces, fault } = readAll(bytes);
      expect(fault).toBeUndefined();
      expect(new Set(interfaces.map(({ snaplen }) => snaplen))).toEqual(new Set([3]));
      expect(rows.map(({ bytes: data }) => data.length)).toEqual([3, 2, 3, 3, 3, 3, 3]);
      expect(rows.map(({ original }) => original).sort()).toEqual([2, 7, 7, 8, 8, 99, 99]);
      expect(rows[0]!.options).toEqual(readAll(everything(true)).rows[0]!.options);
    }
  });

  it("does not write into what it reads, a Buffer neither", async () => {
    const given = Buffer.from(everything(false));
    const all = await merged([given, Buffer.from(everything(true))]);
    expect(Uint8Array.from(given)).toEqual(everything(false));
    expect(all).toEqual(await merged([everything(false), everything(true)]));
  });

  it("does not change with the size of what is read at a time", async () => {
    const files = [everything(true), pcap("p", [3, 4]), everything(false)];
    const whole = await merged(files);
    const slowly = files.map((file): ByteSource => {
      let at = 0;
      return {
        read: async (into, offset, length) => {
          const piece = file.subarray(at, at + Math.min(length, 13));
          into.set(piece, offset);
          at += piece.length;
          return piece.length;
        },
        close: () => {},
      };
    });
    expect(await merged(slowly)).toEqual(whole);
  });
});

describe("a block in the other byte order", () => {
  it("is the block again when it is turned twice", () => {
    for (const little of [true, false]) {
      const read = readAll(everything(little));
      for (const { raw } of read.blocks)
        expect(turnedBlock(turnedBlock(raw, 0, little), 0, !little)).toEqual(raw);
    }
  });

  it("does not fail on bytes that are none of what they seem", () => {
    const bodies = fc.tuple(
      fc.constantFrom(0x0a0d0d0a, 1, 2, 3, 4, 5, 6, 9, 10, 0xbad, 77),
      fc.uint8Array({ maxLength: 80 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(bodies, ([type, body, little]) => {
        const raw = block(type, body, little);
        const turned = turnedBlock(raw, 0, little);
        expect(turned).toHaveLength(raw.length);
        expect(turned.subarray(0, 8)).toEqual(block(type, body, !little).subarray(0, 8));
      }),
      { numRuns: 300 },
    );
  });
});
