import type { PacketError } from "./error.ts";
import type { Schema } from "./schema.ts";

/** Values by field name, as they were given to build a layer. */
type Given = Readonly<Record<string, unknown>>;

/** What few layers have: faults, and what was done by hand. */
class Notes {
  fault: PacketError | null = null;
  partial: Layer | null = null;
  pinned: Set<string> | null = null;
  edited: Set<string> | null = null;
  /** An empty set, for the next edits. */
  spare: Set<string> | null = null;
  delta = 0;
  endsDelta = 0;
  vague = false;
}

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && value.constructor === Object;

/** Names of what was given; of flags given one by one, those flags only. */
export function pinnedNames(given: Given): Set<string> {
  const names = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    if (isPlain(value))
      for (const part of Object.keys(value)) names.add(part === "value" ? name : `${name}.${part}`);
    else if (value !== undefined) names.add(name);
  }
  return names;
}

/** Whether {@link pinnedNames} has a name, or the field of a flag. */
function isAmong(given: Given, name: string): boolean {
  const whole = given[name];
  if (whole !== undefined) return !isPlain(whole) || "value" in whole;
  const dot = name.indexOf(".");
  if (dot < 0) return false;
  const value = given[name.slice(0, dot)];
  if (value === undefined || !isPlain(value)) return value !== undefined;
  return "value" in value || name.slice(dot + 1) in value;
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
  /** What the layer was built of: stands for `pinned` until somebody changes that. Most are built, sent and forgotten. */
  given: Given | null = null;
  /** Whether any of it is a field that would have been computed. */
  private pins = false;
  /** The checksum that was computed last; -1 where none was. Kept only where one field is a checksum. */
  summed = -1;
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
    if (this.given !== null) {
      this.kept.pinned = pinnedNames(this.given);
      this.given = null;
    }
    return this.notes === null ? null : this.notes.pinned;
  }
  set pinned(names: Set<string> | null) {
    this.given = null;
    this.kept.pinned = names;
  }
  /** Says what a layer is built of. */
  give(values: Given, pins: boolean): void {
    this.given = values;
    this.pins = pins;
  }
  /** Whether a field, or a flag (`flags.syn`), was given or set by hand. */
  isPinned(name: string): boolean {
    if (this.given !== null) return this.pins && isAmong(this.given, name);
    const pinned = this.notes === null ? null : this.notes.pinned;
    if (pinned === null || pinned.size === 0) return false;
    const dot = name.indexOf(".");
    return pinned.has(name) || (dot >= 0 && pinned.has(name.slice(0, dot)));
  }
  /** Names of the fields set since the computed ones were last brought up to date; none that any may have been. */
  get edited(): Set<string> | null {
    return this.notes === null ? null : this.notes.edited;
  }
  set edited(names: Set<string> | null) {
    if (names === null && this.notes === null) return;
    const { kept } = this;
    if (names === null && kept.edited !== null) {
      kept.edited.clear();
      kept.spare = kept.edited;
    }
    kept.edited = names;
    kept.vague = names !== null;
    kept.delta = kept.endsDelta = 0;
  }

  /**
   * Remembers that a field was set by hand, and by how much that changes the 16-bit sum over the layer, and over its ends
   * where it is one of them. So a checksum can follow without a pass over the packet (RFC 1624).
   */
  change(name: string, delta: number, endsDelta: number): void {
    (this.pinned ??= new Set()).add(name);
    const { kept } = this;
    if (kept.edited === null) {
      kept.edited = kept.spare ?? new Set();
      kept.spare = null;
    }
    kept.edited.add(name);
    kept.delta += delta;
    kept.endsDelta += endsDelta;
  }

  /** Remembers that something changed which no sum tells: a field by name, or anything. */
  changeVaguely(name: string | null): void {
    const { kept } = this;
    kept.edited ??= new Set();
    if (name !== null) kept.edited.add(name);
    kept.vague = true;
  }

  /** By how much the sum over the layer changed since the checksums were right; `null` where that is not known. */
  get delta(): number | null {
    return this.notes === null ? 0 : this.notes.vague ? null : this.notes.delta;
  }
  /** As {@link delta}, over the two ends. */
  get endsDelta(): number | null {
    return this.notes === null ? 0 : this.notes.vague ? null : this.notes.endsDelta;
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

/** What only some layers have; made here where a layer has none yet. */
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
