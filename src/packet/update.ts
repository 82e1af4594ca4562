import type { Layer } from "../schema/layer.ts";
import { moreOf, protocolLayer } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import type { Schema } from "../schema/schema.ts";
import { assemble, type Part } from "./assemble.ts";
import { checksumsOf, completeChecksums, isPinned } from "./complete.ts";
import { nothing } from "./nothing.ts";
import { type PlainValues, valuesOf } from "./values.ts";

/**
 * Brings the checksums up to date that cover a field set since the last time: those of its layer, of all layers below,
 * and of the layer above where that covers addresses of this one.
 */
export function update(bottom: Layer): void {
  const layers: Layer[] = [];
  for (let l: Layer | null = bottom; l !== null; l = l.upper) layers.push(l);
  const top = layers.findLastIndex((l) => l.more !== null && l.more.edited !== null);
  if (top < 0) return;
  const from = coversAddresses(layers, top);
  for (let i = from; i >= 0; i--) completeChecksums(layers[i]!, true);
  for (const l of layers) if (l.more !== null) l.more.edited = null;
}

/** Whether an edit of this layer can change the addresses that checksums above cover. */
function changesAddresses(layer: Layer): boolean {
  const edited = layer.more?.edited;
  if (!edited) return false;
  const { pseudo, endpoints } = layer.schema.spec;
  // Of a network layer the addresses, or an option that names the last destination (an edit inside a list has no name).
  if (pseudo !== null)
    return (
      edited.size === 0 ||
      endpoints === null ||
      edited.has(endpoints.src) ||
      edited.has(endpoints.dst)
    );
  return true;
}

/** The highest layer whose checksum changes with an edit of `top`: across extension headers, the transport. */
function coversAddresses(layers: readonly Layer[], top: number): number {
  const network = layers.slice(0, top + 1).findLastIndex((l) => l.schema.spec.pseudo !== null);
  if (network < 0 || !layers.slice(network, top + 1).some(changesAddresses)) return top;
  for (let i = top + 1; i < layers.length; i++) {
    const { schema } = layers[i]!;
    if (checksumsOf(schema).some((p) => p.item.options.checksum!.pseudoHeader)) return i;
    if (schema.spec.pseudo !== null) return top;
  }
  return top;
}

/** The same packet with other values in one layer or record, as new layers over new bytes. */
export function rebuild(bottom: Layer, edited: Layer, changes: PlainValues): Layer {
  const known = new Map<Layer, PlainValues>();
  const parts: Part[] = [];
  const host = protocolLayer(edited);
  let free = true;
  for (let l: Layer | null = bottom; l !== null; l = l.upper) {
    if (l.schema !== nothing.schema) {
      const values = valuesOf(l, known);
      if (free) forget(l, l.schema, values);
      parts.push({ schema: l.schema, values });
    }
    if (l === host) free = false;
    if (l.upper === null && payloadEnd(l) > l.headerEnd)
      parts.push({ bytes: l.bytes.subarray(l.headerEnd, payloadEnd(l)) });
  }
  for (let l: Layer | null = edited; l !== null && l !== host; l = l.lower)
    forget(l, l.schema, known.get(l)!);
  // A record's length is always that of its parts, and these may change with their neighbours (compressed names).
  for (const [record, values] of known) {
    const { header, isProtocol } = record.schema;
    if (isProtocol || header?.kind !== "field" || protocolLayer(record) !== host) continue;
    if (!isPinned(record, header.ref!.name)) delete values[header.ref!.name];
  }
  const own = known.get(edited);
  if (own === undefined)
    throw new RangeError("set: the view is of another packet, or of an older state of this one");
  const { cases } = edited.schema.root;
  if (cases !== null && cases.selectorName in changes) delete own["is"];
  Object.assign(own, changes);
  const made = assemble(parts);
  carryOver(bottom, made, edited, changes);
  return made;
}

/** Takes the computed values out, so that they are computed anew; those set by hand stay. */
function forget(layer: Layer, schema: Schema, values: PlainValues): void {
  const computed = new Set<string>();
  for (const size of [schema.header, schema.whole, schema.length])
    if (size?.kind === "field") computed.add(size.ref!.name);
  for (const p of schema.placed) {
    for (const size of [p.size, p.bytes, p.count])
      if (size?.kind === "field") computed.add(size.ref!.name);
    if (p.item.options.computed || p.item.options.checksum) computed.add(p.name);
  }
  for (const name of computed) if (!isPinned(layer, name)) delete values[name];
}

/**
 * What was given or set by hand in the old packet still is in the new one. The layer that changed counts as edited, so
 * that checksums above which cover its addresses follow.
 */
function carryOver(bottom: Layer, made: Layer, edited: Layer, changes: PlainValues): void {
  const host = protocolLayer(edited);
  let next: Layer | null = made;
  for (let l: Layer | null = bottom; l !== null && next !== null; l = l.upper) {
    if (l.schema === nothing.schema) continue;
    const pinned = new Set(l.more?.pinned ?? []);
    if (l === edited) for (const name of Object.keys(changes)) pinned.add(name);
    const more = moreOf(next);
    more.pinned = pinned;
    more.edited = l.more?.edited ?? (l === host ? new Set() : null);
    next = next.upper;
  }
}
