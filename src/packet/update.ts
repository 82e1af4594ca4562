import type { Layer } from "../schema/layer.ts";
import { protocolLayer } from "../schema/layer.ts";
import { applyChanges, takeAll } from "./changes.ts";
import { adjustChecksum, completeChecksums } from "./complete.ts";
import { dropLength, shownBy } from "./shown.ts";
import { markChanged, oldTier, release, restack, unstack } from "./stack.ts";
import type { PlainValues } from "./values.ts";

/**
 * Brings the checksums up to date that cover a field set since the last time: those of its layer, of all layers below,
 * and of the layer above where that covers addresses of this one.
 */
export function update(bottom: Layer): void {
  let top: Layer | null = null;
  for (let l: Layer | null = bottom; l !== null; l = l.upper) if (l.more?.isEdited) top = l;
  if (top === null) return;
  for (let l: Layer | null = coversEnds(top); l !== null; l = l.lower)
    if (l.schema.checksums.length > 0 && !adjustChecksum(l))
      completeChecksums(l, l.more === null || !l.more.asksChecksum);
  for (let l: Layer | null = bottom; l !== null; l = l.upper) if (l.more !== null) l.more.settle();
}

/** The highest layer whose checksum changes with an edit of `top`: across extension headers, the transport. */
function coversEnds(top: Layer): Layer {
  let network: Layer | null = top;
  while (network !== null && network.schema.spec.pseudo === null) network = network.lower;
  if (network === null || !editsEnds(network, top)) return top;
  for (let l = top.upper; l !== null; l = l.upper) {
    const { checksums, spec } = l.schema;
    for (let i = 0; i < checksums.length; i++)
      if (checksums[i]!.item.options.checksum!.pseudoHeader) return l;
    if (spec.pseudo !== null) return top;
  }
  return top;
}

/** Whether some layer from `network` up to `top` was edited so that it may matter to checksums above. */
function editsEnds(network: Layer, top: Layer): boolean {
  for (let l: Layer = network; ; l = l.upper!) {
    const { more } = l;
    // Of a header that extends the network layer anything may: a route names the last destination.
    if (more !== null && (more.editsEnds || (more.isEdited && !knowsEnds(l)))) return true;
    if (l === top) return false;
  }
}

const knowsEnds = ({ schema }: Layer): boolean =>
  schema.spec.pseudo !== null && schema.spec.endpoints !== null;

/**
 * The same packet with other values in one layer or record, as new layers over new bytes. A view in the place of values
 * stands for all that it shows.
 */
export function rebuild(bottom: Layer, edited: Layer, given: object): Layer {
  const known = new Map<Layer, PlainValues>();
  const stack = unstack(bottom, known);
  const own = known.get(edited);
  if (own === undefined)
    throw new RangeError("set: the view is of another packet, or of an older state of this one");
  const host = protocolLayer(edited);
  const at = stack.tiers.findIndex(({ was }) => was === host);
  for (const tier of stack.tiers.slice(0, at + 1)) release(tier);
  releaseRecords(edited, host, known);
  const shown = shownBy(given);
  const changes = shown === null ? (given as PlainValues) : takeAll(edited, own, shown);
  const old = stack.tiers[at]!;
  // A header that becomes like another is of that one's case.
  const tier = shown === null || edited !== host ? old : { ...old, schema: shown.schema };
  stack.tiers[at] = tier;
  applyChanges(own, edited, changes, edited === host ? tier : null);
  tier.changed = true;
  const made = restack(stack, { of: edited, values: own, changes });
  let now = made;
  for (let i = 0; i < at; i++) now = now.upper!;
  // The layer that changed counts as edited, so that checksums above which cover its addresses follow.
  markChanged(now);
  return made;
}

/** Has the computed fields of the records around an edit computed anew. */
function releaseRecords(edited: Layer, host: Layer, known: ReadonlyMap<Layer, PlainValues>): void {
  for (let l: Layer | null = edited; l !== null && l !== host; l = l.lower)
    release(oldTier(l, known.get(l)!));
  // A record's length is always that of its parts, and these may change with their neighbours (compressed names).
  for (const [record, values] of known)
    if (protocolLayer(record) === host) dropLength(record, values);
}
