import { bits, flag, flags, part, u8, u16, u24, u64 } from "../../schema/field.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { geneveOptionClassNames } from "../iana/geneve.ts";
import { ethernet, etherTypes } from "../link/ethernet.ts";
import { udpPorts } from "../transport/udp.ts";

/** What every option begins with (RFC 8926 §3.5); the length counts the words of data behind it. */
const option = record("geneve.option", "Option", { spec: "RFC 8926 §3.5" })
  .fields({
    optionClass: u16("Option Class", {
      filter: "option.class",
      base: "hex",
      names: geneveOptionClassNames,
    }),
    critical: flag("Critical", { filter: "option.type.critical" }),
    type: bits(7, "Type", { filter: null }),
    reserved: bits(3, "Reserved", { filter: "option.flags", base: "hex", digits: 2 }),
    length: bits(5, "Length", { filter: null }),
  })
  .composite("fullType", "Type with its critical bit", ["critical", "type"], {
    filter: "option.type",
    base: "hex",
  })
  .header({ field: "length", unit: 4, plus: 4 });

const unknown = option.bytes("data", "Data", "rest", { filter: "option.unknown.data" });

/** Options of Google Cloud Platform's packet mirroring and load balancing, as its documentation lays them out. */
const google = variants(
  option,
  "type",
  {
    googleNetwork: at(
      1,
      option.fields({
        vnid: bits(28, "Virtual Network ID", { filter: "option.gcp.vnid" }),
        reserved2: bits(3, "Reserved", { filter: "option.gcp.reserved" }),
        egress: flag("Direction: egress", { filter: "option.gcp.direction" }),
      }),
    ),
    googleEndpoint: at(
      2,
      option.bytes("endpoint", "Endpoint ID", "rest", { filter: "option.gcp.endpoint" }),
    ),
    googleProfile: at(
      3,
      option.fields({ profile: u64("Security Profile ID", { filter: "option.gcp.profile" }) }),
    ),
  },
  unknown,
);

const made = variants(option, "optionClass", { google: at(0x0132, google) }, unknown);
type Made = typeof made;
/** The type of {@link geneveOption}, under a name. */
export interface GeneveOption extends Made {}
/** Options of Geneve: their meaning is that of the class's owner. */
export const geneveOption: GeneveOption = made;

/** Generic Network Virtualization Encapsulation (RFC 8926). */
export const geneve = protocol({
  name: "geneve",
  label: "Geneve",
  title: "Generic Network Virtualization Encapsulation",
  spec: "RFC 8926",
  over: [udpPorts.at(6081)],
  tunnel: true,
})
  .fields({
    version: bits(2, "Version"),
    optionsLength: bits(6, "Options Length", { filter: "option.length", scale: 4 }),
    flags: flags(
      8,
      {
        oam: "Control packet (O)",
        critical: "Critical options present (C)",
        reserved: part(6, "Reserved"),
      },
      "Flags",
      { base: "hex" },
    ),
    protocol: u16("Protocol Type", {
      filter: "proto_type",
      base: "hex",
      names: etherTypeNames,
      default: 0x6558,
    }),
    vni: u24("Virtual Network Identifier", { base: "hex" }),
    reserved: u8("Reserved", { base: "hex" }),
  })
  .list("options", "Options", geneveOption, { size: { field: "optionsLength", unit: 4 } })
  .flow({ tag: "vni" })
  .payload({
    next: {
      table: etherTypes,
      by: "protocol",
      otherwise: (h) => (h.protocol === 0x6558 ? ethernet : undefined),
    },
  });
