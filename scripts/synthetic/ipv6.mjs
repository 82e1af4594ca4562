// IPv6 with its extension headers: each option, each kind of route.
import { build, destinationOptions, hopByHop, ipv6Fragment, ipv6Routing, udp } from "wirecraft";
import { counting, frame, hex, IP6_A, IP6_B, packet6 } from "./common.mjs";

const datagram = () => [udp({ srcPort: 49_400, dstPort: 49_500 }), counting(12)];
const rpl = { flags: { o: true, f: true }, instance: 30, senderRank: 0x0102 };
const mark = { flow: 0x12345, loss: true };

const trace = {
  namespace: 0x0102,
  nodeLength: 12,
  flags: { o: true },
  remaining: 1,
  type: {
    bit0: true,
    bit1: true,
    bit2: true,
    bit3: true,
    bit4: true,
    bit5: true,
    bit6: true,
    bit7: true,
    bit8: true,
    bit9: true,
  },
  reserved: 0,
  freeSpace: new Uint8Array(4),
  nodes: [
    {
      hopLimit: 63,
      id: 0x010203,
      ingress: 0x0405,
      egress: 0x0607,
      seconds: 0x08090a0b,
      fraction: 0x0c0d0e0f,
      transitDelay: 0x10111213,
      namespaceData: 0x14151617,
      queueDepth: 0x18191a1b,
      checksumComplement: 0x1c1d1e1f,
      hopLimitWide: 62,
      idWideHigh: 0x202122,
      idWideLow: 0x23242526,
      ingressWide: 0x2728292a,
      egressWide: 0x2b2c2d2e,
    },
  ],
};
const wide = {
  namespace: 0x0103,
  nodeLength: 3,
  flags: { l: true },
  remaining: 0,
  type: { bit10: true, bit11: true, bit22: true },
  nodes: [
    {
      namespaceDataWide: 0x0102030405060708n,
      bufferOccupancy: 0x090a0b0c,
      snapshot: { schemaId: 0x010203, data: hex("0405060708090a0b") },
    },
  ],
};

const hopOptions = [
  [{ is: "pad1" }, { is: "padN", padding: new Uint8Array(3) }],
  [{ is: "routerAlert", value: 2 }],
  [
    {
      is: "calipso",
      domain: 0x01020304,
      level: 7,
      checksum: 0x0506,
      compartments: hex("0708090a"),
    },
  ],
  [
    {
      is: "smfDpd",
      taggerType: 2,
      taggerLength: 3,
      tagger: hex("01020304"),
      identifier: hex("0506"),
    },
  ],
  [{ is: "smfDpd", taggerType: 0, taggerLength: 0, identifier: hex("07080900") }],
  [{ is: "smfDpd", hash: true, taggerType: 5, taggerLength: 6, hashAssist: hex("0a0b0c") }],
  [{ is: "ioamHopByHop", reserved: 0, ioamType: 0, trace }],
  [{ is: "ioamHopByHop", reserved: 0, ioamType: 1, trace: wide }],
  [{ is: "altMarkHopByHop", ...mark }],
  [{ is: "rpl", ...rpl }],
  [{ is: "rplDeprecated", ...rpl, flags: { r: true } }],
  [{ is: "quickStart", function: 0, rate: 5, ttl: 33, nonce: 0x12345678, reserved: 2 }],
  [{ is: "quickStart", function: 8, rate: 6, unused: 0, nonce: 0x2345678a, reserved: 1 }],
  [{ is: "minimumPathMtu", minimum: 1400, returned: 0x0280, r: true }],
  [{ is: "mpl", flags: { s: 1, m: true }, sequence: 9, seed: hex("0102") }],
  [{ is: "ipDff", flags: { version: 0, dup: true, ret: true }, sequence: 0x0102 }],
  [{ is: "experiment", type: 0x1e, data: hex("010203") }],
  [{ is: "unknown", type: 0x1b, data: hex("040506") }],
];
const destinationOptionLists = [
  [{ is: "tunnelEncapsulationLimit", limit: 4 }],
  [
    {
      is: "pdm",
      scaleLastReceived: 1,
      scaleLastSent: 2,
      packetNumber: 0x0304,
      lastReceived: 0x0506,
      deltaLastReceived: 0x0708,
      deltaLastSent: 0x090a,
    },
  ],
  [{ is: "ioamDestination", reserved: 0, ioamType: 3, data: counting(8) }],
  [{ is: "altMarkDestination", ...mark, delay: true }],
  [{ is: "endpointIdentification", endpoint: hex("01020304") }],
  [{ is: "ilnpNonce", nonce: hex("010203") }],
  [{ is: "lineIdentification", lineId: "line 7" }],
  [{ is: "homeAddress", home: "2001:db8::77" }],
  [{ is: "experiment", type: 0xfe, data: hex("0708") }],
];

/** More than a length of 16 bits can say. */
const JUMBO = 65_600;

const optionPackets = () => [
  ...hopOptions.map((options) =>
    build(
      frame(),
      packet6({ dscp: 46, ecn: 2, flowLabel: 0x12345 }),
      hopByHop({ options }),
      ...datagram(),
    ),
  ),
  build(
    frame(),
    packet6({ len: 0 }),
    hopByHop({ nextHeader: 253, options: [{ is: "jumboPayload", jumboLength: 8 + JUMBO }] }),
    counting(JUMBO),
  ),
  ...destinationOptionLists.map((options) =>
    build(frame(), packet6(), destinationOptions({ options }), ...datagram()),
  ),
];

const addresses = [{ address: "2001:db8:1::1" }, { address: "2001:db8:2::2" }];
const segments = { segmentsLeft: 1, lastEntry: 1, flags: 0x20, tag: 0x0102, segments: addresses };
const routes = [
  { is: "sourceRoute", segmentsLeft: 0, addresses },
  { is: "sourceRoute", segmentsLeft: 2, addresses },
  { is: "type2", segmentsLeft: 1, home: "2001:db8::77" },
  {
    is: "rpl",
    segmentsLeft: 2,
    cmprI: 8,
    cmprE: 12,
    pad: 4,
    addresses: [{ address: counting(8) }],
    last: counting(4, 20),
    padding: new Uint8Array(4),
  },
  { is: "segmentRouting", ...segments },
  {
    is: "segmentRouting",
    ...segments,
    tlvs: [
      { is: "ingressNode", node: IP6_A },
      { is: "egressNode", node: IP6_B },
      { is: "hmac", d: true, keyId: 0x01020304, hmac: counting(32) },
      { is: "pad1" },
      { is: "padN", padding: new Uint8Array(1) },
      { is: "unknown", type: 0x7c, data: hex("01020304") },
    ],
  },
  { is: "unknown", type: 200, segmentsLeft: 0, data: counting(4) },
];
const routePackets = () =>
  routes.map((route) => build(frame(), packet6(), ipv6Routing(route), ...datagram()));

/** Compact routes: tshark stops behind them, so nothing follows. */
const compact = [
  { is: "crh16", segmentsLeft: 1, sids: [2, 3, 4, 5, 6, 7].map((sid) => ({ sid })) },
  { is: "crh32", segmentsLeft: 0, sids: [2, 3, 4].map((sid) => ({ sid })) },
];
const compactPackets = () =>
  compact.map((route) => build(frame(), packet6(), ipv6Routing({ nextHeader: 59, ...route })));

const fragments = () => [
  build(
    frame(),
    packet6(),
    ipv6Fragment({ offset: 0, more: true, id: 0x01020304 }),
    udp({ srcPort: 49_400, dstPort: 49_500 }),
    counting(16),
  ),
  build(
    frame(),
    packet6(),
    ipv6Fragment({
      nextHeader: 17,
      offset: 4,
      reservedBits: 2,
      more: true,
      reserved: 5,
      id: 0x01020305,
    }),
    counting(16),
  ),
  build(frame(), packet6(), ipv6Fragment({ offset: 0, id: 0x01020306 }), ...datagram()),
  build(frame(), packet6({ nextHeader: 59 })),
  build(frame(), packet6({ nextHeader: 253 }), counting(9)),
];

export const internet6 = [
  { name: "ipv6-options", linkType: 1, packets: optionPackets },
  { name: "ipv6-routes", linkType: 1, packets: routePackets },
  { name: "ipv6-compact", linkType: 1, packets: compactPackets },
  { name: "ipv6-fragments", linkType: 1, packets: fragments },
];
