import type { Layer } from "../schema/layer.ts";
import { type AnyRecipe, isRecipe } from "../schema/recipe.ts";
import { caseOf } from "./cases.ts";
import {
  markChanged,
  newTier,
  release,
  releaseKey,
  restack,
  type Stack,
  type Tier,
  takeKey,
  unstack,
} from "./stack.ts";

/** Payload given as text is sent as UTF-8. */
export type Stackable = AnyRecipe | Uint8Array | string;

const utf8 = /* @__PURE__ */ new TextEncoder();

/** Layers and the bytes behind them, sorted out; throws where a layer comes after bytes. */
export interface Given {
  readonly tiers: readonly Tier[];
  /** `null` where neither bytes nor text was given. */
  readonly payload: Uint8Array | null;
}

/** Sorts recipes, bytes and texts into layers and payload. Bytes are payload, so that no layer can follow them. */
export function sortGiven(what: string, stack: readonly unknown[]): Given {
  const tiers: Tier[] = [];
  let payload: Uint8Array | null = null;
  for (const one of stack) {
    const bytes = typeof one === "string" ? utf8.encode(one) : one;
    if (bytes instanceof Uint8Array) payload = payload === null ? bytes : joined(payload, bytes);
    else if (!isRecipe(one))
      throw new TypeError(
        `${what}: a called declaration, bytes or text are wanted, not ${typeof one}`,
      );
    else if (payload !== null)
      throw new TypeError(`${what}: layer '${one.schema.name}' cannot follow bytes`);
    else tiers.push(tierOf(what, one));
  }
  return { tiers, payload };
}

function tierOf(what: string, { schema, values }: AnyRecipe): Tier {
  if (!schema.isProtocol)
    throw new TypeError(`${what}: '${schema.name}' is a part of a layer; packet.set changes these`);
  return newTier(caseOf(schema, values), values);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Puts layers upon the highest one, below the payload; bytes follow the payload that is there. */
export function append(bottom: Layer, { tiers, payload }: Given): Layer {
  const stack = unstack(bottom);
  if (payload !== null) stack.payload = joined(stack.payload, payload);
  return splice(stack, stack.tiers.length, 0, tiers);
}

/** Puts layers between a layer and the one below it. */
export function insert(bottom: Layer, before: Layer, tiers: readonly Tier[]): Layer {
  const stack = unstack(bottom);
  return splice(stack, placeOf(stack, before), 0, tiers);
}

/** Puts layers in the place of one; where bytes are given, they take the place of all above it too. */
export function replace(bottom: Layer, which: Layer, { tiers, payload }: Given): Layer {
  const stack = unstack(bottom);
  const at = placeOf(stack, which);
  if (payload === null) return splice(stack, at, 1, tiers);
  stack.payload = payload;
  return splice(stack, at, stack.tiers.length - at, tiers);
}

/** Puts other bytes above the highest layer. */
export function replacePayload(bottom: Layer, payload: Uint8Array): Layer {
  const stack = unstack(bottom);
  stack.payload = payload;
  return splice(stack, stack.tiers.length, 0, []);
}

/** Takes a layer out; those above come down upon the one below. */
export function remove(bottom: Layer, which: Layer): Layer {
  const stack = unstack(bottom);
  return splice(stack, placeOf(stack, which), 1, []);
}

const placeOf = ({ tiers }: Stack, layer: Layer): number =>
  tiers.findIndex(({ was }) => was === layer);

/**
 * Changes the layers from `at` on. All below compute anew what depends on what they carry, and the neighbour below says
 * which protocol follows it now. Layers above keep their values, but for checksums that cover addresses below.
 */
function splice(stack: Stack, at: number, count: number, tiers: readonly Tier[]): Layer {
  const { tiers: all } = stack;
  for (const tier of all.slice(0, at)) release(tier);
  const above = all[at + count];
  const removed = all[at + count - 1];
  all.splice(at, count, ...tiers);
  setKeys(all, at, tiers.length, count === 0 ? all[at - 1] : removed, above);
  const made = restack(stack);
  // Marked as edited, so that the checksum of a transport above follows when its addresses are others.
  const changed = at + tiers.length - 1;
  if (changed >= 0 && all.length > 0) {
    let layer = made;
    for (let i = 0; i < changed; i++) layer = layer.upper!;
    markChanged(layer);
  }
  return made;
}

/** Has the layers around a change say what follows them. `carrier` is the layer that carried the one above before. */
function setKeys(
  all: readonly Tier[],
  at: number,
  count: number,
  carrier: Tier | undefined,
  above: Tier | undefined,
): void {
  const neighbour = all[at - 1];
  const next = all[at];
  const last = all[at + count - 1];
  // First, since a number that the neighbour has is lost when it is given another.
  const isTaken =
    last !== undefined &&
    carrier !== undefined &&
    above !== undefined &&
    last !== carrier &&
    takeKey(last, carrier, above.schema);
  if (neighbour === undefined || next === undefined || (count === 0 && isTaken)) return;
  if (next.was === null || next.was !== neighbour.was?.upper) releaseKey(neighbour, next.schema);
}
