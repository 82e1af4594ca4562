import type { Layer } from "../schema/layer.ts";
import { readNumber, segmentAt } from "../schema/layout.ts";
import { fieldFor, type NumberRef, type Placed, type Size } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import type { Table } from "../schema/table.ts";
import { flagsNumber, readFixed, withGivenFlags, writeFixed } from "../schema/value.ts";
import { putNumber } from "./write.ts";

/** Whether a value was given or set by hand: then computing leaves it alone. */
export const isPinned = (layer: Layer, name: string): boolean =>
  layer.more?.isPinned(name) === true;

/** What there is to compute in a declaration, worked out once. */
interface Completion {
  readonly header: Size | null;
  readonly whole: Size | null;
  readonly length: Size | null;
  /** Whether the length stands in a field that else names the layer above (Ethernet). */
  readonly lengthIsKey: boolean;
  /** The fields that choose the layer above, and the numbers that lead to it, by its declaration. */
  readonly keyRefs: readonly NumberRef[];
  readonly keys: Map<Schema, readonly number[]>;
  readonly computed: readonly Placed[];
  /** Where the checksums lie. */
  readonly checksumRefs: readonly NumberRef[];
}

const sized = (size: Size | null): Size | null => (size?.kind === "field" ? size : null);

function completionOf(schema: Schema): Completion {
  return (schema.completing ??= makeCompletion(schema)) as Completion;
}

function makeCompletion(schema: Schema): Completion {
  const length = sized(schema.length);
  const keys = schema.spec.next?.fields ?? [];
  return {
    header: sized(schema.header),
    whole: sized(schema.whole),
    length,
    lengthIsKey: length !== null && keys.includes(length.ref!.name),
    keyRefs: keys.map((name) => schema.ref(name)),
    keys: new Map(),
    computed: schema.placed.filter((p) => p.item.options.computed !== undefined),
    checksumRefs: schema.checksums.map((p) => schema.ref(p.name)),
  };
}

function put(layer: Layer, ref: NumberRef, value: number): void {
  if (isPinned(layer, ref.name)) return;
  const from = segmentAt(layer, ref.segment);
  if (from >= 0) putNumber(layer.bytes, from, ref, value, layer.schema);
}

/** Writes a number of bytes or items into the field that says it, where a field does and is not pinned. */
export function putSize(layer: Layer, size: Size | null, n: number): void {
  if (size?.kind === "field") put(layer, size.ref!, fieldFor(size, n));
}

/** What a header's length counts from: its start, or the end of the field that says it. */
function headerStart(layer: Layer, header: Size): number {
  if (!header.after) return layer.start;
  const { segment, at, width } = header.ref!;
  return segmentAt(layer, segment) + at + width;
}

/** Fills in lengths, the number of the protocol above, and what the declaration computes otherwise. */
export function completeLengths(layer: Layer, payloadEnd: number): void {
  const { header, keyRefs } = completionOf(layer.schema);
  if (header !== null)
    put(layer, header.ref!, fieldFor(header, layer.headerEnd - headerStart(layer, header)));
  if (layer.upper !== null && keyRefs.length > 0) putKey(layer, layer.upper.schema);
  completeSizes(layer, payloadEnd);
}

/** Of {@link completeLengths}, what changes from packet to packet of the same layers. */
export function completeSizes(layer: Layer, payloadEnd: number): void {
  const { whole, length, lengthIsKey, computed } = completionOf(layer.schema);
  if (whole !== null) put(layer, whole.ref!, fieldFor(whole, layer.end - layer.start));
  const payload = payloadEnd - layer.headerEnd;
  if (length !== null && payload < length.below && !(lengthIsKey && hasKey(layer)))
    put(layer, length.ref!, fieldFor(length, payload));
  for (let i = 0; i < computed.length; i++) {
    const placed = computed[i]!;
    if (!isPinned(layer, placed.name)) {
      const compute = placed.item.options.computed as unknown as (l: Layer) => unknown;
      putValue(layer, placed, compute(layer));
    }
  }
}

function putValue(layer: Layer, placed: Placed, value: unknown): void {
  const from = segmentAt(layer, placed.segment);
  if (from < 0 || value === undefined) return;
  const name = `${layer.schema.name}.${placed.name}`;
  const field = placed.item.field!;
  let next = value;
  if (field.kind === "flags" && layer.more !== null) {
    // Of flags that were given one by one the others are computed.
    const stored = readFixed(field, layer.bytes, from, placed.bit) as number;
    const given = (part: string): boolean => isPinned(layer, `${placed.name}.${part}`);
    next = withGivenFlags(field, flagsNumber(name, field, value), stored, given);
  }
  writeFixed(name, field, layer.bytes, from, placed.bit, next);
}

/** The numbers under which a protocol is found in a table; the first is the one that building writes. */
export const keysUnder = (table: Table, { about }: Schema): number[] =>
  about.over
    .filter((b) => b.table === table)
    .flatMap((b) => b.keys)
    .filter((k): k is number => typeof k === "number");

/** The numbers by which a layer can name one above it. */
function keysFor({ schema }: Layer, upper: Schema): readonly number[] {
  const known = completionOf(schema).keys;
  let keys = known.get(upper);
  if (keys === undefined) {
    keys = keysUnder(schema.spec.next!.table, upper);
    known.set(upper, keys);
  }
  return keys;
}

const hasKey = (layer: Layer): boolean =>
  layer.upper !== null && keysFor(layer, layer.upper.schema).length > 0;

/** Writes the number under which the layer above is found, unless a given value already leads to it. */
function putKey(layer: Layer, upper: Schema): void {
  const { keyRefs } = completionOf(layer.schema);
  const keys = keysFor(layer, upper);
  if (keys.length === 0) return;
  let free: NumberRef | null = null;
  for (let i = 0; i < keyRefs.length; i++) {
    const ref = keyRefs[i]!;
    if (!isPinned(layer, ref.name)) free ??= ref;
    else if (keys.includes(valueAt(layer, ref))) return;
  }
  if (free !== null) put(layer, free, keys[0]!);
}

const valueAt = (layer: Layer, ref: NumberRef): number => readNumber(layer, ref) ?? -1;

/**
 * Fills in the checksums of one layer; layers above must be complete. `keepAbsent` leaves those alone that say "not
 * computed". False where one cannot be known.
 */
export function completeChecksums(layer: Layer, keepAbsent = false): boolean {
  let known = true;
  const { checksums } = layer.schema;
  const { checksumRefs } = completionOf(layer.schema);
  for (let i = 0; i < checksums.length; i++) {
    const placed = checksums[i]!;
    const ref = checksumRefs[i]!;
    if (isPinned(layer, placed.name)) continue;
    const checksum = placed.item.options.checksum!;
    if (keepAbsent && checksum.absent?.(valueAt(layer, ref), layer)) continue;
    const value = checksum.compute(layer);
    if (value !== null) putChecksum(layer, ref, value);
    else known = false;
  }
  return known;
}

/** What {@link completeChecksums} has put into the one checksum of a layer; -1 where there is none, or it was given. */
export function computedSum(layer: Layer): number {
  const { checksumRefs } = completionOf(layer.schema);
  if (checksumRefs.length !== 1 || isPinned(layer, checksumRefs[0]!.name)) return -1;
  return valueAt(layer, checksumRefs[0]!);
}

function putChecksum(layer: Layer, ref: NumberRef, value: number): void {
  putNumber(layer.bytes, segmentAt(layer, ref.segment), ref, value, layer.schema);
  if (layer.more !== null) layer.more.summed = value;
}

/**
 * Brings the one checksum of a layer up to date by what changed in the bytes that it covers (RFC 1624 §3), which costs no
 * pass over them; false where that is not known, or the checksum is not one that was right before.
 */
export function adjustChecksum(layer: Layer): boolean {
  const { checksums } = layer.schema;
  const { checksumRefs } = completionOf(layer.schema);
  const { more } = layer;
  if (checksums.length !== 1 || more === null || more.summed < 0) return false;
  const ref = checksumRefs[0]!;
  const { adjust } = checksums[0]!.item.options.checksum!;
  if (adjust === undefined || more.isPinned(ref.name)) return false;
  if (valueAt(layer, ref) !== more.summed) return false;
  const value = adjust(layer, more.summed);
  if (value === null) return false;
  if (value !== more.summed) putChecksum(layer, ref, value);
  return true;
}
