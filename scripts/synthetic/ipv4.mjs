// IPv4 with each of its options, IPsec, and IGMP.
import { ah, build, esp, igmp, ipcomp, udp } from "wirecraft";
import { counting, frame, hex, IP_A, IP_B, packet4, packet6 } from "./common.mjs";

const datagram = () => [udp({ srcPort: 49_400, dstPort: 49_500 }), counting(12)];
const route = [{ address: "192.0.2.101" }, { address: "192.0.2.102" }, { address: "0.0.0.0" }];

/** Each in a packet of its own, since a header holds 40 bytes of them. */
const options = [
  [{ is: "noOperation" }, { is: "routerAlert", value: 3 }, { is: "endOfOptionsList" }],
  [{ is: "recordRoute", pointer: 8, route }],
  [{ is: "mtuProbe", mtu: 1480 }],
  [{ is: "mtuReply", mtu: 1400 }],
  [{ is: "quickStart", function: 0, rate: 5, ttl: 33, nonce: 0x12345678, reserved: 2 }],
  [{ is: "quickStart", function: 8, rate: 6, unused: 0, nonce: 0x2345678a, reserved: 1 }],
  [
    {
      is: "timestamp",
      pointer: 9,
      overflow: 3,
      flag: 0,
      timestamps: [{ time: 1001 }, { time: 0 }],
    },
  ],
  [{ is: "timestamp", pointer: 13, flag: 1, entries: [{ address: IP_A, time: 1002 }] }],
  [{ is: "timestamp", pointer: 5, flag: 3, entries: [{ address: IP_B, time: 1003 }] }],
  [{ is: "traceroute", id: 0x1234, outboundHops: 3, returnHops: 4, originator: IP_A }],
  [
    {
      is: "security",
      length: 11,
      security: 0xf135,
      compartments: 0x0102,
      restrictions: 0x4142,
      controlCode: 0x010203,
    },
  ],
  [
    {
      is: "security",
      level: 0x96,
      authorities: [{ flags: { genser: true, sci: true, more: true } }, { flags: { doe: true } }],
    },
  ],
  [{ is: "looseSourceRoute", pointer: 8, route }],
  [{ is: "extendedSecurity", format: 0x21, information: hex("0102") }],
  [
    {
      is: "cipso",
      domain: 0x01020304,
      tags: [
        { is: "bitmap", level: 5, categories: hex("a5c0") },
        { is: "enumerated", level: 6, categories: [{ category: 11 }, { category: 22 }] },
      ],
    },
  ],
  [
    {
      is: "cipso",
      domain: 0x01020305,
      tags: [
        {
          is: "ranged",
          level: 7,
          ranges: [
            { top: 30, bottom: 20 },
            { top: 10, bottom: 5 },
          ],
        },
        { is: "permissive", level: 8, categories: hex("0f") },
      ],
    },
  ],
  [
    {
      is: "cipso",
      domain: 0x01020306,
      tags: [
        { is: "freeForm", data: hex("010203") },
        { is: "unknown", type: 200, data: hex("0405") },
      ],
    },
  ],
  [{ is: "streamId", id: 0x0506 }],
  [{ is: "strictSourceRoute", pointer: 12, route }],
  [{ is: "selectiveDirectedBroadcast", addresses: [{ address: IP_A }, { address: IP_B }] }],
  [{ is: "unknown", type: 0x9e, data: hex("0102") }],
];

const optionPackets = () =>
  options.map((list) =>
    build(
      frame(),
      packet4({ dscp: 46, ecn: 2, flags: { df: true }, options: list }),
      ...datagram(),
    ),
  );

const fragments = () => [
  build(frame(), packet4({ id: 7, flags: { rb: true, df: true } }), ...datagram()),
  build(
    frame(),
    packet4({ id: 8, protocol: 17, flags: { mf: true }, fragmentOffset: 185 }),
    counting(16),
  ),
  build(frame(), packet4({ id: 9, protocol: 17, fragmentOffset: 370 }), counting(16)),
  build(frame(), packet4({ protocol: 253 }), counting(16)),
];

const security = () => [
  build(
    frame(),
    packet4(),
    ah({ reserved: hex("0000"), spi: 0x01020304, seq: 0x05060708, icv: counting(12, 100) }),
    ...datagram(),
  ),
  build(frame(), packet4(), esp({ spi: 0x01020304, seq: 0x05060708 }), counting(48)),
  build(frame(), packet4(), ipcomp({ nextHeader: 17, flags: 0, cpi: 0x1234 }), counting(32)),
  build(
    frame(),
    packet6(),
    ah({ spi: 0x0a0b0c0d, seq: 3, icv: counting(16, 100) }),
    udp({ srcPort: 49_400, dstPort: 49_500 }),
    counting(8),
  ),
  build(frame(), packet6(), esp({ spi: 0x0a0b0c0d, seq: 4 }), counting(48)),
];

const GROUP = "233.252.0.1";
const ROUTERS = "224.0.0.106";
const key = counting(8, 70);
const block = {
  arrival: 0x01020304,
  incoming: IP_A,
  outgoing: IP_B,
  previous: "192.0.2.77",
  inputPackets: 0x05060708,
  outputPackets: 0x090a0b0c,
  totalPackets: 0x0d0e0f10,
  routing: 3,
  ttl: 9,
  mbz: 1,
  s: 1,
  mask: 24,
  code: 2,
};
const trace = {
  hops: 17,
  group: GROUP,
  source: IP_A,
  receiver: IP_B,
  response: "192.0.2.99",
  responseTtl: 33,
  queryId: 0x123456,
};

const memberships = [
  { is: "createGroupRequest", code: 1, id: 0x01020304, group: GROUP, accessKey: key },
  { is: "createGroupReply", code: 2, id: 0x01020304, group: GROUP, accessKey: key },
  { is: "joinGroupRequest", id: 0x01020304, group: GROUP, accessKey: key },
  { is: "joinGroupReply", code: 3, id: 0x01020304, group: GROUP, accessKey: key },
  { is: "leaveGroupRequest", id: 0x01020304, group: GROUP, accessKey: key },
  { is: "leaveGroupReply", code: 1, id: 0x01020304, group: GROUP, accessKey: key },
  { is: "confirmGroupRequest", id: 0x01020304, group: GROUP, accessKey: key },
  { is: "confirmGroupReply", code: 7, id: 0x01020304, group: GROUP, accessKey: key },
  { is: "query", maxResponse: 0, group: GROUP },
  { is: "query", maxResponse: 100, group: GROUP },
  {
    is: "query",
    maxResponse: 0x95,
    group: GROUP,
    s: true,
    qrv: 5,
    qqic: 0xa6,
    sources: [{ address: IP_A }, { address: IP_B }],
  },
  { is: "reportV1", group: GROUP },
  { is: "reportV2", maxResponse: 7, group: GROUP },
  { is: "leave", maxResponse: 8, group: GROUP },
  { is: "traceResponse", ...trace, blocks: [block, { ...block, ttl: 8 }] },
  { is: "trace", ...trace },
  {
    is: "reportV3",
    records: [
      { type: 3, group: GROUP, sources: [{ address: IP_A }] },
      { type: 6, group: "233.252.0.2", sources: [], auxiliary: counting(8) },
    ],
  },
  { is: "unknown", type: 0x99, data: counting(9) },
];
const routers = [
  { is: "multicastRouterAdvertisement", interval: 20, queryInterval: 125, robustness: 2 },
  { is: "multicastRouterSolicitation" },
  { is: "multicastRouterTermination" },
];
const groups = () =>
  [...memberships.map((one) => [GROUP, one]), ...routers.map((one) => [ROUTERS, one])].map(
    ([dst, one]) =>
      build(
        frame(),
        packet4({ dst, ttl: 1, options: [{ is: "routerAlert", value: 0 }] }),
        igmp(one),
      ),
  );

export const internet4 = [
  { name: "ipv4-options", linkType: 1, packets: optionPackets },
  { name: "ipv4-fragments", linkType: 1, packets: fragments },
  { name: "ipsec", linkType: 1, packets: security },
  { name: "igmp", linkType: 1, packets: groups },
];
