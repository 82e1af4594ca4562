import {
  type AnyProtocol,
  type AnyRecipe,
  ah,
  destinationOptions,
  dns,
  dnsQuestion,
  dnsRecord,
  ethernet,
  hopByHop,
  icmp,
  icmpv6,
  igmp,
  ipv4,
  ipv4Option,
  ipv6,
  ipv6Fragment,
  ipv6Option,
  ipv6Routing,
  l2tp,
  mipv6,
  type Packet,
  pppoe,
  sctp,
  sctpChunk,
  tcp,
  tcpOption,
  udp,
  vlan,
} from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import { blank, crc32c, over4, over6, sumOf } from "./making-sums.ts";

const ends = { src: "192.0.2.10", dst: "192.0.2.1" };
const ends6 = { src: "2001:db8::1", dst: "2001:db8::2" };

/** A field that building computes: where it is, a packet with it, how that changes, and what the field must be then. */
export interface Automatic {
  readonly of: AnyProtocol;
  readonly field: string;
  readonly stack: (wrong: Readonly<Record<string, number>>) => readonly (AnyRecipe | string)[];
  readonly change: (packet: Packet) => void;
  readonly right: (packet: Packet) => number;
}
const longer = (packet: Packet): void => void packet.replaceRaw("a longer payload");
const ports = { srcPort: 40_000, dstPort: 50_000 };
const message = { questions: [dnsQuestion({ name: "a" })] };
const record = dnsRecord.a({ name: "a", address: "192.0.2.7" });
const counted = (list: string, field: string): Automatic => ({
  of: dns,
  field,
  stack: (wrong) => [ipv4(ends), udp(), dns({ ...message, ...wrong })],
  change: (packet) =>
    void packet.set(dns, {
      [list]: list === "questions" ? [{ name: "a" }, { name: "b" }] : [record, record],
    }),
  right: () => 2,
});

/** Every field that building computes of the protocols that are made most, by what it is. */
export const automaticFields: Readonly<Record<string, Automatic>> = {
  "the type of Ethernet": {
    of: ethernet,
    field: "type",
    stack: (wrong) => [ethernet(wrong), ipv4(ends), "x"],
    change: (packet) => void packet.replace(ipv4, ipv6(ends6), "x"),
    right: () => 0x86dd,
  },
  "the type of a VLAN tag": {
    of: vlan,
    field: "type",
    stack: (wrong) => [ethernet(), vlan(wrong), ipv4(ends), "x"],
    change: (packet) => void packet.replace(ipv4, ipv6(ends6), "x"),
    right: () => 0x86dd,
  },
  "the protocol of IPv4": {
    of: ipv4,
    field: "protocol",
    stack: (wrong) => [ipv4({ ...ends, ...wrong }), udp(ports)],
    change: (packet) => void packet.replace(udp, tcp(ports)),
    right: () => 6,
  },
  "the header length of IPv4": {
    of: ipv4,
    field: "ihl",
    stack: (wrong) => [ipv4({ ...ends, ...wrong }), udp(ports)],
    change: (packet) => void packet.set(ipv4, { options: [ipv4Option.routerAlert()] }),
    right: () => 6,
  },
  "the length of IPv4": {
    of: ipv4,
    field: "len",
    stack: (wrong) => [ipv4({ ...ends, ...wrong }), udp(ports), "x"],
    change: longer,
    right: () => 20 + 8 + 16,
  },
  "the checksum of IPv4": {
    of: ipv4,
    field: "checksum",
    stack: (wrong) => [ipv4({ ...ends, ...wrong }), udp(ports), "x"],
    change: (packet) => void Object.assign(packet.require(ipv4), { ttl: 3 }),
    right: (packet) => sumOf(blank(packet, ipv4, 10, 2, true)),
  },
  "the length of IPv6": {
    of: ipv6,
    field: "len",
    stack: (wrong) => [ipv6({ ...ends6, ...wrong }), udp(ports), "x"],
    change: longer,
    right: () => 8 + 16,
  },
  "the next header of IPv6": {
    of: ipv6,
    field: "nextHeader",
    stack: (wrong) => [ipv6({ ...ends6, ...wrong }), udp(ports)],
    change: (packet) => void packet.insert(udp, hopByHop()),
    right: () => 0,
  },
  "the next header of Hop-by-Hop Options": {
    of: hopByHop,
    field: "nextHeader",
    stack: (wrong) => [ipv6(ends6), hopByHop(wrong), udp(ports)],
    change: (packet) => void packet.replace(udp, tcp(ports)),
    right: () => 6,
  },
  "the length of Hop-by-Hop Options": {
    of: hopByHop,
    field: "len",
    stack: (wrong) => [ipv6(ends6), hopByHop(wrong), udp(ports)],
    change: (packet) =>
      void packet.set(hopByHop, {
        options: [ipv6Option.ilnpNonce({ nonce: bytes("0102030405060708") })],
      }),
    right: () => 1,
  },
  "the next header of Destination Options": {
    of: destinationOptions,
    field: "nextHeader",
    stack: (wrong) => [ipv6(ends6), destinationOptions(wrong), udp(ports)],
    change: (packet) => void packet.replace(udp, tcp(ports)),
    right: () => 6,
  },
  "the length of a Routing header": {
    of: ipv6Routing,
    field: "len",
    stack: (wrong) => [ipv6(ends6), ipv6Routing.sourceRoute(wrong), udp(ports)],
    change: (packet) =>
      void packet.set(ipv6Routing.sourceRoute, { addresses: [{ address: "::1" }] }),
    right: () => 2,
  },
  "the next header of a Fragment header": {
    of: ipv6Fragment,
    field: "nextHeader",
    stack: (wrong) => [ipv6(ends6), ipv6Fragment(wrong), udp(ports)],
    change: (packet) => void packet.replace(udp, tcp(ports)),
    right: () => 6,
  },
  "the length of an Authentication Header": {
    of: ah,
    field: "len",
    stack: (wrong) => [ipv6(ends6), ah(wrong), udp(ports)],
    change: (packet) => void packet.set(ah, { icv: bytes("00".repeat(12)) }),
    right: () => 4,
  },
  "the length of a mobility message": {
    of: mipv6,
    field: "len",
    stack: (wrong) => [ipv6(ends6), mipv6.bindingUpdate(wrong)],
    change: (packet) =>
      void packet.set(mipv6.bindingUpdate, {
        options: [{ is: "linkLayerAddress", code: 1, address: bytes("0102030405060708") }],
      }),
    right: () => 2,
  },
  "the checksum of a mobility message": {
    of: mipv6,
    field: "checksum",
    stack: (wrong) => [ipv6(ends6), mipv6.bindingUpdate(wrong)],
    change: (packet) => void Object.assign(packet.require(mipv6.bindingUpdate), { seq: 77 }),
    right: (packet) => over6(packet, mipv6, 4, 135),
  },
  "the data offset of TCP": {
    of: tcp,
    field: "dataOffset",
    stack: (wrong) => [ipv4(ends), tcp({ ...ports, ...wrong })],
    change: (packet) => void packet.set(tcp, { options: [tcpOption.timestamps()] }),
    right: () => 8,
  },
  "the checksum of TCP over IPv4": {
    of: tcp,
    field: "checksum",
    stack: (wrong) => [ipv4(ends), tcp({ ...ports, ...wrong }), "odd"],
    change: (packet) => void Object.assign(packet.require(ipv4), { src: "198.51.100.9" }),
    right: (packet) => over4(packet, tcp, 16, 6),
  },
  "the checksum of TCP over IPv6": {
    of: tcp,
    field: "checksum",
    stack: (wrong) => [ipv6(ends6), tcp({ ...ports, ...wrong }), "odd"],
    change: longer,
    right: (packet) => over6(packet, tcp, 16, 6),
  },
  "the length of UDP": {
    of: udp,
    field: "len",
    stack: (wrong) => [ipv4(ends), udp({ ...ports, ...wrong }), "x"],
    change: longer,
    right: () => 8 + 16,
  },
  "the checksum of UDP over IPv4": {
    of: udp,
    field: "checksum",
    stack: (wrong) => [ipv4(ends), udp({ ...ports, ...wrong }), "x"],
    change: longer,
    right: (packet) => over4(packet, udp, 6, 17),
  },
  "the checksum of UDP over IPv6": {
    of: udp,
    field: "checksum",
    stack: (wrong) => [ipv6(ends6), udp({ ...ports, ...wrong }), "x"],
    change: longer,
    right: (packet) => over6(packet, udp, 6, 17),
  },
  "the checksum of ICMP": {
    of: icmp,
    field: "checksum",
    stack: (wrong) => [ipv4(ends), icmp.echo({ id: 1, ...wrong }), "x"],
    change: longer,
    right: (packet) => sumOf(blank(packet, icmp, 2, 2)),
  },
  "the checksum of IGMP": {
    of: igmp,
    field: "checksum",
    stack: (wrong) => [ipv4(ends), igmp.reportV2({ group: "239.1.2.3", ...wrong })],
    change: (packet) => void Object.assign(packet.require(igmp.reportV2), { group: "239.1.2.4" }),
    right: (packet) => sumOf(blank(packet, igmp, 2, 2)),
  },
  "the checksum of ICMPv6": {
    of: icmpv6,
    field: "checksum",
    stack: (wrong) => [ipv6(ends6), icmpv6.echoRequest({ id: 1, ...wrong }), "x"],
    change: longer,
    right: (packet) => over6(packet, icmpv6, 2, 58),
  },
  "the checksum of SCTP": {
    of: sctp,
    field: "checksum",
    stack: (wrong) => [ipv4(ends), sctp({ ...ports, ...wrong, chunks: [sctpChunk.shutdown()] })],
    change: (packet) => void packet.set(sctp, { verificationTag: 9 }),
    right: (packet) => crc32c(blank(packet, sctp, 8, 4)),
  },
  "the length of PPPoE": {
    of: pppoe,
    field: "length",
    stack: (wrong) => [ethernet(), pppoe(wrong), "x"],
    change: longer,
    right: () => 16,
  },
  "the length of L2TP": {
    of: l2tp,
    field: "length",
    stack: (wrong) => [
      ipv4(ends),
      udp(ports),
      l2tp({ flags: { length: true, version: 2 }, ...wrong }),
      "x",
    ],
    change: longer,
    right: () => 8 + 16,
  },
  "the number of questions of DNS": counted("questions", "qdcount"),
  "the number of answers of DNS": counted("answers", "ancount"),
  "the number of authorities of DNS": counted("authorities", "nscount"),
  "the number of additional records of DNS": counted("additionals", "arcount"),
};
