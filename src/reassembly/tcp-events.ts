import type { TcpStream } from "./tcp-stream.ts";

/** One of the two ends of a stream: 0 is the client, 1 the server. See {@link TcpStream} for who is which. */
export type Side = 0 | 1;

/** Bytes of one side, in their place: all before them were delivered, or reported as a gap. */
export class StreamData {
  readonly kind = "data";
  readonly stream: TcpStream;
  readonly side: Side;
  /** Place of the first byte: 0 is the first behind the SYN, or the first that was seen. Goes on past 2^32. */
  readonly offset: number;
  /** The array that the bytes lie in, from `start` up to `end`: that of the packet, or a copy where they had to wait. */
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Number of the packet that brought the bytes. */
  readonly packet: number;
  /** Where they lie in that packet; -1 where it came in fragments, so that they lie in none. */
  readonly packetOffset: number;
  /** Time of that packet; nanoseconds are -1 where it had none. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Whether the segment that brought them also brought bytes which had been seen before. */
  readonly retransmitted: boolean;

  constructor(
    stream: TcpStream,
    side: Side,
    offset: number,
    source: Uint8Array,
    start: number,
    end: number,
    packet: number,
    packetOffset: number,
    seconds: number,
    nanoseconds: number,
    retransmitted: boolean,
  ) {
    this.stream = stream;
    this.side = side;
    this.offset = offset;
    this.source = source;
    this.start = start;
    this.end = end;
    this.packet = packet;
    this.packetOffset = packetOffset;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.retransmitted = retransmitted;
  }

  /** How many bytes. */
  get length(): number {
    return this.end - this.start;
  }

  /** The bytes: a view, made anew each time. Of an interface it is lent until the next packet, as the packet is. */
  get bytes(): Uint8Array {
    return this.source.subarray(this.start, this.end);
  }

  /** Nanoseconds since 1970 of the packet that brought the bytes; `undefined` where it had no time. */
  get time(): bigint | undefined {
    return this.nanoseconds < 0
      ? undefined
      : BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanoseconds);
  }
}

/** How it was known that bytes would not come. */
export type GapReason =
  /** The other side acknowledged bytes behind them: the receiver had them, the capture has not. */
  | "acknowledged"
  /** The capture kept only the beginning of a packet. */
  | "cut"
  /** What waited behind them was more than is allowed. */
  | "limit"
  /** The side or the stream ended. */
  | "ended";

/** Bytes that are missing: never filled up, never guessed. */
export interface StreamGap {
  readonly kind: "gap";
  readonly stream: TcpStream;
  readonly side: Side;
  readonly offset: number;
  readonly length: number;
  readonly reason: GapReason;
  /** The packet that told; 0 where none did. */
  readonly packet: number;
}

/** Two segments that say different things of the same bytes: from the first to the last byte in which they differ. */
export interface StreamConflict {
  readonly kind: "conflict";
  readonly stream: TcpStream;
  readonly side: Side;
  readonly offset: number;
  /** What was there before, and the packet that brought it; 0 where that is not known any more. */
  readonly old: Uint8Array;
  readonly oldPacket: number;
  /** What came now, and with which packet. */
  readonly fresh: Uint8Array;
  readonly packet: number;
  /** Whose bytes count, by the overlap policy; what was delivered stays. */
  readonly winner: "old" | "fresh";
}

/** What should not be there: data behind a FIN, data of a side that reset the connection, and what a RST itself carries. */
export interface StreamAnomaly {
  readonly kind: "anomaly";
  readonly stream: TcpStream;
  readonly side: Side;
  /** Where the bytes would belong. They are no part of the stream. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly reason: "after-fin" | "after-rst" | "in-rst";
}

/**
 * Why a side or a stream ended: its sender said so (`fin`), the connection was reset (`rst`), nothing came for long
 * (`idle`), it made room for others (`evicted`), the same ends began anew (`reused`), or the capture is over (`flushed`).
 */
export type StreamEndReason = "fin" | "rst" | "idle" | "evicted" | "reused" | "flushed";

/** One side sends no more. */
export interface StreamEnd {
  readonly kind: "end";
  readonly stream: TcpStream;
  readonly side: Side;
  /** How many bytes it sent, missing ones included. */
  readonly offset: number;
  readonly reason: StreamEndReason;
}

/** What happens in the data of a stream. */
export type StreamEvent = StreamData | StreamGap | StreamConflict | StreamAnomaly | StreamEnd;

/**
 * What takes the events of all streams, each when it is known. Of one side, data and gaps come in order and without a hole;
 * each side ends once, and then the stream closes. A consumer must not feed the reassembly that calls it.
 */
export interface StreamConsumer {
  /** The first packet of a stream came. */
  open?(stream: TcpStream): void;
  data?(data: StreamData): void;
  gap?(gap: StreamGap): void;
  conflict?(conflict: StreamConflict): void;
  anomaly?(anomaly: StreamAnomaly): void;
  end?(end: StreamEnd): void;
  /** Both sides ended. What comes of the stream after that is an anomaly, or a conflict with what was delivered. */
  close?(stream: TcpStream, reason: StreamEndReason): void;
}
