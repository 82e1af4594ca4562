import { readU32, readUint } from "../../bytes/numbers.ts";
import { FRAME_HEADER, frameFlags, frameTypes } from "../../protocols/application/http2/frame.ts";
import type { Place, Side } from "../input.ts";
import type { Http2Detail } from "./events.ts";
import type { HpackBlock } from "./hpack.ts";
import { type Http2Session, settingsOf } from "./session.ts";
import type { Http2ShownBody } from "./shown.ts";

/** The header of a frame, and where it lies. */
export interface FrameHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Where in the side's stream it begins. */
  readonly from: number;
}

/** Reads a header (RFC 9113 §4.1); the bytes must be there. */
export const frameHeader = (bytes: Uint8Array, at: number, from: number): FrameHeader => ({
  length: readUint(bytes, at, 3),
  type: bytes[at + 3]!,
  flags: bytes[at + 4]!,
  stream: readU32(bytes, at + 5) & 0x7fffffff,
  from,
});

/** What a frame completed, for who is shown it. */
export interface FrameOutcome {
  readonly block: HpackBlock | null;
  readonly body: Http2ShownBody | null;
}

const nothing: FrameOutcome = { block: null, body: null };

/** Whether the payload of a type is a field block, or goes on with one. */
export const hasBlock = (type: number): boolean =>
  type === frameTypes.headers ||
  type === frameTypes.pushPromise ||
  type === frameTypes.continuation;

/** What a frame says of itself. */
function detailOf(
  { type }: FrameHeader,
  bytes: Uint8Array,
  start: number,
  end: number,
): Http2Detail | null {
  const word = (at: number): number => readU32(bytes, start + at);
  switch (type) {
    case frameTypes.settings:
      return { is: "settings", settings: settingsOf(bytes, start, end) };
    case frameTypes.priority:
      return {
        is: "priority",
        exclusive: word(0) >= 0x80000000,
        dependency: word(0) & 0x7fffffff,
        weight: bytes[start + 4]! + 1,
      };
    case frameTypes.rstStream:
      return { is: "reset", error: word(0) };
    case frameTypes.ping:
      return { is: "ping", opaque: bytes.slice(start, end) };
    case frameTypes.goaway:
      return {
        is: "goaway",
        lastStream: word(0) & 0x7fffffff,
        error: word(4),
        debug: bytes.slice(start + 8, end),
      };
    case frameTypes.windowUpdate:
      return { is: "window", increment: word(0) & 0x7fffffff };
    default:
      return null;
  }
}

/** Reads whole frames of one side: each is told as an event, and changes what the session knows. */
export class FrameReader {
  private readonly session: Http2Session;
  private readonly side: Side;

  constructor(session: Http2Session, side: Side) {
    this.session = session;
    this.side = side;
  }

  /** Tells that a frame is there. */
  tell(frame: FrameHeader, detail: Http2Detail | null, place: Place): void {
    const { connection } = this.session;
    const { type, flags, stream, length } = frame;
    connection.emit({
      type: "http2.frame",
      connection: connection.info,
      place,
      frame: type,
      flags,
      stream,
      length,
      detail,
    });
  }

  /**
   * Takes a frame of which nothing is wrong with the length; `start` is where its payload begins. `blockPlace` is the place
   * of the whole block that it ends.
   */
  take(
    frame: FrameHeader,
    bytes: Uint8Array,
    start: number,
    place: Place,
    blockPlace: Place,
  ): FrameOutcome {
    const end = start + frame.length;
    const detail = detailOf(frame, bytes, start, end);
    this.tell(frame, detail, place);
    const { type, flags } = frame;
    this.checkBlock(frame, place);
    if (type === frameTypes.data) return this.data(frame, bytes, start, end, place);
    if (hasBlock(type)) return this.block(frame, bytes, start, end, blockPlace);
    if (detail?.is === "settings") {
      if ((flags & frameFlags.ack) !== 0) this.session.acknowledge(this.side);
      else this.session.settings(this.side, detail.settings);
    } else if (detail?.is === "reset")
      this.session.streams.reset(frame.stream, detail.error, place);
    else if (detail?.is === "window" && detail.increment === 0)
      this.session.note("malformed", place, "a window that grows by nothing");
    return nothing;
  }

  /** Between the frames of a block nothing else may come (RFC 9113 §4.3). */
  checkBlock({ type, stream }: FrameHeader, place: Place): void {
    const { block } = this.session.senders[this.side];
    const continues = type === frameTypes.continuation;
    if (block.stream === 0 ? !continues : continues && stream === block.stream) return;
    const text =
      block.stream === 0
        ? "a continuation of nothing"
        : `the field block of stream ${block.stream} is broken off`;
    this.session.note("malformed", place, text);
    // What the rest would have left behind in the table is not known.
    this.session.lose(this.side);
  }

  private data(
    frame: FrameHeader,
    bytes: Uint8Array,
    start: number,
    end: number,
    place: Place,
  ): FrameOutcome {
    const bounds = this.unpadded(frame, bytes, start, end, 0, place);
    if (bounds === null) return nothing;
    const isLast = (frame.flags & frameFlags.endStream) !== 0;
    const content = bytes.subarray(bounds[0], bounds[1]);
    const body = this.session.streams.data(this.side, frame.stream, content, true, isLast, place);
    return { block: null, body };
  }

  /** Where the payload lies without its padding; `null` where that is more than there is (RFC 9113 §6.1). */
  private unpadded(
    { flags }: FrameHeader,
    bytes: Uint8Array,
    start: number,
    end: number,
    least: number,
    place: Place,
  ): readonly [number, number] | null {
    if ((flags & frameFlags.padded) === 0)
      return end - start >= least ? [start, end] : this.tooShort(place);
    const from = start + 1;
    const to = start < end ? end - bytes[start]! : start;
    return to - from >= least ? [from, to] : this.tooShort(place);
  }

  private tooShort(place: Place): null {
    this.session.note("malformed", place, "more padding than there are bytes");
    return null;
  }

  private block(
    frame: FrameHeader,
    bytes: Uint8Array,
    start: number,
    end: number,
    place: Place,
  ): FrameOutcome {
    const { type, flags, stream, from } = frame;
    const { block } = this.session.senders[this.side];
    const bounds = this.fragment(frame, bytes, start, end, place);
    if (bounds === null) {
      this.session.lose(this.side);
      return nothing;
    }
    const [at, to, promised] = bounds;
    if (type === frameTypes.continuation) {
      if (block.stream === 0) return nothing;
    } else {
      const endStream = type === frameTypes.headers && (flags & frameFlags.endStream) !== 0;
      block.begin(stream, promised, endStream, from);
    }
    const {
      section,
      fault,
      isLimit,
      block: shown,
    } = block.add(bytes, at, to, (flags & frameFlags.endHeaders) !== 0);
    if (fault !== "") this.session.note("malformed", place, `stream ${stream}: ${fault}`);
    if (isLimit) this.session.note("limit", place, `more fields on stream ${stream} than are kept`);
    if (section === null) return { block: shown, body: null };
    if (shown !== null && shown.unseen > 0)
      this.session.note("incomplete", place, `stream ${stream}: fields refer to what was not seen`);
    return { block: shown, body: this.session.streams.headers(this.side, section, place) };
  }

  /** Where the fragment of a block lies, and which stream it promises (RFC 9113 §6.2, §6.6). */
  private fragment(
    frame: FrameHeader,
    bytes: Uint8Array,
    start: number,
    end: number,
    place: Place,
  ): readonly [number, number, number] | null {
    const { type, flags } = frame;
    if (type === frameTypes.continuation) return [start, end, 0];
    const isPromise = type === frameTypes.pushPromise;
    const before = isPromise ? 4 : (flags & frameFlags.priority) !== 0 ? 5 : 0;
    const bounds = this.unpadded(frame, bytes, start, end, before, place);
    if (bounds === null) return null;
    const promised = isPromise ? readU32(bytes, bounds[0]) & 0x7fffffff : 0;
    return [bounds[0] + before, bounds[1], promised];
  }
}

/** Bytes of a frame with its header. */
export const frameSize = ({ length }: FrameHeader): number => FRAME_HEADER + length;
