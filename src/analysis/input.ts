/** One side of a connection: 0 is the client, who began it, 1 the server. */
export type Side = 0 | 1;

/** Which packets brought some bytes of a stream. */
export interface Place {
  readonly side: Side;
  /** Where the bytes lie in the side's stream, from 0, and how many they are. */
  readonly offset: number;
  readonly length: number;
  /** Numbers of the packets that brought them, in order of the bytes. */
  readonly packets: readonly number[];
  /** Time of the packet that brought the last of them; nanoseconds are -1 where it has none. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Whether some of them came in a segment that was sent again. */
  readonly retransmitted: boolean;
}

/** Where bytes come from: given with each piece of a stream. */
export interface Origin {
  /** Number of the packet; 0 where the bytes come from none. */
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly retransmitted: boolean;
}

/** Bytes that come from no packet. */
export const noOrigin: Origin = { packet: 0, seconds: 0, nanoseconds: -1, retransmitted: false };

interface Mark extends Origin {
  /** Offset of the first byte that this packet brought. */
  readonly offset: number;
}

/** What a reader waits with: nothing, more is there or never will be when it goes on. */
export type Waiting<T = void> = Generator<void, T, void>;

/** A line of text without its end: `bytes[start, end)` of the input, valid until more is read. */
export interface Line {
  readonly start: number;
  readonly end: number;
  /** Bytes with the end of line. */
  readonly size: number;
  /** Whether a line feed ended it; not so what a stream or a gap cut off, or what is longer than allowed. */
  readonly ended: boolean;
}

const NOTHING = new Uint8Array(0);
const LF = 10;
const CR = 13;
const MiB = 1024 * 1024;
/** What a piece that waits behind a gap costs beside its bytes, and what a mark does. */
const PIECE = 128;
const MARK = 32;
/** Packets whose bytes are told apart in what is not forgotten; of more, those in the middle are not named. */
const MOST_MARKS = 65_536;

/**
 * What one side of a connection said and nobody read yet: bytes in order, then perhaps a gap. A reader is a generator that
 * asks for what it needs, and waits for it with `yield*`; where that can never come, the answer says so:
 *
 * @example while (yield* input.has(5)) { const size = readU16(input.bytes, input.start + 3); ... input.skip(5 + size); }
 *
 * Bytes lie at `bytes[start, end)`. They are borrowed: whatever waits or is fed next may move them.
 */
export class SideInput {
  readonly side: Side;
  bytes: Uint8Array;
  start: number;
  end: number;
  /** Where in the stream `start` is. */
  offset: number;
  /** Bytes that are missing behind `end`; 0 where none are known to be. */
  gap: number;
  /** Bytes behind `start` that the reader waits for, where it said how many; 0 where it waits for the end of something. */
  wanted: number;
  /** Bytes that a reader may ask for at once. */
  readonly limit: number;
  private own: Uint8Array;
  private isOver: boolean;
  private closed: boolean;
  /** What came behind the gap, which is read once the reader has passed it. */
  private readonly behind: (
    | { readonly bytes: Uint8Array; readonly origin: Origin }
    | { readonly gap: number }
  )[];
  private waiting: number;
  private marks: Mark[];
  private firstMark: number;
  private scanned: number;

  constructor(side: Side, limit: number = MiB) {
    this.side = side;
    this.bytes = NOTHING;
    this.start = this.end = 0;
    this.offset = 0;
    this.gap = 0;
    this.wanted = 0;
    this.limit = limit;
    this.own = NOTHING;
    this.isOver = false;
    this.closed = false;
    this.behind = [];
    this.waiting = 0;
    this.marks = [];
    this.firstMark = 0;
    this.scanned = 0;
  }

  /** Bytes that are there. */
  get available(): number {
    return this.end - this.start;
  }

  /** Whether nothing comes behind what is there: the stream ended, or bytes are missing. */
  get isBlocked(): boolean {
    return this.gap > 0 || this.isOver;
  }

  /** Whether all was read, and nothing comes any more. */
  get isDone(): boolean {
    return this.isOver && this.gap === 0 && this.start === this.end;
  }

  /** Whether the side ended behind what is there. */
  get isEnded(): boolean {
    return this.isOver && this.gap === 0;
  }

  /** Whether the side ended of its own will, so that what goes on to the end of the stream is whole. */
  get isClosed(): boolean {
    return this.isEnded && this.closed;
  }

  /** Bytes kept here, read or not. */
  get held(): number {
    return this.own.length + this.waiting + Math.max(0, this.marks.length - 1) * MARK;
  }

  /** Bytes that nobody read, also those behind a gap with what keeping them costs. */
  get unread(): number {
    return this.available + this.waiting;
  }

  /** Whether no more should wait: a reader that waits for the other side has to go on without it. */
  get isFull(): boolean {
    return this.unread >= this.limit;
  }

  // What whoever has the stream calls.

  /** Takes the next bytes. They are not copied here: {@link settle} keeps what was not read. */
  push(bytes: Uint8Array, from: number, to: number, origin: Origin): void {
    if (from >= to) return;
    if (this.gap > 0) {
      this.behind.push({ bytes: bytes.slice(from, to), origin });
      this.waiting += to - from + PIECE;
      return;
    }
    this.addMark(this.offset + this.available, origin);
    if (this.start === this.end) {
      this.bytes = bytes;
      this.start = from;
      this.end = to;
      this.scanned = from;
    } else this.join(bytes, from, to);
  }

  /** Says that bytes are missing here. */
  pushGap(length: number): void {
    if (length <= 0) return;
    const last = this.behind.at(-1);
    if (this.gap === 0) this.gap = length;
    else if (last === undefined) this.gap += length;
    else if ("gap" in last) this.behind[this.behind.length - 1] = { gap: last.gap + length };
    else {
      this.behind.push({ gap: length });
      this.waiting += PIECE;
    }
  }

  /** Says that nothing more comes: the side closed, or it was reset, or the capture is over. */
  finish(isClosed: boolean): void {
    this.closed ||= isClosed;
    this.isOver = true;
  }

  /** Keeps what was not read, so that the bytes last pushed may be written over. */
  settle(): void {
    if (this.start === this.end) {
      this.bytes = NOTHING;
      this.start = this.end = this.scanned = 0;
      if (this.own.length > 65_536) this.own = NOTHING;
    } else if (this.bytes !== this.own) this.join(NOTHING, 0, 0);
  }

  /** Forgets all that nobody read. */
  drop(): void {
    this.skip(this.available);
    for (const next of this.behind.splice(0))
      this.offset += "gap" in next ? next.gap : next.bytes.length;
    this.offset += this.gap;
    this.gap = this.waiting = 0;
    this.marks = [];
    this.firstMark = 0;
    this.own = NOTHING;
    this.settle();
  }

  private join(bytes: Uint8Array, from: number, to: number): void {
    const kept = this.available;
    const size = kept + to - from;
    const isOwn = this.bytes === this.own;
    if (!isOwn || this.end + to - from > this.own.length) {
      // In place only where enough gets free that it is not moved again at once.
      const place =
        size + (size >> 2) <= this.own.length && size * 2 > this.own.length
          ? this.own
          : new Uint8Array(Math.max(512, size + (size >> 1)));
      if (place === this.own && isOwn) place.copyWithin(0, this.start, this.end);
      else place.set(this.bytes.subarray(this.start, this.end));
      this.own = place;
      this.bytes = place;
      this.scanned -= this.start;
      this.start = 0;
      this.end = kept;
    }
    this.own.set(bytes.subarray(from, to), this.end);
    this.end += to - from;
  }

  private addMark(offset: number, origin: Origin): void {
    const { packet, seconds, nanoseconds, retransmitted } = origin;
    const { marks } = this;
    const isFull = marks.length - this.firstMark >= MOST_MARKS;
    const at = isFull ? marks.pop()!.offset : offset;
    marks.push({ offset: at, packet, seconds, nanoseconds, retransmitted });
  }

  // What readers call.

  /** Waits for bytes; false where they can never be there: an end, a gap, or more than the limit stands before. */
  *has(count: number): Waiting<boolean> {
    // Also where they happen to be there: what is read does not depend on how the stream was cut.
    if (count > this.limit) return false;
    while (this.available < count) {
      if (this.isBlocked) return false;
      this.wanted = count;
      yield;
    }
    return true;
  }

  /** Waits for anything: false where the side ended or bytes are missing. */
  *any(): Waiting<boolean> {
    while (this.start === this.end) {
      if (this.isBlocked) return false;
      this.wanted = 0;
      yield;
    }
    return true;
  }

  /**
   * Waits for a line of at most `limit` bytes; `null` where there is not one byte before the end or a gap. What is longer
   * comes as a line that is not `ended`. It is not read yet: `skip(line.size)` does.
   */
  *line(limit = 65_536): Waiting<Line | null> {
    const most = Math.min(limit, this.limit);
    for (;;) {
      // Not in all of the array, which may be a whole batch of packets.
      const from = Math.max(this.scanned, this.start);
      const at = this.bytes.subarray(from, this.end).indexOf(LF);
      const found = from + at;
      if (at >= 0 && found - this.start < most) {
        const isCr = found > this.start && this.bytes[found - 1] === CR;
        const end = isCr ? found - 1 : found;
        return { start: this.start, end, size: found + 1 - this.start, ended: true };
      }
      this.scanned = this.end;
      if (this.available >= most || this.isBlocked) {
        const size = Math.min(this.available, most);
        this.scanned = this.start;
        if (size === 0) return null;
        return { start: this.start, end: this.start + size, size, ended: false };
      }
      this.wanted = 0;
      yield;
    }
  }

  /** Reads bytes as they come, up to `count` (or the end, for infinity), and gives how many there were before an end or a gap. */
  *each(
    count: number,
    take?: (bytes: Uint8Array, start: number, end: number) => void,
  ): Waiting<number> {
    let taken = 0;
    while (taken < count) {
      const size = Math.min(this.available, count - taken);
      if (size > 0) {
        take?.(this.bytes, this.start, this.start + size);
        this.skip(size);
        taken += size;
      } else if (this.isBlocked) break;
      else {
        this.wanted = Number.isFinite(count) ? count - taken : 0;
        yield;
      }
    }
    return taken;
  }

  /** Counts bytes that are there as read. */
  skip(count: number): void {
    const size = Math.min(count, this.available);
    this.start += size;
    this.offset += size;
  }

  /** A copy of bytes that are there. */
  copy(count: number): Uint8Array {
    return this.bytes.slice(this.start, Math.min(this.end, this.start + count));
  }

  /**
   * Leaves out what stands before a gap, and the gap; gives how many bytes were missing, 0 where none were. What comes
   * next may be anything.
   */
  pass(): number {
    const { gap, behind } = this;
    if (gap === 0) return 0;
    this.skip(this.available);
    this.offset += gap;
    this.gap = 0;
    let taken = 0;
    while (taken < behind.length && this.gap === 0) {
      const next = behind[taken++]!;
      this.waiting -= PIECE;
      if ("gap" in next) this.gap = next.gap;
      else {
        this.waiting -= next.bytes.length;
        this.push(next.bytes, 0, next.bytes.length, next.origin);
      }
    }
    behind.splice(0, taken);
    return gap;
  }

  /** Forgets where bytes before this one came from: called where a message begins. */
  begin(): void {
    const { marks } = this;
    let first = this.firstMark;
    while (first + 1 < marks.length && marks[first + 1]!.offset <= this.offset) first++;
    this.firstMark = first;
    if (first > 64 && first * 2 > marks.length) {
      this.marks = marks.slice(first);
      this.firstMark = 0;
    }
  }

  /** Where bytes of the stream came from, as far as {@link begin} has not forgotten it. */
  place(from: number, to: number): Place {
    const { marks } = this;
    const packets: number[] = [];
    let retransmitted = false;
    let last: Mark | null = null;
    for (let i = this.firstMark; i < marks.length; i++) {
      const mark = marks[i]!;
      if (mark.offset >= to && last !== null) break;
      const next = marks[i + 1];
      if (next !== undefined && next.offset <= from) continue;
      if (packets.at(-1) !== mark.packet) packets.push(mark.packet);
      retransmitted ||= mark.retransmitted;
      last = mark;
    }
    const { seconds, nanoseconds } = last ?? noOrigin;
    const { side } = this;
    return {
      side,
      offset: from,
      length: to - from,
      packets,
      seconds,
      nanoseconds,
      retransmitted,
    };
  }
}
