import {
  ah,
  arp,
  destinationOptions,
  esp,
  ethernet,
  hip,
  hipParameter,
  hopByHop,
  http,
  ipv4,
  ipv4Option,
  ipv6,
  ipv6Fragment,
  ipv6Option,
  ipv6Routing,
  l2tp,
  llc,
  ppp,
  pppoe,
  serviceVlan,
  sll,
  snap,
  tcp,
  tcpOption,
  udp,
  vlan,
} from "../../src/index.ts";
import { bytes, hex } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";

const A = "02:00:5e:10:00:0a";
const B = "02:00:5e:10:00:01";
const a = "02005e10000a";
const b = "02005e100001";
const text = (given: string): string => hex(new TextEncoder().encode(given));
const one = "20010db8000000000000000000000001";
const two = "20010db8000000000000000000000002";

/** Headers of links by keyword, each on its own. */
export const linkHeaders: Table = {
  rows: [
    ["Ethernet", ethernet({ dst: B, src: A, type: 0x88b5 }), `${b}${a}88b5`],
    ["Ethernet with defaults only", ethernet(), "000000000000 000000000000 0000"],
    [
      "ARP request",
      arp({ sha: A, spa: "192.0.2.10", tpa: "192.0.2.1" }),
      `0001 0800 06 04 0001 ${a} c000020a 000000000000 c0000201`,
    ],
    [
      "ARP reply",
      arp({ opcode: 2, sha: B, spa: "192.0.2.1", tha: A, tpa: "192.0.2.10" }),
      `0001 0800 06 04 0002 ${b} c0000201 ${a} c000020a`,
    ],
    [
      "InARP request with hardware addresses of two bytes",
      arp({
        hwType: 15,
        hwSize: 2,
        opcode: 8,
        senderHardware: bytes("1841"),
        spa: "192.0.2.10",
        targetHardware: bytes("1851"),
        tpa: "192.0.2.1",
      }),
      "000f 0800 02 04 0008 1841 c000020a 1851 c0000201",
    ],
    ["VLAN tag", vlan({ priority: 5, dei: true, id: 0x123, type: 0x88b5 }), "b12388b5"],
    ["VLAN tag for priority only", vlan({ priority: 7, type: 0x88b5 }), "e00088b5"],
    ["service VLAN tag", serviceVlan({ dei: true, id: 4095, type: 0x88b5 }), "1fff88b5"],
    [
      "Linux cooked header",
      sll.mac({ packetType: 4, hwType: 1, src: A, protocol: 0x88b5 }),
      `0004 0001 0006 ${a}0000 88b5`,
    ],
    ["LLC of unnumbered information", llc({ dsap: 0x42, ssap: 0x42, control: 3 }), "424203"],
    [
      "LLC of information",
      llc({ dsap: 0x04, ssap: 0x05, information: { nr: 3, pf: true, ns: 2 } }),
      "0405 0407",
    ],
    ["SNAP of an EtherType", snap({ oui: 0, type: 0x88b5 }), "000000 88b5"],
    ["SNAP of a maker", snap({ oui: 0x00000c, pid: 0x2000 }), "00000c 2000"],
    [
      "PPP of a number of two bytes",
      ppp({ address: 0xff, control: 3, protocol: 0x8021 }),
      "ff038021",
    ],
    ["PPPoE session", pppoe({ sessionId: 0x1234 }), "11 00 1234 0000"],
    [
      "L2TP data message with all that it may have",
      l2tp({
        flags: { length: true, sequence: true, offset: true, priority: true, version: 2 },
        tunnel: 1,
        session: 2,
        ns: 3,
        nr: 4,
        offsetPadding: bytes("0000"),
      }),
      "4b02 0010 0001 0002 0003 0004 0002 0000",
    ],
    [
      "L2TP data message with nothing but its ids",
      l2tp({ flags: { version: 2 }, tunnel: 1, session: 2 }),
      "0002 0001 0002",
    ],
    [
      "L2TP control message, a zero-length body",
      l2tp({
        flags: { control: true, length: true, sequence: true, version: 2 },
        tunnel: 1,
        ns: 3,
        nr: 4,
      }),
      "c802 000c 0001 0000 0003 0004",
    ],
  ],
};

/** Headers of networks and transports by keyword, each on its own: checksums over addresses below stay zero. */
export const networkHeaders: Table = {
  rows: [
    [
      "IPv4 with type of service, flags and offset",
      ipv4({
        dscp: 0b101110,
        ecn: 1,
        id: 0x1234,
        flags: { df: true, mf: true },
        fragmentOffset: 185,
        ttl: 3,
        protocol: 253,
        src: "192.0.2.10",
        dst: "192.0.2.1",
      }),
      "45b90014 1234 60b9 03fd bf3b c000020a c0000201",
    ],
    [
      "IPv4 with options, filled up to words of 4 bytes",
      ipv4({
        protocol: 253,
        src: "192.0.2.10",
        dst: "192.0.2.1",
        options: [ipv4Option.routerAlert(), ipv4Option.noOperation()],
      }),
      "4700001c 0000 0000 40fd 5ed5 c000020a c0000201 94040000 01000000",
    ],
    [
      "IPv6 with traffic class and flow label",
      ipv6({
        dscp: 0b101110,
        ecn: 1,
        flowLabel: 0x12345,
        nextHeader: 253,
        hopLimit: 64,
        src: "2001:db8::1",
        dst: "2001:db8::2",
      }),
      `6b912345 0000 fd 40 ${one} ${two}`,
    ],
    [
      "Hop-by-Hop Options, filled up to 8 bytes",
      hopByHop({ nextHeader: 17, options: [ipv6Option.routerAlert({ value: 0 })] }),
      "1100 05020000 0000",
    ],
    [
      "Destination Options, of 16 bytes",
      destinationOptions({
        nextHeader: 17,
        options: [ipv6Option.ilnpNonce({ nonce: bytes("01020304050607080910") })],
      }),
      "1101 8b0a 01020304050607080910 0000",
    ],
    [
      "Routing header of an unassigned type",
      ipv6Routing({ nextHeader: 17, type: 200, segmentsLeft: 1, data: bytes("00000000") }),
      "1100c801 00000000",
    ],
    [
      "Routing header of a source route (RFC 2460 §4.4)",
      ipv6Routing.sourceRoute({
        nextHeader: 17,
        segmentsLeft: 2,
        addresses: [{ address: "2001:db8::1" }, { address: "2001:db8::2" }],
      }),
      `11040002 00000000 ${one}${two}`,
    ],
    [
      "Routing header of type 2 (RFC 6275 §6.4)",
      ipv6Routing.type2({ nextHeader: 17, segmentsLeft: 1, home: "2001:db8::1" }),
      `11020201 00000000 ${one}`,
    ],
    [
      "Routing header of RPL, whose addresses share 15 bytes (RFC 6554 §3)",
      ipv6Routing.rpl({
        nextHeader: 17,
        segmentsLeft: 3,
        cmprI: 15,
        cmprE: 15,
        pad: 5,
        addresses: [{ address: bytes("02") }, { address: bytes("03") }],
        last: bytes("04"),
        padding: bytes("0000000000"),
      }),
      "11010303 ff500000 020304 0000000000",
    ],
    [
      "Routing header of RPL, with whole addresses (RFC 6554 §3)",
      ipv6Routing.rpl({ nextHeader: 17, segmentsLeft: 1, last: bytes(one) }),
      `11020301 00000000 ${one}`,
    ],
    [
      "Fragment header",
      ipv6Fragment({ nextHeader: 17, offset: 185, more: true, id: 0x01020304 }),
      "1100 05c9 01020304",
    ],
    [
      "Authentication Header with a check value of 12 bytes",
      ah({ nextHeader: 17, spi: 0x01020304, seq: 5, icv: bytes("a0a1a2a3a4a5a6a7a8a9aaab") }),
      "11040000 01020304 00000005 a0a1a2a3a4a5a6a7a8a9aaab",
    ],
    ["Encapsulating Security Payload", esp({ spi: 0x01020304, seq: 5 }), "01020304 00000005"],
    [
      "HIP packet with its ids, filled up to words of 8 bytes",
      hip({
        type: 1,
        version: 2,
        controls: { a: true },
        sender: "2001:db8::1",
        receiver: "2001:db8::2",
        parameters: [hipParameter.seq({ id: 1 }), hipParameter.overlayTtl({ ttl: 9 })],
      }),
      `3b0601210000 0001 ${one}${two} 018100040000 0001 fa0b00040009 0000`,
    ],
    ["UDP", udp({ srcPort: 4000, dstPort: 4001 }), "0fa0 0fa1 0008 0000"],
    [
      "TCP with every flag",
      tcp({
        srcPort: 4000,
        dstPort: 4001,
        seq: 0x01020304,
        ack: 0x05060708,
        flags: {
          ae: true,
          cwr: true,
          ece: true,
          urg: true,
          ack: true,
          psh: true,
          rst: true,
          syn: true,
          fin: true,
        },
        window: 1024,
        urgentPointer: 7,
      }),
      "0fa0 0fa1 01020304 05060708 51ff 0400 0000 0007",
    ],
    [
      "TCP with options, filled up to words of 4 bytes",
      tcp({
        srcPort: 4000,
        dstPort: 4001,
        flags: { syn: true },
        options: [tcpOption.maximumSegmentSize({ mss: 1460 }), tcpOption.windowScale({ shift: 7 })],
      }),
      "0fa0 0fa1 00000000 00000000 7002 ffff 0000 0000 020405b4 03030700",
    ],
    [
      "HTTP request",
      http({
        request: { method: "PUT", uri: "/a?b=1", version: "HTTP/1.1" },
        headers: [
          { name: "Host", value: "example.org" },
          { name: "Accept", value: "*/*" },
        ],
      }),
      text("PUT /a?b=1 HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n"),
    ],
    [
      "HTTP response",
      http({
        response: { version: "HTTP/1.0", code: 404, phrase: "Not Found" },
        headers: [{ name: "Content-Length", value: "0" }],
      }),
      text("HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    ],
    ["HTTP request without header fields", http({ request: {} }), text("GET / HTTP/1.1\r\n\r\n")],
    [
      "HTTP response without header fields",
      http({ response: { code: 200 } }),
      text("HTTP/1.1 200 OK\r\n\r\n"),
    ],
  ],
};
