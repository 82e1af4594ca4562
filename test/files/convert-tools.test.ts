import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join as joinPath } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import { type ConvertOptions, RecordConverter } from "../../src/files/convert.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { parseNumberRanges, parseTime } from "../../src/files/select.ts";
import { bytesSource } from "../../src/files/source.ts";
import { readRecordsSync } from "../../src/files/stream.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";
import { readAll } from "./samples.ts";

const hasEditcap = spawnSync("editcap", ["--version"]).status === 0;
if (!hasEditcap) console.log("skipped: what editcap makes of a capture, which is not installed");
const corpus = realCaptures("real captures written again");

const folder = mkdtempSync(joinPath(tmpdir(), "wirecraft-convert-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stored(name: string, bytes: Uint8Array): string {
  const file = joinPath(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** What the converter writes, up to the first fault of the file. */
function ours(
  file: Uint8Array,
  options: ConvertOptions = {},
): { bytes: Buffer; fault?: CaptureError } {
  const converter = new RecordConverter(options);
  const pieces: Uint8Array[] = [];
  try {
    for (const piece of readRecordsSync(bytesSource(file), converter)) pieces.push(piece);
  } catch (fault) {
    if (!(fault instanceof CaptureError)) throw fault;
    return { bytes: Buffer.concat([...pieces, converter.finish()]), fault };
  }
  return { bytes: Buffer.concat([...pieces, converter.finish()]) };
}

/** What editcap writes; undefined where it refuses to. */
function theirs(file: string, ...args: string[]): Uint8Array | undefined {
  const out = joinPath(folder, "editcap.out");
  const [numbers, flags] = [
    args.filter((one) => /^\d/.test(one)),
    args.filter((one) => !/^\d/.test(one)),
  ];
  // Options of which the value is a number are written in one word.
  const done = spawnSync("editcap", [...flags, file, out, ...numbers], {
    env: { ...process.env, TZ: "UTC" },
  });
  return done.status === 0 ? readFileSync(out) : undefined;
}

/** Packets with their times and lengths, for comparing; editcap gives the time 0 to packets that have none. */
const packets = (bytes: Uint8Array): string[] =>
  readAll(bytes).rows.map(({ time, original, bytes: data }) =>
    [time || "0.000000000", original, Buffer.from(data).toString("hex")].join(" "),
  );

/** The synthetic Ethernet packets, some cut, with times a little apart; in both formats. */
function samples(): { pcap: Uint8Array; pcapng: Uint8Array } {
  const [pcap, pcapng] = [
    new PcapWriter({ linkType: 1 }),
    new PcapngWriter({ linkType: 1, name: "eth0" }),
  ];
  let count = 0;
  for (const capture of captures.filter((one) => one.linkType === 1))
    for (const packet of capture.packets().slice(0, 3)) {
      const bytes = packet.bytes();
      const end = count % 5 === 0 ? Math.min(bytes.length, 64) : bytes.length;
      const seconds = 1_772_436_600 + Math.floor(count / 7);
      const time = [seconds, (count % 7) * 111_111_000] as const;
      pcap.write(bytes, 0, end, bytes.length, ...time);
      pcapng.write(bytes, 0, end, bytes.length, ...time, 0, { comment: `packet ${count}` });
      count++;
    }
  return { pcap: pcap.take(), pcapng: pcapng.take() };
}

const made = samples();
const files = {
  pcap: stored("sample.pcap", made.pcap),
  pcapng: stored("sample.pcapng", made.pcapng),
};
const numbers = (text: string): ConvertOptions => ({ packets: parseNumberRanges(text) });

const cases: readonly (readonly [string[], ConvertOptions])[] = [
  [["-Fpcap"], { format: "pcap" }],
  [["-Fnsecpcap"], { format: "pcap" }],
  [["-Fpcapng"], { format: "pcapng" }],
  [["-s60"], { snaplen: 60 }],
  [["-s61", "-Fpcapng"], { snaplen: 61, format: "pcapng" }],
  [["-s1", "-Fpcap"], { snaplen: 1, format: "pcap" }],
  [["-r", "3-9", "12", "40-60"], numbers("3-9,12,40-60")],
  [["-A1772436603"], { after: parseTime("1772436603") }],
  [["-B1772436605"], { before: parseTime("1772436605") }],
  [
    ["-A2026-03-02T07:30:03.111111", "-B2026-03-02T07:30:05.222222"],
    {
      after: parseTime("2026-03-02T07:30:03.111111Z"),
      before: parseTime("2026-03-02T07:30:05.222222Z"),
    },
  ],
  [
    ["-A1772436603.111111", "-s70", "-Fpcap"],
    { after: parseTime("1772436603.111111"), snaplen: 70, format: "pcap" },
  ],
];

describe.skipIf(!hasEditcap)("what editcap does", () => {
  it.each(cases)("%j gives the same packets", (args, options) => {
    for (const [name, path] of Object.entries(files)) {
      const file = readFileSync(path);
      const expected = theirs(path, ...args);
      expect(expected, name).toBeDefined();
      const found = ours(file, options).bytes;
      expect(packets(found)).toEqual(packets(expected!));
      expect(packets(found).length).toBeGreaterThan(0);
    }
  });

  it.skipIf(!hasTshark)("is read by tshark as what we write", () => {
    const cells = [
      "frame.number",
      "frame.time_epoch",
      "frame.len",
      "frame.cap_len",
      "frame.comment",
    ];
    for (const path of Object.values(files))
      for (const [args, options] of [cases[2]!, cases[4]!, cases[5]!]) {
        const expected = stored("theirs", theirs(path, ...args)!);
        const found = stored("ours", ours(readFileSync(path), options).bytes);
        const read = tsharkCells(found, cells).frames;
        expect(read.length).toBeGreaterThan(10);
        expect(read).toEqual(tsharkCells(expected, cells).frames);
      }
  });
});

/** The file without gzip around it; undefined where that is damaged, or another compression. */
function plain(path: string): Uint8Array | undefined {
  let bytes: Uint8Array = readFileSync(path);
  try {
    while (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  } catch {
    return undefined;
  }
  return bytes;
}

describe.skipIf(corpus === undefined)("real captures", () => {
  it("come out byte for byte as they went in, up to a fault", () => {
    const wrong: string[] = [];
    let whole = 0;
    let faults = 0;
    for (const path of filesBelow(corpus!)) {
      const file = plain(path);
      if (file === undefined) continue;
      const { bytes, fault } = ours(file);
      // Compressed with something else, or no capture: nothing to compare.
      if (fault?.code === "ERR_CAPTURE_COMPRESSED" || fault?.offset === 0) continue;
      if (fault === undefined) whole++;
      else faults++;
      if (Buffer.compare(bytes, file.subarray(0, fault?.offset)) !== 0) wrong.push(basename(path));
    }
    console.log(`${whole} captures converted to themselves, and ${faults} up to their fault`);
    expect(whole).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  it.skipIf(!hasEditcap)("are cut and converted as editcap does it", () => {
    const wrong: string[] = [];
    let count = 0;
    for (const [i, path] of filesBelow(corpus!).entries()) {
      if (i % 12 !== 0) continue;
      const file = plain(path);
      if (file === undefined || ours(file).fault !== undefined) continue;
      const ways: readonly (readonly [string[], ConvertOptions])[] = [
        [["-s50"], { snaplen: 50 }],
        [["-Fnsecpcap"], { format: "pcap" }],
        [["-r", "2-5", "9-100000"], numbers("2-5,9-100000")],
      ];
      for (const [args, options] of ways) {
        const expected = theirs(path, ...args);
        if (expected === undefined) continue;
        count++;
        const found = ours(file, options).bytes;
        if (packets(found).join() !== packets(expected).join())
          wrong.push(`${basename(path)} ${args}`);
      }
    }
    console.log(`${count} files compared with those of editcap`);
    expect(count).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});
