import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Extractor, extract } from "../../src/extract/extractor.ts";
import { openExtractor } from "../../src/extract/node/extract.ts";
import { MemoryOutput, type ReportOutput } from "../../src/extract/output.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { pcapOf, recordStart, session } from "./captures.ts";
import { codeOf, framesOf, numbersOf, upTo } from "./extracting.ts";

const IN = "examples/session.pcap";
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-extractor-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

describe("a fault of the input", () => {
  const cut = session.subarray(0, recordStart(session, 20) + 30);

  it.each(["json", "plist", "tree", "pcap"])(
    "comes after the good frames, and the report in %s is whole",
    async (format) => {
      const output = at(`cut.${format}`);
      writeFileSync(at("cut.cap"), cut);
      const extractor = openExtractor(at("cut.cap"), { output, format, title: "t" });
      const error = await extractor.run().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(CaptureError);
      expect(error).toMatchObject({
        code: "ERR_PCAP_TRUNCATED",
        offset: recordStart(session, 20),
      });
      expect(extractor.length).toBe(20);
      const memory = new MemoryOutput();
      await extract(session, { format, count: 20, title: "t", output: memory });
      expect(readFileSync(output).equals(memory.bytes())).toBe(true);
      expect(existsSync(`${output}.partial`)).toBe(false);
    },
  );

  it("is thrown once: what comes after is over", async () => {
    const extractor = new Extractor(cut, { store: true });
    const numbers: number[] = [];
    await expect(
      (async () => {
        for await (const { number } of extractor) numbers.push(number);
      })(),
    ).rejects.toThrow(CaptureError);
    expect(numbers).toEqual(upTo(20));
    expect(await extractor.next()).toBeUndefined();
    expect(await numbersOf(extractor)).toEqual(upTo(20));
  });

  it("finishes reassembly and traces", async () => {
    const extractor = new Extractor(cut, { reassemble: { tcp: true }, trace: {} });
    await expect(extractor.run()).rejects.toThrow(CaptureError);
    expect(extractor.reassembly.tcp).toHaveLength(1);
    expect(extractor.trace.length).toBeGreaterThan(2);
  });

  it.each([
    ["nothing", new Uint8Array(0), "ERR_CAPTURE_EMPTY"],
    ["no capture", new TextEncoder().encode("no capture, only text, but long"), "ERR_PCAP_MAGIC"],
    ["a record of 4 GiB", pcapOf(2).fill(0xff, 24 + 8, 24 + 12), "ERR_PCAP_RECORD_LENGTH"],
  ])("that is %s gives an empty report", async (_, input, code) => {
    const output = new MemoryOutput();
    expect(await codeOf(() => extract(input, { output, format: "json" }))).toBe(code);
    expect(output.isFinished).toBe(true);
    expect(framesOf(output.text())).toEqual({});
  });
});

/** An output that fails at a piece, or when it is finished. */
class Failing implements ReportOutput {
  readonly name = "failing";
  readonly calls: string[] = [];
  private readonly failsAt: number | "finish";

  constructor(failsAt: number | "finish") {
    this.failsAt = failsAt;
  }
  write(): void {
    this.calls.push("write");
    if (this.calls.length === this.failsAt) throw new Error("no room");
  }
  finish(): void {
    this.calls.push("finish");
    if (this.failsAt === "finish") throw new Error("no room");
  }
  abandon(): void {
    this.calls.push("abandon");
  }
}

describe("a fault of the output", () => {
  it.each([1, 2, 20, "finish" as const])(
    "at %s is thrown, and the output abandoned",
    async (when) => {
      const output = new Failing(when);
      const extractor = new Extractor(session, { output, format: "json" });
      await expect(extractor.run()).rejects.toThrow("no room");
      expect(output.calls.at(-1)).toBe("abandon");
      expect(output.calls.filter((call) => call === "abandon")).toHaveLength(1);
      expect(await extractor.next()).toBeUndefined();
      await extractor.close();
      expect(output.calls.filter((call) => call === "abandon")).toHaveLength(1);
    },
  );

  it("leaves nothing under the final name, and what was there before", async () => {
    const output = at("full.json");
    writeFileSync(output, "before");
    const extractor = openExtractor(IN, {
      output,
      verbose: () => {
        throw new Error("the caller's own");
      },
    });
    await expect(extractor.run()).rejects.toThrow("the caller's own");
    expect(readFileSync(output, "utf8")).toBe("before");
    expect(existsSync(`${output}.partial`)).toBe(false);
  });

  it("leaves none of the traces that are not whole", async () => {
    const directory = at("traces");
    const extractor = openExtractor(IN, {
      // Every packet is written at once, and the flows of DNS and others are open all the time.
      trace: { directory, format: "pcap", buffer: 1 },
      verbose: (_, { number }) => {
        if (number === 20) throw new Error("the caller's own");
      },
    });
    for (let i = 0; i < 3; i++) await extractor.next();
    expect(readdirSync(directory)).toHaveLength(1);
    await expect(extractor.run()).rejects.toThrow("the caller's own");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("of a trace is told with its path", async () => {
    const directory = at("lost");
    const extractor = openExtractor(IN, { trace: { directory, format: "pcap" } });
    await extractor.next();
    rmSync(directory, { recursive: true });
    await expect(extractor.run()).rejects.toThrow(
      /^cannot write .*lost.*: there is no such folder/,
    );
  });

  it("tells of the fault itself where the folder went away", async () => {
    mkdirSync(at("going"));
    const extractor = openExtractor(IN, { output: at("going/out.json") });
    await extractor.next();
    rmSync(at("going"), { recursive: true });
    await expect(extractor.run()).rejects.toThrow(
      /^cannot write .*out\.json: there is no such folder/,
    );
  });

  it("is told of the path, before anything is read", () => {
    writeFileSync(at("file"), "");
    for (const output of [at("file/out.json"), "/proc/none/out.json", folder])
      expect(() => openExtractor(IN, { output, format: "json" })).toThrow(
        /^cannot write .*(folder|permitted)/,
      );
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("is the input itself, under whatever name", async () => {
    const path = at("self.pcap");
    writeFileSync(path, session);
    expect(await codeOf(() => openExtractor(path, { output: path }))).toBe("ERR_OUTPUT_IS_INPUT");
    expect(readFileSync(path).equals(session)).toBe(true);
  });

  it("a format that the capture does not fit leaves nothing", async () => {
    const output = at("two-links.pcap");
    const { PcapngWriter } = await import("../../src/files/pcapng-writer.ts");
    const writer = new PcapngWriter({ linkType: 1 });
    writer.write(new Uint8Array(60), 0, 60, 60, 1, 0);
    const raw = writer.interface({ linkType: 101 });
    writer.write(new Uint8Array(60), 0, 60, 60, 2, 0, raw);
    expect(await codeOf(() => openExtractor(writer.take(), { output }).run())).toBe(
      "ERR_REPORT_LINK_TYPE",
    );
    expect(existsSync(output) || existsSync(`${output}.partial`)).toBe(false);
  });
});
