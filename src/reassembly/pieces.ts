import type { Extent, Wins } from "./overlap.ts";

/** Bytes of a datagram that lie together and came in one fragment. */
export interface Piece extends Extent {
  readonly bytes: Uint8Array;
  /** Number of the packet that brought them. */
  readonly number: number;
}

/** What a new fragment met. */
export interface Meeting {
  /** Whether some of its bytes were there already. */
  readonly overlaps: boolean;
  /** Where the bytes that both have differ: from the first to the last of them, and the packet that brought the first. */
  readonly conflict: (Extent & { readonly with: number }) | null;
}

const APART: Meeting = { overlaps: false, conflict: null };

/**
 * The bytes of one datagram as far as they are there: pieces in order, none over another. What lies between them are the
 * holes of RFC 815; there is none when the pieces have as many bytes as the datagram.
 */
export class Pieces {
  readonly list: Piece[];
  /** Bytes in all pieces. */
  size: number;

  constructor() {
    this.list = [];
    this.size = 0;
  }

  /** Where the last piece ends. */
  get end(): number {
    return this.list.at(-1)?.to ?? 0;
  }

  /** The first piece that ends behind an offset: its place in the list. */
  private after(offset: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle]!.to > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** What bytes would meet at their place, without putting them there. */
  meet({ from, to, bytes }: Piece): Meeting {
    const start = this.after(from);
    if (start === this.list.length || this.list[start]!.from >= to) return APART;
    let first = -1;
    let last = -1;
    let other = 0;
    for (let i = start; i < this.list.length && this.list[i]!.from < to; i++) {
      const old = this.list[i]!;
      const end = Math.min(to, old.to);
      for (let at = Math.max(from, old.from); at < end; at++) {
        if (bytes[at - from] === old.bytes[at - old.from]) continue;
        if (first < 0) {
          first = at;
          other = old.number;
        }
        last = at;
      }
    }
    const conflict = first < 0 ? null : { from: first, to: last + 1, with: other };
    return { overlaps: true, conflict };
  }

  /** Whether one piece has just these bytes. */
  hasExactly({ from, to, bytes }: Piece): boolean {
    const old = this.list[this.after(from)];
    if (old === undefined || old.from !== from || old.to !== to) return false;
    return old.bytes.every((byte, i) => byte === bytes[i]);
  }

  /** Puts bytes in their place, as far as `wins` gives them what others have. They are copied, and none is kept twice. */
  put(fresh: Piece, wins: Wins): void {
    const start = this.after(fresh.from);
    const made: Piece[] = [];
    let at = fresh.from;
    let end = start;
    for (; end < this.list.length && this.list[end]!.from < fresh.to; end++) {
      const old = this.list[end]!;
      if (!wins(fresh, old)) {
        if (at < old.from) made.push(cut(fresh, at, old.from));
        made.push(old);
        at = old.to;
        continue;
      }
      if (old.from < fresh.from) made.push(cut(old, old.from, fresh.from));
      if (old.to <= fresh.to) continue;
      made.push(cut(fresh, at, fresh.to), cut(old, fresh.to, old.to));
      at = fresh.to;
    }
    if (at < fresh.to) made.push(cut(fresh, at, fresh.to));
    const before = sizeOf(this.list, start, end);
    this.list.splice(start, end - start, ...made);
    this.size += sizeOf(made, 0, made.length) - before;
  }

  /** All bytes of a datagram that has no holes, behind `room` bytes for its header. */
  join(room: number): Uint8Array {
    const whole = new Uint8Array(room + this.size);
    for (const { from, bytes } of this.list) whole.set(bytes, room + from);
    return whole;
  }

  /** What is missing, up to `total` where that is known. */
  holes(total: number | null): Extent[] {
    const found: Extent[] = [];
    let at = 0;
    for (const { from, to } of this.list) {
      if (from > at) found.push({ from: at, to: from });
      at = to;
    }
    if (total !== null && total > at) found.push({ from: at, to: total });
    return found;
  }
}

const sizeOf = (list: readonly Piece[], from: number, to: number): number => {
  let size = 0;
  for (let i = from; i < to; i++) size += list[i]!.to - list[i]!.from;
  return size;
};

/** A part of a piece, in bytes of its own: neither a capture nor what was overwritten is kept for the sake of it. */
function cut(piece: Piece, from: number, to: number): Piece {
  const bytes = new Uint8Array(piece.bytes.subarray(from - piece.from, to - piece.from));
  return { from, to, bytes, number: piece.number };
}
