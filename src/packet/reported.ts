import type { Layer } from "../schema/layer.ts";
import { evaluate } from "../schema/layout.ts";
import type { Packet } from "./packet.ts";

/**
 * Where a layer would end on the wire, as the lengths below it say: beyond the captured bytes where the capture cut the
 * packet.
 */
export function reportedEnd(layer: Layer, packet: Packet): number {
  const path: Layer[] = [];
  for (let l: Layer | null = layer; l !== null; l = l.lower) path.unshift(l);
  // A datagram that was put together has all its bytes.
  const isWhole = layer.bytes !== packet.data;
  let end = isWhole ? layer.bytes.length : packet.start + packet.originalLength;
  for (const l of path) {
    const { whole, length } = l.schema;
    if (whole?.kind === "field") {
      const n = evaluate(whole, l, end - l.start);
      if (l.start + n >= l.headerEnd && l.start + n < end) end = l.start + n;
    }
    if (l !== layer && length?.kind === "field") {
      const n = evaluate(length, l, end - l.headerEnd);
      if (n >= 0 && l.headerEnd + n < end) end = l.headerEnd + n;
    }
  }
  return end;
}
