import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { Duplex } from "node:stream";
import { connect, createSecureContext, TLSSocket, type TLSSocketOptions } from "node:tls";
import { expect, vi } from "vitest";
import type { CaptureChunk } from "../../src/capture/chunk.ts";
import { defaultDissector, openCapture } from "../../src/capture/open.ts";
import { Child } from "../../src/extract/engines/child.ts";
import { tsharkEngine } from "../../src/extract/engines/tshark.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import type { Packet } from "../../src/packet/packet.ts";
import type { ForeignLayers } from "../../src/report/report.ts";

/** What the engine is asked. */
export const request = (signal = new AbortController().signal) => ({
  dissector: defaultDissector(),
  signal,
});

/** A packet and what tshark says of it. */
export type Shown = readonly [packet: Packet, layers: ForeignLayers];

/** What tshark says of each packet of a capture. */
export async function shownOf(chunks: AsyncIterable<CaptureChunk>): Promise<Shown[]> {
  const shown: Shown[] = [];
  for await (const { chunk, layers } of tsharkEngine.dissect(chunks, request())) {
    expect(layers.length).toBe(chunk.packets.length);
    for (const [i, packet] of chunk.packets.entries()) shown.push([packet, layers[i]!]);
  }
  return shown;
}
/** The chunks of a capture file. */
export const chunksOf = (file: Uint8Array) => openCapture(file, { customBlocks: true }).chunks();

/** The processes of groups that this process has started: of any name, since a shell starts them. */
export function processes(): number[] {
  const stats = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, "latin1");
        const [state, , group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
        const name = readFileSync(`/proc/${pid}/cmdline`, "latin1");
        return [{ pid: Number(pid), state, group: Number(group), name }];
      } catch {
        return [];
      }
    });
  return stats.filter(({ state, group }) => state !== "Z" && started.has(group)).map((p) => p.pid);
}
/** The groups of all children that were started in this file. */
const started = new Set<number>();
const start = Child.start;
vi.spyOn(Child, "start").mockImplementation(async (...given) => {
  const child = await start.apply(Child, given);
  started.add(child.pid);
  return child;
});

/** Waits until nothing is left of what was started. */
export async function nothingRuns(): Promise<void> {
  expect(started.size).toBeGreaterThan(0);
  await vi.waitFor(() => expect(processes()).toEqual([]), { timeout: 5000, interval: 20 });
}

/** A capture of so many pings, numbered by their sequence. */
export function pings(count: number, size = 60): Uint8Array {
  const writer = new PcapWriter();
  const frame = new Uint8Array(Math.max(42, size));
  frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1]);
  frame.set([192, 0, 2, 1, 192, 0, 2, 2, 8], 26);
  const view = new DataView(frame.buffer);
  view.setUint16(16, frame.length - 14);
  for (let i = 0; i < count; i++) {
    view.setUint32(38, i);
    writer.write(frame, 0, frame.length, frame.length, i, 0);
  }
  return writer.take();
}

/** How many objects lie one in the other. */
export const depthOf = (content: unknown): number =>
  content instanceof Map ? 1 + Math.max(0, ...[...content.values()].map(depthOf)) : 0;

/** Records of a connection over TLS, each with the end that sent it, in which a page is asked for; and the keys. */
export async function secretRequest() {
  const records: [from: 0 | 1, record: Buffer][] = [];
  const end = (from: 0 | 1): Duplex =>
    new Duplex({
      read() {},
      write(piece: Buffer, _, done) {
        records.push([from, Buffer.from(piece)]);
        ends[1 - from]!.push(piece);
        done();
      },
    });
  const ends = [end(0), end(1)];
  const psk = Buffer.alloc(16, 7);
  const rules = { ciphers: "PSK-AES128-GCM-SHA256", maxVersion: "TLSv1.2" } as const;
  const server = new TLSSocket(ends[1]!, {
    ...rules,
    isServer: true,
    secureContext: createSecureContext(rules),
    pskCallback: () => psk,
  } as TLSSocketOptions);
  const client = connect({
    ...rules,
    socket: ends[0]!,
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk, identity: "reader" }),
  });
  let keyLog = "";
  client.on("keylog", (line) => {
    keyLog += line;
  });
  client.on("secureConnect", () =>
    client.write("GET /secret HTTP/1.1\r\nHost: example.com\r\n\r\n"),
  );
  await once(server, "data");
  client.destroy();
  server.destroy();
  return { records, keyLog };
}
