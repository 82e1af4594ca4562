import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Packet } from "../../src/packet/packet.ts";
import { random } from "../../src/packet/random.ts";
import { all } from "../../src/protocols/all.ts";
import { hex } from "../support/packets.ts";
import { captureOf } from "./random-captures.ts";
import { carried } from "./random-stacks.ts";
import {
  differences,
  isClass,
  recordFor,
  type ScapyLayer,
  strangePaths,
  unnamedParts,
} from "./scapy-compare.ts";
import { scapyFaults } from "./scapy-faults.ts";
import { scapyNames, scapyUnknown } from "./scapy-names.ts";

/** Random packets of each protocol: Scapy takes about a millisecond for one. */
const COUNT = 200;

/** Debian puts Scapy into its own Python. */
const PYTHON = "/usr/bin/python3";
const hasScapy = spawnSync(PYTHON, ["-c", "import scapy"]).status === 0;
if (!hasScapy) console.log("random packets: Scapy is not installed, nothing is compared with it");

/** The layers that Scapy finds in a frame. */
type Shown = readonly ScapyLayer[];

interface Case {
  readonly packet: Packet;
  readonly seed: number;
}

describe.skipIf(!hasScapy)("random packets as Scapy reads them", () => {
  const known = carried.filter(({ protocol }) => scapyNames[protocol.schema.name] !== undefined);
  const cases = new Map<string, Case[]>();
  const read = new Map<Case, Shown>();

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "wirecraft-scapy-"));
    const order: Case[] = [];
    const files: string[] = [];
    try {
      for (const { name, stack, linkType } of known) {
        const place = carried.findIndex((one) => one.name === name);
        const own = Array.from({ length: COUNT }, (_, i): Case => {
          const seed = i * 1000 + place;
          return { packet: random(stack, { seed }), seed };
        });
        cases.set(name, own);
        order.push(...own);
        const file = join(folder, `${name}.pcap`);
        writeFileSync(
          file,
          captureOf(
            linkType,
            own.map(({ packet }) => packet.bytes()),
          ),
        );
        files.push(file);
      }
      const script = fileURLToPath(new URL("random-scapy.py", import.meta.url));
      const done = spawnSync(PYTHON, [script, ...files], { encoding: "utf8", maxBuffer: 1 << 28 });
      if (done.status !== 0) throw new Error(`Scapy: ${done.stderr}`);
      const lines = done.stdout.split("\n").slice(0, -1);
      expect(lines.length).toBe(order.length);
      for (const [i, one] of order.entries()) read.set(one, JSON.parse(lines[i]!) as Shown);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  /** Compares the layers of a packet that Scapy knows too, one after the other; `met` is told of each that it has. */
  function faultsOf(one: Case, met: (name: string) => void = () => {}): string[] {
    const rest = [...read.get(one)!];
    return one.packet.layers.flatMap((layer) => {
      const { name } = layer.schema.root;
      const table = scapyNames[name];
      if (table === undefined) return [];
      const record = recordFor(layer.schema, table);
      if (typeof record === "string") return [];
      const { or } = record;
      const place = rest.findIndex(
        ([found]) => isClass(found, record) || (or !== undefined && isClass(found, or)),
      );
      const [found, theirs] = rest[place] ?? ["", null];
      if (theirs === null) return [`${name}: Scapy has no ${[record.layer].flat().join(" or ")}`];
      rest.splice(0, place + 1);
      met(name);
      const names = isClass(found, record) ? record : { ...record, ...or };
      return differences(layer, names, theirs, rest, name);
    });
  }

  it.each(known)("$name has the same values", ({ name }) => {
    const wrong = cases.get(name)!.flatMap((one) =>
      faultsOf(one)
        .filter(
          (fault) =>
            !scapyFaults.some(({ says, applies }) => says.test(fault) && applies(one.packet)),
        )
        .map((fault) => `seed ${one.seed}: ${fault}: ${hex(one.packet.bytes())}`),
    );
    expect(wrong).toEqual([]);
  });

  it("has read every one of these headers", () => {
    for (const { name, protocol } of known) {
      const found = cases.get(name)!.filter((one) => {
        const met = new Set<string>();
        faultsOf(one, (seen) => met.add(seen));
        return met.has(protocol.schema.name);
      });
      expect(found.length, name).toBeGreaterThan(COUNT / 5);
    }
  });

  it.each(scapyFaults)("still is so: $reason", ({ says, applies }) => {
    const met = [...read.keys()].filter(
      (one) => applies(one.packet) && faultsOf(one).some((fault) => says.test(fault)),
    );
    expect(met.length).toBeGreaterThan(0);
  });
});

describe("the table of Scapy's names", () => {
  it("has every protocol, or says why not", () => {
    const names = all.map(({ schema }) => schema.name);
    const said = [...Object.keys(scapyNames), ...Object.keys(scapyUnknown)];
    expect(said.toSorted()).toEqual(names.toSorted());
  });

  it.each(Object.entries(scapyNames))("has every part of %s, or says why not", (name, table) => {
    const { schema } = all.find((one) => one.schema.name === name)!;
    expect(unnamedParts(schema, table)).toEqual([]);
    expect(strangePaths(schema, table)).toEqual([]);
  });
});
