import { describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import type { CaptureChunk } from "../../src/capture/chunk.ts";
import { defaultDissector, openCapture } from "../../src/capture/open.ts";
import { type ForeignEngine, nativeEngine } from "../../src/extract/engine.ts";
import { tsharkEngine } from "../../src/extract/engines/tshark.ts";
import {
  agreementOf,
  type Cells,
  coverageOf,
  NOT_COMPARED,
  Verification,
  type VerifyOptions,
} from "../../src/extract/verify.ts";
import { captureOf, reproducerOf } from "../../src/extract/verify-alone.ts";
import { sideOf, verifyCapture } from "../../src/extract/verify-run.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { all } from "../../src/protocols/all.ts";
import { Columns, fieldNames } from "../../src/report/wireshark/columns.ts";
import { knownDifferences } from "../report/wireshark/synthetic-differences.ts";
import { fileOf } from "../report/wireshark/synthetic-file.ts";
import { hasTshark } from "../support/tshark.ts";

const run = { dissector: defaultDissector(), signal: new AbortController().signal };

/** A packet that is only counted. */
const packet = (number: number, size = 60) => {
  const data = new Uint8Array(size).fill(number);
  return {
    ...{ number, data, start: 0, end: size, originalLength: size },
    ...{ seconds: 0, nanoseconds: 0, origin: { linkType: 1 } },
  };
};
const cells = (record: Record<string, string>): Cells => new Map(Object.entries(record));

/** What is found of pairs of cells, a pair a frame, by a first engine that knows some fields. */
function compared(
  known: readonly string[] | null,
  pairs: readonly (readonly [Record<string, string>, Record<string, string>])[],
  options?: VerifyOptions,
): Verification {
  const first = { name: "a", known: known === null ? null : new Set(known) };
  const found = new Verification(first, { name: "b", known: null }, options);
  found.begin("one.pcap");
  for (const [i, [a, b]] of pairs.entries()) found.add(packet(i + 1, 60 + i), cells(a), cells(b));
  found.end();
  return found;
}

/** An engine that says what a function says of our own cells. */
const engineOf = (name: string, change: (own: Map<string, string>, n: number) => void) => {
  async function* dissect(chunks: AsyncIterable<CaptureChunk>) {
    const names = fieldNames(all);
    const columns = new Columns(names);
    for await (const chunk of chunks) {
      const layers = chunk.packets.map((one) => {
        const row = columns.cells(one);
        const own = new Map(names.map((n, i) => [n, row[i]!] as const).filter(([, c]) => c !== ""));
        change(own, one.number);
        return { chain: [], content: new Map(), cells: own };
      });
      yield { chunk, layers };
    }
  }
  const abilities = { limits: false, bindings: false, live: true };
  return { kind: "foreign", name, about: name, abilities, dissect } satisfies ForeignEngine;
};

const dns = fileOf(captures.filter(({ name }) => name.startsWith("dns")));

describe("a comparison of cells", () => {
  it("counts by field, prefix and in all", () => {
    const found = compared(
      ["ip.src", "ip.ttl", "tcp.port"],
      [
        [
          { "ip.src": "1", "ip.ttl": "64", "tcp.port": "1,2" },
          { "ip.src": "1", "ip.ttl": "63", "tcp.port": "1,2", "xml.tag": "<a>" },
        ],
        [{ "ip.ttl": "64" }, { "ip.src": "1" }],
      ],
    );
    const ip = { cells: 3, known: 3, equal: 1, different: 1, onlyFirst: 1, onlySecond: 1 };
    expect(found.prefixes.get("ip")).toEqual({ ...ip, captures: 1 });
    expect(found.prefixes.get("xml")).toMatchObject({ cells: 1, known: 0 });
    const totals = { cells: 5, known: 4, equal: 2, different: 1, onlyFirst: 1, onlySecond: 1 };
    expect(found.totals).toEqual(totals);
    expect(coverageOf(found.totals)).toBe(4 / 5);
    expect(agreementOf(found.totals)).toBe(2 / 5);
    expect(found.frames).toBe(2);
  });

  it("does not count what the second engine shows nowhere in a capture", () => {
    const found = compared(["a.x", "a.y"], [[{ "a.x": "1", "a.y": "2" }, { "a.y": "2" }]]);
    expect(found.totals).toMatchObject({ known: 1, equal: 1, onlyFirst: 0 });
    expect(found.worst(9)).toEqual([]);
  });

  it("knows of an engine without a list what it showed in the capture, whatever the order", () => {
    const found = compared(null, [
      [{}, { "a.x": "1", "a.y": "1" }],
      [{ "a.x": "2" }, { "a.x": "2", "a.y": "1" }],
    ]);
    expect(found.totals).toMatchObject({ cells: 4, known: 2, equal: 1, onlySecond: 1 });
  });

  it("leaves out what is of a session with Wireshark", () => {
    const left = [
      ...["frame.time", "frame.time_delta", "frame.protocols", "_ws.expert", "eth.addr_resolved"],
      ...["eth.src.oui", "tcp.analysis", "tcp.analysis.flags", "ip.checksum.status", "ip.host"],
      ...["ip.src_host", "tcp.time_delta", "tcp.completeness", "eth.lg", "eth.dst.ig", "data"],
    ];
    const kept = ["frame.len", "frame.time_epoch", "ip.src", "data.len", "tcp.ack", "http.host"];
    const isLeft = (name: string) => NOT_COMPARED.some((one) => one.test(name));
    expect(left.filter((name) => !isLeft(name))).toEqual([]);
    expect(kept.filter(isLeft)).toEqual([]);
    const shown = Object.fromEntries([...left, ...kept].map((name) => [name, "1"]));
    expect(compared(kept, [[shown, shown]]).totals.cells).toBe(kept.length);
  });

  it("counts the names of protocols apart", () => {
    const chain = (text: string) => ({ "frame.protocols": text });
    const found = compared(
      [],
      [
        [chain("eth:ip"), chain("eth:ip")],
        [chain("eth"), chain("eth:ip")],
        [{}, chain("eth")],
      ],
    );
    expect([found.chains, found.equalChains, found.totals.cells]).toEqual([2, 1, 0]);
  });

  it("looks only at the prefixes that are wanted", () => {
    const shown = { "ip.src": "1", "ipv6.src": "2", "tcp.port": "3" };
    const found = compared(Object.keys(shown), [[shown, shown]], { only: ["ip", "tcp"] });
    expect([...found.prefixes.keys()]).toEqual(["ip", "tcp"]);
  });

  it("names the fields that differ most, each with the first place", () => {
    const a = { "a.x": "1", "a.y": "1" };
    const found = compared(Object.keys(a), [
      [a, a],
      [a, { "a.x": "2", "a.y": "1" }],
      [a, { "a.x": "3", "a.y": "2" }],
    ]);
    const example = { field: "a.x", capture: "one.pcap", frame: 2, first: "1", second: "2" };
    expect(found.worst(1)).toEqual([{ field: "a.x", count: 2, example }]);
    expect(found.worst(9).map(({ field }) => field)).toEqual(["a.x", "a.y"]);
    // Frames grow by a byte here.
    expect(found.smallest.map(({ field, frame }) => [field, frame])).toEqual([
      ["a.x", 2],
      ["a.y", 3],
    ]);
    expect([...found.smallest[0]!.bytes.subarray(0, 2)]).toEqual([2, 2]);
  });

  it("adds captures up, each judged by itself", () => {
    const found = compared(["a.x"], [[{ "a.x": "1" }, { "a.x": "1" }]]);
    found.begin("two.pcap");
    found.add(packet(1), cells({ "a.x": "1" }), cells({}));
    found.end();
    expect(found.totals).toMatchObject({ cells: 1, equal: 1, onlyFirst: 0 });
    expect(found.prefixes.get("a")?.captures).toBe(1);
    expect(found.frames).toBe(2);
  });
});

describe("captures", () => {
  it("are compared by any engines, several at once, in one pass", async () => {
    const wrong = engineOf("wrong", (own, n) => {
      if (n % 2 === 0) own.set("ip.ttl", "0");
    });
    const silent = engineOf("silent", (own) => own.delete("udp.length"));
    const engines = [nativeEngine, wrong, silent];
    const comparisons = [wrong, silent].map(
      (one) => new Verification(sideOf(nativeEngine), sideOf(one)),
    );
    let told = 0;
    await verifyCapture(openCapture(dns.file), "dns", engines, comparisons, {
      ...run,
      onPacket: () => told++,
    });
    const half = Math.floor(dns.owners.length / 2);
    expect(told).toBe(dns.owners.length);
    expect(comparisons[0]!.worst(9)).toMatchObject([
      { field: "ip.ttl", count: half, example: { frame: 2, second: "0" } },
    ]);
    expect(comparisons[1]!.worst(9)).toEqual([]);
    expect(comparisons[1]!.equalChains).toBe(dns.owners.length);
  });

  it("are compared as far as is wanted", async () => {
    for (const count of [0, 1, 2, 1000]) {
      const found = new Verification(sideOf(nativeEngine), sideOf(nativeEngine));
      const capture = openCapture(dns.file);
      const other = engineOf("other", () => {});
      await verifyCapture(capture, "dns", [nativeEngine, other], [found], { ...run, count });
      expect(found.frames).toBe(Math.min(count, dns.owners.length));
      expect(agreementOf(found.totals)).toBe(1);
    }
  });

  it("with a fault are compared up to it", async () => {
    const found = new Verification(sideOf(nativeEngine), sideOf(nativeEngine));
    const cut = openCapture(dns.file.subarray(0, dns.file.length - 1));
    const other = engineOf("other", () => {});
    await expect(verifyCapture(cut, "dns", [nativeEngine, other], [found], run)).rejects.toThrow(
      CaptureError,
    );
    expect(found.frames).toBe(dns.owners.length - 1);
    expect(found.totals.equal).toBe(found.totals.cells);
    expect(found.totals.equal).toBeGreaterThan(100);
  });

  it("give the smallest frame that differs by itself", async () => {
    // The first engine sees a wrong TTL wherever it looks, and a wrong name only behind another frame.
    const wrong = engineOf("wrong", (own, n) => {
      if (own.get("dns.flags.response") === "1") own.set("ip.ttl", "0");
      else if (n > 1) own.set("dns.id", "late");
    });
    const found = new Verification(sideOf(nativeEngine), sideOf(wrong));
    const engines = [nativeEngine, wrong] as const;
    await verifyCapture(openCapture(dns.file), "dns", engines, [found], run);
    const reproducer = await reproducerOf(found, engines, run);
    expect(reproducer).toMatchObject({ isAlone: true, frame: { field: "ip.ttl", second: "0" } });
    const [only, ...others] = [...openCapture(captureOf(reproducer!.frame))];
    expect(others).toEqual([]);
    const frames = [...openCapture(dns.file)];
    const same = frames[reproducer!.frame.frame - 1]!;
    expect(only!.bytes()).toEqual(same.bytes());
    expect(only!.time).toBe(same.time);
    const late = engineOf("late", (own, n) => n > 1 && own.set("dns.id", "late"));
    const after = new Verification(sideOf(nativeEngine), sideOf(late));
    await verifyCapture(openCapture(dns.file), "dns", [nativeEngine, late], [after], run);
    expect(await reproducerOf(after, [nativeEngine, late], run)).toMatchObject({ isAlone: false });
    expect(await reproducerOf(compared([], []), engines, run)).toBeNull();
  });
});

describe.skipIf(!hasTshark)("tshark and the engine native", () => {
  it("agree in all cells of the synthetic captures but the known ones", async () => {
    const differing = new Set(knownDifferences.map((one) => one.capture));
    const found = new Verification(sideOf(nativeEngine), sideOf(tsharkEngine));
    const members = captures.filter((c) => c.linkType === 1 && !differing.has(c.name));
    const { file } = fileOf(members);
    await verifyCapture(openCapture(file), "made", [nativeEngine, tsharkEngine], [found], run);
    expect(found.worst(9)).toEqual([]);
    expect(found.equalChains).toBe(found.frames);
    expect(found.totals.known).toBe(found.totals.equal);
    expect(found.totals.equal).toBeGreaterThan(10_000);
  });
});
