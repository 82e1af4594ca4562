import { readUint, readUintLe } from "../bytes/numbers.ts";
import type { PacketErrorKind } from "./error.ts";
import { Layer, type More, moreOf, protocolLayer, setFault, viewOf } from "./layer.ts";
import type { Cases, NumberRef, Placed, Schema, Size, When } from "./schema.ts";

/**
 * Where the parts of a header lie once a variable one has come. `More.marks[k]` is the offset of segment `k`, whose fixed
 * bytes are then known to be there; `CUT` where the bytes do not reach it; `ABSENT - offset` where its condition leaves it
 * out. `More.reach` is where the last of them ends.
 */
export const CUT = -1;
const ABSENT = -2;

/** Records nested deeper than this are left as bytes: no real packet comes near, hostile ones would exhaust the stack. */
const MAX_DEPTH = 64;

/** A number at a constant place from `from`. */
export function readRef(bytes: Uint8Array, from: number, ref: NumberRef): number {
  const at = from + ref.at;
  if (ref.width > 4) return readWide(bytes, at, ref);
  const whole = ref.little ? readUintLe(bytes, at, ref.width) : readUint(bytes, at, ref.width);
  return ref.shift === 0 && ref.mask === 0xffffffff ? whole : ((whole >>> ref.shift) & ref.mask) >>> 0;
}

/** 33 to 48 bits; only whole bytes are used as sizes and keys. */
function readWide(bytes: Uint8Array, at: number, ref: NumberRef): number {
  return ref.little ? readUintLe(bytes, at, ref.width) : readUint(bytes, at, ref.width);
}

/** The number that a reference names; `undefined` where the bytes or a condition leave it out. */
export function readNumber(layer: Layer, ref: NumberRef): number | undefined {
  if (ref.segment === 0) return readRef(layer.bytes, layer.start, ref);
  const from = segmentAt(layer, ref.segment);
  return from < 0 ? undefined : readRef(layer.bytes, from, ref);
}

/** Bytes or items that a size gives, `rest` standing for what is left; -1 where it cannot be known. */
export function evaluate(size: Size, layer: Layer, rest: number): number {
  switch (size.kind) {
    case "constant":
      return size.constant;
    case "rest":
      return rest;
    case "field": {
      const n = readNumber(layer, size.ref!);
      if (n === undefined) return -1;
      if ((n === 0 && size.zeroIsRest) || n >= size.below) return rest;
      const counted = n * size.unit + size.plus;
      return size.after ? counted + behind(layer, size.ref!) : counted;
    }
    default: {
      const n = size.compute!(viewOf(layer));
      return Number.isInteger(n) ? n : -1;
    }
  }
}

/** Bytes from the layer's start to behind a field that is known to be there. */
const behind = (layer: Layer, ref: NumberRef): number =>
  segmentAt(layer, ref.segment) - layer.start + ref.at + ref.width;

/** Whether a conditional part is there. */
export function holds(when: When, layer: Layer): boolean {
  if (when.compute !== null) return when.compute(viewOf(layer)) === true;
  const n = readNumber(layer, when.ref!);
  if (n === undefined) return false;
  return when.values === null ? n !== 0 : when.values.includes(n);
}

/** Offset of a segment, negative where it is not there. */
export function segmentAt(layer: Layer, segment: number): number {
  if (segment === 0) return layer.start;
  const marks = layer.more?.marks;
  if (marks && segment < marks.length) return marks[segment]!;
  return layout(layer, segment);
}

/** Offset after the last part, `CUT` where some part is not whole. */
export function partsReach(layer: Layer): number {
  const last = layer.schema.segments.length - 1;
  if (last === 0 && layer.schema.segments[0]!.variable === null)
    return layer.start + layer.schema.minLength;
  if (layer.more === null || layer.more.marks === null || layer.more.marks.length <= last)
    layout(layer, last);
  return layer.more!.reach;
}

/** Finds the offsets of segments up to `to`, going on from what is known, and gives that of `to`. */
export function layout(layer: Layer, to: number): number {
  const more = moreOf(layer);
  if (more.marks === null) {
    more.marks = [];
    more.reach = layer.start;
  }
  const marks = more.marks;
  while (marks.length <= to) placeSegment(layer, more, marks);
  return marks[to]!;
}

function placeSegment(layer: Layer, more: More, marks: number[]): void {
  const k = marks.length;
  const from = more.reach;
  if (from === CUT) {
    marks.push(CUT);
    return;
  }
  const { fixedBytes, variable, when } = layer.schema.segments[k]!;
  if (when !== null && !holds(when, layer)) {
    marks.push(ABSENT - from);
    return;
  }
  const limit = layer.headerEnd;
  const at = from + fixedBytes;
  // A function of the declaration that reads a later part finds it cut off instead of asking for ever.
  more.reach = CUT;
  if (at > limit) {
    marks.push(CUT);
    cut(layer, "truncated", firstOf(layer.schema, k), from, fixedBytes);
    return;
  }
  marks.push(from);
  if (variable === null) {
    more.reach = at;
    return;
  }
  const size = measure(layer, variable, at, limit);
  if (size < 0) cut(layer, "malformed", variable.name, at, -1);
  else if (at + size > limit) cut(layer, "truncated", variable.name, at, size);
  else more.reach = at + size;
}

const firstOf = (schema: Schema, segment: number): string | null =>
  schema.placed.find((p) => p.segment === segment)?.name ?? null;

function cut(
  layer: Layer,
  kind: PacketErrorKind,
  field: string | null,
  offset: number,
  needed: number,
): void {
  const available = Math.max(0, layer.headerEnd - offset);
  setFault(layer, {
    kind,
    protocol: layer.schema.name,
    field,
    offset,
    needed,
    available,
    limitedBy: null,
  });
}

/** Bytes of a variable part that starts at `at`; -1 where they make none. */
function measure(layer: Layer, placed: Placed, at: number, limit: number): number {
  const { item } = placed;
  switch (item.kind) {
    case "field":
      return item.field!.codec!.measure(layer.bytes, at, limit, layer);
    case "text":
      if (item.extent !== null) return scan(layer.bytes, at, limit, placed);
      return evaluate(placed.size!, layer, limit - at);
    case "bytes":
      return evaluate(placed.size!, layer, limit - at);
    case "record":
      if (placed.size !== null) return evaluate(placed.size, layer, limit - at);
      return recordPart(layer, placed, at, limit);
    default:
      return measureList(layer, placed, at, limit);
  }
}

/** Characters up to one of `until`, or the longest run of `of`. */
function scan(bytes: Uint8Array, at: number, limit: number, placed: Placed): number {
  const extent = placed.item.extent!;
  let o = at;
  if ("until" in extent) {
    while (o < limit && !extent.until.includes(String.fromCharCode(bytes[o]!))) o++;
    return o - at;
  }
  const stop = Math.min(limit, at + (extent.max ?? Number.POSITIVE_INFINITY));
  while (o < stop && extent.of.includes(String.fromCharCode(bytes[o]!))) o++;
  return o - at;
}

function measureList(layer: Layer, placed: Placed, at: number, limit: number): number {
  if (placed.bytes !== null) return evaluate(placed.bytes, layer, limit - at);
  const { until, stop } = placed.item.bounds!;
  // A list that takes all that is left need not be read to know its end.
  if (placed.count === null && until === null && stop === null) return limit - at;
  const end = readList(layer, placed, at, limit);
  return end === CUT ? -1 : end - at;
}

const depth = (layer: Layer): number => {
  let n = 0;
  for (let l: Layer | null = layer; l !== null && !l.schema.isProtocol; l = l.lower) n++;
  return n;
};

/** Bytes from an item's end to where the next one may start. */
export const gapAfter = (length: number, pad: number): number => (pad - (length % pad)) % pad;

/** Reads the items of a list from `at` on, keeps their views, and gives the offset after the last; `CUT` for too few. */
export function readList(layer: Layer, placed: Placed, at: number, end: number): number {
  const items: object[] = [];
  (moreOf(layer).parts ??= [])[placed.index] = items;
  const { bounds, schema } = placed.item;
  const most = placed.count === null ? -1 : evaluate(placed.count, layer, -1);
  if (depth(layer) > MAX_DEPTH) return at;
  let o = at;
  while (most < 0 ? o < end : items.length < most) {
    if (bounds!.stop?.(layer.bytes, o, end, layer)) break;
    const one = readRecord(schema!, layer.bytes, o, end, layer);
    if (one === null || one.end === o) {
      const kind = one === null && end === protocolLayer(layer).end ? "truncated" : "malformed";
      cut(layer, kind, placed.name, o, -1);
      return most < 0 ? o : CUT;
    }
    const view = viewOf(one);
    items.push(view);
    o = Math.min(end, one.end + gapAfter(one.end - at, bounds!.pad));
    if (bounds!.until?.(view as never)) break;
  }
  return o;
}

function recordPart(layer: Layer, placed: Placed, at: number, limit: number): number {
  const one = depth(layer) > MAX_DEPTH ? null : readRecord(placed.item.schema!, layer.bytes, at, limit, layer);
  (moreOf(layer).parts ??= [])[placed.index] = one === null ? null : viewOf(one);
  return one === null ? -1 : one.end - at;
}

/**
 * Reads one record of `schema` at `start`, which may take bytes up to `limit`. Its `end` is set to where it ends: given by
 * its own length, or after its last part. `null` where the bytes do not hold one.
 */
export function readRecord(
  schema: Schema,
  bytes: Uint8Array,
  start: number,
  limit: number,
  lower: Layer,
): Layer | null {
  if (limit - start < schema.minLength) return null;
  const layer = new Layer(schema, bytes, start, limit, lower);
  const { cases } = schema;
  if (cases !== null && !chooseCase(layer, cases)) return null;
  const { header } = layer.schema;
  if (header !== null) {
    const size = evaluate(header, layer, limit - start);
    if (size < layer.schema.minLength && cases === null) return null;
    if (size < 0 || start + size > limit) return null;
    layer.end = layer.headerEnd = start + size;
    forgetLayout(layer);
    return cases === null || fits(layer, cases) ? layer : null;
  }
  const end = partsReach(layer);
  if (end === CUT) return null;
  layer.end = layer.headerEnd = end;
  return layer;
}

/** Whether a record's length has room for its case; where it has not, the unknown case stands for it. */
function fits(layer: Layer, cases: Cases): boolean {
  const room = layer.end - segmentAt(layer, cases.selector.segment);
  if (room < fixedBytes(layer.schema, cases)) takeCase(layer, cases.unknown);
  return room >= fixedBytes(layer.schema, cases);
}

/** Marks that were made before the header's end was known may count beyond it: they are made again when needed. */
export function forgetLayout(layer: Layer): void {
  if (layer.more === null || layer.more.marks === null) return;
  layer.more.marks = null;
  layer.more.parts = null;
  layer.more.fault = null;
}

/** Replaces a layer's schema by the case that its selector names; false where not even the unknown case fits. */
export function chooseCase(layer: Layer, cases: Cases): boolean {
  const key = readNumber(layer, cases.selector);
  if (key === undefined) return false;
  const chosen = cases.byKey.get(key) ?? cases.unknown;
  const room = layer.end - segmentAt(layer, cases.selector.segment);
  takeCase(layer, room < fixedBytes(chosen, cases) ? cases.unknown : chosen);
  if (room < fixedBytes(layer.schema, cases)) return false;
  return layer.schema.cases === null || chooseCase(layer, layer.schema.cases);
}

/** Fixed bytes of a case in the segment of its selector: the first part of it that may be longer than the common one. */
const fixedBytes = (schema: Schema, cases: Cases): number =>
  schema.segments[cases.selector.segment]!.fixedBytes;

function takeCase(layer: Layer, chosen: Schema): void {
  layer.schema = chosen;
  layer.view = null;
  const more = layer.more;
  if (more === null || more.marks === null) return;
  // The case goes on in the last segment that the common part has begun: that one is measured again.
  const last = more.marks.pop();
  if (last !== undefined && last >= 0) more.reach = last;
}

/** Offset where a variable part starts, negative where it is not there. */
export function variableStart(layer: Layer, placed: Placed): number {
  const from = segmentAt(layer, placed.segment);
  return from < 0 ? CUT : from + (placed.bit >> 3);
}

/** Offset where a variable part that starts at `at` ends; `CUT` where it is not whole. */
export function variableEnd(layer: Layer, placed: Placed, at: number): number {
  const next = placed.segment + 1;
  const last = next === layer.schema.segments.length;
  const mark = last ? partsReach(layer) : layout(layer, next);
  if (mark >= 0) return mark;
  if (mark !== CUT) return ABSENT - mark;
  // This part or one after it is cut off.
  const end = at + measure(layer, placed, at, layer.headerEnd);
  return end < at || end > layer.headerEnd ? CUT : end;
}

/** The views of a list, as far as its bytes hold items. */
export function listOf(layer: Layer, placed: Placed): readonly object[] {
  const kept = layer.more?.parts?.[placed.index];
  if (kept !== undefined) return kept as readonly object[];
  const at = variableStart(layer, placed);
  if (at < 0) return [];
  const made = layer.more?.parts?.[placed.index];
  if (made !== undefined) return made as readonly object[];
  const end = variableEnd(layer, placed, at);
  if (layer.more?.parts?.[placed.index] === undefined)
    readList(layer, placed, at, end === CUT ? layer.headerEnd : end);
  return layer.more!.parts![placed.index] as readonly object[];
}

/** The layer of a nested record; `null` where it is not there. */
export function recordOf(layer: Layer, placed: Placed): Layer | null {
  const at = variableStart(layer, placed);
  if (at < 0) return null;
  const kept = layer.more?.parts?.[placed.index] as { readonly layer: Layer } | null | undefined;
  if (kept !== undefined) return kept === null ? null : kept.layer;
  const end = variableEnd(layer, placed, at);
  const one = end === CUT ? null : readRecord(placed.item.schema!, layer.bytes, at, end, layer);
  // The record owns all of the bytes that its size gave it; what its parts leave is its rest.
  if (one !== null) one.end = end;
  (moreOf(layer).parts ??= [])[placed.index] = one === null ? null : viewOf(one);
  return one;
}

/** Where the payload ends: what follows, up to the layer's end, is its trailer. */
export function payloadEnd(layer: Layer): number {
  if (layer.upper !== null) return layer.upper.end;
  const { length, reserve } = layer.schema;
  let end = layer.end;
  if (length !== null) {
    const n = evaluate(length, layer, end - layer.headerEnd);
    if (n >= 0 && layer.headerEnd + n < end) end = layer.headerEnd + n;
  }
  if (reserve !== null) end -= Math.max(0, Math.min(end - layer.headerEnd, evaluate(reserve, layer, 0)));
  return end;
}

/** The declared parts after the payload; `null` where the layer has none or no bytes are left for them. */
export function trailerOf(layer: Layer): Layer | null {
  const { trailer } = layer.schema.spec;
  if (trailer === null) return null;
  const index = layer.schema.placed.length;
  const kept = layer.more?.parts?.[index];
  if (kept !== undefined) return kept as Layer | null;
  const at = payloadEnd(layer);
  const one = at < layer.end ? readRecord(trailer, layer.bytes, at, layer.end, layer) : null;
  if (one !== null) {
    one.end = layer.end;
    viewOf(one);
  }
  (moreOf(layer).parts ??= [])[index] = one;
  return one;
}
