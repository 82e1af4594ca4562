import type { Layer } from "../schema/layer.ts";
import { moreOf, protocolLayer } from "../schema/layer.ts";
import {
  forgetLayout,
  listOf,
  payloadEnd,
  segmentAt,
  variableEnd,
  variableStart,
} from "../schema/layout.ts";
import { sizeKey } from "../schema/writer.ts";
import { completeLengths, isPinned, putSize } from "./complete.ts";
import { type Computed, computedFields } from "./computed.ts";
import { putNumber } from "./write.ts";

/** Which fields of one layer or record are computed, by name. */
export type Automatic = Readonly<Record<string, boolean>>;

type NamesIn<I> = I extends unknown ? Exclude<keyof I, "is" | "layer"> & string : never;
/** Which fields are to be computed, by the names of what a declaration takes. */
export type Switches<I> = { readonly [N in NamesIn<I>]?: boolean };

/** Says of every field that building computes whether it still is: false for those given or set by hand. */
export function automaticFields(layer: Layer): Automatic {
  const state: Record<string, boolean> = {};
  for (const name of computedFields(layer.schema).keys()) state[name] = !isOff(layer, name);
  return state;
}

/**
 * Switches computing off or on, field by field. What is switched off stays as it is; of what is switched on, lengths,
 * counters and numbers are computed at once, checksums when the bytes are asked for. Sizes are those of the parts that the
 * layer was built of; of one that was dissected, those of the parts as they are read. Gives the length of a header that has
 * to be filled up to whole words first, for the caller to do: `null` where there is none.
 *
 * @throws TypeError for a name that is not computed; nothing has changed then.
 */
export function setAutomatic(layer: Layer, switches: Automatic): string | null {
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
  let short: string | null = null;
  for (const [name, on] of given) {
    if (!on) more.pinned.add(name);
    else if (isOff(layer, name)) {
      if (isShort(layer, name)) short = name;
      else {
        more.pinned.delete(name);
        compute(layer, name, known.get(name)!);
      }
    }
  }
  return short;
}

/** Whether a field counts the words of a header that ends inside one. */
function isShort({ schema, start, headerEnd }: Layer, name: string): boolean {
  const { header, isProtocol } = schema;
  if (!isProtocol || header?.kind !== "field" || header.ref!.name !== name) return false;
  const n = headerEnd - start;
  return !header.after && (n < header.plus || (n - header.plus) % header.unit !== 0);
}

/** Whether a field was given or set by hand. What a record was built of, only the layer knows that it is in. */
const isOff = (layer: Layer, name: string): boolean =>
  isPinned(layer, name) || remembered(layer, name) !== undefined;

/** The key of a size in what a layer remembers. */
function keyOf(layer: Layer, name: string): string {
  const ref = layer.schema.ref(name);
  return sizeKey(name, segmentAt(layer, ref.segment) + ref.at - protocolLayer(layer).start);
}

/** The size of the parts that a layer or record was built of, where another may have been given. */
const remembered = (layer: Layer, name: string): number | undefined => {
  const sizes = protocolLayer(layer).more?.sizes ?? null;
  return sizes === null ? undefined : sizes.get(keyOf(layer, name));
};

/** Writes such a size; false where there is none. */
function putRemembered(layer: Layer, name: string): boolean {
  const n = remembered(layer, name);
  if (n === undefined) return false;
  const host = protocolLayer(layer);
  const ref = layer.schema.ref(name);
  putNumber(layer.bytes, segmentAt(layer, ref.segment), ref, n, layer.schema);
  const sizes = new Map(host.more!.sizes);
  sizes.delete(keyOf(layer, name));
  host.more!.sizes = sizes;
  // What was read by the wrong size is read anew.
  for (let l = layer; ; l = l.lower!) {
    forgetLayout(l);
    if (l === host) return true;
  }
}

/** Computes one field. A checksum waits until the bytes are asked for. */
function compute(layer: Layer, name: string, { sizes, isKey, kind }: Computed): void {
  const more = moreOf(layer);
  if (kind === "checksum") more.askChecksum();
  else more.changeVaguely(false);
  if (!layer.schema.isProtocol) moreOf(protocolLayer(layer)).changeVaguely(true);
  if (sizes.length > 0 && putRemembered(layer, name)) return;
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
