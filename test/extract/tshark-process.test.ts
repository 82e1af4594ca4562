import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { tsharkEngine } from "../../src/extract/engines/tshark.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { hasTshark } from "../support/tshark.ts";
import { chunksOf, nothingRuns, pings, processes, request } from "./tshark-captures.ts";

if (!hasTshark)
  process.stderr.write("skipped: the process of the engine tshark, tshark is not installed\n");

const folder = mkdtempSync(join(tmpdir(), "wirecraft-tshark-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe.skipIf(!hasTshark)("the process of tshark", () => {
  it("is gone when the packets were left early", async () => {
    let closed = false;
    async function* chunks() {
      try {
        yield* chunksOf(pings(20_000));
      } finally {
        closed = true;
      }
    }
    for await (const { layers } of tsharkEngine.dissect(chunks(), request())) {
      expect(layers.length).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
    await nothingRuns();
  });

  it("is gone after a signal, also while nothing comes", async () => {
    const stop = new AbortController();
    async function* chunks() {
      yield* chunksOf(pings(10));
      await new Promise(() => {});
    }
    const why = new Error("enough");
    const run = async () => {
      for await (const _ of tsharkEngine.dissect(chunks(), request(stop.signal))) stop.abort(why);
    };
    await expect(run()).rejects.toBe(why);
    await nothingRuns();
  });

  it("is not even started after a signal", async () => {
    const run = tsharkEngine.dissect(chunksOf(pings(1)), request(AbortSignal.abort()));
    await expect(run[Symbol.asyncIterator]().next()).rejects.toThrow("aborted");
  });

  it("holds nobody up when it ends before its time: what it answered comes first", async () => {
    const seen: number[] = [];
    const run = async () => {
      for await (const { chunk } of tsharkEngine.dissect(chunksOf(pings(50_000)), request())) {
        seen.push(...chunk.packets.map(({ number }) => number));
        if (seen.length > 64) for (const pid of processes()) process.kill(pid, "SIGKILL");
      }
    };
    await expect(run()).rejects.toMatchObject({
      name: "ExtractionError",
      code: "ERR_ENGINE_FAILED",
      message: expect.stringMatching(/^tshark was ended by SIGKILL/),
    });
    expect(seen.length).toBeGreaterThan(64);
    expect(seen).toEqual(seen.map((_, i) => i + 1));
    await nothingRuns();
  });

  it("is said to fail with its own last words", async () => {
    const huge = new Uint8Array(300_000);
    const writer = new PcapWriter({ snaplen: 400_000 });
    writer.write(huge, 0, 60, 60, 0, 0);
    writer.write(huge, 0, huge.length, huge.length, 0, 0);
    let good = 0;
    const run = async () => {
      for await (const { layers } of tsharkEngine.dissect(chunksOf(writer.take()), request()))
        good += layers.length;
    };
    await expect(run()).rejects.toMatchObject({
      code: "ERR_ENGINE_FAILED",
      message: expect.stringMatching(/^tshark ended with exit code 2: .*300000 is larger/),
    });
    expect(good).toBe(1);
  });

  it("is said to be missing, and what brings it, where the path does not have it", async () => {
    vi.stubEnv("PATH", folder);
    const run = tsharkEngine.dissect(chunksOf(pings(1)), request());
    await expect(run[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      name: "ExtractionError",
      code: "ERR_ENGINE_MISSING",
      message: "tshark: the program tshark is not installed: apt install tshark",
    });
  });

  it("takes no more packets than it answers, and memory does not grow", async () => {
    let read = 0;
    let answered = 0;
    let ahead = 0;
    let most = 0;
    async function* chunks() {
      for await (const chunk of openCapture(pings(50_000, 200)).chunks()) {
        read += chunk.packets.length;
        yield chunk;
      }
    }
    const before = process.memoryUsage().rss;
    for await (const { layers } of tsharkEngine.dissect(chunks(), request())) {
      ahead = Math.max(ahead, read - answered);
      answered += layers.length;
      expect(layers[0]!.cells.get("ip.ttl")).toBe("64");
      most = Math.max(most, process.memoryUsage().rss);
    }
    expect(answered).toBe(50_000);
    // A megabyte under way and the piece of the file that is being sent, of packets of 200 bytes.
    expect(ahead).toBeLessThan(16_000);
    expect((most - before) / 2 ** 20).toBeLessThan(200);
  });
});
