// The Host Identity Protocol and SHIM6: their messages, parameters and options.
import { build, hip, shim6 } from "wirecraft";
import { counting, frame, hex, IP6_A, IP6_B, packet6 } from "./common.mjs";

const HIT_A = "2001:21:1:2:3:4:5:6";
const HIT_B = "2001:21:6:5:4:3:2:1";
const exchange = (type, parameters) =>
  build(
    frame(),
    packet6(),
    hip({ type, controls: { a: true }, sender: HIT_A, receiver: HIT_B, parameters }),
  );

const key = counting(64);
const parameters = [
  { is: "espInfo", keymatIndex: 0x0102, oldSpi: 0x03040506, newSpi: 0x0708090a },
  { is: "r1Counter", type: 128, counter: counting(8) },
  {
    is: "locatorSet",
    locators: [
      { trafficType: 1, type: 0, length: 4, preferred: 1, lifetime: 3600, address: IP6_A },
      { trafficType: 2, type: 1, length: 5, lifetime: 1800, spi: 0x01020304, address: IP6_B },
    ],
  },
  {
    is: "locatorSet",
    locators: [
      {
        trafficType: 0,
        type: 2,
        length: 7,
        lifetime: 900,
        port: 4500,
        protocol: 17,
        kind: 1,
        priority: 0x01020304,
        spi: 0x05060708,
        address: IP6_B,
      },
    ],
  },
  { is: "puzzle", k: 10, lifetime: 37, opaque: 0x0102, i: counting(8) },
  { is: "solution", k: 10, lifetime: 0, opaque: 0x0102, i: counting(8), j: counting(8, 50) },
  { is: "seq", id: 0x01020304 },
  { is: "ack", ids: [{ id: 0x01020304 }, { id: 0x01020305 }] },
  { is: "dhGroupList", groups: [{ id: 3 }, { id: 4 }] },
  { is: "diffieHellman", group: 3, value: counting(24) },
  { is: "hipTransform", suites: [{ id: 1 }, { id: 2 }] },
  { is: "hipCipher", ciphers: [{ id: 2 }, { id: 4 }] },
  { is: "natTraversalMode", modes: [{ id: 1 }, { id: 2 }] },
  { is: "transactionPacing", minimum: 20 },
  { is: "encrypted", data: counting(20) },
  { is: "hitSuiteList", suites: [{ id: 1 }, { id: 3 }] },
  { is: "cert", group: 1, count: 1, id: 1, certType: 1, certificate: counting(16) },
  { is: "notification", message: 24, data: counting(8) },
  { is: "echoRequestSigned", data: counting(6) },
  { is: "regInfo", minimum: 10, maximum: 200, types: [{ type: 1 }, { type: 2 }] },
  { is: "regRequest", lifetime: 100, types: [{ type: 1 }] },
  { is: "regResponse", lifetime: 100, types: [{ type: 1 }] },
  { is: "regFailed", failure: 1, types: [{ type: 2 }] },
  { is: "regFrom", port: 4500, protocol: 17, address: IP6_A },
  { is: "echoResponseSigned", data: counting(6) },
  { is: "transportFormatList", formats: [{ type: 4095 }] },
  { is: "espTransform", suites: [{ id: 7 }, { id: 8 }] },
  { is: "seqData", number: 0x01020304 },
  { is: "ackData", numbers: [{ number: 0x01020304 }] },
  { is: "payloadMic", nextHeader: 17, payloadData: 0x01020304, mic: counting(8) },
  { is: "transactionId", id: counting(4) },
  { is: "overlayId", id: counting(4) },
  { is: "routeDst", flags: 1, hits: [{ hit: HIT_A }] },
  { is: "hipTransportMode", port: 4500, modes: [{ id: 1 }] },
  { is: "hipMac", mac: counting(20) },
  { is: "hipMac2", mac: counting(20) },
  { is: "echoResponseUnsigned", data: counting(6) },
  { is: "echoRequestUnsigned", data: counting(6) },
  { is: "relayFrom", port: 4501, protocol: 17, address: IP6_A },
  { is: "relayTo", port: 4502, protocol: 17, address: IP6_B },
  { is: "overlayTtl", ttl: 7 },
  { is: "routeVia", flags: 2, hits: [{ hit: HIT_B }] },
  { is: "from", address: IP6_A },
  { is: "rvsHmac", mac: counting(20) },
  { is: "viaRvs", servers: [{ address: IP6_A }] },
  { is: "relayHmac", mac: counting(20) },
  { is: "unknown", type: 32_000, data: counting(4) },
];
/** Parameters that have another form since version 2 (RFC 7401), which tshark does not know. */
const second = [
  { is: "r1Counter", counter: counting(8) },
  {
    is: "hostId",
    domainType: 1,
    algorithm: 5,
    identity: { exponentLength: 3, exponent: hex("010001"), modulus: key },
    domain: "host.example",
  },
  {
    is: "hostId",
    domainType: 2,
    algorithm: 3,
    identity: { t: 0, q: counting(20), p: key, g: key, y: key },
    domain: "a@host.example",
  },
  { is: "hipSignature2", algorithm: 5, signature: counting(24) },
  { is: "hipSignature", algorithm: 5, signature: counting(24) },
  { is: "hostId", algorithm: 7, identity: { curve: 1, key: counting(16) } },
  { is: "hostId", algorithm: 9, identity: { lowCurve: 1, key: counting(16) } },
  {
    is: "hostId",
    algorithm: 5,
    identity: { exponentLength: 0, longExponent: hex("010001"), modulus: key },
  },
];

const shims = [
  [{ is: "responderValidator", validator: counting(12) }],
  [
    {
      is: "locatorList",
      generation: 0x01020304,
      methods: [{ method: 1 }, { method: 2 }],
      padding: new Uint8Array(1),
      locators: [{ address: IP6_A }, { address: IP6_B }],
    },
  ],
  [
    {
      is: "locatorPreferences",
      generation: 0x01020304,
      elementLength: 3,
      elements: [
        { flags: 1, priority: 2, weight: 3 },
        { flags: 2, priority: 4, weight: 5 },
      ],
    },
  ],
  [{ is: "cgaParameters", parameters: counting(9) }],
  [{ is: "cgaSignature", signature: counting(10) }],
  [{ is: "ulidPair", sender: IP6_A, receiver: IP6_B }],
  [{ is: "forkedInstance", id: 0x01020304 }],
  [{ is: "keepaliveTimeout", timeout: 0x0102 }],
  [{ is: "unknown", type: 99, critical: true, data: counting(4) }],
];
const contextTag = 0x0102_0304_0506;
const initiatorNonce = 0x01020304;
const responderNonce = 0x05060708;
const probe = { source: IP6_A, destination: IP6_B, nonce: 0x01020304, data: 0x05060708 };
const shimMessages = [
  ...shims.map((options) => ({ is: "i1", contextTag, initiatorNonce, options })),
  { is: "r1", initiatorNonce, responderNonce },
  { is: "i2", contextTag, initiatorNonce, responderNonce },
  { is: "r2", contextTag, initiatorNonce },
  { is: "r1bis", contextTag, responderNonce },
  { is: "i2bis", contextTag, initiatorNonce, responderNonce, packetContextTag: 0x0607_0809_0a0b },
  { is: "updateRequest", contextTag, nonce: responderNonce },
  { is: "updateAcknowledgement", contextTag, nonce: responderNonce },
  { is: "keepalive", contextTag },
  {
    is: "probe",
    contextTag,
    state: 1,
    sentProbes: [probe, { ...probe, nonce: 9 }],
    receivedProbes: [probe],
  },
  { is: "unknown", type: 30, data: counting(10) },
];

export const identity = [
  { name: "hip", linkType: 1, packets: () => parameters.map((one) => exchange(16, [one])) },
  { name: "hip-2", linkType: 1, packets: () => second.map((one) => exchange(2, [one])) },
  {
    name: "shim6",
    linkType: 1,
    packets: () => shimMessages.map((one) => build(frame(), packet6(), shim6(one))),
  },
  {
    name: "shim6-payload",
    linkType: 1,
    packets: () => [
      build(
        frame(),
        packet6(),
        shim6({ is: "payload", nextHeader: 253, contextTag: hex("0102030405") }),
        counting(8),
      ),
    ],
  },
];
