import type { PacketSink, PacketSource } from "./source.ts";

/** Frames taken from a source at a time. */
const BATCH = 64;
/** Rounds without a pause after which other work of the program has a turn. */
const ROUNDS = 16;

/** Who gets the frames of a shared source. */
export interface Listener extends PacketSink {
  /** Whether something waits for this one. */
  hasMail(): boolean;
}

interface Waiter {
  readonly listener: Listener;
  /** Ends the waiting, with a fault of the source where there is one. */
  end(error?: unknown): void;
}

/**
 * One source for any number of listeners: every frame read is shown to all of them, whoever asked for it, and the last one
 * to leave closes the source. Only one wait for the source is ever under way, since no source must know more.
 */
export class SharedSource implements PacketSink {
  readonly source: PacketSource;
  private readonly listeners: Set<Listener>;
  private readonly waiters: Set<Waiter>;
  private isPumping: boolean;

  private constructor(source: PacketSource) {
    this.source = source;
    this.listeners = new Set();
    this.waiters = new Set();
    this.isPumping = false;
  }

  private static readonly known = new WeakMap<PacketSource, SharedSource>();

  /** Joins those who listen to a source. */
  static join(source: PacketSource, listener: Listener): SharedSource {
    let shared = SharedSource.known.get(source);
    if (shared === undefined) {
      shared = new SharedSource(source);
      SharedSource.known.set(source, shared);
    }
    shared.listeners.add(listener);
    return shared;
  }

  /** Leaves; whoever waits for the listener's mail need not any more. */
  leave(listener: Listener): void {
    if (!this.listeners.delete(listener)) return;
    for (const waiter of this.waiters) if (waiter.listener === listener) waiter.end();
    if (this.listeners.size > 0) return;
    SharedSource.known.delete(this.source);
    this.source.close();
  }

  /** Takes what has arrived to the listeners. */
  poll(): void {
    this.source.read(this, BATCH);
  }

  packet(
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    kind: number,
  ): void {
    for (const listener of this.listeners)
      listener.packet(bytes, start, end, originalLength, seconds, nanoseconds, kind);
  }

  /** Waits for mail, for so many milliseconds at most, or until the signal; rejects when the source fails. */
  wait(listener: Listener, time: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const over = (): void => waiter.end();
      const waiter: Waiter = {
        listener,
        end: (error) => {
          this.waiters.delete(waiter);
          clearTimeout(timer);
          signal?.removeEventListener("abort", over);
          // Nobody is left for whom the source must be watched.
          if (this.waiters.size === 0) this.source.wake();
          if (error === undefined) resolve();
          else reject(error as Error);
        },
      };
      this.waiters.add(waiter);
      signal?.addEventListener("abort", over);
      // A timer that is too far away would fire at once.
      if (time < 2 ** 31) timer = setTimeout(over, Math.ceil(time));
      void this.pump();
    });
  }

  /** Brings mail for as long as somebody waits. */
  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    try {
      for (let round = 1; this.waiters.size > 0; round++) {
        // Frames that nobody wants may come as fast as they are read.
        if (round % ROUNDS === 0) await turn();
        await this.source.ready(Number.POSITIVE_INFINITY);
        if (this.listeners.size > 0) this.poll();
        for (const waiter of this.waiters) if (waiter.listener.hasMail()) waiter.end();
      }
    } catch (error) {
      for (const waiter of this.waiters) waiter.end(error);
    } finally {
      this.isPumping = false;
    }
  }
}

/** Lets timers, signals and other work have a turn. */
export const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
