import type { ShownMessage } from "../../analysis/application.ts";
import { joined } from "../../bytes/joined.ts";
import type { Layer } from "../../schema/layer.ts";
import { type Direction, framesOf } from "./direction.ts";

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

/** Collects what one segment shows. */
export class Shown {
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
    d.noteJoined(from, last.to);
    const pieces = taken.map(({ layers }) => layers[0]?.bytes ?? new Uint8Array(0));
    this.joined.push({
      frames: this.framesOf(d, from, last.to),
      length: last.to - from,
      bytes: pieces.length === 1 ? pieces[0]! : joined(pieces),
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
