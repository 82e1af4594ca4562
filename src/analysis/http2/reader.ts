import { readUint } from "../../bytes/numbers.ts";
import {
  FRAME_HEADER,
  frameFault,
  frameFlags,
  frameTypes,
  isFrameHeader,
} from "../../protocols/application/http2/frame.ts";
import { http2 } from "../../protocols/application/http2/http2.ts";
import { http2Preface, PREFACE, prefaceAt } from "../../protocols/application/http2/preface.ts";
import type { Connection } from "../application.ts";
import type { Side, SideInput, Waiting } from "../input.ts";
import { type FrameHeader, FrameReader, frameHeader, frameSize, hasBlock } from "./frames.ts";
import type { Http2Session } from "./session.ts";
import { setHttp2Shown } from "./shown.ts";

/** Data frames up to this size are waited for; of longer ones the content is told as it comes. */
const WHOLE = 65_536;

/** Reads one side of a connection of HTTP/2: the preface where it begins, and frames. */
export class SideReader {
  private readonly connection: Connection;
  private readonly session: Http2Session;
  private readonly side: Side;
  private readonly input: SideInput;
  private readonly frames: FrameReader;

  constructor(session: Http2Session, side: Side) {
    this.session = session;
    this.connection = session.connection;
    this.side = side;
    this.input = this.connection.inputs[side];
    this.frames = new FrameReader(session, side);
  }

  *read(): Waiting {
    const { input } = this;
    let isTrusted = yield* this.begin();
    for (;;) {
      if (!isTrusted && !(yield* this.resynchronise())) break;
      const isHeader = yield* this.frame();
      if (isHeader === "end") break;
      isTrusted = isHeader === "next";
    }
    this.session.streams.finish(input.place(input.offset, input.offset));
  }

  /** Reads the preface; false where the first bytes may be anything. */
  private *begin(): Waiting<boolean> {
    const { input, session, connection } = this;
    const { decoder } = session.senders[this.side];
    if (!(yield* input.has(1))) return input.gap === 0;
    if (input.bytes[input.start] === PREFACE.charCodeAt(0)) {
      yield* input.has(PREFACE.length);
      const { bytes, start, end, offset } = input;
      if (prefaceAt(bytes, start, end) === PREFACE.length) {
        const to = offset + PREFACE.length;
        if (connection.shows) {
          const layer = connection.dissect(http2Preface, bytes, start, start + PREFACE.length);
          connection.show(this.side, [layer], offset, to);
        }
        input.skip(PREFACE.length);
        session.isFromStart = true;
        return true;
      }
    }
    if (session.isFromStart) return true;
    yield* input.has(FRAME_HEADER);
    if (isFirstSettings(input)) return true;
    decoder.beginInside();
    return false;
  }

  /** Reads a frame: `lost` where what follows it may be anything. */
  private *frame(): Waiting<"next" | "lost" | "end"> {
    const { input, session } = this;
    const sender = session.senders[this.side];
    if (sender.block.stream === 0) input.begin();
    const from = input.offset;
    if (!(yield* input.has(FRAME_HEADER))) return yield* this.broken(null);
    const frame = frameHeader(input.bytes, input.start, from);
    if (frame.length > sender.frameLimit) return "lost";
    const size = frameSize(frame);
    const fault = frameFault(input.bytes, input.start);
    const isData = frame.type === frameTypes.data && fault === "";
    const isWaited = !isData || this.connection.shows || size <= WHOLE;
    if (isWaited && (yield* input.has(size))) {
      this.whole(frame, fault);
      return "next";
    }
    if (isData) return yield* this.pieces(frame);
    return yield* this.broken(frame);
  }

  private whole(frame: FrameHeader, fault: string): void {
    const { input, connection, session, side } = this;
    const { from } = frame;
    const to = from + frameSize(frame);
    const place = input.place(from, to);
    const { block } = session.senders[side];
    const { bytes, start } = input;
    let outcome = null;
    if (fault !== "") {
      this.frames.tell(frame, null, place);
      session.note("malformed", place, `a frame of type ${frame.type}: ${fault}`);
      if (hasBlock(frame.type)) session.lose(side);
    } else {
      const blockPlace = block.stream === 0 ? place : input.place(block.from, to);
      outcome = this.frames.take(frame, bytes, start + FRAME_HEADER, place, blockPlace);
    }
    if (connection.shows) {
      const layer = connection.dissect(http2, bytes, start, start + frameSize(frame));
      if (outcome !== null) setHttp2Shown(layer, outcome);
      connection.show(side, [layer], from, to);
    }
    input.skip(frameSize(frame));
  }

  /** Reads a data frame as its bytes come, also past a gap that lies inside. */
  private *pieces(frame: FrameHeader): Waiting<"next" | "lost" | "end"> {
    const { input, session, side } = this;
    const { streams } = session;
    const { from, flags, length, stream } = frame;
    const isPadded = (flags & frameFlags.padded) !== 0;
    if (isPadded && !(yield* input.has(FRAME_HEADER + 1))) return yield* this.broken(frame);
    const padding = isPadded ? input.bytes[input.start + FRAME_HEADER]! : 0;
    const place = input.place(from, from + frameSize(frame));
    this.frames.tell(frame, null, place);
    this.frames.checkBlock(frame, place);
    input.skip(FRAME_HEADER + (isPadded ? 1 : 0));
    let left = length - (isPadded ? 1 : 0) - padding;
    const isLast = (flags & frameFlags.endStream) !== 0;
    while (left > 0) {
      left -= yield* input.each(left, (bytes, start, end) => {
        const { offset } = input;
        const piece = input.place(offset, offset + end - start);
        streams.data(side, stream, bytes.subarray(start, end), false, false, piece);
      });
      if (left <= 0) break;
      const missing = this.pass(`in data of stream ${stream}`);
      if (missing === 0) return "end";
      streams.missing(side, stream, Math.min(missing, left), place);
      left -= missing;
    }
    const end = input.place(input.offset, input.offset);
    streams.data(side, stream, new Uint8Array(0), true, isLast, end);
    // A gap may have reached into the padding, or past it.
    return yield* this.rest(from + frameSize(frame));
  }

  /** Goes on behind a frame that is not whole. */
  private *broken(frame: FrameHeader | null): Waiting<"next" | "lost" | "end"> {
    const { input, session, side } = this;
    if (frame !== null && !input.isBlocked) {
      const place = input.place(frame.from, frame.from + frameSize(frame));
      session.note("limit", place, `a frame of ${frame.length} bytes`);
    }
    if (frame === null || hasBlock(frame.type)) session.lose(side);
    if (frame !== null) return yield* this.rest(frame.from + frameSize(frame));
    return this.pass("in the header of a frame") === 0 ? "end" : "lost";
  }

  /** Leaves out what is left of a frame. */
  private *rest(to: number): Waiting<"next" | "lost" | "end"> {
    const { input } = this;
    while (input.offset < to) {
      yield* input.each(to - input.offset);
      if (input.offset >= to) break;
      if (this.pass("in a frame") === 0) return "end";
    }
    if (input.offset === to) return "next";
    this.session.lose(this.side);
    return "lost";
  }

  /** Passes a gap and says so; 0 at the end, where what stands before it was cut off. */
  private pass(where: string): number {
    const { input, session } = this;
    const { offset, available, isEnded } = input;
    const place = input.place(offset, offset + available);
    const missing = input.pass();
    if (missing > 0) session.note("gap", place, `${missing} bytes are missing ${where}`);
    else if (isEnded) {
      if (available > 0 || !where.startsWith("in the header"))
        session.note("incomplete", place, `the stream ends ${where}`);
      input.skip(available);
    }
    return missing;
  }

  /** Looks for what can only be a frame's header; false where none comes any more. */
  private *resynchronise(): Waiting<boolean> {
    const { input, session } = this;
    input.begin();
    const from = input.offset;
    let skipped = 0;
    for (;;) {
      const isThere = yield* input.has(FRAME_HEADER);
      const at = isThere ? this.find() : -1;
      const step =
        at >= 0 ? at - input.start : isThere ? input.available - FRAME_HEADER + 1 : input.available;
      skipped += step;
      input.skip(step);
      if (at < 0 && isThere) continue;
      if (skipped > 0) {
        const text = `${skipped} bytes that are no frame`;
        session.note("garbage", input.place(from, input.offset), text);
      }
      if (at >= 0) return true;
      skipped = 0;
      if (this.pass("in the header of a frame") === 0) return false;
    }
  }

  /** Where a header stands among what is there that another follows, or the end of it; -1 for nowhere. */
  private find(): number {
    const { bytes, start, end } = this.input;
    const { frameLimit } = this.session.senders[this.side];
    const limit = Math.min(frameLimit, 1 << 20);
    for (let at = start; at + FRAME_HEADER <= end; at++) {
      if (!isFrameHeader(bytes, at) || readUint(bytes, at, 3) > limit) continue;
      const next = at + FRAME_HEADER + readUint(bytes, at, 3);
      if (next + FRAME_HEADER > end || isFrameHeader(bytes, next)) return at;
    }
    return -1;
  }
}

/** Whether a side begins as servers do: with settings that are no acknowledgment (RFC 9113 §3.4). */
export function isFirstSettings({ bytes, start, available, offset }: SideInput): boolean {
  if (available < FRAME_HEADER || offset > 0 || bytes[start + 3] !== frameTypes.settings)
    return false;
  return (
    (bytes[start + 4]! & frameFlags.ack) === 0 && isFrameHeader(bytes, start) && bytes[start] === 0
  );
}
