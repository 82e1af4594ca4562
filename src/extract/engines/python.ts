import { fileURLToPath } from "node:url";
import type { CaptureChunk } from "../../capture/chunk.ts";
import type { Packet } from "../../packet/packet.ts";
import type { ForeignLayers } from "../../report/report.ts";
import type { DissectedChunk, DissectingRequest, ForeignEngine } from "../engine.ts";
import { ExtractionError } from "../errors.ts";
import { Child } from "./child.ts";
import type { ProgramFacts } from "./facts.ts";
import { lockstep } from "./lockstep.ts";
import { frameCells } from "./python-cells.ts";
import { type Mapping, shapeOf } from "./python-shape.ts";
import { parseAnswer } from "./python-values.ts";

/** What tells the engines apart that are packages of Python; the module is called as the engine. */
export interface PythonPackage extends ProgramFacts {
  readonly mapping: Mapping;
}

/** An engine that is a package of Python: the packets go through pipes to a process that has loaded it. */
export const pythonEngine = (one: PythonPackage): ForeignEngine => ({
  kind: "foreign",
  name: one.name,
  about: one.about,
  abilities: one.abilities,
  dissect: (chunks, request) => dissect(one, chunks, request),
});

async function* dissect(
  one: PythonPackage,
  chunks: AsyncIterable<CaptureChunk>,
  { signal }: DissectingRequest,
): AsyncGenerator<DissectedChunk, void, undefined> {
  const { child, answers } = await startBridge(one, signal);
  // Sent and not answered: as many as may be under way.
  const waiting: Packet[] = [];
  const dialogue = {
    encode: ({ packets }: CaptureChunk) => {
      waiting.push(...packets);
      return encodeBatches(packets);
    },
    answers: async () => {
      const text = await answers.next();
      return text === null ? null : layersIn(text, one, waiting);
    },
  };
  yield* lockstep(chunks, child, dialogue);
}

/** The process and what it says. */
interface Bridge {
  readonly child: Child;
  readonly answers: Answers;
}

const script = fileURLToPath(new URL("./bridge.py", import.meta.url));
/** The interpreters that have a package, by its name: finding one takes as long as loading it. */
const known = new Map<string, string>();

/** The interpreters to try, each once: `$WIRECRAFT_PYTHON`, the first of the path, and the system's own. */
function interpreters({ name }: PythonPackage): string[] {
  const last = known.get(name);
  const asked = process.env["WIRECRAFT_PYTHON"];
  const all = [
    asked,
    asked === undefined || asked === "" ? last : "",
    "python3",
    "/usr/bin/python3",
  ];
  return [...new Set(all.filter((one): one is string => one !== undefined && one !== ""))];
}

/** Starts the first interpreter that has the package. */
async function startBridge(one: PythonPackage, signal: AbortSignal): Promise<Bridge> {
  const { name, install } = one;
  let cause: unknown;
  for (const program of interpreters(one)) {
    const started = await tryInterpreter(program, one, signal);
    if (started instanceof Error) {
      signal.throwIfAborted();
      cause ??= started;
      continue;
    }
    known.set(name, program);
    return started;
  }
  throw new ExtractionError(
    "ERR_ENGINE_MISSING",
    `${name}: no Python here has the module ${name}: ${install}, or name an interpreter in WIRECRAFT_PYTHON`,
    { cause },
  );
}

/** The process of an interpreter that has the package, or why there is none. */
async function tryInterpreter(
  program: string,
  { name, install }: PythonPackage,
  signal: AbortSignal,
): Promise<Bridge | Error> {
  let child: Child | undefined;
  try {
    const argv = ["-B", "-W", "ignore", script, name];
    child = await Child.start(program, argv, { engine: name, install, signal });
    const answers = new Answers(child, name);
    if ((await answers.next()) !== null) return { child, answers };
    return asError(await child.failure());
  } catch (error) {
    await child?.stop();
    return asError(error);
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

/** Bytes of packets in one batch: the bridge holds a batch and all answers to it. */
const BATCH = 1 << 18;
const HEAD = 8;

/** Packets as the bridge reads them: link type, length, bytes; each batch with its length before it. */
function encodeBatches(packets: readonly Packet[]): Uint8Array {
  const batches: { readonly packets: Packet[]; size: number }[] = [];
  for (const packet of packets) {
    const size = HEAD + packet.end - packet.start;
    const last = batches.at(-1);
    if (last === undefined || last.size + size > BATCH) batches.push({ packets: [packet], size });
    else {
      last.packets.push(packet);
      last.size += size;
    }
  }
  const bytes = new Uint8Array(batches.reduce((sum, { size }) => sum + 4 + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const batch of batches) {
    view.setUint32(at, batch.size);
    at += 4;
    for (const { data, start, end, origin } of batch.packets) {
      view.setUint32(at, origin.linkType >>> 0);
      view.setUint32(at + 4, end - start);
      bytes.set(data.subarray(start, end), at + HEAD);
      at += HEAD + end - start;
    }
  }
  return bytes;
}

/** The answer to a batch, a line for each of the packets that wait for one. */
function layersIn(
  text: string,
  { name, mapping }: PythonPackage,
  waiting: Packet[],
): ForeignLayers[] {
  const lines = text.split("\n");
  const packets = waiting.splice(0, lines.length);
  try {
    return lines.map((line, i) => {
      const { chain, content, cells } = shapeOf(parseAnswer(line), mapping);
      return { chain, content, cells: new Map([...frameCells(packets[i]!), ...cells]) };
    });
  } catch (cause) {
    throw new ExtractionError("ERR_ENGINE_FAILED", `${name}: its answer cannot be read`, { cause });
  }
}

/** No answer to a batch is longer: what one frame may become is limited on the other side, too. */
const LONGEST = 1 << 28;

/** Cuts what the bridge writes into its answers. */
class Answers {
  private readonly child: Child;
  private readonly name: string;
  private pieces: Buffer[];
  private size: number;

  constructor(child: Child, name: string) {
    this.child = child;
    this.name = name;
    this.pieces = [];
    this.size = 0;
  }

  /** The next answer; `null` where the process ended. */
  async next(): Promise<string | null> {
    const head = await this.take(4);
    if (head === null) return null;
    const length = head.readUInt32BE(0);
    if (length > LONGEST)
      throw new ExtractionError("ERR_ENGINE_FAILED", `${this.name}: an answer of ${length} bytes`);
    const body = await this.take(length);
    return body === null ? null : body.toString("utf8");
  }

  private async take(count: number): Promise<Buffer | null> {
    while (this.size < count) {
      const more = await this.child.read();
      if (more === null) return null;
      this.pieces.push(more);
      this.size += more.length;
    }
    const all = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    this.pieces = all.length > count ? [all.subarray(count)] : [];
    this.size = all.length - count;
    return all.subarray(0, count);
  }
}
