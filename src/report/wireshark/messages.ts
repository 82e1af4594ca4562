import type { ShownMessage } from "../../analysis/application.ts";
import { applications } from "../../analysis/applications.ts";
import type { Origin, Side } from "../../analysis/input.ts";
import { ConnectionReader, type ReaderEnvironment } from "../../analysis/reader.ts";
import { TcpStreams } from "../../analysis/tcp-streams.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import { serialDistance } from "../../bytes/serial.ts";
import type { Dissector } from "../../packet/dissector.ts";
import type { Packet } from "../../packet/packet.ts";
import { reportedEnd } from "../../packet/reported.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { Schema } from "../../schema/schema.ts";
import { Direction, forget } from "./direction.ts";
import { type SegmentMessages, Shown } from "./shown.ts";

const FIN = 1;
const SYN = 2;
const RST = 4;
/** Segments ahead of a gap that wait at most. */
const MOST_WAITING = 256;
/** Connections whose streams are kept at once. */
const MOST_CONNECTIONS = 100_000;

/** Applications that Wireshark finds by content on any port. */
const foundByContent: ReadonlySet<string> = new Set(["http", "http2", "tls"]);

/** The declarations that readers of streams show. */
export const readSchemas: ReadonlySet<Schema> = new Set(
  applications.flatMap(({ protocols }) => protocols.map(({ schema }) => schema)),
);

const plain: SegmentMessages = {
  layers: [],
  repeated: new Set(),
  joined: [],
  parts: [],
  keepsUpper: true,
  through: "",
};
const nothing: SegmentMessages = { ...plain, keepsUpper: false };

class State {
  reader: ConnectionReader | null = null;
  readonly forward = new Direction();
  readonly backward = new Direction();
  /** Whether the lesser end is the client. */
  isForwardClient = true;
  isBegun = false;
}

/**
 * Reads the streams of connections in the order of their frames, as one who watches would: what a segment completes is
 * shown with it, though earlier ones brought the beginning.
 */
export class StreamMessages {
  private readonly streams: TcpStreams<State>;
  private readonly environment: ReaderEnvironment;
  private shown: ShownMessage[];

  constructor(dissector: Dissector) {
    this.streams = new TcpStreams(() => new State(), { limit: MOST_CONNECTIONS });
    this.shown = [];
    this.environment = {
      applications,
      dissector,
      isByContent: ({ name }) => foundByContent.has(name),
      looksAgain: true,
      inputLimit: 16 * 1024 * 1024,
      onEvent: () => {},
      onMessage: (message) => this.shown.push(message),
      shared: new Map(),
    };
  }

  /** What a segment shows. Each must be given once, in order. `inner` is what it lies in: the frame, or a datagram of it. */
  add(layer: Layer, inner: Packet, packet: Packet): SegmentMessages {
    const { bytes, start, headerEnd, end } = layer;
    const seq = readU32(bytes, start + 4);
    const flags = readU16(bytes, start + 12) & 0xfff;
    const { state } = this.streams.find(layer).state;
    const { isForward } = this.streams;
    const direction = isForward ? state.forward : state.backward;
    if (!state.isBegun) begin(state, isForward, flags);
    const side: Side = isForward === state.isForwardClient ? 0 : 1;
    if ((flags & SYN) !== 0 && direction.next < 0) direction.next = (seq + 1) >>> 0;
    const from = (seq + (flags & SYN ? 1 : 0)) >>> 0;
    if ((flags & RST) !== 0) return nothing;
    this.shown = [];
    const captured = end - headerEnd;
    const length = Math.max(captured, reportedEnd(layer, inner) - headerEnd);
    if (direction.next < 0) direction.next = from;
    const reader = (state.reader ??= this.open(layer, state, isForward));
    const { next } = direction;
    const ahead = serialDistance(next, from);
    const given: [number, number] = [headerEnd, end];
    const other = isForward ? state.backward : state.forward;
    const time = packet.seconds + packet.nanoseconds / 1e9;
    direction.acknowledgements.add(layer, length, time);
    let result: SegmentMessages | null = null;
    if (length > 0) {
      if (ahead + length <= 0) {
        const isAgain = other.acknowledgements.asksFor(seq, time) && captured === length;
        if (isAgain && direction.done === direction.offset) {
          this.feed(direction, reader, side, bytes, headerEnd, end, packet);
          direction.next = next;
        } else {
          const isSpurious = other.acknowledgements.covers((seq + length) >>> 0);
          const isPart = !isSpurious || direction.wasJoined(direction.offset + ahead);
          result = isPart ? repeated(ahead, length, given) : nothing;
        }
      } else if (captured < length) {
        this.passCut(direction, reader, side, ahead, length);
        result = plain;
      } else if (ahead > 0 && this.isWithin(reader, direction, ahead)) {
        this.keep(direction, from, bytes.slice(headerEnd, end), packet.number);
        result = { ...nothing, parts: [given] };
      } else {
        if (ahead > 0) this.pass(direction, reader, side, ahead);
        const skip = ahead < 0 ? -ahead : 0;
        this.feed(direction, reader, side, bytes, headerEnd + skip, end, packet);
        this.feedEarly(direction, reader, side, packet);
      }
    }
    if ((flags & FIN) !== 0) reader.end(side);
    const made = result ?? this.result(direction, reader, side, layer, packet, captured);
    const through = reader.first?.name === "http" && reader.application !== reader.first;
    return through ? { ...made, through: "http" } : made;
  }

  private open(layer: Layer, state: State, isForward: boolean): ConnectionReader {
    const { bytes, start } = layer;
    const [from, to] = [readU16(bytes, start), readU16(bytes, start + 2)];
    const isClient = isForward === state.isForwardClient;
    const { src = "", dst = "" } = (layer.lower === null ? {} : viewOf(layer.lower)) as {
      readonly src?: string;
      readonly dst?: string;
    };
    return new ConnectionReader(this.environment, {
      index: -1,
      src: isClient ? src : dst,
      srcPort: isClient ? from : to,
      dst: isClient ? dst : src,
      dstPort: isClient ? to : from,
    });
  }

  /** Whether a message was begun of which what is `ahead` may be a part; what lies behind its known end is none. */
  private isWithin(reader: ConnectionReader, d: Direction, ahead: number): boolean {
    if (reader.isIdle || d.done >= d.offset) return false;
    return d.awaited === 0 || d.offset + ahead < d.awaited;
  }

  private keep(direction: Direction, seq: number, bytes: Uint8Array, number: number): void {
    if (direction.early.length >= MOST_WAITING) return;
    direction.early.push({ seq, bytes, number });
  }

  private pass(d: Direction, reader: ConnectionReader, side: Side, length: number): void {
    reader.gap(side, length);
    d.offset += length;
    d.next = (d.next + length) >>> 0;
    d.done = d.offset;
    d.frames = [];
  }

  /** A segment that was not captured whole ends what was begun. */
  private passCut(
    d: Direction,
    reader: ConnectionReader,
    side: Side,
    ahead: number,
    length: number,
  ): void {
    this.pass(d, reader, side, ahead + length);
  }

  private feed(
    d: Direction,
    reader: ConnectionReader,
    side: Side,
    bytes: Uint8Array,
    from: number,
    to: number,
    { seconds, nanoseconds, number }: { seconds: number; nanoseconds: number; number: number },
  ): void {
    const origin: Origin = { packet: number, seconds, nanoseconds, retransmitted: false };
    d.frames.push({ offset: d.offset, number });
    d.offset += to - from;
    d.next = (d.next + to - from) >>> 0;
    reader.data(side, bytes, from, to, origin);
  }

  /** Takes what came early and follows now. */
  private feedEarly(d: Direction, reader: ConnectionReader, side: Side, packet: Packet): void {
    for (let i = 0; i < d.early.length; ) {
      const { seq, bytes, number } = d.early[i]!;
      const ahead = serialDistance(d.next, seq);
      if (ahead > 0) {
        i++;
        continue;
      }
      d.early.splice(i, 1);
      if (ahead + bytes.length > 0) {
        const { seconds, nanoseconds } = packet;
        this.feed(d, reader, side, bytes, -ahead, bytes.length, { seconds, nanoseconds, number });
      }
      i = 0;
    }
  }

  private result(
    d: Direction,
    reader: ConnectionReader,
    side: Side,
    layer: Layer,
    packet: Packet,
    captured: number,
  ): SegmentMessages {
    const { shown } = this;
    const { isUnknown } = reader;
    if (isUnknown) d.done = d.offset;
    if (shown.length === 0 && d.done === d.offset)
      return isUnknown && captured > 0 ? plain : nothing;
    // Where this segment begins: what came early and followed does not count.
    const own = d.frames.find(({ number }) => number === packet.number)?.offset ?? d.offset;
    const made = new Shown(layer, own, own + captured, packet.number);
    for (const [i, message] of shown.entries()) {
      const next = made.add(d, shown, i);
      d.done = Math.max(d.done, message.to);
      if (next) break;
    }
    d.done = Math.max(d.done, shown.at(-1)?.to ?? 0);
    if (reader.isIdle) d.done = d.offset;
    else if (d.done < d.offset) made.addPart(d.done, d.offset);
    const input = reader.inputs[side];
    d.awaited = input.wanted === 0 ? 0 : input.offset + input.wanted;
    forget(d);
    return made.result();
  }
}

/** Who answers an attempt is the server; otherwise who is seen first is the client. */
function begin(state: State, isForward: boolean, flags: number): void {
  state.isBegun = true;
  state.isForwardClient = (flags & SYN) !== 0 && (flags & 16) !== 0 ? !isForward : isForward;
}

/** Bytes that were there before: shown as a part of what they once belonged to; a probe for life shows nothing. */
function repeated(ahead: number, length: number, given: [number, number]): SegmentMessages {
  return length <= 1 && ahead === -1 ? nothing : { ...nothing, parts: [given] };
}
