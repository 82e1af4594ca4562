import type { Layer } from "../schema/layer.ts";
import { moreOf, protocolLayer } from "../schema/layer.ts";
import { listOf, payloadEnd, variableEnd, variableStart } from "../schema/layout.ts";
import { completeLengths, isPinned, putSize } from "./complete.ts";
import { type Computed, computedFields } from "./computed.ts";

/** Which fields of one layer or record are computed, by name. */
export type Automatic = Readonly<Record<string, boolean>>;

type NamesIn<I> = I extends unknown ? Exclude<keyof I, "is" | "layer"> & string : never;
/** Which fields are to be computed, by the names of what a declaration takes. */
export type Switches<I> = { readonly [N in NamesIn<I>]?: boolean };

/** Says of every field that building computes whether it still is: false for those given or set by hand. */
export function automaticFields(layer: Layer): Automatic {
  const state: Record<string, boolean> = {};
  for (const name of computedFields(layer.schema).keys()) state[name] = !isPinned(layer, name);
  return state;
}

/**
 * Switches computing off or on, field by field. What is switched off stays as it is; of what is switched on, lengths,
 * counters and numbers are computed at once from the parts as they are read, checksums when the bytes are asked for.
 *
 * @throws TypeError for a name that is not computed; nothing has changed then.
 */
export function setAutomatic(layer: Layer, switches: Automatic): void {
  const known = computedFields(layer.schema);
  const given = Object.entries(switches).filter(([, on]) => on !== undefined);
  for (const [name, on] of given) {
    if (!known.has(name)) {
      const names = [...known.keys()].join(", ") || "none";
      throw new TypeError(
        `automatic: '${layer.schema.name}.${name}' is not computed; computed are: ${names}`,
      );
    }
    if (typeof on !== "boolean")
      throw new TypeError(`automatic: ${name} is true or false, not ${String(on)}`);
  }
  const more = moreOf(layer);
  more.pinned ??= new Set();
  for (const [name, on] of given) {
    if (!on) more.pinned.add(name);
    else if (isPinned(layer, name)) {
      more.pinned.delete(name);
      compute(layer, name, known.get(name)!);
    }
  }
}

/** Computes one field. A checksum waits until the bytes are asked for. */
function compute(layer: Layer, name: string, { sizes, isKey, kind }: Computed): void {
  const more = moreOf(layer);
  if (kind === "checksum") more.askChecksum();
  else more.changeVaguely(false);
  if (!layer.schema.isProtocol) moreOf(protocolLayer(layer)).changeVaguely(true);
  for (const placed of layer.schema.placed) {
    const at = sizes.length === 0 ? -1 : variableStart(layer, placed);
    if (at < 0) continue;
    const bytes = Math.max(0, variableEnd(layer, placed, at) - at);
    if (placed.size !== null && sizes.includes(placed.size)) putSize(layer, placed.size, bytes);
    if (placed.bytes !== null && sizes.includes(placed.bytes)) putSize(layer, placed.bytes, bytes);
    if (placed.count !== null && sizes.includes(placed.count))
      putSize(layer, placed.count, listOf(layer, placed).length);
  }
  if (kind !== "function" && !isKey && sizes.length === 0) return;
  // All others keep their values meanwhile, whatever these are.
  const { pinned } = more;
  more.pinned = new Set([...computedFields(layer.schema).keys()].filter((n) => n !== name));
  try {
    completeLengths(layer, payloadEnd(layer));
  } finally {
    more.pinned = pinned;
  }
}
