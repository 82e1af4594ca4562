import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { copyOf } from "../../bytes/joined.ts";
import type { CaptureChunk } from "../../capture/chunk.ts";
import type { Report, ReportPlace } from "../../report/report.ts";
import {
  checkWorkers,
  type EngineAbilities,
  MOST_WORKERS,
  type ParallelEngine,
  type ParallelRequest,
} from "../engine.ts";
import { ExtractionError } from "../errors.ts";
import { PlaceCounter } from "../place.ts";
import { recordEnd } from "../record-bytes.ts";
import { isHeader, type Renderer } from "../renderer.ts";
import type { ThreadJob, ThreadResult, ThreadSetup } from "./parallel-job.ts";
import { PieceBuffer, renderChunk } from "./piece-buffer.ts";

/** Jobs that are under way or done and not written yet, for each thread. */
const AHEAD = 3;

/** A piece of the report that is being made, or was. */
interface Pending {
  bytes: Uint8Array<ArrayBuffer> | null;
  /** The other thread that makes it; `null` for this one. */
  readonly thread: Thread | null;
}

/** One thread, and how many headers of the capture it has seen. */
interface Thread {
  readonly worker: Worker;
  readonly jobs: Pending[];
  /** Rooms of its pieces that were written. */
  readonly rooms: ArrayBuffer[];
  headers: number;
  /** Whether it has begun: until then it gets nothing, since what it got would hold up everything behind. */
  isReady: boolean;
}

/**
 * Renders a report in several threads: the capture is cut between records, every piece goes to the thread that has least to
 * do, and the pieces of the report are written in order. The thread that reads is one of them: what comes while all others have
 * enough to do it renders itself. At most a few pieces for each thread are in memory.
 */
class ParallelRenderer implements Renderer {
  private readonly request: ParallelRequest;
  private readonly isPatient: boolean;
  private readonly path: string | null;
  private readonly report: Report;
  /** What this thread renders itself. */
  private readonly own: Report;
  private readonly buffer: PieceBuffer;
  /** The other threads. */
  private readonly threads: Thread[];
  private readonly place: PlaceCounter;
  /** All headers so far, which every thread has to see before the records behind them. */
  private readonly headers: Uint8Array[];
  /** In the order of the capture. */
  private readonly pending: Pending[];
  private fault: unknown;
  private wake: (() => void) | null;

  constructor(request: ParallelRequest, { readsItself, isPatient }: ThreadUse) {
    this.request = request;
    this.isPatient = isPatient;
    this.path = readsItself ? request.path : null;
    this.report = request.format.create(request.options);
    this.own = request.format.create(request.options);
    this.buffer = new PieceBuffer();
    this.place = new PlaceCounter();
    this.headers = [];
    this.pending = [];
    this.fault = null;
    this.wake = null;
    // Before there are threads, which nobody would end if the output failed here.
    request.output.write(this.report.start());
    this.threads = Array.from({ length: threadCount(request.workers) - 1 }, () => this.thread());
  }

  private thread(): Thread {
    const { format, options: told, rules } = this.request;
    const { title = "", fields } = told;
    const workerData: ThreadSetup = { format: format.name, title, fields, rules, path: this.path };
    // Flags that this process was started with may be none for a file, such as --input-type.
    const options = { workerData, execArgv: [] };
    const worker = new Worker(new URL("./parallel-worker.js", import.meta.url), options);
    const thread: Thread = { worker, jobs: [], rooms: [], headers: 0, isReady: false };
    worker.on("message", (result: ThreadResult) => this.take(thread, result));
    worker.on("error", (error) => this.fail(error));
    return thread;
  }

  block(): void {}
  packet(): void {}

  flush(chunk: CaptureChunk, packets: number, blocks: number): Promise<void> | undefined {
    if (this.fault !== null) throw this.fault;
    const range = rangeOf(chunk, packets, blocks);
    const place = this.place.place;
    for (let i = 0; i < blocks; i++) this.place.block(chunk.blocks[i]!.block);
    if (packets > 0) this.place.packets = chunk.packets[packets - 1]!.number;
    if (range.start < range.end) this.give(chunk, range, place, packets, blocks);
    for (let i = 0; i < blocks; i++) {
      const { block } = chunk.blocks[i]!;
      if (isHeader(block)) this.headers.push(block.raw);
    }
    return this.threads.length === 0 ? undefined : this.room();
  }

  private give(
    chunk: CaptureChunk,
    range: ByteRange,
    place: ReportPlace,
    packets: number,
    blocks: number,
  ): void {
    const { isPatient } = this;
    let thread: Thread | null = null;
    for (const one of this.threads)
      if ((one.isReady || isPatient) && (thread === null || one.jobs.length < thread.jobs.length))
        thread = one;
    if (thread !== null && (isPatient || thread.jobs.length < AHEAD)) {
      this.send(thread, chunk, range, place, blocks);
      return;
    }
    this.own.resume!(place);
    renderChunk(this.own, chunk, packets, blocks, this.request.optionsOf, this.buffer);
    this.pending.push({ bytes: this.buffer.take(), thread: null });
    this.write();
  }

  private send(
    thread: Thread,
    { bytes, base, blocks }: CaptureChunk,
    { start, end }: ByteRange,
    place: ReportPlace,
    blockCount: number,
  ): void {
    const headers = this.headers.slice(thread.headers);
    let own = 0;
    for (let i = 0; i < blockCount; i++) if (isHeader(blocks[i]!.block)) own++;
    thread.headers = this.headers.length + own;
    const job: Pending = { bytes: null, thread };
    thread.jobs.push(job);
    this.pending.push(job);
    // A copy: the reader may still write behind the records, and packets that are kept lie there.
    const copy = this.path === null ? copyOf(bytes, start, end) : null;
    const room = thread.rooms.pop() ?? null;
    const { source } = this.place;
    const message: ThreadJob = {
      format: source === "pcapng" ? "pcapng" : "pcap",
      ...{ headers, bytes: copy, offset: base + start, length: end - start, room, place },
    };
    const moved = [copy?.buffer as ArrayBuffer | undefined, room ?? undefined];
    thread.worker.postMessage(
      message,
      moved.filter((one) => one !== undefined),
    );
  }

  /** Resolves when there is room for another piece, and what threads said meanwhile has been heard. */
  private async room(most = 2 * AHEAD * this.threads.length + 1): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.pending.length >= most && this.fault === null)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    if (this.fault !== null) throw this.fault;
  }

  private take(thread: Thread, result: ThreadResult): void {
    if (result.is === "ready") {
      thread.isReady = true;
      return;
    }
    if (result.is === "fault") {
      const error = new ExtractionError("ERR_ENGINE_FAILED", `a thread failed: ${result.message}`);
      if (result.stack !== undefined) error.stack = result.stack;
      this.fail(error);
      return;
    }
    thread.jobs.shift()!.bytes = result.bytes;
    try {
      this.write();
    } catch (error) {
      this.fail(error);
      return;
    }
    this.awake();
  }

  /** Writes what is done, as far as nothing before it is missing. */
  private write(): void {
    const { pending, request } = this;
    while (pending.length > 0 && pending[0]!.bytes !== null) {
      const { bytes, thread } = pending.shift()!;
      request.output.write(bytes!);
      if (thread === null) this.buffer.giveBack(bytes!.buffer);
      else thread.rooms.push(bytes!.buffer);
    }
    if (pending.length === 0) request.output.flush?.();
  }

  private fail(error: unknown): void {
    this.fault ??= error;
    this.awake();
  }

  private awake(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  async end(): Promise<void> {
    await this.room(1);
    for (const { worker } of this.threads) worker.postMessage(null);
    this.report.resume!(this.place.place);
    this.request.output.write(this.report.end());
    this.request.output.finish();
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }

  abandon(): void {
    for (const { worker } of this.threads) void worker.terminate();
    this.request.output.abandon();
  }
}

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where in the bytes of a chunk its first packets and blocks lie: they have nothing between them. */
function rangeOf(chunk: CaptureChunk, packets: number, blocks: number): ByteRange {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  if (packets > 0) {
    start = chunk.starts[0]!;
    end = recordEnd(chunk, packets - 1);
  }
  for (const { block } of blocks === 0 ? [] : [chunk.blocks[0]!, chunk.blocks[blocks - 1]!]) {
    const at = block.offset - chunk.base;
    start = Math.min(start, at);
    end = Math.max(end, at + block.raw.length);
  }
  return { start, end };
}

function threadCount(workers = Math.min(availableParallelism(), MOST_WORKERS)): number {
  checkWorkers(workers);
  return workers;
}

const abilities: EngineAbilities = { limits: true, bindings: true, live: true };

/** How an engine uses its threads. */
export interface ThreadUse {
  /** Whether threads read a file themselves. */
  readonly readsItself: boolean;
  /**
   * Whether the thread that reads leaves all rendering to the others and waits for them, also while they start: slower, and
   * the way to see that they do it right.
   */
  readonly isPatient: boolean;
}

/** An engine of several threads. */
export const parallelEngine = (name: string, about: string, use: ThreadUse): ParallelEngine => ({
  ...{ kind: "parallel", name, about, abilities },
  renderer: (request) => new ParallelRenderer(request, use),
});

/**
 * Threads that read the capture themselves: the first thread finds where records begin, renders what the others have no time
 * for, and writes what they made. Of an input that is no plain file the bytes go through the first thread, as with
 * {@link pipelineEngine}.
 */
export const serverEngine: ParallelEngine = parallelEngine(
  "server",
  "several threads that read the file themselves",
  { readsItself: true, isPatient: false },
);

/** Threads that get the bytes from the first one: for every input, also compressed ones and those that come as they are read. */
export const pipelineEngine: ParallelEngine = parallelEngine(
  "pipeline",
  "one thread that reads, several that render",
  { readsItself: false, isPatient: false },
);
