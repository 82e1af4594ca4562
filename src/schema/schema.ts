import type { AnyField } from "./field.ts";
import { snakeCase } from "./field.ts";
import type { Composite, Item, SizeSpec, WhenSpec } from "./item.ts";
import type { Layer } from "./layer.ts";
import type { Binding, Key, Table } from "./table.ts";
import { makeView } from "./view.ts";

/** Where a number lies: all that a dissecting loop needs to know of a field. */
export class NumberRef {
  /** 0 for the fixed head of a header; otherwise counted from `marks[segment]`. */
  readonly segment: number;
  readonly at: number;
  /** Bytes to read. */
  readonly width: number;
  readonly shift: number;
  readonly mask: number;
  readonly little: boolean;
  /** The same place in bits from the segment's start. */
  readonly bit: number;
  readonly bits: number;
  readonly name: string;

  constructor(name: string, segment: number, bit: number, bits: number, little: boolean) {
    this.name = name;
    this.segment = segment;
    this.at = bit >> 3;
    this.width = ((bit & 7) + bits + 7) >> 3;
    this.shift = this.width * 8 - (bit & 7) - bits;
    this.mask = bits >= 32 ? 0xffffffff : 2 ** bits - 1;
    this.little = little;
    this.bit = bit;
    this.bits = bits;
  }
}

/** A number of bytes or items: a constant, the rest, a field, or a function of the view. */
export interface Size {
  readonly kind: "constant" | "rest" | "field" | "function";
  readonly constant: number;
  readonly ref: NumberRef | null;
  readonly unit: number;
  readonly plus: number;
  readonly zeroIsRest: boolean;
  /** From this value on the field is no length, and all that is left is meant. */
  readonly below: number;
  /** The field counts what follows it, the size all from the header's start. */
  readonly after: boolean;
  readonly compute: ((view: object) => number) | null;
}

/** A condition on an earlier field. */
export interface When {
  readonly ref: NumberRef | null;
  readonly mask: number;
  readonly values: readonly number[] | null;
  readonly compute: ((view: object) => boolean) | null;
}

/** An item in its place. */
export interface Placed {
  readonly item: Item;
  readonly name: string;
  readonly index: number;
  readonly segment: number;
  /** Bits from the segment's start; of a variable part, where the segment's fixed bytes end. */
  readonly bit: number;
  readonly variable: boolean;
  readonly size: Size | null;
  readonly count: Size | null;
  /** Bytes of a list. */
  readonly bytes: Size | null;
  /** Wireshark's full name; `null` where it has none. */
  readonly filter: string | null;
}

/** Fixed bytes and then at most one variable part. A condition opens a segment of its own. */
export interface Segment {
  readonly fixedBytes: number;
  readonly variable: Placed | null;
  readonly when: When | null;
}

/** Names of the fields that hold the two ends: addresses or ports. */
export interface Endpoints {
  readonly src: string;
  readonly dst: string;
}

/** Chooses the next protocol where no single field does. */
export type NextChoice = (view: object, lookup: Lookup) => AnySchema | undefined;
/** Finds the protocol that a dissector has under a key of a table. */
export type Lookup = (table: Table, key: Key) => AnySchema | undefined;
export interface AnySchema {
  readonly schema: Schema;
}

/** The next protocol, by the first of `refs` that `table` knows; none where `unless` is not zero. */
export interface NextByField {
  readonly table: Table;
  readonly fields: readonly string[];
  readonly unless: string | null;
  /** Looks the lowest of the fields' values up first: of two ports, it is the one of the service. */
  readonly lowest: boolean;
}

/** What a declaration says beside its fields. */
export interface About {
  /** camelCase, as the constant is called. */
  readonly name: string;
  readonly isProtocol: boolean;
  /** As in a protocol chain: `IPv4`. */
  readonly label: string;
  readonly title: string;
  readonly spec: string;
  /** Wireshark's prefix of the field names. */
  readonly prefix: string;
  /** Further names under which it is found: `ip` for both versions. */
  readonly also: readonly string[];
  readonly over: readonly Binding[];
  /** Whether bytes look like this protocol; decides between candidates and makes it a guess by content. */
  readonly test: ((bytes: Uint8Array, start: number, end: number) => boolean) | null;
}

/** The parts of a declaration that the chain fills in; copied, never changed. */
export interface Spec {
  readonly about: About;
  readonly items: readonly Item[];
  readonly composites: readonly Composite[];
  /** Length of the header (protocols) or of the whole record. */
  readonly header: SizeSpec | null;
  /** Length of header and payload together: ends this layer. */
  readonly whole: SizeSpec | null;
  /** Length of the payload: ends the layer above, what follows is this layer's trailer. */
  readonly length: SizeSpec | null;
  /** Bytes at the end that belong to this layer's trailer, not to the payload. */
  readonly reserve: SizeSpec | null;
  readonly next: NextByField | null;
  readonly choose: NextChoice | null;
  /** The parts after the payload, as a record over what the layer above leaves. */
  readonly trailer: Schema | null;
  /** The fields that tell the two ends of a conversation apart. */
  readonly endpoints: Endpoints | null;
  /** What this layer adds to the checksums of layers above it. */
  readonly pseudo: PseudoHeader | null;
}

/**
 * The 16-bit sum of the addresses that the checksum of `upper` covers, without length and protocol number; `null` where it
 * cannot be known from this packet (a fragment).
 */
export type PseudoHeader = (layer: Layer, upper: Layer) => number | null;

/** The cases of a declaration whose later parts depend on an earlier number. */
export interface Cases {
  readonly selector: NumberRef;
  readonly selectorName: string;
  readonly byKey: ReadonlyMap<number, Schema>;
  readonly unknown: Schema;
  readonly list: readonly Schema[];
}

const constantSize = (constant: number, kind: Size["kind"] = "constant"): Size => ({
  kind,
  constant,
  ref: null,
  unit: 1,
  plus: 0,
  zeroIsRest: false,
  below: Number.POSITIVE_INFINITY,
  after: false,
  compute: null,
});

/**
 * What a declaration says, without its static types: the one shape that `packet/`, `filter/` and `report/` work with.
 * Places are found on first use, since hundreds of declarations are made at start and few are used.
 */
export class Schema {
  readonly spec: Spec;
  readonly name: string;
  readonly isProtocol: boolean;
  /** The declaration that this is a case of; itself otherwise. Two layers are of one protocol when their roots are. */
  root: Schema;
  caseName: string | null;
  /** The selector's value of this case; null for the unknown case. */
  caseKey: number | null;
  cases: Cases | null;
  /** Of a case of a case: the case that it belongs to. */
  parent: Schema | null;
  private plan: Plan | null;
  private view: (new (layer: Layer) => object) | null;

  constructor(spec: Spec) {
    this.spec = spec;
    this.name = spec.about.name;
    this.isProtocol = spec.about.isProtocol;
    this.root = this;
    this.caseName = null;
    this.caseKey = null;
    this.cases = null;
    this.parent = null;
    this.plan = null;
    this.view = null;
  }

  get about(): About {
    return this.spec.about;
  }
  get placed(): readonly Placed[] {
    return this.planned.placed;
  }
  get segments(): readonly Segment[] {
    return this.planned.segments;
  }
  /** Bytes of the leading fixed part: checked once, so that no getter of it can run off the end. */
  get minLength(): number {
    return this.planned.segments[0]!.fixedBytes;
  }
  get header(): Size | null {
    return this.planned.header;
  }
  /** Whether the header's end is only known by going through its parts. */
  get walks(): boolean {
    const { header, segments } = this.planned;
    return header === null && (segments.length > 1 || segments[0]!.variable !== null);
  }
  get whole(): Size | null {
    return this.planned.whole;
  }
  get length(): Size | null {
    return this.planned.length;
  }
  get reserve(): Size | null {
    return this.planned.reserve;
  }
  get planned(): Plan {
    return (this.plan ??= new Plan(this.spec, this.cases !== null));
  }
  /** Made on first use: hundreds of prototypes at start would cost more than most commands. */
  get View(): new (
    layer: Layer,
  ) => object {
    return (this.view ??= makeView(this));
  }

  find(name: string): Placed | undefined {
    return this.planned.byName.get(name);
  }
  /** Where a number field, or one part of a flags field (`flags.key`), lies. */
  ref(name: string): NumberRef {
    return this.planned.ref(name);
  }
}

/** Items laid out: constant offsets where there are any, segments where there are not. */
class Plan {
  readonly placed: Placed[];
  readonly segments: Segment[];
  readonly byName: Map<string, Placed>;
  readonly header: Size | null;
  readonly whole: Size | null;
  readonly length: Size | null;
  readonly reserve: Size | null;
  private readonly spec: Spec;
  /** Whether it is the common part of cases, which may go on inside its last byte. */
  private readonly open: boolean;

  constructor(spec: Spec, open: boolean) {
    this.spec = spec;
    this.open = open;
    this.placed = [];
    this.segments = [];
    this.byName = new Map();
    this.place(spec.items);
    this.header = this.size(spec.header);
    this.whole = this.size(spec.whole);
    this.length = this.size(spec.length);
    this.reserve = this.size(spec.reserve);
  }

  private place(items: readonly Item[]): void {
    let bit = 0;
    let when: WhenSpec | null = null;
    const close = (variable: Placed | null): void => {
      if (bit & 7) throw new TypeError(`${this.spec.about.name}: fields end inside a byte`);
      this.segments.push({ fixedBytes: bit >> 3, variable, when: this.when(when) });
      bit = 0;
    };
    for (const item of items) {
      // Segment 0, the head that is checked once, exists always and is never conditional.
      if (item.when !== when && (bit > 0 || this.segments.length === 0)) close(null);
      when = item.when;
      const fixed = item.field !== null && item.field.kind !== "codec";
      const one: Placed = {
        item,
        name: item.name,
        index: this.placed.length,
        segment: this.segments.length,
        bit,
        variable: !fixed,
        size: this.size(item.size),
        count: this.size(item.bounds?.count ?? null),
        bytes: this.size(item.bounds?.size ?? null),
        filter: filterName(item, this.spec.about.prefix),
      };
      this.placed.push(one);
      this.byName.set(item.name, one);
      if (fixed) {
        checkStart(this.spec.about.name, one);
        bit += (item.field as AnyField).bits;
      } else close(one);
    }
    if (this.open) bit = (bit + 7) & ~7;
    if (bit > 0 || this.segments.length === 0) close(null);
  }

  private when(spec: WhenSpec | null): When | null {
    if (spec === null) return null;
    if (typeof spec === "function")
      return { ref: null, mask: 0, values: null, compute: spec as (view: object) => boolean };
    if (typeof spec === "string")
      return { ref: this.ref(spec), mask: 0xffffffff, values: null, compute: null };
    const values = typeof spec.is === "number" ? [spec.is] : spec.is;
    return { ref: this.ref(spec.field), mask: 0xffffffff, values, compute: null };
  }

  size(spec: SizeSpec | null): Size | null {
    if (spec === null) return null;
    if (spec === "rest") return constantSize(0, "rest");
    if (typeof spec === "number") return constantSize(spec);
    if (typeof spec === "function")
      return { ...constantSize(0, "function"), compute: spec as (view: object) => number };
    const {
      field,
      unit = 1,
      plus = 0,
      zero,
      below = Number.POSITIVE_INFINITY,
      after = false,
    } = spec;
    const ref = this.ref(field);
    return {
      ...constantSize(0, "field"),
      ref,
      unit,
      plus,
      zeroIsRest: zero === "rest",
      below,
      after,
    };
  }

  ref(path: string): NumberRef {
    const [name = "", bitName] = path.split(".");
    const placed = this.byName.get(name);
    const field = placed?.item.field;
    if (placed === undefined || !field || field.bits === 0)
      throw new TypeError(`${this.spec.about.name}: no number '${path}' declared before its use`);
    if (bitName === undefined)
      return new NumberRef(path, placed.segment, placed.bit, field.bits, field.little);
    const part = field.flags.find((f) => f.name === bitName);
    if (part === undefined) throw new TypeError(`${this.spec.about.name}: no flag '${path}'`);
    const bit = placed.bit + field.bits - part.shift - part.width;
    return new NumberRef(path, placed.segment, bit, part.width, false);
  }
}

/** Only big endian numbers and flags may begin inside a byte. */
function checkStart(of: string, { item, bit }: Placed): void {
  const { kind, little } = item.field!;
  const anywhere = kind === "uint" || kind === "flag" || kind === "flags";
  if (bit & 7 && (little || !anywhere))
    throw new TypeError(`${of}: '${item.name}' begins inside a byte`);
}

/** A name that starts with a dot is whole; any other follows the prefix. */
function filterName(item: Item, prefix: string): string | null {
  const given = item.options.filter;
  if (given === null) return null;
  if (given?.startsWith(".")) return given.slice(1);
  return `${prefix}.${given ?? snakeCase(item.name)}`;
}
