/** Where a byte of a stream came from. */
export interface Origin {
  /** Number of the packet. */
  readonly packet: number;
  /** Where the byte lies in it; -1 where the packet came in fragments. */
  readonly packetOffset: number;
  /** Whether its segment also brought bytes that had been seen before. */
  readonly retransmitted: boolean;
}

/** Bytes that one chunk takes in the arrays. */
const CHUNK_BYTES = 28;
const FIRST = 16;

/** What all of a kind may take together. Who asks for more than there is stays as it is. */
export class Allowance {
  used = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether there is room for more; then it is taken. */
  take(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }
  give(bytes: number): void {
    this.used -= bytes;
  }
}

/** Which packet each byte of one side came with: chunks in order, in arrays, the oldest of which are forgotten. */
export class Provenance {
  private from: Float64Array;
  private to: Float64Array;
  private packet: Float64Array;
  /** Twice the place in the packet, and one for retransmitted; negative where there is no place. */
  private place: Int32Array;
  private first: number;
  private count: number;
  private readonly limit: number;
  private readonly allowance: Allowance;
  private taken: number;

  constructor(limit: number, allowance: Allowance) {
    this.taken = 0;
    const room = Math.min(FIRST, limit);
    this.from = new Float64Array(room);
    this.to = new Float64Array(room);
    this.packet = new Float64Array(room);
    this.place = new Int32Array(room);
    this.first = 0;
    this.count = 0;
    this.limit = limit;
    this.allowance = allowance;
  }

  /** Notes a chunk that lies behind all before it. */
  add(from: number, to: number, packet: number, packetOffset: number, isRepeated: boolean): void {
    if (this.count === this.from.length && !this.grow()) {
      this.first = (this.first + 1) % this.count;
      this.count--;
    }
    const at = (this.first + this.count++) % this.from.length;
    this.from[at] = from;
    this.to[at] = to;
    this.packet[at] = packet;
    this.place[at] = packetOffset * 2 + (isRepeated ? 1 : 0);
  }

  private grow(): boolean {
    const { length } = this.from;
    const room = Math.min(this.limit, length * 2);
    const more = (room - length) * CHUNK_BYTES;
    if (room === length || !this.allowance.take(more)) return false;
    this.taken += more;
    const order = Array.from({ length: this.count }, (_, i) => (this.first + i) % length);
    const copied = <A extends Float64Array | Int32Array>(old: A, made: A): A => {
      for (let i = 0; i < order.length; i++) made[i] = old[order[i]!]!;
      return made;
    };
    this.from = copied(this.from, new Float64Array(room));
    this.to = copied(this.to, new Float64Array(room));
    this.packet = copied(this.packet, new Float64Array(room));
    this.place = copied(this.place, new Int32Array(room));
    this.first = 0;
    return true;
  }

  /** Where a byte came from. */
  find(offset: number): Origin | undefined {
    const { length } = this.from;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.to[(this.first + middle) % length]! > offset) high = middle;
      else low = middle + 1;
    }
    const at = (this.first + low) % length;
    const from = this.from[at]!;
    if (low === this.count || from > offset) return undefined;
    const place = this.place[at]!;
    return {
      packet: this.packet[at]!,
      packetOffset: place < 0 ? -1 : (place >> 1) + offset - from,
      retransmitted: (place & 1) === 1,
    };
  }

  /** Gives its share back: the stream is over, and whoever keeps it keeps what was noted. */
  release(): void {
    this.allowance.give(this.taken);
    this.taken = 0;
  }
}
