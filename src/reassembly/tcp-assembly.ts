import { type Wins, winsBy } from "./overlap.ts";
import type { GapReason, Side, StreamEndReason } from "./tcp-events.ts";
import type { TcpReassemblyStats, TcpSettings } from "./tcp-options.ts";
import type { Outlet } from "./tcp-outlet.ts";
import { Flag, type Segment } from "./tcp-segment.ts";
import { TcpSide, WaitingSides } from "./tcp-side.ts";
import type { TcpStream } from "./tcp-stream.ts";
import { Waiting, WaitingQueue } from "./tcp-waiting.ts";

/** The largest window that can be offered (RFC 7323 §2.3): what lies farther ahead no receiver would take. */
const WINDOW = 2 ** 30;

/**
 * Puts the bytes of one side after the other in order (RFC 9293 §3.4, §3.10.7.4), as far as one can tell who only watches.
 * What is in order goes straight out; what is not waits until the bytes before it come or are known to be lost.
 */
export class Assembly {
  readonly waiting: WaitingSides;
  private readonly outlet: Outlet;
  private readonly stats: TcpReassemblyStats;
  private readonly wins: Wins;
  private readonly maxSideBytes: number;
  private readonly maxSideSegments: number;
  private readonly maxBytes: number;
  private readonly whenEnded: (stream: TcpStream) => void;

  /** `whenEnded` is called after each side that ends. */
  constructor(
    outlet: Outlet,
    stats: TcpReassemblyStats,
    settings: TcpSettings,
    whenEnded: (stream: TcpStream) => void,
  ) {
    this.whenEnded = whenEnded;
    this.waiting = new WaitingSides();
    this.outlet = outlet;
    this.stats = stats;
    this.wins = winsBy[settings.overlap];
    this.maxSideBytes = settings.maxSideBytes;
    this.maxSideSegments = settings.maxSideSegments;
    this.maxBytes = settings.maxBytes;
  }

  /** The side that a segment is of, made where this is the first one with something to keep. */
  sideOf(stream: TcpStream, index: Side, segment: Segment): TcpSide {
    const known = stream.partOf(index);
    if (known !== null) return known;
    const isBegun = stream.hasSent(index);
    const start = isBegun ? (stream.baseOf(index) + 1) | 0 : segment.data;
    const isSoft = !stream.hasSyn(index) && (segment.flags & Flag.syn) === 0;
    return this.begin(stream, index, start, isSoft);
  }

  /** Begins a side at a sequence number. */
  begin(stream: TcpStream, index: Side, start: number, isSoft: boolean): TcpSide {
    const side = new TcpSide(stream, index, start, isSoft);
    if (stream.hasEnded(index)) side.fin = 0;
    if (index === 0) stream.client = side;
    else stream.server = side;
    return side;
  }

  /** Takes the data of a segment, and the FIN behind it. */
  receive(side: TcpSide, segment: Segment): void {
    if (side.isSoft) settle(side, segment);
    const offset = side.offsetOf(segment.data);
    const { length } = segment;
    // Who begins does not end: together the flags are of a probe, which no receiver takes as an end.
    const ends = (segment.flags & (Flag.fin | Flag.syn)) === Flag.fin;
    if (ends) this.noteFin(side, offset + length);
    if (length > 0) {
      if (offset - Math.max(side.next, side.acked) > WINDOW) {
        this.stats.outOfWindow++;
        return;
      }
      if (side.fin >= 0 && offset + length > side.fin) this.receiveBeyond(side, segment, offset);
      else if (offset === side.next && side.waiting === null) this.pass(side, segment, offset, 0);
      else if (offset <= side.next) this.receiveOld(side, segment, offset);
      else this.keep(side, segment, offset, 0);
    }
    if (side.fin >= 0) this.finish(side);
  }

  /** Gives out what stands in order. */
  private pass(side: TcpSide, segment: Segment, offset: number, skip: number): void {
    const captured = segment.end - segment.start;
    const { length, packet } = segment;
    side.next = offset + length;
    this.outlet.direct(side, segment, offset + skip, skip);
    if (captured >= length) return;
    const from = Math.max(captured, skip);
    this.outlet.gap(side, offset + from, length - from, "cut", packet);
  }

  /** Takes a segment that begins before or at what is expected next; some of it may be new. */
  private receiveOld(side: TcpSide, segment: Segment, offset: number): void {
    const { stats, outlet } = this;
    const end = offset + segment.length;
    const known = side.next - offset;
    if (known > 0) {
      // The byte of a probe says nothing: it may be any.
      if (known === 1 && segment.length === 1) {
        stats.keepAlives++;
        return;
      }
      stats.retransmittedBytes += Math.min(known, segment.length);
      outlet.compare(side, segment, offset, Math.min(end, side.next));
      if (end <= side.next) {
        stats.retransmitted++;
        return;
      }
      stats.overlaps++;
    }
    if (side.waiting?.meets(side.next, end) === true) this.keep(side, segment, offset, known);
    else this.pass(side, segment, offset, known);
    this.drain(side, segment.packet);
  }

  /** Has a segment wait, from its byte `skip` on. */
  private keep(side: TcpSide, segment: Segment, offset: number, skip: number): void {
    const { source, start, end, packet, seconds, nanoseconds, length } = segment;
    side.waiting ??= new WaitingQueue();
    const captured = end - start;
    if (offset > side.next) this.stats.outOfOrder++;
    const from = offset + skip;
    const until = offset + length;
    const isMet = side.waiting.meets(from, until);
    if (isMet && offset > side.next) this.stats.overlaps++;
    const isRepeated = skip > 0 || isMet;
    if (captured > skip) {
      const bytes = source.subarray(start + skip, end);
      const place = segment.placeOf(start + skip);
      this.put(
        side,
        new Waiting(
          from,
          offset + captured,
          bytes,
          packet,
          place,
          seconds,
          nanoseconds,
          isRepeated,
        ),
      );
    }
    if (captured < length) {
      const at = Math.max(from, offset + captured);
      this.put(side, new Waiting(at, until, null, packet, -1, seconds, nanoseconds, isRepeated));
    }
    this.limit(side, packet);
  }

  private put(side: TcpSide, piece: Waiting): void {
    const clashes = side.waiting!.put(piece, this.wins);
    for (const clash of clashes) this.outlet.clash(side, clash, piece.packet);
  }

  /** Gives out what waited and stands in order now. */
  private drain(side: TcpSide, packet: number): void {
    const queue = side.waiting;
    if (queue === null) return;
    try {
      while (queue.list.length > 0 && queue.list[0]!.from === side.next) {
        if (side.next === side.fin) break;
        const piece = this.upToFin(side, queue.shift());
        side.next = piece.to;
        if (piece.bytes !== null) this.outlet.late(side, piece);
        else this.outlet.gap(side, piece.from, piece.to - piece.from, "cut", packet);
      }
    } finally {
      // Also where a consumer throws: the next packet finds all in order.
      if (queue.list.length === 0) side.waiting = null;
      this.waiting.weigh(side);
    }
  }

  /** What of a piece lies before the FIN; the rest has no place. */
  private upToFin({ stream, index, fin }: TcpSide, piece: Waiting): Waiting {
    const { from, to, packet } = piece;
    if (fin < 0 || to <= fin) return piece;
    const { bytes } = piece.part(fin, to);
    if (bytes !== null) this.outlet.anomaly(stream, index, "after-fin", fin, bytes, packet);
    return piece.part(from, fin);
  }

  /** Gives up the bytes before the first that wait. */
  private skip(side: TcpSide, reason: GapReason, packet: number): void {
    const first = side.waiting!.list[0]!.from;
    const from = side.fin < 0 ? first : Math.min(first, side.fin);
    const offset = side.next;
    side.next = from;
    if (from > offset) this.outlet.gap(side, offset, from - offset, reason, packet);
    this.drain(side, packet);
    if (side.next === side.fin) this.finish(side);
  }

  /** Keeps what waits within its limits: of this side, and of all. */
  private limit(side: TcpSide, packet: number): void {
    this.waiting.weigh(side);
    while (
      side.waiting !== null &&
      (side.held > this.maxSideBytes || side.waiting.list.length > this.maxSideSegments)
    )
      this.skip(side, "limit", packet);
    while (this.waiting.bytes > this.maxBytes) {
      const longest = this.waiting.oldest!;
      this.skip(longest, "limit", packet);
      if (longest !== side) this.finish(longest);
    }
  }

  /**
   * Takes what the other side acknowledges. Where that is behind a hole the receiver had the bytes, and the capture has
   * not. A hole with nothing behind it is left open: the acknowledgment may have been captured before the data.
   */
  acknowledge(side: TcpSide, ack: number, packet: number): void {
    const at = side.offsetOf(ack);
    if (at > side.acked) side.acked = at;
    if (side.waiting === null && side.fin < 0) return;
    while (side.waiting !== null && at > side.waiting.list[0]!.from)
      this.skip(side, "acknowledged", packet);
    if (side.fin >= 0 && at > side.fin && side.waiting === null && side.next < side.fin)
      this.giveUp(side, side.fin, "acknowledged", packet);
    this.finish(side);
  }

  private giveUp(side: TcpSide, to: number, reason: GapReason, packet: number): void {
    const offset = side.next;
    side.next = to;
    this.outlet.gap(side, offset, to - offset, reason, packet);
  }

  private noteFin(side: TcpSide, at: number): void {
    const { next, acked } = side;
    // Where bytes behind it are acknowledged the receiver did not take it as the end.
    const isAhead = at >= next && at >= acked - 1 && at - Math.max(next, acked) <= WINDOW;
    if (side.fin < 0 && isAhead) side.fin = at;
  }

  /** Ends a side whose FIN is reached. What waits behind it has no place. */
  private finish(side: TcpSide): void {
    const { stream, index, fin } = side;
    if (fin < 0 || side.next < fin || stream.hasEnded(index)) return;
    if (side.waiting !== null) {
      const left = side.waiting.list;
      side.waiting = null;
      this.waiting.weigh(side);
      for (const { bytes, from, packet } of left)
        if (bytes !== null) this.outlet.anomaly(stream, index, "after-fin", from, bytes, packet);
    }
    this.close(stream, index, fin, "fin");
  }

  private close(stream: TcpStream, index: Side, offset: number, reason: StreamEndReason): void {
    this.outlet.end(stream, index, offset, reason);
    this.whenEnded(stream);
  }

  /** Takes a segment that reaches behind the FIN: what lies before it is data like other, the rest has no place. */
  private receiveBeyond(side: TcpSide, segment: Segment, offset: number): void {
    const { stream, index, fin } = side;
    const { source, start, end, length } = segment;
    if (offset === fin && length === 1 && stream.hasEnded(index)) {
      this.stats.keepAlives++;
      return;
    }
    const inside = Math.max(0, fin - offset);
    const beyond = Math.min(end, start + inside);
    const from = offset + inside;
    const bytes = source.slice(beyond, end);
    const reason = stream.isReset ? "after-rst" : "after-fin";
    this.outlet.anomaly(stream, index, reason, from, bytes, segment.packet);
    if (inside === 0) return;
    segment.length = inside;
    segment.end = beyond;
    if (offset > side.next) this.keep(side, segment, offset, 0);
    else this.receiveOld(side, segment, offset);
    segment.length = length;
    segment.end = end;
  }

  /** Whether a reset may be meant for the connection: at least it must lie in a window (RFC 5961 §3.2). */
  isInWindow(side: TcpSide, segment: Segment): boolean {
    const offset = side.offsetOf(segment.data);
    const { next, acked } = side;
    return offset >= Math.min(next, acked) && offset - Math.max(next, acked) <= WINDOW;
  }

  /** Ends a side: gives out what waits, with the gaps between, and what is known to be missing behind. */
  end(stream: TcpStream, index: Side, reason: StreamEndReason, packet: number): void {
    if (stream.hasEnded(index)) return;
    const side = stream.partOf(index);
    if (side === null) {
      this.close(stream, index, 0, reason);
      return;
    }
    while (side.waiting !== null) this.skip(side, "ended", packet);
    if (stream.hasEnded(index)) return;
    // Where no FIN was seen the last byte that was acknowledged may have been one.
    const known = side.fin >= 0 ? side.fin : side.acked - 1;
    if (known > side.next)
      this.giveUp(side, known, side.fin < 0 ? "acknowledged" : "ended", packet);
    const why = side.fin >= 0 ? "fin" : reason;
    side.fin = side.next;
    this.close(stream, index, side.next, why);
  }
}

/**
 * Corrects where a side begins whose SYN was not seen. Its first packet without data may have been a keep-alive, whose
 * number lies one before the next byte; and data that no window could reach from there begins anew.
 */
function settle(side: TcpSide, segment: Segment): void {
  if (side.next > 0 || side.waiting !== null || segment.length === 0) return;
  const offset = side.offsetOf(segment.data);
  if (offset === 1 || Math.abs(offset) > WINDOW) {
    side.start = segment.data;
    side.acked = 0;
  }
  side.isSoft = false;
}
