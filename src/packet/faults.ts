import type { PacketError } from "../schema/error.ts";
import type { Layer } from "../schema/layer.ts";

/** The fault of a layer's own header; `null` also where what failed lies above the layer. */
export function faultOf(layer: Layer): PacketError | null {
  const fault = layer.more?.fault ?? null;
  return fault === null || liesAbove(layer, fault) ? null : fault;
}

/** Of the highest layer: why there is none above it; `null` where simply no protocol is known. */
export function faultAbove(layer: Layer): PacketError | null {
  const fault = layer.more?.fault ?? null;
  if (fault === null || liesAbove(layer, fault)) return fault;
  // A fault in a declared part does not keep anybody from reading the payload; one of the lengths does.
  return fault.field !== null && layer.schema.find(fault.field) !== undefined ? null : fault;
}

function liesAbove(layer: Layer, fault: PacketError): boolean {
  if (fault.kind === "unsupported") return true;
  const partial = layer.more?.partial ?? null;
  return (
    partial !== null && partial.start === fault.offset && partial.schema.name === fault.protocol
  );
}
