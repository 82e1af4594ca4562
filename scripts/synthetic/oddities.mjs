// What few packets have: remarks that tshark makes of odd and of wrong packets, and values of which it has one more form.
import {
  arista,
  arp,
  backboneTag,
  build,
  dccp,
  dns,
  ethernet,
  fabricPath,
  frameRelay,
  gre,
  hopByHop,
  http,
  icmp,
  llc,
  ppp,
  pppoe,
  sctp,
  snap,
  stp,
  tcp,
  udp,
  vlan,
  vntag,
} from "wirecraft";
import {
  counting,
  frame,
  hex,
  IP_A,
  IP_B,
  inner,
  MAC_A,
  MAC_B,
  over4,
  overUdp,
  packet4,
  packet6,
} from "./common.mjs";

const rest = () => [udp({ srcPort: 49_400, dstPort: 49_500 }), counting(20)];
const small = () => inner();
const zeros = (n) => new Uint8Array(n);

const frames = () => [
  build(ethernet({ dst: MAC_B, src: MAC_A, type: 1520 }), counting(60)),
  build(
    ethernet({ dst: MAC_B, src: MAC_A, type: 500 }),
    llc({ dsap: 0x64, ssap: 0x66 }),
    counting(60),
  ),
  build(frame(), vlan({ id: 5, type: 500 }), llc({ dsap: 0x64, ssap: 0x66 }), counting(60)),
  build(ethernet({ dst: MAC_B, src: "01:00:5e:00:53:0a" }), ...small()),
  build(frame(), arp({ tpa: IP_B }), counting(18)),
  build(
    frame(),
    backboneTag({ serviceId: 9, dst: MAC_B, src: MAC_A, trailer: counting(5) }),
    arp({ tpa: IP_B }),
  ),
  build(frame(), vntag({ dst: 5, trailer: counting(9) }), arp({ tpa: IP_B })),
  build(frame(), pppoe({ sessionId: 5, length: 20 }), ppp({ protocol: 0x4025 }), counting(60)),
  build(
    frame(),
    arista({ version: 0x0020, lowSeconds: 40_000, lowNanoseconds: 5, trailer: counting(5) }),
    arp({ tpa: IP_B }),
  ),
];

/** To a group of switches; the frame check sequence is that of the outer frame. */
const groups = () => [
  build(
    ethernet({ dst: "01:12:34:56:78:9a", src: "02:ab:cd:ef:01:23" }),
    fabricPath({ ftag: 5, ttl: 6, fcs: 0xc1c44edf }),
    frame(),
    ...small(),
  ),
];

const controls = [
  { dsap: 0x64, ssap: 0x67, control: { modifierHigh: 3, pf: 1, modifierLow: 1 } },
  { dsap: 0x64, ssap: 0x67, supervisory: { nr: 5, pf: 1, function: 1 } },
];
const organizations = [0x00005e, 0x000081, 0x00e02b, 0x080007];
const logical = () => [
  ...controls.map((one) => build(frame(), llc(one))),
  ...organizations.map((oui) => build(frame(), llc(), snap({ oui, pid: 0x7ff1 }), counting(40))),
  build(
    ethernet({ dst: "01:00:0c:cc:cc:cd", src: MAC_A }),
    llc(),
    snap({ oui: 0x00000c }),
    stp({
      is: "configuration",
      padding: 0,
      tlvs: [
        { is: "originatingVlan", vlan: 7 },
        { is: "unknown", type: 9, value: counting(2) },
      ],
    }),
  ),
];
const relay = () => [
  build(
    frameRelay({ upperDlci: 5, commandResponse: true, secondDlci: 3, control: 0x13 }),
    counting(9),
  ),
];

const requests = () => [
  build(
    frame(),
    arp({ opcode: 1, sha: MAC_A, spa: IP_A, tha: "00:00:00:00:00:00", tpa: IP_A }),
    zeros(18),
  ),
  build(frame(), arp({ opcode: 2, sha: MAC_A, spa: IP_A, tha: MAC_A, tpa: IP_A }), zeros(18)),
  build(
    frame({ type: 0x8035 }),
    arp({ opcode: 7, sha: MAC_A, spa: IP_A, tha: "02:00:00:00:00:00", tpa: IP_B }),
    zeros(18),
  ),
  build(
    frame(),
    arp({
      hwType: 3,
      hwSize: 7,
      opcode: 1,
      senderHardware: hex("9c9494a6404060"),
      spa: IP_A,
      targetHardware: hex("aeb088a4404062"),
      tpa: IP_B,
    }),
    zeros(16),
  ),
];

const lengths = () => [
  build(frame(), packet4({ len: 12 }), counting(30)),
  build(frame(), packet4({ version: 5 }), ...rest()),
  build(frame(), packet4({ dst: "224.0.0.9", ttl: 5 }), ...rest()),
  build(frame(), packet6({ version: 5 }), ...rest()),
  build(frame(), packet6({ len: 500, nextHeader: 253 }), counting(40)),
  build(frame(), packet4(), udp({ srcPort: 49_401, dstPort: 49_501, len: 5 }), counting(20)),
  build(frame(), packet6(), udp({ srcPort: 49_402, dstPort: 49_502, len: 0 }), counting(20)),
  build(frame(), packet6(), udp({ srcPort: 49_403, dstPort: 49_503, checksum: 0 }), counting(20)),
  build(frame(), packet4({ ttl: 1 }), udp({ srcPort: 49_404, dstPort: 33_440 }), counting(20)),
  build(frame(), packet4(), udp({ srcPort: 49_405, dstPort: 49_505, len: 0 }), counting(20)),
];

const embedded = () => [
  build(frame(), packet6({ src: "2002:c000:20a:5::1", dst: "2002:c633:6414:6::2" }), ...rest()),
  build(
    frame(),
    packet6({ src: "2001:0:c000:20a:0:edcb:3fff:fdf5", dst: "2001:0:c633:6414:0:cba9:39cc:9beb" }),
    ...rest(),
  ),
  build(
    frame(),
    packet6({ src: "2001:db8::200:5eff:fe00:530a", dst: "2001:db8::200:5eff:fe00:530b" }),
    ...rest(),
  ),
  build(
    frame(),
    packet6(),
    hopByHop({
      options: [
        {
          is: "ioamHopByHop",
          ioamType: 0,
          trace: {
            namespace: 1,
            nodeLength: 2,
            type: { bit0: true, undefined: 1 },
            nodes: [{ hopLimit: 5, id: 6, undefined: counting(4) }],
          },
        },
      ],
    }),
    ...rest(),
  ),
];

const redirected = () => [
  build(
    ...over4(),
    gre({
      protocol: 0x883e,
      redirect: {
        headerValid: true,
        dynamicService: true,
        alternativeUsed: true,
        serviceId: 5,
        alternativeBucket: 6,
        primaryBucket: 7,
      },
    }),
    ...small(),
  ),
];

const segment = (i, given, ...payload) =>
  build(
    frame(),
    packet4({ ttl: 60 }),
    tcp({ srcPort: 52_000 + i, dstPort: 50_000, seq: 1000, ...given }),
    ...payload,
  );
const back = (i, given) =>
  build(
    frame(),
    packet4({ src: IP_B, dst: IP_A, ttl: 60 }),
    tcp({ srcPort: 50_000, dstPort: 52_000 + i, seq: 2000, ...given }),
  );
const nop = { is: "noOperation" };
const segments = () => [
  segment(1, { flags: { syn: true }, ack: 5 }),
  segment(2, { flags: { ack: true }, ack: 5, urgentPointer: 7 }),
  segment(3, { flags: { ack: true }, ack: 5, options: [nop, nop, nop, nop] }),
  segment(4, { flags: { ack: true }, ack: 5, options: hex("0003030a") }),
  segment(5, { flags: { syn: true }, options: hex("0205 05b4 0000 0000") }),
  segment(6, { flags: { fin: true, ack: true }, ack: 2000 }),
  back(6, { flags: { fin: true, ack: true }, ack: 1001 }),
  segment(7, {
    flags: { syn: true },
    options: [
      { is: "capable", version: 0, flags: { hmacSha256: true }, senderKey: 0x0102030405060708n },
    ],
  }),
  segment(8, {
    flags: { syn: true },
    options: [{ is: "experimentalFastOpen", kind: 253, cookie: counting(8) }],
  }),
  segment(9, { flags: { syn: true }, options: [{ is: "experimentalSmc", kind: 253 }] }),
];

const opening = {
  initiateTag: 5,
  receiverWindow: 9000,
  outboundStreams: 1,
  inboundStreams: 1,
  initialTsn: 1000,
};
const associate = (forward, chunks) =>
  build(
    frame(),
    packet4(forward ? {} : { src: IP_B, dst: IP_A }),
    sctp({
      srcPort: forward ? 45_000 : 50_001,
      dstPort: forward ? 50_001 : 45_000,
      verificationTag: forward ? 6 : 5,
      chunks,
    }),
  );
const counted = () => [
  associate(true, [{ is: "init", ...opening }]),
  associate(false, [{ is: "initAck", ...opening, initiateTag: 6, initialTsn: 5000 }]),
  associate(true, [
    {
      is: "data",
      flags: { beginning: true, ending: true },
      tsn: 1000,
      sid: 0,
      ssn: 0,
      ppid: 0x1234,
      data: counting(4),
    },
  ]),
  associate(false, [
    { is: "sack", cumulativeTsn: 1000, receiverWindow: 9000, gaps: [{ start: 2, end: 3 }] },
  ]),
  associate(true, [
    { is: "error", causes: [{ is: "unsupportedHmac", hmacId: 3 }, { is: "outOfResource" }] },
  ]),
  associate(true, [
    {
      is: "packetDrop",
      flags: { truncated: true },
      bandwidth: 1,
      queueSize: 2,
      truncatedLength: 3,
      data: counting(12),
    },
  ]),
];
const connect = (forward, packet) =>
  build(
    frame(),
    packet4(forward ? {} : { src: IP_B, dst: IP_A }),
    dccp({ srcPort: forward ? 45_000 : 50_002, dstPort: forward ? 50_002 : 45_000, ...packet }),
  );
const congested = () => [
  connect(true, { is: "request", seq: 1000, serviceCode: 7 }),
  connect(false, { is: "response", seq: 2000, ack: 1000, serviceCode: 7 }),
  connect(true, { is: "ack", seq: 1001, ack: 2000 }),
];

const seconds = hex("00000001 00000005");
const times = () => [
  build(frame(), packet4(), icmp.echo({ id: 1, seq: 2 }), seconds, counting(40)),
];

const records = () => [
  build(
    ...overUdp(49_053, 53),
    dns({
      id: 7,
      flags: { qr: true },
      answers: [
        { is: "a", name: "host.example.com", ttl: 0x8000_0001, address: IP_A },
        {
          is: "apl",
          name: "host.example.com",
          ttl: 5,
          items: [{ family: 9, prefixLength: 8, address: hex("0a") }],
        },
      ],
    }),
  ),
];

const lines = (headers) => Object.entries(headers).map(([name, value]) => ({ name, value }));
const client = { srcPort: 53_000, dstPort: 80, flags: { ack: true, psh: true } };
const server = { srcPort: 80, dstPort: 53_000, flags: { ack: true, psh: true } };
const up = (given, message, ...body) =>
  build(frame(), packet4(), tcp({ ...client, ...given }), http(message), ...body);
const down = (given, message, ...body) =>
  build(
    frame(),
    packet4({ src: IP_B, dst: IP_A }),
    tcp({ ...server, ...given }),
    http(message),
    ...body,
  );
const get = (uri, headers) => ({
  request: { method: "GET", uri },
  headers: lines({ Host: "www.example.com", ...headers }),
});
const say = (code, headers) => ({ response: { code }, headers: lines(headers) });
const conversation = () => {
  const first = up(
    { seq: 1000, ack: 2000 },
    get("/one", { Authorization: "Basic dXNlcjpzZWNyZXQ=", "HTTP2-Settings": "AAMAAABkAAQAAP__" }),
  );
  const a = 1000 + first.length - 54;
  const reply = down(
    { seq: 2000, ack: a },
    say(200, { "Content-Type": "text/x-odd", "Content-Length": "5" }),
    "hello",
  );
  const b = 2000 + reply.length - 54;
  const second = up({ seq: a, ack: b }, get("/two", { "Transfer-Encoding": "identity" }));
  const c = a + second.length - 54;
  const last = down(
    { seq: b, ack: c },
    say(101, { "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" }),
  );
  return [first, reply, second, last];
};
const coded = () => [
  build(
    frame(),
    packet4({ src: IP_B, dst: IP_A }),
    tcp({ srcPort: 80, dstPort: 53_001, flags: { ack: true, psh: true }, seq: 2000, ack: 1000 }),
    http(say(200, { "Content-Encoding": "x-odd", "Content-Length": "5" })),
    "hello",
  ),
];

export const oddities = [
  { name: "odd-frames", linkType: 1, packets: frames },
  { name: "fabric-path-group", linkType: 1, packets: groups },
  { name: "odd-llc", linkType: 1, packets: logical },
  { name: "odd-frame-relay", linkType: 107, packets: relay },
  { name: "odd-arp", linkType: 1, packets: requests },
  { name: "odd-lengths", linkType: 1, packets: lengths },
  { name: "ipv6-addresses", linkType: 1, packets: embedded },
  { name: "wccp", linkType: 1, packets: redirected },
  { name: "odd-tcp", linkType: 1, packets: segments },
  { name: "sctp-association", linkType: 1, packets: counted },
  { name: "dccp-connection", linkType: 1, packets: congested },
  { name: "icmp-time", linkType: 1, packets: times },
  { name: "odd-dns", linkType: 1, packets: records },
  { name: "http-conversation", linkType: 1, packets: conversation },
  { name: "http-coded", linkType: 1, packets: coded },
];
