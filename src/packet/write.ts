import { writeBits, writeUintLe } from "../bytes/numbers.ts";
import { Layer } from "../schema/layer.ts";
import { gapAfter, holds } from "../schema/layout.ts";
import type { NumberRef, Placed, Size, When } from "../schema/place.ts";
import { type AnyRecipe, isRecipe } from "../schema/recipe.ts";
import type { Cases, Schema } from "../schema/schema.ts";
import { checkedBytes, checkedLatin1, flagsNumber, writeFixed, zeroOf } from "../schema/value.ts";
import { Writer } from "../schema/writer.ts";
import { fieldPlans, inHead, type WritePlan } from "./write-plan.ts";

type Values = Readonly<Record<string, unknown>>;

/** The declaration that values are for: of one with cases, the case they name by `is` or by the selector's value. */
export function caseOf(schema: Schema, values: Values): Schema {
  let own = schema;
  while (own.cases !== null) {
    const { cases } = own;
    const key = values[cases.selectorName];
    const wanted = values["is"];
    const named =
      wanted === "unknown"
        ? unknownCase(cases, values)
        : cases.list.find((c) => c.caseName === wanted || hasCase(c, wanted));
    if (named !== undefined) own = named;
    else if (wanted !== undefined)
      throw new TypeError(`${schema.name}: no case '${String(wanted)}'`);
    else own = (typeof key === "number" ? cases.byKey.get(key) : undefined) ?? cases.unknown;
  }
  return own;
}

/** "unknown" is the name on every level: where the next selector is given too, it is that of the case that has it. */
function unknownCase(cases: Cases, values: Values): Schema {
  const key = values[cases.selectorName];
  const own = typeof key === "number" ? cases.byKey.get(key) : undefined;
  const deeper = own?.cases ? values[own.cases.selectorName] !== undefined : false;
  return deeper ? own! : cases.unknown;
}

const hasCase = (schema: Schema, name: unknown): boolean =>
  schema.cases?.list.some((c) => c.caseName === name || hasCase(c, name)) === true;

/** The values of selectors that a case implies where they are not given. */
function implied(schema: Schema): Map<string, number> {
  const keys = new Map<string, number>();
  for (let s: Schema | null = schema; s !== null; s = s.parent) {
    const cases = s.parent?.cases ?? (s.root !== s ? s.root.cases : null);
    if (cases !== null && s.caseKey !== null) keys.set(cases.selectorName, s.caseKey);
  }
  return keys;
}

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
    if (field.mayBePinned) out.pins = true;
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
  const selectors = schema.root === schema && schema.parent === null ? null : implied(schema);
  const sizes: [NumberRef, number][] = [];
  const starts: number[] = [start];
  const present = presentFlags(schema, values);
  for (const flag of present) setNumber(out, starts, flag, 1, schema);
  const { rest } = values;
  // A rest stands for all that follows the last part that is given: of a header cut short, parts that are not there.
  const last = rest === undefined ? Number.POSITIVE_INFINITY : lastGiven(schema, values);
  for (const placed of schema.placed) {
    if (inHead(placed)) continue;
    const { item, segment } = placed;
    const begins = segment > 0 && segment >= starts.length;
    if (placed.index > last && (placed.variable || begins)) break;
    if (starts.length <= segment) openSegment(out, schema, values, starts, segment, start);
    const from = starts[segment]!;
    if (from < 0) continue;
    const value = values[placed.name];
    if (!placed.variable) {
      const initial = value ?? selectors?.get(placed.name) ?? item.options.default;
      if (initial !== undefined) writeField(out, schema, placed, from, initial);
      // The parts that follow look at these flags to know whether they are there.
      for (const flag of present)
        if (flag.name.split(".")[0] === placed.name) setNumber(out, starts, flag, 1, schema);
    } else writeVariable(out, schema, placed, value, sizes);
  }
  for (const [ref, n] of sizes) {
    if (isGiven(values, ref)) continue;
    setNumber(out, starts, ref, n, schema);
  }
  if (rest !== undefined) out.raw(checkedBytes(`${schema.name}.rest`, rest));
  padHeader(out, schema, values, start);
  if (
    !schema.isProtocol &&
    schema.header?.kind === "field" &&
    !isGiven(values, schema.header.ref!)
  ) {
    const { ref, after } = schema.header;
    const from = after ? starts[ref!.segment]! + ref!.at + ref!.width : start;
    setNumber(out, starts, ref!, fieldFor(schema.header, out.length - from), schema);
  }
  if (!schema.isProtocol) computeParts(out, schema, values, starts, start);
}

/** What a record's declaration computes; of a protocol that waits until the layers above are there. */
function computeParts(
  out: Writer,
  schema: Schema,
  values: Values,
  starts: readonly number[],
  start: number,
): void {
  for (const placed of schema.placed) {
    const computed = placed.item.options.computed as ((layer: Layer) => unknown) | undefined;
    const from = starts[placed.segment]!;
    if (computed === undefined || values[placed.name] !== undefined || !(from >= 0)) continue;
    const value = computed(new Layer(schema, out.bytes, start, out.length, null));
    const name = `${schema.name}.${placed.name}`;
    if (value !== undefined)
      writeFixed(name, placed.item.field!, out.bytes, from, placed.bit, value);
  }
}

/** Whether the field that a reference lies in was given; of flags, whether that flag or the whole was. */
export function isGiven(values: Values, ref: NumberRef): boolean {
  const [name = "", part] = ref.name.split(".");
  const value = values[name];
  if (value === undefined) return false;
  if (part === undefined || typeof value !== "object" || value === null) return true;
  return part in value || "value" in value;
}

/** What a size's field must hold for `n` bytes or items. */
export const fieldFor = (size: Size, n: number): number => (n - size.plus) / size.unit;

function writeField(
  out: Writer,
  schema: Schema,
  placed: Placed,
  from: number,
  value: unknown,
): void {
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
function openSegment(
  out: Writer,
  schema: Schema,
  values: Values,
  starts: number[],
  segment: number,
  start: number,
): void {
  for (let k = starts.length; k <= segment; k++) {
    const { when, fixedBytes } = schema.segments[k]!;
    if (when !== null && !isPresent(out, schema, values, k, when, start)) starts.push(-1);
    else starts.push(out.reserve(fixedBytes));
  }
}

/** A conditional part is there when one of its fields is given, or else when its condition holds for what is written. */
function isPresent(
  out: Writer,
  schema: Schema,
  values: Values,
  segment: number,
  when: When,
  start: number,
): boolean {
  if (schema.placed.some((p) => p.segment === segment && values[p.name] !== undefined)) return true;
  const so = new Layer(schema, out.bytes, start, out.length, null);
  return holds(when, so);
}

/** The flags that stand for conditional parts which were given. */
function presentFlags(schema: Schema, values: Values): NumberRef[] {
  const found: NumberRef[] = [];
  schema.segments.forEach(({ when }, k) => {
    if (when === null || when.ref === null || when.values !== null || when.ref.bits !== 1) return;
    if (!schema.placed.some((p) => p.segment === k && values[p.name] !== undefined)) return;
    if (!isGiven(values, when.ref)) found.push(when.ref);
  });
  return found;
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

function setNumber(
  out: Writer,
  starts: readonly number[],
  ref: NumberRef,
  value: number,
  schema: Schema,
): void {
  const from = starts[ref.segment] ?? -1;
  if (from >= 0) putNumber(out.bytes, from, ref, value, schema);
}

function writeVariable(
  out: Writer,
  schema: Schema,
  placed: Placed,
  value: unknown,
  sizes: [NumberRef, number][],
): void {
  const { item } = placed;
  const name = `${schema.name}.${placed.name}`;
  const from = out.length;
  let count = 0;
  if (item.kind === "list") count = writeList(out, name, placed, value);
  else if (item.kind === "record") writeNested(out, name, item.schema!, value ?? {});
  else if (item.field !== null) {
    const { codec } = item.field;
    const given = value ?? item.options.default ?? codec!.initial;
    try {
      codec!.write(out, given as never);
    } catch (cause) {
      const error = cause as Error;
      throw new (error instanceof RangeError ? RangeError : TypeError)(`${name}: ${error.message}`);
    }
  } else if (item.kind === "text")
    out.latin1(checkedLatin1(name, value ?? item.options.default ?? ""));
  else out.raw(checkedBytes(name, value ?? item.options.default ?? new Uint8Array()));
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
      sizes.push([size.ref!, fieldFor(size, n)]);
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

/** A record given as bytes, as a recipe, or as values. */
function writeNested(out: Writer, name: string, schema: Schema, value: unknown): void {
  if (value instanceof Uint8Array) {
    out.raw(value);
    return;
  }
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${name}: an object or bytes are wanted, not ${String(value)}`);
  if (isRecipe(value)) {
    const one: AnyRecipe = value;
    if (one.schema.root !== schema.root)
      throw new TypeError(`${name}: a '${schema.name}' is wanted, not a '${one.schema.name}'`);
    writeParts(out, one.schema, one.values);
  } else writeParts(out, schema, value as Values);
}

/** A header whose length counts words is filled up with zeros to whole ones, unless the length was given. */
function padHeader(out: Writer, schema: Schema, values: Values, start: number): void {
  const { header } = schema;
  if (header === null || header.kind !== "field" || header.unit <= 1) return;
  if (isGiven(values, header.ref!)) return;
  const length = out.length - start - header.plus;
  out.reserve(length < 0 ? -length : gapAfter(length, header.unit));
}
