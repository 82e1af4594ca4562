import type { Layer } from "../schema/layer.ts";
import {
  CUT,
  gapAfter,
  listOf,
  partsReach,
  payloadEnd,
  recordOf,
  segmentAt,
  trailerOf,
  variableEnd,
  variableStart,
} from "../schema/layout.ts";
import type { Placed } from "../schema/place.ts";
import { readFixed } from "../schema/value.ts";
import { readVariable } from "../schema/view.ts";

/** Values by field name, as building takes them. */
export type PlainValues = { [name: string]: unknown };

/**
 * Everything that a layer's or record's bytes say, as plain values from which building makes the same bytes. Flags are
 * numbers; bytes that no part covers stand in lists as a last `Uint8Array`, in records and headers as `rest`, behind the
 * payload as `trailer`. `known` collects the values of each layer and record.
 */
export function valuesOf(layer: Layer, known?: Map<Layer, PlainValues>): PlainValues {
  const values: PlainValues = {};
  known?.set(layer, values);
  const { schema } = layer;
  if (schema.caseName !== null) values["is"] = schema.caseName;
  let at = layer.start;
  for (const placed of schema.placed) at = Math.max(at, addValue(values, layer, placed, known));
  const end = schema.isProtocol ? layer.headerEnd : layer.end;
  // Even where nothing is left, a rest says that the parts after the last value are not there; so of an empty header.
  if (at < end || end === layer.start || partsReach(layer) === CUT)
    values["rest"] = layer.bytes.subarray(at, end);
  if (schema.isProtocol) addTrailer(values, layer);
  return values;
}

function addTrailer(values: PlainValues, layer: Layer): void {
  const from = payloadEnd(layer);
  if (from >= layer.end) return;
  const tail = trailerOf(layer);
  if (tail === null) {
    values["trailer"] = layer.bytes.subarray(from, layer.end);
    return;
  }
  const { rest, ...own } = valuesOf(tail);
  Object.assign(values, own);
  if (rest !== undefined) values["trailer"] = rest;
}

/** Adds the value of one part and gives the offset where it ends; the layer's start where it is not there. */
function addValue(
  values: PlainValues,
  layer: Layer,
  placed: Placed,
  known: Map<Layer, PlainValues> | undefined,
): number {
  const { item, name } = placed;
  if (!placed.variable) {
    const from = segmentAt(layer, placed.segment);
    if (from < 0) return layer.start;
    values[name] = readFixed(item.field!, layer.bytes, from, placed.bit);
    return from + ((placed.bit + item.field!.bits + 7) >> 3);
  }
  const at = variableStart(layer, placed);
  if (at < 0) return layer.start;
  if (item.kind === "list") return addList(values, layer, placed, at, known);
  if (item.kind === "record") {
    const one = recordOf(layer, placed);
    if (one === null) {
      // Bytes of the record's size that do not form one.
      const end = variableEnd(layer, placed, at);
      if (end !== CUT) values[name] = layer.bytes.subarray(at, end);
      return Math.max(at, end);
    }
    values[name] = valuesOf(one, known);
    return one.end;
  }
  const value = readVariable(layer, placed);
  if (value === undefined) return at;
  values[name] = value;
  return variableEnd(layer, placed, at);
}

function addList(
  values: PlainValues,
  layer: Layer,
  placed: Placed,
  at: number,
  known: Map<Layer, PlainValues> | undefined,
): number {
  const { schema } = layer;
  const limit = schema.isProtocol ? layer.headerEnd : layer.end;
  const items = listOf(layer, placed) as readonly { readonly layer: Layer }[];
  const made: unknown[] = [];
  let last = at;
  for (const { layer: one } of items) {
    // Padding between items is made anew when building, unless it is not zero.
    if (!isZero(layer.bytes, last, one.start)) made.push(layer.bytes.subarray(last, one.start));
    made.push(valuesOf(one, known));
    last = one.end;
  }
  const end = variableEnd(layer, placed, at);
  const padded = last + gapAfter(last - at, placed.item.align);
  // Zeros up to a multiple are made anew when building; they lie in the list or, after an end mark, behind it.
  const isPadding =
    padded === end || (end === last && placed === schema.placed.at(-1) && padded <= limit);
  const isMade = isPadding && isZero(layer.bytes, last, padded);
  // Bytes within the list that make no item: a malformed rest, or none where no padding is to be made.
  if (!isMade && (end > last || padded > last))
    made.push(layer.bytes.subarray(last, Math.max(last, end)));
  values[placed.name] = made;
  return isMade ? padded : Math.max(end, last);
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0) return false;
  return true;
}
