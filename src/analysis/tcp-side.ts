import { readU16 } from "../bytes/numbers.ts";
import { serialAfter, serialBefore, serialDistance } from "../bytes/serial.ts";
import type { Layer } from "../schema/layer.ts";
import type { Span } from "./span.ts";

/** Flags of a segment (RFC 9293 §3.1). */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

/** Segments that wait for their acknowledgment, of one side; beyond that, newer ones are not remembered. */
const MOST_SEGMENTS = 10_000;

/** A segment that took sequence numbers and was not acknowledged yet. */
export interface Unacknowledged {
  seq: number;
  readonly next: number;
  readonly frame: number;
  readonly time: Span;
}

const NEVER: Span = { seconds: 0, nanoseconds: 0 };

/** What one side of a connection showed so far. Numbers of -1 are not known yet. */
export class TcpSide {
  /** Shift of its window (RFC 7323 §2.2); -2: known not to be used. */
  scale = -1;
  /** Whether it ended its half of the connection before the other side did. */
  closedFirst = false;
  /** The sequence number behind the highest that it sent, the frame that brought it, and when. */
  next = -1;
  nextFrame = 0;
  nextTime: Span = NEVER;
  /** As `next`, but as far as no segment is missing. */
  gapless = -1;
  /** Whether more than that was acknowledged, and nothing of it has come since. */
  isLost = false;
  /** What it acknowledged last, in which frame, and when. */
  ack = -1;
  ackFrame = 0;
  ackTime: Span = NEVER;
  /** Its window as the last header said it, not scaled. */
  window = -1;
  /** Repeated acknowledgments in a row, and the frame that they repeat. */
  duplicates = 0;
  firstAckFrame = 0;
  /** Whether its last segment was a keep-alive, or a probe of a zero window. */
  keptAlive = false;
  probed = false;
  /** Whether the other side acknowledged something since the last gap: else bytes in flight cannot be told. */
  isCounted = true;
  /** Bytes since the last PSH flag, and whether the last segment with data had it. */
  pushed = 0;
  pushEnded = false;
  /** What waits for an acknowledgment, oldest first. */
  segments: Unacknowledged[] = [];

  /** Lowest and highest number of what waits, where something does. */
  private lowest = 0;
  private highest = 0;

  /** Remembers a segment that took numbers. */
  remember(seq: number, next: number, frame: number, time: Span): void {
    const { segments } = this;
    if (segments.length >= MOST_SEGMENTS) return;
    const isFirst = segments.length === 0;
    if (isFirst || serialBefore(seq, this.lowest)) this.lowest = seq;
    if (isFirst || serialAfter(next, this.highest)) this.highest = next;
    segments.push({ seq, next, frame, time });
  }

  /**
   * Forgets what an acknowledgment covers, and gives the segment that it ends with: the oldest, where one was sent again.
   * Of a segment that is covered in part, the rest goes on waiting.
   */
  acknowledge(ack: number): Unacknowledged | null {
    const { segments } = this;
    // Mostly nothing new is acknowledged, and there may be many that wait.
    if (segments.length === 0 || !serialAfter(ack, this.lowest)) return null;
    let exact: Unacknowledged | null = null;
    let kept = 0;
    for (const one of segments) {
      if (one.next === ack) exact ??= one;
      if (!serialAfter(one.next, ack)) continue;
      if (serialAfter(ack, one.seq)) one.seq = ack;
      if (kept === 0 || serialBefore(one.seq, this.lowest)) this.lowest = one.seq;
      if (kept === 0 || serialAfter(one.next, this.highest)) this.highest = one.next;
      segments[kept++] = one;
    }
    segments.length = kept;
    return exact;
  }

  /** Sequence numbers from the lowest to the highest that waits. */
  get inFlight(): number {
    return this.segments.length === 0 ? 0 : serialDistance(this.lowest, this.highest);
  }
}

/** What of a connection was seen, as bits. */
export const Seen = { syn: 1, synAck: 2, ack: 4, data: 8, fin: 16, rst: 32 } as const;

/** What is known of a connection; `forward` is the side of the lesser end. */
export class TcpState {
  readonly forward = new TcpSide();
  readonly backward = new TcpSide();
  /** The frame of its first segment. */
  firstFrame = 0;
  /** Times of its first and last segment, and of the last SYN. */
  startTime: Span | null = null;
  lastTime: Span | null = null;
  synTime: Span | null = null;
  /** From the SYN to the acknowledgment that ends the handshake, where it was seen. */
  handshake: Span | null = null;
  /** Whether a SYN showed a cookie and brought data (RFC 7413). */
  opensFast = false;
  /** Bits of {@link Seen}. */
  seen = 0;
}

/**
 * Notes what a segment shows of a connection (RFC 9293 §3.3.2). The first counts only if it begins it, then with its data; on
 * ports that had another connection without. A FIN without ACK is no end.
 */
export function learnSeen(
  state: TcpState,
  flags: number,
  hasData: boolean,
  isFirst: boolean,
  isReuse: boolean,
): void {
  const both = flags & (SYN | ACK);
  if (both === SYN) {
    state.seen |= Seen.syn;
    if (hasData && isFirst && !isReuse) state.seen |= Seen.data;
  }
  if (isFirst) return;
  if (both === (SYN | ACK)) state.seen |= Seen.synAck;
  if (both === ACK) state.seen |= hasData ? Seen.data : Seen.ack;
  if ((flags & FIN) !== 0 && (flags & ACK) !== 0) state.seen |= Seen.fin;
  if ((flags & RST) !== 0) state.seen |= Seen.rst;
}

/** A SYN without the option says that neither side scales; of a SYN and its answer both must offer it (RFC 7323 §2.2). */
export function learnScale(layer: Layer, isAnswer: boolean, own: TcpSide, other: TcpSide): void {
  const scale = windowScale(layer);
  if (scale >= 0) own.scale = scale;
  if (own.scale === -1) {
    own.scale = -2;
    other.scale = -2;
  } else if (isAnswer && other.scale === -2) own.scale = -2;
}

/** Shift count of a window scale option (RFC 7323 §2) among the options; -1 where there is none. */
function windowScale(layer: Layer): number {
  const { bytes } = layer;
  for (const at of optionsOf(layer))
    if (bytes[at] === 3 && bytes[at + 1] === 3) return bytes[at + 2]!;
  return -1;
}

/** How many cookies of Fast Open a SYN shows (RFC 7413 §4.1.1), be it in the option of the experiments (RFC 6994). */
export function cookiesOf(layer: Layer): number {
  const { bytes } = layer;
  let found = 0;
  for (const at of optionsOf(layer)) {
    const kind = bytes[at]!;
    const length = bytes[at + 1]!;
    const isExperiment = (kind === 253 || kind === 254) && length > 4;
    if (kind === 34 ? length > 2 : isExperiment && readU16(bytes, at + 2) === 0xf989) found++;
  }
  return found;
}

/** Where the options that have a length begin, as far as they are well-formed. */
function* optionsOf(layer: Layer): Generator<number, void> {
  const { bytes, headerEnd } = layer;
  for (let at = layer.start + 20; at < headerEnd; ) {
    const kind = bytes[at]!;
    if (kind === 0) return;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = at + 1 < headerEnd ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > headerEnd) return;
    yield at;
    at += length;
  }
}
