// TCP with each of its options, UDP and UDP-Lite.
import { build, tcp, udp, udpLite } from "wirecraft";
import { counting, frame, hex, IP_B, IP6_B, packet4, packet6 } from "./common.mjs";

const seq = 0x01020304;
const multipath = (given) => ({ is: given.is, ...given });

/** Of the handshake, and of the segments behind it. */
const first = [
  [{ is: "maximumSegmentSize", mss: 1400 }, { is: "noOperation" }, { is: "endOfOptionList" }],
  [{ is: "windowScale", shift: 9 }],
  [{ is: "sackPermitted" }],
  [{ is: "partialOrderPermitted" }],
  [{ is: "connectionCount", count: 0x01020304 }],
  [{ is: "connectionCountNew", count: 0x01020305 }],
  [{ is: "connectionCountEcho", count: 0x01020306 }],
  [{ is: "alternateChecksumRequest", algorithm: 1 }],
  [
    {
      is: "scpsCapabilities",
      capabilities: { bets: true, snack2: true, nlts: true },
      connection: 5,
    },
  ],
  [{ is: "quickStartResponse", rate: 9, ttlDifference: 3, nonce: 0x12345678 }],
  [{ is: "fastOpen" }],
  [{ is: "fastOpen", cookie: counting(8) }],
  [{ is: "encryptionNegotiation", suboptions: [{ value: 1 }, { value: 0x21 }] }],
  [{ is: "accurateEcn0", ect0: 0x010203, ce: 0x040506, ect1: 0x070809 }],
  [{ is: "accurateEcn1", ect1: 0x0a0b0c, ce: 0x0d0e0f, ect0: 0x101112 }],
  [{ is: "experimentalFastOpen", kind: 254, cookie: counting(8) }],
  [{ is: "experimentalSmc", kind: 254 }],
  [{ is: "unknown", kind: 253, exid: 0x0348, data: counting(3) }],
  [{ is: "unknown", kind: 254, exid: 0x0348, data: counting(3) }],
  [{ is: "userTimeout", minutes: true, timeout: 0x1234 }],
  [multipath({ is: "capable", version: 1, flags: { checksumRequired: true, hmacSha256: true } })],
  [
    multipath({
      is: "joinSyn",
      backup: true,
      addressId: 3,
      receiverToken: 0x01020304,
      senderRandom: 0x05060708,
    }),
  ],
];
const later = [
  [
    {
      is: "sack",
      blocks: [
        { left: seq + 100, right: seq + 200 },
        { left: seq + 300, right: seq + 400 },
      ],
    },
  ],
  [{ is: "echo", info: 0x01020304 }],
  [{ is: "echoReply", info: 0x05060708 }],
  [{ is: "timestamps", value: 0x01020304, echoReply: 0x05060708 }],
  [{ is: "partialOrderProfile", startFlag: true, filler: 0 }],
  [{ is: "alternateChecksumData", data: counting(4) }],
  [{ is: "md5Signature", digest: counting(16) }],
  [{ is: "authentication", keyId: 5, nextKeyId: 6, mac: counting(12) }],
  [{ is: "unknown", kind: 200, data: counting(4) }],
  [
    multipath({
      is: "capable",
      version: 1,
      flags: { hmacSha256: true },
      senderKey: 0x0102030405060708n,
      receiverKey: 0x1112131415161718n,
    }),
  ],
  [
    multipath({
      is: "capable",
      version: 1,
      flags: { checksumRequired: true, hmacSha256: true },
      senderKey: 0x0102030405060708n,
      receiverKey: 0x1112131415161718n,
      dataLength: 0,
      checksum: 0x0304,
    }),
  ],
  [multipath({ is: "joinAck", senderHmac: counting(20) })],
  [
    multipath({
      is: "dataSequence",
      flags: { hasDataAck: true, mapping: true },
      dataAck: 0x01020304,
      dataSeq: 0x05060708,
      subflowSeq: 0x090a0b0c,
      dataLength: 0,
    }),
  ],
  [
    multipath({
      is: "dataSequence",
      flags: {
        hasDataAck: true,
        longDataAck: true,
        mapping: true,
        longDataSeq: true,
        dataFin: true,
      },
      dataAck8: 0x0102030405060708n,
      dataSeq8: 0x1112131415161718n,
      subflowSeq: 0x090a0b0c,
      dataLength: 1,
      checksum: 0x0d0e,
    }),
  ],
  [
    multipath({
      is: "addIpv4Address",
      echo: false,
      addressId: 4,
      address: IP_B,
      port: 8080,
      hmac: 0x0102030405060708n,
    }),
  ],
  [multipath({ is: "addIpv4Address", echo: true, addressId: 5, address: IP_B })],
  [
    multipath({
      is: "addIpv6Address",
      echo: false,
      addressId: 6,
      address: IP6_B,
      port: 8081,
      hmac: 0x0102030405060708n,
    }),
  ],
  [multipath({ is: "removeAddress", addressIds: [{ id: 7 }, { id: 8 }] })],
  [multipath({ is: "priority", backup: true })],
  [multipath({ is: "priority", backup: true, addressId: 9 })],
  [multipath({ is: "fail", dataSeq: 0x0102030405060708n })],
  [multipath({ is: "fastClose", receiverKey: 0x0102030405060708n })],
  [multipath({ is: "reset", transient: true, reason: 4 })],
];

const segment = (options, given, i, ...payload) =>
  build(
    frame(),
    packet4({ ttl: 60 }),
    tcp({ srcPort: 50_001 + i, dstPort: 50_000, seq, window: 4321, options, ...given }),
    ...payload,
  );
const begins = { flags: { syn: true } };
const goesOn = { ack: 0x05060708, flags: { ack: true } };

const optionPackets = () => [
  ...first.map((options, i) => segment(options, begins, i)),
  segment(
    [
      multipath({
        is: "joinSynAck",
        backup: true,
        addressId: 3,
        senderHmac: 0x0102030405060708n,
        senderRandom: 9,
      }),
    ],
    { ack: 7, flags: { syn: true, ack: true } },
    90,
  ),
  ...later.map((options, i) => segment(options, goesOn, 100 + i)),
];
/** Options whose parts tshark does not know, or takes for something else. */
const odd = [
  [{ is: "selectiveNegativeAck", offset: 0x0102, size: 0x0304 }],
  [
    {
      is: "scpsCapabilities",
      capabilities: { snack1: true },
      connection: 5,
      bindings: [{ id: 2, length: 2, data: hex("aabb") }],
    },
  ],
  [{ is: "unknown", kind: 30, subtype: 14, data: counting(3) }],
  [{ is: "unknown", kind: 30, subtype: 1, data: counting(3) }],
  [{ is: "unknown", kind: 30, subtype: 3, data: counting(3) }],
];

const segments = () => [
  segment(
    [],
    { flags: { ack: true, psh: true, urg: true, ece: true }, ack: 9, urgentPointer: 3 },
    300,
    counting(10),
  ),
  segment([], { flags: { fin: true, cwr: true, ae: true, reserved: 5 } }, 301),
  segment([], { flags: { rst: true } }, 302),
  segment([], { flags: { rst: true } }, 303, "refused"),
];

const datagrams = () => [
  build(frame(), packet4(), udp({ srcPort: 49_401, dstPort: 49_501, checksum: 0 }), counting(9)),
  build(frame(), packet6(), udp({ srcPort: 49_402, dstPort: 49_502 }), counting(9)),
  build(
    frame(),
    packet4(),
    udpLite({ srcPort: 49_403, dstPort: 49_503, coverage: 8 }),
    counting(9),
  ),
  build(
    frame(),
    packet4(),
    udpLite({ srcPort: 49_404, dstPort: 49_504, coverage: 0 }),
    counting(9),
  ),
  build(
    frame(),
    packet6(),
    udpLite({ srcPort: 49_405, dstPort: 49_505, coverage: 12 }),
    counting(9),
  ),
];

export const streams = [
  { name: "tcp", linkType: 1, packets: segments },
  { name: "tcp-options", linkType: 1, packets: optionPackets },
  {
    name: "tcp-options-odd",
    linkType: 1,
    packets: () => odd.map((one, i) => segment(one, begins, 400 + i)),
  },
  { name: "udp", linkType: 1, packets: datagrams },
];
