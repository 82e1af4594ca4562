import type { Extent, Wins } from "./overlap.ts";

/** What an entry takes beside its bytes, about. */
const ENTRY_BYTES = 320;

/** Bytes of one segment that wait for those before them; without `bytes`, those that the capture cut off a packet. */
export class Waiting implements Extent {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array | null;
  readonly packet: number;
  /** Where the first byte lies in its packet; -1 where it lies in none. */
  readonly packetOffset: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Whether some of its segment had been seen before. */
  retransmitted: boolean;

  constructor(
    from: number,
    to: number,
    bytes: Uint8Array | null,
    packet: number,
    packetOffset: number,
    seconds: number,
    nanoseconds: number,
    retransmitted: boolean,
  ) {
    this.from = from;
    this.to = to;
    this.bytes = bytes;
    this.packet = packet;
    this.packetOffset = packetOffset;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.retransmitted = retransmitted;
  }

  /** A part, in bytes of its own: neither a capture nor what was overwritten is kept for the sake of it. */
  part(from: number, to: number): Waiting {
    const { bytes, packetOffset } = this;
    const own =
      bytes === null ? null : new Uint8Array(bytes.subarray(from - this.from, to - this.from));
    const at = packetOffset < 0 ? -1 : packetOffset + from - this.from;
    const { packet, seconds, nanoseconds, retransmitted } = this;
    return new Waiting(from, to, own, packet, at, seconds, nanoseconds, retransmitted);
  }
}

/** Bytes that two segments have and that differ. */
export interface Clash extends Extent {
  readonly old: Uint8Array;
  readonly oldPacket: number;
  readonly fresh: Uint8Array;
  readonly freshWins: boolean;
}

/** What one side has ahead of a hole: pieces in order, none over another. */
export class WaitingQueue {
  readonly list: Waiting[];
  private size: number;

  constructor() {
    this.list = [];
    this.size = 0;
  }

  /** Bytes of memory, about. */
  get held(): number {
    return this.size + ENTRY_BYTES * this.list.length;
  }

  /** The first piece that ends behind an offset: its place in the list. */
  private after(offset: number): number {
    let low = 0;
    let high = this.list.length;
    // Mostly the next piece is the last.
    if (high > 0 && this.list[high - 1]!.to <= offset) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle]!.to > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Whether some of an extent is there. */
  meets(from: number, to: number): boolean {
    const at = this.after(from);
    return at < this.list.length && this.list[at]!.from < to;
  }

  /** Puts a piece in its place, copied, as far as `wins` gives it what others have; gives what they differ in. */
  put(fresh: Waiting, wins: Wins): readonly Clash[] {
    const start = this.after(fresh.from);
    const first = this.list[start];
    if (first === undefined || first.from >= fresh.to) {
      this.list.splice(start, 0, fresh.part(fresh.from, fresh.to));
      if (fresh.bytes !== null) this.size += fresh.bytes.length;
      return [];
    }
    fresh.retransmitted = true;
    return this.merge(fresh, wins, start);
  }

  private merge(fresh: Waiting, wins: Wins, start: number): readonly Clash[] {
    const made: Waiting[] = [];
    const clashes: Clash[] = [];
    let at = fresh.from;
    let end = start;
    for (; end < this.list.length && this.list[end]!.from < fresh.to; end++) {
      const old = this.list[end]!;
      const freshWins = beats(fresh, old, wins);
      const clash = clashOf(fresh, old, freshWins);
      if (clash !== null) clashes.push(clash);
      if (!freshWins) {
        if (at < old.from) made.push(fresh.part(at, old.from));
        made.push(old);
        at = old.to;
        continue;
      }
      if (old.from < fresh.from) made.push(old.part(old.from, fresh.from));
      if (old.to <= fresh.to) continue;
      made.push(fresh.part(at, fresh.to), old.part(fresh.to, old.to));
      at = fresh.to;
    }
    if (at < fresh.to) made.push(fresh.part(at, fresh.to));
    for (let i = start; i < end; i++) this.size -= this.list[i]!.bytes?.length ?? 0;
    for (const one of made) this.size += one.bytes?.length ?? 0;
    this.list.splice(start, end - start, ...made);
    return clashes;
  }

  /** Takes the first piece out. */
  shift(): Waiting {
    const first = this.list.shift()!;
    if (first.bytes !== null) this.size -= first.bytes.length;
    return first;
  }
}

/** Bytes that are there count more than those which the capture cut off, whatever the policy. */
function beats(fresh: Waiting, old: Waiting, wins: Wins): boolean {
  if (fresh.bytes === null) return false;
  return old.bytes === null || wins(fresh, old);
}

function clashOf(fresh: Waiting, old: Waiting, freshWins: boolean): Clash | null {
  if (fresh.bytes === null || old.bytes === null) return null;
  const from = Math.max(fresh.from, old.from);
  const to = Math.min(fresh.to, old.to);
  const a = old.bytes.subarray(from - old.from, to - old.from);
  const b = fresh.bytes.subarray(from - fresh.from, to - fresh.from);
  const clash = difference(a, b, from);
  return clash === null ? null : { ...clash, oldPacket: old.packet, freshWins };
}

/** From the first to the last byte in which two versions differ, copied; `offset` is the place of their first byte. */
export function difference(
  old: Uint8Array,
  fresh: Uint8Array,
  offset: number,
): (Extent & { readonly old: Uint8Array; readonly fresh: Uint8Array }) | null {
  let first = 0;
  while (first < old.length && old[first] === fresh[first]) first++;
  if (first === old.length) return null;
  let end = old.length;
  while (old[end - 1] === fresh[end - 1]) end--;
  return {
    from: offset + first,
    to: offset + end,
    old: old.slice(first, end),
    fresh: fresh.slice(first, end),
  };
}
