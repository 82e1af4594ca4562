// TLS: every extension and message, key exchanges of each kind, certificates, and SSL 2.0.
import { build, ssl2, tcp, tls } from "wirecraft";
import {
  distinguishedName,
  dsaCertificate,
  ecCertificate,
  fullCertificate,
} from "./certificates.mjs";
import { counting, frame, hex, IP_A, IP_B, packet4 } from "./common.mjs";

const CLIENT = 0;
const SERVER = 1;

/** A connection from a port of its own; what is said are records, one segment each. */
function connection(port, ...said) {
  const seq = [1000, 2000];
  return said.map(([side, ...records]) => {
    const ends =
      side === CLIENT ? { srcPort: port, dstPort: 443 } : { srcPort: 443, dstPort: port };
    const ip = side === CLIENT ? {} : { src: IP_B, dst: IP_A };
    const numbers = { seq: seq[side], ack: seq[1 - side], flags: { ack: true, psh: true } };
    const made = build(frame(), packet4(ip), tcp({ ...ends, ...numbers }), ...records);
    seq[side] += made.bytes().length - 54;
    return made;
  });
}

const handshake = (...messages) => tls({ is: "handshake", version: 0x0303, messages });
const schemes = [{ scheme: 0x0403 }, { scheme: 0x0804 }];
const type = [{ type: 2 }, { type: 0 }];
const varint = (n) => (n < 64 ? Uint8Array.of(n) : Uint8Array.of(0x40 | (n >> 8), n & 255));

const everywhere = [
  { is: "maxFragmentLength", mode: 2 },
  { is: "truncatedHmac" },
  { is: "supportedGroups", groups: [{ group: 29 }, { group: 0x0100 }] },
  { is: "ecPointFormats", formats: [{ format: 0 }, { format: 1 }] },
  { is: "srp", user: "somebody" },
  { is: "signatureAlgorithms", schemes },
  { is: "heartbeat", mode: 1 },
  { is: "alpn", names: [{ name: "h2" }, { name: "http/1.1" }] },
  { is: "encryptThenMac" },
  { is: "extendedMasterSecret" },
  { is: "compressCertificate", algorithms: [{ algorithm: 2 }, { algorithm: 1 }] },
  { is: "recordSizeLimit", limit: 16_385 },
  { is: "sessionTicket", ticket: counting(20) },
  { is: "cookie", cookie: counting(9) },
  { is: "certificateAuthorities", names: [{ name: distinguishedName() }] },
  { is: "postHandshakeAuth" },
  { is: "signatureAlgorithmsCert", schemes },
  { is: "connectionId", id: counting(5) },
  {
    is: "quicTransportParameters",
    parameters: [
      ...[1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 0x20].map((one) => ({
        type: BigInt(one),
        value: varint(one === 10 ? 5 : 1300 + one),
      })),
      { type: 0n, value: counting(8) },
      { type: 2n, value: counting(16) },
      { type: 15n, value: counting(4) },
      { type: 16n, value: counting(3) },
    ],
  },
  { is: "applicationSettings", names: [{ name: "h2" }] },
  { is: "renegotiationInfo", info: counting(12) },
];
const ofClient = [
  { is: "serverName", names: [{ type: 0, name: "www.example.com" }] },
  { is: "statusRequest", statusType: 1 },
  { is: "signedCertificateTimestamp" },
  { is: "statusRequestV2", requests: [{ statusType: 2 }] },
  { is: "clientCertificateType", types: type },
  { is: "serverCertificateType", types: type },
  { is: "padding", padding: new Uint8Array(10) },
  { is: "delegatedCredential", schemes },
  { is: "earlyData" },
  { is: "supportedVersions", versions: [{ version: 0x0304 }, { version: 0x0303 }] },
  { is: "pskKeyExchangeModes", modes: [{ mode: 1 }, { mode: 0 }] },
  {
    is: "keyShare",
    shares: [
      { group: 29, key: counting(32) },
      { group: 23, key: counting(65, 4) },
    ],
  },
  ...everywhere,
  { is: "unknown", type: 0x1234, data: counting(6) },
  { is: "nextProtocolNegotiation" },
  {
    is: "quicTransportParametersDraft",
    parameters: [{ type: 4n, value: varint(1234) }],
  },
  {
    is: "encryptedClientHello",
    kdf: 1,
    aead: 1,
    configId: 7,
    key: counting(32),
    content: counting(50),
  },
  {
    is: "preSharedKey",
    identities: [{ identity: counting(40), obfuscatedTicketAge: 0x01020304 }],
    binders: [{ binder: counting(32) }],
  },
];
const clientHello = (extensions) => ({
  is: "clientHello",
  version: 0x0303,
  random: counting(32, 11),
  sessionId: counting(32, 99),
  cipherSuites: [{ suite: 0x1301 }, { suite: 0xc02f }, { suite: 0x00ff }],
  compressionMethods: [{ method: 1 }, { method: 0 }],
  extensions,
});
const serverHello = (cipherSuite, extensions = [], more = {}) => ({
  is: "serverHello",
  version: 0x0303,
  random: counting(32, 33),
  sessionId: counting(16, 55),
  cipherSuite,
  compressionMethod: 0,
  extensions,
  ...more,
});

/** One hello a packet: of these extensions each may stand there once. */
const hellos = () =>
  [
    ...ofClient.map((one) => [CLIENT, handshake(clientHello([one]))]),
    [CLIENT, handshake(clientHello(ofClient.filter(({ is }) => !is.startsWith("quicTransport"))))],
    ...[
      { is: "serverName" },
      { is: "statusRequest" },
      { is: "clientCertificateType", certificateType: 2 },
      { is: "serverCertificateType", certificateType: 0 },
      { is: "earlyData" },
      { is: "supportedVersions", version: 0x0304 },
      { is: "preSharedKey", selected: 1 },
      { is: "keyShare", share: { group: 29, key: counting(32) } },
      {
        is: "signedCertificateTimestamp",
        scts: { timestamps: [{ timestamp: timestamp() }, { timestamp: timestamp() }] },
      },
      ...[
        "ecPointFormats",
        "maxFragmentLength",
        "truncatedHmac",
        "heartbeat",
        "alpn",
        "sessionTicket",
      ]
        .concat(["encryptThenMac", "extendedMasterSecret", "recordSizeLimit", "renegotiationInfo"])
        .map((is) => {
          const one = everywhere.find((other) => other.is === is);
          return is === "alpn" ? { ...one, names: [{ name: "h2" }] } : one;
        }),
      { is: "unknown", type: 0x1235, data: counting(4) },
      { is: "nextProtocolNegotiation", names: [{ name: "h2" }, { name: "spdy/3" }] },
    ].map((one) => [SERVER, handshake(serverHello(0xc02f, [one]))]),
    [
      SERVER,
      handshake(serverHello(0x1301, [{ is: "keyShare", selectedGroup: 23 }], { random: RETRY })),
    ],
  ].flatMap((one, i) => connection(52_000 + i, one));

/** The random of a message that asks for another hello (RFC 8446 §4.1.3). */
const RETRY = hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

const timestamp = () =>
  Uint8Array.from([
    0,
    ...counting(32),
    ...[0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0x7b],
    ...[0, 0, 4, 3, 0, 5],
    ...counting(5),
  ]);

const changed = () => tls({ is: "changeCipherSpec" });
const request = {
  is: "certificateRequest",
  types: [{ type: 1 }, { type: 64 }],
  schemes,
  authorities: [{ name: distinguishedName() }],
};
/** Handshakes of TLS 1.2 with each kind of key exchange. */
const exchanges = () => {
  const vector = (bytes, width = 2) => [...new Array(width - 1).fill(0), bytes.length, ...bytes];
  const signed = [4, 1, ...vector(counting(20))];
  const kinds = [
    [0xc02f, [3, 0, 23, ...vector(counting(9), 1), ...signed], vector(counting(11), 1)],
    [0x0033, [...[8, 1, 7].flatMap((n) => vector(counting(n))), ...signed], vector(counting(12))],
    [0x002f, null, vector(counting(64))],
    [0x0003, [...vector(counting(8)), ...vector(counting(3)), ...signed], vector(counting(8))],
    [0x008c, vector(counting(4)), vector(counting(5))],
  ];
  return kinds.flatMap(([suite, server, client], i) =>
    connection(
      53_000 + i,
      [CLIENT, handshake(clientHello([]))],
      [
        SERVER,
        handshake(
          serverHello(suite),
          ...(server === null
            ? []
            : [{ is: "serverKeyExchange", parameters: Uint8Array.from(server) }]),
          ...(i < 2 ? [request] : []),
          { is: "serverHelloDone" },
        ),
      ],
      [
        CLIENT,
        handshake(
          { is: "clientKeyExchange", parameters: Uint8Array.from(client) },
          ...(i < 2 ? [{ is: "certificateVerify", signed: Uint8Array.from(signed) }] : []),
        ),
        changed(),
        tls({ is: "handshake", fragment: counting(40, 200) }),
      ],
      [
        SERVER,
        handshake({ is: "newSessionTicket", lifetime: 7200, ticket: counting(30) }),
        changed(),
        tls({ is: "handshake", fragment: counting(40, 210) }),
      ],
      [CLIENT, tls({ is: "applicationData", data: counting(33) })],
      [SERVER, tls({ is: "heartbeat", padding: counting(60, 100) })],
      [SERVER, tls({ is: "alert", encrypted: counting(26) })],
    ),
  );
};

/** Messages and records that need nothing before them; the server goes on with a session. */
const others = () => [
  ...[fullCertificate(), dsaCertificate(), ecCertificate()].flatMap((certificate, i) =>
    connection(54_000 + i, [
      SERVER,
      handshake({ is: "certificate", certificates: [{ certificate }] }),
    ]),
  ),
  ...connection(
    54_010,
    [CLIENT, handshake(clientHello([]))],
    [SERVER, handshake(serverHello(0xc02f, [], { sessionId: counting(32, 99) })), changed()],
  ),
  ...[
    { is: "helloRequest" },
    { is: "endOfEarlyData" },
    { is: "keyUpdate", request: 1 },
    { is: "encryptedExtensions", extensions: [{ is: "maxFragmentLength", mode: 3 }] },
    { is: "certificateStatus", statusType: 1, response: hex("30030a0106") },
    { is: "unknown", type: 23, body: counting(5) },
    { is: "finished", verifyData: counting(12) },
    {
      is: "compressedCertificate",
      algorithm: 2,
      uncompressedLength: 900,
      compressed: counting(20),
    },
  ].flatMap((one, i) => connection(54_020 + i, [SERVER, handshake(one)])),
  ...connection(54_030, [CLIENT, tls({ is: "alert", level: 2, description: 40 })]),
  ...connection(54_031, [
    CLIENT,
    tls({ is: "heartbeat", messageType: 1, content: counting(7), padding: counting(16) }),
  ]),
];

/** TLS 1.3: what the type in the header says of encrypted records is not what they are. */
const hidden = () =>
  connection(
    55_000,
    [
      CLIENT,
      handshake(clientHello([{ is: "supportedVersions", versions: [{ version: 0x0304 }] }])),
    ],
    [
      SERVER,
      handshake(serverHello(0x1301, [{ is: "supportedVersions", version: 0x0304 }])),
      changed(),
      tls({ is: "applicationData", data: counting(50) }),
    ],
    [CLIENT, changed(), tls({ is: "applicationData", data: counting(60) })],
  );

const specs = [{ spec: 0x0700c0 }, { spec: 0x010080 }];
const old = () =>
  connection(
    56_000,
    [
      CLIENT,
      ssl2.clientHello({
        cipherSpecs: specs,
        sessionId: counting(16),
        challenge: counting(16, 31),
      }),
    ],
    [
      SERVER,
      ssl2.serverHello({
        sessionIdHit: 0,
        certificateType: 1,
        certificate: ecCertificate(),
        cipherSpecs: specs,
        connectionId: counting(16, 51),
      }),
    ],
    [
      CLIENT,
      ssl2.clientMasterKey({
        cipherKind: 0x0700c0,
        clearKey: counting(3),
        encryptedKey: counting(64),
        argument: counting(8),
      }),
    ],
  );

export const secured = [
  { name: "tls-hellos", linkType: 1, packets: hellos },
  { name: "tls-exchanges", linkType: 1, packets: exchanges },
  { name: "tls-messages", linkType: 1, packets: others },
  { name: "tls-1.3", linkType: 1, packets: hidden },
  { name: "ssl2", linkType: 1, packets: old },
];
