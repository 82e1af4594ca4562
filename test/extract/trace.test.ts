import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { flows } from "../../src/cli/flows.ts";
import { FlowTrace, type FlowTraceOptions, traceFlows } from "../../src/extract/trace.ts";
import { traceFolder } from "../../src/node/trace-folder.ts";
import { build } from "../../src/packet/build.ts";
import { Packet } from "../../src/packet/packet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { ipv6 } from "../../src/protocols/network/ipv6.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { udp } from "../../src/protocols/transport/udp.ts";
import { hasTshark } from "../support/tshark.ts";

const session = readFileSync("examples/session.pcap");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirecraft-trace-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files that are kept here, and how each was written. */
class Memory {
  readonly files = new Map<string, { pieces: Uint8Array[]; isWhole: boolean }>();

  append(name: string, bytes: Uint8Array, isFirst: boolean): string {
    expect(this.files.has(name)).toBe(!isFirst);
    if (isFirst) this.files.set(name, { pieces: [], isWhole: false });
    this.files.get(name)!.pieces.push(bytes);
    return name;
  }
  finish(name: string): void {
    this.files.get(name)!.isWhole = true;
  }
  read(name: string): Buffer {
    return Buffer.concat(this.files.get(name)!.pieces);
  }
}

/** Segments of one conversation, with times in milliseconds. */
function conversation(steps: readonly (readonly [ms: number, from: 0 | 1, flags: string])[]) {
  return steps.map(([ms, from, flags], i) => {
    const ends = ["192.0.2.1", "192.0.2.2"] as const;
    const ports = [4000, 80] as const;
    const made = build(
      ipv4({ src: ends[from], dst: ends[1 - from]! }),
      tcp({
        srcPort: ports[from],
        dstPort: ports[1 - from]!,
        flags: Object.fromEntries(flags.split("+").map((name) => [name, true])),
      }),
    );
    return at(made, ms, i + 1);
  });
}

/** The packet as if it had been captured then. */
function at(packet: Packet, ms: number, number: number) {
  const { data, start, end, originalLength, origin, bottom } = packet;
  const place = { ...origin, linkType: 101 };
  const [s, ns] = [Math.floor(ms / 1000), (ms % 1000) * 1e6];
  return new Packet(data, start, end, originalLength, s, ns, number, place, bottom);
}

const trace = async (packets: Iterable<Packet>, options: FlowTraceOptions = {}) =>
  (await traceFlows(packets, options)).map(({ label, index, reason, fpout }) => ({
    ...{ label, index, reason, fpout },
  }));

describe("a flow trace", () => {
  it("names flows by the ends and the time of the first packet, both directions in one", async () => {
    const all = await trace(openCapture(session));
    expect(all[2]).toEqual({
      label: "192.0.2.10_50342-198.51.100.80_80-1772436602.038193",
      index: [...all[2]!.index],
      ...{ reason: "flushed", fpout: null },
    });
    expect(all[2]!.index.length).toBe(11);
    expect(all.map(({ label }) => label)).toContain(
      "2001.db8.0.1..a_50344-2001.db8.0.80..80_80-1772436602.392052",
    );
    for (const { label } of all) expect(label).toMatch(/^[\w.-]{1,128}$/);
  });

  it("keeps the acknowledgment of the last FIN, and begins anew with the next SYN", async () => {
    const packets = conversation([
      [0, 0, "syn"],
      [1, 1, "syn+ack"],
      [2, 0, "ack"],
      [3, 0, "fin+ack"],
      [4, 1, "fin+ack"],
      [5, 0, "ack"],
      [6, 0, "syn"],
    ]);
    expect(await trace(packets)).toMatchObject([
      {
        label: "192.0.2.1_4000-192.0.2.2_80-0.000000",
        index: [1, 2, 3, 4, 5, 6],
        reason: "reused",
      },
      { label: "192.0.2.1_4000-192.0.2.2_80-0.006000", index: [7], reason: "flushed" },
    ]);
  });

  it("ends a flow by a reset and by being quiet", async () => {
    const reset = conversation([
      [0, 0, "syn"],
      [1, 1, "rst+ack"],
      [9000, 0, "syn"],
      [400_000, 1, "ack"],
    ]);
    const all = await trace(reset);
    expect(all.map(({ index, reason }) => [index, reason])).toEqual([
      [[1, 2], "closed"],
      [[3], "idle"],
      [[4], "flushed"],
    ]);
    // The end that sent the first packet stands first, whoever began.
    expect(all[2]!.label).toBe("192.0.2.2_80-192.0.2.1_4000-400.000000");
  });

  it("gives labels of their own to flows of equal ends and times", async () => {
    const both = [tcp({ srcPort: 1, dstPort: 2 }), udp({ srcPort: 1, dstPort: 2 })].map(
      (layer, i) => at(build(ipv4({ src: "192.0.2.1", dst: "192.0.2.2" }), layer), 5, i + 1),
    );
    const labels = (await trace(both)).map(({ label }) => label);
    expect(labels).toEqual([
      "192.0.2.1_1-192.0.2.2_2-0.005000",
      "192.0.2.1_1-192.0.2.2_2-0.005000-2",
    ]);
  });

  it("writes pcap files whose frames and times are those of the capture", async () => {
    const memory = new Memory();
    const packets = [...openCapture(session)];
    const all = await trace(openCapture(session), { format: "pcap", folder: memory });
    expect(memory.files.size).toBe(all.length);
    for (const { fpout, label, index } of all) {
      expect(fpout).toBe(`${label}.pcap`);
      expect(memory.files.get(fpout!)!.isWhole).toBe(true);
      const again = [...openCapture(memory.read(fpout!))];
      expect(again.map((p) => [p.time, p.originalLength, Buffer.from(p.bytes())])).toEqual(
        index
          .map((n) => packets[n - 1]!)
          .map((p) => [p.time, p.originalLength, Buffer.from(p.bytes())]),
      );
    }
  });

  it.each(["json", "ndjson", "tree", "pcapng"])("writes %s", async (format) => {
    const memory = new Memory();
    const all = await trace(openCapture(session), { format, folder: memory });
    const file = memory.read(all[2]!.fpout!);
    if (format === "pcapng") expect([...openCapture(file)].length).toBe(11);
    else if (format === "json") {
      const frames = Object.keys(JSON.parse(file.toString())).filter((key) => /^Frame /.test(key));
      expect(frames).toEqual(all[2]!.index.map((n) => `Frame ${n}`));
    } else if (format === "ndjson") expect(file.toString().trimEnd().split("\n").length).toBe(11);
    else expect(file.toString().match(/^Frame \d+/gm)?.length).toBe(11);
  });

  it("refuses what it cannot write, and frames of another link type get another file", async () => {
    expect(() => new FlowTrace({ format: "xls" })).toThrow("FlowTrace: no format 'xls'");
    expect(() => new FlowTrace({ format: "pcap" })).toThrow("FlowTrace: a folder is wanted");
    const memory = new Memory();
    const [first, second] = conversation([
      [0, 0, "syn"],
      [1, 1, "syn+ack"],
    ]);
    second!.origin = { ...second!.origin, linkType: 228 };
    const all = await trace([first!, second!], { format: "pcap", folder: memory });
    expect(all.map(({ index }) => index)).toEqual([[1], [2]]);
    const types = all.map(({ fpout }) => memory.read(fpout!).readUInt32LE(20));
    expect(types).toEqual([101, 228]);
    const one = new Memory();
    expect((await trace([first!, second!], { format: "pcapng", folder: one })).length).toBe(1);
  });

  it("writes in pieces when much waits, with few files open, and renames what is whole", async () => {
    const path = join(folder, "pieces");
    const files = traceFolder(path, { open: 2 });
    const packets = Array.from({ length: 400 }, (_, i) =>
      at(
        build(
          ipv6({ src: `2001:db8::${i % 8}`, dst: "2001:db8::99" }),
          udp({ srcPort: 1000, dstPort: 2000 }),
          new Uint8Array(100).fill(i),
        ),
        i,
        i + 1,
      ),
    );
    const seen: string[] = [];
    const all = await trace(packets, {
      ...{ format: "pcap", folder: files, buffer: 1000 },
      onEnd: ({ fpout }) => seen.push(fpout!),
    });
    expect(readdirSync(path).sort()).toEqual(all.map(({ label }) => `${label}.pcap`).sort());
    expect(seen.length).toBe(8);
    const written = [...openCapture(readFileSync(all[5]!.fpout!))].map((p) => p.bytes()[60]);
    expect(written).toEqual(Array.from({ length: 50 }, (_, i) => (i * 8 + 5) & 255));
  });

  it.runIf(hasTshark)("writes files that tshark reads", async () => {
    const path = join(folder, "command");
    await flows("examples/session.pcap", { trace: path, output: join(folder, "flows.txt") });
    const names = readdirSync(path);
    expect(names.length).toBe(6);
    const digests = (file: string): string[] =>
      execFileSync(
        "tshark",
        [
          "-n",
          "-r",
          file,
          "-T",
          "fields",
          "-e",
          "frame.time_epoch",
          "-e",
          "ip.proto",
          "-e",
          "tcp.seq_raw",
          "-e",
          "frame.len",
        ],
        {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        },
      )
        .trimEnd()
        .split("\n");
    const all = names.flatMap((name) => digests(join(path, name)));
    const whole = new Set(digests("examples/session.pcap"));
    expect(all.length).toBeGreaterThan(20);
    for (const line of all) expect(whole.has(line)).toBe(true);
  });
});
