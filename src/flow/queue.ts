import type { Flow } from "./flow.ts";

/** A flow's place in the table: among those of one hash, and in the order of use. */
export interface Slot {
  readonly flow: Flow;
  readonly hash: number;
  /** The one of the same hash that was made before it. */
  next: Slot | null;
  older: Slot | null;
  newer: Slot | null;
  queue: FlowQueue | null;
  /** When it was used last, by a count of packets. */
  used: number;
}

/** Flows in the order of use. Taking one out of the middle costs the same as taking the oldest. */
export class FlowQueue {
  oldest: Slot | null = null;
  newest: Slot | null = null;

  /** Makes a flow the newest here, wherever it was. */
  push(slot: Slot): void {
    if (this.newest === slot) return;
    slot.queue?.remove(slot);
    slot.queue = this;
    slot.older = this.newest;
    slot.newer = null;
    if (this.newest === null) this.oldest = slot;
    else this.newest.newer = slot;
    this.newest = slot;
  }

  remove(slot: Slot): void {
    if (slot.older === null) this.oldest = slot.newer;
    else slot.older.newer = slot.newer;
    if (slot.newer === null) this.newest = slot.older;
    else slot.newer.older = slot.older;
    slot.queue = slot.older = slot.newer = null;
  }
}
