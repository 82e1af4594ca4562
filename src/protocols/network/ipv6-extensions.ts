import { bits, flag, u8, u32 } from "../../schema/field.ts";
import type { ProtocolAbout } from "../../schema/protocol.ts";
import { protocol, type ViewOf } from "../../schema/protocol.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { ipProtocols } from "./ipv4.ts";
import { type Ipv6Option, ipv6Option } from "./ipv6-options.ts";

/** The name of an option. */
type OptionName = ViewOf<Ipv6Option>["is"];

/**
 * What the two headers that hold options have: RFC 8200 §4.3 and §4.6 differ only in who looks at them, and so in which
 * options make sense.
 */
const optionsHeader = (about: ProtocolAbout, except: readonly OptionName[]) =>
  protocol(about)
    .fields({
      nextHeader: u8("Next Header", { filter: "nxt", names: ipProtocolNames, default: 59 }),
      len: u8("Hdr Ext Len", { note: "In words of 8 bytes, the first not counted." }),
    })
    .list("options", "Options", ipv6Option, { valid: { except } })
    .header({ field: "len", unit: 8, plus: 8 })
    .identity("nextHeader", "len")
    .payload({ next: { table: ipProtocols, by: "nextHeader" } });

/** Hop-by-Hop Options header: what every node on the way may look at. */
export const hopByHop = optionsHeader(
  {
    name: "hopByHop",
    label: "HOPOPT",
    title: "IPv6 Hop-by-Hop Options",
    spec: "RFC 8200 §4.3",
    filter: "ipv6.hopopts",
    over: [ipProtocols.at(0)],
  },
  [
    "tunnelEncapsulationLimit",
    "pdm",
    "ioamDestination",
    "altMarkDestination",
    "ilnpNonce",
    "lineIdentification",
    "homeAddress",
  ],
);

/** Destination Options header: what the destination (or each of a route's) looks at. */
export const destinationOptions = optionsHeader(
  {
    name: "destinationOptions",
    label: "IPv6-Opts",
    title: "IPv6 Destination Options",
    spec: "RFC 8200 §4.6",
    filter: "ipv6.dstopts",
    over: [ipProtocols.at(60)],
  },
  [
    "routerAlert",
    "smfDpd",
    "rpl",
    "rplDeprecated",
    "quickStart",
    "minimumPathMtu",
    "ioamHopByHop",
    "altMarkHopByHop",
    "mpl",
    "jumboPayload",
    "ipDff",
  ],
);

/** Fragment header. Only the first fragment has an upper layer to be seen. */
export const ipv6Fragment = protocol({
  name: "ipv6Fragment",
  label: "IPv6-Frag",
  title: "IPv6 Fragment Header",
  spec: "RFC 8200 §4.5",
  filter: "ipv6.fraghdr",
  over: [ipProtocols.at(44)],
})
  .fields({
    nextHeader: u8("Next Header", { filter: "nxt", names: ipProtocolNames, default: 59 }),
    reserved: u8("Reserved", { filter: "reserved_octet", base: "hex" }),
    offset: bits(13, "Fragment Offset", { note: "In words of 8 bytes.", valid: [0, 0] }),
    reservedBits: bits(2, "Reserved"),
    more: flag("More Fragments", { valid: () => false }),
    id: u32("Identification", { filter: "ident", base: "hex" }),
  })
  .identity("nextHeader", "offset", "id")
  .payload({ next: { table: ipProtocols, by: "nextHeader", unless: "offset" } });
