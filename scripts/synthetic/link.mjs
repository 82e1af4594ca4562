// Ethernet and its tags, 802.2, ARP, and the link layers of capture files of their own.
import {
  arcnet,
  arcnetLinux,
  arista,
  arp,
  backboneTag,
  bsdLoop,
  bsdNull,
  build,
  chdlc,
  ethernet,
  fabricPath,
  frameRelay,
  ipoib,
  llc,
  macsec,
  rawIp,
  serviceVlan,
  slarp,
  sll,
  sll2,
  snap,
  vlan,
  vntag,
} from "wirecraft";
import {
  counting,
  frame,
  hex,
  IP_A,
  IP_B,
  IP6_A,
  inner,
  MAC_A,
  MAC_B,
  packet6,
} from "./common.mjs";

const small = () => inner();
const six = () => [packet6({ nextHeader: 59 })];

const ethernets = () => [
  build(ethernet({ dst: MAC_B, src: MAC_A, fcs: 0x0badcafe }), ...small()),
  build(ethernet({ dst: "01:00:5e:00:00:05", src: MAC_A, type: 0x88b5 }), counting(60)),
  build(ethernet({ dst: MAC_B, src: MAC_A, type: 0x0101 }), counting(257)),
  build(ethernet({ dst: MAC_B, src: MAC_A }), arp({ tpa: IP_B }), new Uint8Array(18)),
  build(ethernet({ dst: MAC_B, src: MAC_A, trailer: hex("0102") }), ...small()),
];

const tags = () => [
  build(frame(), vlan({ priority: 5, dei: true, id: 3001 }), ...small()),
  build(frame(), vlan({ priority: 3, id: 21 }), llc({ dsap: 0x64, ssap: 0x66 }), counting(50)),
  build(frame(), vlan({ id: 7, trailer: hex("0102030405") }), arp({ tpa: IP_A })),
  build(frame(), serviceVlan({ priority: 6, dei: true, id: 2049 }), ...small()),
  build(
    frame(),
    serviceVlan({ priority: 1, id: 1025 }),
    vlan({ priority: 2, dei: true, id: 513 }),
    ...small(),
  ),
  build(
    frame(),
    serviceVlan({ priority: 1, dei: true, id: 1026 }),
    serviceVlan({ priority: 2, dei: true, id: 514 }),
    ...small(),
  ),
  build(
    frame(),
    backboneTag({
      priority: 5,
      dei: 1,
      uca: 1,
      reserved1: 1,
      reserved2: 2,
      serviceId: 0x123456,
      dst: "00:00:5e:00:53:0c",
      src: "00:00:5e:00:53:0d",
    }),
    ...small(),
  ),
  build(
    frame(),
    vntag({
      direction: true,
      pointer: true,
      dst: 0x1234,
      looped: true,
      reserved: 1,
      version: 2,
      src: 0xabc,
    }),
    ...small(),
  ),
  build(
    frame(),
    arista({ subType: 1, version: 0x0010, seconds: 1_700_000_000, nanoseconds: 123_456_789 }),
    ...small(),
  ),
  build(
    frame(),
    arista({ subType: 1, version: 0x0121, lowSeconds: 40_000, lowNanoseconds: 987_654_321 }),
    ...small(),
  ),
  build(
    ethernet({ dst: "02:12:34:56:78:9a", src: "02:ab:cd:ef:01:23" }),
    fabricPath({ ftag: 0x155, ttl: 17, fcs: 0x77f6b7eb }),
    frame(),
    ...small(),
  ),
  build(
    frame(),
    macsec({
      tci: { endStation: 0, sci: 1, singleCopy: 1 },
      an: 2,
      pn: 0x01020304,
      system: MAC_A,
      port: 0x0506,
      icv: counting(16, 100),
    }),
    ...small(),
  ),
  build(
    frame(),
    macsec({
      tci: { endStation: 1, encrypted: 1, changed: 1 },
      an: 1,
      pn: 77,
      icv: counting(16, 90),
    }),
    counting(30),
  ),
];

const logicalLinks = () => [
  build(
    frame(),
    llc({ dsap: 0x64, ssap: 0x67, information: { nr: 17, pf: 1, ns: 99 } }),
    counting(50),
  ),
  build(frame(), llc({ dsap: 0xf1, ssap: 0xf0, supervisory: { nr: 101, pf: 1, function: 2 } })),
  build(
    frame(),
    llc({ dsap: 0x05, ssap: 0x04, control: { modifierHigh: 3, pf: 1, modifierLow: 3 } }),
  ),
  build(frame(), llc(), snap({ oui: 0 }), ...small()),
  build(frame(), llc(), snap({ oui: 0x0000f8 }), ...small()),
  build(frame(), llc(), snap({ oui: 0x00000c, pid: 0x7fff }), counting(40)),
  build(frame(), llc(), snap({ oui: 0x0080c2, pid: 7 }), frame(), ...small()),
];

const addresses = () => [
  build(
    frame(),
    arp({ opcode: 2, sha: MAC_A, spa: IP_A, tha: MAC_B, tpa: IP_B }),
    new Uint8Array(18),
  ),
  build(
    ethernet({ dst: MAC_B, src: MAC_A, type: 0x8035 }),
    arp({ opcode: 3, sha: MAC_A, spa: "0.0.0.0", tha: MAC_B, tpa: "0.0.0.0" }),
  ),
  build(
    frame(),
    arp({
      hwType: 15,
      hwSize: 2,
      protoType: 0x88b5,
      protoSize: 3,
      opcode: 8,
      senderHardware: hex("0102"),
      senderProtocol: hex("030405"),
      targetHardware: hex("0607"),
      targetProtocol: hex("08090a"),
    }),
  ),
];

const cooked = () => [
  build(sll({ is: "mac", packetType: 4, hwType: 1, src: MAC_A, unused: hex("0102") }), ...small()),
  build(
    sll({ is: "ipv4", packetType: 1, hwType: 778, src: IP_A, unused: hex("01020304") }),
    ...small(),
  ),
  build(sll({ is: "none", packetType: 3, hwType: 65_534, unused: counting(8) }), ...six()),
  build(
    sll({ is: "unknown", addressLength: 8, packetType: 2, hwType: 32, address: counting(8, 20) }),
    ...small(),
  ),
  build(
    sll({ is: "mac", src: MAC_A, protocol: 0x0004 }),
    llc({ dsap: 0x64, ssap: 0x66 }),
    counting(20),
  ),
  build(sll({ is: "mac", src: MAC_A, trailer: hex("0000000102") }), arp({ tpa: IP_B })),
];

const cooked2 = () => [
  build(
    sll2({
      is: "mac",
      packetType: 4,
      interfaceIndex: 7,
      hwType: 1,
      src: MAC_A,
      unused: hex("0102"),
    }),
    ...small(),
  ),
  build(
    sll2({
      is: "ipv4",
      packetType: 1,
      interfaceIndex: 0x01020304,
      hwType: 778,
      src: IP_A,
      unused: hex("01020304"),
    }),
    ...small(),
  ),
  build(
    sll2({ is: "none", packetType: 3, interfaceIndex: 3, hwType: 65_534, unused: counting(8) }),
    ...six(),
  ),
  build(
    sll2({
      is: "unknown",
      addressLength: 8,
      packetType: 2,
      interfaceIndex: 9,
      hwType: 32,
      address: counting(8, 20),
    }),
    ...small(),
  ),
  build(
    sll2({ is: "mac", src: MAC_A, interfaceIndex: 2, trailer: hex("0102") }),
    arp({ tpa: IP_B }),
  ),
];

const loopbacks = () => [
  build(bsdNull(), ...small()),
  build(bsdNull({ family: 24 }), ...six()),
  build(bsdNull({ family: 28 }), ...six()),
  build(bsdNull(), ...six()),
  build(bsdNull({ bigFamily: 2 }), ...small()),
  build(bsdNull({ type: 0x0800 }), ...small()),
  build(bsdNull({ bigType: 0x86dd }), ...six()),
];

const frameRelays = () => [
  build(
    frameRelay({
      upperDlci: 0x2a,
      commandResponse: true,
      secondDlci: 9,
      fecn: true,
      becn: true,
      discardEligible: true,
    }),
    ...small(),
  ),
  build(
    frameRelay({
      upperDlci: 5,
      secondDlci: 3,
      end2: false,
      lowerDlci: 0x15,
      dc: false,
      end4: true,
    }),
    ...six(),
  ),
  build(
    frameRelay({
      upperDlci: 0x2b,
      secondDlci: 6,
      end2: false,
      thirdDlci: 0x55,
      end3: false,
      coreControl: 0x2c,
      isControl: true,
      end5: true,
    }),
    ...small(),
  ),
  build(frameRelay({ upperDlci: 7, secondDlci: 1, etherType: 0x0800 }), ...small()),
  build(frameRelay({ upperDlci: 8, secondDlci: 2, nlpid: 0x80, oui: 0, pid: 0x0800 }), ...small()),
  build(
    frameRelay({ upperDlci: 9, secondDlci: 3, nlpid: 0x80, oui: 0x0080c2, pid: 7 }),
    ethernet({ dst: MAC_B, src: MAC_A }),
    ...small(),
  ),
  build(
    frameRelay({ upperDlci: 10, secondDlci: 4, numbered: { nr: 33, pf: 1, ns: 44 }, nlpid: 0x81 }),
    hex("15 01 20 1c 00 15 00 00 04 49 00 00 01 04 49 00 00 02 00 00"),
  ),
];

const infiniband = () => [
  build(
    ipoib({
      trafficClass: 0x5a,
      flowLabel: 0x12345,
      sourceQpn: 0x010203,
      sgid: IP6_A,
      dgid: "2001:db8::1234",
      reserved: 0x0708,
    }),
    ...small(),
  ),
  build(ipoib({ qpn: 0x0a0b0c, dgid: "2001:db8::5678", reserved: 0x0102 }), ...six()),
];

const serial = () => [
  build(chdlc({ address: 0x0f, control: 0x80 }), ...small()),
  build(
    chdlc({ address: 0x8f, control: 0x01, protocol: 0xfefe, padding: 3 }),
    hex("99 01 02 03 04"),
  ),
  build(
    chdlc(),
    slarp({ is: "request", address: IP_A, netmask: "255.255.255.0", unused: hex("ffff") }),
  ),
  build(
    chdlc(),
    slarp({ is: "reply", address: IP_B, netmask: "255.255.0.0", unused: hex("ffff") }),
  ),
  build(
    chdlc({ address: 0x8f }),
    slarp({ is: "keepalive", mySeq: 0x01020304, yourSeq: 0x05060708, reliability: 0xffff }),
  ),
  build(chdlc({ address: 0x8f }), slarp({ is: "unknown", type: 3 }), counting(10)),
];

const exception = {
  src: 0x12,
  dst: 0x34,
  protocolId: 0xd4,
  exceptionFlag: 0xff,
  padding: 0xffff,
  protocolId2: 0xd4,
  splitFlag: 0,
  sequence: 0x1357,
};
const tokens = (declaration, given = {}) => [
  build(
    declaration({ src: 0x12, dst: 0x34, splitFlag: 0, sequence: 0x5678, ...given }),
    ...small(),
  ),
  build(declaration({ src: 0x56, dst: 0x00, splitFlag: 0, sequence: 2, ...given }), ...six()),
  build(declaration({ src: 0x57, dst: 0x01, protocolId: 0xf0, ...given }), ...small()),
];

export const link = [
  { name: "ethernet", linkType: 1, packets: ethernets },
  { name: "tags", linkType: 1, packets: tags },
  { name: "llc", linkType: 1, packets: logicalLinks },
  { name: "arp", linkType: 1, packets: addresses },
  { name: "sll", linkType: 113, packets: cooked },
  { name: "sll2", linkType: 276, packets: cooked2 },
  { name: "null", linkType: 0, packets: loopbacks },
  {
    name: "loop",
    linkType: 108,
    packets: () => [build(bsdLoop(), ...small()), build(bsdLoop(), ...six())],
  },
  {
    name: "raw",
    linkType: 101,
    packets: () => [build(rawIp(), ...small()), build(rawIp(), ...six())],
  },
  { name: "frame-relay", linkType: 107, packets: frameRelays },
  { name: "ipoib", linkType: 242, packets: infiniband },
  { name: "chdlc", linkType: 104, packets: serial },
  {
    name: "arcnet",
    linkType: 7,
    packets: () => [...tokens(arcnet), build(arcnet(exception), ...small())],
  },
  {
    name: "arcnet-linux",
    linkType: 129,
    packets: () => tokens(arcnetLinux, { offset: hex("0102") }),
  },
];
