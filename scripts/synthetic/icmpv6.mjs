// ICMPv6: errors, echoes, multicast listeners, renumbering, node information and mobility.
import { build, icmpv6, udp } from "wirecraft";
import { counting, frame, hex, IP_A, IP6_A, IP6_B, MAC_A, packet6 } from "./common.mjs";

const send = (message, ...payload) =>
  build(frame(), packet6({ hopLimit: 255 }), message, ...payload);
const quoted = (size = 24) => [
  packet6({ hopLimit: 1 }),
  udp({ srcPort: 49_400, dstPort: 49_500 }),
  counting(size),
];
const objects = [
  { is: "mplsLabelStack", type: 1, labels: [{ label: 0x12345, exp: 5, s: true, ttl: 63 }] },
  {
    is: "interfaceInformation",
    type: { role: 2, ifIndex: true, ipAddress: true, mtu: true },
    ifIndex: 15,
    address: { afi: 2, ipv6: IP6_A },
    mtu: 1500,
  },
];

const errors = () => [
  send(icmpv6.destinationUnreachable({ code: 3 }), ...quoted()),
  send(icmpv6.destinationUnreachable({ code: 1, extensions: objects }), ...quoted(80)),
  send(icmpv6.packetTooBig({ code: 0, mtu: 1280 }), ...quoted()),
  send(icmpv6.timeExceeded({ code: 0 }), ...quoted()),
  send(icmpv6.timeExceeded({ code: 1, extensions: objects }), ...quoted(80)),
  send(icmpv6.parameterProblem({ code: 1, pointer: 40 }), ...quoted()),
];

const local = (message) =>
  build(frame(), packet6({ src: "fe80::a:10", dst: "ff02::16", hopLimit: 1 }), message);
const GROUP = "ff0e::77";
const listeners = () => [
  local(icmpv6.listenerQuery({ maxResponse: 1000, group: GROUP })),
  local(
    icmpv6.listenerQuery({
      maxResponse: 0x9234,
      group: GROUP,
      flags: { s: true, qrv: 5 },
      qqic: 0xa6,
      sources: [{ address: IP6_A }, { address: IP6_B }],
    }),
  ),
  local(icmpv6.listenerReport({ maxResponse: 0, group: GROUP })),
  local(icmpv6.listenerDone({ maxResponse: 0, group: GROUP })),
  local(
    icmpv6.listenerReportV2({
      records: [
        { type: 3, group: GROUP, sources: [{ address: IP6_A }], auxiliary: counting(8) },
        { type: 6, group: "ff0e::78" },
      ],
    }),
  ),
  local(icmpv6.multicastRouterAdvertisement({ code: 20, queryInterval: 125, robustness: 2 })),
  local(icmpv6.multicastRouterSolicitation()),
  local(icmpv6.multicastRouterTermination()),
];

const echoes = () => [
  send(icmpv6.echoRequest({ id: 0x1234, seq: 7 }), counting(16, 100)),
  build(
    frame(),
    packet6({ src: IP6_B, dst: IP6_A }),
    icmpv6.echoReply({ id: 0x1234, seq: 7 }),
    counting(16, 100),
  ),
  send(
    icmpv6.extendedEchoRequest({
      id: 0x1234,
      seq: 8,
      local: true,
      extension: { extensions: [{ is: "interfaceIndex", index: 17 }] },
    }),
  ),
  send(
    icmpv6.extendedEchoReply({ code: 0, id: 0x1234, seq: 8, state: 2, active: true, ipv6: true }),
  ),
  send(icmpv6({ is: "unknown", type: 200, code: 9 }), counting(8)),
];

const operation = {
  opcode: 1,
  ordinal: 2,
  matchLength: 48,
  minLength: 40,
  maxLength: 64,
  prefix: "2001:db8:77::",
  usePrefixes: [
    {
      useLength: 48,
      keepLength: 16,
      flagMask: { l: true },
      raFlags: { a: true },
      validLifetime: 3600,
      preferredLifetime: 1800,
      flags: { v: true },
      prefix: "2001:db8:78::",
    },
  ],
};
const result = {
  flags: { b: true, f: true },
  ordinal: 2,
  matchedLength: 48,
  interfaceIndex: 5,
  prefix: "2001:db8:77::",
};
const nonce = 0x0102030405060708n;
const administration = () => [
  send(
    icmpv6.routerRenumbering({
      code: 0,
      sequence: 0x01020304,
      segment: 5,
      flags: { t: true, s: true },
      maxDelay: 1000,
      operations: [operation],
    }),
  ),
  send(
    icmpv6.routerRenumbering({
      code: 1,
      sequence: 0x01020305,
      segment: 6,
      flags: { r: true, a: true, p: true },
      maxDelay: 0,
      results: [result, { ...result, ordinal: 3 }],
    }),
  ),
  send(
    icmpv6.nodeInformationQuery({
      code: 0,
      qtype: 3,
      flags: { g: true, a: true },
      nonce,
      subject: IP6_B,
    }),
  ),
  send(
    icmpv6.nodeInformationQuery({
      code: 1,
      qtype: 2,
      nonce,
      subjectNames: [{ name: "node.example" }],
    }),
  ),
  send(
    icmpv6.nodeInformationQuery({
      code: 2,
      qtype: 4,
      flags: { a: true },
      nonce,
      subjectIpv4: IP_A,
    }),
  ),
  send(
    icmpv6.nodeInformationReply({
      code: 0,
      qtype: 2,
      nonce,
      ttl: 60,
      names: [{ name: "node.example" }],
    }),
  ),
  send(
    icmpv6.nodeInformationReply({
      code: 0,
      qtype: 3,
      flags: { s: true, l: true, c: true, t: true },
      nonce,
      addresses: [{ ttl: 61, address: IP6_A }],
    }),
  ),
  send(
    icmpv6.nodeInformationReply({
      code: 0,
      qtype: 4,
      nonce,
      ipv4Addresses: [{ ttl: 62, address: IP_A }],
    }),
  ),
  send(
    icmpv6.locatorUpdate({
      code: 0,
      operation: 1,
      locators: [{ locator: 0x20010db800770000n, preference: 0x0102, lifetime: 0x0304 }],
    }),
  ),
  send(
    icmpv6.duplicateAddressRequest({
      status: 1,
      lifetime: 90,
      eui64: "02:00:5e:ff:fe:00:53:0a",
      address: IP6_A,
    }),
  ),
  send(
    icmpv6.duplicateAddressConfirmation({
      status: 2,
      lifetime: 91,
      eui64: "02:00:5e:ff:fe:00:53:0b",
      address: IP6_B,
    }),
  ),
  send(
    icmpv6.mplControl({
      seeds: [
        { minSequence: 5, s: 0, bitmap: hex("a0") },
        { minSequence: 6, s: 1, seedId: hex("0102"), bitmap: hex("c0") },
        { minSequence: 7, s: 2, seedId: counting(8), bitmap: hex("e010") },
        { minSequence: 8, s: 3, seedId: counting(16), bitmap: hex("f0") },
      ],
    }),
  ),
];

const source = { is: "sourceLinkLayerAddress", address: MAC_A };
const mobility = () => [
  send(icmpv6.homeAgentRequest({ id: 0x1234 })),
  send(icmpv6.homeAgentReply({ id: 0x1234, homeAgents: [{ address: IP6_A }, { address: IP6_B }] })),
  send(icmpv6.mobilePrefixSolicitation({ id: 0x1235 })),
  send(icmpv6.mobilePrefixAdvertisement({ id: 0x1235, flags: { m: true }, options: [source] })),
  send(icmpv6.experimentalMobility({ subtype: 2, id: 0x1238, options: [source] })),
  send(icmpv6.fmipv6({ code: 0, subtype: 2, id: 0x1236, options: [source] })),
  send(icmpv6.fmipv6({ code: 0, subtype: 3, id: 0x1236, options: [source] })),
  send(icmpv6.fmipv6({ code: 0, subtype: 4, flags: { s: true }, id: 0x1237, options: [source] })),
];

export const control6 = [
  { name: "icmpv6-errors", linkType: 1, packets: errors },
  { name: "icmpv6-echo", linkType: 1, packets: echoes },
  { name: "mld", linkType: 1, packets: listeners },
  { name: "icmpv6-administration", linkType: 1, packets: administration },
  { name: "icmpv6-mobility", linkType: 1, packets: mobility },
];
