// Neighbour discovery: its messages, and each option in a packet of its own.
import { build, icmpv6 } from "wirecraft";
import { counting, frame, hex, IP6_A, IP6_B, MAC_A, packet6 } from "./common.mjs";

const LOCAL = "fe80::a:10";
const near = () => packet6({ src: LOCAL, dst: "ff02::1", hopLimit: 255 });
const send = (message) => build(frame(), near(), message);

const prefix = "2001:db8:77::";
const source = { is: "sourceLinkLayerAddress", address: MAC_A };
const options = [
  source,
  { is: "sourceLinkLayerAddress", addressBytes: counting(14) },
  { is: "targetLinkLayerAddress", address: MAC_A },
  {
    is: "prefixInformation",
    prefixLength: 64,
    flags: { l: true, a: true, r: true },
    validLifetime: 86_400,
    preferredLifetime: 14_400,
    prefix,
  },
  { is: "mtu", mtu: 1480 },
  { is: "advertisementInterval", interval: 30_000 },
  { is: "homeAgentInformation", preference: 0x0102, lifetime: 0x0304 },
  { is: "sourceAddressList", addresses: [{ address: IP6_A }, { address: IP6_B }] },
  { is: "targetAddressList", addresses: [{ address: IP6_B }] },
  { is: "timestamp", time: 0x0000_65a1_b2c3_4000n },
  { is: "nonce", nonce: counting(6) },
  { is: "ipAddressPrefix", code: 1, prefixLength: 64, address: IP6_A },
  { is: "newRouterPrefix", code: 0, prefixLength: 48, prefix },
  { is: "linkLayerAddress", code: 1, address: hex("00005e00530a") },
  { is: "neighborAdvertisementAck", code: 0, status: 1 },
  {
    is: "pvdId",
    h: true,
    l: true,
    delay: 5,
    sequence: 0x0102,
    id: "pvd.example",
    options: new Uint8Array(0),
  },
  { is: "map", distance: 3, preference: 9, flags: { r: true }, lifetime: 3600, address: IP6_A },
  {
    is: "routeInformation",
    prefixLength: 48,
    flags: { preference: 1 },
    lifetime: 7200,
    prefix: hex("20010db800770000"),
  },
  { is: "rdnss", lifetime: 1200, servers: [{ address: IP6_A }, { address: IP6_B }] },
  { is: "flagsExtension", flags: { m: true, preference: 1 }, reserved: new Uint8Array(4) },
  { is: "dnssl", lifetime: 600, names: [{ name: "example.com" }, { name: "example.net" }] },
  { is: "addressRegistration", status: 1, lifetime: 90, eui64: "02:00:5e:ff:fe:00:53:0a" },
  {
    is: "sixLowpanContext",
    contextLength: 64,
    flags: { c: true, cid: 5 },
    lifetime: 80,
    prefix: hex("20010db800770000"),
  },
  { is: "authoritativeBorderRouter", versionLow: 2, versionHigh: 3, lifetime: 70, router: IP6_A },
  { is: "sixLowpanCapability", g: true, unassigned: 0 },
  { is: "captivePortal", uri: "https://portal.example/" },
  { is: "pref64", scaledLifetime: 100, plc: 2, prefix: hex("0064ff9b0001000000000000") },
  {
    is: "encryptedDns",
    priority: 1,
    lifetime: 900,
    name: hex("03646e73076578616d706c6500"),
    addresses: [{ address: IP6_A }],
    parameters: hex("000100030268 32".replace(" ", "")),
  },
  { is: "experiment", type: 253, data: counting(6) },
  { is: "unknown", type: 199, data: counting(6) },
];

/** In a capture of their own, since tshark reads past what they say they hold. */
const oddOptions = [
  { is: "certificate", certificateType: 1, certificate: counting(12) },
  { is: "nbmaShortcutLimit", limit: 9 },
  {
    is: "handoverKeyRequest",
    padLength: 4,
    algorithm: 3,
    publicKey: counting(16),
    padding: new Uint8Array(4),
  },
  {
    is: "handoverKeyReply",
    padLength: 2,
    algorithm: 3,
    lifetime: 0x0102,
    key: counting(8),
    padding: new Uint8Array(2),
  },
  { is: "handoverAssist", code: 1, value: counting(4) },
  { is: "mobileNodeIdentifier", code: 1, value: hex("61406578") },
  { is: "neighborAdvertisementAck", code: 0, status: 2, careOf: IP6_A },
];

/** Options of secure neighbour discovery, whose contents are of another encoding. */
const KEY = hex("301a300d06092a864886f70d010101050003090030060201070201 03".replace(" ", ""));
const secured = [
  {
    is: "cga",
    padLength: 7,
    modifier: counting(16),
    subnetPrefix: hex("20010db800770000"),
    collisionCount: hex("01"),
    publicKey: KEY,
    padding: new Uint8Array(7),
  },
  { is: "rsaSignature", keyHash: counting(16), signature: counting(12) },
  {
    is: "trustAnchor",
    nameType: 2,
    padLength: 3,
    fqdn: "ca.example.com",
    padding: new Uint8Array(3),
  },
  {
    is: "trustAnchor",
    nameType: 1,
    padLength: 2,
    name: hex("300c310a300806035504030c0161"),
    padding: new Uint8Array(2),
  },
  { is: "proxySignature", keyHash: counting(16, 40), signature: counting(12) },
];

const lifetimes = { hopLimit: 61, lifetime: 1800, reachableTime: 30_000, retransTimer: 1000 };
const advertise = (list) =>
  send(
    icmpv6.routerAdvertisement({ ...lifetimes, flags: { m: true, preference: 3 }, options: list }),
  );
const optionPackets = () => options.map((one) => advertise([one]));
const oddPackets = () => oddOptions.map((one) => advertise([one]));
const securedPackets = () => [
  ...secured.map((one) => advertise([one])),
  send(
    icmpv6.certificationPathSolicitation({ id: 0x1234, component: 0x0102, options: [secured[2]] }),
  ),
  send(
    icmpv6.certificationPathAdvertisement({
      id: 0x1234,
      allComponents: 3,
      component: 2,
      options: [secured[2]],
    }),
  ),
];

const quoted = {
  is: "redirectedHeader",
  packet: hex("6000000000003b40 20010db8000a00000000000000000010 20010db8000b00000000000000000020"),
};
const messages = () => [
  send(icmpv6.routerSolicitation({ code: 0, options: [source] })),
  send(
    icmpv6.routerAdvertisement({ ...lifetimes, flags: { o: true, h: true, p: true }, options: [] }),
  ),
  send(icmpv6.neighborSolicitation({ target: IP6_A, options: [source] })),
  send(icmpv6.neighborAdvertisement({ flags: { r: true, o: true }, target: IP6_A })),
  send(icmpv6.inverseSolicitation({ options: [source] })),
  send(icmpv6.inverseAdvertisement({ options: [source] })),
];

const redirects = () => [
  send(icmpv6.redirect({ target: IP6_A, destination: IP6_B, options: [quoted] })),
];

export const neighbors = [
  { name: "nd", linkType: 1, packets: messages },
  { name: "nd-redirect", linkType: 1, packets: redirects },
  { name: "nd-options", linkType: 1, packets: optionPackets },
  { name: "nd-options-odd", linkType: 1, packets: oddPackets },
  { name: "nd-secure", linkType: 1, packets: securedPackets },
];
