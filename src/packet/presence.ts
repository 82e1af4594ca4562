import { Layer } from "../schema/layer.ts";
import { holds, readRef } from "../schema/layout.ts";
import { fieldFor, type NumberRef, type Placed, type Size, type When } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import type { Frame, Writer } from "../schema/writer.ts";
import { computedFields } from "./computed.ts";

type Values = Readonly<Record<string, unknown>>;

/** A part was given whose condition does not hold for what else was given: reading would not find it. */
export class ConditionError extends RangeError {
  readonly values: Values;
  readonly part: string;

  constructor(schema: Schema, { name }: Placed, when: When, values: Values) {
    const { ref, values: wanted } = when;
    const is = wanted === null ? "is set" : `is ${wanted.join(" or ")}`;
    const why =
      ref === null ? "for what else was given" : `(it is there where '${ref.name}' ${is})`;
    super(
      `${schema.name}.${name}: given, but its condition does not hold ${why}; bytes that are wrong on purpose are given as 'rest'`,
    );
    this.values = values;
    this.part = name;
  }
}

/** A header or record whose parts behind the head are being written. */
export interface Writing {
  readonly out: Writer;
  readonly schema: Schema;
  readonly values: Values;
  readonly start: number;
  /** Where its segments start as far as they are open; -1 for one that is left out. */
  readonly starts: number[];
  /** What it is part of. */
  readonly outer: Frame | null;
  /** Numbers that stand in fields because of parts that were given. */
  readonly present: [NumberRef, number][];
}

/** Whether some part of a segment was given, or one whose size a number in it tells. */
function isSegmentGiven({ placed }: Schema, segment: number, values: Values): boolean {
  for (let i = 0; i < placed.length; i++) {
    const one = placed[i]!;
    if (values[one.name] === undefined) continue;
    if (one.segment === segment || isSizedIn(one, segment)) return true;
  }
  return false;
}

/** Whether a number in a segment tells how large a part is. */
const isSizedIn = ({ size, bytes, count }: Placed, segment: number): boolean =>
  isIn(size, segment) || isIn(bytes, segment) || isIn(count, segment);
const isIn = (size: Size | null, segment: number): boolean =>
  size?.kind === "field" && size.ref!.segment === segment;

/** The headers and records around one that is being written, as far as they are. */
function lowerOf(out: Writer, frame: Frame | null): Layer | null {
  if (frame === null) return null;
  const { schema, start, outer } = frame;
  return new Layer(schema, out.bytes, start, out.length, lowerOf(out, outer));
}

/** A header or record as far as it is written. */
export const soFar = ({ out, schema, start, outer }: Writing): Layer =>
  new Layer(schema, out.bytes, start, out.length, lowerOf(out, outer));

/** A conditional part is there when one of its fields is given, or else when its condition holds for what is written. */
export const isPresent = (w: Writing, when: When, segment: number): boolean =>
  isSegmentGiven(w.schema, segment, w.values) || holds(when, soFar(w));

/**
 * Finds the numbers that parts which were given have other fields say, of those that are not given: how long they are, as far
 * as that is known before they are written, and that they are there, where their condition is by a field. Of several numbers
 * for which it holds the least is taken, unless the field is computed or right by default.
 */
export function impliedByParts(w: Writing): void {
  const { schema, values, present } = w;
  if (!isConditional(schema)) return;
  knownSizes(w);
  const asked = new Map<string, readonly [NumberRef, readonly number[]]>();
  schema.segments.forEach(({ when }, k) => {
    if (when === null || when.ref === null || !isSegmentGiven(schema, k, values)) return;
    const { ref } = when;
    if (isGiven(values, ref) || isFound(schema, ref.name)) return;
    const before = asked.get(ref.name)?.[1];
    const wanted = wantedBy(when).filter((n) => before === undefined || before.includes(n));
    // Of parts that exclude each other the first is there, and the other is refused.
    if (wanted.length > 0) asked.set(ref.name, [ref, wanted]);
  });
  for (const [ref, wanted] of asked.values())
    if (!wanted.includes(initialOf(w, ref))) present.push([ref, Math.min(...wanted)]);
}

function isConditional({ segments }: Schema): boolean {
  for (let k = 0; k < segments.length; k++) if (segments[k]!.when !== null) return true;
  return false;
}

function knownSizes({ out, schema, values, present }: Writing): void {
  for (const { name, size, item } of schema.placed) {
    const value = values[name];
    if (size?.kind !== "field" || item.align !== 1 || isGiven(values, size.ref!)) continue;
    if (!(value instanceof Uint8Array) && typeof value !== "string") continue;
    const n = fieldFor(size, value.length);
    const other = present.find(([ref]) => ref.name === size.ref!.name);
    if (other !== undefined && other[1] !== n && out.checks !== null)
      throw new RangeError(
        `${schema.name}.${name}: ${value.length} bytes, but '${size.ref!.name}' is ${other[1]} by another part`,
      );
    // What does not fit is refused when it is written.
    if (Number.isInteger(n) && n >= 0 && n < 2 ** size.ref!.bits) present.push([size.ref!, n]);
  }
}

/** The numbers for which a condition by a field holds, where that is said. */
export const wantedBy = ({ ref, values }: When): readonly number[] =>
  values ?? (ref?.bits === 1 ? [1] : []);

/** Whether building finds a number by itself: it computes it, or a case has it. */
export function isFound(schema: Schema, name: string): boolean {
  if (computedFields(schema).has(name)) return true;
  for (let s: Schema | null = schema; s !== null; s = s.parent)
    if ((s.parent ?? s.root).cases?.selectorName === name) return s.caseKey !== null;
  return false;
}

/** What a field holds that was not given. */
function initialOf({ out, schema, start }: Writing, ref: NumberRef): number {
  if (ref.segment === 0) return readRef(out.bytes, start, ref);
  const initial: unknown = schema.find(ref.name)?.item.options.default;
  return typeof initial === "number" ? initial : 0;
}

/** Whether some part is given that has a condition, so that {@link checkConditions} has something to do. */
export function hasConditions({ schema, values }: Writing): boolean {
  if (values["rest"] !== undefined) return false;
  const { segments } = schema;
  for (let k = 0; k < segments.length; k++)
    if (segments[k]!.when !== null && isSegmentGiven(schema, k, values)) return true;
  return false;
}

/**
 * Throws where a part was given whose condition does not hold, so that reading would not find it. A condition by a field
 * that was given too is wrong on purpose, unless both are among the values that were `read`; an empty part does no harm.
 */
export function checkConditions(layer: Layer, values: Values, read: ReadonlySet<object>): void {
  const { schema } = layer;
  for (const placed of schema.placed) {
    const { when } = schema.segments[placed.segment]!;
    const value = values[placed.name];
    if (when === null || value === undefined || isEmpty(value) || holds(when, layer)) continue;
    if (when.ref === null || read.has(values) || !isGiven(values, when.ref))
      throw new ConditionError(schema, placed, when, values);
  }
}

/** The field that a reference lies in: of a flag, the flags. */
export function fieldOf({ name }: NumberRef): string {
  const dot = name.indexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
}

/** Whether the field that a reference lies in was given; of flags, whether that flag or the whole was. */
export function isGiven(values: Values, ref: NumberRef): boolean {
  const { name } = ref;
  const dot = name.indexOf(".");
  const value = values[dot < 0 ? name : name.slice(0, dot)];
  if (value === undefined || dot < 0 || typeof value !== "object" || value === null)
    return value !== undefined;
  const parts = value as Values;
  return parts[name.slice(dot + 1)] !== undefined || parts["value"] !== undefined;
}

const isEmpty = (value: unknown): boolean =>
  (typeof value === "string" || Array.isArray(value) || value instanceof Uint8Array) &&
  value.length === 0;
