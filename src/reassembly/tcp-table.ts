import type { StreamKey } from "./tcp-key.ts";
import { TcpStream } from "./tcp-stream.ts";

/** Streams in the order of use. Taking one out of the middle costs the same as taking the oldest. */
class Queue {
  oldest: TcpStream | null = null;
  newest: TcpStream | null = null;
  size = 0;
}

/**
 * What a stream is to the table: nothing but numbers (`light`: half open, without data, or long closed), with data
 * (`busy`), or over but for stray packets (`over`).
 */
export const Standing = { light: 0, busy: 1, over: 2 } as const;

const FEWEST_BUCKETS = 1024;

/** The streams, found by their keys and by age. */
export class StreamTable {
  size: number;
  /** By hash: the stream that was made last, and by `next` those before it. Their number is a power of 2. */
  private buckets: (TcpStream | null)[];
  private readonly queues: readonly [Queue, Queue, Queue];

  constructor() {
    this.size = 0;
    this.buckets = new Array<TcpStream | null>(FEWEST_BUCKETS).fill(null);
    this.queues = [new Queue(), new Queue(), new Queue()];
  }

  /** The stream that has the key. */
  find(key: StreamKey): TcpStream | null {
    let one: TcpStream | null = this.buckets[key.hash & (this.buckets.length - 1)]!;
    while (one !== null && !(one.hash === key.hash && one.isOf(key))) one = one.next;
    return one;
  }

  /** Begins a stream. */
  add(key: StreamKey, index: number, isTurned: boolean): TcpStream {
    if (this.size >= this.buckets.length) this.grow();
    const made = new TcpStream(index, key, isTurned);
    const at = key.hash & (this.buckets.length - 1);
    made.next = this.buckets[at]!;
    this.buckets[at] = made;
    this.size++;
    this.append(made, Standing.light);
    return made;
  }

  private grow(): void {
    const old = this.buckets;
    this.buckets = new Array<TcpStream | null>(old.length * 2).fill(null);
    const mask = this.buckets.length - 1;
    for (const first of old) {
      let one = first;
      while (one !== null) {
        const after: TcpStream | null = one.next;
        one.next = this.buckets[one.hash & mask]!;
        this.buckets[one.hash & mask] = one;
        one = after;
      }
    }
  }

  /** Takes a stream out. */
  remove(one: TcpStream): void {
    this.unlink(one);
    this.size--;
    const at = one.hash & (this.buckets.length - 1);
    let before = this.buckets[at]!;
    if (before === one) this.buckets[at] = one.next;
    else {
      while (before.next !== one) before = before.next!;
      before.next = one.next;
    }
    one.next = null;
    one.queue = -1;
  }

  /** Makes a stream the one that was used last. Packets come in runs: mostly there is nothing to move. */
  use(one: TcpStream): void {
    if (one.newer !== null) this.move(one, one.queue);
  }

  /** Makes a stream the one that was used last of those that stand as it does now. */
  move(one: TcpStream, standing: number): void {
    this.unlink(one);
    this.append(one, standing);
  }

  private append(one: TcpStream, standing: number): void {
    const queue = this.queues[standing]!;
    one.queue = standing;
    one.older = queue.newest;
    one.newer = null;
    if (queue.newest === null) queue.oldest = one;
    else queue.newest.newer = one;
    queue.newest = one;
    queue.size++;
  }

  private unlink(one: TcpStream): void {
    const queue = this.queues[one.queue]!;
    if (one.older === null) queue.oldest = one.newer;
    else one.older.newer = one.newer;
    if (one.newer === null) queue.newest = one.older;
    else one.newer.older = one.older;
    one.older = one.newer = null;
    queue.size--;
  }

  /** The one that was quiet for longest of those that stand alike. */
  oldestOf(standing: number): TcpStream | null {
    return this.queues[standing]!.oldest;
  }

  /** All of them, in order of their first packets. */
  all(): TcpStream[] {
    const found: TcpStream[] = [];
    for (const { oldest } of this.queues)
      for (let one = oldest; one !== null; one = one.newer) found.push(one);
    return found.sort((a, b) => a.index - b.index);
  }

  /**
   * The one that makes room. Those that are over or hold nothing go first, so that a flood of attempts does not drive out
   * connections with data; but these too, where they take more than three quarters of the room.
   */
  get mostDispensable(): TcpStream | null {
    const [light, busy, over] = this.queues;
    if (over.size * 8 > this.size) return over.oldest;
    if (light.size * 4 > this.size) return light.oldest;
    return busy.oldest ?? over.oldest ?? light.oldest;
  }
}
