import type {
  Side,
  StreamAnomaly,
  StreamConflict,
  StreamConsumer,
  StreamData,
  StreamEnd,
  StreamEndReason,
  StreamGap,
} from "./tcp-events.ts";
import type { TcpStream } from "./tcp-stream.ts";

/** Bytes of one side that one packet brought, or a gap. */
export interface StreamPiece {
  readonly side: Side;
  readonly offset: number;
  /** The bytes; `null` for a gap. */
  readonly bytes: Uint8Array | null;
  readonly length: number;
  /** The packet that brought the bytes, or told of the gap. */
  readonly packet: number;
  readonly packetOffset: number;
  /** Nanoseconds since 1970 of that packet; `undefined` where it had no time. */
  readonly time: bigint | undefined;
  readonly retransmitted: boolean;
}

/** One end of a connection. */
export interface StreamEndpoint {
  readonly address: string;
  readonly port: number;
}

/** What one side sent. */
export interface SideContent {
  readonly src: StreamEndpoint;
  readonly dst: StreamEndpoint;
  /** Whether all of it is there: from the SYN up to the FIN, without a gap. */
  readonly completed: boolean;
  /** In order; with the gaps between. */
  readonly pieces: readonly StreamPiece[];
  /** Numbers of the packets that brought bytes, in the order in which they were delivered. */
  readonly index: readonly number[];
  /** Bytes that are there, and how many are missing between them. */
  readonly size: number;
  readonly missing: number;
  /** Why the side ended. */
  readonly reason: StreamEndReason;
  /** The bytes in one array; of a side with gaps, what there is without them. */
  payload(): Uint8Array;
}

/** All that was sent in one stream. */
export interface CollectedStream {
  readonly stream: TcpStream;
  /** Whether all of both sides is there. */
  readonly completed: boolean;
  readonly client: SideContent;
  readonly server: SideContent;
  /** Pieces of both sides in the order in which they were delivered: what was said, and what was answered. */
  readonly pieces: readonly StreamPiece[];
  readonly conflicts: readonly StreamConflict[];
  readonly anomalies: readonly StreamAnomaly[];
  readonly reason: StreamEndReason;
}

/** What a stream has so far. */
class Draft {
  readonly pieces: StreamPiece[] = [];
  readonly conflicts: StreamConflict[] = [];
  readonly anomalies: StreamAnomaly[] = [];
  readonly ends: [StreamEndReason, StreamEndReason] = ["flushed", "flushed"];
  size = 0;
}

/** What a collector keeps; what is left out has a default. */
export interface StreamCollectorOptions {
  /** Takes each stream when it closes. */
  readonly onStream: (stream: CollectedStream) => void;
  /** Bytes kept of one stream at most: 256 MiB unless told. What comes behind counts as missing. */
  readonly maxStreamBytes?: number;
  /** The same of all streams that are open: 1 GiB unless told. */
  readonly maxBytes?: number;
}

const MOST_OF_ONE = 256 << 20;
const MOST_OF_ALL = 2 ** 30;

/**
 * A consumer that keeps all bytes of each stream until it closes: for follow-ups of whole conversations. It holds what
 * it was given, so that its memory is that of the open streams' data.
 *
 * @example const reassembly = new TcpReassembly({ consumer: new StreamCollector({ onStream: (one) => print(one) }) });
 */
export class StreamCollector implements StreamConsumer {
  private readonly drafts: Map<TcpStream, Draft>;
  private readonly onStream: (stream: CollectedStream) => void;
  private readonly mostOfOne: number;
  private readonly mostOfAll: number;
  /** Bytes of all drafts. */
  private size: number;

  constructor(options: StreamCollectorOptions) {
    this.drafts = new Map();
    this.onStream = options.onStream;
    this.mostOfOne = options.maxStreamBytes ?? MOST_OF_ONE;
    this.mostOfAll = options.maxBytes ?? MOST_OF_ALL;
    this.size = 0;
  }

  private draftOf(stream: TcpStream): Draft {
    let draft = this.drafts.get(stream);
    if (draft === undefined) {
      draft = new Draft();
      this.drafts.set(stream, draft);
    }
    return draft;
  }

  data(data: StreamData): void {
    const { stream, side, offset, length, packet, packetOffset, time, retransmitted } = data;
    const draft = this.draftOf(stream);
    const isTooMuch = draft.size + length > this.mostOfOne || this.size + length > this.mostOfAll;
    if (!isTooMuch) {
      draft.size += length;
      this.size += length;
    }
    // A copy: a view of a packet keeps the piece of the capture that it lies in, with all its neighbours.
    const bytes = isTooMuch ? null : data.bytes.slice();
    draft.pieces.push({ side, offset, bytes, length, packet, packetOffset, time, retransmitted });
  }

  gap({ stream, side, offset, length, packet }: StreamGap): void {
    const none = { bytes: null, packetOffset: -1, time: undefined, retransmitted: false };
    this.draftOf(stream).pieces.push({ side, offset, length, packet, ...none });
  }

  conflict(conflict: StreamConflict): void {
    this.draftOf(conflict.stream).conflicts.push(conflict);
  }

  anomaly(anomaly: StreamAnomaly): void {
    // What comes behind the end of a stream that was given out already has no place any more.
    if (!anomaly.stream.isClosed) this.draftOf(anomaly.stream).anomalies.push(anomaly);
  }

  end({ stream, side, reason }: StreamEnd): void {
    const draft = this.drafts.get(stream);
    if (draft !== undefined) draft.ends[side] = reason;
  }

  close(stream: TcpStream, reason: StreamEndReason): void {
    const draft = this.drafts.get(stream);
    if (draft === undefined) return;
    this.drafts.delete(stream);
    this.size -= draft.size;
    const client = contentOf(stream, draft, 0);
    const server = contentOf(stream, draft, 1);
    const completed = client.completed && server.completed;
    const { pieces, conflicts, anomalies } = draft;
    this.onStream({
      ...{ stream, completed, client, server, pieces, conflicts, anomalies, reason },
    });
  }
}

function contentOf(stream: TcpStream, draft: Draft, side: Side): SideContent {
  const pieces = draft.pieces.filter((piece) => piece.side === side);
  const reason = draft.ends[side];
  let size = 0;
  let missing = 0;
  const index = new Set<number>();
  for (const { bytes, length, packet } of pieces) {
    if (bytes === null) missing += length;
    else {
      size += length;
      index.add(packet);
    }
  }
  return {
    src: { address: stream.addressOf(side), port: stream.portOf(side) },
    dst: { address: stream.addressOf(side === 0 ? 1 : 0), port: stream.portOf(side === 0 ? 1 : 0) },
    completed: stream.hasSyn(side) && reason === "fin" && missing === 0,
    pieces,
    index: [...index],
    size,
    missing,
    reason,
    payload: () => joined(pieces, size),
  };
}

function joined(pieces: readonly StreamPiece[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const { bytes } of pieces) {
    if (bytes === null) continue;
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** Which stream each packet brought bytes of, by packet number. */
export function streamsByPacket(streams: Iterable<CollectedStream>): Map<number, CollectedStream> {
  const found = new Map<number, CollectedStream>();
  for (const one of streams)
    for (const side of [one.client, one.server])
      for (const number of side.index) found.set(number, one);
  return found;
}
