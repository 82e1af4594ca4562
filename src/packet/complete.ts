import type { Layer } from "../schema/layer.ts";
import { segmentAt } from "../schema/layout.ts";
import type { NumberRef, Placed, Size } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import { readFixed, writeFixed } from "../schema/value.ts";
import { fieldFor, putNumber } from "./write.ts";

/** Whether a value was given or set by hand: then computing leaves it alone. */
export function isPinned(layer: Layer, name: string): boolean {
  const pinned = layer.more?.pinned;
  if (!pinned) return false;
  return pinned.has(name) || pinned.has(name.split(".")[0]!);
}

function put(layer: Layer, ref: NumberRef, value: number): void {
  if (isPinned(layer, ref.name)) return;
  const from = segmentAt(layer, ref.segment);
  if (from >= 0) putNumber(layer.bytes, from, ref, value, layer.schema);
}

function putSize(layer: Layer, size: Size | null, n: number): void {
  if (size?.kind === "field") put(layer, size.ref!, fieldFor(size, n));
}

/** What a header's length counts from: its start, or the end of the field that says it. */
function headerStart(layer: Layer): number {
  const { header } = layer.schema;
  if (!header?.after) return layer.start;
  const { segment, at, width } = header.ref!;
  return segmentAt(layer, segment) + at + width;
}

/** Fills in lengths, the number of the protocol above, and what the declaration computes otherwise. */
export function completeLengths(layer: Layer, payloadEnd: number): void {
  const { schema, upper } = layer;
  putSize(layer, schema.header, layer.headerEnd - headerStart(layer));
  putSize(layer, schema.whole, layer.end - layer.start);
  putSize(layer, schema.length, payloadEnd - layer.headerEnd);
  if (upper !== null) putKey(layer, upper);
  for (const placed of schema.placed) {
    const { computed } = placed.item.options;
    if (computed !== undefined && !isPinned(layer, placed.name))
      putValue(layer, placed, (computed as (l: Layer) => unknown)(layer));
  }
}

function putValue(layer: Layer, placed: Placed, value: unknown): void {
  const from = segmentAt(layer, placed.segment);
  if (from < 0 || value === undefined) return;
  const name = `${layer.schema.name}.${placed.name}`;
  writeFixed(name, placed.item.field!, layer.bytes, from, placed.bit, value);
}

/** Writes the number under which the layer above is found, unless a given value already leads to it. */
function putKey(layer: Layer, upper: Layer): void {
  const { next } = layer.schema.spec;
  if (next === null) return;
  const keys = upper.schema.about.over
    .filter((b) => b.table === next.table)
    .flatMap((b) => b.keys)
    .filter((k): k is number => typeof k === "number");
  if (keys.length === 0) return;
  const refs = next.fields.map((name) => layer.schema.ref(name));
  const leads = refs.some((ref) => isPinned(layer, ref.name) && keys.includes(valueAt(layer, ref)));
  const free = refs.find((ref) => !isPinned(layer, ref.name));
  if (!leads && free !== undefined) put(layer, free, keys[0]!);
}

const valueAt = (layer: Layer, ref: NumberRef): number => {
  const placed = layer.schema.find(ref.name.split(".")[0]!)!;
  const from = segmentAt(layer, placed.segment);
  return from < 0 ? -1 : (readFixed(placed.item.field!, layer.bytes, from, placed.bit) as number);
};

/** The checksum fields of a declaration; most have none or one. */
export function checksumsOf(schema: Schema): readonly Placed[] {
  let known = checksums.get(schema);
  if (known === undefined) {
    known = schema.placed.filter((p) => p.item.options.checksum !== undefined);
    checksums.set(schema, known);
  }
  return known;
}
const checksums = new WeakMap<Schema, readonly Placed[]>();

/**
 * Fills in the checksums of one layer; layers above must be complete. `keepAbsent` leaves those alone that say "not
 * computed".
 */
export function completeChecksums(layer: Layer, keepAbsent = false): void {
  for (const placed of checksumsOf(layer.schema)) {
    if (isPinned(layer, placed.name)) continue;
    const checksum = placed.item.options.checksum!;
    if (keepAbsent && checksum.absent?.(valueAt(layer, layer.schema.ref(placed.name)), layer))
      continue;
    const value = checksum.compute(layer);
    if (value !== null) putValue(layer, placed, value);
  }
}
