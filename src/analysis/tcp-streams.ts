import { readU16, readU32 } from "../bytes/numbers.ts";
import {
  type Conversation,
  type ConversationOptions,
  ConversationTable,
} from "../flow/conversations.ts";
import type { Layer } from "../schema/layer.ts";

const SYN = 0x02;
const ACK = 0x10;

const FORWARD = 1;
const BACKWARD = 2;

/** What numbers a connection: the first sequence number that either side showed. `forward` is the side of the lesser end. */
export class TcpStream<S> {
  readonly state: S;
  /** Which of the two are known, as bits, and their 32 bits with a sign: such numbers lie in the object itself. */
  private known: number;
  private forwardBits: number;
  private backwardBits: number;

  constructor(state: S) {
    this.state = state;
    this.known = 0;
    this.forwardBits = 0;
    this.backwardBits = 0;
  }

  /** The numbers that count as zero; -1 before they are known. */
  get forwardBase(): number {
    return (this.known & FORWARD) === 0 ? -1 : this.forwardBits >>> 0;
  }
  get backwardBase(): number {
    return (this.known & BACKWARD) === 0 ? -1 : this.backwardBits >>> 0;
  }

  /** Sets the number of one side. */
  rebase(isForward: boolean, seq: number): void {
    if (isForward) this.forwardBits = seq | 0;
    else this.backwardBits = seq | 0;
    this.known |= isForward ? FORWARD : BACKWARD;
  }

  /**
   * Learns from a segment what is not known yet. A side that was seen first amid its data counts from the byte before that,
   * so that data begins at 1.
   */
  learn(isForward: boolean, flags: number, seq: number, ack: number): void {
    const [own, other] = isForward ? [FORWARD, BACKWARD] : [BACKWARD, FORWARD];
    if ((this.known & own) === 0) this.rebase(isForward, (flags & SYN) !== 0 ? seq : seq - 1);
    if ((flags & ACK) !== 0 && (this.known & other) === 0) this.rebase(!isForward, ack - 1);
  }

  /** Whether both are known: then there is nothing to learn. */
  get isKnown(): boolean {
    return this.known === (FORWARD | BACKWARD);
  }
}

/**
 * Tells the TCP connections of a capture apart, and numbers them from 0 in order of their first segment: `tcp.stream`. A
 * connection is known by its ends; a SYN with another sequence number than the first begins a new one on the same ports
 * (RFC 9293 §3.6.1). Packets are to be given in order.
 */
export class TcpStreams<S> {
  /** What {@link find} says beside the stream: whether the segment goes from the lesser end to the greater one. */
  isForward: boolean;
  /** Whether the segment begins a connection on ports that had another one; see {@link find}. */
  isReuse: boolean;
  /** The segment that did so last: asked for again, it is told again. */
  private reusing: Layer | null;
  private readonly table: ConversationTable<TcpStream<S>>;

  constructor(make: () => S, options: ConversationOptions = {}) {
    this.table = new ConversationTable(() => new TcpStream(make()), options);
    this.isForward = true;
    this.isReuse = false;
    this.reusing = null;
  }

  /** Streams so far. */
  get count(): number {
    return this.table.count;
  }
  /** Streams that were forgotten to make room. */
  get evicted(): number {
    return this.table.evicted;
  }

  /** The stream of a segment, with what is known of its numbers brought up to date. Asking again changes nothing. */
  find(layer: Layer): Conversation<TcpStream<S>> {
    const { bytes, start } = layer;
    const { table } = this;
    let found = table.find(layer);
    const { forward } = table;
    this.isForward = forward;
    const flags = readU16(bytes, start + 12);
    if ((flags & SYN) !== 0) found = this.begin(found, layer, forward, flags);
    else this.isReuse = false;
    const { state } = found;
    if (!state.isKnown)
      state.learn(forward, flags, readU32(bytes, start + 4), readU32(bytes, start + 8));
    return found;
  }

  /** What a SYN belongs to. */
  private begin(
    known: Conversation<TcpStream<S>>,
    layer: Layer,
    forward: boolean,
    flags: number,
  ): Conversation<TcpStream<S>> {
    const { state } = known;
    const base = forward ? state.forwardBase : state.backwardBase;
    const seq = readU32(layer.bytes, layer.start + 4);
    let found = known;
    if (base >= 0 && base !== seq) {
      this.reusing = layer;
      // An answer with another number belongs to the attempt that was seen, whatever its side showed before.
      if ((flags & ACK) !== 0) state.rebase(forward, seq);
      else found = this.table.renew(layer);
    }
    this.isReuse = this.reusing === layer;
    return found;
  }
}
