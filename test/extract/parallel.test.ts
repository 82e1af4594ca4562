/** Engines of several threads give the bytes that one thread gives. They run what `npm run build` makes. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeExtractOptions } from "../../src/extract/node/extract.ts";
import { reports } from "../../src/report/reports.ts";
import { filesBelow, realCaptures } from "../support/corpus.ts";
import { pcapOf, recordStart, session, spoiled, variedPcapng } from "./captures.ts";

type Door = typeof import("../../src/node/index.ts");

const door = resolve("dist/node/index.js");
const built = existsSync(door);
if (!built) console.log("skipped: engines of several threads (npm run build makes dist/)");
const corpus = realCaptures("engines of several threads over real captures");

type Parallel = typeof import("../../src/extract/engines/parallel.ts");
type Engines = NonNullable<NodeExtractOptions["engines"]>;

const made = resolve("dist/extract/engines/parallel.js");

let wirecraft: Door;
/**
 * The engines with the first thread leaving all work to the others: it would do all of what is compared here before one of
 * them has started.
 */
let patient: Engines;
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-parallel-"));
  if (!built) return;
  wirecraft = (await import(pathToFileURL(door).href)) as Door;
  const { parallelEngine } = (await import(pathToFileURL(made).href)) as Parallel;
  const leaving = (name: string, readsItself: boolean) =>
    [name, parallelEngine(name, name, { readsItself, isPatient: true })] as const;
  patient = new Map([
    ...wirecraft.nodeEngines,
    leaving("server", true),
    leaving("pipeline", false),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** The formats that several threads can make. */
const formats = [...new Set(reports.values())]
  .filter(({ name, isIndependent }) => isIndependent && name !== "null")
  .map(({ name }) => name);

interface Told {
  readonly report: Buffer;
  readonly length: number;
  readonly fault: string;
  readonly warnings: readonly string[];
}

/** What an engine makes of a capture: its report, and what it says of it. */
async function told(
  input: Parameters<Door["openExtractor"]>[0],
  options: NodeExtractOptions,
): Promise<Told> {
  const output = at("report.out");
  rmSync(output, { force: true });
  const warnings: string[] = [];
  const extractor = wirecraft.openExtractor(input, {
    ...{ output, title: "the same" },
    ...options,
    onWarning: ({ code }) => warnings.push(code),
  });
  const fault = await extractor.run().then(
    () => "",
    (error: Error) => `${(error as { code?: string }).code}: ${error.message}`,
  );
  expect(existsSync(`${output}.partial`)).toBe(false);
  const report = existsSync(output) ? readFileSync(output) : Buffer.alloc(0);
  return { report, length: extractor.length, fault, warnings };
}

/** How many threads each engine has. To start one takes longer than most of what is compared here. */
type Threads = Readonly<Record<string, readonly number[]>>;
const FEW: Threads = { server: [2], pipeline: [2] };
const ALL: Threads = { server: [1, 2, 3, 8], pipeline: [1, 2, 3, 8] };

/** Compares both engines with one thread of ours; gives that one. */
async function sameAsOne(
  path: string,
  options: NodeExtractOptions,
  threads: Threads = FEW,
): Promise<Told> {
  const one = await told(path, options);
  const compare = async (engine: string, workers: number, engines?: Engines): Promise<void> => {
    const given = engines === undefined ? {} : { engines };
    const many = await told(path, { ...options, ...given, engine, workers });
    const what = `${engine} with ${workers} of ${path} in ${String(options.format)}`;
    expect([what, many.report.equals(one.report)]).toEqual([what, true]);
    expect([many.length, many.fault, many.warnings]).toEqual([
      ...[one.length, one.fault, one.warnings],
    ]);
  };
  for (const [engine, counts] of Object.entries(threads))
    for (const count of counts) await compare(engine, count, patient);
  await compare("server", 2);
  return one;
}

const inputs: Readonly<Record<string, () => Uint8Array>> = {
  "low-byte-first.pcap": () => pcapOf(2500),
  "high-byte-first.pcap": () => pcapOf(2500, { littleEndian: false }),
  "nanoseconds.pcap": () => pcapOf(2500, { nanoseconds: true }),
  "large-frames.pcap": () => pcapOf(300, {}, 3000),
  "session.pcap": () => session,
  "varied.pcapng": () => variedPcapng(1500),
  "nothing.pcap": () => pcapOf(0),
  "compressed.pcapng.gz": () => gzipSync(variedPcapng(700)),
  "cut.pcap": () => pcapOf(2500).subarray(0, recordStart(pcapOf(2500), 2400) + 30),
  "cut.pcapng": () => variedPcapng(700).subarray(0, -100),
  "cut-compressed.pcap.gz": () => gzipSync(pcapOf(2500)).subarray(0, -2000),
  "empty.pcap": () => new Uint8Array(0),
  "text.pcap": () => new TextEncoder().encode("this is text, and no capture at all"),
};

describe.skipIf(!built)("several threads give the same bytes as one", () => {
  it("whether 1, 2, 3 or 8", async () => {
    writeFileSync(at("varied.pcapng"), variedPcapng(1500));
    await sameAsOne(at("varied.pcapng"), { format: "json", chunkSize: 20_000 }, ALL);
  });

  it.each(Object.keys(inputs))("of %s", async (name) => {
    writeFileSync(at(name), inputs[name]!());
    const chunkSize = 20_000;
    const { length, fault } = await sameAsOne(at(name), { format: "json", chunkSize });
    expect(fault === "").toBe(!/^(cut|empty|text)/.test(name));
    expect(length > 0).toBe(!/^(nothing|empty|text)/.test(name));
  });

  it.each(formats)("in %s", async (format) => {
    writeFileSync(at("plain.pcapng"), variedPcapng(500));
    await sameAsOne(at("plain.pcapng"), { format, chunkSize: 10_000 });
  });

  it.each([1, 1 << 20])("in chunks of %i bytes", async (chunkSize) => {
    writeFileSync(at("chunks.pcapng"), variedPcapng(chunkSize === 1 ? 20 : 500));
    await sameAsOne(at("chunks.pcapng"), { format: "tree", chunkSize });
  });

  it.each([0, 1, 1500, 1501])("of the first %i packets", async (count) => {
    writeFileSync(at("counted.pcapng"), variedPcapng(1500));
    const options = { format: "json", count, chunkSize: 10_000 };
    expect((await sameAsOne(at("counted.pcapng"), options)).length).toBe(Math.min(count, 3000));
  });

  it("of what a lenient reader finds between bytes that are no records", async () => {
    const good = pcapOf(2500);
    writeFileSync(at("spoiled.pcap"), spoiled(good, [0, 10, 700, 702, 1800, 2499]));
    for (const chunkSize of [5000, 1 << 20]) {
      const options = { format: "ndjson", lenient: true, chunkSize };
      expect((await sameAsOne(at("spoiled.pcap"), options)).length).toBeGreaterThan(2490);
    }
    const strict = await sameAsOne(at("spoiled.pcap"), { format: "ndjson" });
    expect(strict).toMatchObject({ length: 0, fault: expect.stringContaining("ERR_PCAP_RECORD") });
  });

  it("under limits and other bindings", async () => {
    writeFileSync(at("bound.pcap"), pcapOf(500));
    for (const options of [
      { limit: { protocol: ["tcp", "ip"] } },
      { decodeAs: ["udp.port==9,dns"], limit: { layer: "Application" } },
    ] as const)
      await sameAsOne(at("bound.pcap"), { ...options, format: "json" });
  });

  it("of a stream, a Blob and bytes", async () => {
    const bytes = new Uint8Array(variedPcapng(500));
    const one = await told(bytes, { format: "json" });
    for (const engine of ["server", "pipeline"])
      for (const input of [bytes, new Blob([bytes]), new Blob([bytes]).stream()])
        expect(
          (
            await told(input, { format: "json", engine, engines: patient, workers: 2 })
          ).report.equals(one.report),
        ).toBe(true);
  });

  it("of standard input", () => {
    const input = variedPcapng(500);
    const printed = (...args: string[]): string => {
      const all = [resolve("dist/cli/main.js"), "extract", "-", "-j", ...args];
      const { status, stdout } = spawnSync(process.execPath, all, { input, maxBuffer: 1 << 28 });
      expect(status).toBe(0);
      return stdout.toString("utf8");
    };
    const one = printed();
    for (const engine of ["server", "pipeline"])
      expect(printed("-E", engine, "--workers", "3")).toBe(one);
  });

  it("with reassembly, traces and kept frames on the way", async () => {
    writeFileSync(at("web.pcap"), session);
    const options = {
      ...{ output: at("web.json"), store: true, chunkSize: 1000, workers: 2 },
      ...{ reassemble: { tcp: true }, trace: {} },
    };
    const one = await wirecraft.extract(at("web.pcap"), options);
    const report = readFileSync(at("web.json"));
    for (const engine of ["server", "pipeline"]) {
      const many = await wirecraft.extract(at("web.pcap"), {
        ...{ ...options, engine, engines: patient },
      });
      expect(readFileSync(at("web.json")).equals(report)).toBe(true);
      expect(many.frames.map((frame) => frame.info)).toEqual(one.frames.map((f) => f.info));
      expect(many.trace.map(({ label }) => label)).toEqual(one.trace.map(({ label }) => label));
      expect(many.reassembly.tcp.map(({ client }) => client.payload())).toEqual(
        one.reassembly.tcp.map(({ client }) => client.payload()),
      );
    }
  });

  it("where the caller takes frames one by one and leaves early", async () => {
    writeFileSync(at("left.pcapng"), variedPcapng(300));
    const one = await told(at("left.pcapng"), { format: "json", count: 333 });
    for (const engine of ["server", "pipeline"]) {
      const output = at("left.json");
      const title = "the same";
      const options = { engine, engines: patient, workers: 2, output, title, chunkSize: 3000 };
      const extractor = wirecraft.openExtractor(at("left.pcapng"), options);
      for await (const { number } of extractor) if (number === 333) break;
      expect(readFileSync(output).equals(one.report)).toBe(true);
    }
  });
});

describe.skipIf(!built)("what several threads cannot make, one does", () => {
  const warned = { warnings: ["WARN_ENGINE_THREADS"], fault: "" };

  it.each(["csv", "pcap", "pcapng"])("the format %s, with a warning", async (format) => {
    writeFileSync(at("one.pcap"), session);
    const one = await told(at("one.pcap"), { format });
    const many = await told(at("one.pcap"), { format, engine: "pipeline", workers: 2 });
    expect(many).toEqual({ ...one, ...warned });
  });

  it("a report that is whole after every packet", async () => {
    writeFileSync(at("valid.pcap"), session);
    const output = at("valid.json");
    const options = { output, keepValid: true, engine: "server", workers: 2, title: "t" };
    const codes: string[] = [];
    const extractor = wirecraft.openExtractor(at("valid.pcap"), {
      ...options,
      onWarning: ({ code }) => codes.push(code),
    });
    for await (const { number } of extractor)
      expect(Object.keys(JSON.parse(readFileSync(output, "utf8")))).toContain(`Frame ${number}`);
    expect(codes).toEqual(["WARN_ENGINE_THREADS"]);
  });

  it("a folder of files", async () => {
    writeFileSync(at("each.pcap"), session);
    const codes: string[] = [];
    await wirecraft.extract(at("each.pcap"), {
      ...{ output: at("each"), format: "json", files: true, engine: "server" },
      onWarning: ({ code }) => codes.push(code),
    });
    expect([readdirSync(at("each")).length, codes]).toEqual([35, ["WARN_ENGINE_THREADS"]]);
  });
});

describe.skipIf(!built)("a thread that fails", () => {
  it("since the capture became shorter is one error, and leaves nothing", async () => {
    for (const workers of [2, 3]) {
      writeFileSync(at("shrinks.pcap"), pcapOf(20_000));
      const output = at("shrinks.json");
      const extractor = wirecraft.openExtractor(at("shrinks.pcap"), {
        ...{ output, engine: "server", engines: patient, workers },
        verbose: (_, { number }) => {
          if (number === 1) truncateSync(at("shrinks.pcap"), 1000);
        },
      });
      await expect(extractor.run()).rejects.toMatchObject({
        code: "ERR_ENGINE_FAILED",
        message: expect.stringMatching(/became shorter/),
      });
      expect(existsSync(output) || existsSync(`${output}.partial`)).toBe(false);
      expect(await extractor.next()).toBeUndefined();
    }
  });

  it("since the capture went away is one error, and leaves nothing", async () => {
    writeFileSync(at("gone.pcap"), pcapOf(3000));
    const output = at("gone.json");
    const options = { output, engine: "server", engines: patient, workers: 2 };
    const extractor = wirecraft.openExtractor(at("gone.pcap"), options);
    rmSync(at("gone.pcap"));
    await expect(extractor.run()).rejects.toThrow();
    expect(existsSync(output) || existsSync(`${output}.partial`)).toBe(false);
  });

  it("does not keep a process that is told of the fault", () => {
    writeFileSync(at("shrinks.pcap"), pcapOf(3000));
    const program = `
      import { openExtractor } from ${JSON.stringify(pathToFileURL(door).href)};
      import { parallelEngine } from ${JSON.stringify(pathToFileURL(made).href)};
      import { truncateSync } from "node:fs";
      const engine = parallelEngine("server", "", { readsItself: true, isPatient: true });
      const path = ${JSON.stringify(at("shrinks.pcap"))};
      const verbose = () => truncateSync(path, 1000);
      const options = { output: path + ".json", engine, workers: 2, verbose };
      try { await openExtractor(path, options).run(); } catch (error) { console.log(error.code); }
    `;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "-e", program],
      { encoding: "utf8", timeout: 30_000 },
    );
    expect([status, stdout, stderr]).toEqual([0, "ERR_ENGINE_FAILED\n", ""]);
  });

  it("an output that fails is told, and leaves nothing", async () => {
    const calls: string[] = [];
    const output = {
      name: "failing",
      write: () => {
        calls.push("write");
        if (calls.length > 3) throw new Error("no room");
      },
      finish: () => void calls.push("finish"),
      abandon: () => void calls.push("abandon"),
    };
    const options = { output, format: "json", engine: "pipeline", workers: 2, chunkSize: 5000 };
    await expect(wirecraft.extract(pcapOf(3000), options)).rejects.toThrow("no room");
    expect(calls.slice(-1)).toEqual(["abandon"]);
    expect(calls).not.toContain("finish");
  });
});

describe.skipIf(!built || corpus === undefined)("real captures (WIRECRAFT_CORPUS)", () => {
  it("give the same in several threads, 40 of them", async () => {
    const all = filesBelow(corpus!);
    let packets = 0;
    let faulty = 0;
    for (let i = 0; i < 40; i++) {
      const path = all[Math.floor((i * all.length) / 40)]!;
      const format = formats[i % formats.length]!;
      const options = { format, count: 5000, chunkSize: 8192 };
      const threads = { [i % 2 === 0 ? "server" : "pipeline"]: [2 + (i % 2)] };
      const one = await sameAsOne(path, options, threads);
      packets += one.length;
      if (one.fault !== "") faulty++;
    }
    console.log(
      `${packets} packets of 40 captures (${faulty} with faults) are the same in several threads, up to ${relative(corpus!, all.at(-1)!)}`,
    );
    expect(packets).toBeGreaterThan(400);
  }, 600_000);
});
