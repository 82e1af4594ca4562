import type { Packet } from "../../packet/packet.ts";
import type { Layer } from "../../schema/layer.ts";
import { payloadEnd } from "../../schema/layout.ts";

/** Names in `frame.protocols` that are not the prefix of the protocol's fields. */
const names: Readonly<Record<string, (layer: Layer) => string>> = {
  ethernet: (l) => (field(l, "type") < 0x600 ? "eth" : "eth:ethertype"),
  vlan: (l) => (field(l, "type") < 0x600 ? "vlan" : "vlan:ethertype"),
  sll: (l) => (field(l, "protocol") < 0x600 ? "sll" : "sll:ethertype"),
};

const field = (layer: Layer, name: string): number =>
  (layer.view ??= new layer.schema.View(layer)) &&
  ((layer.view as Record<string, number>)[name] ?? 0);

/** The layers that Wireshark shows: of a fragment none above it, since those belong to the whole datagram. */
export function shownLayers(packet: Packet): Layer[] {
  const layers: Layer[] = [];
  for (let l = packet.first; l !== null; l = l.upper) {
    layers.push(l);
    if (l.schema.name === "ipv4" && (l.bytes[l.start + 6]! & 0x20) !== 0) break;
  }
  return layers;
}

/** `frame.protocols`: `eth:ethertype:ip:tcp`, with `data` for bytes that no protocol took. */
export function protocolChain(packet: Packet, layers: readonly Layer[]): string {
  const parts: string[] = [];
  for (const layer of layers)
    parts.push(names[layer.schema.root.name]?.(layer) ?? layer.schema.about.prefix);
  const top = layers.at(-1);
  if (top === undefined) {
    const begun = packet.bottom.more?.partial;
    if (begun) return begun.schema.about.prefix;
    return packet.length > 0 ? "data" : "";
  }
  if (top.more?.partial) parts.push(top.more.partial.schema.about.prefix);
  else if (top.headerEnd < payloadEnd(top)) parts.push("data");
  return parts.join(":");
}
