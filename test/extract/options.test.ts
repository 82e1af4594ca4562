import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, engines, type ForeignEngine } from "../../src/extract/engine.ts";
import { ExtractionError } from "../../src/extract/errors.ts";
import { Extractor, extract } from "../../src/extract/extractor.ts";
import { nodeEngines } from "../../src/extract/node/engines.ts";
import { extract as extractPath, openExtractor } from "../../src/extract/node/extract.ts";
import type { ExtractionWarning } from "../../src/extract/options.ts";
import { MemoryOutput } from "../../src/extract/output.ts";
import type { SkippedBytes } from "../../src/files/stream.ts";
import type { ReportFormat } from "../../src/report/report.ts";
import { reports } from "../../src/report/reports.ts";
import { numbered, pcapOf, SESSION_FRAMES, session, spoiled } from "./captures.ts";
import { codeOf, framesOf, report } from "./extracting.ts";

const IN = "examples/session.pcap";
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-options-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

describe("fields", () => {
  it("are the columns of csv, in their order", async () => {
    const fields = ["frame.number", "tcp.dstport", "ip.src"];
    const lines = (await report({ format: "csv", fields })).trimEnd().split(/\r?\n/);
    expect(lines).toHaveLength(SESSION_FRAMES + 1);
    expect(lines[0]).toBe("frame.number,tcp.dstport,ip.src");
    expect(lines[11]).toBe("11,80,192.0.2.10");
    const path = at("columns.csv");
    await extractPath(IN, { output: path, fields });
    expect(readFileSync(path, "utf8").trimEnd().split(/\r?\n/)).toEqual(lines);
  });

  it("are refused where the name is not known, and the name is told", async () => {
    const options = { format: "csv", fields: ["ip.sorce"] };
    await expect(report(options)).rejects.toThrow(/ip\.sorce/);
    const output = at("unknown.csv");
    await expect(extractPath(IN, { ...options, output })).rejects.toThrow(/ip\.sorce/);
    expect(existsSync(output) || existsSync(`${output}.partial`)).toBe(false);
  });
});

describe("title", () => {
  it("is what the report says it is about; the input's name where it is left out", async () => {
    expect(await report({ format: "html", title: "a <title>" })).toContain("a &lt;title&gt;");
    await extractPath(IN, { output: at("named.html") });
    expect(readFileSync(at("named.html"), "utf8")).toContain("session.pcap");
  });
});

describe("keepValid", () => {
  it.each(["json", "plist", "html", "tree", "ndjson", "csv"])(
    "%s is whole under its final name after every frame, and the same in the end",
    async (format) => {
      const output = at(`valid.${format}`);
      const extractor = openExtractor(IN, { output, format, keepValid: true, title: "t" });
      for await (const { number } of extractor) {
        const so = await report({ format, count: number, title: "t" });
        expect(readFileSync(output, "utf8")).toBe(so);
      }
      expect(readFileSync(output, "utf8")).toBe(await report({ format, title: "t" }));
      expect(existsSync(`${output}.partial`)).toBe(false);
    },
  );

  it("holds in memory too", async () => {
    const output = new MemoryOutput();
    const extractor = new Extractor(session, { output, format: "json", keepValid: true });
    for await (const { number } of extractor)
      expect(Object.keys(framesOf(output.text()))).toHaveLength(number);
  });

  it("is refused of formats and outputs that cannot, before anything is there", async () => {
    for (const [output, format] of [
      [at("valid.pcap"), "pcap"],
      [at("valid.pcapng"), "pcapng"],
      ["-", "json"],
    ] as const)
      expect(await codeOf(() => openExtractor(IN, { output, format, keepValid: true }))).toBe(
        "ERR_REPORT_FORMAT",
      );
    expect(existsSync(at("valid.pcap")) || existsSync(at("valid.pcap.partial"))).toBe(false);
  });

  it("leaves a report that was there alone where options cannot be met", () => {
    const output = at("kept.json");
    writeFileSync(output, "{}");
    expect(() => openExtractor(IN, { output, keepValid: true, engine: "warp" })).toThrow(/warp/);
    expect(readFileSync(output, "utf8")).toBe("{}");
    const fresh = at("fresh.json");
    expect(() => openExtractor(IN, { output: fresh, keepValid: true, count: -1 })).toThrow();
    expect(existsSync(fresh)).toBe(false);
  });
});

describe("count", () => {
  it.each([0, 1, 13, SESSION_FRAMES, 1000])("%i frames at most", async (count) => {
    const extractor = await extract(session, { count });
    expect(extractor.length).toBe(Math.min(count, SESSION_FRAMES));
  });

  it("ends the report properly", async () => {
    const frames = framesOf(await report({ format: "json", count: 3 }));
    expect(Object.keys(frames)).toEqual(["Frame 1", "Frame 2", "Frame 3"]);
  });

  it("is no fault where the capture is damaged only behind them", async () => {
    expect((await extract(session.subarray(0, 1000), { count: 2 })).length).toBe(2);
  });

  it.each([-1, 1.5, Number.NaN])("%d is refused, and the argument named", (count) => {
    expect(() => new Extractor(session, { count })).toThrow(RangeError);
    expect(() => openExtractor(IN, { count })).toThrow(/^count: /);
  });
});

describe("decodeAs", () => {
  it("binds a protocol to a place", async () => {
    const chain = async (decodeAs: string[]): Promise<string> => {
      const { frames } = await extract(pcapOf(1), { decodeAs, store: true });
      return String(frames[0]!.chain);
    };
    expect(await chain([])).toBe("Ethernet:IPv4:UDP");
    expect(await chain(["udp.port==9,dns"])).toBe("Ethernet:IPv4:UDP:DNS");
    expect(await chain(["ip.proto == 0x11, tcp"])).toBe("Ethernet:IPv4:TCP");
  });

  it("keeps below the highest layer", async () => {
    const options = { decodeAs: ["tcp.port==80,dns"], limit: { layer: "transport" } } as const;
    const { frames } = await extract(session, { ...options, store: true });
    expect(String(frames[13]!.chain)).toBe("Ethernet:IPv4:TCP");
  });

  it.each(["tcp.port=80,http", "tcp.port==80,pigeon", "tcp.colour==1,http"])(
    "%s is refused and told",
    (rule) => {
      expect(() => new Extractor(session, { decodeAs: [rule] })).toThrow(TypeError);
      expect(() => openExtractor(IN, { decodeAs: [rule] })).toThrow(/tcp\.port|pigeon/);
    },
  );
});

describe("lenient, onSkip", () => {
  const good = pcapOf(100);
  const bad = spoiled(good, [0, 50, 99]);

  it("passes over what is no record, and tells where and how long it is", async () => {
    const skipped: SkippedBytes[] = [];
    const onSkip = (one: SkippedBytes): number => skipped.push(one);
    const { frames } = await extract(bad, { lenient: true, onSkip, store: true });
    expect(frames.map(({ packet }) => packet.bytes())).toEqual(
      Array.from({ length: 100 }, (_, i) => numbered(i)),
    );
    expect(skipped.map(({ length }) => length)).toEqual([37, 37, 37]);
    expect(skipped[0]!.offset).toBe(24);
    expect(skipped[0]!.error.code).toBe("ERR_PCAP_RECORD_LENGTH");
  });

  it("gives the same report as of the good records, in any chunks", async () => {
    const { header, ...others } = {
      header: "",
      ...framesOf(await report({ format: "json" }, good)),
    };
    expect(header).toBe("");
    for (const chunkSize of [64, 1000, 1 << 20])
      expect(framesOf(await report({ format: "json", lenient: true, chunkSize }, bad))).toEqual(
        others,
      );
  });

  it("without it the first fault is thrown", async () => {
    expect(await codeOf(() => extract(spoiled(good, [7])))).toBe("ERR_PCAP_RECORD_LENGTH");
  });
});

describe("onWarning", () => {
  it("is told what warnings keeps", async () => {
    const told: ExtractionWarning[] = [];
    const { warnings } = await extract(session, {
      store: { packets: 1 },
      onWarning: (one) => told.push(one),
    });
    expect(told).toEqual(warnings);
    expect(told).toHaveLength(1);
  });

  it("is left out where nothing is odd", async () => {
    expect((await extract(session, { store: true, trace: {} })).warnings).toEqual([]);
  });
});

describe("onProgress", () => {
  it("tells packets and bytes, which grow up to all that there is", async () => {
    const told: [number, number][] = [];
    await extract(pcapOf(1000), {
      chunkSize: 4096,
      onProgress: (packets, bytes) => told.push([packets, bytes]),
    });
    expect(told.length).toBeGreaterThan(10);
    expect(told.at(-1)).toEqual([1000, pcapOf(1000).length]);
    for (let i = 1; i < told.length; i++) {
      expect(told[i]![0]).toBeGreaterThanOrEqual(told[i - 1]![0]);
      expect(told[i]![1]).toBeGreaterThanOrEqual(told[i - 1]![1]);
    }
  });
});

describe("signal", () => {
  it("ends as if the input had ended", async () => {
    const stop = new AbortController();
    const output = new MemoryOutput();
    const extractor = new Extractor(session, {
      ...{ output, format: "json", signal: stop.signal },
      verbose: (_, { number }) => {
        if (number === 5) stop.abort();
      },
    });
    for await (const { number } of extractor) expect(number).toBeLessThanOrEqual(5);
    expect(extractor.isOver).toBe(true);
    expect(Object.keys(framesOf(output.text()))).toHaveLength(5);
  });

  it("that was given before ends at once, with a whole report", async () => {
    const signal = AbortSignal.abort();
    expect(framesOf(await report({ format: "json", signal }))).toEqual({});
  });
});

describe("workers", () => {
  it.each([0, -1, 1.5, 65, Number.NaN])("%d threads are refused at once", (workers) => {
    expect(() => openExtractor(IN, { workers, engine: "pipeline", output: at("w.json") })).toThrow(
      /^workers: /,
    );
    expect(existsSync(at("w.json")) || existsSync(at("w.json.partial"))).toBe(false);
  });
});

/** An engine that marks every packet as its own, or whose program is not there. */
const foreign = (isThere: boolean): ForeignEngine => ({
  kind: "foreign",
  name: "elsewhere",
  about: "an engine of the test",
  abilities: { limits: false, bindings: false, live: true },
  async *dissect(chunks) {
    if (!isThere) throw new ExtractionError("ERR_ENGINE_MISSING", "elsewhere: npm install it");
    for await (const chunk of chunks)
      yield {
        chunk,
        layers: chunk.packets.map((_, i) => ({
          chain: ["Ethernet", "Elsewhere"],
          content: new Map([["elsewhere", new Map([["at", i]])]]),
          cells: new Map([["elsewhere.at", String(i)]]),
        })),
      };
  },
});

const withForeign = (isThere: boolean): ReadonlyMap<string, Engine> =>
  new Map([...engines, ["elsewhere", foreign(isThere)]]);

describe("engines", () => {
  it("are found by name, and what they find is in frames and reports", async () => {
    const options = { engine: "Elsewhere", engines: withForeign(true) };
    const { frames } = await extract(session, { ...options, store: true });
    expect(frames).toHaveLength(SESSION_FRAMES);
    expect(String(frames[3]!.chain)).toBe("Ethernet:Elsewhere");
    expect(frames[3]!.chain.includes("ethernet")).toBe(true);
    expect(frames[3]!.info["elsewhere"]).toEqual({ at: 3 });
    const written = framesOf(await report({ ...options, format: "json" }));
    expect(written["Frame 4"]).toMatchObject({
      elsewhere: { at: 3 },
      protocols: "Ethernet:Elsewhere",
    });
  });

  it("that pass over something say so", async () => {
    const options = { engine: "elsewhere", engines: withForeign(true) };
    const asked = { limit: { layer: "link" }, decodeAs: ["tcp.port==81,http"] } as const;
    const { warnings } = await extract(session, { ...options, ...asked });
    expect(warnings.map(({ code }) => code)).toEqual([
      ...["WARN_ENGINE_ABILITY", "WARN_ENGINE_ABILITY"],
    ]);
    expect(warnings[0]!.message).toMatch(/elsewhere.*limits/);
  });

  it("take a chunk only once, and are left when the caller leaves", async () => {
    const options = { engine: foreign(true), chunkSize: 200 };
    const extractor = new Extractor(session, options);
    for await (const { number } of extractor) if (number === 5) break;
    expect(extractor.length).toBe(5);
  });
});

describe("fallback", () => {
  it("true: ours takes the place of an engine that is not there, with a warning", async () => {
    const options = { engine: "elsewhere", engines: withForeign(false), fallback: true };
    const output = new MemoryOutput();
    const extractor = await extract(session, { ...options, output, format: "json" });
    expect(extractor.warnings.map(({ code }) => code)).toEqual(["WARN_ENGINE_FALLBACK"]);
    expect(extractor.engine.name).toBe("native");
    expect(output.text()).toBe(await report({ format: "json" }));
  });

  it("false: it is an error that says what to install, and nothing is left", async () => {
    const output = at("missing-engine.json");
    const options = { engine: "elsewhere", engines: withForeign(false), output };
    const extractor = openExtractor(IN, options);
    await expect(extractor.run()).rejects.toThrow(/npm install/);
    expect(existsSync(output) || existsSync(`${output}.partial`)).toBe(false);
  });
});

describe("formats", () => {
  const shouting: ReportFormat = {
    ...reports.get("ndjson")!,
    ...{ name: "shouting", extension: "shout" },
    create: () => ({
      ...{ format: "shouting", extension: "shout", start: () => "BEGIN\n", end: () => "END\n" },
      packet: ({ number }) => `FRAME ${number}!\n`,
    }),
  };
  const formats = new Map([...reports, ["shouting", shouting]]);

  it("are found by name and by the output's name", async () => {
    const text = await report({ format: "Shouting", formats, count: 2 });
    expect(text).toBe("BEGIN\nFRAME 1!\nFRAME 2!\nEND\n");
    const extractor = await extractPath(IN, { output: at("a.shout"), formats, count: 2 });
    expect(extractor.format).toBe("shouting");
    expect(readFileSync(at("a.shout"), "utf8")).toBe(text);
  });

  it("of one's own are made in one thread, whatever the engine", async () => {
    const output = at("threads.shout");
    const engine = nodeEngines.get("pipeline")!;
    const warnings: string[] = [];
    await extractPath(IN, {
      ...{ output, formats, engine, count: 2 },
      onWarning: ({ code }) => warnings.push(code),
    });
    expect(readFileSync(output, "utf8")).toBe("BEGIN\nFRAME 1!\nFRAME 2!\nEND\n");
    expect(warnings).toEqual(["WARN_ENGINE_THREADS"]);
  });
});
