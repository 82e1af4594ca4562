import type { PacketError } from "./error.ts";
import type { Schema } from "./schema.ts";

/** What few layers have: faults, and what was done by hand. */
class Notes {
  fault: PacketError | null = null;
  partial: Layer | null = null;
  pinned: Set<string> | null = null;
  edited: Set<string> | null = null;
}

/** What only some layers have; kept apart so that the common layer stays small, and small itself: every record has one. */
export class More {
  /** Where segments 1 to 3 start, and the others: see `layout.ts`. Most have no more than these, and so no array. */
  mark1 = 0;
  mark2 = 0;
  mark3 = 0;
  marks: number[] | null = null;
  /** How many segments are placed. */
  placed = 0;
  /** Where the last segment placed ends. */
  reach = 0;
  /** Lists, records and trailer made so far, by the slot of their item. */
  parts: unknown[] | null = null;
  private notes: Notes | null = null;

  private get kept(): Notes {
    return (this.notes ??= new Notes());
  }
  /** The first thing that stopped reading this layer or what follows it. */
  get fault(): PacketError | null {
    return this.notes === null ? null : this.notes.fault;
  }
  set fault(fault: PacketError | null) {
    if (fault !== null || this.notes !== null) this.kept.fault = fault;
  }
  /** A header that was begun above this one but is cut short: it is not a layer of the packet. */
  get partial(): Layer | null {
    return this.notes === null ? null : this.notes.partial;
  }
  set partial(layer: Layer | null) {
    this.kept.partial = layer;
  }
  /** Names of the fields that were given or set by hand: computing leaves them alone. */
  get pinned(): Set<string> | null {
    return this.notes === null ? null : this.notes.pinned;
  }
  set pinned(names: Set<string> | null) {
    this.kept.pinned = names;
  }
  /** Names of the fields set since the computed ones were last brought up to date. */
  get edited(): Set<string> | null {
    return this.notes === null ? null : this.notes.edited;
  }
  set edited(names: Set<string> | null) {
    if (names !== null || this.notes !== null) this.kept.edited = names;
  }
}

/**
 * Where one header lies. One shape for every protocol and every record, so that all code that walks packets stays
 * monomorphic (measured: two shapes double the time of dissection).
 */
export class Layer {
  /** The declaration; of a protocol with variants, the case that these bytes are. */
  schema: Schema;
  /** The array that the packet lies in; usually a chunk of a capture that many packets share. */
  readonly bytes: Uint8Array;
  /** Offset of the header's first byte. */
  readonly start: number;
  /** End of what this layer may read: header, payload and trailer. Never past the captured bytes. */
  end: number;
  /** End of the header: the payload starts here. */
  headerEnd: number;
  /** The layer that carries this one; for a record, the layer or record that it is part of. */
  readonly lower: Layer | null;
  /** The layer in the payload; `null` where there is none or it is not known. */
  upper: Layer | null;
  /** The typed view, made when somebody asks. */
  view: object | null;
  more: More | null;

  constructor(schema: Schema, bytes: Uint8Array, start: number, end: number, lower: Layer | null) {
    this.schema = schema;
    this.bytes = bytes;
    // Whatever computed them: one double here makes all offsets of all layers doubles (measured: half as fast).
    this.start = start | 0;
    this.end = end | 0;
    this.headerEnd = end | 0;
    this.lower = lower;
    this.upper = null;
    this.view = null;
    this.more = null;
  }
}

export const moreOf = (layer: Layer): More => (layer.more ??= new More());

/** Remembers the first fault of a layer. */
export function setFault(layer: Layer, fault: PacketError): void {
  moreOf(layer).fault ??= fault;
}

/** The protocol layer that a record belongs to; a protocol layer itself. */
export function protocolLayer(layer: Layer): Layer {
  let at = layer;
  while (!at.schema.isProtocol && at.lower !== null) at = at.lower;
  return at;
}

/** The typed view of a layer. */
export function viewOf(layer: Layer): object {
  return (layer.view ??= new layer.schema.View(layer));
}
