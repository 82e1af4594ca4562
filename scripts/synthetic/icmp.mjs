// ICMP: every message, with the extensions of errors.
import { build, icmp, udp } from "wirecraft";
import { counting, frame, hex, IP_A, IP_B, IP6_A, MAC_A, MAC_B, packet4 } from "./common.mjs";

const quoted = (size = 24) => [
  packet4({ id: 0x77, ttl: 1 }),
  udp({ srcPort: 49_400, dstPort: 49_500 }),
  counting(size),
];
/** A quoted datagram of 128 bytes, behind which extensions may follow. */
const long = () => quoted(100);

const objects = [
  {
    is: "mplsLabelStack",
    type: 1,
    labels: [
      { label: 0x12345, exp: 5, ttl: 63 },
      { label: 0x54321, exp: 3, s: true, ttl: 62 },
    ],
  },
  {
    is: "interfaceInformation",
    type: { role: 2, ifIndex: true, ipAddress: true, name: true, mtu: true },
    ifIndex: 15,
    address: { afi: 1, ipv4: IP_A },
    name: { name: "eth-out" },
    mtu: 1500,
  },
  {
    is: "interfaceInformation",
    type: { role: 1, ipAddress: true },
    address: { afi: 2, ipv6: IP6_A },
  },
];
const otherObjects = [
  { is: "extendedInformation", type: 1, pointer: 0x01020304, data: hex("") },
  { is: "nodeIdentification", type: 2, data: counting(8) },
  { is: "unknown", class: 200, type: 7, data: counting(4) },
];
const identifications = [
  { is: "interfaceName", name: "eth-in\0\0" },
  { is: "interfaceIndex", index: 17 },
  { is: "interfaceAddress", afi: 1, addressLength: 4, ipv4: IP_B },
  { is: "interfaceAddress", afi: 2, addressLength: 16, ipv6: IP6_A },
  { is: "interfaceAddress", afi: 6, addressLength: 6, address: hex("00005e00530a0000") },
  { class: 3, type: 9, is: "unknown", data: counting(4) },
];

const send = (message, ...payload) => build(frame(), packet4(), message, ...payload);
const ids = { id: 0x1234, seq: 0x5678 };
const times = { originate: 1001, receive: 2002, transmit: 3003 };

const errors = () => [
  send(icmp.destinationUnreachable({ code: 1 }), ...quoted()),
  send(icmp.destinationUnreachable({ code: 4, mtu: 1400 }), ...quoted()),
  send(icmp.destinationUnreachable({ code: 13, extensions: objects }), ...long()),
  send(icmp.sourceQuench({ code: 0 }), ...quoted()),
  send(icmp.redirect({ code: 1, gateway: IP_B }), ...quoted()),
  send(icmp.timeExceeded({ code: 1, extensions: objects.slice(0, 1) }), ...long()),
  send(icmp.parameterProblem({ code: 0, pointer: 20 }), ...quoted()),
  send(icmp.parameterProblem({ code: 0, pointer: 8, extensions: objects.slice(1) }), ...long()),
  send(icmp.timeExceeded({ code: 0, extensions: otherObjects }), ...long()),
];

const agent = [
  {
    is: "mobilityAgent",
    seq: 0x0102,
    lifetime: 0x0304,
    flags: { r: true, f: true, x: true },
    careOfAddresses: [{ address: IP_A }],
  },
  { is: "prefixLengths", lengths: [{ length: 24 }, { length: 16 }] },
  { is: "challenge", challenge: counting(8) },
  { is: "padding" },
  { is: "unknown", type: 77, content: counting(4) },
];

const questions = () => [
  send(icmp.echo(ids), counting(40, 100)),
  build(
    frame({ dst: MAC_A, src: MAC_B }),
    packet4({ src: IP_B, dst: IP_A }),
    icmp.echoReply(ids),
    counting(40, 100),
  ),
  send(icmp.alternateHostAddress({ code: 3 }), counting(8)),
  send(
    icmp.routerAdvertisement({
      code: 0,
      lifetime: 1800,
      addresses: [
        { address: IP_A, preference: 7 },
        { address: IP_B, preference: -8 },
      ],
      extensions: agent,
    }),
  ),
  send(icmp.routerSolicitation({ code: 0 })),
  send(icmp.timestamp({ ...ids, ...times })),
  send(icmp.timestampReply({ ...ids, ...times })),
  send(icmp.informationRequest(ids)),
  send(icmp.informationReply(ids)),
  send(icmp.addressMaskRequest({ ...ids, mask: "0.0.0.0" })),
  send(icmp.addressMaskReply({ ...ids, mask: "255.255.254.0" })),
  send(
    icmp.traceroute({
      code: 1,
      id: 0x1234,
      outboundHops: 3,
      returnHops: 4,
      speed: 5000,
      mtu: 1500,
    }),
  ),
  send(icmp.datagramConversionError({ code: 2, pointer: 12 }), ...quoted()),
  send(icmp.domainNameRequest(ids)),
  send(icmp.domainNameReply({ ...ids, ttl: -1, names: hex("03 777777 00") })),
  send(icmp.photuris({ code: 1, pointer: 8 }), ...quoted()),
  send(icmp.experimentalMobility({ subtype: 3, options: counting(4) })),
  send(icmp({ is: "unknown", type: 200, code: 9 }), counting(8)),
];

const extended = () => [
  ...identifications.map((one, i) =>
    send(
      icmp.extendedEchoRequest({
        id: 0x1234,
        seq: i + 1,
        local: i % 2 === 0,
        extension: {
          extensions: [{ is: one.is === "unknown" ? "interfaceIdentification" : one.is, ...one }],
        },
      }),
    ),
  ),
  send(icmp.extendedEchoReply({ code: 0, id: 0x1234, seq: 7, state: 2, active: true, ipv4: true })),
  send(icmp.extendedEchoReply({ code: 3, id: 0x1234, seq: 8, ipv6: true })),
];

export const control4 = [
  { name: "icmp-errors", linkType: 1, packets: errors },
  { name: "icmp-questions", linkType: 1, packets: questions },
  { name: "icmp-extended-echo", linkType: 1, packets: extended },
];
