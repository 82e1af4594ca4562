import type { Packet } from "../../packet/packet.ts";

/** One stretch of time: frames and bytes from `start` on, in nanoseconds behind the first packet. */
export interface IntervalCount {
  /** Which one, from 0. */
  readonly index: number;
  readonly frames: number;
  readonly bytes: number;
}

const NANO = 1_000_000_000;

/**
 * Counts frames and bytes over time, as `tshark -z io,stat` does: intervals of equal length from the time of the first
 * packet on. What was captured before that, or has no time, counts in the first.
 */
export class IoOverTime {
  /** Nanoseconds of an interval. */
  readonly interval: number;
  /** Time of the first packet, in nanoseconds since 1970; `undefined` before it has come. */
  start: bigint | undefined;
  private readonly frames: Map<number, number>;
  private readonly bytes: Map<number, number>;
  private seconds: number;
  private nanoseconds: number;

  /** @param seconds How long an interval is; at least a microsecond. */
  constructor(seconds: number) {
    const interval = Math.round(seconds * NANO);
    if (!(interval >= 1000) || !Number.isSafeInteger(interval))
      throw new RangeError(
        `IoOverTime: an interval of at least 0.000001 s is wanted, not ${seconds}`,
      );
    this.interval = interval;
    this.start = undefined;
    this.frames = new Map();
    this.bytes = new Map();
    this.seconds = 0;
    this.nanoseconds = 0;
  }

  add(packet: Packet): void {
    const { originalLength } = packet;
    const at = packet.nanoseconds < 0 ? 0 : this.place(packet);
    this.frames.set(at, (this.frames.get(at) ?? 0) + 1);
    this.bytes.set(at, (this.bytes.get(at) ?? 0) + originalLength);
  }

  private place(packet: Packet): number {
    const { seconds, nanoseconds } = packet;
    if (this.start === undefined) {
      this.start = packet.time!;
      this.seconds = seconds;
      this.nanoseconds = nanoseconds;
    }
    const since = (seconds - this.seconds) * NANO + (nanoseconds - this.nanoseconds);
    if (since <= 0) return 0;
    // Exact as a double for a hundred days; behind that the difference is taken in whole numbers.
    return Number.isSafeInteger(since)
      ? Math.floor(since / this.interval)
      : Number((packet.time! - this.start) / BigInt(this.interval));
  }

  /** The intervals that have packets, in order of time. */
  list(): IntervalCount[] {
    return [...this.frames]
      .sort(([a], [b]) => a - b)
      .map(([index, frames]) => ({ index, frames, bytes: this.bytes.get(index)! }));
  }
}
