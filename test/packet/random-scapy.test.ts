import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Packet } from "../../src/packet/packet.ts";
import { random } from "../../src/packet/random.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { type Layer, viewOf } from "../../src/schema/layer.ts";
import { hex } from "../support/packets.ts";
import { captureOf } from "./random-captures.ts";
import { carried } from "./random-stacks.ts";
import { scapyFaults } from "./scapy-faults.ts";
import { type ScapyLayer, scapyNames } from "./scapy-names.ts";

/** Random packets of each protocol: Scapy takes about a millisecond for one. */
const COUNT = 200;

/** Debian puts Scapy into its own Python. */
const PYTHON = "/usr/bin/python3";
const hasScapy = spawnSync(PYTHON, ["-c", "import scapy"]).status === 0;
if (!hasScapy) console.log("random packets: Scapy is not installed, nothing is compared with it");

type Fields = Readonly<Record<string, unknown>>;
type Shown = readonly (readonly [string, Fields])[];

/** A value as it comes from Scapy. */
function plain(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  if (value instanceof Uint8Array) return `hex:${hex(value)}`;
  if (typeof value === "bigint") return value < 2n ** 53n ? Number(value) : String(value);
  return value;
}

/** What stands at a path of a view, `flags.syn`. */
const at = (view: object, path: string): unknown =>
  path.split(".").reduce<unknown>((of, name) => (of as Fields | undefined)?.[name], view);

/** Domain names of Scapy's are bytes that end with a dot; addresses of hardware that it does not know are bytes. */
const isSame = (ours: unknown, theirs: unknown): boolean => {
  if (ours === theirs) return true;
  if (typeof ours !== "string" || typeof theirs !== "string" || !theirs.startsWith("hex:"))
    return false;
  const text = Buffer.from(theirs.slice(4), "hex").toString("latin1");
  return text === ours || text === `${ours}.` || theirs.slice(4) === ours.replaceAll(":", "");
};

/** Where Scapy has other values than ours. */
function differences(view: object, names: ScapyLayer, theirs: Fields, name: string): string[] {
  const found: string[] = [];
  const compare = (path: string, ours: unknown, field: string, of: Fields): void => {
    if (ours !== undefined && !isSame(plain(ours), of[field]))
      found.push(`${name}.${path}: ${String(plain(ours))}, Scapy has ${JSON.stringify(of[field])}`);
  };
  for (const [path, field] of Object.entries(names.fields))
    compare(path, at(view, path), field, theirs);
  for (const [field, make] of Object.entries(names.made ?? {}))
    compare(
      field,
      make((path) => at(view, path) as number),
      field,
      theirs,
    );
  if (names.list !== undefined) {
    const { ours, theirs: field, item } = names.list;
    const items = at(view, ours) as readonly object[];
    const others = itemsOf(theirs[field]);
    if (items.length > others.length)
      found.push(`${name}.${ours}: ${items.length} items, Scapy has ${others.length}`);
    for (const [i, one] of items.entries())
      for (const [path, inner] of Object.entries(item))
        compare(`${ours}[${i}].${path}`, at(one, path), inner, others[i] ?? {});
  }
  return found;
}

/** The items of a list of Scapy's: pairs of a name and fields, or lists of such pairs. */
function itemsOf(value: unknown): readonly Fields[] {
  if (!Array.isArray(value)) return [];
  if (typeof value[0] === "string") return [value[1] as Fields];
  return value.flatMap(itemsOf);
}

/** TCP options as Scapy names them, with the values that it gives. */
const tcpOptions: Readonly<Record<string, readonly [string, ...string[]]>> = {
  maximumSegmentSize: ["MSS", "mss"],
  windowScale: ["WScale", "shift"],
  sackPermitted: ["SAckOK"],
  timestamps: ["Timestamp", "value", "echoReply"],
};

function optionDifferences(packet: Packet, theirs: Fields): string[] {
  const others = (theirs["options"] ?? []) as readonly (readonly [string, unknown])[];
  return packet.require(tcp).options.flatMap((option) => {
    const [name, ...paths] = tcpOptions[option.is] ?? [""];
    if (name === "") return [];
    const wanted = paths.map((path) => at(option, path));
    const found = others.find(([other]) => other === name)?.[1];
    const values = Array.isArray(found) ? found : [found];
    return wanted.every((value, i) => value === values[i])
      ? []
      : [`tcp.options.${option.is}: ${wanted.join(" ")}, Scapy has ${JSON.stringify(found)}`];
  });
}

interface Case {
  readonly packet: Packet;
  readonly seed: number;
}

describe.skipIf(!hasScapy)("random packets as Scapy reads them", () => {
  const known = carried.filter(({ name }) => scapyNames[name] !== undefined);
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

  /** The layers of a packet that Scapy knows too, with what it says of them; `null` where it has no such layer. */
  function pairs(one: Case): (readonly [Layer, ScapyLayer, Fields | null])[] {
    const rest = [...read.get(one)!];
    return one.packet.layers.flatMap((layer) => {
      const wanted = scapyNames[layer.schema.root.name];
      if (wanted === undefined) return [];
      // Some messages have a class of their own, `PPP_PAP_Request`.
      const isWanted = (name: string): boolean =>
        name === wanted.layer || name === wanted.or?.layer || name.startsWith(`${wanted.layer}_`);
      const place = rest.findIndex(([name]) => isWanted(name));
      const [found, theirs = null] = rest[place] ?? [];
      rest.splice(0, place + 1);
      const isOther = found !== undefined && found === wanted.or?.layer;
      return [[layer, isOther ? wanted.or! : wanted, theirs] as const];
    });
  }

  function faultsOf(one: Case): string[] {
    return pairs(one).flatMap(([layer, names, theirs]) => {
      const { name } = layer.schema.root;
      if (theirs === null) return [`${name}: Scapy has no ${names.layer}`];
      const found = differences(viewOf(layer), names, theirs, name);
      return name === "tcp" ? [...found, ...optionDifferences(one.packet, theirs)] : found;
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
    for (const { name } of known) {
      const found = cases
        .get(name)!
        .filter((one) =>
          pairs(one).some(([l, , theirs]) => l.schema.root.name === name && theirs !== null),
        );
      expect(found.length, name).toBeGreaterThan(COUNT / 4);
    }
  });

  it.each(scapyFaults)("still is so: $reason", ({ says, applies }) => {
    const met = [...read.keys()].filter(
      (one) => applies(one.packet) && faultsOf(one).some((fault) => says.test(fault)),
    );
    expect(met.length).toBeGreaterThan(0);
  });
});
