import type { Side } from "./tcp-events.ts";
import type { History } from "./tcp-history.ts";
import type { TcpStream } from "./tcp-stream.ts";
import type { WaitingQueue } from "./tcp-waiting.ts";

/** How far one side of a stream has come. */
export class TcpSide {
  /** The sequence number of offset 0. */
  start: number;
  /** All before this offset was delivered, or is a gap. */
  next: number;
  /** What the other side acknowledged. */
  acked: number;
  /** Where a FIN said that the data ends; -1 before one did. */
  fin: number;
  /** What came ahead of a hole; `null` for nothing. */
  waiting: WaitingQueue | null;
  /** Whether the start is a guess: the first packet was no SYN, and had no data. */
  isSoft: boolean;
  readonly stream: TcpStream;
  readonly index: Side;
  /** What the queue takes, as it was counted last. */
  held: number;
  history: History | null;
  /** Places among the sides that have something waiting, the one that has waited for longest first. */
  older: TcpSide | null;
  newer: TcpSide | null;

  constructor(stream: TcpStream, index: Side, start: number, isSoft: boolean) {
    this.start = start;
    this.next = 0;
    this.acked = 0;
    this.fin = -1;
    this.waiting = null;
    this.isSoft = isSoft;
    this.stream = stream;
    this.index = index;
    this.held = 0;
    this.history = null;
    this.older = null;
    this.newer = null;
  }

  /** The offset that a sequence number stands for: the one nearest to what is expected next (RFC 9293 §3.4). */
  offsetOf(seq: number): number {
    return this.next + ((seq - this.start - this.next) | 0);
  }
}

/** Sides that have something waiting, and the memory that this takes. */
export class WaitingSides {
  bytes: number;
  oldest: TcpSide | null;
  private newest: TcpSide | null;

  constructor() {
    this.bytes = 0;
    this.oldest = null;
    this.newest = null;
  }

  /** Counts anew what a side has waiting. */
  weigh(side: TcpSide): void {
    const held = side.waiting === null ? 0 : side.waiting.held;
    if (held === side.held) return;
    if (side.held === 0) this.append(side);
    else if (held === 0) this.remove(side);
    this.bytes += held - side.held;
    side.held = held;
  }

  private append(side: TcpSide): void {
    side.older = this.newest;
    side.newer = null;
    if (this.newest === null) this.oldest = side;
    else this.newest.newer = side;
    this.newest = side;
  }

  private remove(side: TcpSide): void {
    if (side.older === null) this.oldest = side.newer;
    else side.older.newer = side.newer;
    if (side.newer === null) this.newest = side.older;
    else side.newer.older = side.older;
    side.older = side.newer = null;
  }
}
