import type { PacketError } from "./error.ts";
import type { Schema } from "./schema.ts";

/** What only some layers have; kept apart so that the common layer stays small. */
export class More {
  /** Where each segment starts: see `layout.ts`. */
  marks: number[] | null = null;
  /** How many of `marks` are known. */
  placed = 0;
  /** Where the last segment known ends. */
  reach = 0;
  /** Lists and records made so far, by index of their item. */
  parts: unknown[] | null = null;
  /** The first thing that stopped reading this layer or what follows it. */
  fault: PacketError | null = null;
  /** A header that was begun above this one but is cut short: it is not a layer of the packet. */
  partial: Layer | null = null;
  /** Names of the fields that were given or set by hand: computing leaves them alone. */
  pinned: Set<string> | null = null;
  /** Names of the fields set since the computed ones were last brought up to date. */
  edited: Set<string> | null = null;
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
    this.start = start;
    this.end = end;
    this.headerEnd = end;
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
