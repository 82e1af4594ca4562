import { Layer, moreOf } from "../schema/layer.ts";
import { carryPins } from "./pins.ts";

/** The same layers over a copy of their bytes, `by` bytes further down; what was given or set by hand still is. */
export function moved(bottom: Layer, bytes: Uint8Array, by: number): Layer {
  const first = movedOne(bottom, bytes, by, null);
  let lower = first;
  for (let l = bottom.upper; l !== null; l = l.upper) {
    lower.upper = movedOne(l, bytes, by, lower);
    lower = lower.upper;
  }
  return first;
}

function movedOne(layer: Layer, bytes: Uint8Array, by: number, lower: Layer | null): Layer {
  const one = new Layer(layer.schema, bytes, layer.start - by, layer.end - by, lower);
  one.headerEnd = layer.headerEnd - by;
  if (layer.more === null) return one;
  const { fault, partial, pinned, parts } = layer.more;
  const more = moreOf(one);
  if (fault !== null) more.fault = { ...fault, offset: fault.offset - by };
  if (partial !== null) more.partial = movedOne(partial, bytes, by, one);
  if (layer.more.sizes !== null) more.sizes = layer.more.sizes;
  if (pinned !== null) more.pinned = new Set(pinned);
  if (parts !== null) carryPins(layer, one, null);
  more.takeEdits(layer.more);
  return one;
}
