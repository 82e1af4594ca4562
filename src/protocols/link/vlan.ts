import { bits, flag, mac, u16, u24 } from "../../schema/field.ts";
import type { ProtocolAbout } from "../../schema/protocol.ts";
import { protocol } from "../../schema/protocol.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { vlanPriorityNames } from "../iana/link.ts";
import { afterLength, etherTypes, LENGTH_LIMIT } from "./ethernet.ts";
import { innerTail } from "./tail.ts";

/** What any tag is followed by: a protocol by its EtherType, or by a length 802.2 LLC of that length. */
const tagged = {
  length: { field: "type", below: LENGTH_LIMIT },
  next: { table: etherTypes, by: "type", otherwise: afterLength },
} as const;

/** The tags of customers and of providers differ only in their EtherType (IEEE 802.1Q §9.6). */
const tag = (about: ProtocolAbout, typeFilter: string) =>
  protocol(about)
    .fields({
      priority: bits(3, "Priority Code Point", { names: vlanPriorityNames }),
      dei: flag("Drop Eligible Indicator"),
      id: bits(12, "VLAN Identifier"),
      type: u16("EtherType", { filter: typeFilter, base: "hex", names: etherTypeNames }),
    })
    .flow({ tag: "id" })
    .payload(tagged);

/** IEEE 802.1Q customer VLAN tag; stacked tags are one layer each. */
export const vlan = tag(
  {
    name: "vlan",
    title: "Virtual LAN Tag",
    spec: "IEEE 802.1Q §9.6",
    over: [etherTypes.at(0x8100, 0x9100)],
  },
  "etype",
).trailer(innerTail("vlan.trailer", "vlan"));

/** IEEE 802.1Q (802.1ad) service VLAN tag of provider bridges. */
export const serviceVlan = tag(
  {
    name: "serviceVlan",
    label: "802.1ad",
    title: "Service VLAN Tag",
    spec: "IEEE 802.1Q §9.6 (802.1ad)",
    filter: "ieee8021ad",
    also: ["qinq", "stag"],
    over: [etherTypes.at(0x88a8)],
  },
  ".ieee8021ah.etype",
).trailer(innerTail("serviceVlan.trailer", "ieee8021ah"));

/** IEEE 802.1Q (802.1ah) backbone service instance tag: a customer's frame, addresses and all, in a provider's. */
export const backboneTag = protocol({
  name: "backboneTag",
  label: "802.1ah",
  title: "Backbone Service Instance Tag",
  spec: "IEEE 802.1Q §9.7 (802.1ah)",
  filter: "ieee8021ah",
  also: ["itag", "pbb"],
  over: [etherTypes.at(0x88e7)],
})
  .fields({
    priority: bits(3, "Priority Code Point", { names: vlanPriorityNames }),
    dei: bits(1, "Drop Eligible Indicator", { filter: "drop" }),
    uca: bits(1, "Use Customer Addresses", { filter: "nca" }),
    reserved1: bits(1, "Reserved 1", { filter: "res1" }),
    reserved2: bits(2, "Reserved 2", { filter: "res2" }),
    serviceId: u24("Backbone Service Instance Identifier", { filter: "isid" }),
    dst: mac("Customer Destination Address", { filter: "cdst" }),
    src: mac("Customer Source Address", { filter: "csrc" }),
    type: u16("EtherType", { filter: "etype", base: "hex", names: etherTypeNames }),
  })
  .endpoints(["src", "dst"])
  .flow({ tag: "serviceId" })
  .payload(tagged)
  .trailer(innerTail("backboneTag.trailer", "ieee8021ah"));
