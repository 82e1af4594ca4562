import { readU16 } from "../../bytes/numbers.ts";
import type { Packet } from "../../packet/packet.ts";
import { LENGTH_LIMIT } from "../../protocols/link/ethernet.ts";
import { isCut } from "../../schema/checksum.ts";
import type { Layer } from "../../schema/layer.ts";
import { payloadEnd } from "../../schema/layout.ts";
import { isUnknownAristaTime } from "./arista.ts";
import { carriesFabricPath, typeKind } from "./ethernet.ts";
import { isWholeMessage } from "./http.ts";
import { mptcpOptions } from "./mptcp.ts";
import { sllProtocolName } from "./sll.ts";
import { serviceRole } from "./vlan.ts";

/** Names in `frame.protocols` that are not the prefix of the protocol's fields. */
const names: Readonly<Record<string, (layer: Layer) => string>> = {
  ethernet: (l) =>
    typeKind(field(l, "type")) === "type" && !carriesFabricPath(l) ? "eth:ethertype" : "eth",
  vlan: (l) => (field(l, "type") < LENGTH_LIMIT ? "vlan" : "vlan:ethertype"),
  // Two service tags are one layer.
  serviceVlan: (l) => (serviceRole(l) === "outer" ? "" : `ieee8021ad${afterTag(l)}`),
  backboneTag: (l) => `ieee8021ah${afterTag(l)}`,
  vntag: () => "vntag:ethertype",
  arista: (l) => (isUnknownAristaTime(l) || field(l, "type") === 0 ? "avsp" : "avsp:ethertype"),
  snap: () => "",
  sll: (l) => (sllProtocolName(l) === "etype" ? "sll:ethertype" : "sll"),
  sll2: (l) => (sllProtocolName(l) === "etype" ? "sll:ethertype" : "sll"),
  pppoe: () => "pppoes",
  pppoeDiscovery: () => "pppoed",
  dnsTcp: () => "",
  mdns: () => "mdns",
  llmnr: () => "llmnr",
  tcp: (l) => `tcp${":mptcp".repeat(mptcpOptions(l).length)}`,
  // A stack of labels is one layer.
  mpls: (l) => (l.lower?.schema.root.name === "mpls" ? "" : "mpls"),
  pwEthernet: () => "pwethheuristic:pwethcw",
};

const field = (layer: Layer, name: string): number =>
  (layer.view ??= new layer.schema.View(layer)) &&
  ((layer.view as Record<string, number>)[name] ?? 0);

const afterTag = (l: Layer): string => (field(l, "type") < LENGTH_LIMIT ? "" : ":ethertype");

/** Protocols that keep what follows them to themselves. */
const closed: ReadonlySet<string> = new Set(["pap", "pppoeDiscovery", "stp"]);

/**
 * A fragment with more to come. What is in a first one is shown where the capture cut it: Wireshark does not join cut
 * fragments, and so does not wait for the others.
 */
function isFragment(l: Layer, packet: Packet): boolean {
  const { bytes, start } = l;
  if (l.schema.name === "ipv4") {
    if ((bytes[start + 6]! & 0x20) === 0) return false;
    const first = (readU16(bytes, start + 6) & 0x1fff) === 0;
    return !first || start + readU16(bytes, start + 2) <= packet.start + packet.length;
  }
  if (l.schema.name !== "ipv6Fragment") return false;
  if ((bytes[start + 3]! & 1) === 0) return false;
  return readU16(bytes, start + 2) >> 3 !== 0 || !isCut(l);
}

/** A message of which other segments have the rest: it is shown with the last of them, unless the capture cut it. */
const isUnfinished = (l: Layer): boolean =>
  l.schema.name === "http" && !isCut(l) && !isWholeMessage(l);

/** The layers that Wireshark shows: of a fragment none above it, since those belong to the whole datagram. */
export function shownLayers(packet: Packet): Layer[] {
  const layers: Layer[] = [];
  for (let l = packet.first; l !== null; l = l.upper) {
    layers.push(l);
    if (isFragment(l, packet) || isUnknownAristaTime(l)) break;
    if (l.upper !== null && isUnfinished(l.upper)) break;
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
  else if (top.upper !== null && isUnfinished(top.upper)) return parts.join(":");
  else if (
    top.headerEnd < payloadEnd(top) &&
    !closed.has(top.schema.root.name) &&
    !isUnknownAristaTime(top)
  )
    parts.push("data");
  return parts.join(":");
}
