import type { Layer } from "../schema/layer.ts";
import { moreOf } from "../schema/layer.ts";
import { payloadEnd, readNumber } from "../schema/layout.ts";
import type { Placed, Size } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import { flagsNumber, withGivenFlags } from "../schema/value.ts";
import { assemble, type Part } from "./assemble.ts";
import { isPinned, keysUnder } from "./complete.ts";
import { computedFields } from "./computed.ts";
import { nothing } from "./nothing.ts";
import { carryPins, type Edit, flagsByHand } from "./pins.ts";
import { ConditionError } from "./presence.ts";
import { type PlainValues, valuesOf } from "./values.ts";

/** One layer of a packet that is to be built again. */
export interface Tier {
  readonly schema: Schema;
  readonly values: PlainValues;
  /** The layer that it was; `null` for a new one. */
  readonly was: Layer | null;
  /** Names of values that are only what a field starts from: it is computed anew. */
  readonly free: Set<string>;
  /** Of flags among them, those that stay: they were given or set by hand. */
  readonly flags: Map<string, object>;
  /** A value of a new layer that it has of its neighbours, so that nobody gave it. */
  implied: string | null;
  /** Whether values are others than those of the header as it was; one that did not change keeps its bytes. */
  changed: boolean;
}

/** A packet in the form that building takes: its layers, lowest first, and the bytes above the highest. */
export interface Stack {
  readonly tiers: Tier[];
  /** The values of layers and records that were there before. */
  readonly old: ReadonlySet<object>;
  payload: Uint8Array;
}

/** A layer that the packet does not have yet. */
export const newTier = (schema: Schema, values: object): Tier => ({
  schema,
  values: { ...values },
  was: null,
  free: new Set(),
  flags: new Map(),
  implied: null,
  changed: true,
});

/** A layer or record of the packet as it is. */
export const oldTier = (was: Layer, values: PlainValues): Tier => ({
  schema: was.schema,
  values,
  was,
  free: new Set(),
  flags: new Map(),
  implied: null,
  changed: false,
});

/** Takes a packet apart into values. `known` collects the values of each layer and record. */
export function unstack(bottom: Layer, known: Map<Layer, PlainValues> = new Map()): Stack {
  const tiers: Tier[] = [];
  let top = bottom;
  for (let l: Layer | null = bottom; l !== null; l = l.upper) {
    if (l.schema !== nothing.schema) tiers.push(oldTier(l, valuesOf(l, known)));
    top = l;
  }
  const payload = top.bytes.subarray(top.headerEnd, payloadEnd(top));
  return { tiers, old: new Set(known.values()), payload };
}

/** Whether a size's field holds what is no number of bytes: zero for "all that is left", or a type in a length's place. */
function isNoSize(layer: Layer, { ref, zeroIsRest, below }: Size): boolean {
  const n = readNumber(layer, ref!);
  return n !== undefined && ((n === 0 && zeroIsRest) || n >= below);
}

/** Whether a declaration's function gives what stands there, but for flags that were given or set by hand. */
function isComputed(layer: Layer, { item, name }: Placed, stored: unknown): boolean {
  const computed = (item.options.computed as unknown as (l: Layer) => unknown)(layer);
  if (item.field!.kind !== "flags") return computed === stored;
  const isGiven = (part: string): boolean => isPinned(layer, `${name}.${part}`);
  const whole = flagsNumber(name, item.field!, computed);
  return withGivenFlags(item.field!, whole, stored as number, isGiven) === stored;
}

/** Whether one of the parts that a size is that of is there; always of a header's or layer's length. */
function hasParts({ schema, values }: Tier, sizes: readonly Size[]): boolean {
  const parts = schema.placed.filter((p) =>
    [p.size, p.bytes, p.count].some((size) => size !== null && sizes.includes(size)),
  );
  return parts.length === 0 || parts.some(({ name }) => name in values);
}

/** Has a field of a layer or record computed anew. */
export function free(tier: Tier, name: string): void {
  if (!(name in tier.values)) return;
  const placed = tier.schema.find(name);
  const { computed, checksum } = placed?.item.options ?? {};
  const { was, values } = tier;
  const flags = was === null ? undefined : flagsByHand(was, name, values[name] as number);
  tier.changed = true;
  // A function may look at what was there, and may not know any better; a size is that of the parts.
  if (tier.schema.isProtocol && (computed || checksum)) {
    tier.free.add(name);
    if (flags !== undefined) tier.flags.set(name, flags);
  } else if (flags !== undefined) values[name] = flags;
  else delete values[name];
}

/**
 * Has the computed fields of a layer or record computed anew. What was given or set by hand stays, and so does what no
 * computing gave: "not computed" in a checksum's place, zero for an unknown length, the size of parts that are not whole, a
 * number that the declaration's function would not have chosen. Numbers of the layer above are for {@link releaseKey}.
 */
export function release(tier: Tier): void {
  const layer = tier.was;
  if (layer === null) return;
  for (const [name, { sizes, kind }] of computedFields(tier.schema)) {
    if (isPinned(layer, name) || !(name in tier.values)) continue;
    const stored = tier.values[name];
    const { checksum } = tier.schema.find(name)?.item.options ?? {};
    if (kind === "checksum") {
      if (!checksum!.absent?.(stored as number, layer)) free(tier, name);
    } else if (kind === "function") {
      if (isComputed(layer, tier.schema.find(name)!, stored)) free(tier, name);
    } else if (
      sizes.length > 0 &&
      !sizes.some((size) => isNoSize(layer, size)) &&
      hasParts(tier, sizes)
    )
      free(tier, name);
  }
}

/**
 * Lets a layer say anew what lies above it: `upper` is a new neighbour. A number that leads there already stays, and so do
 * the two ports of a transport where both are set: the layer above may be known by other means.
 */
export function releaseKey(tier: Tier, upper: Schema): void {
  const layer = tier.was;
  if (layer === null) return;
  const fields = computedFields(tier.schema);
  const isFree = (name: string): boolean => name in tier.values && !isPinned(layer, name);
  for (const [name, { kind }] of fields) if (kind === "function" && isFree(name)) free(tier, name);
  const { next } = tier.schema.spec;
  const names = next?.fields ?? [];
  const keys = next === null ? [] : keysUnder(next.table, upper);
  if (names.some((name) => keys.includes(tier.values[name] as number))) return;
  for (const [name, { sizes }] of fields) if (sizes.length > 0 && isFree(name)) free(tier, name);
  if (keys.length === 0) return;
  const unset = names.find((n) => isFree(n) && (names.length === 1 || tier.values[n] === 0));
  if (unset !== undefined) free(tier, unset);
}

/**
 * Lets `below` lead to `upper` by the same number as `other` does, where both look it up in one table: a protocol may be
 * known under several. True where that is so.
 */
export function takeKey(below: Tier, other: Tier, upper: Schema): boolean {
  const { next } = other.schema.spec;
  const name = next?.fields[0];
  const own = below.schema.spec.next;
  if (next === null || name === undefined || own?.table !== next.table) return false;
  if (next.fields.length > 1 || own.fields.length > 1) return false;
  const key = other.values[name] as number;
  const into = own.fields[0]!;
  const isSet = below.was === null ? into in below.values : isPinned(below.was, into);
  if (isSet || !keysUnder(next.table, upper).includes(key)) return false;
  below.values[into] = key;
  below.changed = true;
  if (below.was === null) below.implied = into;
  return true;
}

/** Builds a packet of tiers. What was given or set by hand in layers that it had before still is. */
export function restack(stack: Stack, edit: Edit | null = null): Layer {
  const { tiers } = stack;
  let made = assembled(stack, edit);
  if (keepNumbers(tiers, made)) made = assembled(stack, edit);
  let layer: Layer | null = made;
  for (const { was, implied, changed } of tiers) {
    const more = moreOf(layer!);
    if (was !== null) {
      if (!changed && was.more !== null && was.more.sizes !== null) more.sizes = was.more.sizes;
      carryPins(was, layer!, edit);
      more.takeEdits(was.more);
    } else if (implied !== null) more.pinned?.delete(implied);
    layer = layer!.upper;
  }
  return made;
}

/** Builds; parts that were there before go with the condition that they had. */
function assembled(stack: Stack, edit: Edit | null): Layer {
  for (;;) {
    try {
      return assemble(partsOf(stack), stack.old);
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      const { part } = error;
      const values = error.values as PlainValues;
      const isNew = edit !== null && edit.values === values && edit.changes[part] !== undefined;
      if (isNew || !stack.old.has(values)) throw error;
      delete values[part];
    }
  }
}

function partsOf({ tiers, payload }: Stack): Part[] {
  const parts: Part[] = tiers.map((tier) => {
    const { schema, values, was, changed } = tier;
    if (!changed)
      return { schema, values, header: was!.bytes.subarray(was!.start, was!.headerEnd) };
    if (tier.free.size === 0) return { schema, values };
    const given = { ...values };
    for (const name of tier.free) given[name] = tier.flags.get(name);
    return { schema, values, given };
  });
  if (payload.length > 0) parts.push({ bytes: payload });
  return parts;
}

/**
 * A function that knows no number for what lies above gives zero. Where bytes took the place of a layer, the number stays
 * as it was: true where there is such a one.
 */
function keepNumbers(tiers: readonly Tier[], made: Layer): boolean {
  let top = made;
  while (top.upper !== null) top = top.upper;
  const tier = tiers.at(-1);
  let found = false;
  for (const name of tier?.free ?? []) {
    const computed = tier!.schema.find(name)?.item.options.computed as
      | ((l: Layer) => unknown)
      | undefined;
    if (computed?.(top) !== 0) continue;
    tier!.free.delete(name);
    found = true;
  }
  return found;
}

/** Marks a layer as changed in all its parts, so that `bytes()` brings the checksums up to date that cover any of them. */
export const markChanged = (layer: Layer): void => moreOf(layer).changeVaguely(true);
