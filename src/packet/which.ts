import type { Layer } from "../schema/layer.ts";
import { protocolLayer } from "../schema/layer.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import { isCalled, isOf, ProtoChain } from "./chain.ts";

/**
 * One layer of a packet: the first of a protocol, also by one of its names without case, the one that a view shows, or the
 * one at a position from 0.
 */
export type Which = AnyProtocol | { readonly layer: Layer } | string | number;

const isView = (which: Which): which is { readonly layer: Layer } =>
  typeof which === "object" && "layer" in which;

function found(layers: readonly Layer[], which: AnyProtocol | string | number): Layer | undefined {
  if (typeof which === "number") return layers.at(which);
  return typeof which === "string"
    ? layers.find((l) => isCalled(l.schema.root, which))
    : layers.find((l) => isOf(l.schema, which.schema));
}

/** The layer that is meant among those of a packet; throws what names the call where there is none. */
export function layerOf(call: string, layers: readonly Layer[], which: Which): Layer {
  if (!isView(which)) {
    const layer = found(layers, which);
    if (layer !== undefined) return layer;
    const wanted =
      typeof which === "number"
        ? which
        : `'${typeof which === "string" ? which : which.schema.name}'`;
    throw new RangeError(
      `${call}: no layer ${wanted} in this packet (${ProtoChain.of(layers[0] ?? null)})`,
    );
  }
  const { layer } = which;
  if (!layer.schema.isProtocol)
    throw new TypeError(`${call}: '${layer.schema.name}' is a part of a layer, not a layer`);
  if (!layers.includes(layer))
    throw new RangeError(
      `${call}: the view is of another packet, or of an older state of this one`,
    );
  return layer;
}

/** As {@link layerOf}; the view may also be that of a record: an option, an item of a list. */
export function partOf(call: string, layers: readonly Layer[], which: Which): Layer {
  if (!isView(which) || which.layer.schema.isProtocol) return layerOf(call, layers, which);
  layerOf(call, layers, { layer: protocolLayer(which.layer) });
  return which.layer;
}
