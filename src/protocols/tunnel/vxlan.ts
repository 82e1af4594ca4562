import { flags, part, u8, u16, u24 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { nshNextProtocolNames } from "../iana/geneve.ts";
import { ethernet, etherTypes } from "../link/ethernet.ts";
import { udpPorts } from "../transport/udp.ts";

/** Virtual eXtensible Local Area Network (RFC 7348), with the group policy extension (draft-smith-vxlan-group-policy). */
export const vxlan = protocol({
  name: "vxlan",
  label: "VXLAN",
  title: "Virtual eXtensible Local Area Network",
  spec: "RFC 7348",
  over: [udpPorts.at(4789)],
  tunnel: true,
})
  .fields({
    flags: flags(
      16,
      {
        groupPolicy: part(1, "Group policy extension (G)", { filter: ".vxlan.flag_g" }),
        reserved: part(3, "Reserved", { filter: null }),
        vni: part(1, "VNI is valid (I)", { filter: ".vxlan.flag_i" }),
        reserved2: part(4, "Reserved", { filter: null }),
        dontLearn: part(1, "Don't learn (D)", { filter: ".vxlan.flag_d" }),
        reserved3: part(2, "Reserved", { filter: null }),
        applied: part(1, "Policy is applied (A)", { filter: ".vxlan.flag_a" }),
        reserved4: part(3, "Reserved", { filter: null }),
      },
      "Flags",
      { base: "hex", default: { vni: true } },
    ),
    groupPolicyId: u16("Group Policy ID", { filter: "gbp" }),
    vni: u24("VXLAN Network Identifier"),
    reserved: u8("Reserved", { filter: "reserved8" }),
  })
  .flow({ tag: "vni" })
  .payload({ next: ethernet });

/** IANA VXLAN-GPE and NSH next protocols, for those that have no EtherType. */
export const vxlanGpeProtocols = table("vxlan.next_proto", nshNextProtocolNames);

/** The EtherTypes of the next protocols that have one. */
const etherTypeOf: Readonly<Record<number, number>> = {
  1: 0x0800,
  2: 0x86dd,
  4: 0x894f,
  5: 0x8847,
};

/** What an NSH or VXLAN-GPE next protocol number stands for. */
export function overlayPayload(number: number, lookup: Lookup): AnySchema | undefined {
  if (number === 3) return ethernet;
  const type = etherTypeOf[number];
  return type === undefined ? undefined : lookup(etherTypes, type);
}

/** Generic Protocol Extension for VXLAN: a payload of any protocol (draft-ietf-nvo3-vxlan-gpe-13). */
export const vxlanGpe = protocol({
  name: "vxlanGpe",
  label: "VXLAN-GPE",
  title: "Generic Protocol Extension for VXLAN",
  spec: "draft-ietf-nvo3-vxlan-gpe-13",
  filter: "vxlan",
  over: [udpPorts.at(4790)],
  tunnel: true,
})
  .fields({
    flags: flags(
      8,
      {
        reserved: part(2, "Reserved", { filter: null }),
        version: part(2, "Version", { filter: ".vxlan.ver" }),
        instance: part(1, "VNI is valid (I)", { filter: ".vxlan.i_bit" }),
        nextProtocol: part(1, "Next protocol is present (P)", { filter: ".vxlan.p_bit" }),
        bum: part(1, "Broadcast, unknown unicast or multicast (B)", { filter: null }),
        oam: part(1, "OAM packet (O)", { filter: ".vxlan.o_bit" }),
      },
      "Flags",
      { base: "hex", default: { instance: true, nextProtocol: true } },
    ),
    reserved: u16("Reserved", { filter: "reserved_16" }),
    nextProtocol: u8("Next Protocol", {
      filter: "next_proto",
      names: nshNextProtocolNames,
      default: 3,
    }),
    vni: u24("VXLAN Network Identifier"),
    reserved2: u8("Reserved", { filter: "reserved8" }),
  })
  .flow({ tag: "vni" })
  .payload({
    next: {
      table: vxlanGpeProtocols,
      by: "nextProtocol",
      // Without the P bit the payload is an Ethernet frame, as in plain VXLAN.
      otherwise: (h, lookup) => overlayPayload(h.flags.nextProtocol ? h.nextProtocol : 3, lookup),
    },
  });
