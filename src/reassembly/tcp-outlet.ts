import {
  type GapReason,
  type Side,
  type StreamAnomaly,
  type StreamConsumer,
  StreamData,
  type StreamEndReason,
} from "./tcp-events.ts";
import { History } from "./tcp-history.ts";
import type { TcpReassemblyStats, TcpSettings } from "./tcp-options.ts";
import { Allowance, Provenance } from "./tcp-provenance.ts";
import type { Segment } from "./tcp-segment.ts";
import type { TcpSide } from "./tcp-side.ts";
import type { TcpStream } from "./tcp-stream.ts";
import type { Clash, Waiting } from "./tcp-waiting.ts";
import { difference } from "./tcp-waiting.ts";

/** Provenance of all streams together, in bytes. */
const PROVENANCE_BYTES = 128 << 20;

/** The way out: counts what happens, tells the consumer, and keeps what was delivered for those who asked for that. */
export class Outlet {
  private readonly consumer: StreamConsumer;
  private readonly stats: TcpReassemblyStats;
  private readonly historyBytes: number;
  private readonly chunks: number;
  private readonly histories: Allowance;
  private readonly traces: Allowance;
  /** Whether anybody wants data. */
  private readonly wantsData: boolean;

  constructor(
    consumer: StreamConsumer,
    stats: TcpReassemblyStats,
    { history, provenance, maxBytes }: TcpSettings,
  ) {
    this.consumer = consumer;
    this.stats = stats;
    this.historyBytes = history;
    this.chunks = provenance;
    this.histories = new Allowance(maxBytes);
    this.traces = new Allowance(PROVENANCE_BYTES);
    this.wantsData = consumer.data !== undefined;
  }

  /** Bytes that are kept of what was delivered. */
  get held(): number {
    return this.histories.used;
  }

  open(stream: TcpStream): void {
    this.stats.streams++;
    this.consumer.open?.(stream);
  }

  /** Data of a segment, from its byte `skip` on, as far as it was captured. The side is already behind it. */
  direct(side: TcpSide, segment: Segment, offset: number, skip: number): void {
    const { source, end, packet, seconds, nanoseconds } = segment;
    const start = segment.start + skip;
    if (start >= end) return;
    const place = segment.placeOf(start);
    const isRepeated = skip > 0;
    this.stats.delivered += end - start;
    if (this.chunks + this.historyBytes > 0)
      this.keep(side, offset, source.subarray(start, end), packet, place, isRepeated);
    if (!this.wantsData) return;
    this.consumer.data!(
      new StreamData(
        side.stream,
        side.index,
        offset,
        source,
        start,
        end,
        packet,
        place,
        seconds,
        nanoseconds,
        isRepeated,
      ),
    );
  }

  /** Data that had to wait. */
  late(side: TcpSide, piece: Waiting): void {
    const { from, packet, packetOffset, seconds, nanoseconds, retransmitted } = piece;
    const bytes = piece.bytes!;
    this.stats.delivered += bytes.length;
    if (this.chunks + this.historyBytes > 0)
      this.keep(side, from, bytes, packet, packetOffset, retransmitted);
    if (!this.wantsData) return;
    this.consumer.data!(
      new StreamData(
        side.stream,
        side.index,
        from,
        bytes,
        0,
        bytes.length,
        packet,
        packetOffset,
        seconds,
        nanoseconds,
        retransmitted,
      ),
    );
  }

  private keep(
    side: TcpSide,
    offset: number,
    bytes: Uint8Array,
    packet: number,
    place: number,
    isRepeated: boolean,
  ): void {
    if (this.historyBytes > 0) {
      side.history ??= new History(this.historyBytes, this.histories);
      side.history.add(offset, bytes);
    }
    if (this.chunks === 0) return;
    const traces = (side.stream.traces ??= [null, null]);
    const trace = (traces[side.index] ??= new Provenance(this.chunks, this.traces));
    trace.add(offset, offset + bytes.length, packet, place, isRepeated);
  }

  gap(side: TcpSide, offset: number, length: number, reason: GapReason, packet: number): void {
    this.stats.gaps[reason]++;
    this.stats.gapBytes += length;
    const { stream, index } = side;
    this.consumer.gap?.({ kind: "gap", stream, side: index, offset, length, reason, packet });
  }

  /** What two segments say of bytes that are not delivered yet. */
  clash({ stream, index }: TcpSide, clash: Clash, packet: number): void {
    this.stats.conflicts++;
    const { from, old, oldPacket, fresh, freshWins } = clash;
    this.consumer.conflict?.({
      ...{ kind: "conflict", stream, side: index, offset: from, old, oldPacket, fresh, packet },
      winner: freshWins ? "fresh" : "old",
    });
  }

  /** Compares what came again, up to `to`, with what was delivered, where that is kept. */
  compare(side: TcpSide, segment: Segment, offset: number, to: number): void {
    const { history, stream, index } = side;
    if (history === null) return;
    const from = Math.max(offset, history.start);
    const old = history.bytes(from, Math.min(to, offset + segment.end - segment.start));
    if (old.length === 0) return;
    const start = segment.start + from - offset;
    const found = difference(old, segment.source.subarray(start, start + old.length), from);
    if (found === null) return;
    const oldPacket = stream.provenance(index, found.from)?.packet ?? 0;
    this.clash(side, { ...found, oldPacket, freshWins: false }, segment.packet);
  }

  anomaly(
    stream: TcpStream,
    side: Side,
    reason: StreamAnomaly["reason"],
    offset: number,
    bytes: Uint8Array,
    packet: number,
  ): void {
    this.stats.anomalies[reason]++;
    this.consumer.anomaly?.({ kind: "anomaly", stream, side, offset, bytes, packet, reason });
  }

  end(stream: TcpStream, side: Side, offset: number, reason: StreamEndReason): void {
    stream.noteEnded(side);
    this.consumer.end?.({ kind: "end", stream, side, offset, reason });
  }

  close(stream: TcpStream, reason: StreamEndReason): void {
    stream.noteClosed();
    this.stats.closed[reason]++;
    this.consumer.close?.(stream, reason);
  }

  /** Gives back what was kept of a stream. */
  release(stream: TcpStream): void {
    stream.client?.history?.release();
    stream.server?.history?.release();
    stream.traces?.[0]?.release();
    stream.traces?.[1]?.release();
  }
}
