// SCTP with its chunks, parameters and causes, and DCCP with its packets and options.
import { build, dccp, sctp } from "wirecraft";
import { counting, frame, hex, IP_A, IP6_A, packet4 } from "./common.mjs";

/** Each in an association of its own, so that nothing is remembered. */
const send = (chunks, i) =>
  build(
    frame(),
    packet4(),
    sctp({ srcPort: 40_000 + i, dstPort: 50_000, verificationTag: 0x01020304 + i, chunks }),
  );

const v4 = { is: "ipv4Address", address: IP_A };
const v6 = { is: "ipv6Address", address: IP6_A };
const requestSeq = 0x01020304;
const responseSeq = 0x05060708;
const correlationId = 0x090a0b0c;
const initParameters = [
  v4,
  v6,
  { is: "stateCookie", cookie: counting(12) },
  { is: "cookiePreservative", increment: 1000 },
  { is: "hostName", name: "host.example\0" },
  { is: "supportedAddressTypes", types: [{ type: 5 }, { type: 6 }] },
  {
    is: "unrecognizedParameters",
    parameters: [{ is: "unknown", type: 0x8123, value: counting(4) }],
  },
  { is: "unrecognizedParameters", parameters: [v4] },
  { is: "ecnCapable" },
  { is: "random", random: counting(32) },
  { is: "chunkList", chunks: [{ type: 0xc1 }, { type: 0x80 }] },
  { is: "requestedHmac", hmacs: [{ id: 1 }, { id: 3 }] },
  { is: "padding", data: counting(8) },
  { is: "supportedExtensions", chunks: [{ type: 0x0f }, { type: 0xc0 }, { type: 0x82 }] },
  { is: "forwardTsnSupported" },
  { is: "adaptationLayer", indication: 0x01020304 },
  { is: "unknown", type: 0x8123, value: counting(4) },
];
const resetParameters = [
  { is: "outgoingReset", requestSeq, responseSeq, lastTsn: 9, streams: [{ sid: 1 }, { sid: 2 }] },
  { is: "incomingReset", requestSeq, streams: [{ sid: 3 }] },
  { is: "tsnReset", requestSeq },
  { is: "reconfigurationResponse", responseSeq, result: 1 },
  { is: "reconfigurationResponse", responseSeq, result: 1, senderNextTsn: 7, receiverNextTsn: 8 },
  { is: "addOutgoingStreams", requestSeq, count: 5 },
  { is: "addIncomingStreams", requestSeq, count: 6 },
];
const causes = [
  { is: "invalidStream", sid: 0x0102 },
  { is: "missingParameter", types: [{ type: 7 }, { type: 12 }] },
  { is: "staleCookie", staleness: 1000 },
  { is: "outOfResource" },
  { is: "unresolvableAddress", parameters: [{ is: "hostName", name: "h.example\0" }] },
  { is: "unrecognizedChunk", chunk: { type: 0x3f, flags: 1, value: counting(4) } },
  { is: "invalidMandatoryParameter" },
  {
    is: "unrecognizedParameters",
    parameters: [{ is: "unknown", type: 0x8123, value: counting(4) }],
  },
  { is: "noUserData", tsn: 0x01020304 },
  { is: "cookieWhileShuttingDown" },
  { is: "restartWithNewAddresses", parameters: [v4] },
  { is: "userInitiatedAbort", info: counting(8) },
  { is: "protocolViolation", info: counting(8) },
  { is: "lastAddressDeletion", parameters: [v4] },
  { is: "resourceShortage", parameters: [v4] },
  { is: "sourceAddressDeletion", parameters: [v4] },
  { is: "illegalAsconfAck" },
  { is: "noAuthorization", parameters: [v4] },
  { is: "unsupportedHmac", hmacId: 3 },
  { is: "unknown", code: 0x4321, info: counting(4) },
];
const configurations = [
  v4,
  { is: "addAddress", correlationId, address: v4 },
  { is: "deleteAddress", correlationId, address: v6 },
  { is: "setPrimaryAddress", correlationId, address: v4 },
];
const acknowledgements = [
  { is: "successIndication", correlationId },
  {
    is: "errorCauseIndication",
    correlationId,
    causes: [{ is: "resourceShortage", parameters: [v4] }],
  },
];
const opening = {
  initiateTag: 0x11121314,
  receiverWindow: 65_536,
  outboundStreams: 10,
  inboundStreams: 11,
  initialTsn: 0x21222324,
};
const gaps = [{ start: 2, end: 3 }];

const chunkLists = [
  [
    {
      is: "data",
      flags: { immediate: true, unordered: true, beginning: true, ending: true },
      tsn: 0x01020304,
      sid: 5,
      ssn: 6,
      ppid: 0x1234,
      data: counting(8),
    },
  ],
  [{ is: "init", ...opening, parameters: initParameters }],
  [{ is: "initAck", ...opening, parameters: initParameters.slice(0, 3) }],
  [
    {
      is: "sack",
      cumulativeTsn: 0x01020304,
      receiverWindow: 5000,
      gaps,
      duplicates: [{ tsn: 0x01020301 }],
    },
  ],
  [{ is: "heartbeat", parameters: [{ is: "heartbeatInfo", info: counting(12) }] }],
  [{ is: "heartbeatAck", parameters: [{ is: "heartbeatInfo", info: counting(12) }] }],
  ...causes.map((cause) => [{ is: "error", causes: [cause] }]),
  [
    {
      is: "abort",
      flags: { reflected: true },
      causes: [{ is: "userInitiatedAbort", info: counting(4) }],
    },
  ],
  [{ is: "shutdown", cumulativeTsn: 0x01020304 }],
  [{ is: "shutdownAck" }],
  [{ is: "cookieEcho", cookie: counting(16) }],
  [{ is: "cookieAck" }],
  [{ is: "ecnEcho", lowestTsn: 0x01020304 }],
  [{ is: "congestionWindowReduced", lowestTsn: 0x01020304 }],
  [{ is: "shutdownComplete", flags: { reflected: true } }],
  [{ is: "authentication", sharedKeyId: 1, hmacId: 3, hmac: counting(32) }],
  [
    {
      is: "nrSack",
      cumulativeTsn: 0x01020304,
      receiverWindow: 5000,
      gaps,
      nrGaps: [{ start: 5, end: 6 }],
      duplicates: [{ tsn: 0x01020301 }],
    },
  ],
  [
    {
      is: "interleavedData",
      flags: { unordered: true, beginning: true },
      tsn: 0x01020304,
      sid: 5,
      mid: 7,
      ppid: 0x1234,
      data: counting(8),
    },
  ],
  [
    {
      is: "interleavedData",
      flags: { ending: true },
      tsn: 0x01020305,
      sid: 5,
      mid: 7,
      fsn: 1,
      data: counting(8),
    },
  ],
  [{ is: "addressConfigurationAck", seq: 0x01020304, parameters: acknowledgements }],
  [
    {
      is: "packetDrop",
      flags: { truncated: true, middlebox: true },
      bandwidth: 1_000_000,
      queueSize: 5000,
      truncatedLength: 1400,
      data: new Uint8Array(0),
    },
  ],
  ...resetParameters.map((one) => [{ is: "reconfiguration", parameters: [one] }]),
  [{ is: "padding", data: counting(8) }],
  [
    {
      is: "forwardTsn",
      cumulativeTsn: 0x01020304,
      streams: [
        { sid: 1, ssn: 2 },
        { sid: 3, ssn: 4 },
      ],
    },
  ],
  [{ is: "addressConfiguration", seq: 0x01020304, parameters: configurations }],
  [
    {
      is: "interleavedForwardTsn",
      cumulativeTsn: 0x01020304,
      streams: [{ sid: 1, flags: { unordered: true }, mid: 9 }],
    },
  ],
  [{ is: "unknown", type: 0x3f, value: counting(8) }],
];
const recent = [
  [{ is: "init", ...opening, parameters: [{ is: "zeroChecksumAcceptable", method: 1 }] }],
];

const talk = (packet, i) =>
  build(
    frame(),
    packet4(),
    dccp({
      srcPort: 40_000 + i,
      dstPort: 50_000,
      ccval: 3,
      checksumCoverage: 1,
      reserved: 2,
      seq: 0x0102_0304_0506,
      ...packet,
    }),
  );
const ack = 0x0708_090a_0b0c;
const options = [
  { is: "padding" },
  { is: "mandatory" },
  { is: "slowReceiver" },
  { is: "changeL", feature: 1, values: hex("0203") },
  { is: "confirmL", feature: 2, values: hex("000000000005") },
  { is: "changeR", feature: 3, values: hex("00000a") },
  { is: "confirmR", feature: 4, values: hex("01") },
  { is: "initCookie", cookie: counting(8) },
  { is: "ndpCount8", count: 5 },
  { is: "ndpCount16", count: 0x0102 },
  { is: "ndpCount24", count: 0x010203 },
  { is: "ndpCount32", count: 0x01020304 },
  { is: "ndpCount40", count: 0x0102030405 },
  { is: "ndpCount48", count: 0x010203040506 },
  { is: "ackVector0", vector: hex("01c2") },
  { is: "ackVector1", vector: hex("4103") },
  { is: "dataDropped", blocks: hex("81") },
  { is: "timestamp", timestamp: 0x01020304 },
  { is: "timestampEcho", echo: 0x01020304 },
  { is: "timestampEcho", echo: 0x01020304, elapsed: 0x0506 },
  { is: "timestampEcho", echo: 0x01020304, longElapsed: 0x05060708 },
  { is: "elapsedTime", elapsed: 0x0102 },
  { is: "elapsedTime", longElapsed: 0x01020304 },
  { is: "dataChecksum", crc: 0x01020304 },
  { is: "lossEventRate", rate: 0x01020304 },
  { is: "lossIntervals", intervals: counting(10) },
  { is: "receiveRate", rate: 0x01020304 },
  { is: "reservedSingle", type: 7 },
  { is: "unknown", type: 100, data: counting(2) },
];
const dccpPackets = [
  { is: "request", serviceCode: 0x41424344 },
  { is: "response", ack, ackReserved: 0, serviceCode: 0x41424344 },
  { is: "data", extended: false, seq: undefined, shortSeq: 0x010203 },
  {
    is: "ack",
    extended: false,
    seq: undefined,
    shortSeq: 0x010203,
    shortAckReserved: 0,
    shortAck: 0x040506,
  },
  { is: "dataAck", ack },
  { is: "closeRequest", ack },
  { is: "close", ack },
  { is: "reset", ack, resetCode: 4, data1: 1, data2: 2, data3: 3 },
  { is: "sync", ack },
  { is: "syncAck", ack },
];

export const associations = [
  { name: "sctp", linkType: 1, packets: () => chunkLists.map(send) },
  { name: "sctp-recent", linkType: 1, packets: () => recent.map(send) },
  { name: "dccp", linkType: 1, packets: () => dccpPackets.map(talk) },
  {
    name: "dccp-options",
    linkType: 1,
    packets: () => options.map((one, i) => talk({ is: "dataAck", ack, options: [one] }, 100 + i)),
  },
  {
    name: "dccp-unknown",
    linkType: 1,
    packets: () => [
      talk({ is: "unknown", type: 12 }, 200),
      talk({ is: "dataAck", ack, options: [{ is: "unknown", type: 37, data: counting(9) }] }, 201),
    ],
  },
];
