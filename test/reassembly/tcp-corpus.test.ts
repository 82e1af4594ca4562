import { basename, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { CaptureError } from "../../src/files/errors.ts";
import { openCapture } from "../../src/node/open.ts";
import { TcpReassembly } from "../../src/reassembly/tcp.ts";
import {
  FollowCollector,
  type FollowedStream,
  followLine,
} from "../../src/reassembly/tcp-follow.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { hasTshark } from "../support/tshark.ts";
import { golden } from "./tcp-golden.ts";

const corpus = realCaptures("real streams");
if (!hasTshark) console.log("skipped: real streams (tshark is not installed)");

/** What tshark does otherwise, and why that is not to be followed. */
const explained: Readonly<Record<string, string>> = {
  "of13_ericsson.pcapng 9":
    "the addresses of a packet inside an OpenFlow message are taken for those of the stream, so that sides change",
  "contentline-irc-5k-line.pcap 0":
    "a keep-alive that is the first packet of its side is taken for the place where that begins: one byte missing",
};

interface Found {
  readonly streams: ReadonlyMap<number, FollowedStream>;
  readonly reassembly: TcpReassembly;
}

async function followed(path: string): Promise<Found> {
  const streams = new Map<number, FollowedStream>();
  const consumer = new FollowCollector({
    onStream: (one) => streams.set(one.stream.index, one),
  });
  const reassembly = new TcpReassembly({ consumer });
  try {
    for await (const packet of openCapture(path)) reassembly.add(packet);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  reassembly.flush();
  return { streams, reassembly };
}

const linesOf = ({ chunks }: FollowedStream): string[] => chunks.map(followLine);

describe.skipIf(corpus === undefined || !hasTshark)("real captures", () => {
  it("hold the streams that tshark follows, chunk by chunk", async () => {
    const folder = corpus!;
    const [files, streams, same, known, unseen] = [0, 0, 0, 0, 0].map((n) => ({ n }));
    const different: string[] = [];
    for (const path of filesBelow(folder)) {
      const { streams: found, reassembly } = await followed(path);
      if (reassembly.stats.segments === 0) continue;
      const { followed: wanted, segments } = golden(path, [...found.keys()]);
      files!.n++;
      const withData = new Set(segments.filter((one) => one.length > 0).map((one) => one.stream));
      for (const index of withData)
        if (!found.has(index)) different.push(`${relative(folder, path)} ${index}: not found`);
      for (const { index, lines } of wanted) {
        streams!.n++;
        const got = linesOf(found.get(index)!);
        if (got.join("\n") === lines.join("\n")) same!.n++;
        else if (`${basename(path)} ${index}` in explained) known!.n++;
        // A tunnel that tshark does not look into has no streams there.
        else if (segments.length === 0) unseen!.n++;
        else
          different.push(
            `${relative(folder, path)} ${index}: ${got.length} ${lines.length} ${firstDifference(got, lines)}`,
          );
      }
    }
    console.log(
      `${files!.n} captures, ${streams!.n} streams, ${same!.n} as tshark has them, ${known!.n} explained, ${unseen!.n} in tunnels that it does not look into`,
    );
    expect(same!.n).toBeGreaterThan(0);
    // What is explained must stay rare.
    expect(known!.n).toBeLessThanOrEqual(streams!.n / 100);
    expect(different).toEqual([]);
  }, 900_000);
});

function firstDifference(got: readonly string[], wanted: readonly string[]): string {
  const at = wanted.findIndex((line, i) => line !== got[i]);
  const short = (line: string | undefined): string =>
    line === undefined ? "none" : `${line.length / 2} ${line.slice(0, 40)}`;
  return `line ${at}: here ${short(got[at])}, there ${short(wanted[at])}`;
}
