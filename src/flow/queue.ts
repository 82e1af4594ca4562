import { enlarged } from "./key-index.ts";

/** Where each id stands in the queue that it is in. Queues that share links have no id in common. */
export class Links {
  /** By id: the one before it in the order of use, and the one after; -1 where there is none. */
  pairs: Int32Array;

  constructor(capacity: number) {
    this.pairs = new Int32Array(2 * capacity);
  }

  /** Makes room for ids that are less than `capacity`. */
  reserve(capacity: number): void {
    if (this.pairs.length >= 2 * capacity) return;
    this.pairs = enlarged(this.pairs, new Int32Array(2 * capacity));
  }
}

/**
 * Ids in the order of use. Taking one out of the middle costs the same as taking the oldest. The links lie in an array of
 * numbers: the neighbours of a flow are others than those of its last packet, and would be two objects more to be fetched
 * for every packet.
 */
export class UseQueue {
  /** -1 where nothing is in the queue. */
  oldest: number;
  newest: number;
  private readonly links: Links;

  constructor(links: Links) {
    this.oldest = this.newest = -1;
    this.links = links;
  }

  /** Adds an id that is in no queue. */
  push(id: number): void {
    const { pairs } = this.links;
    const { newest } = this;
    pairs[2 * id] = newest;
    pairs[2 * id + 1] = -1;
    if (newest < 0) this.oldest = id;
    else pairs[2 * newest + 1] = id;
    this.newest = id;
  }

  /** Takes out one that is in this queue. */
  remove(id: number): void {
    const { pairs } = this.links;
    const before = pairs[2 * id]!;
    const after = pairs[2 * id + 1]!;
    if (before < 0) this.oldest = after;
    else pairs[2 * before + 1] = after;
    if (after < 0) this.newest = before;
    else pairs[2 * after] = before;
  }

  /** Makes one that is in this queue the newest. Packets come in runs: often it is. */
  use(id: number): void {
    if (this.newest === id) return;
    this.remove(id);
    this.push(id);
  }
}
