import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PcapWriter } from "../../src/files/pcap-writer.ts";

/** One frame of a capture. */
export interface Frame {
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

/** What tshark says of one frame. */
export interface Verdict {
  readonly malformed: boolean;
  /** The states of all checksums in the frame: 0 bad, 1 good, 2 not verified, 3 not present. */
  readonly sums: readonly number[];
  /** `eth:ethertype:ip:udp` */
  readonly protocols: string;
  readonly notes: string;
}

const preferences = [
  "ip.check_checksum:TRUE",
  "tcp.check_checksum:TRUE",
  "udp.check_checksum:TRUE",
  "udplite.check_checksum:TRUE",
  "dccp.check_checksum:TRUE",
  "sctp.checksum:CRC 32c",
  "ip.defragment:FALSE",
  "ipv6.defragment:FALSE",
];
const sums = [
  "ip.checksum.status",
  "tcp.checksum.status",
  "udp.checksum.status",
  "icmp.checksum.status",
  "icmp.ext.checksum.status",
  "icmpv6.checksum.status",
  "igmp.checksum.status",
  "sctp.checksum.status",
  "dccp.checksum.status",
  "hip.checksum.status",
  "shim6.checksum.status",
  "gre.checksum.status",
];

/** A capture file of frames of one link type; the numbers of the frames are their seconds. */
export function captureOf(linkType: number, frames: readonly Uint8Array[]): Uint8Array {
  const writer = new PcapWriter({ linkType });
  for (const [i, bytes] of frames.entries())
    writer.write(bytes, 0, bytes.length, bytes.length, i, 0);
  return writer.take();
}

/** What tshark says of frames, by one run for each link type. Nobody's own preferences play a part. */
export function verdicts(frames: readonly Frame[]): Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), "wirecraft-random-"));
  const made: Verdict[] = [];
  try {
    for (const linkType of new Set(frames.map((frame) => frame.linkType))) {
      const places = frames.flatMap((frame, i) => (frame.linkType === linkType ? [i] : []));
      const file = join(folder, `${linkType}.pcap`);
      writeFileSync(
        file,
        captureOf(
          linkType,
          places.map((i) => frames[i]!.bytes),
        ),
      );
      const lines = run(file, folder);
      if (lines.length !== places.length)
        throw new Error(`tshark read ${lines.length} of ${places.length} frames`);
      for (const [n, i] of places.entries()) made[i] = verdictOf(lines[n]!);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return made;
}

function run(file: string, folder: string): string[] {
  const fields = ["_ws.malformed", "frame.protocols", "_ws.expert.message", ...sums];
  const done = spawnSync(
    "tshark",
    [
      ...["-n", "-r", file, "-T", "fields"],
      ...preferences.flatMap((one) => ["-o", one]),
      ...fields.flatMap((name) => ["-e", name]),
    ],
    {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", HOME: folder, XDG_CONFIG_HOME: folder },
    },
  );
  if (done.status !== 0) throw new Error(`tshark ${file}: ${done.stderr}`);
  return done.stdout.split("\n").slice(0, -1);
}

function verdictOf(line: string): Verdict {
  const [malformed = "", protocols = "", notes = "", ...states] = line.split("\t");
  return {
    malformed: malformed !== "",
    protocols,
    notes,
    sums: states.flatMap((cell) => (cell === "" ? [] : cell.split(",").map(Number))),
  };
}
