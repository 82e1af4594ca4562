// The routing protocol for lossy networks: its messages, options and metrics.
import { build, icmpv6 } from "wirecraft";
import { counting, frame, hex, IP6_A, IP6_B, packet6 } from "./common.mjs";

const send = (message) =>
  build(
    frame(),
    packet6({ src: "fe80::a:10", dst: "ff02::1a", hopLimit: 255 }),
    icmpv6.rplControl(message),
  );

const flags = { p: true, o: true, a: 2, precedence: 5 };
const metrics = [
  { is: "nodeState", flags, object: { flags: 0, a: true, o: true } },
  {
    is: "nodeState",
    flags: { c: true, r: true },
    object: { a: true },
    tlvs: [{ type: 3, data: counting(4) }],
  },
  { is: "nodeEnergy", flags, values: [{ object: { i: true, t: 2, e: true, energy: 200 } }] },
  { is: "hopCount", flags, object: { hops: 12 } },
  { is: "linkThroughput", flags, values: [{ value: 250_000 }] },
  { is: "linkLatency", flags, values: [{ value: 12_345 }] },
  { is: "linkQuality", flags, values: [{ value: 5, counter: 17 }] },
  { is: "linkEtx", flags, values: [{ value: 0x0102 }] },
  { is: "linkColor", flags, values: [{ color: 0x155, i: true }] },
];
const otherMetric = { is: "unknown", type: 99, flags, data: counting(4) };

const configuration = {
  is: "configuration",
  flags: { a: true, pcs: 5 },
  intervalDoublings: 8,
  intervalMin: 12,
  redundancy: 10,
  maxRankIncrease: 0x0700,
  minHopRankIncrease: 0x0100,
  objective: 1,
  lifetime: 30,
  lifetimeUnit: 60,
};
const target = {
  is: "target",
  flags: 0,
  prefixLength: 128,
  prefix: hex("20010db8000a00000000000000000010"),
};
const transit = {
  is: "transitInformation",
  flags: { e: true },
  pathControl: 0x80,
  pathSequence: 3,
  pathLifetime: 30,
};
const options = [
  [{ is: "pad1" }, { is: "padN", padding: new Uint8Array(2) }, configuration],
  [
    {
      is: "routeInformation",
      prefixLength: 64,
      flags: { preference: 1 },
      lifetime: 3600,
      prefix: hex("20010db800770000"),
    },
  ],
  [target, transit],
  [target, { ...transit, parent: IP6_B }],
  [
    {
      is: "solicitedInformation",
      instance: 30,
      flags: { v: true, d: true },
      dodag: IP6_A,
      version: 240,
    },
  ],
  [
    {
      is: "prefixInformation",
      prefixLength: 64,
      flags: { l: true, r: true },
      validLifetime: 86_400,
      preferredLifetime: 14_400,
      prefix: "2001:db8:77::",
    },
  ],
  [{ is: "targetDescriptor", descriptor: 0x01020304 }],
  [
    {
      is: "routeDiscovery",
      reply: true,
      hopByHop: true,
      routes: 2,
      elided: 0,
      lifetime: 1,
      maxRank: 20,
      target: counting(16),
      addresses: [{ address: counting(16, 20) }],
    },
  ],
  [{ is: "unknown", type: 77, data: counting(3) }],
];

const information = {
  instance: 30,
  version: 240,
  rank: 0x0300,
  flags: { g: true, mode: 2, preference: 5 },
  dtsn: 17,
  dodag: IP6_A,
};
const inform = (list) => send({ is: "dio", ...information, options: list });
const optionPackets = () =>
  [...options, ...metrics.map((one) => [{ is: "metricContainer", metrics: [one] }])].map(inform);

const advertisement = { instance: 30, flags: { k: true, d: true }, sequence: 9, dodag: IP6_A };
const acknowledgement = { instance: 30, flags: { d: true }, sequence: 9, status: 1, dodag: IP6_A };
const discovery = { instance: 0x81, version: 3, dodag: IP6_A };
const messages = [
  { is: "dis", flags: 0, options: [{ is: "padN", padding: new Uint8Array(4) }] },
  { is: "dio", ...information },
  { is: "dao", ...advertisement, options: [target] },
  { is: "dao", ...advertisement, flags: { k: true }, dodag: undefined },
  { is: "daoAck", ...acknowledgement },
  { is: "dro", ...discovery, flags: { stop: true, ack: true, seq: 2 }, options: options[7] },
  { is: "droAck", ...discovery, flags: { seq: 1 } },
];
const security = {
  flags: { t: true },
  algorithm: 0,
  keyAndLevel: { mode: 0, level: 0 },
  flags2: 0,
  counter: 0x01020304,
  keyIndex: 7,
};
const consistency = {
  instance: 30,
  flags: { r: true },
  nonce: 0x0102,
  dodag: IP6_A,
  destinationCounter: 0x03040506,
};

const secure = [
  { is: "consistencyCheck", security, ...consistency },
  {
    is: "consistencyCheck",
    security: { ...security, keyAndLevel: { mode: 1, level: 1 }, keyIndex: undefined },
    ...consistency,
  },
  {
    is: "consistencyCheck",
    security: { ...security, keyAndLevel: { mode: 2, level: 2 }, keySource: counting(8) },
    ...consistency,
  },
  {
    is: "consistencyCheck",
    security: { ...security, keyAndLevel: { mode: 3, level: 3 }, keySource: counting(8) },
    ...consistency,
  },
  { is: "secureDis", security },
  { is: "secureDio", security, ...information },
  { is: "secureDao", security, ...advertisement },
  { is: "secureDaoAck", security, ...acknowledgement },
  { is: "secureDro", security, ...discovery, flags: { ack: true } },
  { is: "secureDroAck", security, ...discovery, flags: { seq: 1 } },
];

export const rpl = [
  { name: "rpl", linkType: 1, packets: () => messages.map(send) },
  { name: "rpl-options", linkType: 1, packets: optionPackets },
  {
    name: "rpl-metric-unknown",
    linkType: 1,
    packets: () => [inform([{ is: "metricContainer", metrics: [otherMetric] }])],
  },
  { name: "rpl-secure", linkType: 1, packets: () => secure.map(send) },
  { name: "rpl-unknown", linkType: 1, packets: () => [send({ is: "unknown", code: 77 })] },
];
