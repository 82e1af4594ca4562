import type { PacketError } from "./error.ts";
import type { Schema } from "./schema.ts";

/** Values by field name, as they were given to build a layer. */
type Given = Readonly<Record<string, unknown>>;

/** Kinds of edits, as bits. */
const Edit = {
  some: 1,
  /** Of an end, or of what nobody knows. */
  ends: 2,
  /** That no sum tells. */
  vague: 4,
  /** A checksum was turned on. */
  asked: 8,
} as const;

/** What few layers have: faults, and what was done by hand. */
class Notes {
  fault: PacketError | null = null;
  partial: Layer | null = null;
  pinned: Set<string> | null = null;
  /** What was done since the computed fields were last right: see {@link Edit}. */
  edits = 0;
  delta = 0;
  endsDelta = 0;
  sizes: ReadonlyMap<string, number> | null = null;
}

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && value.constructor === Object;

/** Names of what was given; of flags given one by one, those flags only. */
export function pinnedNames(given: Given): Set<string> {
  const names = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    if (isPlain(value)) {
      for (const [part, one] of Object.entries(value))
        if (one !== undefined) names.add(part === "value" ? name : `${name}.${part}`);
    } else if (value !== undefined) names.add(name);
  }
  return names;
}

/** Whether {@link pinnedNames} has a name, or the field of a flag. */
function isAmong(given: Given, name: string): boolean {
  const whole = given[name];
  if (whole !== undefined) return !isPlain(whole) || hasPart(whole, "value");
  const dot = name.indexOf(".");
  if (dot < 0) return false;
  const value = given[name.slice(0, dot)];
  if (value === undefined || !isPlain(value)) return value !== undefined;
  return hasPart(value, "value") || hasPart(value, name.slice(dot + 1));
}

const hasPart = (value: object, part: string): boolean => (value as Given)[part] !== undefined;

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
  /** Of a built layer: sizes that were given otherwise than they would have been computed, by field and offset. */
  get sizes(): ReadonlyMap<string, number> | null {
    return this.notes === null ? null : this.notes.sizes;
  }
  set sizes(sizes: ReadonlyMap<string, number> | null) {
    this.kept.sizes = sizes;
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
  /** Whether a field was set since the computed ones were last brought up to date. */
  get isEdited(): boolean {
    return this.notes !== null && this.notes.edits !== 0;
  }
  /** Whether one of them may be an end, or something else that checksums of layers above cover. */
  get editsEnds(): boolean {
    return this.notes !== null && (this.notes.edits & Edit.ends) !== 0;
  }
  /** Whether a checksum was asked for that may say "not computed". */
  get asksChecksum(): boolean {
    return this.notes !== null && (this.notes.edits & Edit.asked) !== 0;
  }

  /**
   * Remembers that a field was set by hand, and by how much that changes the 16-bit sum over the layer. So a checksum can
   * follow without a pass over the packet (RFC 1624).
   */
  change(name: string, delta: number, isEnd: boolean): void {
    const { kept } = this;
    (this.pinned ??= new Set()).add(name);
    kept.edits |= isEnd ? Edit.some | Edit.ends : Edit.some;
    kept.delta += delta;
    if (isEnd) kept.endsDelta += delta;
  }

  /** Remembers that something changed which no sum tells; maybe an end. */
  changeVaguely(isEnd: boolean): void {
    this.kept.edits |= Edit.vague | (isEnd ? Edit.some | Edit.ends : Edit.some);
  }

  /** Remembers that a checksum is to be computed, whatever it says now. */
  askChecksum(): void {
    this.kept.edits |= Edit.some | Edit.vague | Edit.asked;
  }

  /** Says that all that is computed is up to date. */
  settle(): void {
    const { notes } = this;
    if (notes === null) return;
    notes.edits = 0;
    notes.delta = notes.endsDelta = 0;
  }

  /** Takes over from another layer what was not brought up to date there. */
  takeEdits(other: More | null): void {
    this.settle();
    if (other?.isEdited) this.kept.edits = other.kept.edits | Edit.vague;
  }

  /** By how much the sum over the layer changed since the checksums were right; `null` where that is not known. */
  get delta(): number | null {
    return this.notes === null ? 0 : this.notes.edits & Edit.vague ? null : this.notes.delta;
  }
  /** As {@link delta}, over the two ends. */
  get endsDelta(): number | null {
    return this.notes === null ? 0 : this.notes.edits & Edit.vague ? null : this.notes.endsDelta;
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
