import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import type { CaptureChunk } from "../../src/capture/chunk.ts";
import { openCapture } from "../../src/capture/open.ts";
import type { DissectedChunk, ForeignEngine } from "../../src/extract/engine.ts";
import { PcapWriter } from "../../src/files/pcap-writer.ts";
import { createDissector } from "../../src/packet/dissector.ts";
import type { Packet } from "../../src/packet/packet.ts";
import { all } from "../../src/protocols/all.ts";
import { frameContent } from "../../src/report/frame.ts";
import type { ForeignLayers } from "../../src/report/report.ts";
import { Columns, fieldNames } from "../../src/report/wireshark/columns.ts";
import { fileOf } from "../report/wireshark/synthetic-file.ts";

/** A packet and what the engine says of it. */
export interface Taken {
  readonly packet: Packet;
  readonly layers: ForeignLayers;
}

/** Whether some Python here has the module; says so where none has. */
export function hasModule(name: string): boolean {
  const pythons = [process.env["WIRECRAFT_PYTHON"] ?? "", "python3", "/usr/bin/python3"];
  const has = pythons.some(
    (one) => one !== "" && spawnSync(one, ["-c", `import ${name}`]).status === 0,
  );
  if (!has) process.stderr.write(`skipped: no Python here has the module ${name}\n`);
  return has;
}

/** What the engine is asked for where nothing else is said. */
export const request = (signal: AbortSignal = new AbortController().signal) => ({
  dissector: createDissector(all),
  signal,
});

/** What the engine makes of all packets of a file, in order. */
export async function take(engine: ForeignEngine, file: Uint8Array): Promise<Taken[]> {
  const taken: Taken[] = [];
  for await (const one of engine.dissect(openCapture(file).chunks(), request()))
    taken.push(...pairs(one));
  return taken;
}

export const pairs = ({ chunk, layers }: DissectedChunk): Taken[] =>
  chunk.packets.map((packet, i) => ({ packet, layers: layers[i]! }));

/** A cell in which the engine and our columns differ. */
export interface Difference {
  readonly capture: string;
  readonly name: string;
  readonly frame: number;
  readonly theirs: string;
  readonly ours: string;
}

/** The cells of the engine over all synthetic captures compared with ours: those that it has and that we know. */
export async function compareCells(
  engine: ForeignEngine,
): Promise<{ readonly differences: Difference[]; readonly equal: number }> {
  const names = fieldNames(all);
  const known = new Set(names);
  const differences: Difference[] = [];
  let equal = 0;
  for (const linkType of new Set(captures.map((one) => one.linkType))) {
    const { file, owners } = fileOf(captures.filter((one) => one.linkType === linkType));
    const columns = new Columns(names);
    for (const [i, { packet, layers }] of (await take(engine, file)).entries()) {
      const cells = columns.cells(packet);
      const ours = new Map(names.map((name, at) => [name, cells[at]!]));
      for (const [name, theirs] of layers.cells) {
        if (!known.has(name)) continue;
        if (ours.get(name) === theirs) equal++;
        else
          differences.push({
            capture: owners[i]!,
            name,
            frame: i + 1,
            theirs,
            ours: ours.get(name)!,
          });
      }
    }
  }
  return { differences, equal };
}

/** Cells of a capture in which a package is known to differ, and why. */
export interface Known {
  readonly captures: readonly string[];
  /** Names of the fields, or what they begin with where it ends with a dot. */
  readonly fields: readonly string[];
  readonly why: string;
}

const isOf = ({ captures: owners, fields }: Known, { capture, name }: Difference): boolean =>
  owners.includes(capture) &&
  fields.some((field) => (field.endsWith(".") ? name.startsWith(field) : name === field));

/** The differences that are not listed, and what is listed without one. */
export function unexplained(differences: readonly Difference[], known: readonly Known[]) {
  const text = ({ capture, frame, name, theirs, ours }: Difference): string =>
    `${capture} #${frame} ${name}: theirs "${theirs}", ours "${ours}"`;
  return {
    unknown: differences.filter((one) => !known.some((k) => isOf(k, one))).map(text),
    unused: known.flatMap((k) =>
      k.captures
        .filter((capture) => !differences.some((one) => one.capture === capture && isOf(k, one)))
        .map((capture) => `${capture}: ${k.why}`),
    ),
  };
}

/** Whether this system shows its processes as files. */
const showsProcesses = existsSync("/proc/self/status");

/** The numbers of this process's children that run the bridge. */
export function bridges(): number[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, "utf8"));
      const isOurs = Number(parent?.[1]) === process.pid;
      const line = readFileSync(`/proc/${entry}/cmdline`, "utf8");
      return isOurs && line.includes("bridge.py") ? [Number(entry)] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

/** A capture file of these frames. */
export function captureOf(frames: Iterable<Uint8Array>, linkType = 1): Uint8Array {
  const writer = new PcapWriter({ linkType });
  let second = 0;
  for (const frame of frames) writer.write(frame, 0, frame.length, frame.length, second++, 0);
  return writer.take();
}

/** Numbers that look random and are the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Frames of all synthetic captures of Ethernet, each with some bytes changed and perhaps cut short. */
export function mutatedFrames(count: number, seed = 1): Uint8Array[] {
  const random = randomNumbers(seed);
  const sources = captures
    .filter(({ linkType }) => linkType === 1)
    .flatMap(({ packets }) => packets().map((packet) => packet.bytes().slice()));
  return Array.from({ length: count }, () => {
    const frame = sources[Math.floor(random() * sources.length)]!.slice();
    for (let i = 0; i < 1 + random() * 8; i++)
      frame[Math.floor(random() * frame.length)] = Math.floor(random() * 256);
    return random() < 0.3 ? frame.subarray(0, Math.floor(random() * frame.length)) : frame;
  });
}

/** What every engine of this kind must keep to. */
export function describeEngine(engine: ForeignEngine, known: readonly Known[]): void {
  const { name } = engine;

  it("agrees with our columns over all synthetic captures, but where a difference is listed", async () => {
    const { differences, equal } = await compareCells(engine);
    expect(unexplained(differences, known)).toEqual({ unknown: [], unused: [] });
    expect(equal).toBeGreaterThan(40_000);
  });

  it("nests layers as our reports do, under our names", async () => {
    const one = captures.filter((capture) => capture.name === "tcp");
    const [{ packet, layers }] = (await take(engine, fileOf(one).file)) as [Taken];
    expect(layers.chain.join(":")).toBe("Ethernet:IPv4:TCP");
    const ours = frameContent(packet, null).get("ethernet");
    expect(layers.content.get("ethernet")).toEqual(ours);
  });

  it("keeps the order and the number of hostile frames, and says what went wrong", async () => {
    const random = randomNumbers(7);
    const noise = Array.from({ length: 300 }, () =>
      Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256)),
    );
    const frames = [...noise, ...mutatedFrames(2000)];
    const taken = await take(engine, captureOf(frames));
    expect(taken.map(({ packet }) => packet.number)).toEqual(frames.map((_, i) => i + 1));
    const failed = taken.filter(({ layers }) => layers.content.has("error"));
    expect(failed.length).toBeGreaterThan(0);
    for (const { packet, layers } of failed) {
      expect(layers.content.get("error")).toMatch(/^\w+: /);
      expect(rawOf(layers)).toEqual(packet.bytes());
    }
  });

  it("takes frames of a link type that it does not know as bytes", async () => {
    const frame = Uint8Array.of(1, 2, 3);
    const [one] = await take(engine, captureOf([frame], 147));
    expect(one!.layers.chain).toEqual([]);
    expect(rawOf(one!.layers)).toEqual(frame);
  });

  it("ends where headers nest without end", async () => {
    const tags = Array.from({ length: 5000 }, () => [0x81, 0x00, 0x00, 0x01]).flat();
    const labels = Array.from({ length: 5000 }, () => [0, 0, 0, 9]).flat();
    const addresses = new Array<number>(12).fill(2);
    const frames = [
      Uint8Array.from([...addresses, ...tags]),
      Uint8Array.from([...addresses, 0x88, 0x47, ...labels]),
    ];
    const taken = await take(engine, captureOf(frames));
    expect(taken).toHaveLength(2);
    for (const { layers } of taken) expect(layers.chain.length).toBeLessThanOrEqual(256);
  });

  it.skipIf(!showsProcesses)("leaves no process when its reader returns early", async () => {
    const file = captureOf(mutatedFrames(600));
    for await (const _ of engine.dissect(openCapture(file).chunks(), request())) {
      expect(bridges()).toHaveLength(1);
      break;
    }
    expect(bridges()).toEqual([]);
  });

  it.skipIf(!showsProcesses)("leaves no process when it is stopped, and says why", async () => {
    const controller = new AbortController();
    const reading = (async () => {
      const chunks = openCapture(captureOf(mutatedFrames(600))).chunks();
      for await (const _ of engine.dissect(chunks, request(controller.signal)))
        controller.abort(new Error("enough"));
    })();
    await expect(reading).rejects.toThrow("enough");
    expect(bridges()).toEqual([]);
  });

  it.skipIf(!showsProcesses)(
    "gives what came before a fault of the capture, then the fault",
    async () => {
      const file = captureOf(mutatedFrames(50));
      const cut = file.subarray(0, file.length - 1);
      const numbers: number[] = [];
      const reading = (async () => {
        for await (const { chunk } of engine.dissect(openCapture(cut).chunks(), request()))
          numbers.push(...chunk.packets.map((packet) => packet.number));
      })();
      await expect(reading).rejects.toMatchObject({ name: "CaptureError" });
      expect(numbers).toEqual(Array.from({ length: 49 }, (_, i) => i + 1));
      expect(bridges()).toEqual([]);
    },
  );

  it.skipIf(!showsProcesses)(
    "gives what came before its process was killed, then a typed error",
    async () => {
      const file = captureOf(mutatedFrames(4000));
      const numbers: number[] = [];
      const reading = (async () => {
        for await (const { chunk, layers } of engine.dissect(
          openCapture(file).chunks(),
          request(),
        )) {
          expect(layers).toHaveLength(chunk.packets.length);
          numbers.push(...chunk.packets.map((packet) => packet.number));
          for (const pid of bridges()) process.kill(pid, "SIGKILL");
        }
      })();
      await expect(reading).rejects.toMatchObject({ code: "ERR_ENGINE_FAILED" });
      expect(numbers.length).toBeGreaterThan(0);
      expect(numbers.length).toBeLessThan(4000);
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    },
  );

  it.skipIf(!showsProcesses)("names what brings the package where no Python has it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wirecraft-python-"));
    const before = process.env["PYTHONPATH"];
    try {
      // It is found before the true one, by every interpreter.
      writeFileSync(join(folder, `${name}.py`), "raise ImportError('not here')\n");
      process.env["PYTHONPATH"] = folder;
      const reading = take(engine, captureOf([Uint8Array.of(1)]));
      await expect(reading).rejects.toMatchObject({
        code: "ERR_ENGINE_MISSING",
        message: expect.stringContaining(`apt install python3-${name}`),
      });
      expect(bridges()).toEqual([]);
    } finally {
      if (before === undefined) delete process.env["PYTHONPATH"];
      else process.env["PYTHONPATH"] = before;
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(!showsProcesses)(
    "takes 20,000 frames in bounded memory, reading ahead no more than a little",
    async () => {
      const frames = 20_000;
      const [frame] = captures.find((one) => one.name === "udp")!.packets();
      const file = captureOf(Array.from({ length: frames }, () => frame!.bytes()));
      let read = 0;
      let ahead = 0;
      let done = 0;
      const sizes: number[] = [];
      async function* chunks(): AsyncGenerator<CaptureChunk> {
        for await (const chunk of openCapture(file, { chunkSize: 1 << 14 }).chunks()) {
          read += chunk.packets.length;
          ahead = Math.max(ahead, read - done);
          yield chunk;
        }
      }
      for await (const { chunk } of engine.dissect(chunks(), request())) {
        done += chunk.packets.length;
        sizes.push(memoryOf(bridges()[0]!));
      }
      expect(done).toBe(frames);
      expect(bridges()).toEqual([]);
      const known = sizes.filter((size) => size > 0);
      // After the first tenth the process has all that it needs.
      const early = Math.max(...known.slice(0, Math.ceil(known.length / 10)));
      expect(Math.max(...known) - early).toBeLessThan(24 << 20);
      expect(ahead).toBeLessThan(frames / 2);
    },
  );
}

/** The bytes of a frame of which the engine made nothing. */
const rawOf = ({ content }: ForeignLayers): unknown =>
  (content.get("raw") as ReadonlyMap<string, unknown> | undefined)?.get("packet");

/** Bytes of memory that a process has; 0 where it ended. */
function memoryOf(pid: number): number {
  try {
    const found = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(found?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
