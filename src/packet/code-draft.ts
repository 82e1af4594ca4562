import type { AnyField } from "../schema/field.ts";
import type { Layer } from "../schema/layer.ts";
import { variableEnd, variableStart } from "../schema/layout.ts";
import type { Placed } from "../schema/place.ts";
import { recipe } from "../schema/recipe.ts";
import type { Schema } from "../schema/schema.ts";
import { flagsNumber, zeroOf } from "../schema/value.ts";
import { computedNames } from "./computed.ts";
import { type PlainValues, valuesOf } from "./values.ts";

/** How the parts of a layer are written: as plainly as can be, or nearer to the bytes where that does not give them. */
export interface Style {
  /** Flags by name; otherwise as their number. */
  readonly flags: boolean;
  /** Lists and records as values; otherwise as their bytes. */
  readonly parts: boolean;
}

/** The name of a declaration in code, `tcpOption`; `null` where it has none that can be imported. */
export type ConstantOf = (root: Schema) => string | null;

/** A declaration as code calls it: `tcpOption.maximumSegmentSize`. */
export interface Callee {
  readonly text: string;
  readonly schema: Schema;
}

/** A value in code: as building takes it, or a record or list with drafts of its own. */
export type DraftValue = Draft | DraftValue[] | { readonly leaf: unknown };

/** One value of a draft, which may turn out not to be needed. */
export interface Entry {
  readonly name: string;
  readonly placed: Placed | undefined;
  readonly value: DraftValue;
  dropped: boolean;
}

/** The values of a layer or record on their way to code: those that building finds by itself are dropped. */
export class Draft {
  readonly schema: Schema;
  /** What is called with the values; `null` where they stand for themselves. */
  readonly call: Callee | null;
  readonly entries: readonly Entry[];

  constructor(schema: Schema, call: Callee | null, entries: readonly Entry[]) {
    this.schema = schema;
    this.call = call;
    this.entries = entries;
  }

  get kept(): readonly Entry[] {
    return this.entries.filter((e) => !e.dropped);
  }

  /** What the code will evaluate to: a recipe where it is a call, else the values. */
  evaluate(): object {
    const values: PlainValues = {};
    for (const { name, value } of this.kept) values[name] = evaluated(value);
    return this.call === null ? values : recipe(this.call.schema, values);
  }
}

const evaluated = (value: DraftValue): unknown => {
  if (value instanceof Draft) return value.evaluate();
  return "leaf" in value ? value.leaf : value.map(evaluated);
};

/** The values of a layer as a draft. */
export function draftOf(layer: Layer, style: Style, constantOf: ConstantOf): Draft {
  const known = new Map<Layer, PlainValues>();
  const values = valuesOf(layer, known);
  const layers = new Map([...known].map(([of, own]) => [own, of]));
  if (!style.parts) for (const placed of layer.schema.placed) takeBytes(values, layer, placed);
  return new Drafter(style, constantOf, layers).draft(layer.schema, values);
}

/** Puts the bytes of a list or record in the place of its values. */
function takeBytes(values: PlainValues, layer: Layer, placed: Placed): void {
  if (placed.item.schema === null || values[placed.name] === undefined) return;
  const at = variableStart(layer, placed);
  const end = at < 0 ? -1 : variableEnd(layer, placed, at);
  if (end >= at && at >= 0) values[placed.name] = layer.bytes.subarray(at, end);
}

class Drafter {
  private readonly style: Style;
  private readonly constantOf: ConstantOf;
  private readonly layers: ReadonlyMap<PlainValues, Layer>;

  constructor(style: Style, constantOf: ConstantOf, layers: ReadonlyMap<PlainValues, Layer>) {
    this.style = style;
    this.constantOf = constantOf;
    this.layers = layers;
  }

  draft(schema: Schema, values: PlainValues): Draft {
    const call = this.callOf(schema);
    const entries: Entry[] = [];
    for (const [name, value] of Object.entries(values)) {
      // A call of a case says which one it is.
      if (name === "is" && call?.schema === schema) continue;
      const placed = schema.find(name) ?? schema.spec.trailer?.find(name);
      entries.push({ name, placed, value: this.value(placed, value), dropped: false });
    }
    return new Draft(schema, call, entries);
  }

  private value(placed: Placed | undefined, value: unknown): DraftValue {
    if (placed?.item.schema != null && !(value instanceof Uint8Array)) {
      if (!Array.isArray(value)) return this.nested(placed.item.schema, value);
      return value.map((one: unknown) => this.nested(placed.item.schema!, one));
    }
    const field = placed?.item.field ?? null;
    if (field?.kind === "flags" && this.style.flags)
      return { leaf: namedFlags(field, placed!, value as number) };
    return { leaf: value };
  }

  private nested(schema: Schema, value: unknown): DraftValue {
    if (value instanceof Uint8Array) return { leaf: value };
    const layer = this.layers.get(value as PlainValues);
    return this.draft(layer?.schema ?? schema, value as PlainValues);
  }

  /**
   * What is called to make a layer or record of the values; records without cases need no call. Of a case of a case, the outer
   * one is called, and the values name the inner.
   */
  private callOf(schema: Schema): Callee | null {
    const { root } = schema;
    if (!schema.isProtocol && root === schema) return null;
    const constant = this.constantOf(root);
    if (constant === null) return null;
    let outer = schema;
    while (outer.parent !== null) outer = outer.parent;
    if (outer === root || outer.caseName === "unknown")
      return schema.isProtocol ? { text: constant, schema: root } : null;
    return { text: `${constant}.${outer.caseName}`, schema: outer };
  }
}

/** The flags that differ from the default, by name; the number where names do not say it all. */
function namedFlags(field: AnyField, { item, name }: Placed, whole: number): unknown {
  const initial = item.options.default === undefined ? 0 : item.options.default;
  const base = flagsNumber(name, field, initial);
  const named: Record<string, boolean | number> = {};
  for (const { name: flag, shift, width } of field.flags) {
    const mask = 2 ** width - 1;
    const n = (whole >>> shift) & mask;
    if (n !== ((base >>> shift) & mask)) named[flag] = width === 1 ? n === 1 : n;
  }
  return flagsNumber(name, field, named, base) === whole ? named : whole;
}

/**
 * Whether building may find a value without being told: it computes the field, or the value is what stands there when
 * nothing is given.
 */
export function isOptional(schema: Schema, { name, placed, value }: Entry): boolean {
  if (placed === undefined)
    return name === "rest" && isEmpty(value instanceof Draft ? null : (value as { leaf: unknown }));
  if (isFound(schema, name)) return true;
  if (value instanceof Draft) return value.kept.length === 0 && placed.item.kind === "record";
  if (!("leaf" in value)) return value.length === 0;
  const { field, options } = placed.item;
  const initial: unknown = options.default;
  if (field === null) return initial === undefined ? isEmpty(value) : value.leaf === initial;
  if (field.kind === "flags") return isNoFlag(value.leaf, initial);
  const zero: unknown = field.codec === null ? zeroOf(field) : field.codec.initial;
  return same(value.leaf, initial ?? zero);
}

const isNoFlag = (value: unknown, initial: unknown): boolean =>
  typeof value === "object" && value !== null
    ? Object.keys(value).length === 0
    : same(value, initial ?? 0);

function isEmpty(value: { readonly leaf: unknown } | null): boolean {
  const leaf = value?.leaf;
  return leaf === "" || (leaf instanceof Uint8Array && leaf.length === 0);
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, i) => same(one, b[i]));
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array)) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Whether building finds a field by itself: it computes it, names what follows, or chooses the case. */
function isFound(schema: Schema, name: string): boolean {
  if (computedNames(schema).has(name) || schema.spec.next?.fields.includes(name)) return true;
  for (let s: Schema | null = schema; s !== null; s = s.parent)
    for (const cases of [s.root.cases, s.parent?.cases])
      if (cases?.selectorName === name) return true;
  return false;
}
