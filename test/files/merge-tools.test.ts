import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join as joinPath } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import { CaptureError } from "../../src/files/errors.ts";
import { type MergeOptions, mergeCaptures } from "../../src/files/merge.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { bytesSource } from "../../src/files/source.ts";
import { readRecordsSync } from "../../src/files/stream.ts";
import { fileSource } from "../../src/node/source.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";
import { readAll } from "./samples.ts";

const hasMergecap = spawnSync("mergecap", ["--version"]).status === 0;
if (!hasMergecap) console.log("skipped: what mergecap makes of captures, which is not installed");
const corpus = realCaptures("real captures merged");

const folder = mkdtempSync(joinPath(tmpdir(), "wirecraft-merge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stored(name: string, bytes: Uint8Array): string {
  const file = joinPath(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** What we make of some files; undefined where one of them has a fault, or pcap cannot hold it. */
async function ours(paths: readonly string[], options: MergeOptions): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of mergeCaptures(paths.map(fileSource), options)) pieces.push(piece);
  } catch (fault) {
    if (!(fault instanceof CaptureError || fault instanceof RangeError)) throw fault;
    return undefined;
  }
  return Buffer.concat(pieces);
}

/**
 * What mergecap makes of them; undefined where it refuses to. Of equal times it takes the last file first, and we the first:
 * so it gets the files the other way round, where they are not put one behind the other.
 */
function theirs(paths: readonly string[], ...args: string[]): Uint8Array | undefined {
  const out = joinPath(folder, "mergecap.out");
  const inOrder = args.includes("-a") ? paths : [...paths].reverse();
  const done = spawnSync("mergecap", [...args, "-w", out, ...inOrder]);
  return done.status === 0 ? readFileSync(out) : undefined;
}

/** Link types that Wireshark does not tell apart: it writes PPP in HDLC framing (50) as PPP (9). */
const linkTypeOf = (linkType: number): number => (linkType === 50 ? 9 : linkType);

/** Whether a capture has times whose fraction is a second and more: we count it in, Wireshark makes something of it. */
function hasOddTimes(path: string): boolean {
  const file = new DataView(Uint8Array.from(readFileSync(path)).buffer);
  let isOdd = false;
  let isNano = false;
  try {
    for (const _ of readRecordsSync(bytesSource(new Uint8Array(file.buffer)), {
      interface: ({ format, resolution }) =>
        void (isNano = format === "pcap" && resolution.exponent === 9),
      record(...[, , , , , , , , , little, at]) {
        isOdd ||= file.getUint32(at + 4, little) >= (isNano ? 1e9 : 1e6);
      },
      block: () => {},
      take: () => undefined,
    }));
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return isOdd && [0xa1, 0xd4, 0x4d, 0x34].includes(file.getUint8(0));
}

/**
 * Packets with their times, lengths and link types; mergecap gives the time 0 to packets that have none. To it, interfaces of which
 * one has no name can be the same.
 */
function packets(bytes: Uint8Array): string[] {
  const { rows, interfaces } = readAll(bytes);
  return rows.map(({ time, original, bytes: data, interface: of }) => {
    const linkType = linkTypeOf(interfaces[of]!.linkType);
    return [time || "0.000000000", original, linkType, Buffer.from(data).toString("hex")].join(" ");
  });
}

/** Synthetic Ethernet packets dealt out to some files of either format, with times that meet. */
function samples(): string[] {
  const frames = captures
    .filter((one) => one.linkType === 1)
    .flatMap((one) =>
      one
        .packets()
        .slice(0, 2)
        .map((packet) => packet.bytes()),
    );
  return [0, 1, 2, 3].map((file) => {
    const writer =
      file % 2 === 0 ? new PcapWriter({ linkType: 1 }) : new PcapngWriter({ name: `eth${file}` });
    for (const [i, frame] of frames.entries()) {
      if (i % 4 !== file) continue;
      // Every now and then a time goes back, and many are equal.
      const seconds = 1_772_436_600 + Math.floor(i / 9) - (i % 13 === 0 ? 3 : 0);
      writer.write(frame, 0, frame.length, frame.length, seconds, (i % 3) * 1000);
    }
    return stored(`sample${file}.${file % 2 === 0 ? "pcap" : "pcapng"}`, writer.take());
  });
}
const files = samples();

describe.skipIf(!hasMergecap)("what mergecap does", () => {
  it.each([
    [[], {}],
    [["-a"], { append: true }],
    [["-s", "50"], { snaplen: 50 }],
    [["-F", "pcap"], { format: "pcap" }],
    [["-F", "nsecpcap", "-a", "-s", "33"], { format: "pcap", append: true, snaplen: 33 }],
  ] satisfies readonly (readonly [string[], MergeOptions])[])(
    "%j gives the same packets",
    async (args, options) => {
      for (const paths of [
        files,
        [...files].reverse(),
        [files[0]!, files[0]!],
        [files[1]!, files[1]!],
      ]) {
        const [expected, found] = [theirs(paths, ...args), await ours(paths, options)];
        expect(packets(found!).length).toBeGreaterThan(10);
        expect(packets(found!)).toEqual(packets(expected!));
        const interfaces = (bytes: Uint8Array) => readAll(bytes).interfaces.length;
        expect(interfaces(found!)).toBe(interfaces(expected!));
      }
    },
  );

  it.skipIf(!hasTshark)("is read by tshark as what we write", async () => {
    const cells = [
      "frame.number",
      "frame.time_epoch",
      "frame.len",
      "frame.cap_len",
      "frame.interface_name",
    ];
    const expected = stored("theirs", theirs(files)!);
    const found = stored("ours", (await ours(files, {}))!);
    const read = tsharkCells(found, cells).frames;
    expect(read.length).toBeGreaterThan(10);
    expect(read).toEqual(tsharkCells(expected, cells).frames);
  });
});

describe.skipIf(!hasMergecap || corpus === undefined)("real captures", () => {
  it("are merged as mergecap does it, three at a time", async () => {
    const small = filesBelow(corpus!).filter(
      (path) => statSync(path).size < 1_000_000 && !hasOddTimes(path),
    );
    const wrong: string[] = [];
    let count = 0;
    for (let i = 0; i + 2 < small.length; i += 21) {
      const paths = [small[i]!, small[(i + 400) % small.length]!, small[i + 2]!];
      for (const [args, options] of [
        [[], {}],
        [["-a"], { append: true }],
        [["-F", "nsecpcap"], { format: "pcap" }],
      ] satisfies readonly (readonly [string[], MergeOptions])[]) {
        const found = await ours(paths, options);
        const expected = found && theirs(paths, ...args);
        if (found === undefined || expected === undefined) continue;
        count++;
        if (packets(found).join("\n") !== packets(expected).join("\n"))
          wrong.push(`${paths.map((path) => basename(path)).join(" ")} ${args.join(" ")}`);
      }
    }
    console.log(`${count} files compared with those of mergecap`);
    expect(count).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(!hasTshark)("captures in the other byte order", () => {
  it("are read by tshark as they were, when they are merged", async () => {
    const cells = [
      ...["frame.time_epoch", "frame.len", "frame.interface_name", "frame.comment"],
      ...["frame.packet_flags", "frame.packet_id", "frame.interface_queue", "frame.drop_count"],
    ];
    const make = (littleEndian: boolean): Uint8Array => {
      const writer = new PcapngWriter({ littleEndian });
      writer.interface({ name: "tun0", resolution: { base: 2, exponent: 20 }, timeOffset: 3600 });
      writer.secrets({
        secrets: "tlsKeyLog",
        data: new TextEncoder().encode("CLIENT_RANDOM 00 11\n"),
      });
      const data = new Uint8Array(60);
      writer.write(data, 0, 60, 60, 1_700_000_000, 500_000_000, 0, {
        comment: "größer",
        flags: { direction: "outbound", crcError: true },
        packetId: 77,
        queue: 5,
        dropCount: 9,
      });
      return writer.take();
    };
    const [little, big] = [stored("little", make(true)), stored("big", make(false))];
    const found: Uint8Array[] = [];
    for await (const piece of mergeCaptures([bytesSource(readFileSync(big))])) found.push(piece);
    const read = tsharkCells(stored("merged", Buffer.concat(found)), cells).frames;
    expect(read).toEqual(tsharkCells(little, cells).frames);
    expect(read[0]).toContain("größer");
  });
});
