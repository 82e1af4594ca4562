import type { Packet } from "../../src/packet/packet.ts";
import { valuesOf } from "../../src/packet/values.ts";
import { type Layer, viewOf } from "../../src/schema/layer.ts";
import {
  listOf,
  recordOf,
  segmentAt,
  trailerOf,
  variableEnd,
  variableStart,
} from "../../src/schema/layout.ts";
import type { Placed } from "../../src/schema/place.ts";
import type { Values } from "./arbitrary.ts";

/** Asks a packet for everything that it has to say. */
export function readEverything(packet: Packet): void {
  void packet.error;
  void packet.raw;
  String(packet.chain);
  for (const layer of packet.layers) {
    readLayer(layer);
    valuesOf(layer);
  }
  void packet.error;
}

function readLayer(layer: Layer): void {
  const view = viewOf(layer) as Record<string, unknown>;
  for (const { name, item } of layer.schema.placed) {
    const value = view[name];
    if (item.kind === "list") for (const one of value as { layer: Layer }[]) readLayer(one.layer);
    else if (item.kind === "record" && value !== undefined)
      readLayer((value as { layer: Layer }).layer);
    else if (item.field?.kind === "flags") JSON.stringify(value);
  }
  const { trailer } = layer.schema.spec;
  for (const { name } of trailer?.placed ?? []) void view[name];
}

/** A range of bits, counted from the start of the array. */
export interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Where a part lies; null where it is not there or not whole. */
export function rangeOf(layer: Layer, placed: Placed): Range | null {
  const { name } = placed;
  if (placed.variable) {
    const at = variableStart(layer, placed);
    const end = at < 0 ? -1 : variableEnd(layer, placed, at);
    return end < 0 ? null : { name, start: at * 8, end: end * 8 };
  }
  const from = segmentAt(layer, placed.segment);
  if (from < 0) return null;
  const start = from * 8 + placed.bit;
  return { name, start, end: start + placed.item.field!.bits };
}

/** What is wrong with how the parts of a header or record, and of all records in it, lie side by side. */
export function tilingFaults(layer: Layer, path = layer.schema.name): string[] {
  const faults: string[] = [];
  let at = layer.start * 8;
  for (const placed of layer.schema.placed) {
    const range = rangeOf(layer, placed);
    if (range === null) continue;
    if (range.start !== at)
      faults.push(`${path}.${placed.name}: starts at bit ${range.start}, not ${at}`);
    if (range.end < range.start) faults.push(`${path}.${placed.name}: ends before it starts`);
    at = range.end;
    faults.push(...nestedFaults(layer, placed, range, `${path}.${placed.name}`));
  }
  const end = (layer.schema.isProtocol ? layer.headerEnd : layer.end) * 8;
  if (at > end) faults.push(`${path}: parts end at bit ${at}, behind ${end}`);
  if (at < end && layer.schema.isProtocol && layer.schema.header === null && !layer.more?.fault)
    faults.push(`${path}: parts end at bit ${at}, the header at ${end}`);
  const tail = layer.schema.isProtocol ? trailerOf(layer) : null;
  if (tail !== null) faults.push(...tilingFaults(tail, `${path}:trailer`));
  return faults;
}

function nestedFaults(layer: Layer, placed: Placed, range: Range, path: string): string[] {
  const faults: string[] = [];
  const { kind } = placed.item;
  if (kind === "record") {
    const one = recordOf(layer, placed);
    if (one === null) return [];
    if (one.start * 8 !== range.start || one.end * 8 !== range.end)
      faults.push(`${path}: not where its part is`);
    return [...faults, ...tilingFaults(one, path)];
  }
  if (kind !== "list") return faults;
  const pad = placed.item.bounds?.pad ?? 1;
  let at = range.start / 8;
  for (const [i, view] of (listOf(layer, placed) as { layer: Layer }[]).entries()) {
    const one = view.layer;
    if (one.start < at || one.start - at >= pad)
      faults.push(`${path}[${i}]: starts at ${one.start}, not ${at}`);
    if (one.end <= one.start) faults.push(`${path}[${i}]: takes no bytes`);
    at = one.end;
    faults.push(...tilingFaults(one, `${path}[${i}]`));
  }
  if (at * 8 > range.end) faults.push(`${path}: items end at ${at}, behind ${range.end / 8}`);
  return faults;
}

/** Where what was given did not come back; `padded` where zeros may follow bytes and items may follow a list. */
export function missing(given: unknown, found: unknown, path: string, padded = false): string[] {
  if (given instanceof Uint8Array) {
    if (!(found instanceof Uint8Array))
      return Array.isArray(found) || typeof found === "object" ? [] : [`${path}: no bytes`];
    const same = given.every((b, i) => found[i] === b);
    const longer = padded && found.subarray(given.length).every((b) => b === 0);
    return same && (found.length === given.length || longer)
      ? []
      : [`${path}: ${given} became ${found}`];
  }
  if (Array.isArray(given)) {
    if (!Array.isArray(found)) return [`${path}: no list`];
    const items = given.flatMap((one, i) => missing(one, found[i], `${path}[${i}]`, padded));
    if (found.length < given.length || (found.length > given.length && !padded))
      items.push(`${path}: ${given.length} items became ${found.length}`);
    return items;
  }
  if (typeof given === "object" && given !== null) {
    if (typeof found === "number") return [];
    if (typeof found !== "object" || found === null) return [`${path}: nothing came back`];
    return Object.entries(given).flatMap(([name, value]) =>
      missing(value, (found as Values)[name], `${path}.${name}`, padded),
    );
  }
  return Object.is(given, found) ? [] : [`${path}: ${String(given)} became ${String(found)}`];
}

/** Bits in which two arrays of one length differ, as positions. */
export function changedBits(before: Uint8Array, after: Uint8Array): number[] {
  const changed: number[] = [];
  for (let i = 0; i < before.length; i++) {
    const difference = before[i]! ^ after[i]!;
    for (let bit = 0; bit < 8; bit++) if (difference & (0x80 >> bit)) changed.push(i * 8 + bit);
  }
  return changed;
}
