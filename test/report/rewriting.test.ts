import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { detectCapture } from "../../src/files/detect.ts";
import { reports } from "../../src/report/reports.ts";
import { readAll } from "../files/samples.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { fileOf, written } from "./write.ts";

const corpus = realCaptures("real captures written again");

/** The file without gzip around it; `undefined` where that is damaged. */
function plain(path: string): Uint8Array | undefined {
  let bytes: Uint8Array = readFileSync(path);
  try {
    while (detectCapture(bytes) === "gzip") bytes = gunzipSync(bytes);
  } catch {
    return undefined;
  }
  return bytes;
}

describe.skipIf(corpus === undefined)("real captures (WIRECRAFT_CORPUS)", () => {
  it("are the same files when they are written again as what they are", async () => {
    const folder = corpus!;
    const wrong: string[] = [];
    const counts = { pcap: 0, pcapng: 0, faulty: 0 };
    for (const path of filesBelow(folder)) {
      const file = plain(path);
      const format = file === undefined ? "unknown" : detectCapture(file);
      if (file === undefined || (format !== "pcap" && format !== "pcapng")) continue;
      const report = reports.get(format)!.create();
      const { pieces, fault } = await written(report, file, { chunkSize: 5000 });
      counts[fault === undefined ? format : "faulty"]++;
      // Of a file with a fault, what comes before it; where that is nothing, a file without packets is written.
      const good = fault === undefined ? file : file.subarray(0, fault.offset);
      if (good.length > 0 && !fileOf(pieces).equals(good)) wrong.push(relative(folder, path));
    }
    console.log(
      `${counts.pcap} pcap and ${counts.pcapng} pcapng files came out byte for byte, and the good part of ${counts.faulty} with faults`,
    );
    expect(wrong).toEqual([]);
    expect(Math.min(counts.pcap, counts.pcapng)).toBeGreaterThan(0);
  });

  it("keep their frames, lengths and times in the other format", async () => {
    const folder = corpus!;
    const wrong: string[] = [];
    let count = 0;
    for (const path of filesBelow(folder)) {
      const file = plain(path);
      if (file === undefined || detectCapture(file) !== "pcap") continue;
      const before = readAll(file);
      if (before.fault !== undefined) continue;
      const { pieces } = await written(reports.get("pcapng")!.create(), file);
      count++;
      const told = ({ rows }: typeof before): unknown =>
        rows.map(({ bytes, original, time }) => ({ bytes, original, time }));
      if (!isDeepStrictEqual(told(readAll(fileOf(pieces))), told(before)))
        wrong.push(relative(folder, path));
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });
});
