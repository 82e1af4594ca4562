import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { nativeEngine } from "../../src/extract/engine.ts";
import { Extractor, extract } from "../../src/extract/extractor.ts";
import { extract as extractPath, openExtractor } from "../../src/extract/node/extract.ts";
import type { ExtractOptions } from "../../src/extract/options.ts";
import { http } from "../../src/protocols/application/http/http.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { fragments, pcapOf, SESSION_FRAMES, session } from "./captures.ts";
import { codeOf, framesOf, report } from "./extracting.ts";

const IN = "examples/session.pcap";
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-keywords-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** The distinct chains of a report, as the extraction was told. */
async function chains(options: ExtractOptions): Promise<string[]> {
  const all = new Set<string>();
  for await (const frame of new Extractor(session, options)) all.add(String(frame.chain));
  return [...all];
}

const openIn = (path: string) => openCapture(readFileSync(path));

describe("engine", () => {
  it.each(["native", "default", "pcapkit", "NATIVE"])("%s is ours", async (engine) => {
    expect((await extract(session, { engine })).engine).toBe(nativeEngine);
  });

  it("may be a value, and names those that there are where it is not known", async () => {
    expect((await extract(session, { engine: nativeEngine })).length).toBe(SESSION_FRAMES);
    expect(() => new Extractor(session, { engine: "warp" })).toThrow(/'warp'.*native/);
    expect(await codeOf(() => new Extractor(session, { engine: "warp" }))).toBe("ERR_ENGINE");
    expect(() => openExtractor(IN, { engine: "warp" })).toThrow(/native.*server.*pipeline/);
  });
});

describe("layer", () => {
  it.each([
    ["link", ["Ethernet:ARP", "Ethernet", "Ethernet:VLAN"]],
    ["internet", ["Ethernet:IPv4", "Ethernet:IPv4:ICMP", "Ethernet:IPv6:ICMPv6"]],
    ["transport", ["Ethernet:IPv4:TCP", "Ethernet:VLAN:IPv4:UDP"]],
    ["application", ["Ethernet:IPv4:UDP:DNS", "Ethernet:IPv6:TCP:HTTP"]],
    ["none", ["Ethernet:IPv4:UDP:DNS", "Ethernet:IPv6:TCP:HTTP"]],
    ["Transport", ["Ethernet:IPv4:TCP"]],
  ] as const)("%s is the highest that is taken apart", async (layer, some) => {
    const all = await chains({ limit: { layer } });
    expect(all).toEqual(expect.arrayContaining([...some]));
    expect(all.some((one) => /DNS|HTTP/.test(one))).toBe(/none|application/.test(layer));
    expect(all.some((one) => /TCP|UDP/.test(one))).toBe(!/link|internet/.test(layer));
  });

  it("raw takes nothing apart", async () => {
    expect(await chains({ limit: { layer: "raw" } })).toEqual([""]);
  });

  it("leaves what lies above as raw bytes in the report", async () => {
    const frame = framesOf(await report({ format: "json", limit: { layer: "internet" } }));
    const ip = (frame["Frame 14"] as { ethernet: { ipv4: Record<string, unknown> } }).ethernet.ipv4;
    expect(ip["tcp"]).toBeUndefined();
    expect(ip["raw"]).toBeDefined();
  });

  it("is an error where it is not known", async () => {
    const limit = { layer: "session" as "link" };
    expect(await codeOf(() => new Extractor(session, { limit }))).toBe("ERR_LIMIT");
    expect(() => openExtractor(IN, { limit })).toThrow(/'session'.*transport/);
  });
});

describe("protocol", () => {
  it.each([
    ["a name", "tcp"],
    ["a name in another case", "TCP"],
    ["a declaration", tcp],
    ["several", ["dns", tcp]],
  ] as const)("%s is the last that is taken apart", async (_, protocol) => {
    const all = await chains({ limit: { protocol } });
    expect(all).toContain("Ethernet:IPv4:TCP");
    expect(all.some((one) => one.includes("HTTP"))).toBe(false);
    expect(all).toContain("Ethernet:IPv4:UDP:DNS");
  });

  it("ip is either version; null and none are no limit", async () => {
    expect((await chains({ limit: { protocol: "ip" } })).sort()).toEqual([
      ...["Ethernet:ARP", "Ethernet:IPv4", "Ethernet:IPv6", "Ethernet:VLAN:IPv4"],
    ]);
    for (const protocol of ["null", "none", []])
      expect(await chains({ limit: { protocol } })).toContain("Ethernet:IPv6:TCP:HTTP");
  });

  it("is an error where it is not known, and names it", async () => {
    const limit = { protocol: "carrier-pigeon" };
    expect(await codeOf(() => new Extractor(session, { limit }))).toBe("ERR_LIMIT");
    expect(() => new Extractor(session, { limit })).toThrow(/carrier-pigeon/);
  });
});

describe("reassembly", () => {
  it("is what is put together on the way; without it there is nothing to ask for", async () => {
    const extractor = await extract(session, { reassemble: { tcp: true } });
    expect(extractor.reassembly.tcp.length).toBeGreaterThan(0);
    const without = await extract(session);
    expect(await codeOf(() => without.reassembly)).toBe("ERR_SWITCHED_OFF");
  });
});

describe("reasm_strict", () => {
  it("also gives what is not complete, or only what is", async () => {
    for (const includeIncomplete of [true, undefined, false]) {
      const wanted = includeIncomplete === undefined ? {} : { includeIncomplete };
      const { reassembly } = await extract(fragments(), { reassemble: { ip: true, ...wanted } });
      const all = includeIncomplete === false ? [true] : [true, false];
      expect(reassembly.ipv4.map(({ completed }) => completed)).toEqual(all);
      expect(reassembly.ipv6.map(({ completed }) => completed)).toEqual(all);
    }
  });

  it("gives streams that are cut off only where asked for", async () => {
    const cut = { count: 15, reassemble: { tcp: true, includeIncomplete: false } };
    expect((await extract(session, cut)).reassembly.tcp).toEqual([]);
    const all = { count: 15, reassemble: { tcp: true } };
    expect((await extract(session, all)).reassembly.tcp).toMatchObject([{ completed: false }]);
  });
});

describe("reasm_store", () => {
  it("false: only the callbacks get what is finished", async () => {
    const datagrams: number[] = [];
    const streams: number[] = [];
    const callbacks = {
      onDatagram: ({ id }: { id: { version: number } }) => datagrams.push(id.version),
      onStream: ({ client }: { client: { size: number } }) => streams.push(client.size),
    };
    const reassemble = { ip: true, tcp: true, store: false, ...callbacks };
    const first = await extract(fragments(), { reassemble });
    await extract(session, { reassemble });
    expect(first.reassembly).toEqual({ ipv4: [], ipv6: [], tcp: [] });
    expect(datagrams.sort()).toEqual([4, 4, 6, 6]);
    expect(streams).toHaveLength(2);
  });

  it("has a limit of bytes, which is told", async () => {
    const extractor = await extract(fragments(), { reassemble: { ip: true, maxBytes: 2500 } });
    expect(extractor.reassembly.ipv4).toHaveLength(1);
    expect(extractor.warnings.map(({ code }) => code)).toEqual(["WARN_STORE_FULL"]);
  });
});

describe("trace", () => {
  it("tells of each flow once, both directions", async () => {
    const { trace } = await extract(session, { trace: {} });
    const web = trace.find(({ label }) => label.startsWith("192.0.2.10_50342"));
    expect(web).toMatchObject({ fpout: null, index: [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21] });
    expect(await codeOf(async () => (await extract(session)).trace)).toBe("ERR_SWITCHED_OFF");
  });
});

describe("trace_fout", () => {
  it("is the folder of the flows' files", async () => {
    const directory = at("flows/here");
    const { trace } = await extractPath(IN, { trace: { directory, format: "pcap" } });
    expect(readdirSync(directory).sort()).toEqual(trace.map(({ label }) => `${label}.pcap`).sort());
    for (const { fpout, index } of trace)
      expect([...openIn(fpout!)].map((one) => one.bytes())).toEqual(
        [...openCapture(session)]
          .filter(({ number }) => index.includes(number))
          .map((one) => one.bytes()),
      );
  });

  it("is wanted for every format", () => {
    expect(() => openExtractor(IN, { trace: { format: "pcap" } })).toThrow(/folder/);
    expect(() => new Extractor(session, { trace: { format: "pcap" } })).toThrow(/folder/);
  });
});

describe("trace_format", () => {
  it.each(["json", "tree", "plist", "pcapng"])("%s is what the files are", async (format) => {
    const directory = at(`trace-${format}`);
    const { trace } = await extractPath(IN, { trace: { directory, format } });
    const text = readFileSync(trace[2]!.fpout!, "latin1");
    if (format === "pcapng") expect(text.slice(0, 4)).toBe("\n\r\r\n");
    else for (const n of trace[2]!.index) expect(text).toContain(`Frame ${n}`);
  });

  it("names those that there are where it is not known", () => {
    expect(() => openExtractor(IN, { trace: { directory: at("t"), format: "docx" } })).toThrow(
      /'docx'.*pcap/,
    );
  });
});

describe("trace_byteorder", () => {
  it.each([
    [undefined, "d4c3b2a1"],
    [true, "d4c3b2a1"],
    [false, "a1b2c3d4"],
  ])("littleEndian: %s begins pcap files with %s", async (littleEndian, magic) => {
    const directory = at(`order-${littleEndian}`);
    const order = littleEndian === undefined ? {} : { littleEndian };
    const { trace } = await extractPath(IN, { trace: { directory, format: "pcap", ...order } });
    for (const { fpout, index } of trace) {
      expect(readFileSync(fpout!).subarray(0, 4).toString("hex")).toBe(magic);
      expect([...openIn(fpout!)]).toHaveLength(index.length);
    }
  });

  it("is that of the numbers in pcapng files, too", async () => {
    const directory = at("order-pcapng");
    const options = { directory, format: "pcapng", littleEndian: false };
    const { trace } = await extractPath(IN, { trace: options });
    for (const { fpout, index } of trace) {
      expect(readFileSync(fpout!).subarray(8, 12).toString("hex")).toBe("1a2b3c4d");
      expect([...openIn(fpout!)]).toHaveLength(index.length);
    }
  });
});

describe("trace_nanosecond", () => {
  const fine = pcapOf(20, { nanoseconds: true });

  it.each([
    [true, session, "4d3cb2a1"],
    [false, session, "d4c3b2a1"],
    [undefined, session, "d4c3b2a1"],
    [undefined, fine, "4d3cb2a1"],
    [false, fine, "d4c3b2a1"],
  ])("nanoseconds: %s is what the times of pcap files count", async (nanoseconds, input, magic) => {
    const directory = mkdtempSync(at("fine-"));
    const fineness = nanoseconds === undefined ? {} : { nanoseconds };
    const options = { directory, format: "pcap", ...fineness };
    const { trace } = await extractPath(input, { trace: options });
    const times = [...openCapture(input)].map((packet) => packet.nanoseconds);
    expect(trace.length).toBeGreaterThan(1);
    for (const { fpout, index } of trace) {
      expect(readFileSync(fpout!).subarray(0, 4).toString("hex")).toBe(magic);
      expect([...openIn(fpout!)].map((packet) => packet.nanoseconds)).toEqual(
        index.map((n) => {
          const time = times[n - 1]!;
          return magic === "4d3cb2a1" ? time : time - (time % 1000);
        }),
      );
    }
  });
});

describe("ip, ipv4, ipv6, tcp", () => {
  it.each([
    [{ ip: true }, { ipv4: 2, ipv6: 2 }],
    [{ ipv4: true }, { ipv4: 2, ipv6: 0 }],
    [{ ipv6: true }, { ipv4: 0, ipv6: 2 }],
    [
      { ip: true, ipv6: false },
      { ipv4: 2, ipv6: 0 },
    ],
    [{ tcp: true }, { ipv4: 0, ipv6: 0 }],
  ])("%j gives %j", async (reassemble, wanted) => {
    const { reassembly } = await extract(fragments(), { reassemble });
    expect({ ipv4: reassembly.ipv4.length, ipv6: reassembly.ipv6.length }).toEqual(wanted);
  });

  it("tcp gives what was said, in which HTTP is found", async () => {
    const { reassembly } = await extractPath(IN, { reassemble: { tcp: true } });
    const said = reassembly.tcp.map(({ client }) => new TextDecoder().decode(client.payload()));
    expect(said).toHaveLength(2);
    for (const text of said) expect(text).toMatch(/^GET \//);
    const frames = await extract(session, { store: true });
    expect(frames.frames.filter(({ chain }) => chain.includes(http)).length).toBeGreaterThan(2);
  });
});
