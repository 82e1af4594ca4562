/**
 * What is counted of a flow lies in a record of numbers: those of the originator, those of the responder, and those of the
 * connection, eight each, as many as a processor fetches at once. A packet changes two of the three. As objects these
 * were spread over twice as many places, one known only through the other (measured with 10 000 flows at a time: a
 * packet took half as long again).
 */

/** The numbers of one side. */
export const Side = {
  packets: 0,
  bytes: 1,
  networkBytes: 2,
  payload: 3,
  firstSeconds: 4,
  firstNanoseconds: 5,
  lastSeconds: 6,
  lastNanoseconds: 7,
} as const;

/** Where the numbers of the sides begin, and the others. */
export const Place = {
  originator: 0,
  responder: 8,
  /** What is known of the flow, as bits: see {@link Known}. */
  known: 16,
  /** In which queue of its table it is, from 1 on, and the number of its last packet there. */
  queue: 17,
  used: 18,
  /** What each side of the connection did, and all flags that it set: the originator's first. */
  marks: 19,
  flags: 21,
  /** What happened for the first time, as digits. */
  history: 23,
} as const;

/**
 * The originator is the end that stands first in the key; the protocol above the transport was seen; the flow is a connection;
 * who sent the first reset of it.
 */
export const Known = {
  forward: 1,
  service: 2,
  connection: 4,
  originatorReset: 8,
  responderReset: 16,
} as const;

export const RECORD = 24;

/** Numbers of a table, or of one flow that left it. */
export type Numbers = Float64Array | number[];

/** Whoever has a record: its numbers begin at `at`. */
export interface HasRecord {
  readonly numbers: Numbers;
  readonly at: number;
}

const CHUNK_BITS = 10;
const CHUNK = 1 << CHUNK_BITS;

/** Records by id, in chunks: a table that grows moves none of them. */
export class Records {
  private readonly chunks: Float64Array[] = [];

  /** The numbers among which the record of an id lies. */
  of(id: number): Float64Array {
    return this.chunks[id >> CHUNK_BITS]!;
  }

  /** Where it begins there. */
  at(id: number): number {
    return (id & (CHUNK - 1)) * RECORD;
  }

  /** Makes the record of an id, all zeros. Ids come one after the other. */
  clear(id: number): void {
    const chunk = id >> CHUNK_BITS;
    if (chunk === this.chunks.length) this.chunks.push(new Float64Array(CHUNK * RECORD));
    const at = this.at(id);
    this.chunks[chunk]!.fill(0, at, at + RECORD);
  }
}

/** Takes the time of a packet of a side into account; to be called before it is counted. */
export function addTime(n: Float64Array, side: number, seconds: number, nanoseconds: number): void {
  // Compared here and not in a function: numbers that are read from the record would become objects on the way there.
  const isFirst = n[side + Side.packets] === 0;
  const last = n[side + Side.lastSeconds]!;
  if (
    isFirst ||
    seconds > last ||
    (seconds === last && nanoseconds > n[side + Side.lastNanoseconds]!)
  ) {
    n[side + Side.lastSeconds] = seconds;
    n[side + Side.lastNanoseconds] = nanoseconds;
    if (!isFirst) return;
  }
  const first = n[side + Side.firstSeconds]!;
  if (
    isFirst ||
    seconds < first ||
    (seconds === first && nanoseconds < n[side + Side.firstNanoseconds]!)
  ) {
    n[side + Side.firstSeconds] = seconds;
    n[side + Side.firstNanoseconds] = nanoseconds;
  }
}

/** Nanoseconds from the last packet of a flow to a time: exact where that is no more than three months. */
export function sinceLast(n: Numbers, at: number, seconds: number, nanoseconds: number): number {
  const { originator, responder } = Place;
  const one = sinceLastOf(n, at + originator, seconds, nanoseconds);
  return Math.min(one, sinceLastOf(n, at + responder, seconds, nanoseconds));
}

function sinceLastOf(n: Numbers, side: number, seconds: number, nanoseconds: number): number {
  if (n[side + Side.packets] === 0) return Number.POSITIVE_INFINITY;
  const whole = seconds - n[side + Side.lastSeconds]!;
  return whole * 1e9 + (nanoseconds - n[side + Side.lastNanoseconds]!);
}
