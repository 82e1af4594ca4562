import {
  dns,
  dnsOption,
  dnsRecord,
  icmp,
  icmpv6,
  igmp,
  lacp,
  lacpTlv,
  ndOption,
  sctp,
  sctpChunk,
  sctpParameter,
  stp,
} from "../../src/index.ts";
import { bytes } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

const target = "2001:db8::2";
const written = "20010db8000000000000000000000002";
const mac = "02:00:5e:10:00:0a";

/** Messages of control protocols by keyword, each on its own: the checksums of ICMPv6 stay zero, those of others do not. */
export const controlMessages: Table = {
  rows: [
    ["ICMP echo request", icmp.echo({ id: 1, seq: 2 }), "0800 f7fc 0001 0002"],
    ["ICMP echo reply", icmp.echoReply({ id: 1, seq: 2 }), "0000 fffc 0001 0002"],
    [
      "ICMP Destination Unreachable, with the MTU of the next hop",
      icmp.destinationUnreachable({ code: 4, mtu: 1400 }),
      "0304 f783 00 00 0578",
    ],
    ["ICMP Source Quench", icmp.sourceQuench(), "0400 fbff 00000000"],
    ["ICMP Redirect", icmp.redirect({ code: 1, gateway: "192.0.2.9" }), "0501 38f5 c0000209"],
    ["ICMP Time Exceeded", icmp.timeExceeded({ code: 1 }), "0b01 f4fe 00000000"],
    ["ICMP of an unassigned type", icmp({ type: 200, code: 3 }), "c803 37fc"],
    [
      "ICMPv6 Destination Unreachable",
      icmpv6.destinationUnreachable({ code: 4 }),
      "01040000 00000000",
    ],
    ["ICMPv6 Packet Too Big", icmpv6.packetTooBig({ mtu: 1280 }), "02000000 00000500"],
    ["ICMPv6 Time Exceeded", icmpv6.timeExceeded({ code: 1 }), "03010000 00000000"],
    [
      "ICMPv6 Parameter Problem",
      icmpv6.parameterProblem({ code: 1, pointer: 40 }),
      "04010000 00000028",
    ],
    ["ICMPv6 echo request", icmpv6.echoRequest({ id: 1, seq: 2 }), "80000000 0001 0002"],
    ["ICMPv6 echo reply", icmpv6.echoReply({ id: 1, seq: 2 }), "81000000 0001 0002"],
    [
      "ICMPv6 Neighbor Solicitation with an option",
      icmpv6.neighborSolicitation({
        target,
        options: [ndOption.sourceLinkLayerAddress({ address: mac })],
      }),
      `87000000 00000000 ${written} 0101 02005e10000a`,
    ],
    [
      "ICMPv6 Neighbor Advertisement with flags",
      icmpv6.neighborAdvertisement({ flags: { s: true, o: true }, target }),
      `88000000 60000000 ${written}`,
    ],
    ["IGMP query", igmp.query({ maxResponse: 100, group: "239.1.2.3" }), "1164 fd96 ef010203"],
    ["IGMP report of version 2", igmp.reportV2({ group: "239.1.2.3" }), "1600 f8fa ef010203"],
    ["IGMP leave", igmp.leave({ group: "239.1.2.3" }), "1700 f7fa ef010203"],
    [
      "STP configuration",
      stp.configuration({
        flags: { topologyChange: true },
        rootPriority: 8,
        rootExtension: 1,
        root: mac,
        rootCost: 4,
        bridgePriority: 8,
        bridgeExtension: 1,
        bridge: mac,
        port: 0x8001,
        messageAge: 256,
        maxAge: 20 * 256,
        helloTime: 2 * 256,
        forwardDelay: 15 * 256,
      }),
      "0000 00 00 01 8001 02005e10000a 00000004 8001 02005e10000a 8001 0100 1400 0200 0f00",
    ],
    [
      "LACP header with its end and 50 reserved bytes",
      lacp({ tlvs: [lacpTlv.terminator()], padding: new Uint8Array(50) }),
      `01 0000 ${"00".repeat(50)}`,
    ],
    [
      "SCTP header with a chunk",
      sctp({
        srcPort: 1,
        dstPort: 2,
        verificationTag: 3,
        checksum: 0x01020304,
        chunks: [sctpChunk.cookieAck()],
      }),
      "0001 0002 00000003 01020304 0b000004",
    ],
    [
      "DNS query",
      dns({ id: 7, flags: { rd: true }, questions: [{ name: "a.example", type: 28 }] }),
      "0007 0100 0001 0000 0000 0000 0161076578616d706c6500 001c 0001",
    ],
    [
      "DNS message with flags, and records in every section",
      dns({
        id: 7,
        flags: { qr: true, aa: true, rcode: 3 },
        answers: [dnsRecord.a({ name: "a", address: "192.0.2.1" })],
        authorities: [dnsRecord.ns({ name: "b", nsdname: "c" })],
        additionals: [dnsRecord.opt({ udpPayloadSize: 1232 })],
      }),
      "0007 8403 0000 0001 0001 0001 016100 0001 0001 00000000 0004 c0000201 016200 0002 0001 00000000 0003 016300 00 0029 04d0 00000000 0000",
    ],
  ],
};

/** Records of DNS (RFC 1035 §3.2), in a message without other names. */
export const dnsRecords: Table = {
  carrier: { protocol: dns, list: "answers", words: 1 },
  rows: [
    [
      "DNS address",
      dnsRecord.a({ name: "a.example", ttl: 180, address: "192.0.2.80" }),
      "0161076578616d706c6500 0001 0001 000000b4 0004 c0000250",
    ],
    [
      "DNS IPv6 address",
      dnsRecord.aaaa({ name: "a", ttl: 1, address: target }),
      `016100 001c 0001 00000001 0010 ${written}`,
    ],
    [
      "DNS name server, whose name ends as its own",
      dnsRecord.ns({ name: "example", ttl: 1, nsdname: "ns.example" }),
      "076578616d706c6500 0002 0001 00000001 0005 026e73c00c",
    ],
    [
      "DNS start of authority",
      dnsRecord.soa({
        name: "example",
        ttl: 1,
        mname: "ns.example",
        rname: "root.example",
        serial: 1,
        refresh: 2,
        retry: 3,
        expire: 4,
        minimum: 5,
      }),
      "076578616d706c6500 0006 0001 00000001 0020 026e73c00c 04726f6f74c00c 00000001 00000002 00000003 00000004 00000005",
    ],
    [
      "DNS EDNS record with an option",
      dnsRecord.opt({
        udpPayloadSize: 4096,
        extendedRcode: 1,
        version: 0,
        flags: { do: true },
        options: [dnsOption({ code: 65001, data: bytes("cafe") })],
      }),
      "00 0029 1000 01 00 8000 0006 fde9 0002 cafe",
    ],
  ],
};

/** Chunks of SCTP (RFC 9260 §3.3). Their lengths leave out the padding behind them. */
export const sctpChunks: Table = {
  carrier: { protocol: sctp, list: "chunks", words: 1 },
  rows: [
    [
      "SCTP DATA, whole in one chunk",
      sctpChunk.data({
        flags: { beginning: true, ending: true },
        tsn: 1,
        sid: 2,
        ssn: 3,
        ppid: 0,
        data: bytes("0102030405"),
      }),
      "0003 0015 00000001 0002 0003 00000000 0102030405",
    ],
    [
      "SCTP INIT with a parameter",
      sctpChunk.init({
        initiateTag: 1,
        receiverWindow: 65535,
        outboundStreams: 10,
        inboundStreams: 20,
        initialTsn: 5,
        parameters: [sctpParameter.cookiePreservative({ increment: 7 })],
      }),
      "0100 001c 00000001 0000ffff 000a 0014 00000005 0009 0008 00000007",
    ],
    [
      "SCTP SACK with gaps and duplicates",
      sctpChunk.sack({
        cumulativeTsn: 9,
        receiverWindow: 65535,
        gaps: [{ start: 2, end: 3 }],
        duplicates: [{ tsn: 4 }],
      }),
      "0300 0018 00000009 0000ffff 0001 0001 0002 0003 00000004",
    ],
    ["SCTP of an unassigned type", sctpChunk({ type: 63, value: bytes("aabb") }), "3f00 0006 aabb"],
    ["SCTP SHUTDOWN", sctpChunk.shutdown({ cumulativeTsn: 9 }), "0700 0008 00000009"],
    ["SCTP COOKIE ECHO", sctpChunk.cookieEcho({ cookie: bytes("010203") }), "0a00 0007 010203"],
  ],
};

/** What LACP says (IEEE 802.1AX §6.4.2.3), in its fixed lengths. */
export const lacpTlvs: Table = {
  carrier: { protocol: lacp, list: "tlvs", words: 1 },
  rows: [
    [
      "LACP actor",
      lacpTlv.actor({
        systemPriority: 1,
        system: mac,
        key: 2,
        portPriority: 3,
        port: 4,
        state: { activity: true, aggregation: true, expired: true },
      }),
      "01 14 0001 02005e10000a 0002 0003 0004 85 000000",
    ],
    [
      "LACP partner",
      lacpTlv.partner({
        systemPriority: 1,
        system: mac,
        key: 2,
        port: 4,
        state: { timeout: true },
      }),
      "02 14 0001 02005e10000a 0002 0000 0004 02 000000",
    ],
    ["LACP collector", lacpTlv.collector({ maxDelay: 10 }), "03 10 000a 000000000000000000000000"],
    ["LACP terminator", lacpTlv.terminator(), "00 00"],
  ],
};
