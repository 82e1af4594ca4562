import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ConversationKind,
  Conversations,
} from "../../../src/analysis/statistics/conversations.ts";
import { IoOverTime } from "../../../src/analysis/statistics/io.ts";
import { openCapture } from "../../../src/capture/open.ts";
import { CaptureError } from "../../../src/files/errors.ts";
import { PcapWriter } from "../../../src/files/pcap-writer.ts";
import { build } from "../../../src/packet/build.ts";
import type { Packet } from "../../../src/packet/packet.ts";
import { ethernet } from "../../../src/protocols/link/ethernet.ts";
import { vlan } from "../../../src/protocols/link/vlan.ts";
import { ipv4 } from "../../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../../src/protocols/network/ipv6.ts";
import { tcp } from "../../../src/protocols/transport/tcp.ts";
import { udp } from "../../../src/protocols/transport/udp.ts";
import { filesBelow, realCaptures } from "../../support/corpus.ts";
import { hasTshark, tsharkCells } from "../../support/tshark.ts";

const corpus = realCaptures("statistics of real captures");
if (!hasTshark) console.log("skipped: statistics as tshark counts them (tshark is not installed)");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-statistics-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kinds: readonly ConversationKind[] = ["tcp", "udp", "ip", "ipv6", "eth"];
/** What tells conversations apart in tshark's fields: the number of the stream, or both addresses. */
const columns: Readonly<Record<string, readonly string[]>> = {
  tcp: ["tcp.stream"],
  udp: ["udp.stream"],
  ip: ["ip.src", "ip.dst"],
  ipv6: ["ipv6.src", "ipv6.dst"],
  eth: ["eth.src", "eth.dst"],
};

type Sums = Map<string, { frames: number; bytes: number }>;

/** A layer in a packet that an error quotes has cells, but is no part of a conversation. */
const QUOTING = /icmp(v6)?:ip/;

/** Sums of tshark's fields: by stream, or by the two addresses. */
function theirs(path: string): Record<string, Sums> {
  const names = [...new Set(kinds.flatMap((kind) => columns[kind]!))];
  const { frames } = tsharkCells(path, ["frame.protocols", "frame.len", ...names]);
  const sums: Record<string, Sums> = Object.fromEntries(kinds.map((kind) => [kind, new Map()]));
  for (const [protocols, length, ...cells] of frames) {
    const split = (name: string): string[] =>
      (cells[names.indexOf(name)] || "").split(",").filter(Boolean);
    for (const kind of kinds) {
      const [first, second] = columns[kind]!.map(split);
      first!.forEach((value, i) => {
        // What is quoted comes last.
        if (QUOTING.test(protocols!) && kind !== "eth" && i === first!.length - 1) return;
        const key = second === undefined ? value : [value, second[i]].sort().join(" ");
        add(sums[kind]!, key, 1, Number(length));
      });
    }
  }
  return sums;
}

function add(sums: Sums, key: string, frames: number, bytes: number): void {
  const sum = sums.get(key) ?? { frames: 0, bytes: 0 };
  sums.set(key, { frames: sum.frames + frames, bytes: sum.bytes + bytes });
}

/** As {@link theirs}; `null` for a capture that tshark refuses. */
function theirsOrNone(path: string): Record<string, Sums> | null {
  try {
    return theirs(path);
  } catch {
    return null;
  }
}

async function ours(path: string): Promise<Record<string, Sums>> {
  const counted = kinds.map((kind) => new Conversations(kind));
  try {
    for await (const packet of openCapture(readFileSync(path)))
      for (const one of counted) one.add(packet);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return Object.fromEntries(
    counted.map(({ kind, ...rest }, i) => {
      const sums: Sums = new Map();
      for (const { stream, a, b, frames, bytes } of counted[i]!.list()) {
        const key =
          columns[kind]!.length === 1 ? String(stream) : [a.address, b.address].sort().join(" ");
        add(sums, key, frames, bytes);
      }
      return [kind, sums, rest];
    }),
  );
}

function write(name: string, packets: readonly Packet[]): string {
  const writer = new PcapWriter();
  packets.forEach((packet, i) => {
    const bytes = packet.bytes();
    writer.write(bytes, 0, bytes.length, bytes.length, 1_700_000_000, i * 30_000_000);
  });
  const path = join(folder, name);
  writeFileSync(path, writer.take());
  return path;
}

/** A connection that uses its ports twice, IPv6 in a VLAN, fragments, and a datagram of which one fragment is missing. */
function synthetic(): string {
  const four = (n: number) => ipv4({ src: "192.0.2.1", dst: `192.0.2.${n}` });
  const long = (id: number) =>
    build(
      ethernet(),
      ipv4({ id, src: "192.0.2.1", dst: "192.0.2.7" }),
      udp({ srcPort: 7, dstPort: 8 }),
      new Uint8Array(2000),
    );
  const begin = (seq: number) =>
    build(ethernet(), four(2), tcp({ srcPort: 4000, dstPort: 80, seq, flags: { syn: true } }));
  return write("synthetic.pcap", [
    begin(100),
    begin(100),
    begin(9000),
    build(
      ethernet(),
      vlan({ id: 5 }),
      ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }),
      tcp({ srcPort: 1, dstPort: 2 }),
    ),
    ...long(1).fragment({ size: 1500 }),
    ...long(2).fragment({ size: 1500 }).slice(0, 1),
    build(ethernet(), four(3), udp({ srcPort: 9, dstPort: 9 }), "x"),
  ]);
}

describe.skipIf(!hasTshark)("frames and bytes of conversations", () => {
  it("are those of tshark's fields in the example", async () => {
    const [own, other] = [await ours("examples/session.pcap"), theirs("examples/session.pcap")];
    for (const kind of kinds) expect([kind, own[kind]]).toEqual([kind, other[kind]]);
    expect(kinds.map((kind) => own[kind]!.size)).toEqual([2, 4, 3, 3, 3]);
  });

  it("are those of tshark's fields with fragments, tags and ports used again", async () => {
    const path = synthetic();
    const [own, other] = [await ours(path), theirs(path)];
    for (const kind of kinds) expect([kind, own[kind]]).toEqual([kind, other[kind]]);
    expect(kinds.map((kind) => own[kind]!.size)).toEqual([3, 2, 3, 1, 1]);
  });

  it("are those of tshark's table", async () => {
    const done = spawnSync(
      "tshark",
      ["-n", "-q", "-r", "examples/session.pcap", "-z", "io,stat,0.5"],
      {
        encoding: "utf8",
      },
    );
    const io = new IoOverTime(0.5);
    for await (const packet of openCapture(readFileSync("examples/session.pcap"))) io.add(packet);
    const rows = [...done.stdout.matchAll(/^\|\s*([\d.]+) <>\s*\S+\s*\|\s*(\d+) \|\s*(\d+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(4);
    const list = rows.map(([, from, frames, bytes]) => [
      Number(from) / 0.5,
      Number(frames),
      Number(bytes),
    ]);
    expect(list.filter(([, frames]) => frames! > 0)).toEqual(
      io.list().map(({ index, frames, bytes }) => [index, frames, bytes]),
    );
  });

  it.skipIf(corpus === undefined)(
    "are those of tshark's fields in real captures",
    { timeout: 600_000 },
    async () => {
      const paths = filesBelow(corpus!).filter((path) => statSync(path).size < 300_000);
      const compared: Record<string, number> = {};
      const differing: string[] = [];
      for (const path of paths.filter((_, i) => i % 6 === 0)) {
        const [own, other] = [await ours(path), theirsOrNone(path)];
        for (const kind of other === null ? [] : kinds) {
          const keys = new Set([...own[kind]!.keys(), ...other![kind]!.keys()]);
          if (keys.size === 0) continue;
          compared[kind] = (compared[kind] ?? 0) + 1;
          const isSame = [...keys].every((key) => {
            const [x, y] = [own[kind]!.get(key), other![kind]!.get(key)];
            return x?.frames === y?.frames && x?.bytes === y?.bytes;
          });
          if (!isSame) differing.push(`${kind} ${path}`);
        }
      }
      const total = Object.values(compared).reduce((sum, n) => sum + n, 0);
      console.log(
        `captures compared with tshark: ${JSON.stringify(compared)}, differing: ${differing.length}`,
      );
      for (const one of differing) console.log(`  ${one}`);
      expect(total).toBeGreaterThan(100);
      // Bad headers that the two take for different layers.
      expect(differing.length).toBeLessThanOrEqual(0.04 * total);
    },
  );
});
