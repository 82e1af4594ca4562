import { readUint, readUintLe } from "../bytes/numbers.ts";
import type { Layer } from "../schema/layer.ts";
import type { NextChoice, NumberRef, Schema, Size } from "../schema/schema.ts";
import type { Key } from "../schema/table.ts";

/** A number in the fixed head of a header, or none (`at` < 0): five plain numbers, so that a step stays one shape. */
export class Ref {
  readonly at: number;
  readonly width: number;
  readonly shift: number;
  readonly mask: number;
  readonly little: boolean;

  constructor(ref: NumberRef | null) {
    this.at = ref?.at ?? -1;
    this.width = ref?.width ?? 0;
    this.shift = ref?.shift ?? 0;
    this.mask = ref?.mask ?? 0;
    this.little = ref?.little ?? false;
  }
}

/** The number that `ref` names in the header at `start`. */
export function readAt(bytes: Uint8Array, start: number, ref: Ref): number {
  const at = start + ref.at;
  if (ref.little) return readUintLe(bytes, at, ref.width);
  return ((readUint(bytes, at, ref.width) >>> ref.shift) & ref.mask) >>> 0;
}

/**
 * A declaration made ready for the dissecting loop. What decides a header's length, the payload's length and the next
 * protocol is data wherever one field of the fixed head decides it; `general*` sizes are evaluated by the schema.
 */
export class Step {
  readonly schema: Schema;
  readonly min: number;
  readonly walks: boolean;
  /** Header length: `field * unit + plus`. */
  readonly header: Ref;
  readonly headerUnit: number;
  readonly headerPlus: number;
  readonly generalHeader: Size | null;
  /** Length of header and payload. */
  readonly whole: Ref;
  readonly wholeUnit: number;
  readonly wholePlus: number;
  readonly wholeZeroIsRest: boolean;
  readonly generalWhole: Size | null;
  /** Length of the payload, less than `lengthBelow`. */
  readonly length: Ref;
  readonly lengthUnit: number;
  readonly lengthPlus: number;
  readonly lengthBelow: number;
  /** A payload length that is not in the head, and a reserved trailer: rare, so evaluated by the schema. */
  readonly generalLength: Size | null;
  readonly reserve: Size | null;
  readonly unless: Ref;
  readonly key: Ref;
  readonly otherKey: Ref;
  readonly lowest: boolean;
  /** Whether `key` lies in the fixed head; otherwise it is read through the schema. */
  readonly keyRef: NumberRef | null;
  readonly choose: NextChoice | null;
  /** Set when the dissector is put together. */
  bound: ReadonlyMap<Key, Step> | null;
  table: ReadonlyMap<Key, Step> | null;
  guesses: readonly Step[];
  /** Several protocols under one key: the first whose `test` holds is taken. */
  fork: readonly Step[] | null;
  /** The steps of the cases, by schema. */
  cases: ReadonlyMap<Schema, Step> | null;

  constructor(schema: Schema) {
    const { header, whole, spec } = schema;
    this.schema = schema;
    this.min = schema.minLength;
    this.walks = schema.walks;
    const headerInHead = inHead(header);
    this.header = new Ref(headerInHead ? header!.ref : null);
    this.headerUnit = header?.unit ?? 0;
    this.headerPlus = header?.plus ?? 0;
    this.generalHeader = headerInHead ? null : header;
    const wholeInHead = inHead(whole);
    this.whole = new Ref(wholeInHead ? whole!.ref : null);
    this.wholeUnit = whole?.unit ?? 0;
    this.wholePlus = whole?.plus ?? 0;
    this.wholeZeroIsRest = whole?.zeroIsRest ?? false;
    this.generalWhole = wholeInHead ? null : whole;
    const { length } = schema;
    const lengthInHead = inHead(length);
    this.length = new Ref(lengthInHead ? length!.ref : null);
    this.lengthUnit = length?.unit ?? 0;
    this.lengthPlus = length?.plus ?? 0;
    this.lengthBelow = length?.below ?? 0;
    this.generalLength = lengthInHead ? null : length;
    this.reserve = schema.reserve;
    const { next } = spec;
    this.unless = new Ref(next?.unless ? schema.ref(next.unless) : null);
    const key = next === null ? null : schema.ref(next.fields[0]!);
    const keyInHead = key !== null && key.segment === 0;
    this.key = new Ref(keyInHead ? key : null);
    this.keyRef = keyInHead ? null : key;
    this.otherKey = new Ref(next?.fields[1] === undefined ? null : schema.ref(next.fields[1]));
    this.lowest = next?.lowest ?? false;
    this.choose = spec.choose;
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

const inHead = (size: Size | null): boolean =>
  size !== null && size.kind === "field" && size.ref!.segment === 0;
