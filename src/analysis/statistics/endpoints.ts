import type { ConversationCount, DirectionCount } from "./conversations.ts";
import type { ConversationEnd, EndWords } from "./end-words.ts";
import { KeyRows } from "./key-rows.ts";
import { mostFirst } from "./order.ts";
import { addSum, allFramesOf, bytesOf, framesOf, PLAIN_SUMS } from "./tally.ts";

/** What one end sent and received. */
export interface EndpointCount extends ConversationEnd {
  readonly sent: DirectionCount;
  readonly received: DirectionCount;
  readonly frames: number;
  readonly bytes: number;
}

interface Sums {
  readonly end: ConversationEnd;
  readonly sent: { frames: number; bytes: number };
  readonly received: { frames: number; bytes: number };
}

/**
 * Who sent and received how much, as `tshark -z endpoints` counts it: the sums over the conversations of each end, in order
 * of appearance. What an end says to itself is both sent and received.
 */
export function endpointsOf(conversations: Iterable<ConversationCount>): EndpointCount[] {
  const all = new Map<string, Sums>();
  const of = (end: ConversationEnd): Sums => {
    const key = `${end.address} ${end.port}`;
    let sums = all.get(key);
    if (sums === undefined) {
      sums = { end, sent: { frames: 0, bytes: 0 }, received: { frames: 0, bytes: 0 } };
      all.set(key, sums);
    }
    return sums;
  };
  for (const { a, b, aToB, bToA } of conversations) {
    const [first, second] = [of(a), of(b)];
    add(first.sent, aToB);
    add(second.received, aToB);
    add(second.sent, bToA);
    add(first.received, bToA);
  }
  return [...all.values()].map(({ end, sent, received }) => ({
    ...end,
    sent,
    received,
    frames: sent.frames + received.frames,
    bytes: sent.bytes + received.bytes,
  }));
}

function add(sum: { frames: number; bytes: number }, { frames, bytes }: DirectionCount): void {
  sum.frames += frames;
  sum.bytes += bytes;
}

const SENT = 0;
const RECEIVED = 1;

/**
 * As {@link endpointsOf}, in rows of numbers by an end's bytes: text is made of an end when it is asked for, since a flood
 * has a million of them.
 */
export class Endpoints {
  private readonly ends: EndWords;
  private readonly rows: KeyRows;

  constructor(ends: EndWords) {
    this.ends = ends;
    this.rows = new KeyRows(PLAIN_SUMS, 0, Number.POSITIVE_INFINITY);
  }

  /** Ends so far. */
  get count(): number {
    return this.rows.count;
  }

  /** The number of the end that `ends` has written in so many words; in order of appearance. */
  find(length: number): number {
    const { rows, ends } = this;
    const row = rows.find(ends.end, length);
    return row < 0 ? rows.add(ends.end, length) : row;
  }

  /** Counts what one end sent to another. */
  add(from: number, to: number, frames: number, bytes: number): void {
    this.rows.visit(from);
    addSum(this.rows, SENT, frames, bytes);
    this.rows.visit(to);
    addSum(this.rows, RECEIVED, frames, bytes);
  }

  /** All ends, in order of appearance. */
  *[Symbol.iterator](): Generator<EndpointCount, void, undefined> {
    for (let number = 0; number < this.count; number++) yield this.at(number);
  }

  /** The numbers of the ends, the one with the most frames first. */
  mostFirst(): Uint32Array {
    return mostFirst(this.count, (number) => allFramesOf(this.rows, number));
  }

  /** What was counted of an end. */
  at(number: number): EndpointCount {
    const { rows } = this;
    rows.visit(number);
    const side = (which: number): DirectionCount => ({
      frames: framesOf(rows, which),
      bytes: bytesOf(rows, which),
    });
    const [sent, received] = [side(SENT), side(RECEIVED)];
    const { address, port } = this.ends.endOf(rows);
    // Written out: an object that begins as a copy of another took most of the time of a long list (measured).
    return {
      address,
      port,
      sent,
      received,
      frames: sent.frames + received.frames,
      bytes: sent.bytes + received.bytes,
    };
  }
}
