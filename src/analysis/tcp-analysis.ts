import { readU16, readU32 } from "../bytes/numbers.ts";
import { serialAfter, serialBefore } from "../bytes/serial.ts";
import type { Packet } from "../packet/packet.ts";
import { reportedEnd } from "../packet/reported.ts";
import type { Layer } from "../schema/layer.ts";
import { isPositive, isShorter, isZero, type Span, spanBetween } from "./span.ts";
import {
  ACK,
  cookiesOf,
  FIN,
  learnScale,
  learnSeen,
  RST,
  SYN,
  type TcpSide,
  TcpState,
} from "./tcp-side.ts";
import { TcpStreams } from "./tcp-streams.ts";

const PSH = 8;
/** Flags that begin or end a connection: segments with one are no plain acknowledgments. */
const SPECIAL = SYN | FIN | RST;

/** What may be noted of a segment, as bits. */
export const TcpMark = {
  retransmission: 1,
  fastRetransmission: 2,
  spuriousRetransmission: 4,
  outOfOrder: 8,
  lostSegment: 16,
  ackLostSegment: 32,
  duplicateAck: 64,
  zeroWindow: 128,
  zeroWindowProbe: 256,
  zeroWindowProbeAck: 512,
  windowFull: 1024,
  windowUpdate: 2048,
  keepAlive: 4096,
  keepAliveAck: 8192,
  reusedPorts: 16_384,
  fastOpenSyn: 32_768,
  fastOpenAck: 65_536,
  fastOpenIgnored: 131_072,
} as const;

/** A fast retransmission comes so soon behind the acknowledgments that asked for it. */
const FAST: Span = { seconds: 0, nanoseconds: 20_000_000 };
/** Without a handshake to measure, what comes so soon behind a later segment overtook nothing: it was overtaken. */
const REORDERED: Span = { seconds: 0, nanoseconds: 3_000_000 };

const ZERO: Span = { seconds: 0, nanoseconds: 0 };

/** What is known of one segment. Numbers of -1, and frames of 0, are not known. */
export class TcpFindings {
  stream = 0;
  isForward = true;
  /** Bytes of data, of the segment on the wire. */
  length = 0;
  /** Bits of {@link TcpMark}. */
  marks = 0;
  /** Of a duplicate: how many before it repeat the same, itself included, and the frame that they repeat. */
  duplicate = 0;
  duplicateOf = 0;
  /** Of a retransmission: since when the bytes wait, and in which frame they were sent first. */
  timeout: Span | null = null;
  timeoutFrame = 0;
  /** The segment that this one acknowledges, and how long that took. */
  acks = 0;
  roundTrip: Span | null = null;
  /** Bytes that wait for their acknowledgment with this segment, and those since the last PSH. */
  inFlight = -1;
  pushed = -1;
  /** Time since the connection began, and since its last segment. */
  sinceStart: Span = ZERO;
  sinceLast: Span = ZERO;
  /** What the handshake took. */
  handshake: Span | null = null;
  /** What was seen of the connection before, as bits of {@link Seen}. */
  seen = 0;
  /** Cookies of Fast Open that a SYN shows. */
  cookies = 0;
  /** Frames that notes rest on, by mark; `null` where there is nothing to note. */
  evidence: Map<number, readonly number[]> | null = null;
}

/**
 * Follows TCP connections (RFC 9293) and tells what a segment is to those before it: sent again, out of order, repeated,
 * answered. It watches from one place, and so tells the likely: the rules are with the methods. Segments are to be given in
 * the order of the capture, each once.
 */
export class TcpAnalysis {
  /** The connections; others that number them alike share it. */
  readonly streams: TcpStreams<TcpState>;
  private findings: TcpFindings;
  private own: TcpSide;
  private other: TcpSide;
  private state: TcpState;
  private seq: number;
  private ack: number;
  private flags: number;
  private window: number;
  private frame: number;
  private time: Span;

  constructor() {
    this.streams = new TcpStreams(() => new TcpState());
    this.findings = new TcpFindings();
    this.state = new TcpState();
    this.own = this.state.forward;
    this.other = this.state.backward;
    this.seq = this.ack = this.flags = this.window = this.frame = 0;
    this.time = ZERO;
  }

  /** What a segment is. `inner` is the packet that its bytes lie in, `packet` the frame that brought it. */
  see(layer: Layer, inner: Packet, packet: Packet): TcpFindings {
    const { streams } = this;
    const findings = new TcpFindings();
    this.findings = findings;
    const { index, state: stream } = streams.find(layer);
    this.begin(layer, packet, stream.state);
    findings.stream = index;
    findings.isForward = streams.isForward;
    findings.length = Math.max(0, reportedEnd(layer, inner) - layer.headerEnd);
    if ((this.flags & SYN) !== 0) learnScale(layer, (this.flags & ACK) !== 0, this.own, this.other);
    if (streams.isReuse) {
      this.note(TcpMark.reusedPorts);
      this.own.next = this.own.gapless = -1;
    }
    const otherBase = streams.isForward ? stream.backwardBase : stream.forwardBase;
    if ((this.flags & SYN) !== 0) this.judgeFastOpen(layer, otherBase);
    this.timeLine();
    const isSettled = this.judgeWindow();
    this.judgeAck(isSettled);
    this.judgeData();
    this.remember();
    return findings;
  }

  private begin(layer: Layer, packet: Packet, state: TcpState): void {
    const { bytes, start } = layer;
    const { isForward } = this.streams;
    this.state = state;
    this.own = isForward ? state.forward : state.backward;
    this.other = isForward ? state.backward : state.forward;
    this.seq = readU32(bytes, start + 4);
    this.ack = readU32(bytes, start + 8);
    this.flags = readU16(bytes, start + 12) & 0xfff;
    this.window = readU16(bytes, start + 14);
    this.frame = packet.number;
    this.time = { seconds: packet.seconds, nanoseconds: Math.max(packet.nanoseconds, 0) };
    if (state.firstFrame === 0) state.firstFrame = packet.number;
  }

  private note(mark: number, ...evidence: readonly number[]): void {
    const { findings } = this;
    findings.marks |= mark;
    findings.evidence ??= new Map();
    findings.evidence.set(
      mark,
      evidence.filter((frame) => frame > 0),
    );
  }

  private has(mark: number): boolean {
    return (this.findings.marks & mark) !== 0;
  }

  /**
   * Times of the connection, and what of it was seen (RFC 9293 §3.3.2). The handshake takes from the last SYN to the first
   * acknowledgment that is no SYN.
   */
  private timeLine(): void {
    const { state, findings, flags, time } = this;
    findings.seen = state.seen;
    state.startTime ??= time;
    findings.sinceStart = spanBetween(state.startTime, time);
    if (state.lastTime !== null) findings.sinceLast = spanBetween(state.lastTime, time);
    state.lastTime = time;
    if ((flags & (SYN | ACK)) === SYN) state.synTime = time;
    else if ((flags & SYN) === 0 && (flags & ACK) !== 0 && state.synTime !== null)
      if (state.handshake === null || isZero(state.handshake))
        state.handshake = spanBetween(state.synTime, time);
    findings.handshake = state.handshake;
    const isFirst = state.firstFrame === this.frame;
    const isReuse = isFirst && this.streams.isReuse;
    learnSeen(state, flags, findings.length > 0, isFirst, isReuse);
    if (isReuse) findings.seen = state.seen;
  }

  /**
   * Fast Open (RFC 7413 §3): a SYN with a cookie may have data. The answer acknowledges more than the SYN itself, then it took
   * data, or no more than that: then the data was ignored. `otherBase` is the number of the SYN.
   */
  private judgeFastOpen(layer: Layer, otherBase: number): void {
    const { state, ack, flags, findings } = this;
    if ((flags & ACK) === 0) {
      findings.cookies = cookiesOf(layer);
      if (findings.cookies === 0) return;
      this.note(TcpMark.fastOpenSyn);
      state.opensFast ||= findings.length > 0;
    } else if ((ack - otherBase) >>> 0 > 1) this.note(TcpMark.fastOpenAck, state.firstFrame);
    else if (state.opensFast) this.note(TcpMark.fastOpenIgnored, state.firstFrame);
  }

  /**
   * Windows, gaps and keep-alives; true where nothing is left to be said of acknowledgments.
   *
   * - Zero window probe (RFC 9293 §3.8.6.1): one byte, the next in order, to a side whose window is zero.
   * - Zero window: a window of 0, in a segment that neither begins, ends nor resets.
   * - Lost segment: the segment begins behind what was expected, and so one before it was not captured.
   * - Keep-alive (RFC 9293 §3.8.4): at most one byte, the one before what is expected.
   * - Window full: the data ends exactly where the receiver's window does.
   */
  private judgeWindow(): boolean {
    const { own, other, seq, window, flags, findings } = this;
    const { length } = findings;
    const isPlain = (flags & SPECIAL) === 0;
    if (length === 1 && seq === own.next && other.window === 0) {
      this.note(TcpMark.zeroWindowProbe, other.ackFrame);
      return true;
    }
    if (window === 0 && isPlain) this.note(TcpMark.zeroWindow);
    if (own.next >= 0 && serialAfter(seq, own.next) && (flags & RST) === 0) {
      this.note(TcpMark.lostSegment, own.nextFrame);
      own.isCounted = false;
      own.gapless = own.next;
      own.isLost = false;
    }
    if (length <= 1 && own.next >= 0 && seq === (own.next - 1) >>> 0 && isPlain)
      this.note(TcpMark.keepAlive, own.nextFrame);
    this.judgeUpdate(isPlain);
    if (length > 0 && other.scale !== -1 && other.ack >= 0 && isPlain) {
      const room = other.window * 2 ** Math.max(other.scale, 0);
      if ((seq + length) >>> 0 === (other.ack + room) >>> 0)
        this.note(TcpMark.windowFull, other.ackFrame);
    }
    return this.judgeAnswer(isPlain);
  }

  /** Window update: a plain segment that only changes the window; not to zero. */
  private judgeUpdate(isPlain: boolean): void {
    const { own, window } = this;
    if (this.isRepeated(isPlain) && this.ack === own.ack && window !== 0 && window !== own.window)
      this.note(TcpMark.windowUpdate, own.ackFrame);
  }

  /** A plain segment without data that stands where the last one of its side ended. */
  private isRepeated(isPlain: boolean): boolean {
    return isPlain && this.findings.length === 0 && this.seq === this.own.next;
  }

  /**
   * Answers to probes, which say what the side has said before.
   *
   * - Keep-alive ACK: repeats acknowledgment and window, and the other side's last segment was a keep-alive.
   * - Zero window probe ACK: as that, with a window of zero behind a probe.
   */
  private judgeAnswer(isPlain: boolean): boolean {
    const { own, other, window, ack } = this;
    if (!this.isRepeated(isPlain) || window !== own.window) return false;
    if (window !== 0 && ack === own.ack && other.keptAlive) {
      this.note(TcpMark.keepAliveAck, other.nextFrame);
      return true;
    }
    if (window !== 0 || ack !== own.ack || !other.probed) return false;
    this.note(TcpMark.zeroWindowProbeAck, other.nextFrame);
    return true;
  }

  /**
   * - Duplicate ACK (RFC 5681 §2): a plain segment that repeats acknowledgment and window, and is no answer to a probe.
   * - ACK of a lost segment: it acknowledges what no captured segment has brought.
   */
  private judgeAck(isSettled: boolean): void {
    const { own, other, ack, flags, findings } = this;
    const isSame = ack === own.ack && this.window === own.window && this.window !== 0;
    if (!isSettled && isSame && this.isRepeated((flags & SPECIAL) === 0)) {
      own.duplicates++;
      this.note(TcpMark.duplicateAck, own.firstAckFrame);
      findings.duplicate = own.duplicates;
      findings.duplicateOf = own.firstAckFrame;
    }
    const isRepeated = ack === own.ack;
    if (!isRepeated) {
      own.firstAckFrame = this.frame;
      own.duplicates = 0;
    }
    // Repeating it tells nothing new, as long as the other side says nothing.
    if (isRepeated && other.isLost) return;
    if ((flags & ACK) === 0 || other.gapless < 0 || !serialAfter(ack, other.gapless)) return;
    this.note(TcpMark.ackLostSegment, other.nextFrame);
    // What it says next is compared with this. Where more was acknowledged than was ever seen nothing is known: then with
    // zero, as Wireshark does.
    other.isLost = ack !== other.next;
    other.gapless = other.isLost ? 0 : ack;
  }

  /**
   * What a segment is that takes sequence numbers from before what is expected.
   *
   * - Spurious retransmission: all of its data was acknowledged before. (A reset may acknowledge 0: that says nothing.)
   * - Fast retransmission (RFC 5681 §3.2): it begins where two duplicate ACKs or more ask, within 20 ms of the last.
   * - Out of order: it comes sooner behind the segment that overtook it than a round trip takes (that of the handshake;
   *   3 ms where that was not seen), and does not end where that one did.
   * - Retransmission: anything else.
   */
  private judgeData(): void {
    const { own, other, seq, flags, findings } = this;
    const { length } = findings;
    const taken = length + ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
    if (taken === 0 || this.has(TcpMark.keepAlive)) return;
    // One byte back with more behind it: the probe of a zero window is sent again with what follows it.
    const isProbed = length > 1 && own.next >= 0 && seq === (own.next - 1) >>> 0;
    const isBehind = own.next >= 0 && serialBefore(seq, own.next) && !isProbed;
    const end = (seq + length) >>> 0;
    if (length > 0 && other.ack > 0 && !serialAfter(end, other.ack)) {
      this.note(TcpMark.spuriousRetransmission, other.ackFrame);
      return;
    }
    if (!isBehind) return;
    const isAsked = other.duplicates >= 2 && other.ack === seq;
    if (isAsked && isShorter(spanBetween(other.ackTime, this.time), FAST)) {
      this.note(TcpMark.fastRetransmission, other.firstAckFrame, other.ackFrame);
      return;
    }
    const { handshake } = this.state;
    const soon = handshake !== null && isPositive(handshake) ? handshake : REORDERED;

    const isSoon = isShorter(spanBetween(own.nextTime, this.time), soon);
    if (isSoon && (seq + taken) >>> 0 !== own.next) {
      this.note(TcpMark.outOfOrder, own.nextFrame);
      return;
    }
    this.judgeTimeout();
  }

  /** What is sent again waits since the oldest segment that was not acknowledged. */
  private judgeTimeout(): void {
    const { own, findings } = this;
    const { frame, time } = own.segments[0] ?? { frame: own.nextFrame, time: own.nextTime };
    findings.timeout = spanBetween(time, this.time);
    findings.timeoutFrame = frame;
    this.note(TcpMark.retransmission, frame);
  }

  /** What later segments are compared with. */
  private remember(): void {
    const { own, other, seq, ack, flags, findings, frame, time } = this;
    const { length } = findings;
    const taken = length + ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
    const next = (seq + taken) >>> 0;
    if (taken > 0) own.remember(seq, next, frame, time);
    const isProbe = this.has(TcpMark.zeroWindowProbe);
    // A probe does not count as sent before it is acknowledged: mostly it is dropped.
    if (!isProbe && (own.next < 0 || serialAfter(next, own.next))) {
      own.next = next;
      own.nextFrame = frame;
      own.nextTime = time;
    }
    // What closes a gap reaches as far as what came behind it.
    const isNext = own.gapless < 0 || seq === own.gapless || own.isLost;
    if (!isProbe && isNext) {
      own.gapless = serialAfter(own.next, next) ? own.next : next;
      own.isLost = false;
    }
    own.window = this.window;
    own.ack = ack;
    own.ackFrame = frame;
    own.ackTime = time;
    own.keptAlive = this.has(TcpMark.keepAlive);
    own.probed = isProbe;
    // Also without the flag: who sends a SYN or RST of number 0 waits for nothing that was sent before.
    this.acknowledge(other);
    if (length > 0) this.countFlight();
  }

  private acknowledge(other: TcpSide): void {
    const { findings } = this;
    const exact = other.acknowledge(this.ack);
    if ((this.flags & ACK) !== 0) other.isCounted = true;
    if (exact === null) return;
    findings.acks = exact.frame;
    findings.roundTrip = spanBetween(exact.time, this.time);
  }

  /** Bytes in flight, as far as no segment is missing; and those since the last PSH (RFC 9293 §3.9.1). */
  private countFlight(): void {
    const { own, findings, flags } = this;
    const { length } = findings;
    if (!own.isCounted) return;
    const inFlight = own.inFlight - ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
    if (inFlight > 0) findings.inFlight = inFlight;
    own.pushed = own.pushEnded ? length : own.pushed + length;
    own.pushEnded = (flags & PSH) !== 0;
    findings.pushed = own.pushed;
  }
}
