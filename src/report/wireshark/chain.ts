import type { Packet } from "../../packet/packet.ts";
import { LENGTH_LIMIT } from "../../protocols/link/ethernet.ts";
import type { Layer } from "../../schema/layer.ts";
import { payloadEnd } from "../../schema/layout.ts";
import { typeKind } from "./ethernet.ts";
import { sllProtocolName } from "./sll.ts";
import { serviceRole } from "./vlan.ts";

/** Names in `frame.protocols` that are not the prefix of the protocol's fields. */
const names: Readonly<Record<string, (layer: Layer) => string>> = {
  ethernet: (l) => (typeKind(field(l, "type")) === "type" ? "eth:ethertype" : "eth"),
  vlan: (l) => (field(l, "type") < LENGTH_LIMIT ? "vlan" : "vlan:ethertype"),
  // Two service tags are one layer.
  serviceVlan: (l) => (serviceRole(l) === "outer" ? "" : `ieee8021ad${afterTag(l)}`),
  backboneTag: (l) => `ieee8021ah${afterTag(l)}`,
  snap: () => "",
  sll: (l) => (sllProtocolName(l) === "etype" ? "sll:ethertype" : "sll"),
  sll2: (l) => (sllProtocolName(l) === "etype" ? "sll:ethertype" : "sll"),
  pppoe: () => "pppoes",
  pppoeDiscovery: () => "pppoed",
};

const field = (layer: Layer, name: string): number =>
  (layer.view ??= new layer.schema.View(layer)) &&
  ((layer.view as Record<string, number>)[name] ?? 0);

const afterTag = (l: Layer): string => (field(l, "type") < LENGTH_LIMIT ? "" : ":ethertype");

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
  for (const layer of layers) {
    const name = names[layer.schema.root.name]?.(layer) ?? layer.schema.about.prefix;
    if (name !== "") parts.push(name);
  }
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
