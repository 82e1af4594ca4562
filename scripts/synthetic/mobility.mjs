// Mobile IPv6: its messages, and each option in a packet of its own.
import { build, mipv6 } from "wirecraft";
import { counting, frame, hex, IP_A, IP6_A, packet6 } from "./common.mjs";

const send = (message) => build(frame(), packet6(), mipv6(message));

const cookie = 0x0102030405060708n;
const token = 0x1112131415161718n;
const revocation = { is: "revocationIndication", trigger: 2, seq: 0x0102, p: true, g: true };
const messages = [
  { is: "bindingRefreshRequest" },
  { is: "homeTestInit", cookie },
  { is: "careOfTestInit", cookie },
  { is: "homeTest", nonceIndex: 0x0102, cookie, token },
  { is: "careOfTest", nonceIndex: 0x0102, cookie, token },
  {
    is: "bindingUpdate",
    seq: 0x0102,
    a: true,
    l: true,
    m: true,
    p: true,
    t: true,
    lifetime: 0x0304,
  },
  {
    is: "bindingUpdate",
    seq: 0x0103,
    h: true,
    k: true,
    r: true,
    f: true,
    b: true,
    lifetime: 0x0305,
  },
  {
    is: "bindingAcknowledgement",
    status: 1,
    k: true,
    p: true,
    b: true,
    seq: 0x0102,
    lifetime: 0x0304,
  },
  { is: "bindingAcknowledgement", status: 128, r: true, t: true, seq: 0x0103, lifetime: 0x0305 },
  { is: "bindingError", status: 2, home: IP6_A },
  { is: "fastBindingUpdate", seq: 0x0102, a: true, l: true, lifetime: 0x0304 },
  { is: "fastBindingUpdate", seq: 0x0103, h: true, k: true, lifetime: 0x0305 },
  { is: "fastBindingAcknowledgment", status: 1, k: true, seq: 0x0102, lifetime: 0x0304 },
  { is: "fastNeighborAdvertisement" },
  { is: "homeAgentSwitch", homeAgents: [{ address: IP6_A }, { address: "2001:db8::66" }] },
  { is: "heartbeat", u: true, seq: 0x01020304 },
  { is: "heartbeat", r: true, seq: 0x01020305 },
  { is: "handoverInitiate", seq: 0x0102, s: true, code: 1 },
  { is: "handoverInitiate", seq: 0x0103, u: true, code: 2 },
  { is: "handoverAcknowledge", seq: 0x0102, code: 4 },
  revocation,
  { ...revocation, p: false, v: true, g: false },
  { is: "revocationAcknowledgement", status: 1, seq: 0x0102, p: true, v: true, g: true },
  { is: "updateNotification", seq: 0x0102, reason: 3, a: true },
  { is: "updateNotificationAcknowledgement", seq: 0x0102, status: 1 },
];
const others = [
  { is: "localizedRoutingInitiation", seq: 0x0102, lifetime: 0x0304 },
  { is: "localizedRoutingAcknowledgment", seq: 0x0102, u: true, status: 129, lifetime: 0x0304 },
  { type: 16, is: "unknown", revocation: 3, data: counting(9) },
  { is: "unknown", type: 200, data: counting(10) },
];

const options = [
  { is: "pad1" },
  { is: "padN", padding: new Uint8Array(2) },
  { is: "bindingRefreshAdvice", interval: 0x0102 },
  { is: "alternateCareOf", address: IP6_A },
  { is: "nonceIndices", home: 0x0102, careOf: 0x0304 },
  { is: "authorizationData", authenticator: counting(12) },
  { is: "mobileNetworkPrefix", prefixLength: 48, prefix: "2001:db8:77::" },
  { is: "linkLayerAddress", code: 2, address: hex("00005e00530a") },
  { is: "mobileNodeIdentifier", subtype: 1, identifier: "node@example.com" },
  { is: "messageIdentification", timestamp: 0xe900000040000000n },
  { is: "cgaParametersRequest" },
  { is: "careOfTestInit" },
  { is: "serviceSelection", identifier: "ims.example" },
  { is: "homeNetworkPrefix", prefixLength: 48, prefix: "2001:db8:77::" },
  { is: "handoffIndicator", indicator: 3 },
  { is: "accessTechnology", technology: 4 },
  { is: "linkLayerIdentifier", identifier: hex("00005e00530a") },
  { is: "linkLocalAddress", address: "fe80::a:10" },
  { is: "timestamp", timestamp: 0x0000_65a1_b2c3_4000n },
  { is: "restartCounter", counter: 0x01020304 },
  { is: "ipv4HomeAddress", prefixLength: 24, p: true, address: IP_A },
  { is: "ipv4AddressAck", status: 1, prefixLength: 24, address: IP_A },
  { is: "natDetection", f: true, refresh: 0x01020304 },
  { is: "ipv4CareOf", address: IP_A },
  { is: "greKey" },
  { is: "greKey", key: 0x01020304 },
  { is: "addressPrefix", code: 1, prefixLength: 64, address: IP6_A },
  { is: "bindingIdentifier", id: 0x0102, status: 1, h: true, priority: 5 },
  { is: "bindingIdentifier", id: 0x0103, status: 2, priority: 6, ipv4: IP_A },
  { is: "bindingIdentifier", id: 0x0104, status: 3, priority: 7, ipv6: IP6_A },
  { is: "ipv4HomeAddressRequest", prefixLength: 24, address: IP_A },
  { is: "ipv4HomeAddressReply", status: 1, prefixLength: 24, address: IP_A },
  { is: "ipv4DefaultRouter", address: IP_A },
  { is: "dhcpSupportMode", s: true },
  {
    is: "contextRequest",
    contexts: [
      { type: 7, data: hex("") },
      { type: 8, data: hex("0102") },
    ],
  },
  { is: "localMobilityAnchor", code: 2, ipv4: IP_A },
  { is: "localMobilityAnchor", code: 1, ipv6: IP6_A },
  { is: "redirectCapability" },
  { is: "redirect", k: true, ipv6: IP6_A },
  { is: "redirect", n: true, ipv4: IP_A },
  {
    is: "loadInformation",
    priority: 1,
    sessionsInUse: 0x0203,
    maximumSessions: 0x0405,
    usedCapacity: 0x0607,
    maximumCapacity: 0x0809,
  },
  { is: "alternateIpv4CareOf", address: IP_A },
  { is: "nodeGroup", subtype: 1, id: 0x01020304 },
  { is: "accessGatewayAddress", addressLength: 128, address: IP6_A },
  {
    is: "accessNetwork",
    identifiers: [
      { is: "network", e: true, name: "home", accessPoint: "ap-7" },
      { is: "location", latitude: 0x010203, longitude: 0x040506 },
      { is: "operator", idType: 1, id: hex("0708090a") },
    ],
  },
  { is: "delegatedPrefix", v: true, prefixLength: 24, ipv4: IP_A },
  { is: "delegatedPrefix", prefixLength: 64, ipv6: "2001:db8:77::" },
];
/** Of these tshark leaves out the last two bytes. */
const cut = [
  { is: "authentication", subtype: 2, spi: 0x01020304, data: counting(8) },
  { is: "cgaParameters", data: counting(9) },
  { is: "signature", data: counting(10) },
  { is: "permanentHomeKeygenToken", data: counting(8) },
  { is: "careOfTest", data: counting(8) },
  { is: "dnsUpdate", status: 1, r: true, identity: hex("046e6f6465") },
  { is: "experimental", data: counting(4) },
  { is: "vendorSpecific", vendor: 32_473, subtype: 3, data: counting(4) },
  { is: "fastAuthorizationData", spi: 0x01020304, authenticator: counting(12) },
];
/** These it does not know. */
const recent = [
  { is: "linkLocalInterface", interface: 0x0102030405060708n },
  { is: "transientBinding", l: true, lifetime: 50 },
  { is: "flowSummary", flows: [{ id: 1 }, { id: 2 }] },
  { is: "flowIdentification", id: 3, priority: 4, status: 1, subOptions: new Uint8Array(0) },
  {
    is: "qualityOfService",
    requestId: 1,
    trafficClass: 46,
    operation: 2,
    attributes: [{ type: 1, value: counting(4) }],
  },
  { is: "userPlaneAddress", ipv4: IP_A },
  { is: "userPlaneAddress", ipv6: IP6_A },
  { is: "unknown", type: 150, data: counting(4) },
];
const update = { is: "bindingUpdate", seq: 0x0102, lifetime: 0x0304 };
const unknownSub = {
  is: "accessNetwork",
  identifiers: [{ is: "unknown", type: 9, data: counting(4) }],
};

const asked = (list) => () => list.map((one) => send({ ...update, options: [one] }));

export const mobility = [
  { name: "mipv6", linkType: 1, packets: () => messages.map(send) },
  { name: "mipv6-odd", linkType: 1, packets: () => others.map(send) },
  { name: "mipv6-options", linkType: 1, packets: asked([...options, unknownSub]) },
  { name: "mipv6-options-cut", linkType: 1, packets: asked(cut) },
  { name: "mipv6-options-recent", linkType: 1, packets: asked(recent) },
];
