import { all } from "../protocols/all.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import { ExtractionError } from "./errors.ts";

/** The layers of the Internet's hosts (RFC 1122 §1.1.3), from the lowest up; with `raw` nothing is taken apart. */
export const layerNames = ["raw", "link", "internet", "transport", "application"] as const;

/** A layer by name. */
export type LayerName = (typeof layerNames)[number];

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** By name: what lies directly on a link, or carries frames as a link does. */
const link = words(`
  ethernet vlan serviceVlan backboneTag llc snap arp sll sll2 bsdNull bsdLoop
  rawIp ppp lcp ipcp ipv6cp pap chap multilink pppoe pppoeDiscovery chdlc slarp
  stp slow lacp marker frameRelay ipoib fabricPath arcnet arcnetLinux vntag arista
  macsec mpls pwEthernet pwControlWord pwAssociatedChannel nsh
`);

const internet = words(`
  ipv4 ipv6 hopByHop destinationOptions ipv6Routing ipv6Fragment ah esp ipcomp
  icmp icmpv6 igmp mipv6 hip shim6 gre pptpGre erspan
`);

const transport = words(`
  tcp udp udpLite sctp dccp
`);

const levels: ReadonlyMap<string, number> = new Map(
  [link, internet, transport].flatMap((list, i) => list.map((one) => [one, i + 1] as const)),
);

const APPLICATION = layerNames.indexOf("application");

const levelOf = ({ schema }: AnyProtocol): number => levels.get(schema.name) ?? APPLICATION;

/** The layer of a protocol: of what is not known, that of applications. */
export const layerOf = (protocol: AnyProtocol): LayerName => layerNames[levelOf(protocol)]!;

/** The protocols above a layer. */
export function protocolsAbove(layer: LayerName, protocols = all): readonly AnyProtocol[] {
  const most = layerNames.indexOf(layer);
  return protocols.filter((one) => levelOf(one) > most);
}

/**
 * A layer by name, without case; `none`, which means no certain one, is the highest.
 *
 * @throws ExtractionError with ERR_LIMIT for another name.
 */
export function layerNamed(name: string): LayerName {
  const wanted = name.toLowerCase();
  const found = wanted === "none" ? "application" : layerNames.find((one) => one === wanted);
  if (found !== undefined) return found;
  throw new ExtractionError(
    "ERR_LIMIT",
    `no layer is called '${name}'; there are ${layerNames.join(", ")} and none`,
  );
}
