import { flags, ipv4Address, mac, octets, part, u8, u16, u24, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import {
  chapAlgorithmNames,
  endpointDiscriminatorNames,
  lcpOptionNames,
  pppProtocolNames,
} from "../../iana/ppp.ts";
import { configurationOption } from "./control.ts";

const data = { filter: "opt.data" } as const;
const option = configurationOption("lcp.option", "lcp", lcpOptionNames);

/** The control characters that a link must escape, the highest first (RFC 1662 §7.1). */
const controlCharacters = {
  us: "Unit Separator",
  rs: "Record Separator",
  gs: "Group Separator",
  fs: "File Separator",
  esc: "Escape",
  sub: "Substitute",
  em: "End of Medium",
  can: "Cancel",
  etb: "End of Transmission Block",
  syn: "Synchronous Idle",
  nak: "Negative Acknowledge",
  dc4: "Device Control 4",
  dc3: "Device Control 3 (XOFF)",
  dc2: "Device Control 2",
  dc1: "Device Control 1 (XON)",
  dle: "Data Link Escape",
  si: "Shift In",
  so: "Shift Out",
  cr: "Carriage Return",
  ff: "Form Feed",
  vt: "Vertical Tab",
  lf: "Line Feed",
  ht: "Horizontal Tab",
  bs: "Backspace",
  bel: "Bell",
  ack: "Acknowledge",
  enq: "Enquiry",
  eot: "End of Transmission",
  etx: "End of Text",
  stx: "Start of Text",
  soh: "Start of Heading",
  nul: "Null",
};

const CHAP = 0xc223;
const LINK_QUALITY_REPORT = 0xc025;

/** RFC 1990 §5.1.3: what tells the ends of a bundle of links apart. */
const discriminator = record("lcp.endpointDiscriminator", "Endpoint Discriminator", {
  filter: "lcp",
}).fields({
  class: u8("Class", { filter: "opt.ep_disc_class", names: endpointDiscriminatorNames }),
});
const endpointDiscriminator = variants(
  discriminator,
  "class",
  {
    nullClass: at(0, discriminator),
    local: at(1, discriminator.bytes("address", "Address", "rest", data)),
    ipv4: at(2, discriminator.fields({ ip: ipv4Address("Address", { filter: "opt.ip_address" }) })),
    mac: at(3, discriminator.fields({ mac: mac("Address", { filter: "opt.802_1_address" }) })),
    magicNumbers: at(
      4,
      discriminator.bytes("magic", "Magic-Number Block", "rest", { filter: "opt.magic_block" }),
    ),
    directoryNumber: at(
      5,
      discriminator.bytes("number", "Directory Number", "rest", { filter: "opt.psndn" }),
    ),
  },
  discriminator.bytes("address", "Address", "rest", data),
);

/** Configuration options of LCP. */
export const lcpOption = variants(
  option,
  "type",
  {
    vendorSpecific: at(
      0,
      option
        .fields({
          oui: u24("Organizationally Unique Identifier", { filter: "opt.oui" }),
          kind: u8("Kind", { filter: "opt.kind" }),
        })
        .bytes("data", "Data", "rest", data),
    ),
    maximumReceiveUnit: at(
      1,
      option.fields({ mru: u16("Maximum Receive Unit", { filter: "opt.mru", default: 1500 }) }),
    ),
    asyncControlCharacterMap: at(
      2,
      option.fields({
        map: flags(32, controlCharacters, "Async Control Character Map", {
          filter: "opt.asyncmap",
          base: "hex",
        }),
      }),
    ),
    authenticationProtocol: at(
      3,
      option
        .fields({
          protocol: u16("Authentication Protocol", {
            filter: "opt.auth_protocol",
            base: "hex",
            names: pppProtocolNames,
          }),
        })
        .when(
          { field: "protocol", is: CHAP },
          { algorithm: u8("Algorithm", { filter: "opt.algorithm", names: chapAlgorithmNames }) },
        )
        .bytes("data", "Data", "rest", data),
    ),
    qualityProtocol: at(
      4,
      option
        .fields({
          protocol: u16("Quality Protocol", {
            filter: "opt.quality_protocol",
            base: "hex",
            names: pppProtocolNames,
          }),
        })
        .when(
          { field: "protocol", is: LINK_QUALITY_REPORT },
          { reportingPeriod: u32("Reporting Period", { filter: "opt.reporting_period" }) },
        )
        .bytes("data", "Data", "rest", data),
    ),
    magicNumber: at(
      5,
      option.fields({ magic: u32("Magic Number", { filter: "opt.magic_number", base: "hex" }) }),
    ),
    protocolFieldCompression: at(7, option),
    addressAndControlFieldCompression: at(8, option),
    fcsAlternatives: at(
      9,
      option.fields({
        fcs: flags(
          8,
          { ccitt32: "32-bit FCS", ccitt16: "16-bit FCS", null: "No FCS" },
          "FCS Alternatives",
          { filter: "opt.fcs_alternatives", base: "hex" },
        ),
      }),
    ),
    selfDescribingPad: at(10, option.fields({ maximum: u8("Maximum", { filter: "opt.maximum" }) })),
    numberedMode: at(
      11,
      option
        .fields({ window: u8("Window", { filter: "opt.window" }) })
        .bytes("address", "HDLC Address", "rest", { filter: "opt.hdlc_address" }),
    ),
    callback: at(
      13,
      option
        .fields({ operation: u8("Operation", { filter: "opt.operation" }) })
        .bytes("message", "Message", "rest", { filter: "opt.message" }),
    ),
    compoundFrames: at(15, option),
    multilinkMrru: at(
      17,
      option.fields({ mrru: u16("Maximum Receive Reconstructed Unit", { filter: "opt.mrru" }) }),
    ),
    shortSequenceNumbers: at(18, option),
    endpointDiscriminator: at(
      19,
      option.record("discriminator", "Endpoint Discriminator", endpointDiscriminator),
    ),
    dceIdentifier: at(21, option.fields({ mode: u8("Mode", { filter: "opt.mode" }) })),
    multiLinkPlus: at(22, option.fields({ unused: octets(2, "Unused", { filter: "opt.unused" }) })),
    linkDiscriminator: at(
      23,
      option.fields({ discriminator: u16("Link Discriminator", { filter: "opt.link_discrim" }) }),
    ),
    byteStuffing: at(
      25,
      option.fields({
        flags: flags(
          8,
          {
            reserved: part(6, "Reserved", { base: "hex" }),
            pre: "Preemption",
            zxe: "Zero Pair/Run Elimination",
          },
          "Flags",
          { filter: "opt.flags", base: "hex" },
        ),
      }),
    ),
    prefixElision: at(
      26,
      option
        .fields({ class: u8("Class", { filter: "opt.class" }) })
        .bytes("prefixes", "Prefixes", "rest", { filter: null }),
    ),
    multilinkHeaderFormat: at(
      27,
      option.fields({
        format: u8("Code", { filter: "opt.code" }),
        maxClasses: u8("Maximum Suspendable Classes", { filter: "opt.max_susp_classes" }),
      }),
    ),
    internationalization: at(
      28,
      option
        .fields({ charset: u32("Character Set", { filter: "opt.MIBenum" }) })
        .text("language", "Language Tag", "rest", { filter: "opt.language_tag" }),
    ),
    simpleDataLink: at(29, option),
  },
  option.bytes("data", "Data", "rest", data),
);
