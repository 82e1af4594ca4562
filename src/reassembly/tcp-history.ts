import type { Allowance } from "./tcp-provenance.ts";

const FIRST = 1024;

/** The last bytes of a side that were delivered, to compare with what comes again. */
export class History {
  /** A ring: the byte of offset `n` is at `n` modulo its length. */
  private ring: Uint8Array;
  private from: number;
  private to: number;
  private readonly limit: number;
  private readonly allowance: Allowance;

  constructor(limit: number, allowance: Allowance) {
    this.limit = limit;
    this.allowance = allowance;
    this.ring = new Uint8Array(0);
    this.from = this.to = 0;
  }

  /** Keeps bytes that follow those before, or come after a gap. */
  add(offset: number, bytes: Uint8Array): void {
    if (offset !== this.to) this.from = offset;
    this.to = offset;
    this.grow(this.to - this.from + bytes.length);
    const { ring } = this;
    const { length } = ring;
    if (length === 0) return;
    const kept = bytes.length > length ? bytes.subarray(bytes.length - length) : bytes;
    this.to = offset + bytes.length;
    const at = (this.to - kept.length) % length;
    const room = length - at;
    ring.set(kept.length > room ? kept.subarray(0, room) : kept, at);
    if (kept.length > room) ring.set(kept.subarray(room), 0);
    this.from = Math.max(this.from, this.to - length);
  }

  private grow(wanted: number): void {
    const { length } = this.ring;
    if (wanted <= length || length >= this.limit) return;
    let room = Math.max(length, Math.min(FIRST, this.limit));
    while (room < wanted && room < this.limit) room = Math.min(this.limit, room * 2);
    if (!this.allowance.take(room - length)) return;
    const old = this.bytes(this.from, this.to);
    this.ring = new Uint8Array(room);
    for (let i = 0; i < old.length; i++) this.ring[(this.from + i) % room] = old[i]!;
  }

  /** Where the bytes begin that are still there. */
  get start(): number {
    return this.from;
  }

  /** Bytes that are there, copied; no more than that are given. */
  bytes(from: number, to: number): Uint8Array {
    const { length } = this.ring;
    const start = Math.max(from, this.from);
    const end = Math.min(to, this.to);
    const found = new Uint8Array(Math.max(0, end - start));
    for (let i = 0; i < found.length; i++) found[i] = this.ring[(start + i) % length]!;
    return found;
  }

  /** Gives its share back. */
  release(): void {
    this.allowance.give(this.ring.length);
    this.ring = new Uint8Array(0);
    this.from = this.to = 0;
  }
}
