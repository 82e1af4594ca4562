import { readUint, readUintLe } from "../bytes/numbers.ts";
import type { PacketErrorKind } from "./error.ts";
import { Layer, type More, moreOf, protocolLayer, setFault, viewOf } from "./layer.ts";
import type { NumberRef, Placed, Size, When } from "./place.ts";
import type { Cases, Schema } from "./schema.ts";

/**
 * Where the parts of a header lie once a variable one has come. The mark of segment `k` is its offset, and its fixed
 * bytes are then known to be there; `CUT` where the bytes do not reach it; `ABSENT - offset` where its condition leaves it
 * out. `More.reach` is where the last of them ends. A first segment
 * is there always: it starts where the layer does.
 */
export const CUT = -1;
const ABSENT = -2;
/** In `More.reach`: the variable part of the last segment is not measured yet. */
const PENDING = -2;

/** Records nested deeper than this are left as bytes: no real packet comes near, hostile ones would exhaust the stack. */
const MAX_DEPTH = 64;

/** A number at a constant place from `from`. */
export function readRef(bytes: Uint8Array, from: number, ref: NumberRef): number {
  const at = from + ref.at;
  if (ref.width > 4) return readWide(bytes, at, ref);
  const whole = ref.little ? readUintLe(bytes, at, ref.width) : readUint(bytes, at, ref.width);
  return ref.shift === 0 && ref.mask === -1 ? whole : ((whole >>> ref.shift) & ref.mask) >>> 0;
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
      const ref = size.ref!;
      const from = segmentAt(layer, ref.segment);
      if (from < 0) return -1;
      const n = readRef(layer.bytes, from, ref);
      if ((n === 0 && size.zeroIsRest) || n >= size.below) return rest;
      const counted = n * size.unit + size.plus;
      return size.after ? from + ref.at + ref.width - layer.start + counted : counted;
    }
    default: {
      const n = size.compute!(viewOf(layer));
      return Number.isInteger(n) ? n : -1;
    }
  }
}

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
  const { more } = layer;
  if (more !== null && segment < more.placed) return markOf(layer, more, segment);
  return layout(layer, segment);
}

/** The mark of a segment that is placed. */
function markOf(layer: Layer, more: More, segment: number): number {
  if (segment === 1) return more.mark1;
  if (segment === 0) return layer.start;
  if (segment === 2) return more.mark2;
  return segment === 3 ? more.mark3 : more.marks![segment]!;
}

/** Segment 0 has no mark of its own: of a layer that exists, its bytes are there. */
function setMark(more: More, segment: number, mark: number): void {
  if (segment === 1) more.mark1 = mark | 0;
  else if (segment === 2) more.mark2 = mark | 0;
  else if (segment === 3) more.mark3 = mark | 0;
  else if (segment > 3) {
    more.marks ??= [];
    more.marks[segment] = mark | 0;
  }
}

/** Offset after the last part, `CUT` where some part is not whole. */
export function partsReach(layer: Layer): number {
  const { segments } = layer.schema.planned;
  const last = segments.length - 1;
  if (last === 0 && segments[0]!.variable === null) return layer.start + segments[0]!.fixedBytes;
  if (layer.more === null || layer.more.placed <= last) layout(layer, last);
  return reachOf(layer, layer.more!);
}

/** Finds the offsets of segments up to `to`, going on from what is known, and gives that of `to`. */
export function layout(layer: Layer, to: number): number {
  const more = moreOf(layer);
  if (more.placed === 0) more.reach = layer.start;
  while (more.placed <= to) placeSegment(layer, more);
  return markOf(layer, more, to);
}

/** Finds where the next segment starts, without measuring its variable part: few askers need to know where that ends. */
function placeSegment(layer: Layer, more: More): void {
  const from = reachOf(layer, more);
  const k = more.placed;
  if (from === CUT) {
    setMark(more, k, CUT);
    more.placed = k + 1;
    return;
  }
  const { fixedBytes, variable, when } = layer.schema.planned.segments[k]!;
  if (when !== null && !holds(when, layer)) {
    setMark(more, k, ABSENT - from);
    more.placed = k + 1;
    return;
  }
  const at = from + fixedBytes;
  more.placed = k + 1;
  if (at > layer.headerEnd) {
    setMark(more, k, CUT);
    more.reach = CUT;
    cut(layer, "truncated", firstOf(layer.schema, k), from, fixedBytes);
    return;
  }
  setMark(more, k, from);
  more.reach = variable === null ? at : PENDING;
}

/** Where the last segment placed so far ends; `CUT` where its variable part is not whole. */
function reachOf(layer: Layer, more: More): number {
  if (more.reach !== PENDING) return more.reach;
  const k = more.placed - 1;
  const { fixedBytes, variable } = layer.schema.planned.segments[k]!;
  const at = markOf(layer, more, k) + fixedBytes;
  // A function of the declaration that reads a later part finds it cut off instead of asking for ever.
  more.reach = CUT;
  const size = measure(layer, variable!, at, layer.headerEnd);
  if (size < 0) cut(layer, "malformed", variable!.name, at, -1);
  else if (at + size > layer.headerEnd) cut(layer, "truncated", variable!.name, at, size);
  else more.reach = (at + size) | 0;
  return more.reach;
}

/** Measures the variable part of a segment that is placed. */
function settle(layer: Layer, segment: number): void {
  const { more } = layer;
  if (more !== null && more.placed === segment + 1) reachOf(layer, more);
  else if (more === null || more.placed <= segment) {
    layout(layer, segment);
    reachOf(layer, layer.more!);
  }
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

/** A list of so few items gets an array of just that length: pushing would make room for seventeen. */
const FEW = 16;

/** A list without items. */
const none: readonly object[] = Object.freeze([]);

/** The lists, records and trailer of a layer, as far as they were asked for. */
const partsOf = (layer: Layer): unknown[] =>
  (moreOf(layer).parts ??= new Array<unknown>(layer.schema.planned.slots + 1));

/** Reads the items of a list from `at` on, keeps their views, and gives the offset after the last; `CUT` for too few. */
export function readList(layer: Layer, placed: Placed, at: number, end: number): number {
  const parts = partsOf(layer);
  parts[placed.slot] = none;
  const { bounds, schema } = placed.item;
  const endless = Number.POSITIVE_INFINITY;
  const most = placed.count === null ? endless : evaluate(placed.count, layer, endless);
  if (most < 0) {
    cut(layer, "malformed", placed.name, at, -1);
    return CUT;
  }
  if (most === 0 || depth(layer) > MAX_DEPTH) return at;
  const { stop, until } = bounds!;
  const few = most <= FEW && stop === null && until === null;
  const items = few ? new Array<object>(most) : [];
  if (!few) parts[placed.slot] = items;
  let o = at;
  let n = 0;
  while (most === endless ? o < end : n < most) {
    if (stop?.(layer.bytes, o, end, layer)) break;
    const one = readRecord(schema!, layer.bytes, o, end, layer);
    if (one === null || one.end === o) {
      // Where a header's length ends the list, it is that which is wrong; else what follows the list is unknown.
      const isOpen = layer.schema.header === null && end === protocolLayer(layer).end;
      const isCutOff = one === null && isOpen;
      cut(layer, isCutOff ? "truncated" : "malformed", placed.name, o, -1);
      if (most !== endless || isCutOff) o = CUT;
      break;
    }
    const view = viewOf(one);
    items[n++] = view;
    o = Math.min(end, one.end + gapAfter(one.end - at, bounds!.pad));
    if (until?.(view as never)) break;
  }
  if (few) {
    if (n < most) items.length = n;
    parts[placed.slot] = items;
  }
  return o;
}

function recordPart(layer: Layer, placed: Placed, at: number, limit: number): number {
  const one =
    depth(layer) > MAX_DEPTH
      ? null
      : readRecord(placed.item.schema!, layer.bytes, at, limit, layer);
  partsOf(layer)[placed.slot] = one === null ? null : viewOf(one);
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
    layer.end = layer.headerEnd = (start + size) | 0;
    if (cases !== null && !fits(layer, cases)) return null;
    if (isStale(layer)) forgetLayout(layer);
    return layer;
  }
  const end = partsReach(layer);
  if (end === CUT) return null;
  layer.end = layer.headerEnd = end | 0;
  return layer;
}

/** Whether parts were measured, or do not fit, that a header's end found since then may change. */
function isStale(layer: Layer): boolean {
  const { more } = layer;
  if (more === null || more.placed === 0) return false;
  const last = more.placed - 1;
  const from = markOf(layer, more, last);
  const { fixedBytes, variable } = layer.schema.segments[last]!;
  if (from < 0 || from + fixedBytes > layer.headerEnd) return true;
  return variable !== null && more.reach !== PENDING;
}

/** Marks that were made before the header's end was known may count beyond it: they are made again when needed. */
export function forgetLayout(layer: Layer): void {
  if (layer.more === null || layer.more.placed === 0) return;
  layer.more.placed = 0;
  layer.more.parts = null;
  layer.more.fault = null;
}

/** Replaces a layer's schema by the case that its selector names; false where not even the unknown case fits. */
export function chooseCase(layer: Layer, cases: Cases): boolean {
  const { selector } = cases;
  const from = segmentAt(layer, selector.segment);
  if (from < 0) return false;
  const chosen = cases.of(readRef(layer.bytes, from, selector));
  if (
    !takeCase(layer, chosen, selector.segment, from) &&
    !takeCase(layer, cases.unknown, selector.segment, from)
  )
    return false;
  return layer.schema.cases === null || chooseCase(layer, layer.schema.cases);
}

/**
 * Goes on as another schema that begins alike, up to the segment of the selector at `from`. False where the layer has no
 * room for the fixed bytes of that segment: the first part of a case that may be longer than the common one.
 */
function takeCase(layer: Layer, chosen: Schema, segment: number, from: number): boolean {
  layer.schema = chosen;
  layer.view = null;
  const { fixedBytes, variable } = chosen.segments[segment]!;
  const at = from + fixedBytes;
  const { more } = layer;
  if (more !== null && more.placed > segment) {
    more.placed = segment + 1;
    more.reach = variable === null ? at : PENDING;
  }
  return at <= layer.headerEnd;
}

/** Whether a record's length has room for its case; where it has not, the unknown case stands for it. */
function fits(layer: Layer, cases: Cases): boolean {
  const { segment } = cases.selector;
  const from = segmentAt(layer, segment);
  if (from + layer.schema.segments[segment]!.fixedBytes <= layer.headerEnd) return true;
  return takeCase(layer, cases.unknown, segment, from);
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
  const kept = layer.more?.parts?.[placed.slot];
  if (kept !== undefined) return kept as readonly object[];
  const at = variableStart(layer, placed);
  if (at < 0) return [];
  settle(layer, placed.segment);
  const made = layer.more?.parts?.[placed.slot];
  if (made !== undefined) return made as readonly object[];
  const end = variableEnd(layer, placed, at);
  if (layer.more?.parts?.[placed.slot] === undefined)
    readList(layer, placed, at, end === CUT ? layer.headerEnd : end);
  return layer.more!.parts![placed.slot] as readonly object[];
}

/** The layer of a nested record; `null` where it is not there. */
export function recordOf(layer: Layer, placed: Placed): Layer | null {
  const at = variableStart(layer, placed);
  if (at < 0) return null;
  settle(layer, placed.segment);
  const kept = layer.more?.parts?.[placed.slot] as { readonly layer: Layer } | null | undefined;
  if (kept !== undefined) return kept === null ? null : kept.layer;
  const end = variableEnd(layer, placed, at);
  const one = end === CUT ? null : readRecord(placed.item.schema!, layer.bytes, at, end, layer);
  // The record owns all of the bytes that its size gave it; what its parts leave is its rest.
  if (one !== null) one.end = end | 0;
  partsOf(layer)[placed.slot] = one === null ? null : viewOf(one);
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
  if (reserve !== null)
    end -= Math.max(0, Math.min(end - layer.headerEnd, evaluate(reserve, layer, 0)));
  return end;
}

/** The declared parts after the payload; `null` where the layer has none or no bytes are left for them. */
export function trailerOf(layer: Layer): Layer | null {
  const { trailer } = layer.schema.spec;
  if (trailer === null) return null;
  const index = layer.schema.planned.slots;
  const kept = layer.more?.parts?.[index];
  if (kept !== undefined) return kept as Layer | null;
  const at = payloadEnd(layer);
  const one = at < layer.end ? readRecord(trailer, layer.bytes, at, layer.end, layer) : null;
  if (one !== null) {
    one.end = layer.end | 0;
    viewOf(one);
  }
  partsOf(layer)[index] = one;
  return one;
}
