import { Layer, moreOf, setFault } from "../schema/layer.ts";
import {
  CUT,
  chooseCase,
  evaluate,
  forgetLayout,
  partsReach,
  readNumber,
} from "../schema/layout.ts";
import type { Size } from "../schema/place.ts";
import type { Key } from "../schema/table.ts";
import { nothing } from "./nothing.ts";
import type { Step } from "./step.ts";

/**
 * Layers of one packet. More than any real packet has; stacked tags and tunnels made to exhaust a reader end here as
 * "unsupported".
 */
export const MAX_LAYERS = 256;

/** What the loop asks of the dissector where a function of a declaration decides. */
export interface Chooser {
  /** What the function chose: also a protocol that is in no table, or one of several found in a table. */
  chosen(step: Step, layer: Layer, start: number, end: number): Step | undefined;
}

/** Which protocol's length field ended the bytes at `end`; null where the capture did. */
function limiter(layer: Layer | null, end: number): string | null {
  for (let l = layer; l !== null; l = l.lower) {
    const { whole, length } = l.schema;
    const endless = Number.POSITIVE_INFINITY;
    // Its payload ended before the layer did, or one of its lengths says just this.
    if (l.end > end) return l.schema.name;
    if (whole !== null && l.start + evaluate(whole, l, endless) === end) return l.schema.name;
    if (length !== null && l.headerEnd + evaluate(length, l, endless) === end) return l.schema.name;
  }
  return null;
}

function truncated(at: Layer, about: Layer, field: string | null, needed: number): void {
  setFault(at, {
    kind: "truncated",
    protocol: about.schema.name,
    field,
    offset: about.start,
    needed,
    available: about.end - about.start,
    limitedBy: limiter(about.lower, about.end),
  });
}

function malformed(layer: Layer, field: string, needed: number): void {
  setFault(layer, {
    kind: "malformed",
    protocol: layer.schema.name,
    field,
    offset: layer.start,
    needed,
    available: layer.end - layer.start,
    limitedBy: null,
  });
}

/**
 * The dissecting loop: one pass, one layer a header, nothing else allocated for a packet without faults.
 *
 * All its numbers are small integers, also where a declaration computes them: one that is not turns the arithmetic of the
 * loop into that of doubles, for every packet after (measured: a third more time). What may be large is therefore
 * kept in the functions for the general cases, which give back offsets.
 */
export function walk(
  chooser: Chooser,
  bytes: Uint8Array,
  start: number,
  end: number,
  first: Step,
): Layer {
  let step = first;
  const bottom = new Layer(step.schema, bytes, start, end, null);
  let layer = bottom;
  let count = 1;
  for (;;) {
    if (layer.end - layer.start < step.min) return cutShort(bottom, layer, step.min);
    if (step.cases !== null) {
      if (!chooseCase(layer, step.schema.cases!)) return cutShort(bottom, layer, step.min + 1);
      step = step.cases.get(layer.schema)!;
    }
    const lower = layer.lower;
    if (lower !== null) lower.upper = layer;
    if (!setEnds(step, layer)) return bottom;
    const payload = layer.headerEnd;
    let limit = layer.end;
    if (step.lengthAt >= 0) {
      const at = layer.start + step.lengthAt;
      const n = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.lengthShift) & step.lengthMask;
      if (n >= step.lengthLeast && n < step.lengthBelow) {
        limit = payload + n * step.lengthUnit + step.lengthPlus;
        if (limit < payload || limit > layer.end) limit = badLength(layer, limit - payload);
      }
    }
    if (step.general) limit = payloadLimit(step, layer, limit);
    if (payload >= limit) return bottom;
    const next = chooseNext(chooser, step, layer, payload, limit);
    if (next === undefined) return bottom;
    if (++count > MAX_LAYERS) {
      tooDeep(layer, next, limit);
      return bottom;
    }
    layer = new Layer(next.schema, bytes, payload, limit, layer);
    step = next;
  }
}

function tooDeep(layer: Layer, next: Step, limit: number): void {
  setFault(layer, {
    kind: "unsupported",
    protocol: next.schema.name,
    field: null,
    offset: layer.headerEnd,
    needed: 0,
    available: limit - layer.headerEnd,
    limitedBy: null,
  });
}

/** A header that does not fit is not a layer; the one below keeps it for those who show what there is of it. */
function cutShort(bottom: Layer, layer: Layer, needed: number): Layer {
  let below = layer.lower;
  let lowest = bottom;
  if (below === null) {
    below = lowest = new Layer(nothing.schema, layer.bytes, layer.start, layer.end, null);
    below.headerEnd = layer.start;
  }
  truncated(below, layer, null, needed);
  moreOf(below).partial = layer;
  return lowest;
}

/** Finds where the header and the layer end; false where nothing can follow. */
function setEnds(step: Step, layer: Layer): boolean {
  const { bytes, start } = layer;
  let headerEnd = start + step.min;
  if (step.headerAt >= 0) {
    const at = start + step.headerAt;
    const field = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.headerShift) & step.headerMask;
    const n = field * step.headerUnit + step.headerPlus;
    headerEnd = start + n;
    if (n < step.min || headerEnd > layer.end) return badHeader(step, layer, n);
  } else if (step.general) {
    headerEnd = generalHeaderEnd(step, layer);
    if (headerEnd < 0) return false;
  }
  layer.headerEnd = headerEnd | 0;
  if (step.wholeAt >= 0) {
    const at = start + step.wholeAt;
    const field = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.wholeShift) & step.wholeMask;
    if (field === 0 && step.wholeZeroIsRest) return true;
    const end = start + field * step.wholeUnit + step.wholePlus;
    if (end < headerEnd || end > layer.end) return badWhole(layer, end - start);
    layer.end = end | 0;
    return true;
  }
  return step.generalWhole === null || generalWhole(step.generalWhole, layer);
}

/** A header whose length is less than its fixed part, or more than there is. */
function badHeader(step: Step, layer: Layer, n: number): boolean {
  if (n < step.min) {
    layer.headerEnd = (layer.start + step.min) | 0;
    malformed(layer, "header", step.min);
  } else {
    layer.headerEnd = layer.end;
    truncated(layer, layer, "header", n);
  }
  return false;
}

/** A layer whose length is less than its header's, or more than there is. */
function badWhole(layer: Layer, n: number): boolean {
  const header = layer.headerEnd - layer.start;
  if (n < header) {
    malformed(layer, "length", header);
    return false;
  }
  truncated(layer, layer, "payload", n);
  return true;
}

function generalWhole(size: Size, layer: Layer): boolean {
  const { start } = layer;
  const n = evaluate(size, layer, layer.end - start);
  if (n < layer.headerEnd - start || n > layer.end - start) return badWhole(layer, n);
  layer.end = (start + n) | 0;
  return true;
}

function generalHeaderEnd(step: Step, layer: Layer): number {
  const { start, end } = layer;
  if (step.generalHeader !== null) {
    const n = evaluate(step.generalHeader, layer, end - start);
    if (n >= step.min && n <= end - start) {
      forgetLayout(layer);
      return start + (n | 0);
    }
    badHeader(step, layer, n);
    return CUT;
  }
  if (!step.walks) return start + step.min;
  const reach = partsReach(layer);
  // The parts that are whole stay; the rest of the bytes is theirs, not a payload.
  if (reach === CUT) layer.headerEnd = end;
  return reach | 0;
}

/** A payload of `n` bytes, less than none or more than were captured: the end of those that there are. */
function badLength(layer: Layer, n: number): number {
  if (n < 0) malformed(layer, "length", 0);
  else truncated(layer, layer, "payload", n);
  return layer.end;
}

/** End of the payload where some bytes behind it are this layer's trailer. */
function payloadLimit(step: Step, layer: Layer, limit: number): number {
  let end = limit;
  if (step.generalLength !== null) {
    const n = evaluate(step.generalLength, layer, end - layer.headerEnd);
    const fits = n >= 0 && n <= layer.end - layer.headerEnd;
    end = fits ? layer.headerEnd + (n | 0) : badLength(layer, n);
  }
  if (step.reserve !== null) {
    const n = evaluate(step.reserve, layer, 0);
    if (n > 0 && n <= end - layer.headerEnd) end -= n | 0;
  }
  return end;
}

/** The next protocol: by `bind`, by table, by the declaration's function, by content. */
function chooseNext(
  chooser: Chooser,
  step: Step,
  layer: Layer,
  start: number,
  end: number,
): Step | undefined {
  const { table } = step;
  if (table === null)
    return step.choose === null ? undefined : chooser.chosen(step, layer, start, end);
  const { bytes } = layer;
  const from = layer.start;
  if (step.unlessAt >= 0) {
    const at = from + step.unlessAt;
    const value = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.unlessShift) & step.unlessMask;
    if (value !== 0) return undefined;
  } else if (step.unlessRef !== null && readNumber(layer, step.unlessRef) !== 0) return undefined;
  let next: Step | undefined;
  if (step.keyAt < 0) next = lookUpLater(step, layer);
  else {
    const keyAt = from + step.keyAt;
    const key = (((bytes[keyAt]! << 8) | bytes[keyAt + 1]!) >> step.keyShift) & step.keyMask;
    if (step.otherAt >= 0) next = lookUpTwo(step, table, key, bytes, from);
    else if (key === step.lastKey) next = step.lastNext;
    else {
      next = step.bound!.get(key) ?? table.get(key);
      step.lastKey = key;
      step.lastNext = next;
    }
  }
  return next !== undefined && next.fork === null
    ? next
    : decide(chooser, next, step, layer, start, end);
}

/** The next protocol where no table gave one, or gave several. */
function decide(
  chooser: Chooser,
  found: Step | undefined,
  step: Step,
  layer: Layer,
  start: number,
  end: number,
): Step | undefined {
  let next = found === undefined ? undefined : step.pick(found.fork!, layer, start, end);
  if (next === undefined && step.choose !== null) next = chooser.chosen(step, layer, start, end);
  if (next === undefined && step.guesses.length > 0)
    next = step.pick(step.guesses, layer, start, end);
  return next;
}

/** By a key that does not lie in the head of the header, or is wider than 16 bits. */
function lookUpLater(step: Step, layer: Layer): Step | undefined {
  const key = step.keyRef === null ? undefined : readNumber(layer, step.keyRef);
  if (key === undefined) return undefined;
  return step.bound!.get(key) ?? step.table!.get(key);
}

/** By two keys, of which one decides: what was bound by hand first, then in the order that the declaration says. */
function lookUpTwo(
  step: Step,
  table: ReadonlyMap<Key, Step>,
  key: number,
  bytes: Uint8Array,
  from: number,
): Step | undefined {
  let first = key;
  const at = from + step.otherAt;
  let second = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.otherShift) & step.otherMask;
  if (step.lowest && second < first) [first, second] = [second, first];
  const { bound } = step;
  if (bound!.size > 0) {
    const next = bound!.get(first) ?? bound!.get(second);
    if (next !== undefined) return next;
  }
  return table.get(first) ?? table.get(second);
}
