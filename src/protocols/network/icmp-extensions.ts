import { checksum16 } from "../../bytes/checksum.ts";
import {
  bits,
  flag,
  flags,
  ipv4Address,
  ipv6Address,
  octets,
  part,
  u8,
  u16,
  u32,
} from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import {
  icmpExtensionClassNames,
  icmpExtensionTypeNames,
  icmpInterfaceRoleNames,
} from "../iana/icmp.ts";

const noNames = /* @__PURE__ */ names("");

const base = record("icmp.extensionObject", "Extension Object", { spec: "RFC 4884 §7.2" })
  .fields({
    length: u16("Length", { filter: "ext.length" }),
    class: u8("Class-Num", { filter: "ext.class", names: icmpExtensionClassNames }),
  })
  .header({ field: "length" });

const typed = (classNumber: number) =>
  base.fields({
    type: u8("C-Type", {
      filter: "ext.ctype",
      names: icmpExtensionTypeNames[classNumber] ?? noNames,
    }),
  });

const label = record("icmp.mpls", "Label Stack Entry", { filter: "icmp.mpls" }).fields({
  label: bits(20, "Label"),
  exp: bits(3, "Experimental Use"),
  s: flag("Bottom of Stack"),
  ttl: u8("Time to Live"),
});

/** RFC 5837 §4.2. */
const addressSubObject = record("icmp.interfaceAddress", "IP Address Sub-Object", {
  filter: "icmp",
})
  .fields({
    afi: u16("Address Family", { filter: "int_info.afi", default: 1 }),
    reserved: octets(2, "Reserved"),
  })
  .when({ field: "afi", is: 1 }, { ipv4: ipv4Address("IPv4 Address", { filter: "int_info.ipv4" }) })
  .when(
    { field: "afi", is: 2 },
    { ipv6: ipv6Address("IPv6 Address", { filter: "int_info.ipv6" }) },
  );

/** RFC 5837 §4.3: the length counts itself, and the name is filled up with zeros to whole words. */
const nameSubObject = record("icmp.interfaceName", "Name Sub-Object", { filter: "icmp" })
  .fields({ length: u8("Name Length", { filter: "int_info.name_length" }) })
  .text("name", "Interface Name", "rest", { filter: "int_info.name" })
  .header({ field: "length" });

/** RFC 5837 §4: the bits of the C-Type say which parts there are. */
const interfaceInformation = base
  .fields({
    type: flags(
      8,
      {
        role: part(2, "Interface Role", {
          filter: ".icmp.int_info.role",
          names: icmpInterfaceRoleNames,
        }),
        reserved: part(2, "Reserved", { filter: ".icmp.int_info.reserved" }),
        ifIndex: part(1, "ifIndex included", { filter: ".icmp.int_info.ifindex" }),
        ipAddress: part(1, "IP Address Sub-Object included", { filter: ".icmp.int_info.ipaddr" }),
        name: part(1, "Name Sub-Object included", { filter: ".icmp.int_info.name_present" }),
        mtu: part(1, "MTU included", { filter: ".icmp.int_info.mtu_present" }),
      },
      "C-Type",
      { filter: "ext.ctype", base: "decimal" },
    ),
  })
  .when("type.ifIndex", { ifIndex: u32("ifIndex", { filter: "int_info.index" }) })
  .record("address", "IP Address Sub-Object", addressSubObject, { when: "type.ipAddress" })
  .record("name", "Name Sub-Object", nameSubObject, { when: "type.name" })
  .when("type.mtu", { mtu: u32("MTU", { filter: "int_info.mtu" }) });

const identification = typed(3);

/** RFC 8335 §2.1: which interface is asked after. */
const interfaceIdentification = variants(
  identification,
  "type",
  {
    interfaceName: at(
      1,
      identification.text("name", "Interface Name", "rest", { filter: "int_ident.name" }),
    ),
    interfaceIndex: at(
      2,
      identification.fields({ index: u32("Interface Index", { filter: "int_ident.index" }) }),
    ),
    interfaceAddress: at(
      3,
      identification
        .fields({
          afi: u16("Address Family", { filter: "int_ident.afi", default: 1 }),
          addressLength: u8("Address Length", { filter: "int_ident.addr_length" }),
          reserved: octets(1, "Reserved", { filter: "int_ident.reserved" }),
        })
        .when(
          { field: "afi", is: 1 },
          { ipv4: ipv4Address("IPv4 Address", { filter: "int_ident.ipv4" }) },
        )
        .when(
          { field: "afi", is: 2 },
          { ipv6: ipv6Address("IPv6 Address", { filter: "int_ident.ipv6" }) },
        )
        .bytes("address", "Address", "rest", { filter: "int_ident.address" }),
    ),
  },
  identification.bytes("data", "Data", "rest", { filter: "ext.data" }),
);

const other = (classNumber: number) =>
  typed(classNumber).bytes("data", "Data", "rest", { filter: "ext.data" });

const icmpExtensionObjectCases = variants(
  base,
  "class",
  {
    mplsLabelStack: at(1, typed(1).list("labels", "Label Stack", label)),
    interfaceInformation: at(2, interfaceInformation),
    interfaceIdentification: at(3, interfaceIdentification),
    extendedInformation: at(
      4,
      typed(4)
        .when({ field: "type", is: 1 }, { pointer: u32("Pointer", { filter: "ext.data" }) })
        .bytes("data", "Data", "rest", { filter: "ext.data" }),
    ),
    nodeIdentification: at(5, other(5)),
  },
  other(0),
);
type IcmpExtensionObjectCases = typeof icmpExtensionObjectCases;
/** The declaration of {@link icmpExtensionObject}. */
export interface IcmpExtensionObject extends IcmpExtensionObjectCases {}
/** An object of an ICMP extension structure, by its class. */
export const icmpExtensionObject: IcmpExtensionObject = icmpExtensionObjectCases;

/**
 * The structure that follows the quoted datagram of an error message (RFC 4884 §7.1). Its names are those of the message's
 * view too, so that they say what they belong to.
 */
export const icmpExtension = record("icmp.extension", "Extension Structure")
  .fields({
    extensionVersion: bits(4, "Version", { filter: "ext.version", default: 2 }),
    extensionReserved: bits(12, "Reserved", { filter: "ext.res", base: "hex", digits: 4 }),
    extensionChecksum: u16("Checksum", {
      filter: "ext.checksum",
      base: "hex",
      note: "Zero: not computed.",
      computed: (layer) => checksum16(layer.bytes, layer.start, layer.end),
    }),
  })
  .list("extensions", "Extension Objects", icmpExtensionObject);
