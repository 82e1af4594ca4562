// PPP with its control protocols, and PPPoE.
import {
  build,
  chap,
  ipcp,
  ipv6cp,
  lcp,
  multilink,
  pap,
  ppp,
  pppoe,
  pppoeDiscovery,
} from "wirecraft";
import { counting, frame, hex, IP_A, IP_B, inner, MAC_A, packet6 } from "./common.mjs";

const framed = () => ppp({ address: 0xff, control: 0x03 });

const discriminators = [
  { is: "nullClass" },
  { is: "local", address: counting(9) },
  { is: "ipv4", ip: IP_A },
  { is: "mac", mac: MAC_A },
  { is: "magicNumbers", magic: counting(8, 30) },
  { is: "directoryNumber", number: counting(7, 50) },
  { is: "unknown", class: 6, address: counting(5, 70) },
];

const lcpOptions = [
  { is: "vendorSpecific", oui: 0x00005e, kind: 7, data: hex("0102") },
  { is: "maximumReceiveUnit", mru: 1492 },
  { is: "asyncControlCharacterMap", map: 0xa5c3_0f99 },
  { is: "authenticationProtocol", protocol: 0xc223, algorithm: 5 },
  { is: "authenticationProtocol", protocol: 0xc023 },
  { is: "authenticationProtocol", protocol: 0xc227, data: hex("0102") },
  { is: "magicNumber", magic: 0x1badb002 },
  { is: "protocolFieldCompression" },
  { is: "addressAndControlFieldCompression" },
  { is: "fcsAlternatives", fcs: { ccitt32: true, null: true } },
  { is: "selfDescribingPad", maximum: 8 },
  { is: "numberedMode", window: 7, address: hex("0b0c") },
  { is: "callback", operation: 3, message: counting(6) },
  { is: "compoundFrames" },
  { is: "multilinkMrru", mrru: 1600 },
  { is: "shortSequenceNumbers" },
  ...discriminators.map((discriminator) => ({ is: "endpointDiscriminator", discriminator })),
  { is: "dceIdentifier", mode: 2 },
  { is: "multiLinkPlus", unused: hex("0102") },
  { is: "linkDiscriminator", discriminator: 0x2345 },
  { is: "byteStuffing", flags: { reserved: 5, pre: true } },
  { is: "multilinkHeaderFormat", format: 6, maxClasses: 4 },
  { is: "internationalization", charset: 106, language: "i-default" },
  { is: "simpleDataLink" },
  { is: "unknown", type: 60, data: hex("010203") },
];

const data = counting(8, 65);
const linkControl = () => [
  build(
    framed(),
    lcp({ is: "vendorSpecific", identifier: 1, magic: 0x01020304, oui: 0x00005e, kind: 9, data }),
  ),
  build(framed(), lcp({ is: "configureRequest", identifier: 2, options: lcpOptions })),
  build(framed(), lcp({ is: "configureAck", identifier: 3, options: lcpOptions.slice(0, 3) })),
  build(framed(), lcp({ is: "configureNak", identifier: 4, options: lcpOptions.slice(3, 6) })),
  build(framed(), lcp({ is: "configureReject", identifier: 5, options: lcpOptions.slice(-2) })),
  build(framed(), lcp({ is: "terminateRequest", identifier: 6, data })),
  build(framed(), lcp({ is: "terminateAck", identifier: 7, data })),
  build(framed(), lcp({ is: "codeReject", identifier: 8, rejected: hex("0f 01 00 04") })),
  build(framed(), lcp({ is: "protocolReject", identifier: 9, protocol: 0x4025 }), counting(6)),
  build(framed(), lcp({ is: "echoRequest", identifier: 10, magic: 0x05060708, data })),
  build(framed(), lcp({ is: "echoReply", identifier: 11, magic: 0x090a0b0c, data })),
  build(framed(), lcp({ is: "discardRequest", identifier: 12, magic: 0x0d0e0f10, data })),
  build(framed(), lcp({ is: "identification", identifier: 13, magic: 0x11121314, message: "who" })),
  build(
    framed(),
    lcp({ is: "timeRemaining", identifier: 14, magic: 0x15161718, seconds: 3600, message: "soon" }),
  ),
  build(framed(), lcp({ is: "unknown", code: 200, identifier: 15, data })),
];

/** In packets of their own, since tshark gives up where they are. */
const oddOptions = [
  { is: "prefixElision", class: 2, prefixes: hex("02aabb") },
  { is: "qualityProtocol", protocol: 0xc025, reportingPeriod: 0x01020304 },
  { is: "qualityProtocol", protocol: 0xc027, data: hex("0506") },
];
const oddlyRead = () =>
  oddOptions.map((one, i) =>
    build(framed(), lcp({ is: "configureRequest", identifier: 16 + i, options: [one] })),
  );

const compressions = [
  {
    is: "robust",
    maxContextId: 15,
    mrru: 1000,
    maxHeader: 168,
    suboptions: [{ is: "profiles", profiles: [{ profile: 0x0001 }, { profile: 0x0104 }] }],
  },
  { is: "vanJacobson", maxSlotId: 15, compressSlotId: true },
  {
    is: "ipHeader",
    tcpSpace: 15,
    nonTcpSpace: 16,
    fMaxPeriod: 256,
    fMaxTime: 5,
    maxHeader: 168,
    suboptions: [{ is: "rtp" }, { is: "enhancedRtp" }, { is: "tcpOrNot", parameter: 1 }],
  },
  { is: "unknown", protocol: 0x0063, data: hex("0102") },
];
const compressionOptions = compressions.map((compression) => ({
  is: "compressionProtocol",
  compression,
}));

/** Sub-options that nobody has numbered. */
const strangers = [
  {
    is: "robust",
    maxContextId: 15,
    mrru: 1000,
    maxHeader: 168,
    suboptions: [{ is: "unknown", type: 9, data: hex("0102") }],
  },
  {
    is: "ipHeader",
    tcpSpace: 15,
    nonTcpSpace: 16,
    fMaxPeriod: 256,
    fMaxTime: 5,
    maxHeader: 168,
    suboptions: [{ is: "unknown", type: 9, data: hex("0304") }],
  },
];
const oddControl = () =>
  strangers.map((compression) =>
    build(
      framed(),
      ipcp({
        is: "configureRequest",
        identifier: 9,
        options: [{ is: "compressionProtocol", compression }],
      }),
    ),
  );

const ipcpOptions = [
  { is: "ipAddresses", src: IP_A, dst: IP_B },
  ...compressionOptions,
  { is: "ipAddress", address: IP_A },
  { is: "mobileIpv4", address: "192.0.2.33" },
  { is: "primaryDns", address: "192.0.2.53" },
  { is: "primaryNbns", address: "192.0.2.54" },
  { is: "secondaryDns", address: "192.0.2.55" },
  { is: "secondaryNbns", address: "192.0.2.56" },
  { is: "unknown", type: 150, data: hex("010203") },
];
const ipv6cpOptions = [
  { is: "interfaceIdentifier", identifier: "02:00:5e:ff:fe:00:53:0a" },
  ...compressionOptions,
  { is: "unknown", type: 150, data: hex("010203") },
];

/** Every code of a control protocol of the network layer. */
const networkControl = (protocol, options) => [
  build(framed(), protocol({ is: "configureRequest", identifier: 1, options })),
  build(framed(), protocol({ is: "configureAck", identifier: 2, options: options.slice(0, 1) })),
  build(framed(), protocol({ is: "configureNak", identifier: 3, options: options.slice(0, 1) })),
  build(framed(), protocol({ is: "configureReject", identifier: 4, options: options.slice(-1) })),
  build(framed(), protocol({ is: "terminateRequest", identifier: 5, data })),
  build(framed(), protocol({ is: "terminateAck", identifier: 6, data })),
  build(framed(), protocol({ is: "codeReject", identifier: 7, data: hex("0f 01 00 04") })),
  build(framed(), protocol({ is: "unknown", code: 77, identifier: 8, data })),
];

const authentication = () => [
  build(framed(), pap({ is: "request", identifier: 1, peerId: "user", password: "secret" })),
  build(framed(), pap({ is: "ack", identifier: 2, message: "welcome" })),
  build(framed(), pap({ is: "nak", identifier: 3, message: "no" })),
  build(framed(), pap({ is: "unknown", code: 9, identifier: 4, data })),
  build(framed(), chap({ is: "challenge", identifier: 5, value: counting(16), name: "server" })),
  build(framed(), chap({ is: "response", identifier: 6, value: counting(16, 40), name: "client" })),
  build(framed(), chap({ is: "success", identifier: 7, message: "welcome" })),
  build(framed(), chap({ is: "failure", identifier: 8, message: "no" })),
  build(framed(), chap({ is: "unknown", code: 9, identifier: 9, data })),
];

const frames = () => [
  build(framed(), ...inner()),
  build(ppp(), packet6({ nextHeader: 59 })),
  build(ppp({ compressedProtocol: 0x21 }), ...inner()),
  build(ppp({ address: 0xff, compressedProtocol: 0x57 }), packet6({ nextHeader: 59 })),
  build(framed(), multilink({ first: true, class: 9, reserved: 2, seq: 0x123456 }), counting(20)),
  build(framed(), multilink({ last: true, class: 9, reserved: 2, seq: 0x223457 }), counting(20)),
];

const lineTags = [
  { is: "agentCircuitId", value: "node atm 3/0:100.33" },
  { is: "agentRemoteId", value: "subscriber" },
  ...[
    "actualRateUp",
    "actualRateDown",
    "minimumRateUp",
    "minimumRateDown",
    "attainableRateUp",
    "attainableRateDown",
    "maximumRateUp",
    "maximumRateDown",
    "lowPowerRateUp",
    "lowPowerRateDown",
    "maximumDelayUp",
    "actualDelayUp",
    "maximumDelayDown",
    "actualDelayDown",
  ].map((is, i) => ({ is, value: 1001 + i })),
  { is: "encapsulation", dataLink: 1, encapsulation1: 2, encapsulation2: 5 },
  { is: "unknown", type: 200, data: hex("0102") },
];

const tags = [
  { is: "serviceName", value: "internet" },
  { is: "acName", value: "concentrator" },
  { is: "hostUniq", value: counting(6) },
  { is: "acCookie", value: counting(16, 9) },
  { is: "vendorSpecific", vendor: 3561, line: lineTags },
  { is: "vendorSpecific", vendor: 32_473, data: counting(5) },
  { is: "credits", forward: 0x0102, backward: 0x0304 },
  {
    is: "metrics",
    flags: { maximumUnits: 2, currentUnits: 1, receiveOnly: 1 },
    linkQuality: 90,
    resources: 80,
    latency: 0x0102,
    currentRate: 0x0304,
    maximumRate: 0x0506,
  },
  { is: "sequenceNumber", seq: 0x0102 },
  { is: "creditScale", scale: 64 },
  { is: "relaySessionId", value: counting(8, 20) },
  { is: "hurl", value: counting(4, 65) },
  { is: "motm", value: counting(5, 65) },
  { is: "maxPayload", value: hex("05dc") },
  { is: "ipRouteAdd", value: counting(6, 65) },
  { is: "serviceNameError", value: "no such service" },
  { is: "acSystemError", value: "too busy" },
  { is: "genericError", value: "wrong" },
  { is: "unknown", type: 0x0199, data: counting(4, 3) },
  { is: "endOfList" },
];

const overEthernet = () => [
  build(frame(), pppoeDiscovery({ code: 0x09, sessionId: 0, tags })),
  build(frame(), pppoeDiscovery({ code: 0x65, sessionId: 0x1234, tags: tags.slice(0, 3) })),
  build(frame(), pppoe({ sessionId: 0x1234 }), ppp(), ...inner()),
  build(
    frame(),
    pppoe({ sessionId: 0x1235 }),
    ppp(),
    lcp({ is: "echoRequest", identifier: 2, magic: 7, data }),
  ),
];

export const pointToPoint = [
  { name: "ppp", linkType: 9, packets: frames },
  { name: "lcp", linkType: 9, packets: linkControl },
  { name: "lcp-odd", linkType: 9, packets: oddlyRead },
  { name: "ipcp", linkType: 9, packets: () => networkControl(ipcp, ipcpOptions) },
  { name: "ipcp-odd", linkType: 9, packets: oddControl },
  { name: "ipv6cp", linkType: 9, packets: () => networkControl(ipv6cp, ipv6cpOptions) },
  { name: "ppp-authentication", linkType: 9, packets: authentication },
  { name: "pppoe", linkType: 1, packets: overEthernet },
];
