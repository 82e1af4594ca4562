import { formatHex } from "../bytes/hex.ts";
import type { StreamAnomaly, StreamConsumer, StreamData, StreamGap } from "./tcp-events.ts";
import type { TcpStream } from "./tcp-stream.ts";

/** One line of a followed stream: what one packet brought, or bytes that are missing between two others. */
export interface FollowChunk {
  /** 0 for who sent the first packet, 1 for the other end. */
  readonly node: 0 | 1;
  readonly offset: number;
  /** The bytes; `null` where they are missing. */
  readonly bytes: Uint8Array | null;
  /** How many. */
  readonly length: number;
  readonly packet: number;
  readonly time: bigint | undefined;
}

/** A followed stream. */
export interface FollowedStream {
  readonly stream: TcpStream;
  readonly chunks: readonly FollowChunk[];
  /** Whether there was more than may be kept. */
  readonly isCut: boolean;
}

/** What is followed. */
export interface FollowOptions {
  /** Only these streams; all that have data unless told. */
  readonly streams?: ReadonlySet<number>;
  /** Takes each stream when it closes, with all its chunks. */
  readonly onStream?: (followed: FollowedStream) => void;
  /** Takes each chunk when it is known: for streams of any size. The bytes are a view, as those of {@link StreamData}. */
  readonly onChunk?: (stream: TcpStream, chunk: FollowChunk) => void;
  /**
   * Whether what waits at the end for bytes that nobody acknowledged is shown, behind the gap: false unless told, since
   * `tshark -z follow` leaves it out.
   */
  readonly showUnacknowledged?: boolean;
  /** Bytes kept for `onStream` at most, of all streams that are open: 1 GiB unless told. */
  readonly maxBytes?: number;
}

/** What a stream has so far. */
class Draft {
  readonly chunks: FollowChunk[] = [];
  /** Of each side, a gap with nothing behind it yet. */
  readonly gaps: [StreamGap | null, StreamGap | null] = [null, null];
  size = 0;
  isCut = false;
}

const MOST = 2 ** 30;

/**
 * A consumer that gives the conversation of a stream as `tshark -z follow,tcp` prints it: a chunk for each packet that
 * brought something new, both sides in the order in which that was known, and gaps where something lies behind them. What is
 * said behind a FIN or a reset is shown as what it is, bytes on the wire.
 */
export class FollowCollector implements StreamConsumer {
  private readonly drafts: Map<TcpStream, Draft>;
  private readonly options: FollowOptions;
  private readonly most: number;
  private size: number;

  constructor(options: FollowOptions) {
    this.drafts = new Map();
    this.options = options;
    this.most = options.maxBytes ?? MOST;
    this.size = 0;
  }

  private draftOf(stream: TcpStream): Draft | null {
    const { streams } = this.options;
    if (streams !== undefined && !streams.has(stream.index)) return null;
    let draft = this.drafts.get(stream);
    if (draft === undefined) {
      draft = new Draft();
      this.drafts.set(stream, draft);
    }
    return draft;
  }

  private put(stream: TcpStream, draft: Draft, chunk: FollowChunk): void {
    const { onChunk, onStream } = this.options;
    onChunk?.(stream, chunk);
    if (onStream === undefined) return;
    const size = chunk.bytes?.length ?? 0;
    if (this.size + size > this.most) draft.isCut = true;
    if (draft.isCut) return;
    draft.size += size;
    this.size += size;
    // A copy: a view of a packet keeps the piece of the capture that it lies in, with all its neighbours.
    draft.chunks.push({ ...chunk, bytes: chunk.bytes?.slice() ?? null });
  }

  data(data: StreamData): void {
    const { stream, side, offset, length, packet, time, bytes } = data;
    const draft = this.draftOf(stream);
    if (draft === null) return;
    const gap = draft.gaps[side];
    if (gap !== null) {
      if (gap.reason === "ended" && this.options.showUnacknowledged !== true) return;
      this.put(stream, draft, missing(gap));
      draft.gaps[side] = null;
    }
    this.put(stream, draft, { node: nodeOf(stream, side), offset, bytes, length, packet, time });
  }

  gap(gap: StreamGap): void {
    const draft = this.draftOf(gap.stream);
    // What the capture cut off its packets is not shown: the next packet follows at once.
    if (draft === null || gap.reason === "cut") return;
    // Behind bytes that nobody acknowledged nothing else is certain.
    if (draft.gaps[gap.side]?.reason !== "ended") draft.gaps[gap.side] = gap;
  }

  anomaly({ stream, side, offset, bytes, packet }: StreamAnomaly): void {
    const draft = bytes.length === 0 || stream.isClosed ? null : this.draftOf(stream);
    if (draft === null) return;
    const { length } = bytes;
    const node = nodeOf(stream, side);
    this.put(stream, draft, { node, offset, bytes, length, packet, time: undefined });
  }

  close(stream: TcpStream): void {
    const draft = this.drafts.get(stream);
    if (draft === undefined) return;
    this.drafts.delete(stream);
    this.size -= draft.size;
    const { chunks, isCut } = draft;
    this.options.onStream?.({ stream, chunks, isCut });
  }
}

const nodeOf = (stream: TcpStream, side: 0 | 1): 0 | 1 => (side === stream.first ? 0 : 1);

const missing = ({ stream, side, offset, length, packet }: StreamGap): FollowChunk => ({
  ...{ node: nodeOf(stream, side), offset, bytes: null, length, packet, time: undefined },
});

/** What stands in place of bytes that are missing, in the words of `tshark -z follow`. */
export const missingText = (length: number): string => `[${length} bytes missing in capture file]`;

/** A chunk as a line of `tshark -z follow,tcp,raw`: hexadecimal, behind a tab for the second node. */
export function followLine({ node, bytes, length }: FollowChunk): string {
  // The text in place of missing bytes ends with a zero there.
  const shown = bytes ?? new TextEncoder().encode(`${missingText(length)}\0`);
  return `${node === 1 ? "\t" : ""}${formatHex(shown, 0, shown.length)}`;
}
