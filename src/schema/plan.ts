import type { AnyField } from "./field.ts";
import { snakeCase } from "./field.ts";
import type { Item, SizeSpec, WhenSpec } from "./item.ts";
import {
  constantSize,
  NumberRef,
  type Placed,
  type Segment,
  type Size,
  type When,
} from "./place.ts";
import type { Spec } from "./schema.ts";

/** Items laid out: constant offsets where there are any, segments where there are not. */
export class Plan {
  /** Lists and records. */
  slots: number;
  readonly placed: Placed[];
  /** Those of them that are checksums. */
  readonly checksums: readonly Placed[];
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
    this.slots = 0;
    this.placed = [];
    this.segments = [];
    this.byName = new Map();
    this.place(spec.items);
    this.checksums = this.placed.filter((p) => p.item.options.checksum !== undefined);
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
        slot: this.slots,
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
      if (item.kind === "list" || item.kind === "record") this.slots++;
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
      return { ref: null, values: null, compute: spec as (view: object) => boolean };
    if (typeof spec === "string") return { ref: this.ref(spec), values: null, compute: null };
    const values = typeof spec.is === "number" ? [spec.is] : spec.is;
    return { ref: this.ref(spec.field), values, compute: null };
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
    if (bitName === undefined) {
      if (field.bits > 32 && (placed.bit & 7 || field.bits & 7))
        throw new TypeError(`${this.spec.about.name}: '${path}' is not of whole bytes`);
      return new NumberRef(path, placed.segment, placed.bit, field.bits, field.little);
    }
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
