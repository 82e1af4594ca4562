import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import { openCapture } from "../../src/capture/open.ts";
import { tsharkEngine } from "../../src/extract/engines/tshark.ts";
import { secretsTypes } from "../../src/files/blocks.ts";
import { CaptureError } from "../../src/files/errors.ts";
import { PcapngWriter } from "../../src/files/pcapng-writer.ts";
import { build } from "../../src/packet/build.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { ethernet } from "../../src/protocols/link/ethernet.ts";
import { ipv4 } from "../../src/protocols/network/ipv4.ts";
import { tcp } from "../../src/protocols/transport/tcp.ts";
import { frameText } from "../../src/report/json/frame.ts";
import { fileOf } from "../report/wireshark/synthetic-file.ts";
import { hasTshark, tsharkCells } from "../support/tshark.ts";
import {
  chunksOf,
  depthOf,
  nothingRuns,
  pings,
  request,
  secretRequest,
  shownOf,
} from "./tshark-captures.ts";

if (!hasTshark) process.stderr.write("skipped: the engine tshark, tshark is not installed\n");

const folder = mkdtempSync(join(tmpdir(), "wirecraft-tshark-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasTshark)("the cells of the engine tshark", () => {
  const families = new Set(captures.map(({ linkType }) => linkType));
  it.concurrent.each([...families])("are those of -T fields, for link type %d", async (type) => {
    const { file } = fileOf(captures.filter(({ linkType }) => linkType === type));
    const path = join(folder, `cells-${type}.pcap`);
    writeFileSync(path, file);
    const shown = await shownOf(chunksOf(file));
    const names = [...new Set(shown.flatMap(([, { cells }]) => [...cells.keys()]))].sort();
    expect(names.length).toBeGreaterThan(20);
    const { frames, unknown } = tsharkCells(path, names);
    expect(unknown).toEqual([]);
    expect(shown.length).toBe(frames.length);
    const wrong = shown.flatMap(([packet, { cells }], i) =>
      names
        .map((name, k) => [name, cells.get(name) ?? "", frames[i]![k]!] as const)
        .filter(([, ours, theirs]) => ours !== theirs)
        .map(
          ([name, ours, theirs]) => `#${packet.number} ${name}: "${ours}", -T fields "${theirs}"`,
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("are there for every field that the frame has", async () => {
    const { file } = fileOf(captures.filter(({ name }) => name === "dns"));
    const [, { cells }] = (await shownOf(chunksOf(file)))[0]!;
    for (const name of ["frame.number", "eth.addr", "ip.src", "udp.port", "dns.flags.response"])
      expect(cells.get(name), name).toMatch(/./);
  });
});

describe.skipIf(!hasTshark)("the layers of the engine tshark", () => {
  it("have the names of our declarations where they are ours", async () => {
    const file = pings(1, 46);
    const [packet, layers] = (await shownOf(chunksOf(file)))[0]!;
    const frame = JSON.parse(`{${frameText(packet, "pcap", undefined, layers)}}`);
    const own = JSON.parse(`{${frameText(packet, "pcap")}}`);
    expect(frame.protocols).toBe("Ethernet:IPv4:ICMP");
    expect(frame.ethernet.src).toBe(own.ethernet.src);
    expect(frame.ethernet.type).toEqual(own.ethernet.type);
    const { ipv4 } = frame.ethernet;
    for (const key of ["version", "ihl", "len", "flags", "ttl", "protocol", "src", "dst"])
      expect(ipv4[key], key).toEqual(own.ethernet.ipv4[key]);
    for (const key of ["is", "type", "code", "id", "seq"])
      expect(ipv4.icmp[key], key).toEqual(own.ethernet.ipv4.icmp[key]);
    expect(ipv4.icmp.raw.packet).toBe("00000000");
  });

  it("nest as the packet does, for each synthetic capture", async () => {
    const { file } = fileOf(captures.filter(({ linkType }) => linkType === 1));
    for (const [packet, { chain, content }] of await shownOf(chunksOf(file))) {
      // Flags and bytes that are no layer may stand in the highest one.
      expect(depthOf(content), `#${packet.number} ${chain}`).toBeGreaterThan(chain.length);
      expect([...content.keys()].length).toBeGreaterThan(0);
    }
  });
});

describe.skipIf(!hasTshark)("captures of all kinds", () => {
  it("come in order, numbered as in the capture, also compressed", async () => {
    const shown = await shownOf(chunksOf(gzipSync(pings(1000))));
    expect(shown.map(([, { cells }]) => cells.get("icmp.seq"))).toEqual(
      Array.from({ length: 1000 }, (_, i) => `${i}`),
    );
    expect(shown.map(([{ number }]) => number)).toEqual(shown.map((_, i) => i + 1));
    expect(shown.every(([p, { cells }]) => cells.get("frame.number") === `${p.number}`)).toBe(true);
    expect(shown[0]![1].cells.has("frame.interface_id")).toBe(false);
  });

  it("keep interfaces, sections, comments and blocks that count as frames", async () => {
    const writer = new PcapngWriter();
    const frame = Uint8Array.of(0x45, 0, 0, 20, 0, 0, 0, 0, 64, 59, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2);
    for (const littleEndian of [true, false]) {
      writer.section({ littleEndian });
      const first = writer.interface({ linkType: 101, name: "up" });
      const second = writer.interface({ linkType: 1, name: "down" });
      writer.write(frame, 0, 20, 20, 1, 5, first, { comment: "hello" });
      writer.custom({ pen: 32473, data: Uint8Array.of(1, 2, 3, 4) });
      writer.journal({ fields: [{ name: "MESSAGE", value: "no frame here" }] });
      writer.write(new Uint8Array(60), 0, 60, 60, 2, 0, second);
    }
    const cells = (await shownOf(chunksOf(writer.take()))).map(([, one]) => one.cells);
    expect(cells.map((one) => one.get("frame.number"))).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect(cells[0]!.get("frame.comment")).toBe("hello");
    expect(cells[0]!.get("frame.interface_name")).toBe("up");
    expect(cells[2]!.get("frame.interface_name")).toBe("down");
    expect(cells.map((one) => one.get("frame.section_number"))).toEqual([..."111222"]);
    expect(cells[3]!.get("ip.dst")).toBe("2.2.2.2");
  });

  it("are decrypted with the keys that are in them", async () => {
    const { records, keyLog } = await secretRequest();
    const writer = new PcapngWriter();
    writer.secrets({ secretsType: secretsTypes.tlsKeyLog, data: new TextEncoder().encode(keyLog) });
    const next = [1, 1];
    for (const [from, record] of records) {
      const [src, dst] = from === 0 ? ["192.0.2.1", "192.0.2.2"] : ["192.0.2.2", "192.0.2.1"];
      const [srcPort, dstPort] = from === 0 ? [50_000, 443] : [443, 50_000];
      const [seq, ack] = [next[from]!, next[1 - from]!];
      const head = tcp({ srcPort, dstPort, seq, ack, flags: { ack: true, psh: true } });
      const bytes = build(ethernet(), ipv4({ src: src!, dst: dst! }), head, record).bytes();
      next[from]! += record.length;
      writer.write(bytes, 0, bytes.length, bytes.length, 1, 0);
    }
    const shown = await shownOf(chunksOf(writer.take()));
    const last = shown.at(-1)![1];
    expect(last.cells.get("http.request.uri")).toBe("/secret");
    expect(last.chain).toEqual(["Ethernet", "IPv4", "TCP", "TLS", "HTTP"]);
  });

  it("give what was good before a fault of the capture, and then the fault", async () => {
    const file = pings(300);
    const seen: Packet[] = [];
    const run = async () => {
      const chunks = chunksOf(file.subarray(0, file.length - 10));
      for await (const { chunk } of tsharkEngine.dissect(chunks, request()))
        seen.push(...chunk.packets);
    };
    await expect(run()).rejects.toThrow(CaptureError);
    expect(seen.length).toBe(299);
    await nothingRuns();
  });

  it("may pause: what was sent is answered before more comes", async () => {
    const file = pings(3);
    let more = (): void => {};
    const pause = new Promise<void>((resolve) => {
      more = resolve;
    });
    async function* slowly() {
      yield file.subarray(0, file.length - 76);
      await pause;
      yield file.subarray(file.length - 76);
    }
    const found = tsharkEngine.dissect(openCapture(slowly()).chunks(), request());
    let count = 0;
    for await (const { layers } of found) {
      count += layers.length;
      if (count === 2) more();
    }
    expect(count).toBe(3);
  });
});
