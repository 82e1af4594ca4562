import { bits, flag, mac, u16, u24 } from "../../schema/field.ts";
import type { View } from "../../schema/protocol.ts";
import { protocol, record } from "../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../schema/schema.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { vlanPriorityNames } from "../iana/link.ts";
import { etherTypes, LENGTH_LIMIT, lengthPayloadKey, lengthPayloads } from "./ethernet.ts";
import { paddingSize } from "./tail.ts";

/** What follows a tag whose last field is a length: 802.2 LLC, as without a tag. */
function afterLength(h: View<{ type: number }>, lookup: Lookup): AnySchema | undefined {
  if (h.type >= LENGTH_LIMIT) return undefined;
  const { bytes, headerEnd, end } = h.layer;
  return lookup(lengthPayloads, lengthPayloadKey(bytes, headerEnd, end));
}

/** The octets behind a tagged payload: the padding of the whole frame comes first. */
const tail = (name: string, filter: string) =>
  record(name, "Trailer", { filter })
    .bytes("padding", "Padding", paddingSize, { filter: ".eth.padding" })
    .bytes("trailer", "Trailer");

/** IEEE 802.1Q customer VLAN tag; stacked tags are one layer each. */
export const vlan = protocol({
  name: "vlan",
  title: "Virtual LAN Tag",
  spec: "IEEE 802.1Q §9.6",
  over: [etherTypes.at(0x8100, 0x9100)],
})
  .fields({
    priority: bits(3, "Priority Code Point", { names: vlanPriorityNames }),
    dei: flag("Drop Eligible Indicator"),
    id: bits(12, "VLAN Identifier"),
    type: u16("EtherType", { filter: "etype", base: "hex", names: etherTypeNames }),
  })
  .payload({
    length: { field: "type", below: LENGTH_LIMIT },
    next: { table: etherTypes, by: "type", otherwise: afterLength },
  })
  .trailer(tail("vlan.trailer", "vlan"));

/** IEEE 802.1Q (802.1ad) service VLAN tag of provider bridges. */
export const serviceVlan = protocol({
  name: "serviceVlan",
  label: "802.1ad",
  title: "Service VLAN Tag",
  spec: "IEEE 802.1Q §9.6 (802.1ad)",
  filter: "ieee8021ad",
  also: ["qinq", "stag"],
  over: [etherTypes.at(0x88a8)],
})
  .fields({
    priority: bits(3, "Priority Code Point", { names: vlanPriorityNames }),
    dei: flag("Drop Eligible Indicator"),
    id: bits(12, "VLAN Identifier"),
    type: u16("EtherType", { filter: ".ieee8021ah.etype", base: "hex", names: etherTypeNames }),
  })
  .payload({
    length: { field: "type", below: LENGTH_LIMIT },
    next: { table: etherTypes, by: "type", otherwise: afterLength },
  })
  .trailer(tail("serviceVlan.trailer", "ieee8021ah"));

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
  .payload({
    length: { field: "type", below: LENGTH_LIMIT },
    next: { table: etherTypes, by: "type", otherwise: afterLength },
  })
  .trailer(tail("backboneTag.trailer", "ieee8021ah"));
