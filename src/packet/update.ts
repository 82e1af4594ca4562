import type { Layer } from "../schema/layer.ts";
import { protocolLayer } from "../schema/layer.ts";
import { adjustChecksum, checksumsOf, completeChecksums, isPinned } from "./complete.ts";
import { markChanged, oldTier, release, restack, unstack } from "./stack.ts";
import type { PlainValues } from "./values.ts";

/**
 * Brings the checksums up to date that cover a field set since the last time: those of its layer, of all layers below,
 * and of the layer above where that covers addresses of this one.
 */
export function update(bottom: Layer): void {
  let top: Layer | null = null;
  for (let l: Layer | null = bottom; l !== null; l = l.upper)
    if (l.more !== null && l.more.edited !== null) top = l;
  if (top === null) return;
  const highest = coversAddresses(top);
  for (let l: Layer | null = highest; l !== null; l = l.lower)
    if (!adjustChecksum(l)) completeChecksums(l, !isSwitchedOn(l));
  for (let l: Layer | null = bottom; l !== null; l = l.upper)
    if (l.more !== null && l.more.edited !== null) l.more.edited = null;
}

/** Whether somebody asked for a checksum that may say "not computed": what is edited but not pinned is to be computed. */
function isSwitchedOn(layer: Layer): boolean {
  const edited = layer.more?.edited;
  return checksumsOf(layer.schema).some((p) => edited?.has(p.name) && !isPinned(layer, p.name));
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
function coversAddresses(top: Layer): Layer {
  let network: Layer | null = top;
  while (network !== null && network.schema.spec.pseudo === null) network = network.lower;
  if (network === null) return top;
  let changes = false;
  for (let l: Layer = network; ; l = l.upper!) {
    changes ||= changesAddresses(l);
    if (l === top) break;
  }
  for (let l = changes ? top.upper : null; l !== null; l = l.upper) {
    const { schema } = l;
    if (checksumsOf(schema).some((p) => p.item.options.checksum!.pseudoHeader)) return l;
    if (schema.spec.pseudo !== null) return top;
  }
  return top;
}

/** The same packet with other values in one layer or record, as new layers over new bytes. */
export function rebuild(bottom: Layer, edited: Layer, changes: PlainValues): Layer {
  const known = new Map<Layer, PlainValues>();
  const stack = unstack(bottom, known);
  const own = known.get(edited);
  if (own === undefined)
    throw new RangeError("set: the view is of another packet, or of an older state of this one");
  const host = protocolLayer(edited);
  const at = stack.tiers.findIndex(({ was }) => was === host);
  for (const tier of stack.tiers.slice(0, at + 1)) release(tier);
  for (let l: Layer | null = edited; l !== null && l !== host; l = l.lower)
    release(oldTier(l, known.get(l)!));
  // A record's length is always that of its parts, and these may change with their neighbours (compressed names).
  for (const [record, values] of known) {
    const { header, isProtocol } = record.schema;
    if (isProtocol || header?.kind !== "field" || protocolLayer(record) !== host) continue;
    if (!isPinned(record, header.ref!.name)) delete values[header.ref!.name];
  }
  const { cases } = edited.schema.root;
  if (cases !== null && cases.selectorName in changes) delete own["is"];
  Object.assign(own, changes);
  stack.tiers[at]!.changed = true;
  const made = restack(stack, { of: edited, changes });
  let now = made;
  for (let i = 0; i < at; i++) now = now.upper!;
  // The layer that changed counts as edited, so that checksums above which cover its addresses follow.
  markChanged(now);
  return made;
}
