import type { Layer } from "../schema/layer.ts";
import type { NumberRef, Size } from "../schema/place.ts";
import type { NextChoice, Schema } from "../schema/schema.ts";
import type { Key } from "../schema/table.ts";

/**
 * A number of at most 16 bits in the fixed head of a header, as two bytes at `at` of which `shift` and `mask` cut it out.
 * One form for all of them keeps the dissecting loop small enough for the compiler to optimise as a whole (measured: a
 * third less time than with a function that knows widths). `at` is -1 where there is none.
 *
 * A single byte is read with the one before it, not with the one behind: that one may lie outside the array, and once a
 * read has, all reads of the loop are compiled for it.
 */
class Head {
  readonly at: number;
  readonly shift: number;
  readonly mask: number;

  constructor(ref: NumberRef | null) {
    const isByte = ref !== null && ref.width === 1;
    const isFirst = ref !== null && ref.at === 0;
    this.at = ref === null ? -1 : ref.at - (isByte && !isFirst ? 1 : 0);
    this.shift = ref === null ? 0 : ref.shift + (isByte && isFirst ? 8 : 0);
    this.mask = ref?.mask ?? 0;
  }
}

/** The reference of a field that {@link Head} can hold; null for any other. */
const inHead = (ref: NumberRef | null): NumberRef | null =>
  ref !== null && ref.segment === 0 && ref.width <= 2 && !(ref.little && ref.width > 1)
    ? ref
    : null;

/** As {@link inHead}, of a size; the exceptions that `zero` and `below` make must be among those in `but`. */
const sizeInHead = (size: Size | null, ...but: readonly ("zero" | "below")[]): NumberRef | null => {
  if (size === null || size.kind !== "field" || size.after) return null;
  if (size.zeroIsRest && !but.includes("zero")) return null;
  if (size.below !== Number.POSITIVE_INFINITY && !but.includes("below")) return null;
  return inHead(size.ref);
};

/**
 * A declaration made ready for the dissecting loop. What decides a header's length, the payload's length and the next
 * protocol is data wherever one field of the fixed head decides it; `general*` sizes are evaluated by the schema.
 */
export class Step {
  readonly schema: Schema;
  readonly min: number;
  /** Whether something here needs more than the numbers below. */
  readonly general: boolean;
  readonly walks: boolean;
  /** Header length: `field * unit + plus`; the place is -1 where no field of the head gives it. */
  readonly headerAt: number;
  readonly headerShift: number;
  readonly headerMask: number;
  readonly headerUnit: number;
  readonly headerPlus: number;
  readonly generalHeader: Size | null;
  /** Length of header and payload. */
  readonly wholeAt: number;
  readonly wholeShift: number;
  readonly wholeMask: number;
  readonly wholeUnit: number;
  readonly wholePlus: number;
  readonly wholeZeroIsRest: boolean;
  readonly generalWhole: Size | null;
  /** Length of the payload, where it is at least `lengthLeast` and less than `lengthBelow`. */
  readonly lengthAt: number;
  readonly lengthShift: number;
  readonly lengthMask: number;
  readonly lengthUnit: number;
  readonly lengthPlus: number;
  readonly lengthLeast: number;
  readonly lengthBelow: number;
  readonly generalLength: Size | null;
  readonly reserve: Size | null;
  /** What must be zero for there to be a next protocol. */
  readonly unlessAt: number;
  readonly unlessShift: number;
  readonly unlessMask: number;
  readonly keyAt: number;
  readonly keyShift: number;
  readonly keyMask: number;
  readonly otherAt: number;
  readonly otherShift: number;
  readonly otherMask: number;
  readonly lowest: boolean;
  /** Fields that lie elsewhere or are wider: read through the schema. */
  readonly keyRef: NumberRef | null;
  readonly unlessRef: NumberRef | null;
  readonly choose: NextChoice | null;
  /** The last key that was looked up and what it gave: packets of one capture are alike. */
  lastKey: number;
  lastNext: Step | undefined;
  /** Set when the dissector is put together. */
  bound: ReadonlyMap<Key, Step> | null;
  table: ReadonlyMap<Key, Step> | null;
  guesses: readonly Step[];
  /** Several protocols under one key: the first whose `test` holds is taken. */
  fork: readonly Step[] | null;
  /** The steps of the cases, by schema. */
  cases: ReadonlyMap<Schema, Step> | null;

  /** @param isLast Whether nothing above it is to be taken apart. */
  constructor(schema: Schema, isLast = false) {
    const { header, whole, length, reserve, spec } = schema;
    this.schema = schema;
    this.min = schema.minLength;
    this.walks = schema.walks;
    const headerHead = new Head(sizeInHead(header));
    this.headerAt = headerHead.at;
    this.headerShift = headerHead.shift;
    this.headerMask = headerHead.mask;
    this.headerUnit = header?.unit ?? 0;
    this.headerPlus = header?.plus ?? 0;
    this.generalHeader = headerHead.at < 0 ? header : null;
    const wholeHead = new Head(sizeInHead(whole, "zero"));
    this.wholeAt = wholeHead.at;
    this.wholeShift = wholeHead.shift;
    this.wholeMask = wholeHead.mask;
    this.wholeUnit = whole?.unit ?? 0;
    this.wholePlus = whole?.plus ?? 0;
    this.wholeZeroIsRest = whole?.zeroIsRest ?? false;
    this.generalWhole = wholeHead.at < 0 ? whole : null;
    const lengthHead = new Head(sizeInHead(length, "zero", "below"));
    this.lengthAt = lengthHead.at;
    this.lengthShift = lengthHead.shift;
    this.lengthMask = lengthHead.mask;
    this.lengthUnit = length?.unit ?? 0;
    this.lengthPlus = length?.plus ?? 0;
    this.lengthLeast = length?.zeroIsRest ? 1 : 0;
    // At most 16 bits are read, so that this stands for "no limit" too: it must be a small integer.
    this.lengthBelow = Math.min(length?.below ?? 0, 0x10000);
    this.generalLength = lengthHead.at < 0 ? length : null;
    this.reserve = reserve;
    const next = isLast ? null : spec.next;
    const unless = next?.unless ? schema.ref(next.unless) : null;
    const unlessHead = new Head(inHead(unless));
    this.unlessAt = unlessHead.at;
    this.unlessShift = unlessHead.shift;
    this.unlessMask = unlessHead.mask;
    this.unlessRef = unlessHead.at < 0 ? unless : null;
    const key = next === null ? null : schema.ref(next.fields[0]!);
    const keyHead = new Head(inHead(key));
    this.keyAt = keyHead.at;
    this.keyShift = keyHead.shift;
    this.keyMask = keyHead.mask;
    this.keyRef = keyHead.at < 0 ? key : null;
    const other = next?.fields[1] === undefined ? null : schema.ref(next.fields[1]);
    const otherHead = new Head(inHead(other));
    this.otherAt = otherHead.at;
    this.otherShift = otherHead.shift;
    this.otherMask = otherHead.mask;
    if (other !== null && (keyHead.at < 0 || otherHead.at < 0))
      throw new TypeError(`${schema.name}: two key fields must lie in the head, 16 bits at most`);
    if (next !== null && next.fields.length > 2)
      throw new TypeError(`${schema.name}: two key fields at most`);
    this.lowest = next?.lowest ?? false;
    this.choose = isLast ? null : spec.choose;
    this.general =
      this.walks ||
      this.generalHeader !== null ||
      this.generalWhole !== null ||
      this.generalLength !== null ||
      reserve !== null;
    this.lastKey = -1;
    this.lastNext = undefined;
    this.bound = null;
    this.table = null;
    this.guesses = [];
    this.fork = null;
    this.cases = null;
  }

  /** The protocol of these bytes among several under one key, or by content. */
  pick(candidates: readonly Step[], layer: Layer, start: number, end: number): Step | undefined {
    for (const one of candidates) {
      const { test } = one.schema.about;
      if (test === null || test(layer.bytes, start, end)) return one;
    }
    return undefined;
  }
}
