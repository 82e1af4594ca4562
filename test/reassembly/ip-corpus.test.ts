import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import { CaptureError } from "../../src/files/errors.ts";
import { openCapture } from "../../src/node/open.ts";
import type { CompletedDatagram } from "../../src/reassembly/datagram.ts";
import { IpReassembly } from "../../src/reassembly/ip.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";

const corpus = realCaptures("real fragments");
if (!hasTshark) console.log("skipped: real fragments (tshark is not installed)");

interface Found {
  readonly datagrams: CompletedDatagram[];
  readonly reassembly: IpReassembly;
}

async function reassembled(path: string): Promise<Found> {
  const reassembly = new IpReassembly();
  const datagrams: CompletedDatagram[] = [];
  // Datagrams inside datagrams come to light when those are added in turn.
  reassembly.onCompleted((one) => {
    datagrams.push(one);
    reassembly.add(one.packet);
  });
  try {
    for await (const packet of openCapture(path)) reassembly.add(packet);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return { datagrams, reassembly };
}

const NAMES = ["frame.number", "ip.reassembled.length", "ip.reassembled.data", "ip.fragment"];
const NAMES_6 = ["ipv6.reassembled.length", "ipv6.reassembled.data", "ipv6.fragment"];

/** What tshark put together: frame, length, bytes and frames of the fragments, as one line each. */
function byTshark(path: string): string[] {
  return tsharkCells(path, [...NAMES, ...NAMES_6]).frames.flatMap(([frame, ...cells]) =>
    [cells.slice(0, 3), cells.slice(3)].flatMap(([lengths, data, fragments]) => {
      if (!lengths) return [];
      const each = lengths.split(",");
      // Of several in one frame the fragments are listed one after the other.
      const count = fragments!.split(",").length;
      return each.map(
        (length, i) =>
          `${frame} ${length} ${data!.split(",")[i]}${each.length > 1 ? "" : ` ${count}`}`,
      );
    }),
  );
}

const lineOf = ({ packet, payload, index }: CompletedDatagram, isOne: boolean): string => {
  const data = Array.from(payload, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${packet.number} ${payload.length} ${data}${isOne ? ` ${index.length}` : ""}`;
};

/**
 * tshark puts together what is too long with the extension headers in front of it, where RFC 8200 §4.5 has the fragment
 * discarded that makes it so.
 */
const isTooLong = (line: string, malformed: number): boolean =>
  malformed > 0 && Number(line.split(" ")[1]) + 8 > 65_535;

describe.skipIf(corpus === undefined || !hasTshark)("real captures", () => {
  it("hold the datagrams that tshark finds", async () => {
    const folder = corpus!;
    let [files, same] = [0, 0];
    const different: string[] = [];
    for (const path of filesBelow(folder)) {
      const { datagrams, reassembly } = await reassembled(path);
      const { stats } = reassembly;
      if (stats.fragments + stats.malformed + stats.cut + stats.late === 0) continue;
      files++;
      const wanted = byTshark(path).filter((line) => !isTooLong(line, stats.malformed));
      const perFrame = new Map<number, number>();
      for (const { packet } of datagrams)
        perFrame.set(packet.number, (perFrame.get(packet.number) ?? 0) + 1);
      const got = datagrams.map((one) => lineOf(one, perFrame.get(one.packet.number) === 1));
      same += got.filter((one) => wanted.includes(one)).length;
      const short = (line: string): string =>
        line.length > 60 ? `${line.slice(0, 60)}...${line.slice(-4)}` : line;
      for (const one of wanted.filter((line) => !got.includes(line)))
        different.push(
          `${relative(folder, path)}: only tshark ${short(one)} ${JSON.stringify(stats)}`,
        );
      for (const one of got.filter((line) => !wanted.includes(line)))
        different.push(`${relative(folder, path)}: only here ${short(one)}`);
    }
    console.log(`${files} captures with fragments, ${same} datagrams as tshark has them`);
    expect(different).toEqual([]);
    expect(same).toBeGreaterThan(0);
  }, 900_000);
});
