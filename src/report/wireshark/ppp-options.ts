import { formatHex } from "../../bytes/hex.ts";
import { readU32 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";
import { whole } from "./whole.ts";

const isUnknown = (option: Layer): boolean => option.schema.caseName === "unknown";

const lcpOptionExtra = whole("lcp.option", {
  vendorSpecific: "lcp.opt.vendor",
  maximumReceiveUnit: "lcp.opt.mtu_bytes",
  asyncControlCharacterMap: "lcp.opt.asyncmap_bytes",
  authenticationProtocol: "lcp.opt.auth_protocol_bytes",
  qualityProtocol: "lcp.opt.quality_protocol_bytes",
  magicNumber: "lcp.opt.magic_number_bytes",
  protocolFieldCompression: "lcp.opt.field_compress",
  addressAndControlFieldCompression: "lcp.opt.addr_field_compress",
  fcsAlternatives: "lcp.opt.fcs_alternatives_bytes",
  selfDescribingPad: "lcp.opt.self_desc_pad",
  numberedMode: "lcp.opt.numbered_mode",
  callback: "lcp.opt.callback",
  compoundFrames: "lcp.opt.compound_frames",
  multilinkMrru: "lcp.opt.multilink_mrru",
  shortSequenceNumbers: "lcp.opt.multilink_ssnh",
  endpointDiscriminator: "lcp.opt.multilink_ep_disc",
  dceIdentifier: "lcp.opt.dce_identifier",
  multiLinkPlus: "lcp.opt.multilink_pp",
  linkDiscriminator: "lcp.opt.link_discrim_bytes",
  byteStuffing: "lcp.opt.cobs",
  prefixElision: "lcp.opt.prefix_elision",
  multilinkHeaderFormat: "lcp.opt.multilink_hdr_fmt",
  internationalization: "lcp.opt.internationalization",
  simpleDataLink: "lcp.opt.sonet_sdh",
});

/** A block of magic numbers is shown as such, and as the numbers in it. */
const discriminatorExtra: Extra = {
  protocol: "lcp.endpointDiscriminator",
  names: ["lcp.opt.magic_number"],
  cells({ schema, bytes, start, end }, emit) {
    if (schema.caseName !== "magicNumbers") return;
    for (let at = start + 1; at + 4 <= end; at += 4)
      emit("lcp.opt.magic_number", hexCell(readU32(bytes, at), 8));
  },
};

const COMPRESSION = "ipcp.opt.compress";

const ipcpOptionExtra = whole("ipcp.option", {
  ipAddresses: "ipcp.opt.addrs",
  compressionProtocol: COMPRESSION,
  ipAddress: "ipcp.opt.addr",
  mobileIpv4: "ipcp.opt.mobileipv4",
  primaryDns: "ipcp.opt.pri_dns",
  primaryNbns: "ipcp.opt.pri_nbns",
  secondaryDns: "ipcp.opt.sec_dns",
  secondaryNbns: "ipcp.opt.sec_nbns",
});
const rohcExtra = whole("ipcp.rohcSuboption", { profiles: "ipcp.opt.rohc.profile_bytes" });
const iphcExtra = whole("ipcp.iphcSuboption", {
  rtp: "ipcp.opt.iphc.rtp_compress",
  enhancedRtp: "ipcp.opt.iphc.enhanced_rtp_compress",
  tcpOrNot: "ipcp.opt.iphc.neghdrcomp",
});

/** IPv6CP shares its compression option with IPCP, and Wireshark shows it under the names there. */
const ipv6cpWhole = whole("ipv6cp.option", {
  interfaceIdentifier: "ipv6cp.opt.interface_identifier",
  compressionProtocol: COMPRESSION,
});
const isShared = (option: Layer): boolean => option.schema.caseName === "compressionProtocol";
const ipv6cpOptionExtra: Extra = {
  protocol: "ipv6cp.option",
  names: [...ipv6cpWhole.names, "ipcp.opt.type", "ipcp.opt.length"],
  cells(option, emit: Emit, context) {
    ipv6cpWhole.cells(option, emit, context);
    if (!isShared(option)) return;
    emit("ipcp.opt.type", String(option.bytes[option.start]));
    emit("ipcp.opt.length", String(option.bytes[option.start + 1]));
  },
};

/** Options of LCP, IPCP and IPv6CP as wholes. */
export const pppOptionExtras: readonly Extra[] = [
  lcpOptionExtra,
  discriminatorExtra,
  ipcpOptionExtra,
  rohcExtra,
  iphcExtra,
  ipv6cpOptionExtra,
];

/** Of an option that it does not know, Wireshark shows no field. */
const knownOnly = (name: string, print: (value: unknown) => string): Override => ({
  name,
  cell: (value, option) => (isUnknown(option) && hasType(option) ? null : print(value)),
});
/** The parts of an option may have an unknown case too, which is shown. */
const hasType = ({ schema }: Layer): boolean => schema.root.name.endsWith(".option");
const hexOf = (value: unknown): string => formatHex(value as Uint8Array);

export const pppOverrides: readonly Override[] = [
  knownOnly("lcp.opt.type", String),
  knownOnly("lcp.opt.length", String),
  knownOnly("lcp.opt.data", hexOf),
  knownOnly("ipcp.opt.type", String),
  knownOnly("ipcp.opt.length", String),
  knownOnly("ipcp.data", hexOf),
  ...["ipv6cp.opt.type", "ipv6cp.opt.length"].map(
    (name): Override => ({
      name,
      cell: (value, option) => (isUnknown(option) || isShared(option) ? null : String(value)),
    }),
  ),
  {
    name: "mp.sequence_num_reserved",
    cell: (value) => (value === 0 ? "0" : "1"),
  },
];
