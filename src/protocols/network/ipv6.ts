import { bits, ipv6Address, u8, u16 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { dscpNames, ecnNames } from "../iana/ipv4.ts";
import { etherTypes, linkTypes } from "../link/ethernet.ts";
import { pppProtocols } from "../link/ppp/ppp.ts";
import { ipProtocols } from "./ipv4.ts";
import { upperSum } from "./ipv6-chain.ts";
import { ipv6Splits } from "./ipv6-split.ts";

/** Internet Protocol version 6: the fixed header. Each extension header is a layer of its own. */
export const ipv6 = protocol({
  name: "ipv6",
  label: "IPv6",
  title: "Internet Protocol Version 6",
  spec: "RFC 8200",
  also: ["ip"],
  over: [etherTypes.at(0x86dd), linkTypes.at(229), ipProtocols.at(41), pppProtocols.at(0x0057)],
})
  .fields({
    version: bits(4, "Version", { default: 6, also: ["ip.version"] }),
    dscp: bits(6, "Differentiated Services Codepoint", { filter: "tclass.dscp", names: dscpNames }),
    ecn: bits(2, "Explicit Congestion Notification", { filter: "tclass.ecn", names: ecnNames }),
    flowLabel: bits(20, "Flow Label", { filter: "flow", base: "hex", digits: 6 }),
    len: u16("Payload Length", { filter: "plen", note: "Zero in a jumbogram (RFC 2675)." }),
    nextHeader: u8("Next Header", { filter: "nxt", names: ipProtocolNames, default: 59 }),
    hopLimit: u8("Hop Limit", { filter: "hlim", default: 64, valid: [1, 255] }),
    src: ipv6Address("Source Address", { also: ["ipv6.addr"] }),
    dst: ipv6Address("Destination Address", { also: ["ipv6.addr"] }),
  })
  .composite("trafficClass", "Traffic Class", ["dscp", "ecn"], {
    filter: "tclass",
    base: "hex",
    digits: 8,
  })
  .endpoints("src", "dst")
  .identity("nextHeader", "src", "dst")
  .splits(ipv6Splits)
  .payload({
    whole: { field: "len", plus: 40, zero: "rest" },
    next: { table: ipProtocols, by: "nextHeader" },
  })
  // RFC 8200 §8.1.
  .pseudoHeader(upperSum, { required: true });
