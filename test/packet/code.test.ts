import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/dump.ts";
import { CaptureError } from "../../src/files/errors.ts";
import * as names from "../../src/index.ts";
import { openCapture } from "../../src/node/open.ts";
import { assemble } from "../../src/packet/assemble.ts";
import { build } from "../../src/packet/build.ts";
import { importLine, type PacketCode, packetCode } from "../../src/packet/code.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { type Leaf, leavesOf, mayCarry } from "../../src/packet/random-leaf.ts";
import { all } from "../../src/protocols/all.ts";
import { dns } from "../../src/protocols/application/dns/dns.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { icmp } from "../../src/protocols/network/icmp.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { tcpOption } from "../../src/protocols/transport/tcp-options.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { valuesFor } from "../support/arbitrary.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { hex } from "../support/packets.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "wirecraft-code-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const constants = Object.entries(names);
const dissector = createDissector(all);

/** The packet that code builds; casts are for the compiler only. */
function evaluate(expression: string): Packet {
  const program = `"use strict"; return ${expression.replaceAll(/\) as AnyRecipe\b/g, ")")};`;
  const run = new Function(...constants.map(([name]) => name), program);
  return run(...constants.map(([, value]) => value)) as Packet;
}

/** What code was made of many packets: for the compiler and the formatter, once for all. */
const samples: PacketCode[] = [];

function checked(packet: Packet, keep: boolean): string {
  const wanted = hex(packet.copy().bytes());
  const before = hex(packet.bytes({ update: false }));
  const code = packetCode(packet, { names });
  expect(hex(packet.bytes({ update: false }))).toBe(before);
  expect(hex(evaluate(code.text).bytes({ update: false }))).toBe(wanted);
  if (keep) samples.push(code);
  return code.text;
}

describe("packet.toCode", () => {
  it("leaves out what building computes, and defaults", () => {
    const packet = build(
      ethernet({ dst: "02:00:5e:10:00:01", src: "02:00:5e:10:00:0a" }),
      ipv4({ src: "192.0.2.10", dst: "198.51.100.80", id: 0x1c08 }),
      tcp({
        srcPort: 50342,
        dstPort: 80,
        seq: 2082410016,
        flags: { syn: true },
        options: [tcpOption.maximumSegmentSize({ mss: 1460 }), tcpOption.noOperation()],
      }),
      "GET / HTTP/1.1\r\n",
    );
    expect(checked(packet, true)).toBe(`build(
  ethernet({ dst: "02:00:5e:10:00:01", src: "02:00:5e:10:00:0a" }),
  ipv4({ id: 0x1c08, src: "192.0.2.10", dst: "198.51.100.80" }),
  tcp({
    srcPort: 50342,
    dstPort: 80,
    seq: 2082410016,
    flags: { syn: true },
    options: [tcpOption.maximumSegmentSize({ mss: 1460 }), tcpOption.noOperation()],
  }),
  "GET / HTTP/1.1\\r\\n",
)`);
  });

  it("names cases, and writes options as objects where it is given no names", () => {
    const ping = build(ipv4({ ttl: 3 }), icmp.echo({ id: 1, seq: 2 }), Uint8Array.of(0, 255));
    expect(ping.toCode()).toBe(
      'build(ipv4({ ttl: 3 }), icmp.echo({ id: 1, seq: 2 }), fromHex("00ff"))',
    );
    const reset = build(tcp({ flags: { rst: true }, options: [tcpOption.noOperation()] }));
    expect(reset.toCode()).toBe(
      'build(tcp({ flags: { rst: true }, options: [{ is: "noOperation" }] }))',
    );
    expect(reset.toCode({ names })).toContain("options: [tcpOption.noOperation()]");
    expect(build(udp({ dstPort: 53 })).toCode({ constant: "query" })).toBe(
      "const query = build(udp({ dstPort: 53 }));",
    );
  });

  it("keeps what is wrong on purpose", () => {
    const wrong = build(ipv4({ len: 7, checksum: 0xdead }), udp({ checksum: 0 }), "x");
    expect(checked(wrong, true)).toBe(
      'build(ipv4({ len: 7, checksum: 0xdead }), udp({ checksum: 0x0000 }), "x")',
    );
  });

  it("finishes edits in a copy", () => {
    const packet = build(ethernet(), ipv4(), udp(), "x");
    packet.require(ipv4).ttl = 3;
    const stale = packet.require(ipv4).checksum;
    expect(checked(packet, true)).toBe('build(ethernet(), ipv4({ ttl: 3 }), udp(), "x")');
    expect(packet.require(ipv4).checksum).toBe(stale);
  });

  it("writes a packet that nobody knows as bytes", () => {
    const unknown = createDissector([]).dissect(Uint8Array.of(1, 2, 3), dns);
    expect(unknown.toCode()).toBe('build(fromHex("010203"))');
    expect(build().toCode()).toBe("build()");
  });

  it("writes bytes where the values of a layer would not give them", () => {
    // The second name could point to the first one, but is written out.
    const name = "03777777076578616d706c6503636f6d00";
    const message = fromHex(`000101000002000000000000${name}00010001${name}001c0001`);
    const packet = createDissector(all).dissect(message, dns);
    expect(packet.get(dns)?.questions.length).toBe(2);
    expect(checked(packet, true)).toBe(
      `build(
  dns({
    id: 0x0001,
    flags: 0x0100,
    qdcount: 2,
    questions: fromHex(
      "${name}00010001${name}001c0001",
    ),
  }),
)`,
    );
  });

  it("tells the compiler of layers that do not belong together", () => {
    const packet = build(udp({ dstPort: 99 }), ipv4() as names.AnyRecipe, "x");
    const code = packetCode(packet);
    expect(code.text).toBe('build(udp({ dstPort: 99 }), ipv4() as AnyRecipe, "x")');
    expect(importLine(code.imports)).toBe(
      'import { type AnyRecipe, build, ipv4, udp } from "wirecraft";',
    );
    checked(packet, true);
  });

  it("writes texts as literals from which nothing escapes", () => {
    const { http } = names;
    const packet = build(http({ request: { uri: "/\"+alert('\\u0041')+\"\u0085{x}`" } }));
    checked(packet, true);
  });
});

interface Target {
  readonly name: string;
  readonly schema: (typeof all)[number];
  readonly leaf: Leaf;
}
const targets: Target[] = all.flatMap((schema) =>
  leavesOf(schema.schema).map((leaf) => ({
    name: [schema.schema.name, ...leaf.path].join("."),
    schema,
    leaf,
  })),
);

describe("code of generated packets", () => {
  it.each(targets)("$name gives the same bytes", ({ schema, leaf }) => {
    let kept = 0;
    fc.assert(
      fc.property(valuesFor(leaf), fc.uint8Array({ maxLength: 9 }), (values, payload) => {
        let made: Uint8Array;
        try {
          const carried = mayCarry(leaf.schema) ? payload : new Uint8Array();
          made = assemble([{ schema: leaf.schema, values }, { bytes: carried }]).bytes;
        } catch (error) {
          if (error instanceof RangeError) return;
          throw error;
        }
        checked(dissector.dissect(made, schema), kept++ < 1);
        if (made.length > 0) {
          const broken = made.slice(0, 1 + (payload[0] ?? 7) * 3);
          broken[broken.length >> 1]! ^= 1 << (payload.length & 7);
          checked(dissector.dissect(broken, schema), false);
        }
      }),
      { numRuns: 8, seed: 20_261_121 },
    );
  });
});

const corpus = realCaptures("code of real captures");

describe.skipIf(corpus === undefined)("code of real captures", () => {
  it("gives the same bytes", async () => {
    const chains = new Set<string>();
    let whole = 0;
    let frames = 0;
    for (const path of filesBelow(corpus!)) {
      let left = 40;
      try {
        for await (const packet of openCapture(path)) {
          if (left-- === 0) break;
          const isNew = !chains.has(String(packet.chain)) && packet.layers.length < 40;
          chains.add(String(packet.chain));
          const code = checked(packet, isNew);
          frames++;
          if (packet.layers.every((l) => code.includes(`${l.schema.root.name}`))) whole++;
        }
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
      }
    }
    console.log(`${frames} frames as code; ${whole} with all their layers`);
    expect(whole / frames).toBeGreaterThan(0.999);
  }, 300_000);
});

describe("all the code made here", () => {
  const program = (): string => {
    const imports = importLine(samples.flatMap((one) => one.imports));
    return `${imports}\n\n${samples.map(({ text }) => `${text};\n`).join("")}`;
  };

  it("is laid out as the formatter lays it out", () => {
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const settings = {
      formatter: { indentStyle: "space", lineWidth: 100 },
      files: { maxSize: 1e8 },
    };
    writeFileSync(join(place, "biome.json"), JSON.stringify(settings));
    const done = spawnSync(process.execPath, [biome, "format", "--stdin-file-path=made.ts"], {
      cwd: place,
      input: program(),
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    expect(done.status).toBe(0);
    const lines = program().split("\n");
    const differing = done.stdout.split("\n").findIndex((line, i) => line !== lines[i]);
    expect({ differing, here: lines.slice(Math.max(0, differing), differing + 3) }).toEqual({
      differing: -1,
      here: lines.slice(0, 2),
    });
  });

  it("has right types", () => {
    expect(samples.length).toBeGreaterThan(250);
    // One fault is there on purpose: the compiler did look.
    writeFileSync(join(place, "made.ts"), `${program()}build(ipv4({ nosuch: 1 }));\n`);
    const compilerOptions = {
      noEmit: true,
      rootDir: "/",
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      typeRoots: [join(root, "node_modules/@types")],
      paths: { wirecraft: [join(root, "src/index.ts")] },
    };
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions,
      include: [],
      files: ["made.ts"],
    };
    writeFileSync(join(place, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(place, "package.json"), '{ "type": "module" }');
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", place, "--pretty", "false"], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const faults = stdout.split("\n").filter((line) => /made\.ts\(/.test(line));
    expect(faults).toEqual([expect.stringContaining("'nosuch' does not exist")]);
  });
});
