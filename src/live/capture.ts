import { defaultDissector } from "../capture/open.ts";
import type { Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { LiveBatch } from "./batch.ts";
import { bpf, networkOffsets } from "./bpf.ts";
import { LiveCollector } from "./collector.ts";
import { closedError } from "./errors.ts";
import type { CaptureDirection, PacketFilter, PacketSource } from "./source.ts";

/** Where a capture ends, and how it goes about. */
export interface ReadingOptions {
  /** Which protocols take part; all of this package when left out. */
  readonly dissector?: Dissector;
  /** Ends the capture after so many packets. */
  readonly count?: number;
  /** Ends it after so many milliseconds. */
  readonly duration?: number;
  /** Ends it when it is aborted. */
  readonly signal?: AbortSignal;
  /** Milliseconds that `next` and `dispatch` wait for a packet; for ever unless told. */
  readonly timeout?: number;
  /** What happens when the interface goes down: packets come again when it is up (unless told), or an error. */
  readonly whenDown?: "wait" | "error";
  /** The filter that the source was opened with, for those who ask; {@link LiveCapture.setFilter} sets another. */
  readonly filter?: string | PacketFilter;
}

/** What a capture counted. */
export interface CaptureStats {
  /** Packets that came: those that passed the filter where the system runs it, all where it is run here. */
  readonly received: number;
  /** Packets lost because nobody took them in time. */
  readonly dropped: number;
  /** Packets lost by the interface or its driver, where that is told. */
  readonly interfaceDropped: number;
  /** Packets that this capture handed out. */
  readonly delivered: number;
}

/** Packets handed out at a time. */
const BATCH = 1024;
/** How long batches that are there already are handed out before others may run, in milliseconds. */
const TURN = 4;
const FOREVER = Number.POSITIVE_INFINITY;

/**
 * A running capture. There is no queue in it: what is not asked for stays with the system, which counts what it has to drop.
 *
 * With `for await` packets come one by one, with bytes of their own. {@link batches} is for speed. {@link next},
 * {@link dispatch} and {@link loop} hold the thread up while they wait, as their models in libpcap do: timers and signals
 * of the process wait meanwhile.
 */
export class LiveCapture implements AsyncIterable<Packet> {
  readonly source: PacketSource;
  /** Why this way to the interface was chosen, where there was a choice. */
  readonly reason: string;
  private readonly collector: LiveCollector;
  private readonly options: ReadingOptions;
  private readonly whenDown: (() => void) | null;
  /** Packets that were taken from the source for {@link next} and not handed out yet. */
  private waiting: Packet[];
  private delivered: number;
  private expression: string | null;
  private isBlocking: boolean;
  private isBroken: boolean;
  private isClosed: boolean;

  /** `checkUp` throws when the interface is down. */
  constructor(
    source: PacketSource,
    options: ReadingOptions = {},
    reason = "",
    checkUp: (() => void) | null = null,
  ) {
    this.source = source;
    this.reason = reason;
    this.options = options;
    this.collector = new LiveCollector(options.dissector ?? defaultDissector(), source.linkType);
    this.whenDown = options.whenDown === "error" ? checkUp : null;
    this.waiting = [];
    this.delivered = 0;
    this.expression = wordsOf(options.filter);
    this.isBlocking = true;
    this.isBroken = false;
    this.isClosed = false;
  }

  /** The interface. */
  get name(): string {
    return this.source.name;
  }
  /** Number of the link type in capture files. */
  get linkType(): number {
    return this.source.linkType;
  }
  /** Which way it goes. */
  get backend(): PacketSource["backend"] {
    return this.source.backend;
  }

  /** Bytes kept of a packet; `undefined` for all. */
  get snaplen(): number | undefined {
    const { snaplen } = this.source;
    return snaplen === Number.POSITIVE_INFINITY ? undefined : snaplen;
  }
  /** Bytes before the network layer; `undefined` where that is not the same for all packets. */
  get networkOffset(): number | undefined {
    return networkOffsets.get(this.linkType);
  }
  /** The descriptor that can be read when packets are there; `undefined` where there is none. */
  get fd(): number | undefined {
    return this.isClosed ? undefined : this.source.fd;
  }
  /** What the packets that come now were chosen by, in words; `null` for all, or where there are no words for it. */
  get filter(): string | null {
    return this.expression;
  }
  /** Numbers of the link types that the interface offers. */
  get dataLinks(): readonly number[] {
    return this.source.dataLinks?.() ?? [this.linkType];
  }

  /**
   * Packets in batches, as they come; a batch is lent until the next one is asked for. Ends at the limits of the options, or
   * when the capture is closed or {@link breakLoop} is called.
   *
   * @throws DeviceError when the interface is gone or fails, after all packets that came before.
   */
  async *batches(): AsyncGenerator<LiveBatch, void, undefined> {
    const { count = FOREVER, duration = FOREVER, signal } = this.options;
    const end = performance.now() + duration;
    const wake = (): void => this.source.wake();
    signal?.addEventListener("abort", wake);
    let turn = performance.now();
    try {
      while (!this.isOver(signal) && this.delivered < count) {
        const now = performance.now();
        if (now >= end) return;
        if (now - turn > TURN) {
          // Without this, batches that are there already would keep timers and sockets from their turn.
          await new Promise((resolve) => setImmediate(resolve));
          turn = performance.now();
          if (this.isOver(signal)) return;
        }
        const packets = this.take(Math.min(BATCH, count - this.delivered));
        if (packets.length > 0) yield new LiveBatch(packets, this.collector);
        else {
          await this.source.ready(end - now);
          turn = performance.now();
        }
      }
    } finally {
      this.isBroken = false;
      signal?.removeEventListener("abort", wake);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, undefined> {
    for await (const batch of this.batches()) yield* batch.copy();
  }

  private isOver(signal?: AbortSignal): boolean {
    return this.isClosed || this.isBroken || signal?.aborted === true;
  }

  /** What is there already. */
  private take(most: number): Packet[] {
    if (this.waiting.length > 0) {
      const packets = this.waiting.splice(0, most);
      this.delivered += packets.length;
      return packets;
    }
    const count = this.source.read(this.collector, most);
    if (count === 0) {
      this.whenDown?.();
      return [];
    }
    this.delivered += count;
    return this.collector.take();
  }

  /**
   * The next packet, with bytes of its own; `null` when none came within the `timeout` of the options, at once when not
   * blocking, or after {@link breakLoop}.
   */
  next(): Packet | null {
    const end = performance.now() + this.patience();
    for (;;) {
      if (this.takeBreak()) return null;
      if (this.waiting.length === 0) this.waiting = this.owned(BATCH);
      const packet = this.waiting.shift();
      if (packet !== undefined) {
        this.delivered++;
        return packet;
      }
      if (!this.hold(end - performance.now())) return null;
    }
  }

  /** Packets from the source that are not counted as delivered yet. */
  private owned(most: number): Packet[] {
    if (this.source.read(this.collector, most) === 0) {
      this.whenDown?.();
      return [];
    }
    return new LiveBatch(this.collector.take(), this.collector).copy();
  }

  private patience(): number {
    return this.isBlocking ? (this.options.timeout ?? FOREVER) : 0;
  }

  /** Holds the thread up until there may be packets; false when time is over or somebody ended the waiting. */
  private hold(time: number): boolean {
    if (time <= 0) return false;
    const isReady = this.source.wait(time) || time === FOREVER;
    return !this.takeBreak() && isReady;
  }

  private takeBreak(): boolean {
    const { isBroken } = this;
    this.isBroken = false;
    return isBroken || this.isClosed;
  }

  /**
   * Calls `each` for packets, whose bytes are lent until it returns, and gives for how many. With `count` -1 for those of one
   * buffer, with 0 until none comes within the `timeout` of the options, else for at most so many of one buffer. What
   * `each` throws comes out here, and the packets behind stay.
   */
  dispatch(count: number, each: (packet: Packet) => void): number {
    checkCount("dispatch", count);
    const end = performance.now() + this.patience();
    const isEndless = count === 0;
    const most = count > 0 ? count : BATCH;
    let done = 0;
    for (;;) {
      const some = this.call(most, each);
      done += some;
      if (this.takeBreak() || (some > 0 && !isEndless)) return done;
      if (some > 0) continue;
      if (!this.hold(end - performance.now())) return done;
    }
  }

  /**
   * Calls `each` for packets until there were `count`, for ever with 0 or -1; no time ends it, only {@link breakLoop}, closing
   * and errors. Gives for how many it was called.
   */
  loop(count: number, each: (packet: Packet) => void): number {
    checkCount("loop", count);
    const most = count > 0 ? count : FOREVER;
    let done = 0;
    while (done < most) {
      const some = this.call(Math.min(BATCH, most - done), each);
      done += some;
      if (this.takeBreak()) return done;
      if (some > 0) continue;
      if (!this.isBlocking) return done;
      this.source.wait(FOREVER);
    }
    return done;
  }

  /** Calls for what is there, until somebody breaks the loop or it throws: what is behind stays for the next call. */
  private call(most: number, each: (packet: Packet) => void): number {
    const packets = this.take(most);
    let done = 0;
    try {
      while (done < packets.length && !this.isOver()) each(packets[done++]!);
    } finally {
      this.keep(packets, done);
    }
    return done;
  }

  /** Keeps packets of a batch for later: what is lent would be gone by then. */
  private keep(packets: Packet[], from: number): void {
    const left = packets.slice(from);
    if (left.length === 0) return;
    this.delivered -= left.length;
    this.waiting.unshift(...new LiveBatch(left, this.collector).copy());
  }

  /** All packets of one buffer, with bytes of their own; waits for the first as {@link next} does. */
  readPackets(): Packet[] {
    const first = this.next();
    if (first === null) return [];
    const packets = [first, ...this.waiting];
    this.waiting = [];
    this.delivered += packets.length - 1;
    return packets;
  }

  /** Whether {@link next}, {@link dispatch} and {@link loop} wait where there is no packet. They do unless told. */
  get blocking(): boolean {
    return this.isBlocking;
  }
  set blocking(on: boolean) {
    this.isBlocking = on;
  }

  /** Ends the waiting of whoever reads: the call that is running, or else the next one. Packets are not lost. */
  breakLoop(): void {
    this.isBroken = true;
    if (!this.isClosed) this.source.wake();
  }

  /** What was counted until now. Once the capture is closed these are the last figures. */
  stats(): CaptureStats {
    return { ...this.source.stats(), delivered: this.delivered };
  }

  /** Sends a frame as it is. */
  inject(frame: Uint8Array): void {
    this.check();
    this.source.inject(frame);
  }

  /** Sends frames one after another as fast as they go, and gives how many went out. */
  sendBatch(frames: readonly Uint8Array[]): number {
    this.check();
    return this.source.sendBatch(frames);
  }

  /** Which packets come from now on, in the language of pcap-filter(7) or compiled; `null` for all. Those that wait already were taken by the filter before. */
  setFilter(filter: PacketFilter | string | null): void {
    this.check();
    this.source.setFilter(typeof filter === "string" ? bpf(filter, this.linkType) : filter);
    this.expression = wordsOf(filter);
  }

  setDirection(direction: CaptureDirection): void {
    this.check();
    this.source.setDirection(direction);
  }

  private check(): void {
    if (this.isClosed) throw closedError(this.name);
  }

  /** Ends the capture and gives everything back. Whoever waits gets no more packets. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const wordsOf = (filter: PacketFilter | string | null | undefined): string | null =>
  typeof filter === "string" ? filter : (filter?.expression ?? null);

function checkCount(what: string, count: number): void {
  if (!Number.isInteger(count) || count < -1)
    throw new RangeError(`${what}: count: -1, 0 or a number of packets is wanted, not ${count}`);
}
