import type { CaptureChunk } from "../../capture/chunk.ts";
import type { ForeignLayers } from "../../report/report.ts";
import type { DissectedChunk } from "../engine.ts";
import type { Child } from "./child.ts";

/** Packets of a chunk that go to a child and come back together. */
const MOST_PACKETS = 64;
/** Bytes of packets sent and not answered, above which sending waits: more than any child keeps back. */
const UNDER_WAY = 1 << 20;

/** What one engine's child is told and answers. */
export interface Dialogue {
  /** The bytes for its input that stand for a chunk: blocks where it wants them, and all packets. */
  encode(chunk: CaptureChunk): Uint8Array | Promise<Uint8Array>;
  /**
   * What it says of the next packets, one or more, in order; `null` where it will say nothing more. It is called again only
   * when all that it gave is taken.
   */
  answers(): Promise<readonly ForeignLayers[] | null>;
  /** Bytes that make it answer what it has, for an input that pauses; left out where it never keeps packets back. */
  push?(): Uint8Array;
}

/** How long an input may pause before a child is pushed, in milliseconds. */
const PAUSE = 50;

/**
 * Sends chunks to a child and gives them back with its answers, in order: a chunk with many packets in several parts. About a
 * megabyte is under way at once. When a child fails, the packets that it answered come first. However it ends, the child is
 * stopped and `chunks` is closed.
 *
 * @throws ExtractionError with ERR_ENGINE_FAILED where the child ends before its time; the reason of `signal`.
 */
export async function* lockstep(
  chunks: AsyncIterable<CaptureChunk>,
  child: Child,
  dialogue: Dialogue,
): AsyncGenerator<DissectedChunk, void, undefined> {
  const sender = new Sender(chunks[Symbol.asyncIterator](), child, dialogue);
  const inbox = new Inbox(dialogue);
  try {
    for (;;) {
      const chunk = await sender.next();
      if (chunk === null) break;
      const layers = await inbox.take(chunk.packets.length);
      if (layers.length < chunk.packets.length) {
        if (layers.length > 0) yield { chunk: cut(chunk, 0, layers.length), layers };
        throw await child.failure();
      }
      sender.answered(chunk);
      yield { chunk, layers };
    }
    if (!sender.isOver || !(await child.endedWell())) throw await child.failure();
    if (sender.fault !== null) throw sender.fault.error;
  } finally {
    await child.stop();
    await sender.close();
  }
}

/** Answers, which come in other pieces than they are asked for. */
class Inbox {
  private readonly dialogue: Dialogue;
  private waiting: readonly ForeignLayers[];
  private at: number;

  constructor(dialogue: Dialogue) {
    this.dialogue = dialogue;
    this.waiting = [];
    this.at = 0;
  }

  /** So many answers; fewer where no more come. */
  async take(count: number): Promise<ForeignLayers[]> {
    const taken: ForeignLayers[] = [];
    while (taken.length < count) {
      if (this.at === this.waiting.length) {
        const more = await this.dialogue.answers();
        if (more === null) break;
        this.waiting = more;
        this.at = 0;
      }
      const end = Math.min(this.waiting.length, this.at + count - taken.length);
      for (; this.at < end; this.at++) taken.push(this.waiting[this.at]!);
    }
    return taken;
  }
}

/** Reads chunks and writes them to the child, ahead of the answers but not far. */
class Sender {
  /** What reading the capture threw, after everything before it. */
  fault: { readonly error: unknown } | null;
  /** Whether all chunks were sent. */
  isOver: boolean;
  private readonly chunks: AsyncIterator<CaptureChunk>;
  private readonly child: Child;
  private readonly dialogue: Dialogue;
  /** Sent and not asked for yet. */
  private readonly sent: CaptureChunk[];
  private underWay: number;
  private isClosed: boolean;
  /** Whether the child has ended, so that waiting for more input is of no use. */
  private isAlone: boolean;
  private isReading: boolean;
  private wake: () => void;

  constructor(chunks: AsyncIterator<CaptureChunk>, child: Child, dialogue: Dialogue) {
    this.chunks = chunks;
    this.child = child;
    this.dialogue = dialogue;
    this.sent = [];
    this.underWay = 0;
    this.isOver = this.isClosed = this.isAlone = this.isReading = false;
    this.fault = null;
    this.wake = () => {};
    void this.run();
    void child.closed.then(() => {
      this.isAlone = true;
      this.changed();
    });
  }

  /** The next chunk that was sent; `null` when all were, or the child has ended. */
  async next(): Promise<CaptureChunk | null> {
    while (this.sent.length === 0 && !this.isOver && !this.isAlone) await this.change();
    return this.sent.shift() ?? null;
  }

  /** An answer to all of a chunk came. */
  answered(chunk: CaptureChunk): void {
    this.underWay -= sizeOf(chunk);
    this.changed();
  }

  /** Reads no more. A read that waits for input cannot be called back; it is not waited for. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.changed();
    const closing = this.chunks.return?.();
    if (this.isReading) closing?.catch(() => {});
    else await closing;
  }

  /** Resolves at the next change: both sides may wait for the other at once. */
  private change(): Promise<void> {
    const before = this.wake;
    return new Promise((resolve) => {
      this.wake = () => {
        before();
        resolve();
      };
    });
  }

  private changed(): void {
    const { wake } = this;
    this.wake = () => {};
    wake();
  }

  private async run(): Promise<void> {
    try {
      while (!this.isClosed) {
        const chunk = await this.read();
        if (chunk === null) break;
        for (const part of parts(chunk)) {
          while (this.underWay >= UNDER_WAY && !this.isClosed) await this.change();
          if (this.isClosed) return;
          await this.send(part);
        }
      }
    } catch (error) {
      this.fault = { error };
    }
    this.child.end();
    this.isOver = true;
    this.changed();
  }

  private async send(part: CaptureChunk): Promise<void> {
    const bytes = await this.dialogue.encode(part);
    this.underWay += sizeOf(part);
    this.sent.push(part);
    this.changed();
    await this.child.write(bytes);
  }

  private async read(): Promise<CaptureChunk | null> {
    this.isReading = true;
    const { dialogue } = this;
    const push = (): void => {
      if (this.underWay > 0 && !this.isClosed) void this.child.write(dialogue.push!());
    };
    const pushed = dialogue.push === undefined ? undefined : setTimeout(push, PAUSE);
    try {
      const { done, value } = await this.chunks.next();
      return done === true ? null : value;
    } finally {
      clearTimeout(pushed);
      this.isReading = false;
    }
  }
}

/** What it holds of a child's memory and of ours. */
const sizeOf = ({ packets }: CaptureChunk): number =>
  packets.reduce((sum, { start, end }) => sum + end - start + 64, 0);

/** A chunk in parts of few packets each. */
function* parts(chunk: CaptureChunk): Generator<CaptureChunk, void, undefined> {
  const count = chunk.packets.length;
  if (count <= MOST_PACKETS) yield chunk;
  else
    for (let from = 0; from < count; from += MOST_PACKETS)
      yield cut(chunk, from, Math.min(count, from + MOST_PACKETS));
}

/** Packets [from, to) of a chunk, with the blocks before each; those behind the last packet go with it. */
function cut(chunk: CaptureChunk, from: number, to: number): CaptureChunk {
  const { packets, blocks, starts } = chunk;
  const isLast = to === packets.length;
  return {
    ...chunk,
    packets: packets.slice(from, to),
    starts: starts.slice(from, to),
    blocks: blocks
      .filter(({ at }) => (at > from || from === 0) && (at <= to || isLast))
      .map(({ at, block }) => ({ at: at - from, block })),
  };
}
