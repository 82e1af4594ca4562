import { writeBits, writeUintLe } from "../bytes/numbers.ts";
import { Layer } from "../schema/layer.ts";
import { gapAfter, readRef } from "../schema/layout.ts";
import { fieldFor, type NumberRef, type Placed } from "../schema/place.ts";
import { type AnyRecipe, isRecipe } from "../schema/recipe.ts";
import type { Schema } from "../schema/schema.ts";
import { checkedBytes, checkedLatin1, flagsNumber, writeFixed, zeroOf } from "../schema/value.ts";
import { sizeKey, Writer } from "../schema/writer.ts";
import { caseFrom, caseOf, implied } from "./cases.ts";
import {
  checkConditions,
  fieldOf,
  hasConditions,
  impliedByParts,
  isGiven,
  isPresent,
  soFar,
  type Writing,
} from "./presence.ts";
import { recordAsGiven, shownBy } from "./shown.ts";
import { fieldPlans, inHead, type WritePlan } from "./write-plan.ts";

type Values = Readonly<Record<string, unknown>>;

/** Refuses a name that is no part of a declaration, nor what stands for parts that it does not have. */
function checkName(schema: Schema, name: string): void {
  if (name === "rest" || name === "is") return;
  const { trailer } = schema.spec;
  if (schema.isProtocol && (name === "trailer" || trailer?.find(name))) return;
  throw new TypeError(`${schema.name}: no field '${name}'`);
}

/** Index of the last part that has a value; -1 where none has. */
const lastGiven = (schema: Schema, values: Values): number =>
  schema.placed.findLast((p) => values[p.name] !== undefined)?.index ?? -1;

/**
 * Writes the parts of a header or record: given values, defaults, zeros for what is computed later. Gives the declaration
 * that they are of: the case, where there are any.
 */
export function writeParts(out: Writer, given: Schema, values: Values): Schema {
  const schema = caseOf(given, values);
  const plan = planOf(schema);
  const start = out.raw(plan.head);
  let isPlain = plan.plain;
  for (const name in values) {
    const value = values[name];
    if (value === undefined) continue;
    const field = plan.fields.get(name);
    if (field === undefined) {
      checkName(schema, name);
      if (name === "rest") isPlain = false;
      else if (name !== "is") out.trails = true;
      continue;
    }
    if (field.mayBePinned) {
      out.pins = true;
      // What a record's length would have been is remembered.
      isPlain &&= schema.isProtocol;
    }
    if (field.writer === null) isPlain = false;
    else if (value !== null) field.writer.put(out.bytes, start, value);
  }
  if (!isPlain) writeLater(out, schema, values, start);
  return schema;
}

/** How a declaration is written, worked out once. */
export function planOf(schema: Schema): WritePlan {
  return (schema.writing ??= makePlan(schema)) as WritePlan;
}

function makePlan(schema: Schema): WritePlan {
  const fields = fieldPlans(schema);
  const out = new Writer();
  const start = out.reserve(schema.minLength);
  const keys = implied(schema);
  for (const { name, item } of schema.placed) {
    const value = keys.get(name) ?? item.options.default;
    if (value !== undefined) fields.get(name)?.writer?.put(out.bytes, start, value);
  }
  const head = out.finish();
  const trailer = schema.spec.trailer?.placed.map((p) => p.name) ?? [];
  if (mayBePlain(schema)) {
    writeLater(out, schema, {}, start);
    // Then this is how the head looks with nothing behind it.
    if (out.length === head.length) return { head: out.finish(), fields, plain: true, trailer };
  }
  return { head, fields, plain: false, trailer };
}

/** Whether what follows the head depends on nothing but the parts that are given there. */
const mayBePlain = (schema: Schema): boolean =>
  schema.cases === null &&
  schema.segments.every(({ when }) => when === null) &&
  schema.placed.every((p) => p.variable || inHead(p)) &&
  (schema.isProtocol || schema.placed.every((p) => p.item.options.computed === undefined));

/** Writes what follows the head, and the sizes that say how much that is. */
function writeLater(out: Writer, schema: Schema, values: Values, start: number): void {
  const w: Writing = { out, schema, values, start, starts: [start], outer: out.frame, present: [] };
  impliedByParts(w);
  for (const [ref, n] of w.present) setNumber(w, ref, n);
  writeBehindHead(w);
  if (values["rest"] !== undefined) out.raw(checkedBytes(`${schema.name}.rest`, values["rest"]));
  padHeader(w);
  putLength(w, true);
  if (!schema.isProtocol) computeParts(w);
  if (out.checks === null || !hasConditions(w)) return;
  // Of a header they are known when all of the packet is there.
  if (schema.isProtocol) out.conditions = true;
  else if (w.outer !== null) checkConditions(soFar(w), values, out.checks);
}

function writeBehindHead(w: Writing): void {
  const { schema, values, starts, present } = w;
  const selectors = schema.root === schema && schema.parent === null ? null : implied(schema);
  // A rest stands for all that follows the last part that is given: of a header cut short, parts that are not there.
  const last = values["rest"] === undefined ? Number.POSITIVE_INFINITY : lastGiven(schema, values);
  for (const placed of schema.placed) {
    if (inHead(placed)) continue;
    const { item, segment, name } = placed;
    const begins = segment > 0 && segment >= starts.length;
    if (placed.index > last && (placed.variable || begins)) break;
    if (starts.length <= segment) openSegment(w, segment);
    const from = starts[segment]!;
    if (from < 0) continue;
    const value = values[name];
    if (placed.variable) {
      writeVariable(w, placed, value);
      continue;
    }
    const initial = value ?? selectors?.get(name) ?? item.options.default;
    if (initial !== undefined) writeField(w, placed, from, initial);
    // The parts that follow look at these numbers to know whether they are there.
    for (const [ref, n] of present) if (fieldOf(ref) === name) setNumber(w, ref, n);
  }
}

/** Writes the length of a record, or remembers it where another was given. A header's waits until all layers are there. */
function putLength(w: Writing, isWhole: boolean): void {
  const { out, schema, values, starts, start } = w;
  const { header, isProtocol } = schema;
  if (isProtocol || header?.kind !== "field") return;
  const ref = header.ref!;
  const at = starts[ref.segment] ?? -1;
  if (at < 0) return;
  const n = fieldFor(header, out.length - (header.after ? at + ref.at + ref.width : start));
  if (isGiven(values, ref)) remember(w, ref, n);
  else if (isWhole || isUint(n, ref.bits)) setNumber(w, ref, n);
}

/** Writes the size of a part, or remembers it where another was given. */
function putSize(w: Writing, ref: NumberRef, n: number): void {
  if (isGiven(w.values, ref)) remember(w, ref, n);
  else setNumber(w, ref, n);
}

/** Keeps a size that was given otherwise, so that it can be had when computing is turned on. */
function remember({ out, starts }: Writing, ref: NumberRef, n: number): void {
  const from = starts[ref.segment] ?? -1;
  if (from >= 0) (out.sizes ??= new Map()).set(sizeKey(ref.name, from + ref.at - out.base), n);
}

/** What a record's declaration computes; of a protocol that waits until the layers above are there. */
function computeParts({ out, schema, values, starts, start }: Writing): void {
  for (const placed of schema.placed) {
    const computed = placed.item.options.computed as ((layer: Layer) => unknown) | undefined;
    const from = starts[placed.segment]!;
    const given = values[placed.name];
    const isWhole = given !== undefined && !isByParts(given);
    if (computed === undefined || isWhole || !(from >= 0)) continue;
    let value = computed(new Layer(schema, out.bytes, start, out.length, null));
    if (value === undefined) continue;
    const name = `${schema.name}.${placed.name}`;
    const field = placed.item.field!;
    if (given !== undefined)
      value = flagsNumber(name, field, given, flagsNumber(name, field, value));
    writeFixed(name, field, out.bytes, from, placed.bit, value);
  }
}

/** Whether a value is flags by name, so that the others are left to be computed. */
export const isByParts = (value: unknown): value is object =>
  typeof value === "object" && value !== null && (value as Values)["value"] === undefined;

function writeField({ out, schema }: Writing, placed: Placed, from: number, value: unknown): void {
  const name = `${schema.name}.${placed.name}`;
  const field = placed.item.field!;
  let next = value;
  if (field.kind === "flags" && typeof value === "object") {
    // Flags that are not named keep the declaration's default.
    const { default: initial } = placed.item.options;
    const base = initial === undefined ? 0 : flagsNumber(name, field, initial);
    next = flagsNumber(name, field, value, base);
  }
  writeFixed(name, field, out.bytes, from, placed.bit, next ?? zeroOf(field));
}

/** Reserves the fixed bytes of a segment; -1 stands for one that is left out. */
function openSegment(w: Writing, segment: number): void {
  const { out, schema, starts } = w;
  for (let k = starts.length; k <= segment; k++) {
    const { when, fixedBytes } = schema.segments[k]!;
    // A condition may ask for the length: it is that of what is there so far.
    if (when !== null) putLength(w, false);
    starts.push(when === null || isPresent(w, when, k) ? out.reserve(fixedBytes) : -1);
  }
}

/** Writes a computed number into a field; throws a `RangeError` where the field is too small. */
export function putNumber(
  bytes: Uint8Array,
  from: number,
  ref: NumberRef,
  value: number,
  schema: Schema,
): void {
  const { bits } = ref;
  if (bits <= 16 ? (value & ((1 << bits) - 1)) !== value : !isUint(value, bits))
    throw new RangeError(`${schema.name}.${ref.name}: ${value} is not in 0..${2 ** bits - 1}`);
  if (ref.little) writeUintLe(bytes, from + ref.at, ref.width, value);
  else writeBits(bytes, from + ref.at, ref.bit & 7, bits, value);
}

const isUint = (value: number, bits: number): boolean =>
  Number.isInteger(value) && value >= 0 && value < 2 ** bits;

function setNumber({ out, starts, schema }: Writing, ref: NumberRef, value: number): void {
  const from = starts[ref.segment] ?? -1;
  if (from >= 0) putNumber(out.bytes, from, ref, value, schema);
}

function writeVariable(w: Writing, placed: Placed, value: unknown): void {
  const { out, schema, start, outer } = w;
  const { item } = placed;
  const from = out.length;
  let count = 0;
  if (item.schema === null) writeLeaf(w, placed, value);
  else {
    const name = `${schema.name}.${placed.name}`;
    out.frame = { schema, start, outer };
    if (item.kind === "list") count = writeList(out, name, placed, value);
    else writeNested(out, name, item.schema, value ?? {});
    out.frame = outer;
  }
  if (value === undefined || !hasLeftover(value)) {
    while ((out.length - from) % item.align !== 0) out.reserve(1);
  }
  const bytes = out.length - from;
  // A part that is left out may have no size that its field can say (one less than the number of items).
  for (const [size, n] of [
    [placed.size, bytes],
    [placed.bytes, bytes],
    [placed.count, count],
  ] as const)
    if (size?.kind === "field" && (value !== undefined || fieldFor(size, n) >= 0))
      putSize(w, size.ref!, fieldFor(size, n));
}

/** Writes bytes, a text, or a leaf that finds its own end. */
function writeLeaf(w: Writing, placed: Placed, value: unknown): void {
  const { out, schema } = w;
  const { item } = placed;
  const name = `${schema.name}.${placed.name}`;
  const given = value ?? item.options.default;
  if (item.field !== null) {
    const { codec } = item.field;
    try {
      codec!.write(out, (given ?? codec!.initial) as never);
    } catch (cause) {
      const error = cause as Error;
      throw new (error instanceof RangeError ? RangeError : TypeError)(`${name}: ${error.message}`);
    }
  } else if (item.kind === "text") out.latin1(checkedLatin1(name, given ?? ""));
  else if (given === undefined) out.reserve(saidSize(w, placed));
  else out.raw(checkedBytes(name, given));
}

/** More zeros than this nobody means who gives a length alone. */
const MOST_ZEROS = 0xffff;

/**
 * How many bytes a field says that a part has which is not given: where the field was given, or another part has its size
 * from it. As of fixed fields these are zeros; to have none in spite of the length, none are given.
 */
function saidSize({ out, values, starts, present }: Writing, { size }: Placed): number {
  if (size?.kind !== "field") return 0;
  const ref = size.ref!;
  const from = starts[ref.segment] ?? -1;
  const isSaid = isGiven(values, ref) || present.some(([one]) => one.name === ref.name);
  if (from < 0 || !isSaid) return 0;
  const n = readRef(out.bytes, from, ref);
  const isRest = (n === 0 && size.zeroIsRest) || n >= size.below;
  const count = n * size.unit + size.plus;
  return isRest || count > MOST_ZEROS ? 0 : Math.max(0, count);
}

const hasLeftover = (value: unknown): boolean =>
  Array.isArray(value) && value.at(-1) instanceof Uint8Array;

function writeList(out: Writer, name: string, { item }: Placed, value: unknown): number {
  if (value === undefined) return 0;
  if (value instanceof Uint8Array) {
    out.raw(value);
    return 0;
  }
  if (!Array.isArray(value))
    throw new TypeError(`${name}: an array is wanted, not ${String(value)}`);
  const from = out.length;
  value.forEach((one: unknown, i) => {
    const asIs = one instanceof Uint8Array || value[i - 1] instanceof Uint8Array;
    if (!asIs) out.reserve(gapAfter(out.length - from, item.bounds!.pad));
    writeNested(out, `${name}[${i}]`, item.schema!, one);
  });
  return value.filter((one) => !(one instanceof Uint8Array)).length;
}

/** A record given as bytes, as a recipe, as a view of one in some packet, or as values. */
function writeNested(out: Writer, name: string, schema: Schema, value: unknown): void {
  if (value instanceof Uint8Array) {
    out.raw(value);
    return;
  }
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name}: an object or bytes are wanted, not ${String(value)}`);
  if (isRecipe(value)) {
    const one: AnyRecipe = value;
    writeParts(out, wantedCase(name, schema, one.schema, one.values), one.values);
    return;
  }
  const shown = shownBy(value);
  if (shown === null) writeParts(out, schema, value as Values);
  else {
    const given = recordAsGiven(shown);
    const values = given instanceof Uint8Array ? {} : given;
    const own = wantedCase(name, schema, shown.schema, values);
    if (given instanceof Uint8Array) out.raw(given);
    else writeParts(out, own, values);
  }
}

function wantedCase(name: string, wanted: Schema, own: Schema, values: Values): Schema {
  const found = caseFrom(wanted, own, values);
  if (found !== null) return found;
  const named = (s: Schema): string => (s.caseName === null ? s.name : `${s.name}.${s.caseName}`);
  throw new TypeError(`${name}: a '${named(wanted)}' is wanted, not a '${named(own)}'`);
}

/**
 * A header whose length counts words is filled up with zeros to whole ones, unless the length was given. Padding that is
 * declared for that and not given has these zeros.
 */
function padHeader(w: Writing): void {
  const { out, schema, values, start } = w;
  const { header } = schema;
  if (header === null || header.kind !== "field") return;
  const last = schema.placed.at(-1);
  const fills = last?.item.fills ?? false;
  const isFree = () => values[last!.name] === undefined && values["rest"] === undefined;
  let gap = 0;
  if (typeof fills === "object") {
    if (!isFree() || isGiven(values, last!.size!.ref!)) return;
    gap = fills.atLeast + gapAfter(out.length - start + fills.atLeast, fills.unit);
  } else {
    if (header.unit <= 1 || isGiven(values, header.ref!)) return;
    const length = out.length - start - header.plus;
    gap = length < 0 ? -length : gapAfter(length, header.unit);
  }
  out.reserve(gap);
  if (gap > 0 && fills !== false && last!.size?.kind === "field" && isFree())
    putSize(w, last!.size.ref!, fieldFor(last!.size, gap));
}
