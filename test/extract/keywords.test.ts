import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { Extractor, extract } from "../../src/extract/extractor.ts";
import { extract as extractPath, openExtractor } from "../../src/extract/node/extract.ts";
import { MemoryOutput } from "../../src/extract/output.ts";
import { fileSource } from "../../src/node/source.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { reports } from "../../src/report/reports.ts";
import { SESSION_FRAMES, session, variedPcapng } from "./captures.ts";
import { codeOf, framesOf, report } from "./extracting.ts";

const IN = "examples/session.pcap";
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-keywords-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

describe("fin", () => {
  it("is bytes, a Blob, a stream, or a source", async () => {
    const stream = new Blob([session]).stream();
    for (const input of [session, new Blob([session]), stream, fileSource(IN)])
      expect((await extract(input)).length).toBe(SESSION_FRAMES);
  });

  it("is a path or a URL of a file in Node", async () => {
    const url = pathToFileURL(IN);
    for (const input of [IN, url, session])
      expect((await extractPath(input, { format: null })).length).toBe(SESSION_FRAMES);
    expect(openExtractor(IN).input).toBe(IN);
  });

  it("names the path that is not there, before anything is written", async () => {
    const output = at("missing.json");
    expect(() => openExtractor(at("none.pcap"), { output })).toThrow(/none\.pcap/);
    expect(await codeOf(() => openExtractor(at("none.pcap")))).toBe("ERR_CAPTURE_OPEN");
    expect(existsSync(output) || existsSync(`${output}.partial`)).toBe(false);
  });

  it("names the argument for what nothing can be read from", () => {
    expect(() => new Extractor(42 as unknown as Uint8Array)).toThrow(/capture/);
  });
});

describe("fout", () => {
  it("is any output; the core knows no paths", async () => {
    expect(Object.keys(framesOf(await report({ format: "json" })))).toHaveLength(SESSION_FRAMES);
  });

  it("is a path in Node, whose folders are made", async () => {
    const path = at("some/deep/folder/report.json");
    const extractor = await extractPath(IN, { output: path });
    expect(extractor.output).toBe(path);
    expect(readFileSync(path, "utf8")).toBe(await report({ format: "json", title: IN }));
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  it("replaces a report that was there only when the new one is whole", async () => {
    const path = at("before.json");
    writeFileSync(path, "before");
    const extractor = openExtractor(IN, { output: path });
    await extractor.next();
    expect(readFileSync(path, "utf8")).toBe("before");
    await extractor.run();
    expect(Object.keys(framesOf(readFileSync(path, "utf8")))).toHaveLength(SESSION_FRAMES);
  });
});

describe("fout through a link", () => {
  it("goes to where the link leads, and the link stays", async () => {
    mkdirSync(at("elsewhere"));
    writeFileSync(at("elsewhere/report.json"), "before");
    symlinkSync("elsewhere/report.json", at("link.json"));
    await extractPath(IN, { output: at("link.json") });
    expect(lstatSync(at("link.json")).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("elsewhere/report.json"), "utf8")).toBe(
      await report({ format: "json", title: IN }),
    );
    expect(readdirSync(at("elsewhere"))).toEqual(["report.json"]);
  });
});

describe("format", () => {
  it.each([...reports.keys()].filter((name) => name !== "parquet"))(
    "%s is known by its name, in any case",
    async (name) => {
      const output = new MemoryOutput();
      const extractor = await extract(session, { format: name.toUpperCase(), output });
      expect(extractor.format).toBe(reports.get(name)!.name);
      expect(output.bytes().length > 0).toBe(name !== "null");
    },
  );

  it("is told from the output's name where it is left out", async () => {
    for (const [name, format] of [
      ["a.json", "json"],
      ["a.plist", "plist"],
      ["a.txt", "tree"],
      ["a.ndjson", "ndjson"],
      ["a.PCAP", "pcap"],
    ] as const)
      expect((await extractPath(IN, { output: at(name) })).format).toBe(format);
  });

  it("comes before the output's name, and may be a format of one's own", async () => {
    const path = at("odd.json");
    await extractPath(IN, { output: path, format: "tree" });
    expect(readFileSync(path, "utf8")).toBe(await report({ format: "tree", title: IN }));
    const own = { ...reports.get("tree")!, name: "own" };
    expect((await extract(session, { format: own, output: new MemoryOutput() })).format).toBe(
      "own",
    );
  });

  it("is an error where it is not known or cannot be told", async () => {
    for (const options of [{ format: "docx" }, {}])
      expect(
        await codeOf(() => new Extractor(session, { ...options, output: new MemoryOutput() })),
      ).toBe("ERR_REPORT_FORMAT");
    expect(await codeOf(() => openExtractor(IN, { output: at("report") }))).toBe(
      "ERR_REPORT_FORMAT",
    );
    expect(readdirSync(folder).filter((name) => name.startsWith("report"))).toEqual([]);
  });
});

describe("auto", () => {
  it("true: extract goes to the end", async () => {
    const extractor = await extract(session);
    expect(extractor.isOver).toBe(true);
    expect(extractor.length).toBe(SESSION_FRAMES);
  });

  it("false: an Extractor waits for whoever takes frames", async () => {
    const extractor = new Extractor(session);
    expect([extractor.isOver, extractor.length]).toEqual([false, 0]);
    expect((await extractor.next())?.number).toBe(1);
    expect([extractor.isOver, extractor.length]).toEqual([false, 1]);
    await extractor.close();
    expect(extractor.isOver).toBe(true);
  });
});

describe("extension", () => {
  it("adds .pcap to the input and the format's to the output", async () => {
    writeFileSync(at("short.pcap"), session);
    const options = { output: at("short"), format: "plist", extension: true };
    const extractor = await extractPath(at("short"), options);
    expect(extractor.input).toBe(at("short.pcap"));
    expect(extractor.output).toBe(at("short.plist"));
    expect(existsSync(at("short.plist"))).toBe(true);
  });

  it("adds nothing to what ends so already, and to a file that is there", async () => {
    for (const name of ["x.cap", "x.pcapng", "bare"]) {
      writeFileSync(at(name), session);
      const output = at(`${name}.JSON`);
      const extractor = await extractPath(at(name), { output, format: "json", extension: true });
      expect([extractor.input, extractor.output]).toEqual([at(name), output]);
    }
  });

  it("adds nothing where it is left out", async () => {
    const extractor = await extractPath(IN, { output: at("plain"), format: "json" });
    expect(extractor.output).toBe(at("plain"));
    expect(await codeOf(() => openExtractor(at("short")))).toBe("ERR_CAPTURE_OPEN");
  });
});

describe("store", () => {
  it("keeps the frames", async () => {
    const { frames } = await extract(session, { store: true });
    expect(frames.map(({ number }) => number)).toEqual(
      Array.from({ length: SESSION_FRAMES }, (_, i) => i + 1),
    );
    expect(frames[13]!.packet.get(tcp)?.dstPort).toBe(80);
  });

  it("false, or left out, keeps none", async () => {
    for (const store of [false, undefined]) {
      const extractor = await extract(session, store === undefined ? {} : { store });
      expect(() => extractor.frames).toThrow(/store/);
    }
  });

  it("has a limit of packets and one of bytes, told once", async () => {
    for (const store of [{ packets: 5 }, { bytes: 400 }]) {
      const extractor = await extract(session, { store });
      expect(extractor.warnings.map(({ code }) => code)).toEqual(["WARN_STORE_FULL"]);
      expect(extractor.frames.length).toBeGreaterThan(1);
      expect(extractor.frames.length).toBeLessThanOrEqual(5);
      expect(extractor.length).toBe(SESSION_FRAMES);
    }
  });
});

describe("files", () => {
  it("gives each block a file of its own that is whole", async () => {
    const output = at("one-each");
    await extractPath(IN, { output, format: "json", files: true });
    const names = readdirSync(output);
    expect(names).toHaveLength(SESSION_FRAMES + 1);
    expect(names).toContain("Global Header.json");
    for (let n = 1; n <= SESSION_FRAMES; n++) {
      const one = JSON.parse(readFileSync(join(output, `Frame ${n}.json`), "utf8"));
      expect(one[`Frame ${n}`].number).toBe(n);
    }
  });

  it("names the blocks of a pcapng by kind and number", async () => {
    writeFileSync(at("varied.pcapng"), variedPcapng());
    const output = at("varied");
    await extractPath(at("varied.pcapng"), { output, format: "tree", files: true });
    const names = readdirSync(output);
    for (const name of ["Section Header 2", "Interface Description 4", "Frame 120"])
      expect(names).toContain(`${name}.txt`);
    expect(names.filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("makes a capture of one packet of each frame, which says the same", async () => {
    for (const format of ["pcap", "pcapng"]) {
      const output = at(`one-each-${format}`);
      await extractPath(at("varied.pcapng"), { output, format, files: true });
      const all = [...openIn(at("varied.pcapng"))];
      for (const n of [1, 61, 90, 120]) {
        const [only, ...others] = [...openIn(join(output, `Frame ${n}.${format}`))];
        expect(others).toEqual([]);
        expect(only?.bytes()).toEqual(all[n - 1]!.bytes());
      }
    }
  });

  it("wants a format, since a folder's name tells none", async () => {
    const options = { output: at("folder.json"), files: true };
    expect(await codeOf(() => openExtractor(IN, options))).toBe("ERR_REPORT_FORMAT");
  });
});

const openIn = (path: string) => openCapture(readFileSync(path));

describe("nofile", () => {
  it("is the format null, or no output at all", async () => {
    const before = readdirSync(folder).length;
    await extractPath(IN, { format: null, output: at("never.json") });
    await extractPath(IN);
    const extractor = await extract(session, { format: null, output: new MemoryOutput() });
    expect(readdirSync(folder)).toHaveLength(before);
    expect(() => extractor.format).toThrow(/format/);
    const wrong = { format: null, output: at("never.json"), engine: "warp" };
    expect(() => openExtractor(IN, wrong)).toThrow(/'warp'/);
  });

  it("names the option that is missing for a format without an output", () => {
    expect(() => new Extractor(session, { format: "json" })).toThrow(/output/);
  });
});

describe("verbose", () => {
  it("true prints a line of number and protocols a frame", async () => {
    const lines: string[] = [];
    await extract(session, { verbose: true, print: (line) => lines.push(line) });
    expect(lines).toHaveLength(SESSION_FRAMES);
    expect(lines[0]).toBe(" - Frame   1: Ethernet:ARP");
    expect(lines[28]).toBe(" - Frame  29: Ethernet:IPv6:TCP:HTTP");
  });

  it("true wants somebody to print; in Node there is standard output", async () => {
    expect(() => new Extractor(session, { verbose: true })).toThrow(/print/);
    expect(openExtractor(IN, { verbose: true }).length).toBe(0);
  });

  it("a function gets the Extractor and the frame", async () => {
    const seen: [number, number][] = [];
    const extractor = await extract(session, {
      verbose: (one, frame) => seen.push([one.length, frame.number]),
    });
    expect(seen).toHaveLength(SESSION_FRAMES);
    expect(seen.at(-1)).toEqual([extractor.length, SESSION_FRAMES]);
  });
});

describe("buffer_size", () => {
  it.each([1, 7, 100, 4096, 1 << 20])("chunks of %i bytes give the same", async (chunkSize) => {
    const input = new Blob([session]);
    const output = new MemoryOutput();
    const extractor = await extract(input, { chunkSize, output, format: "json" });
    expect(extractor.length).toBe(SESSION_FRAMES);
    expect(output.text()).toBe(await report({ format: "json" }));
  });
});

describe("buffer_save, buffer_path", () => {
  it("keep what was read, byte for byte", async () => {
    const save = at("kept.pcap");
    const extractor = await extractPath(IN, { buffer: { save } });
    expect(extractor.length).toBe(SESSION_FRAMES);
    expect(readFileSync(save).equals(session)).toBe(true);
  });

  it("keep what a stream gave, too", async () => {
    const save = at("streamed.pcap");
    await extractPath(new Blob([session]).stream(), { buffer: { save } });
    expect(readFileSync(save).equals(session)).toBe(true);
  });

  it("keep what was read until the caller left", async () => {
    const save = at("early.pcap");
    await extractPath(IN, { buffer: { save }, count: 2, chunkSize: 500 });
    const kept = readFileSync(save);
    expect(kept.equals(session.subarray(0, kept.length))).toBe(true);
    expect(kept.length).toBeGreaterThan(150);
    expect(kept.length).toBeLessThan(session.length);
  });

  it("leave what was there alone where nothing is read", () => {
    const save = at("precious.pcap");
    writeFileSync(save, "precious");
    expect(() => openExtractor(IN, { buffer: { save }, engine: "warp" })).toThrow();
    expect(readFileSync(save, "utf8")).toBe("precious");
    expect(existsSync(`${save}.partial`)).toBe(false);
  });

  it("do not destroy the input or the report", async () => {
    const path = at("self.pcap");
    writeFileSync(path, session);
    const options = { output: at("other.json"), count: 1 };
    expect(await codeOf(() => extractPath(path, { ...options, buffer: { save: path } }))).toBe(
      "ERR_OUTPUT_IS_INPUT",
    );
    const same = { ...options, buffer: { save: options.output } };
    expect(() => openExtractor(path, same)).toThrow(/^buffer\.save: /);
    expect(readFileSync(path).equals(session)).toBe(true);
  });
});

describe("no_eof", () => {
  it("growing: waits for more at the end, until nothing comes for the time-out", async () => {
    const path = at("growing.pcap");
    writeFileSync(path, session.subarray(0, 1000));
    setTimeout(() => writeFileSync(path, session.subarray(1000, 3000), { flag: "a" }), 150);
    setTimeout(() => writeFileSync(path, session.subarray(3000), { flag: "a" }), 300);
    const growing = { interval: 10, timeout: 1 };
    const extractor = await extractPath(path, { growing, output: at("growing.json") });
    expect(extractor.length).toBe(SESSION_FRAMES);
    expect(Object.keys(framesOf(readFileSync(at("growing.json"), "utf8")))).toHaveLength(
      SESSION_FRAMES,
    );
  });

  it("growing: is ended by the signal, and the report is whole", async () => {
    const path = at("endless.pcap");
    writeFileSync(path, session);
    const stop = new AbortController();
    const extractor = openExtractor(path, {
      ...{ growing: true, signal: stop.signal, output: at("endless.ndjson") },
      verbose: (_, { number }) => {
        if (number === SESSION_FRAMES) setTimeout(() => stop.abort(), 50);
      },
    });
    await extractor.run();
    expect(readFileSync(at("endless.ndjson"), "utf8").split("\n")).toHaveLength(SESSION_FRAMES + 1);
  });

  it("growing: a record that is half there when the signal comes is no fault", async () => {
    const path = at("half.pcap");
    writeFileSync(path, session.subarray(0, -10));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const options = { growing: { interval: 10 }, signal: stop.signal, output: at("half.ndjson") };
    expect((await extractPath(path, options)).length).toBe(SESSION_FRAMES - 1);
    expect(readFileSync(at("half.ndjson"), "utf8").split("\n")).toHaveLength(SESSION_FRAMES);
    const over = { growing: { interval: 10, timeout: 0.1 } };
    expect(await codeOf(() => extractPath(path, over))).toBe("ERR_PCAP_TRUNCATED");
  });

  it("growing: names a time that is none", () => {
    for (const growing of [{ interval: 0 }, { timeout: -1 }])
      expect(() => openExtractor(IN, { growing })).toThrow(RangeError);
  });
});
