import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CaptureError } from "../../src/files/errors.ts";
import { flowFacts } from "../../src/flow/place.ts";
import { FlowTable } from "../../src/flow/table.ts";
import { openCapture } from "../../src/node/open.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { hasTshark } from "../support/tshark.ts";

const corpus = realCaptures("flows of real captures");
if (!hasTshark)
  console.log("skipped: conversations as tshark counts them (tshark is not installed)");

/** What one side sent, under its end and the other one's. tshark rounds what is long: then `unit` is not 1. */
interface Sent {
  readonly frames: number;
  readonly bytes: number;
  readonly unit: number;
}
type Sides = Map<string, Sent>;

const units: Readonly<Record<string, number>> = { bytes: 1, kB: 1e3, MB: 1e6 };

/** tshark's table: for each conversation, what went either way. Ends that were used again come together. */
function conversations(path: string, protocol: string): Sides {
  const own = ["-n", "-q", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"];
  const done = spawnSync("tshark", [...own, "-r", path, "-z", `conv,${protocol}`], {
    encoding: "utf8",
  });
  const rows = done.stdout.matchAll(
    /^(\S+)\s+<->\s+(\S+)\s+(\d+) ([\d,]+) (\w+)\s+(\d+) ([\d,]+) (\w+)\s+\d+ /gm,
  );
  const sides: Sides = new Map();
  for (const [, one, other, back, backBytes, backUnit, there, thereBytes, thereUnit] of rows) {
    add(sides, `${one} ${other}`, there!, thereBytes!, units[thereUnit!]!);
    add(sides, `${other} ${one}`, back!, backBytes!, units[backUnit!]!);
  }
  return sides;
}

function add(
  sides: Sides,
  ends: string,
  frames: number | string,
  bytes: number | string,
  unit = 1,
): void {
  if (Number(frames) === 0) return;
  const before = sides.get(ends) ?? { frames: 0, bytes: 0, unit: 1 };
  sides.set(ends, {
    frames: before.frames + Number(frames),
    bytes: before.bytes + Number(String(bytes).replaceAll(",", "")) * unit,
    unit: before.unit === 1 && unit === 1 ? 1 : before.unit + unit,
  });
}

/** What differs: frames always, bytes where tshark gives them all; where it rounds them, by more than it rounds. */
function differences(own: Sides, theirs: Sides): string[] {
  const names = new Set([...own.keys(), ...theirs.keys()]);
  return [...names].filter((name) => {
    const [a, b] = [own.get(name), theirs.get(name)];
    if (a === undefined || b === undefined || a.frames !== b.frames) return true;
    return b.unit === 1 ? a.bytes !== b.bytes : Math.abs(a.bytes - b.bytes) > b.unit;
  });
}

/** Of packets in packets tshark counts all; and it goes by the last address of a route, and by what it can make of faults. */
function isPlain(packet: Packet): boolean {
  let networks = 0;
  for (let l = packet.first; l !== null; l = l.upper) {
    if (l.schema.root.name === "ipv6Routing") return false;
    if (flowFacts(l.schema).role === "network") networks++;
    if (l.schema.spec.quotes) break;
  }
  return networks <= 1 && packet.error === null;
}

async function ours(path: string): Promise<{ tcp: Sides; udp: Sides; isPlain: boolean }> {
  const found = { tcp: new Map() as Sides, udp: new Map() as Sides };
  let plain = true;
  const forever = Number.POSITIVE_INFINITY;
  const table = new FlowTable({
    ...{ idleTimeout: forever, newTimeout: forever, closedTimeout: forever },
    onEnd: (flow) => {
      const name = flow.transport?.name;
      if (name !== "tcp" && name !== "udp") return;
      const [one, other] = [`${flow.src}:${flow.srcPort}`, `${flow.dst}:${flow.dstPort}`];
      add(found[name], `${one} ${other}`, flow.originator.packets, flow.originator.bytes);
      add(found[name], `${other} ${one}`, flow.responder.packets, flow.responder.bytes);
    },
  });
  try {
    for await (const packet of openCapture(path)) {
      plain &&= isPlain(packet);
      table.add(packet);
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    plain = false;
  }
  table.flush();
  return { ...found, isPlain: plain };
}

describe.skipIf(!hasTshark)("frames and bytes of conversations", () => {
  it("are those that tshark counts in the example", async () => {
    const path = "examples/session.pcap";
    const { tcp, udp } = await ours(path);
    expect([tcp.size, udp.size]).toEqual([4, 6]);
    expect(tcp).toEqual(conversations(path, "tcp"));
    expect(udp).toEqual(conversations(path, "udp"));
  });

  it.skipIf(corpus === undefined)(
    "are those that tshark counts in real captures",
    { timeout: 600_000 },
    async () => {
      const paths = filesBelow(corpus!).filter((path) => statSync(path).size < 200_000);
      const differing: string[] = [];
      let compared = 0;
      for (const path of paths.filter((_, i) => i % 9 === 0)) {
        const own = await ours(path);
        if (!own.isPlain || own.tcp.size + own.udp.size === 0) continue;
        compared++;
        for (const name of ["tcp", "udp"] as const)
          for (const ends of differences(own[name], conversations(path, name)))
            differing.push(`${name} ${path}: ${ends}`);
      }
      console.log(`${compared} captures compared with tshark`);
      expect(compared).toBeGreaterThan(20);
      expect(differing).toEqual([]);
    },
  );
});
