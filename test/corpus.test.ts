import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import { CaptureError } from "../src/files/errors.ts";
import { openCapture } from "../src/node/open.ts";
import { assemble, type Part } from "../src/packet/assemble.ts";
import { build } from "../src/packet/build.ts";
import { nothing } from "../src/packet/nothing.ts";
import type { Packet } from "../src/packet/packet.ts";
import { valuesOf } from "../src/packet/values.ts";
import { verifyPacket } from "../src/packet/verify.ts";
import { all } from "../src/protocols/all.ts";
import { frameText } from "../src/report/json/frame.ts";
import { stackFromJson } from "../src/report/json/values.ts";
import type { Layer } from "../src/schema/layer.ts";
import { filesBelow, realCaptures } from "./support/corpus.ts";

const corpus = realCaptures("real captures");

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The packet built anew from what its layers say, its bytes thrown away. */
function rebuilt(packet: Packet): Uint8Array {
  const parts: Part[] = [];
  for (let l: Layer | null = packet.bottom; l !== null; l = l.upper)
    if (l.schema !== nothing.schema) parts.push({ schema: l.schema, values: valuesOf(l) });
  parts.push({ bytes: packet.raw });
  return assemble(parts).bytes;
}

/** As the packet is built of its frame in a JSON report. */
const fromJson = (packet: Packet): Uint8Array => {
  const frame: unknown = JSON.parse(`{${frameText(packet, null)}}`);
  return build(...stackFromJson(frame, all)).bytes();
};

/** Uncut, and right in lengths and checksums. */
const isWhole = (packet: Packet): boolean =>
  packet.length === packet.originalLength &&
  packet.error === null &&
  verifyPacket(packet).every((one) => one.status !== "bad");

async function packetsOf(path: string, each: (packet: Packet) => void): Promise<void> {
  try {
    for await (const packet of openCapture(path)) each(packet);
  } catch (error) {
    // Damaged captures give what is good of them.
    if (!(error instanceof CaptureError)) throw error;
  }
}

describe.skipIf(corpus === undefined)("real captures", () => {
  it("emits every frame as it was, and builds it anew from its values", async () => {
    const folder = corpus!;
    let frames = 0;
    let whole = 0;
    let exact = 0;
    const [rest, jsonRest]: [string[], string[]] = [[], []];
    for (const path of filesBelow(folder)) {
      await packetsOf(path, (packet) => {
        frames++;
        const bytes = packet.data.slice(packet.start, packet.end);
        void packet.first;
        expect(same(packet.bytes({ update: false }), bytes)).toBe(true);
        expect(same(packet.bytes(), bytes)).toBe(true);
        if (!isWhole(packet)) return;
        whole++;
        const what = `${relative(folder, path)} #${packet.number} ${packet.chain}`;
        if (same(rebuilt(packet), bytes)) exact++;
        else rest.push(what);
        if (!same(fromJson(packet), bytes)) jsonRest.push(what);
      });
    }
    console.log(`${frames} frames; ${whole} uncut and right; ${exact} of them built anew exactly`);
    if (rest.length > 0) console.log(`not exact:\n  ${rest.slice(0, 40).join("\n  ")}`);
    console.log(`${whole - jsonRest.length} of them built anew exactly from JSON text`);
    const more = jsonRest.filter((one) => !rest.includes(one));
    if (more.length > 0)
      console.log(`only from JSON not exact:\n  ${more.slice(0, 40).join("\n  ")}`);
    expect(frames).toBeGreaterThan(0);
    expect(jsonRest.length / whole).toBeLessThanOrEqual(0.002);
    expect(exact / whole).toBeGreaterThanOrEqual(0.99);
  }, 300_000);
});
