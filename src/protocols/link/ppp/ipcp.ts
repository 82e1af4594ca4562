import { bits, eui64, flag, ipv4Address, u8, u16 } from "../../../schema/field.ts";
import type { Names } from "../../../schema/names.ts";
import { names } from "../../../schema/names.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { ipcpOptionNames, ipv6cpOptionNames, pppProtocolNames } from "../../iana/ppp.ts";
import { configurationOption, controlProtocol, negotiation } from "./control.ts";
import { pppProtocols } from "./ppp.ts";

/** The beginning of a sub-option of header compression: its length counts all of it, as that of an option does. */
const suboption = (name: string, filter: string, names?: Names) =>
  record(name, "Sub-option", { filter: "ipcp" })
    .fields({
      type: u8("Type", { filter: `${filter}.type`, ...(names && { names }) }),
      length: u8("Length", { filter: `${filter}.length` }),
    })
    .header({ field: "length" });

/** Sub-options of IP header compression (RFC 3544 §2). */
const iphcSuboptionNames = /* @__PURE__ */ names(
  "1=RTP-Compression\n2=Enhanced RTP-Compression\n3=TCP/non-TCP Compression",
);
const iphc = suboption("ipcp.iphcSuboption", "opt.iphc", iphcSuboptionNames);
const iphcSuboption = variants(
  iphc,
  "type",
  {
    rtp: at(1, iphc),
    enhancedRtp: at(2, iphc),
    tcpOrNot: at(3, iphc.fields({ parameter: u8("Parameter", { filter: "opt.iphc.param" }) })),
  },
  iphc.bytes("data", "Data", "rest", { filter: null }),
);

/** Sub-options of robust header compression: profiles (RFC 3241 §2.2). */
const profile = record("ipcp.rohcProfile", "Profile", { filter: "ipcp" }).fields({
  profile: u16("Profile", { filter: "opt.rohc.profile", base: "hex" }),
});
const rohc = suboption("ipcp.rohcSuboption", "opt.rohc");
const rohcSuboption = variants(
  rohc,
  "type",
  { profiles: at(1, rohc.list("profiles", "Profiles", profile)) },
  rohc.bytes("data", "Data", "rest", { filter: null }),
);

/** The value of the compression protocol options of IPCP and IPv6CP, whose parts depend on the protocol. */
const compression = record("ipcp.compression", "Compression Protocol", { filter: "ipcp" }).fields({
  protocol: u16("Compression Protocol", {
    filter: "opt.compress_proto",
    base: "hex",
    names: pppProtocolNames,
  }),
});
const compressionProtocol = variants(
  compression,
  "protocol",
  {
    robust: at(
      0x0003,
      compression
        .fields({
          maxContextId: u16("Maximum Context Identifier", { filter: "opt.max_cid" }),
          mrru: u16("Maximum Reconstructed Reception Unit", { filter: "opt.mrru" }),
          maxHeader: u16("Maximum Header", { filter: "opt.max_header" }),
        })
        .list("suboptions", "Sub-options", rohcSuboption),
    ),
    vanJacobson: at(
      0x002d,
      compression.fields({
        maxSlotId: u8("Maximum Slot Identifier", { filter: "opt.max_slot_id" }),
        reserved: bits(7, "Reserved", { filter: null }),
        compressSlotId: flag("Compress Slot Identifier", { filter: "opt.comp_slot_id" }),
      }),
    ),
    ipHeader: at(
      0x0061,
      compression
        .fields({
          tcpSpace: u16("TCP Contexts", { filter: "opt.tcp_space" }),
          nonTcpSpace: u16("Non-TCP Contexts", { filter: "opt.non_tcp_space" }),
          fMaxPeriod: u16("Full Header Period", { filter: "opt.f_max_period" }),
          fMaxTime: u16("Full Header Time", { filter: "opt.f_max_time" }),
          maxHeader: u16("Maximum Header", { filter: "opt.max_header" }),
        })
        .list("suboptions", "Sub-options", iphcSuboption),
    ),
  },
  compression.bytes("data", "Data", "rest", { filter: "data" }),
);

const option = configurationOption("ipcp.option", "ipcp", ipcpOptionNames);
const address = (title: string, filter: string) =>
  option.fields({ address: ipv4Address(title, { filter }) });

/** Configuration options of IPCP. */
export const ipcpOption = variants(
  option,
  "type",
  {
    ipAddresses: at(
      1,
      option.fields({
        src: ipv4Address("Source Address", { filter: "opt.src_address" }),
        dst: ipv4Address("Destination Address", { filter: "opt.dst_address" }),
      }),
    ),
    compressionProtocol: at(2, option.record("compression", "Compression", compressionProtocol)),
    ipAddress: at(3, address("IP Address", "opt.ip_address")),
    mobileIpv4: at(4, address("Mobile Node's Home Address", "opt.mobilenodehomeaddress")),
    primaryDns: at(129, address("Primary DNS Server", "opt.pri_dns_address")),
    primaryNbns: at(130, address("Primary NBNS Server", "opt.pri_nbns_address")),
    secondaryDns: at(131, address("Secondary DNS Server", "opt.sec_dns_address")),
    secondaryNbns: at(132, address("Secondary NBNS Server", "opt.sec_nbns_address")),
  },
  option.bytes("data", "Data", "rest", { filter: "data" }),
);

const head = controlProtocol({
  name: "ipcp",
  title: "PPP IP Control Protocol",
  spec: "RFC 1332, RFC 1877, RFC 2290",
  over: [pppProtocols.at(0x8021)],
});
const configure = head.list("options", "Options", ipcpOption);
const other = head.bytes("data", "Data", "rest", { filter: ".ppp.data" });

/** IP Control Protocol of PPP; the cases are its codes. */
export const ipcp = variants(head, "code", negotiation(configure, other), other);

const option6 = configurationOption("ipv6cp.option", "ipv6cp", ipv6cpOptionNames);

/** Configuration options of IPv6CP. */
export const ipv6cpOption = variants(
  option6,
  "type",
  {
    interfaceIdentifier: at(
      1,
      option6.fields({
        identifier: eui64("Interface Identifier", { filter: "interface_identifier" }),
      }),
    ),
    compressionProtocol: at(2, option6.record("compression", "Compression", compressionProtocol)),
  },
  option6.bytes("data", "Data", "rest", { filter: null }),
);

const head6 = controlProtocol({
  name: "ipv6cp",
  label: "IPv6CP",
  title: "PPP IPv6 Control Protocol",
  spec: "RFC 5072, RFC 5172",
  over: [pppProtocols.at(0x8057)],
});
const configure6 = head6.list("options", "Options", ipv6cpOption);
const other6 = head6.bytes("data", "Data", "rest", { filter: ".ppp.data" });

/** IPv6 Control Protocol of PPP; the cases are its codes. */
export const ipv6cp = variants(head6, "code", negotiation(configure6, other6), other6);
