// Tunnels: GRE, ERSPAN, VXLAN, Geneve, MPLS and pseudowires, NSH, Teredo, AYIYA and L2TP.
import {
  ayiya,
  build,
  erspan,
  geneve,
  gre,
  l2tp,
  mpls,
  nsh,
  ppp,
  pptpGre,
  pwAssociatedChannel,
  pwControlWord,
  pwEthernet,
  teredo,
  vxlan,
  vxlanGpe,
} from "wirecraft";
import { counting, frame, hex, inner, over4, overUdp, packet6 } from "./common.mjs";

const small = () => inner();
const six = () => [packet6({ nextHeader: 59 })];

const encapsulated = () => [
  build(
    ...over4(),
    gre({
      flags: { checksum: true, key: true, sequence: true },
      offset: 0,
      key: 0x01020304,
      seq: 0x05060708,
    }),
    ...small(),
  ),
  build(...over4(), gre({ flags: { recursion: 3 } }), ...six()),
  build(
    ...over4(),
    gre({
      flags: { routing: true, strictSourceRoute: true },
      offset: 0,
      routing: [
        { addressFamily: 0x0800, offset: 4, routing: hex("c0000201c0000202") },
        { addressFamily: 0, offset: 0, routing: new Uint8Array(0) },
      ],
    }),
    ...small(),
  ),
  build(...over4(), gre(), frame(), ...small()),
  build(
    ...over4(),
    pptpGre({ callId: 0x1234, flags: { sequence: true, ack: true }, seq: 5, ack: 6 }),
    ppp(),
    ...small(),
  ),
  build(...over4(), pptpGre({ callId: 0x1235, flags: { ack: true }, ack: 7 })),
];

const three = {
  is: "typeThree",
  vlan: 0x123,
  cos: 5,
  badFrame: 1,
  sessionId: 0x155,
  timestamp: 0x01020304,
  sgt: 0x0506,
  p: true,
  frameType: 0,
  hardwareId: 9,
  egress: true,
  granularity: 2,
};
const subheaders = [
  { is: "vsm", domainId: 0x123, port: 0x01020304 },
  { is: "port", port: 0x1234, timestamp: 0x05060708 },
  { is: "empty" },
  { is: "switchPort", switchId: 0x155, port: 0x0102, timestamp: 0x05060708 },
  { is: "switchPort", platformId: 6, switchId: 0x155, port: 0x0103, timestamp: 0x05060709 },
  { is: "sourceIndex", sourceIndex: 0x12345, timestamp: 0x05060708 },
  { is: "unknown", platformId: 9, info: 1, info2: 2 },
];
const sequenced = () => gre({ flags: { sequence: true }, seq: 77 });
const mirrored = () => [
  build(
    ...over4(),
    sequenced(),
    erspan({
      is: "typeTwo",
      vlan: 0x123,
      cos: 5,
      encap: 2,
      truncated: true,
      sessionId: 0x155,
      index: 0x12345,
    }),
    frame(),
    ...small(),
  ),
  build(...over4(), sequenced(), erspan({ ...three, optional: false }), frame(), ...small()),
  ...subheaders.map((subheader) =>
    build(
      ...over4(),
      sequenced(),
      erspan({ ...three, optional: true, subheader }),
      frame(),
      ...small(),
    ),
  ),
];

const overlays = () => [
  build(
    ...overUdp(4789),
    vxlan({
      flags: { groupPolicy: true, dontLearn: true, applied: true },
      groupPolicyId: 0x1234,
      vni: 0x123456,
      reserved: 7,
    }),
    frame(),
    ...small(),
  ),
  build(
    ...overUdp(4790),
    vxlanGpe({
      flags: { version: 1, bum: true, oam: true },
      nextProtocol: 1,
      vni: 0x123456,
      reserved2: 8,
    }),
    ...small(),
  ),
  build(...overUdp(4790), vxlanGpe({ vni: 0x123457 }), frame(), ...small()),
  build(
    ...overUdp(4790),
    vxlanGpe({ nextProtocol: 4, vni: 0x123458 }),
    nsh({ ttl: 61, spi: 0x010203, si: 9 }),
    ...small(),
  ),
  build(
    ...overUdp(6081),
    geneve({
      flags: { oam: true, critical: true },
      vni: 0x123456,
      options: [
        { is: "googleNetwork", vnid: 0x1234567, egress: true },
        { is: "googleEndpoint", endpoint: counting(8) },
        { is: "googleProfile", profile: 0x0102030405060708n },
        { is: "unknown", optionClass: 0x0132, type: 9, data: counting(4) },
        { is: "unknown", optionClass: 0x0199, critical: true, type: 0x55, data: counting(8) },
      ],
    }),
    frame(),
    ...small(),
  ),
  build(...overUdp(6081), geneve({ vni: 0x123457 }), ...small()),
];

const chained = () => [
  build(
    frame(),
    nsh({ oam: 1, ttl: 61, mdType: 1, spi: 0x010203, si: 250, context: counting(16) }),
    ...small(),
  ),
  build(
    frame(),
    nsh({
      ttl: 60,
      mdType: 2,
      spi: 0x040506,
      si: 249,
      metadata: [{ metadataClass: 0x0102, type: 3, data: counting(8) }],
    }),
    frame(),
    ...small(),
  ),
];

const labels = () => [
  build(
    frame(),
    mpls({ label: 1001, trafficClass: 5, ttl: 61 }),
    mpls({ label: 1002, trafficClass: 3, ttl: 60 }),
    ...small(),
  ),
  build(frame(), mpls({ label: 1003, ttl: 59 }), ...six()),
  build(frame(), mpls({ label: 1004, ttl: 58 }), pwEthernet({ seq: 0x0102 }), frame(), ...small()),
  build(
    frame(),
    mpls({ label: 1005, ttl: 57 }),
    pwAssociatedChannel({ reserved: 0, channelType: 0x0021 }),
    ...small(),
  ),
  build(
    frame(),
    mpls({ label: 13, ttl: 1 }),
    pwAssociatedChannel({ reserved: 5, channelType: 0x7ff8 }),
    counting(12),
  ),
  build(...overUdp(6635), mpls({ label: 1006, ttl: 56 }), ...small()),
];
const words = () => [
  build(
    frame(),
    mpls({ label: 1007, ttl: 55 }),
    pwControlWord({ flags: 5, length: 12, seq: 0x0304 }),
    counting(8),
  ),
];

const relayed = () => [
  build(...overUdp(3544), teredo(), ...six()),
  build(
    ...overUdp(3544),
    teredo({
      clientIdLength: 4,
      authenticationLength: 6,
      clientId: counting(4),
      authentication: counting(6, 20),
      nonce: counting(8, 40),
      confirmation: hex("01"),
    }),
    ...six(),
  ),
  build(
    ...overUdp(3544),
    teredo({ originType: 0, obfuscatedPort: 0x1234, obfuscatedAddress: "63.255.253.245" }),
    ...six(),
  ),
  build(
    ...overUdp(5072),
    ayiya({
      hashMethod: 2,
      authMethod: 1,
      operation: 1,
      epoch: 1_700_000_000,
      identity: counting(16),
      signature: counting(20, 40),
    }),
    ...six(),
  ),
  build(
    ...overUdp(5072),
    ayiya({
      operation: 0,
      nextHeader: 59,
      epoch: 1_700_000_001,
      identity: counting(16),
      signature: counting(20, 40),
    }),
  ),
];

const pairs = [
  { is: "messageType", message: 1 },
  { is: "resultCode", result: 2, error: 6, text: "busy" },
  { is: "protocolVersion", version: 1, revision: 2 },
  { is: "framingCapabilities", value: { high: 1 } },
  { is: "bearerCapabilities", value: { low: 1 } },
  { is: "tieBreaker", tieBreaker: 0x0102030405060708n },
  { is: "firmwareRevision", revision: 0x0102 },
  { is: "hostName", text: "lac.example" },
  { is: "vendorName", text: "vendor" },
  { is: "assignedTunnel", tunnel: 0x0304 },
  { is: "receiveWindowSize", size: 5 },
  { is: "challenge", data: counting(8) },
  { is: "causeCode", cause: 0x0102, causeMessage: 3, text: "gone" },
  { is: "challengeResponse", data: counting(16) },
  { is: "assignedSession", session: 0x0506 },
  { is: "callSerialNumber", value: 0x01020304 },
  { is: "minimumBps", value: 9600 },
  { is: "maximumBps", value: 64_000 },
  { is: "bearerType", value: { high: 1 } },
  { is: "framingType", value: { low: 1 } },
  { is: "calledNumber", text: "100" },
  { is: "callingNumber", text: "200" },
  { is: "subAddress", text: "7" },
  { is: "connectSpeed", value: 56_000 },
  { is: "physicalChannel", value: 0x01020304 },
  { is: "proxyType", proxyType: 2 },
  { is: "proxyName", text: "user" },
  { is: "proxyChallenge", data: counting(8) },
  { is: "proxyId", id: 9 },
  { is: "proxyResponse", data: counting(8) },
  { is: "callErrors", crc: 1, framing: 2, hardware: 3, buffer: 4, timeouts: 5, alignment: 6 },
  { is: "accm", send: 0x01020304, receive: 0x05060708 },
  { is: "randomVector", data: counting(8) },
  { is: "privateGroup", data: counting(4) },
  { is: "receiveConnectSpeed", value: 33_600 },
  { is: "sequencingRequired" },
];
/** Options of LCP, which tshark takes apart. */
const proxied = ["initialConfreq", "lastSentConfreq", "lastReceivedConfreq"].map((is) => ({
  is,
  data: hex("010405d4 0702"),
}));
const control = { control: true, length: true, sequence: true, version: 2 };
const layer2 = () => [
  build(
    ...overUdp(1701, 1701),
    l2tp({
      flags: control,
      tunnel: 5,
      session: 0,
      ns: 3,
      nr: 4,
      avps: pairs.map((one) => ({ mandatory: true, ...one })),
    }),
  ),
  build(
    ...overUdp(1701, 1701),
    l2tp({
      flags: control,
      tunnel: 5,
      session: 6,
      ns: 4,
      nr: 4,
      avps: [
        { ...pairs[0], message: 10 },
        { is: "resultCode", result: 1 },
      ],
    }),
  ),
  build(
    ...overUdp(1701, 1701),
    l2tp({
      flags: { length: true, sequence: true, offset: true, priority: true, version: 2 },
      tunnel: 5,
      session: 6,
      ns: 5,
      nr: 4,
      offset: 2,
      offsetPadding: new Uint8Array(2),
    }),
    ppp(),
    ...small(),
  ),
  build(
    ...overUdp(1701, 1701),
    l2tp({ flags: { version: 2 }, tunnel: 5, session: 6 }),
    ppp(),
    ...small(),
  ),
];
const proxies = () => [
  build(
    ...overUdp(1701, 1701),
    l2tp({ flags: control, tunnel: 5, session: 6, avps: [pairs[0], ...proxied] }),
  ),
];
const strangers = () => [
  build(
    ...overUdp(1701, 1701),
    l2tp({
      flags: control,
      tunnel: 5,
      session: 0,
      avps: [
        { ...pairs[0] },
        { vendor: 0, is: "unknown", type: 200, data: counting(4) },
        { is: "unknown", vendor: 32_473, type: 1, data: counting(4) },
      ],
    }),
  ),
];

export const tunnels = [
  { name: "gre", linkType: 1, packets: encapsulated },
  { name: "erspan", linkType: 1, packets: mirrored },
  { name: "overlays", linkType: 1, packets: overlays },
  { name: "nsh", linkType: 1, packets: chained },
  { name: "mpls", linkType: 1, packets: labels },
  { name: "pseudowire", linkType: 1, packets: words },
  { name: "teredo", linkType: 1, packets: relayed },
  { name: "l2tp", linkType: 1, packets: layer2 },
  { name: "l2tp-proxy", linkType: 1, packets: proxies },
  { name: "l2tp-unknown", linkType: 1, packets: strangers },
];
