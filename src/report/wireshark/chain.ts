import type { Packet } from "../../packet/packet.ts";
import { LENGTH_LIMIT } from "../../protocols/link/ethernet.ts";
import { isAwaited } from "../../reassembly/fragment.ts";
import type { Layer } from "../../schema/layer.ts";
import { payloadEnd, trailerOf } from "../../schema/layout.ts";
import { readLatin1 } from "../../schema/value.ts";
import { isUnknownAristaTime } from "./arista.ts";
import { carriesFabricPath, typeKind } from "./ethernet.ts";
import type { FrameLayers } from "./frame-layers.ts";
import { contentNames } from "./http-media.ts";
import { http2Content } from "./http2.ts";
import { isWhole4 } from "./ipv4.ts";
import { isVersion6 } from "./ipv6.ts";
import { mailContentNames } from "./mail.ts";
import { mptcpOptions } from "./mptcp.ts";
import { sllProtocolName } from "./sll.ts";
import { isPlainText } from "./text-lines.ts";
import { recordChain, ssl2Chain } from "./tls.ts";
import { isShortUdp } from "./udp.ts";
import { serviceRole } from "./vlan.ts";
import { websocketContent } from "./websocket.ts";

/** Names in `frame.protocols` that are not the prefix of the protocol's fields. */
const names: Readonly<Record<string, (layer: Layer) => string>> = {
  ethernet: (l) =>
    typeKind(field(l, "type")) === "type" && !carriesFabricPath(l) ? "eth:ethertype" : "eth",
  vlan: (l) => (field(l, "type") < LENGTH_LIMIT ? "vlan" : "vlan:ethertype"),
  // Two service tags are one layer.
  serviceVlan: (l) => (serviceRole(l) === "outer" ? "" : `ieee8021ad${afterTag(l)}`),
  backboneTag: (l) => `ieee8021ah${afterTag(l)}`,
  vntag: () => "vntag:ethertype",
  macsec: (l) => (field(l, "type") === 0 ? "macsec" : "macsec:ethertype"),
  arista: (l) => (isUnknownAristaTime(l) || field(l, "type") === 0 ? "avsp" : "avsp:ethertype"),
  snap: () => "",
  sll: (l) => (sllProtocolName(l) === "etype" ? "sll:ethertype" : "sll"),
  sll2: (l) => (sllProtocolName(l) === "etype" ? "sll:ethertype" : "sll"),
  pppoe: () => "pppoes",
  pppoeDiscovery: () => "pppoed",
  dnsTcp: () => "",
  // A message of several records is a part of the last.
  "tls.handshake": () => "",
  igmp: (l) => (isKnownIgmp(l) ? "igmp:igmp" : "igmp"),
  // Of another version it hands the packet on.
  ipv6: (l) => (isVersion6(l) ? "ipv6" : "data"),
  // The form for other protocols than Ethernet hides itself.
  vxlanGpe: () => "",
  gtpV0: () => "gtpprime",
  gtpPrime: () => "gtpprime",
  mipv6: () => "mipv6",
  mdns: () => "mdns",
  ssdp: () => "ssdp",
  llmnr: () => "llmnr",
  tcp: (l) => `tcp${":mptcp".repeat(mptcpOptions(l).length)}`,
  // A stack of labels is one layer.
  mpls: (l) => (l.lower?.schema.root.name === "mpls" ? "" : "mpls"),
  pwEthernet: () => "pwethheuristic:pwethcw",
  // What HTTP hands on to.
  http2: () => "http:http2",
  http2Preface: () => "http:http2",
  websocket: () => "http:websocket",
};

/** Names of what a layer holds for which there is no layer here. */
const contents: Readonly<Record<string, (layer: Layer) => string>> = {
  http: contentNames,
  ssdp: contentNames,
  ftpData: (l) => (isPlainText(l) ? "data-text-lines" : ""),
  // The last part of a mail is shown as the mail.
  smtpData: (l) =>
    /(?:^|\r\n)\.\r\n$/.test(readLatin1(l.bytes, l.start, l.end)) ? "" : "data-text-lines",
  mail: mailContentNames,
  http2: http2Content,
  websocket: websocketContent,
  tls: recordChain,
  ssl2: ssl2Chain,
};

const field = (layer: Layer, name: string): number =>
  (layer.view ??= new layer.schema.View(layer)) &&
  ((layer.view as Record<string, number>)[name] ?? 0);

const afterTag = (l: Layer): string => (field(l, "type") < LENGTH_LIMIT ? "" : ":ethertype");

/** All numbers of version 0 are known; of the others those that have a form of their own in Wireshark. */
const isKnownIgmp = (l: Layer): boolean =>
  l.bytes[l.start]! < 16 || !/unknown|multicastRouter/.test(l.schema.caseName ?? "");

/** Protocols that keep what follows them to themselves. */
const closed: ReadonlySet<string> = new Set(["pap", "pppoeDiscovery", "stp", "multilink", "esp"]);

/** ICMP messages of which Wireshark does not show what they quote or carry. */
const closedMessages: ReadonlySet<string> = new Set([
  "alternateHostAddress",
  "datagramConversionError",
  "photuris",
  "unknown",
]);

/** The flag of a reset: what follows the header is its cause. */
const RST = 4;

const isExtended = (l: Layer): boolean =>
  l.schema.root.name === "icmpv6" &&
  (l.schema.caseName === "extendedEchoRequest" || trailerOf(l) !== null);

const isClosed = (l: Layer): boolean =>
  closed.has(l.schema.root.name) ||
  (/^icmp(v6)?$/.test(l.schema.root.name) && closedMessages.has(l.schema.caseName ?? "")) ||
  (l.schema.name === "tcp" && (l.bytes[l.start + 13]! & RST) !== 0) ||
  (l.schema.name === "ipv4" && !isWhole4(l)) ||
  (l.schema.name === "udp" && isShortUdp(l)) ||
  (l.schema.name === "ipv6" && !isVersion6(l)) ||
  isUnknownAristaTime(l);

/**
 * The layers that Wireshark shows, from one on: of a fragment none above it, since those belong to the whole datagram. What is
 * in a first one is shown where the capture cut it: Wireshark does not join cut fragments, and so does not wait for the others.
 */
export function shownLayers(first: Layer | null): Layer[] {
  const layers: Layer[] = [];
  for (let l = first; l !== null; l = l.upper) {
    layers.push(l);
    if (isAwaited(l) || isClosed(l)) break;
  }
  return layers;
}

/** Whether what follows the transport was led to by an application that is shown before it. */
function isThrough(layers: readonly Layer[], l: Layer, messages: FrameLayers["messages"]): boolean {
  if (messages === null || messages.through === "") return false;
  const next = layers[layers.indexOf(l) + 1];
  if (next !== undefined) return next.schema.root.name !== messages.through;
  return messages.keepsUpper && l.headerEnd < payloadEnd(l);
}

/** `frame.protocols`: `eth:ethertype:ip:tcp`, with `data` for bytes that no protocol took. */
export function protocolChain(packet: Packet, found: FrameLayers): string {
  const { layers, messages, transport } = found;
  const parts: string[] = [];
  for (const layer of layers) {
    const { root, about } = layer.schema;
    const isRepeated = messages?.repeated.has(layer) === true;
    const name = isRepeated ? "" : (names[root.name]?.(layer) ?? about.prefix);
    // HTTP is named once where it showed a message of its own before it handed on.
    if (name !== "") parts.push(parts.at(-1) === "http" ? name.replace(/^http:/, "") : name);
    const inner = contents[root.name]?.(layer) ?? "";
    if (inner !== "") parts.push(inner);
    if (layer === transport && isThrough(layers, layer, messages)) parts.push(messages!.through);
  }
  const top = layers.at(-1);
  if (top === undefined) {
    const begun = packet.bottom.more?.partial;
    if (begun) return begun.schema.about.prefix;
    return packet.length > 0 ? "data" : "";
  }
  // A part of a message that others complete is no data.
  if (top === transport && messages?.keepsUpper === false) return parts.join(":");
  if (top.more?.partial) parts.push(top.more.partial.schema.about.prefix);
  else if (top.headerEnd < payloadEnd(top) && !isClosed(top) && !(top.schema.root.name in contents))
    parts.push("data");
  // Extensions of ICMPv6 are dissected by ICMP.
  if (layers.some(isExtended)) parts.push("icmp");
  return parts.join(":");
}
