import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { ExtractionError } from "../../src/extract/errors.ts";
import { Extractor, extract } from "../../src/extract/extractor.ts";
import type { ExtractedFrame } from "../../src/extract/frame.ts";
import type { Info } from "../../src/extract/info.ts";
import { openExtractor } from "../../src/extract/node/extract.ts";
import { MemoryOutput } from "../../src/extract/output.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { pcapOf, recordStart, SESSION_FRAMES, session, variedPcapng } from "./captures.ts";
import { codeOf, framesOf, numbersOf, report, upTo } from "./extracting.ts";

const IN = "examples/session.pcap";
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-extractor-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

describe("taking frames from an Extractor", () => {
  it("gives each frame once, in order, with its protocols", async () => {
    const extractor = new Extractor(session);
    const all: string[] = [];
    for await (const frame of extractor) {
      expect(extractor.length).toBe(frame.number);
      expect(String(extractor.chain)).toBe(String(frame.chain));
      all.push(String(frame.chain));
    }
    const wanted: string[] = [];
    for await (const packet of openCapture(session)) wanted.push(String(packet.chain));
    expect(all).toEqual(wanted);
    expect(extractor.isOver).toBe(true);
  });

  it("one after the other with next, and then the others with for await or run", async () => {
    const extractor = new Extractor(session);
    expect((await extractor.next())?.name).toBe("Frame 1");
    expect((await extractor.next())?.name).toBe("Frame 2");
    expect(await numbersOf(extractor)).toEqual(upTo(SESSION_FRAMES).slice(2));
    expect(await extractor.next()).toBeUndefined();

    const output = new MemoryOutput();
    const other = new Extractor(session, { output, format: "json" });
    await other.next();
    await other.run();
    expect(output.text()).toBe(await report({ format: "json" }));
  });

  it("goes over kept frames again and again, after run and after for await", async () => {
    const ran = await extract(session, { store: true });
    for (let i = 0; i < 2; i++) expect(await numbersOf(ran)).toEqual(upTo(SESSION_FRAMES));
    const iterated = new Extractor(session, { store: true });
    for (let i = 0; i < 2; i++) expect(await numbersOf(iterated)).toEqual(upTo(SESSION_FRAMES));
  });

  it("says what to switch on where frames are asked for again and none were kept", async () => {
    const extractor = await extract(session);
    await expect(numbersOf(extractor)).rejects.toThrow(/'store'/);
    expect(await codeOf(() => numbersOf(extractor))).toBe("ERR_SWITCHED_OFF");
  });

  it.each(["break", "throw", "return"])(
    "leaving by %s ends the report with what was taken",
    async (how) => {
      const output = at(`${how}.json`);
      const extractor = openExtractor(IN, { output, store: true, title: "t" });
      const leave = async (): Promise<void> => {
        for await (const { number } of extractor) {
          if (number < 7) continue;
          if (how === "break") break;
          if (how === "return") return;
          throw new Error("the caller's own");
        }
      };
      if (how === "throw") await expect(leave()).rejects.toThrow("the caller's own");
      else await leave();
      expect(readFileSync(output, "utf8")).toBe(await report({ format: "json", count: 7 }));
      expect(existsSync(`${output}.partial`)).toBe(false);
      expect(extractor.frames.map(({ number }) => number)).toEqual(upTo(7));
      expect([extractor.isOver, extractor.length]).toEqual([true, 7]);
    },
  );

  it("leaving in the middle of a pcapng leaves the blocks before the frame, and none behind", async () => {
    const output = new MemoryOutput();
    const extractor = new Extractor(variedPcapng(), { output, format: "pcapng" });
    for (let i = 0; i < 70; i++) await extractor.next();
    await extractor.close();
    const input = variedPcapng();
    expect(Buffer.from(input.subarray(0, output.bytes().length)).equals(output.bytes())).toBe(true);
    expect((await extract(output.bytes())).length).toBe(70);
  });

  it("takes calls of next that do not wait for each other", async () => {
    const extractor = new Extractor(new Blob([session]), { chunkSize: 100 });
    const frames = await Promise.all(upTo(40).map(() => extractor.next()));
    expect(frames.map((frame) => frame?.number)).toEqual([
      ...upTo(SESSION_FRAMES),
      ...Array.from({ length: 40 - SESSION_FRAMES }, () => undefined),
    ]);
  });

  it("gives frames that stay what they are when the extraction goes on", async () => {
    const extractor = new Extractor(pcapOf(500), { chunkSize: 1000 });
    const first = await extractor.next();
    const bytes = Buffer.from(first!.packet.bytes()).toString("hex");
    await extractor.run();
    expect(Buffer.from(first!.packet.bytes()).toString("hex")).toBe(bytes);
    expect(String(first!.chain)).toBe("Ethernet:IPv4:UDP");
  });
});

describe("close", () => {
  it("of what was not begun writes an empty report, which is whole", async () => {
    const output = at("nothing.json");
    const extractor = openExtractor(IN, { output });
    await extractor.close();
    expect(framesOf(readFileSync(output, "utf8"))).toEqual({});
    expect(await extractor.next()).toBeUndefined();
    expect(extractor.length).toBe(0);
  });

  it("may come twice, and after the end", async () => {
    const output = new MemoryOutput();
    const extractor = await extract(session, { output, format: "json" });
    const text = output.text();
    await extractor.close();
    await extractor.close();
    expect(output.text()).toBe(text);
  });

  it("finishes reassembly and traces", async () => {
    const extractor = new Extractor(session, { reassemble: { tcp: true }, trace: {} });
    for (let i = 0; i < 15; i++) await extractor.next();
    expect(extractor.reassembly.tcp).toEqual([]);
    await extractor.close();
    expect(extractor.reassembly.tcp).toHaveLength(1);
    expect(extractor.trace.length).toBeGreaterThan(2);
  });
});

describe("what an Extractor tells", () => {
  it.each(["format", "output", "frames", "reassembly", "trace"] as const)(
    "%s is an error where it was switched off",
    (property) => {
      const extractor = new Extractor(session);
      expect(() => extractor[property]).toThrow(ExtractionError);
      expect(() => extractor[property]).toThrow(new RegExp(`^'${property}': .*option`));
      try {
        void extractor[property];
      } catch (error) {
        expect((error as ExtractionError).code).toBe("ERR_SWITCHED_OFF");
      }
    },
  );

  it("input, output and format are names", async () => {
    const extractor = openExtractor(IN, { output: at("names.xml"), format: "XML" });
    expect([extractor.input, extractor.output, extractor.format]).toEqual([
      ...[IN, at("names.xml"), "plist"],
    ]);
    await extractor.close();
    expect(new Extractor(session).input).toBe("memory");
  });

  it("header, version and magicNumber are those of the capture, once it is read", async () => {
    const extractor = new Extractor(session);
    expect([extractor.header, extractor.version, extractor.magicNumber]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    await extractor.next();
    expect(extractor.version).toEqual({ major: 2, minor: 4 });
    expect(Buffer.from(extractor.magicNumber!).toString("hex")).toBe("d4c3b2a1");
    const written = JSON.parse(await report({ format: "json" }))["Global Header"];
    expect(Object.keys(extractor.header!)).toEqual(Object.keys(written));
    expect(extractor.header).toMatchObject({ snaplen: written.snaplen });
    expect(Object.isFrozen(extractor.header)).toBe(true);
  });

  it.each([
    [{ littleEndian: false }, "a1b2c3d4", { major: 2, minor: 4 }],
    [{ nanoseconds: true }, "4d3cb2a1", { major: 2, minor: 4 }],
    [{ littleEndian: false, nanoseconds: true }, "a1b23c4d", { major: 2, minor: 4 }],
  ] as const)("magicNumber of %j is %s", async (options, magic, version) => {
    const extractor = await extract(pcapOf(0, options));
    expect(Buffer.from(extractor.magicNumber!).toString("hex")).toBe(magic);
    expect(extractor.version).toEqual(version);
  });

  it("header, version and magicNumber of a pcapng are those of its first section", async () => {
    const extractor = await extract(variedPcapng());
    expect(extractor.version).toEqual({ major: 1, minor: 0 });
    expect(Buffer.from(extractor.magicNumber!).toString("hex")).toBe("0a0d0d0a");
    expect(JSON.stringify(extractor.header)).toContain("low byte first: true");
  });
});

describe("a frame", () => {
  const fourteenth = async (): Promise<ExtractedFrame> =>
    (await extract(session, { store: true })).frames[13]!;

  it("has a chain with index, count, includes, slice and text", async () => {
    const { chain } = await fourteenth();
    expect(String(chain)).toBe("Ethernet:IPv4:TCP:HTTP");
    expect([chain.index("TCP"), chain.index(tcp), chain.index("ip")]).toEqual([2, 2, 1]);
    expect([chain.count("ipv4"), chain.count("udp")]).toEqual([1, 0]);
    expect([chain.includes(ipv4), chain.includes("http"), chain.includes("dns")]).toEqual([
      ...[true, true, false],
    ]);
    expect(String(chain.slice(1, 3))).toBe("IPv4:TCP");
    expect(chain.length).toBe(4);
  });

  it("has an info of frozen plain objects with the keys of the reports", async () => {
    const { info } = await fourteenth();
    const frozen = (value: unknown): void => {
      if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
      expect(Object.isFrozen(value)).toBe(true);
      expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(value));
      for (const one of Object.values(value)) frozen(one);
    };
    frozen(info);
    expect(() => Object.assign(info, { number: 1 })).toThrow(TypeError);
    const shown = framesOf(await report({ format: "json" }))["Frame 14"]!;
    expect(Object.keys(info)).toEqual(Object.keys(shown));
    const ethernet = info["ethernet"] as Info;
    expect((ethernet["ipv4"] as Info)["src"]).toBe("192.0.2.10");
    expect(ethernet["type"]).toEqual({ value: 0x0800, name: "IPv4" });
    expect(info["time"]).toMatch(/^2026-03-02T07:30:02\.\d{9}Z$/);
    expect((await fourteenth()).info).toEqual(info);
  });

  it("has the packet with its own bytes, lengths and time", async () => {
    const frame = await fourteenth();
    const at = recordStart(session, 13) + 16;
    const { packet } = frame;
    expect(Buffer.from(packet.bytes())).toEqual(session.subarray(at, at + packet.length));
    expect(frame.info["cap_len"]).toBe(packet.length);
    expect(frame.info["len"]).toBe(packet.originalLength);
    expect(frame.layers).toBeNull();
    expect(frame.toString()).toBe(" - Frame  14: Ethernet:IPv4:TCP:HTTP");
  });

  it("of a pcapng tells its section, interface and comment", async () => {
    const { frames } = await extract(variedPcapng(), { store: true });
    expect(frames[0]!.info).toMatchObject({ section_number: 1, interface_id: 0 });
    expect(frames[61]!.info).toMatchObject({ section_number: 2 });
    expect(JSON.stringify(frames[1]!.info)).toContain("packet 1 “”");
  });
});
