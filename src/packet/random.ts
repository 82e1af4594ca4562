import type { AnyField } from "../schema/field.ts";
import { type Layer, moreOf, pinnedNames } from "../schema/layer.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import { type AnyRecipe, isRecipe, recipe } from "../schema/recipe.ts";
import type { Schema } from "../schema/schema.ts";
import { assemble, type Part } from "./assemble.ts";
import { buildAnyway } from "./build.ts";
import { caseOf } from "./cases.ts";
import { computedNames } from "./computed.ts";
import type { Packet } from "./packet.ts";
import { claimOf, comesBack, leadsTo } from "./random-check.ts";
import { unnamed } from "./random-field.ts";
import { knownLeaves, mayCarry } from "./random-leaf.ts";
import { RandomValues } from "./random-values.ts";
import { type Draws, Seeded } from "./seeded.ts";
import type { PlainValues } from "./values.ts";

/** What {@link random} makes a packet of: a declaration, a recipe whose values are kept, payload bytes or text. */
export type RandomPart = AnyProtocol | AnyRecipe | Uint8Array | string;

/** How {@link random} draws. */
export interface RandomOptions {
  /** A whole number in 0..2^53-1: the same seed and stack give the same packet on every platform. */
  readonly seed: number;
  /** Bytes that a random payload has at most; 64 when left out. Payload that the stack gives is kept as it is. */
  readonly payload?: number;
}

/** Layers that random() itself puts on top of a protocol which always carries a certain other one. */
const MAX_ADDED = 4;
/** Values that do not come back from their bytes are made anew so many times. */
const TRIES = 40;

/**
 * Makes a packet of which everything is random that the stack does not give, and all of it valid: enumerations mostly have
 * values with a name, lists known items that fit, reserved bits are zero, parts with a condition are there when it holds;
 * lengths, counters, type numbers and checksums are computed. Text and bytes are payload; without them the highest layer
 * gets a payload of random length, where it takes one of no protocol.
 *
 * @throws TypeError or RangeError for a bad seed, and as `build` for bad values.
 * @example random([ethernet, ipv4({ dst: "192.0.2.1" }), tcp], { seed: 7 })
 */
export function random(stack: readonly RandomPart[], options: RandomOptions): Packet {
  if (!Array.isArray(stack))
    throw new TypeError(`random: a list of layers is wanted, not ${stack}`);
  const { seed, payload = 64 } = options ?? {};
  if (!Number.isInteger(payload) || payload < 0)
    throw new RangeError(`payload: ${payload} is not a whole number from 0 on`);
  return new RandomStack(new Seeded(seed), payload).packet(stack.map(layerOf));
}

/** One layer to be made: which declaration, and what is given of it. */
interface Wanted {
  readonly schema: Schema;
  readonly given: PlainValues;
}
type Given = Wanted | { readonly bytes: Uint8Array };

const utf8 = /* @__PURE__ */ new TextEncoder();

function layerOf(part: RandomPart): Given {
  if (typeof part === "string") return { bytes: utf8.encode(part) };
  if (part instanceof Uint8Array) return { bytes: part };
  if (isRecipe(part)) return { schema: part.schema, given: part.values };
  if (
    part === null ||
    (typeof part !== "function" && typeof part !== "object") ||
    !part.schema?.isProtocol
  )
    throw new TypeError(
      `random: a protocol, a recipe, bytes or text are wanted, not ${String(part)}`,
    );
  return { schema: part.schema, given: {} };
}

class RandomStack {
  private readonly r: Draws;
  private readonly longest: number;
  private readonly values: RandomValues;

  constructor(r: Draws, longest: number) {
    this.r = r;
    this.longest = longest;
    this.values = new RandomValues(r, true);
  }

  packet(stack: readonly Given[]): Packet {
    const parts: Part[] = [];
    const pins: Set<string>[] = [];
    const wanted = [...stack];
    let added = 0;
    for (let i = 0; i < wanted.length; i++) {
      const one = wanted[i]!;
      if ("bytes" in one) {
        parts.push(one);
        continue;
      }
      const upper = wanted[i + 1];
      parts.push(this.layer(one, upper, parts));
      pins.push(pinnedNames(one.given));
      if (upper !== undefined) continue;
      const above = this.above(parts, one);
      if (above instanceof Uint8Array) parts.push({ bytes: above });
      else if (above !== null && added++ < MAX_ADDED) wanted.push({ schema: above, given: {} });
    }
    const packet = buildAnyway(
      ...parts.map((part) => ("bytes" in part ? part.bytes : recipeOf(part))),
    );
    packet.layers.forEach((layer, i) => {
      moreOf(layer).pinned = pins[i]!;
    });
    return packet;
  }

  /** Values of one layer over those below, made anew until they come back from their bytes and lead to what is above. */
  private layer(wanted: Wanted, upper: Given | undefined, below: readonly Part[]): LayerPart {
    const lower = topOf(below);
    let part: LayerPart = { schema: wanted.schema, values: wanted.given };
    for (let n = 0; n < TRIES; n++) {
      part = this.once(wanted, upper, lower, n >= TRIES / 4);
      const above = upper === undefined ? [] : ["bytes" in upper ? upper : emptyPart(upper)];
      const layer = layerAt(assembled([...below, part, ...above]), countOf(below));
      if (layer === null || !comesBack(layer, part.values)) continue;
      if (
        upper === undefined
          ? claimOf(layer) !== "named"
          : "bytes" in upper || leadsTo(layer, upper.schema)
      )
        break;
    }
    return part;
  }

  private once(
    { schema, given }: Wanted,
    upper: Given | undefined,
    lower: Layer | null,
    plain: boolean,
  ): LayerPart {
    const leaves = knownLeaves(saysCase(schema, given) ? caseOf(schema, given) : schema);
    const leaf = leaves.length === 1 ? leaves[0]! : this.r.pick(leaves);
    const own = (name: string, field: AnyField): { readonly value: unknown } | undefined =>
      this.key(leaf.schema, name, field, upper, plain);
    return { schema: leaf.schema, values: this.values.leaf(leaf, { given, lower, own }) };
  }

  /**
   * A number that chooses what is above: left to building where that is a protocol, otherwise one that no protocol has. A
   * field that must be zero for a layer above is zero.
   */
  private key(
    schema: Schema,
    name: string,
    field: AnyField,
    upper: Given | undefined,
    plain: boolean,
  ): { readonly value: unknown } | undefined {
    const { next, choose } = schema.spec;
    if (field.kind !== "uint") return undefined;
    if (next?.unless === name) return { value: 0 };
    const place = next === null ? -1 : next.fields.indexOf(name);
    if (next === null || place < 0) {
      // What a function looks at is not known: where named numbers mean a protocol again and again, others are tried.
      const other = upper === undefined && choose !== null && isOpen(field);
      return other && (plain || field.options.computed !== undefined)
        ? { value: unnamed(field, null, this.r) }
        : undefined;
    }
    if (upper !== undefined && !("bytes" in upper)) {
      const bound = upper.schema.about.over.some(
        (b) => b.table === next.table && b.keys.length > 0,
      );
      if (bound ? place === 0 : computedNames(schema).has(name)) return { value: undefined };
    }
    return { value: unnamed(field, next.table.names, this.r) };
  }

  /** What stands above the highest layer: a declaration that is always there, random bytes, or nothing. */
  private above(parts: readonly Part[], { given }: Wanted): Schema | Uint8Array | null {
    const top = topOf(parts);
    if (top === null) return null;
    const { next, choose } = top.schema.spec;
    if ((next === null && choose === null) || !mayCarry(top.schema)) return null;
    if (this.longest === 0 || next?.fields.some((name) => given[name] !== undefined)) return null;
    for (let n = 0; n < TRIES / 4; n++) {
      const bytes = this.r.bytes(1 + this.r.upTo(this.longest - 1));
      const layer = topOf([...parts, { bytes }]);
      if (layer !== null && claimOf(layer) === null) return bytes;
    }
    const claim = claimOf(top);
    return claim === null || claim === "named" ? null : claim.schema;
  }
}

/** Whether what is given chooses one of a declaration's cases. */
const saysCase = ({ cases }: Schema, given: PlainValues): boolean =>
  cases !== null && (given["is"] !== undefined || given[cases.selectorName] !== undefined);

type LayerPart = Extract<Part, { readonly schema: Schema }>;

const recipeOf = ({ schema, values }: LayerPart): AnyRecipe => recipe(schema, values);

/** Whether a field has names and no default, so that another number than a named one makes sense. */
const isOpen = ({ options }: AnyField): boolean =>
  options.names !== undefined && options.valid === undefined;

/** A layer above as far as one below has to know of it: that it is there. */
const emptyPart = ({ schema, given }: Wanted): LayerPart => ({ schema, values: given });

function assembled(parts: readonly Part[]): Layer | null {
  try {
    return assemble(parts);
  } catch (error) {
    // What is too much for a length field is made anew.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const countOf = (parts: readonly Part[]): number => parts.filter((part) => "schema" in part).length;

/** The layer with so many below it. */
function layerAt(bottom: Layer | null, index: number): Layer | null {
  let layer = bottom;
  for (let i = 0; i < index && layer !== null; i++) layer = layer.upper;
  return layer;
}

/** The highest layer of what is built so far; null where there is none. */
const topOf = (parts: readonly Part[]): Layer | null =>
  countOf(parts) === 0 ? null : layerAt(assembled(parts), countOf(parts) - 1);
