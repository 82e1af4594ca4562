import type { CaptureChunk } from "../capture/chunk.ts";
import { type Capture, type CaptureInput, openCapture } from "../capture/open.ts";
import type { Block } from "../files/blocks.ts";
import { CaptureError } from "../files/errors.ts";
import type { ProtoChain } from "../packet/chain.ts";
import type { Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { BlockNames } from "../report/blocks.ts";
import type { ForeignLayers, PacketRecord } from "../report/report.ts";
import { type DissectionRules, dissectionRules, dissectorOf } from "./dissection.ts";
import { checkWorkers, type Engine, engineNamed } from "./engine.ts";
import { ExtractionError } from "./errors.ts";
import { ExtractedFrame } from "./frame.ts";
import { type Info, infoOf } from "./info.ts";
import type { ExtractionWarning, ExtractOptions, InputFacts } from "./options.ts";
import { type Passing, passingsOf } from "./passings.ts";
import { PlaceCounter } from "./place.ts";
import { type Reassembled, ReassemblyPass } from "./reassembled.ts";
import { recordOf } from "./record-bytes.ts";
import { noRenderer, type OwnRenderer, type Renderer } from "./renderer.ts";
import { oneThreadFor, planReport, type ReportPlan } from "./report-plan.ts";
import { FrameStore } from "./store.ts";
import { FlowTrace, type TraceIndex } from "./trace.ts";
import { Turns } from "./turns.ts";

/**
 * Reads a capture once and does on the way what it is asked for: a report, reassembly, flow traces, frames one by one. Memory
 * does not grow with the capture, unless frames are to be kept.
 *
 * {@link run} goes to the end. Or take the frames yourself: all of them with `for await`, or one after the other with
 * {@link next}; what was taken is in the report, and leaving early ends the report properly.
 *
 * @example
 * const extractor = new Extractor(bytes, { format: "json", output: new MemoryOutput(), reassemble: { tcp: true } });
 * for await (const frame of extractor) console.log(frame.number, String(frame.chain));
 * console.log(extractor.reassembly.tcp.length);
 */
export class Extractor implements AsyncIterable<ExtractedFrame> {
  /** What is read, as people call it. */
  readonly input: string;
  /** Frames so far. */
  length: number;
  /** What was odd so far. */
  readonly warnings: ExtractionWarning[];
  /** The engine that does the work: another one than was asked for where that is not there. */
  engine: Engine;
  private readonly options: ExtractOptions;
  private readonly rules: DissectionRules;
  private readonly dissector: Dissector;
  private readonly capture: Capture;
  private readonly facts: InputFacts;
  private readonly place: PlaceCounter;
  private readonly store: FrameStore | null;
  private readonly pass: ReassemblyPass | null;
  private readonly flows: FlowTrace | null;
  private readonly most: number;
  private readonly stop: AbortController;
  private readonly turns: Turns;
  private readonly own: OwnRenderer | null;
  private plan: ReportPlan | null;
  private renderer: Renderer;
  private chunks: AsyncIterator<Passing> | null;
  private passing: Passing | null;
  /** Packets and blocks of the chunk that were passed, and whether those were given away to be rendered. */
  private at: number;
  private blocksAt: number;
  private isFlushed: boolean;
  private state: "waiting" | "running" | "ending" | "over";
  private last: ExtractedFrame | null;
  private firstBlock: Block | null;

  /**
   * @param own A better way to write this very report to this very output.
   * @throws TypeError, RangeError or ExtractionError for options that cannot be met; nothing is read yet.
   */
  constructor(
    input: CaptureInput,
    options: ExtractOptions = {},
    facts?: InputFacts,
    own: OwnRenderer | null = null,
  ) {
    this.options = options;
    this.facts = facts ?? { name: "memory", path: null };
    this.input = this.facts.name;
    this.length = 0;
    this.warnings = [];
    if (options.verbose === true && options.print === undefined)
      throw new TypeError("extract: verbose: true wants 'print', which takes the lines");
    this.engine = engineNamed(options.engine, options.engines);
    this.rules = dissectionRules(options.limit, options.decodeAs);
    this.dissector = dissectorOf(this.rules);
    this.capture = openCapture(input, { ...options, dissector: this.dissector });
    this.place = new PlaceCounter();
    const { store = false, reassemble, trace } = options;
    this.store = store === false ? null : new FrameStore(store === true ? {} : store);
    this.pass = reassemble === undefined ? null : new ReassemblyPass(reassemble);
    this.flows = trace === undefined ? null : new FlowTrace(trace);
    this.most = countOf(options.count);
    checkWorkers(options.workers);
    this.stop = new AbortController();
    this.turns = new Turns();
    this.own = own;
    this.plan = planReport(options, this.facts);
    this.renderer = noRenderer;
    this.chunks = null;
    this.passing = null;
    this.at = this.blocksAt = 0;
    this.isFlushed = false;
    this.state = "waiting";
    this.last = null;
    this.firstBlock = null;
  }

  /** The report's format. @throws ExtractionError with ERR_SWITCHED_OFF where no report is written. */
  get format(): string {
    return (this.plan ?? switchedOff("format", "a report", "format")).format.name;
  }

  /** Where the report goes. @throws ExtractionError with ERR_SWITCHED_OFF where no report is written. */
  get output(): string {
    return (this.plan ?? switchedOff("output", "a report", "format")).name;
  }

  /** The frames so far. @throws ExtractionError with ERR_SWITCHED_OFF where they are not kept. */
  get frames(): readonly ExtractedFrame[] {
    return (this.store ?? switchedOff("frames", "keeping frames", "store")).frames;
  }

  /** What was put together so far. @throws ExtractionError with ERR_SWITCHED_OFF where nothing is. */
  get reassembly(): Reassembled {
    return (this.pass ?? switchedOff("reassembly", "reassembly", "reassemble")).results;
  }

  /** The flows that ended so far. @throws ExtractionError with ERR_SWITCHED_OFF where none are traced. */
  get trace(): readonly TraceIndex[] {
    return (this.flows ?? switchedOff("trace", "flow tracing", "trace")).index;
  }

  /** What the first header of the capture says, with the keys of the reports; `undefined` before it is read. */
  get header(): Info | undefined {
    if (this.firstBlock === null) return undefined;
    return infoOf(new BlockNames().block(this.firstBlock).content) as Info;
  }

  /** The first four bytes of the capture, which tell its format; `undefined` before they are read. */
  get magicNumber(): Uint8Array | undefined {
    return this.firstBlock?.raw.subarray(0, 4);
  }

  /** The version of the capture's format; `undefined` before it is read. */
  get version(): { readonly major: number; readonly minor: number } | undefined {
    const block = this.firstBlock;
    if (block === null || !("majorVersion" in block)) return undefined;
    return Object.freeze({ major: block.majorVersion, minor: block.minorVersion });
  }

  /** The protocols of the last frame that was taken with {@link next} or `for await`. */
  get chain(): ProtoChain | undefined {
    return this.last?.chain;
  }

  /** Whether everything is done. */
  get isOver(): boolean {
    return this.state === "over";
  }

  /**
   * Goes to the end.
   *
   * @throws CaptureError for a fault of the capture, after all that was good before it is in the report, which is whole.
   * ExtractionError for a fault of the output, under whose final name nothing is left then.
   */
  async run(): Promise<this> {
    await this.guarded(async () => {
      while (await this.ready()) {
        const { chunk } = this.passing!;
        const { packets } = chunk;
        while (this.at < packets.length && this.length < this.most) {
          const i = this.at;
          this.advance(i, false);
          // What was read of a packet goes with it: kept to the end of the chunk, it would outlive two collections of
          // garbage and pile up. What renders elsewhere still wants it.
          if (this.renderer.flush === undefined) delete packets[i];
        }
      }
    });
    return this;
  }

  /** The next frame; `undefined` after the last. @throws as {@link run}. */
  async next(): Promise<ExtractedFrame | undefined> {
    return this.guarded(async () => {
      if (!(await this.ready())) return undefined;
      this.last = this.advance(this.at, true);
      return this.last;
    });
  }

  /** Ends the extraction here: what was taken is in the report, which is whole. */
  async close(): Promise<void> {
    await this.guarded(() => this.finish());
  }

  /** The frames that were not taken yet; after {@link run}, those that were kept. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ExtractedFrame, void, undefined> {
    if (this.state === "over") {
      yield* this.frames;
      return;
    }
    try {
      for (;;) {
        const frame = await this.next();
        if (frame === undefined) return;
        yield frame;
      }
    } finally {
      await this.close();
    }
  }

  /** Whether there is a packet to pass; where there is none, all is finished. */
  private async ready(): Promise<boolean> {
    if (this.state === "over") return false;
    if (this.state === "waiting") await this.begin();
    for (;;) {
      const { passing } = this;
      if (this.length >= this.most || this.isAborted()) break;
      if (passing !== null) {
        if (this.at < passing.chunk.packets.length) return true;
        this.blocksUpTo(passing.chunk.packets.length);
        await this.flush();
        this.renderer.pause?.();
        const { base, bytes } = passing.chunk;
        this.options.onProgress?.(this.length, base + bytes.length);
      }
      let result: IteratorResult<Passing, unknown>;
      try {
        result = await this.chunks!.next();
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
        await this.finish();
        // Who ends it does so at any place, also within a record.
        if (this.isAborted()) return false;
        throw error;
      }
      if (result.done === true) break;
      this.passing = result.value;
      this.at = this.blocksAt = 0;
      this.isFlushed = false;
    }
    await this.finish();
    return false;
  }

  private isAborted(): boolean {
    return this.options.signal?.aborted === true;
  }

  private async begin(): Promise<void> {
    this.state = "running";
    const { plan, own } = this;
    if (own !== null && plan?.output)
      this.renderer = (await own(plan.options, plan.output)) ?? noRenderer;
    if (this.renderer === noRenderer) await plan?.format.prepare?.();
    this.renderer = this.rendererFor(plan);
    this.chunks = passingsOf({
      engine: this.engine,
      chunks: this.capture.chunks(),
      request: { dissector: this.dissector, signal: this.stop.signal },
      rules: this.rules,
      fallback: this.options.fallback === true,
      onFallback: (engine) => {
        this.engine = engine;
      },
      warn: (code, message) => this.warn(code, message),
    });
  }

  private rendererFor(plan: ReportPlan | null): Renderer {
    if (plan === null) return noRenderer;
    const { engine } = this;
    const single = () => (this.renderer === noRenderer ? plan.renderer() : this.renderer);
    if (engine.kind !== "parallel") return single();
    const { output, format, options } = plan;
    const why = oneThreadFor(plan, this.options);
    if (why !== null || output === null) {
      this.warn("WARN_ENGINE_THREADS", `${why} is made in one thread`);
      return single();
    }
    const { workers } = this.options;
    const { path } = this.facts;
    const optionsOf = (packet: Packet) => this.capture.optionsOf(packet);
    return engine.renderer({
      format,
      options,
      rules: this.rules,
      workers,
      optionsOf,
      output,
      path,
    });
  }

  /** Passes a packet of the chunk, and the blocks before it. */
  private advance(i: number, isWanted: false): null;
  private advance(i: number, isWanted: true): ExtractedFrame;
  private advance(i: number, isWanted: boolean): ExtractedFrame | null {
    const { chunk, layers } = this.passing!;
    this.blocksUpTo(i);
    const packet = chunk.packets[i]!;
    const found = layers === null ? null : layers[i]!;
    const { renderer, plan } = this;
    if (plan !== null && renderer.flush === undefined) {
      const record = recordFor(plan, chunk, i, found);
      renderer.packet(packet, this.capture.optionsOf(packet), record);
    }
    this.at = i + 1;
    this.length++;
    this.place.packets = packet.number;
    if (this.pass !== null) this.pass.add(packet);
    if (this.flows !== null) this.flows.add(packet);
    const { verbose } = this.options;
    if (!isWanted && this.store === null && !verbose) return null;
    const options = this.capture.optionsOf(packet);
    const frame = new ExtractedFrame(packet, this.place.source, options, found);
    if (this.store !== null && !this.store.add(frame)) this.warnOfStore();
    if (typeof verbose === "function") verbose(this, frame);
    else if (verbose === true) this.options.print!(String(frame));
    return frame;
  }

  private blocksUpTo(i: number): void {
    const { blocks } = this.passing!.chunk;
    for (; this.blocksAt < blocks.length && blocks[this.blocksAt]!.at <= i; this.blocksAt++) {
      const { block } = blocks[this.blocksAt]!;
      this.firstBlock ??= block;
      this.place.block(block);
      if (this.renderer.flush === undefined) this.renderer.block(block);
    }
  }

  private async flush(): Promise<void> {
    const { renderer, passing } = this;
    if (passing === null || renderer.flush === undefined || this.isFlushed) return;
    this.isFlushed = true;
    await renderer.flush(passing.chunk, this.at, this.blocksAt);
  }

  /** The report is brought to its end, and so is everything else. */
  private async finish(): Promise<void> {
    if (this.state === "over" || this.state === "ending") return;
    if (this.state === "waiting") await this.begin();
    this.state = "ending";
    await this.flush();
    await this.chunks!.return?.();
    this.stop.abort();
    this.pass?.finish();
    if (this.pass !== null && this.pass.left > 0) this.warnOfStore();
    this.flows?.finish();
    await this.renderer.end();
    this.state = "over";
    this.passing = null;
  }

  /** A fault of the input has ended the report already; after any other nothing is left of it. */
  private guarded<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take(() => this.orAbandoned(work));
  }

  private async orAbandoned<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.state !== "over") {
        this.state = "over";
        this.stop.abort();
        this.abandon();
        this.passing = null;
        await this.chunks?.return?.().catch(() => {});
      }
      throw error;
    }
  }

  /** Nothing is left of the report; where it was not begun, there is its output all the same. */
  private abandon(): void {
    this.flows?.abandon();
    if (this.renderer === noRenderer) this.plan?.output?.abandon();
    else this.renderer.abandon();
  }

  private warn(code: ExtractionWarning["code"], message: string): void {
    const warning = Object.freeze({ code, message });
    this.warnings.push(warning);
    this.options.onWarning?.(warning);
  }

  private warnOfStore(): void {
    this.warn("WARN_STORE_FULL", "the limit of what is kept in memory is reached");
  }
}

/** The bytes of a record where the format wants them, and what another engine found. */
function recordFor(
  { format }: ReportPlan,
  chunk: CaptureChunk,
  i: number,
  layers: ForeignLayers | null,
): PacketRecord | undefined {
  const record = format.wantsRecords ? recordOf(chunk, i) : undefined;
  return layers === null ? record : { ...record, layers };
}

function countOf(count: number | undefined): number {
  if (count === undefined) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(count) && count >= 0) return count;
  throw new RangeError(`count: a whole number of at least 0 is wanted, not ${count}`);
}

function switchedOff(property: string, what: string, option: string): never {
  throw new ExtractionError(
    "ERR_SWITCHED_OFF",
    `'${property}': ${what} was not asked for; see the option '${option}'`,
  );
}

/**
 * Extracts a capture to the end, see {@link Extractor}.
 *
 * @example const { length } = await extract(bytes, { format: "ndjson", output });
 */
export const extract = (input: CaptureInput, options: ExtractOptions = {}): Promise<Extractor> =>
  new Extractor(input, options).run();
