import { isCut } from "../schema/checksum.ts";
import type { Layer } from "../schema/layer.ts";
import type { Piece, SplitOptions, Splits } from "../schema/split.ts";
import { caseOf } from "./cases.ts";
import { ProtoChain } from "./chain.ts";
import { computedFields } from "./computed.ts";
import {
  free,
  newTier,
  release,
  releaseKey,
  restack,
  type Stack,
  type Tier,
  unstack,
} from "./stack.ts";
import { layerOf, type Which } from "./which.ts";

/** How a packet is to be cut into fragments. */
export interface FragmentOptions {
  /** Bytes of an IP packet at most, its header included: the MTU of a link. 1500 when left out. */
  readonly size?: number;
  /** Identification of the fragments; left out, that of IPv4's header, for IPv6 one that depends on the packet's bytes. */
  readonly id?: number;
  /** Splits also what must not be split: IPv4 with Don't Fragment, IPv6 whose first fragment lacks the upper header. */
  readonly force?: boolean;
  /** Gives an IPv6 packet that fits a fragment header too (an atomic fragment, RFC 6946). */
  readonly atomic?: boolean;
  /** Which network layer, where there are several; the lowest when left out. */
  readonly of?: Which;
}

/** How a packet is to be cut into segments. */
export interface SegmentOptions {
  /** Bytes of data in a segment at most; left out, as many as an IP packet of 1500 bytes has room for. */
  readonly size?: number;
  /** Which transport layer, where there are several; the lowest when left out. */
  readonly of?: Which;
}

/** The lowest layers of the pieces that a packet is cut into, each over bytes of its own; `null` where it is not to be cut. */
export function split(
  bottom: Layer,
  layers: readonly Layer[],
  what: "fragment" | "segment",
  options: SplitOptions & { readonly of?: Which },
): Layer[] | null {
  const { size, of } = options;
  if (size !== undefined && !(Number.isInteger(size) && size > 0))
    throw new RangeError(`${what}: size ${size} is not a whole number above 0`);
  const owner =
    of === undefined
      ? layers.find((l) => splitsOf(l)?.[what] !== undefined)
      : layerOf(what, layers, of);
  const cut = owner === undefined ? undefined : splitsOf(owner)?.[what];
  if (owner === undefined || cut === undefined)
    throw new TypeError(
      `${what}: no layer that can be split (${ProtoChain.of(owner ?? layers[0] ?? null)})`,
    );
  if (isCut(owner)) throw new RangeError(`${what}: some bytes of the packet were not captured`);
  const { layer, pieces } = cut(owner, options);
  if (pieces.length === 1 && pieces[0]!.above === undefined) return null;
  const { tiers } = unstack(bottom);
  const own = tiers.findIndex(({ was }) => was === owner);
  const top = tiers.findIndex(({ was }) => was === layer);
  const template = tiers.slice(0, top + 1);
  template.forEach((tier, i) => {
    prepare(tier, i >= own);
  });
  return pieces.map((piece, i) => restack(stackOf(template, piece, i)));
}

const splitsOf = (layer: Layer): Splits | null => layer.schema.spec.splits;

/** Leaves to be computed what may differ from piece to piece. In the headers that are split, that is all. */
function prepare(tier: Tier, isSplit: boolean): void {
  const { trailer } = tier.schema.spec;
  for (const { name } of trailer?.placed ?? []) delete tier.values[name];
  delete tier.values["trailer"];
  if (!isSplit) release(tier);
  else for (const [name, { isKey }] of computedFields(tier.schema)) if (!isKey) free(tier, name);
}

function stackOf(template: readonly Tier[], piece: Piece, index: number): Stack {
  const { bytes } = template[0]!.was!;
  const tiers = template.map((tier, i): Tier => {
    const isTop = i === template.length - 1;
    const changes = isTop ? piece.values : splitsOf(tier.was!)?.perSegment?.(tier.was!, index);
    const values = { ...tier.values };
    const differs = Object.entries(changes ?? {});
    for (const [name, value] of differs) {
      if (value === undefined) delete values[name];
      else values[name] = value;
    }
    return { ...tier, values, changed: tier.changed || differs.length > 0 };
  });
  if (piece.above !== undefined) {
    const { schema, values } = piece.above;
    const above = newTier(caseOf(schema, values), values);
    releaseKey(tiers.at(-1)!, above.schema);
    tiers.push(above);
  }
  const old = new Set(tiers.map(({ values }) => values));
  return { tiers, old, payload: bytes.subarray(piece.from, piece.to) };
}
