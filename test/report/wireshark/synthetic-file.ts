import type { SyntheticCapture } from "../../../scripts/synthetic/index.mjs";
import { PcapWriter } from "../../../src/files/pcap-writer.ts";

/** A pcap file, and of each of its frames the name of the capture that it is of. */
export interface SyntheticFile {
  readonly file: Uint8Array;
  readonly owners: readonly string[];
}

/** One file of captures of one link type, one behind the other: each begins a second after the last. */
export function fileOf(members: readonly SyntheticCapture[]): SyntheticFile {
  const writer = new PcapWriter({ linkType: members[0]?.linkType ?? 1 });
  const owners: string[] = [];
  let [start, last] = [0, 0];
  for (const { name, packets, times } of members) {
    for (const [i, packet] of packets().entries()) {
      const bytes = packet.bytes();
      last = start + (times?.[i] ?? i * 1000);
      const [seconds, nanoseconds] = [Math.floor(last / 1000), (last % 1000) * 1_000_000];
      writer.write(bytes, 0, bytes.length, bytes.length, seconds, nanoseconds);
      owners.push(name);
    }
    start = last + 1000;
  }
  return { file: writer.take(), owners };
}
