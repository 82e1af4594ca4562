import type { ShownMessage } from "../../analysis/application.ts";
import { applications } from "../../analysis/applications.ts";
import type { Origin, Side } from "../../analysis/input.ts";
import { ConnectionReader, type ReaderEnvironment } from "../../analysis/reader.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import { serialDistance } from "../../bytes/serial.ts";
import { ConversationTable } from "../../flow/conversations.ts";
import type { Dissector } from "../../packet/dissector.ts";
import type { Packet } from "../../packet/packet.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { Schema } from "../../schema/schema.ts";
import { Acknowledgements } from "./fast-retransmission.ts";
import { reportedEnd } from "./reported.ts";

/** A message that lies in more than one segment. */
export interface JoinedMessage {
  /** Numbers of the frames that brought it. */
  readonly frames: readonly number[];
  readonly length: number;
  readonly bytes: Uint8Array | null;
}

/** What the streams of a segment showed with it. */
export interface SegmentMessages {
  /** Layers of the messages that it completed. */
  readonly layers: readonly Layer[];
  /** Of them, those whose protocol was named before: what a dissector takes at once has its name once. */
  readonly repeated: ReadonlySet<Layer>;
  readonly joined: readonly JoinedMessage[];
  /** Parts of its payload that belong to messages of more segments, as ranges of the layer's bytes. */
  readonly parts: readonly (readonly [from: number, to: number])[];
  /** Whether what the packet itself says above TCP is to be shown: the capture cut it, or no application is known. */
  readonly keepsUpper: boolean;
  /** The application that led to what is shown: HTTP, to what follows an upgrade or is in a tunnel; empty for none. */
  readonly through: string;
}

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

/** A segment that came before what it follows. */
interface Early {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly number: number;
}

/** One direction of a connection. */
class Direction {
  /** The sequence number that comes next; -1 before one was seen. */
  next = -1;
  /** Where in the stream it stands. */
  offset = 0;
  /** Up to where messages were shown or left out. */
  done = 0;
  /** Where the message ends that was begun, as far as its reader knew when the last segment had come. */
  awaited = 0;
  /** Which frame brought what stands behind `done`: the offset of its first byte, and its number. */
  frames: { readonly offset: number; readonly number: number }[] = [];
  early: Early[] = [];
  readonly acknowledgements = new Acknowledgements();
}

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
  private readonly table: ConversationTable<State>;
  private readonly environment: ReaderEnvironment;
  private shown: ShownMessage[];

  constructor(dissector: Dissector) {
    this.table = new ConversationTable(() => new State(), { limit: MOST_CONNECTIONS });
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
    const isForward = this.table.isForward(layer);
    const state = this.stateOf(layer, isForward, seq, flags);
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
        } else result = repeated(ahead, length, given);
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

  private stateOf(layer: Layer, isForward: boolean, seq: number, flags: number): State {
    const known = this.table.find(layer).state;
    const direction = isForward ? known.forward : known.backward;
    const isNew = (flags & (SYN | 16)) === SYN && direction.next >= 0;
    if (!isNew || serialDistance((seq + 1) >>> 0, direction.next) === direction.offset)
      return known;
    return this.table.renew(layer).state;
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

/** Collects what one segment shows. */
class Shown {
  private readonly layers: Layer[] = [];
  private readonly repeated = new Set<Layer>();
  private readonly joined: JoinedMessage[] = [];
  private readonly parts: [number, number][] = [];
  private readonly layer: Layer;
  private readonly own: number;
  private readonly ownEnd: number;
  private readonly number: number;
  private before: ShownMessage | null = null;

  /** `own` and `ownEnd`: where the segment lies in the stream. */
  constructor(layer: Layer, own: number, ownEnd: number, number: number) {
    this.number = number;
    this.layer = layer;
    this.own = own;
    this.ownEnd = ownEnd;
  }

  result(): SegmentMessages {
    const { layers, repeated, joined, parts } = this;
    return { layers, repeated, joined, parts, keepsUpper: false, through: "" };
  }

  addPart(from: number, to: number): void {
    const { own, ownEnd, layer } = this;
    const [first, last] = [Math.max(from, own), Math.min(to, ownEnd)];
    if (first < last)
      this.parts.push([layer.headerEnd + first - own, layer.headerEnd + last - own]);
  }

  /**
   * Adds a message. One that lies in several segments is joined up to its end where that was known when the segment before
   * had come, otherwise with all that this segment has: then the messages behind it are added too, and the answer is true.
   */
  add(d: Direction, all: readonly ShownMessage[], at: number): boolean {
    const message = all[at]!;
    const { from, to } = message;
    if (from >= this.own && to <= this.ownEnd) {
      this.addLayers(message);
      return false;
    }
    const isExact = d.awaited === to || to >= this.ownEnd;
    const last = isExact ? message : all.at(-1)!;
    const taken = isExact ? [message] : all.slice(at);
    this.before = null;
    for (const one of taken) this.addLayers(one);
    this.before = null;
    this.addPart(from, last.to);
    const pieces = taken.map(({ layers }) => layers[0]?.bytes ?? new Uint8Array(0));
    this.joined.push({
      frames: this.framesOf(d, from, last.to),
      length: last.to - from,
      bytes: pieces.length === 1 ? pieces[0]! : concat(pieces),
    });
    return !isExact;
  }

  /** The frames of a message; one that only says that the side ended is among them. */
  private framesOf(d: Direction, from: number, to: number): readonly number[] {
    const frames = framesOf(d, from, to);
    return this.own === this.ownEnd ? [...frames, this.number] : frames;
  }

  private addLayers(message: ShownMessage): void {
    const named = firstNamed(message);
    if (named !== null && this.before !== null) {
      const known = firstNamed(this.before);
      if (known?.schema.about.prefix === named.schema.about.prefix) this.repeated.add(named);
    }
    this.before = message;
    for (const one of message.layers)
      for (let l: Layer | null = one; l !== null; l = l.upper) this.layers.push(l);
  }
}

/** The layer that gives a message its name. */
function firstNamed({ layers }: ShownMessage): Layer | null {
  for (let l = layers[0] ?? null; l !== null; l = l.upper)
    if (l.schema.root.name !== "dnsTcp") return l;
  return null;
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Who answers is the server; without flags that say it, whoever has the lower port. */
function begin(state: State, isForward: boolean, flags: number): void {
  state.isBegun = true;
  state.isForwardClient = (flags & SYN) !== 0 && (flags & 16) !== 0 ? !isForward : isForward;
}

/** Bytes that were there before: shown as a part of what they once belonged to; a probe for life shows nothing. */
function repeated(ahead: number, length: number, given: [number, number]): SegmentMessages {
  return length <= 1 && ahead === -1 ? nothing : { ...nothing, parts: [given] };
}

/** Numbers of the frames that brought a part of a stream. */
function framesOf(d: Direction, from: number, to: number): number[] {
  const frames = new Set<number>();
  for (let i = 0; i < d.frames.length; i++) {
    const next = d.frames[i + 1]?.offset ?? d.offset;
    if (next > from && d.frames[i]!.offset < to) frames.add(d.frames[i]!.number);
  }
  return [...frames].sort((a, b) => a - b);
}

/** Forgets the frames of what is done. */
function forget(d: Direction): void {
  let keep = 0;
  while (keep + 1 < d.frames.length && d.frames[keep + 1]!.offset <= d.done) keep++;
  if (d.done === d.offset) d.frames = [];
  else if (keep > 0) d.frames.splice(0, keep);
}
