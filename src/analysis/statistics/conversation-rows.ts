import { readU32 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import { type ConversationEnd, EndWords } from "./end-words.ts";
import { KeyRows } from "./key-rows.ts";
import { TIMED_SUMS } from "./tally.ts";

/** Words of a row before its key, behind the sums: the sequence numbers that count as zero, of either end, and marks. */
const LESSER = 2 * TIMED_SUMS;
const GREATER = LESSER + 1;
const MARKS = LESSER + 2;
const WORDS = 3;

/** Bits of the marks. */
const KNOWS_LESSER = 1;
const KNOWS_GREATER = 2;
const KNOWS_BOTH = KNOWS_LESSER | KNOWS_GREATER;
/** The first frame that counted came from the lesser end. */
const FORWARD_FIRST = 4;
/** Its ports are used again by a conversation that there was no room for. */
const CLOSED = 8;

/** The mark that says that the number of an end is known. */
const knowing = (end: number): number => (end === LESSER ? KNOWS_LESSER : KNOWS_GREATER);

const SYN = 0x02;
const ACK = 0x10;

/**
 * Numbers the conversations of a capture from 0, in order of their first layer, as many as the limit says; those stay what
 * they are, whatever comes behind. Of TCP the numbers are those of `TcpStreams`, whose rules are kept here in rows of numbers:
 * a SYN with another sequence number begins a new conversation (RFC 9293 §3.6.1).
 */
export class ConversationRows {
  /** Whether the layer that was found last goes from the lesser end to the greater one. */
  isForward: boolean;
  readonly ends: EndWords;
  readonly rows: KeyRows;

  /** `isAlone`: the ends of a layer itself are all that counts, not those of layers below. */
  constructor(isAlone: boolean, limit: number) {
    this.isForward = true;
    this.ends = new EndWords(isAlone);
    this.rows = new KeyRows(TIMED_SUMS, WORDS, limit);
  }

  /** Conversations so far. */
  get count(): number {
    return this.rows.count;
  }

  /** The number of the conversation of a layer; -1 where there is no room for it. */
  find(layer: Layer): number {
    const { ends, rows } = this;
    ends.read(layer);
    this.isForward = ends.isForward;
    const row = rows.find(ends.words, ends.length);
    return row < 0 ? rows.add(ends.words, ends.length) : row;
  }

  /** As {@link find}, of a TCP segment. */
  findSegment(layer: Layer): number {
    const row = this.find(layer);
    if (row < 0) return -1;
    const { rows } = this;
    const marks = rows.page[rows.at + MARKS]!;
    const flags = layer.bytes[layer.start + 13]!;
    if ((marks & (KNOWS_BOTH | CLOSED)) === KNOWS_BOTH && (flags & SYN) === 0) return row;
    return (marks & CLOSED) === 0 ? this.learn(layer, flags, row) : -1;
  }

  /** Learns where either end begins to count; gives the number, another one for ports that are used again. */
  private learn({ bytes, start }: Layer, flags: number, row: number): number {
    const { rows, isForward, ends } = this;
    const [own, other] = isForward ? [LESSER, GREATER] : [GREATER, LESSER];
    const seq = readU32(bytes, start + 4) | 0;
    let found = row;
    const { page, at } = rows;
    if ((flags & SYN) !== 0 && this.knows(own) && page[at + own] !== seq) {
      // An answer with another number belongs to the attempt that was seen, whatever its side showed before.
      if ((flags & ACK) !== 0) page[at + own] = seq;
      else found = rows.add(ends.words, ends.length);
      if (found < 0) page[at + MARKS]! |= CLOSED;
    }
    if (found < 0) return -1;
    if (!this.knows(own)) this.rebase(own, (flags & SYN) !== 0 ? seq : seq - 1);
    if ((flags & ACK) !== 0 && !this.knows(other))
      this.rebase(other, readU32(bytes, start + 8) - 1);
    return found;
  }

  private knows(end: number): boolean {
    const { page, at } = this.rows;
    return (page[at + MARKS]! & knowing(end)) !== 0;
  }

  private rebase(end: number, seq: number): void {
    const { page, at } = this.rows;
    page[at + end] = seq;
    page[at + MARKS]! |= knowing(end);
  }

  /** Says that the layer that was found last is the first of its conversation that counts. */
  markFirst(): void {
    const { page, at } = this.rows;
    if (this.isForward) page[at + MARKS]! |= FORWARD_FIRST;
  }

  /** Whether the first frame of a conversation came from the lesser end. */
  beganForward(row: number): boolean {
    const { rows } = this;
    rows.visit(row);
    return (rows.page[rows.at + MARKS]! & FORWARD_FIRST) !== 0;
  }

  /** One end of a conversation: that of the first frame, or the other. */
  endOf(row: number, isFirst: boolean): ConversationEnd {
    const isLesser = this.beganForward(row) === isFirst;
    return this.ends.endIn(this.rows, isLesser);
  }

  /** As {@link endOf}, as words in `ends.end`; gives how many. */
  readEnd(row: number, isFirst: boolean): number {
    const isLesser = this.beganForward(row) === isFirst;
    return this.ends.readEnd(this.rows, isLesser);
  }
}
