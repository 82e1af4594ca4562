import { sum16 } from "../../bytes/checksum.ts";
import { readU16 } from "../../bytes/numbers.ts";
import { headerChecksum } from "../../schema/checksum.ts";
import { bits, flags, ipv4Address, u8, u16 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { dscpNames, ecnNames } from "../iana/ipv4.ts";
import { etherTypes, linkTypes } from "../link/ethernet.ts";
import { llcSaps } from "../link/llc.ts";
import { pppProtocols } from "../link/ppp/ppp.ts";
import { ipv4Option } from "./ipv4-options.ts";
import { ipv4Splits } from "./ipv4-split.ts";

/** IANA Assigned Internet Protocol Numbers. */
export const ipProtocols = table("ip.proto", ipProtocolNames);

/** Internet Protocol version 4. */
export const ipv4 = protocol({
  name: "ipv4",
  label: "IPv4",
  title: "Internet Protocol Version 4",
  spec: "RFC 791",
  filter: "ip",
  also: ["ip"],
  over: [
    etherTypes.at(0x0800),
    linkTypes.at(228),
    ipProtocols.at(4),
    pppProtocols.at(0x0021),
    llcSaps.at(0x06),
  ],
})
  .fields({
    version: bits(4, "Version", { default: 4 }),
    ihl: bits(4, "Header Length", { filter: "hdr_len", scale: 4 }),
    dscp: bits(6, "Differentiated Services Codepoint", {
      filter: "dsfield.dscp",
      names: dscpNames,
    }),
    ecn: bits(2, "Explicit Congestion Notification", { filter: "dsfield.ecn", names: ecnNames }),
    len: u16("Total Length"),
    id: u16("Identification", { base: "hex" }),
    flags: flags(3, { rb: "Reserved", df: "Don't Fragment", mf: "More Fragments" }, "Flags", {
      base: "hex",
      valid: (random) => ({ df: random.chance(50) }),
    }),
    // A random packet is no fragment, since what is above it is whole.
    fragmentOffset: bits(13, "Fragment Offset", {
      filter: "frag_offset",
      note: "In words of 8 bytes.",
      valid: [0, 0],
    }),
    ttl: u8("Time to Live", { default: 64, valid: [1, 255] }),
    protocol: u8("Protocol", { filter: "proto", names: ipProtocolNames }),
    checksum: u16("Header Checksum", { base: "hex", checksum: headerChecksum }),
    src: ipv4Address("Source Address", { also: ["ip.addr"] }),
    dst: ipv4Address("Destination Address", { also: ["ip.addr"] }),
  })
  .composite("dsfield", "Differentiated Services Field", ["dscp", "ecn"], { base: "hex" })
  .list("options", "Options", ipv4Option, {
    until: (o) => o.is === "endOfOptionsList",
    align: 4,
  })
  .header({ field: "ihl", unit: 4 })
  .endpoints("src", "dst")
  .identity("id", "fragmentOffset", "protocol", "src", "dst")
  .splits(ipv4Splits)
  .payload({
    whole: { field: "len", zero: "rest" },
    next: { table: ipProtocols, by: "protocol", unless: "fragmentOffset" },
  })
  .pseudoHeader(upperSum);

const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;

/** The sum of the addresses that upper checksums cover: the destination is the last of a source route (RFC 1122 §4.1.3.4). */
function upperSum({ bytes, start, headerEnd }: Layer): number | null {
  // Of a fragment the upper layer's bytes are not all here.
  if ((readU16(bytes, start + 6) & 0x3fff) !== 0) return null;
  let destination = start + 16;
  for (let o = start + 20; o + 3 < headerEnd; ) {
    const type = bytes[o]!;
    const length = type === 1 ? 1 : bytes[o + 1]!;
    if (type === 0 || length === 0 || o + length > headerEnd) break;
    // There is one route at most (RFC 791 §3.1): of two the first counts.
    if (type === LOOSE_SOURCE_ROUTE || type === STRICT_SOURCE_ROUTE) {
      if (length >= 7 && bytes[o + 2]! <= length) destination = o + length - 4;
      break;
    }
    o += length;
  }
  return sum16(bytes, destination, destination + 4, sum16(bytes, start + 12, start + 16));
}
