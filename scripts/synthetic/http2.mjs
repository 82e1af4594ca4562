// HTTP/2 and WebSocket: a connection with frames of each type, and messages with and without masks and compression.
import { build, http, http2, http2Preface, tcp, websocket } from "wirecraft";
import { counting, frame, hex, IP_A, IP_B, packet4 } from "./common.mjs";

/** Segments of a connection of its own: each `[side, ...parts]`, where side 0 is the client. */
function conversation(port, segments) {
  const next = [1000, 5000];
  return segments.map(([side, ...parts]) => {
    const length = build(...parts).bytes().length;
    const [srcPort, dstPort] = side === 0 ? [port, 80] : [80, port];
    const [seq, ack] = [next[side], next[1 - side]];
    next[side] += length;
    return build(
      frame(),
      packet4(side === 0 ? {} : { src: IP_B, dst: IP_A }),
      tcp({ flags: { ack: true, psh: true }, srcPort, dstPort, seq, ack }),
      ...parts,
    );
  });
}

const text = (string) => Uint8Array.from(string, (c) => c.charCodeAt(0));
const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
/** A field that is written out (RFC 7541 §6.2); `form` is 0x40 for one that is indexed, 0x10 for one that never is. */
const literal = (name, value, form = 0) =>
  bytes([form, name.length], text(name), [value.length], text(value));

const request = bytes(
  hex("8386"),
  literal(":path", "/a%20b?c=d", 0x40),
  literal(":authority", "example.org"),
);
/** Fields that have a name of their own in filters, each with a value that tells it from the others. */
const requestFields = {
  accept: "text/html",
  "accept-charset": "utf-8",
  "accept-encoding": "gzip",
  "accept-language": "en",
  authorization: "Digest abc",
  cookie: "a=1",
  expect: "100-continue",
  from: "someone@example.org",
  "if-match": '"1"',
  "if-modified-since": "Mon, 02 Mar 2026 07:30:01 GMT",
  "if-none-match": '"2"',
  "if-range": '"3"',
  "if-unmodified-since": "Mon, 02 Mar 2026 07:30:03 GMT",
  "max-forwards": "7",
  "proxy-authorization": "Digest def",
  range: "bytes=0-5",
  referer: "http://example.org/before",
  "user-agent": "example/2.0",
};
const responseFields = {
  "accept-ranges": "bytes",
  "access-control-allow-origin": "*",
  age: "61",
  allow: "GET",
  "cache-control": "no-store",
  "content-disposition": "inline",
  "content-encoding": "identity",
  "content-language": "fr",
  "content-location": "/here",
  "content-range": "bytes 0-9/10",
  "content-length": "10",
  date: "Mon, 02 Mar 2026 07:30:02 GMT",
  etag: '"4"',
  expires: "Mon, 02 Mar 2026 07:30:04 GMT",
  "last-modified": "Mon, 02 Mar 2026 07:30:05 GMT",
  link: "</style>; rel=preload",
  location: "/there",
  "proxy-authenticate": "Digest realm=x",
  refresh: "9",
  "retry-after": "120",
  server: "example",
  "set-cookie": "b=2",
  "strict-transport-security": "max-age=3600",
  vary: "accept",
  via: "2 proxy",
  "www-authenticate": "Digest realm=y",
};
const lines = (fields) =>
  bytes(...Object.entries(fields).map(([name, value]) => literal(name, value)));

const settings = http2.settings({
  settings: [
    { is: "headerTableSize", value: 8192 },
    { is: "enablePush", value: 0 },
    { is: "maxConcurrentStreams", value: 101 },
    { is: "initialWindowSize", value: 70_000 },
    { is: "maxFrameSize", value: 20_000 },
    { is: "maxHeaderListSize", value: 30_000 },
    { is: "enableConnectProtocol", value: 1 },
    { is: "unknown", id: 0x99, value: 7 },
  ],
});
const end = { endStream: true };
const headers = (stream, block, more = {}) =>
  http2.headers({ stream, block, ...more, flags: { endHeaders: true, ...more.flags } });

const frames = () =>
  conversation(52_001, [
    [
      0,
      http2Preface(),
      settings,
      // A table's size, then a request with priority and padding, whose content comes in two frames.
      headers(
        1,
        bytes(hex("3fe10f"), request, lines(requestFields), literal("x-never", "n", 0x10)),
        {
          flags: { padded: true, priority: true },
          padLength: 2,
          exclusive: true,
          dependency: 3,
          weight: 99,
          padding: new Uint8Array(2),
        },
      ),
      http2.data({
        stream: 1,
        flags: { padded: true },
        padLength: 1,
        data: text("first "),
        padding: new Uint8Array(1),
      }),
      http2.data({ stream: 1, flags: end, data: text("second") }),
      http2.priority({ stream: 5, dependency: 1, weight: 15 }),
      http2.rstStream({ stream: 5, error: 8 }),
      http2.ping({ opaque: counting(8) }),
      http2.ping({ flags: { ack: true }, opaque: counting(8, 9) }),
      http2.windowUpdate({ stream: 1, increment: 1234 }),
      http2.goaway({ lastStream: 2, error: 2, debug: text("why") }),
      http2.altsvc({ origin: "o.example", value: 'h2=":443"' }),
      http2.origin({ origins: [{ origin: "https://a.example" }, { origin: "https://b.example" }] }),
      http2.priorityUpdate({ prioritized: 3, value: "u=1" }),
      http2({ is: "unknown", type: 0x42, flags: 0x55, data: text("other") }),
      http2.settings({ flags: { ack: true } }),
    ],
    [
      1,
      bytes(
        build(http2.settings({})).bytes(),
        build(
          headers(
            1,
            bytes(hex("88"), lines(responseFields), literal("content-type", "text/plain", 0x40)),
          ),
        ).bytes(),
        build(http2.data({ stream: 1, flags: end, data: text("0123456789") })).bytes(),
      ),
    ],
  ]);

const begun = () =>
  http2.headers({
    stream: 1,
    flags: end,
    block: bytes(hex("828684"), literal("x-one", "two").slice(0, 8)),
  });
const continued = () =>
  http2.continuation({ stream: 1, flags: { endHeaders: true }, block: text("wo") });

const blocks = () =>
  conversation(52_002, [
    [
      0,
      http2Preface(),
      http2.settings({}),
      http2.pushPromise({
        stream: 1,
        flags: { endHeaders: true, padded: true },
        padLength: 3,
        promised: 2,
        block: bytes(hex("828684"), literal(":authority", "example.org")),
        padding: new Uint8Array(3),
      }),
      // Trailers end content that frames before have brought.
      headers(3, request),
      http2.data({ stream: 3, data: text("only") }),
      headers(3, literal("x-trailer", "t"), { flags: end }),
    ],
    [0, build(begun()).bytes()],
    [0, build(continued()).bytes()],
  ]);
/** A block of two frames in one segment. */
const together = () =>
  conversation(52_005, [[0, http2Preface(), http2.settings({}), begun(), continued()]]);

const upgrade = (extensions) => [
  [
    0,
    http({
      request: { method: "GET", uri: "/chat", version: "HTTP/1.1" },
      headers: [
        { name: "Host", value: "example.org" },
        { name: "Upgrade", value: "websocket" },
        { name: "Connection", value: "Upgrade" },
        ...extensions,
      ],
    }),
  ],
  [
    1,
    http({
      response: { version: "HTTP/1.1", code: 101, phrase: "Switching Protocols" },
      headers: [
        { name: "Upgrade", value: "websocket" },
        { name: "Connection", value: "Upgrade" },
        ...extensions,
      ],
    }),
  ],
];
const deflate = [{ name: "Sec-WebSocket-Extensions", value: "permessage-deflate" }];
/** A frame as bytes: in a segment alone nothing says that it is one. */
const said = (values) => build(websocket(values)).bytes();
const key = hex("37fa213d");

const messages = () => {
  const big = said({ payloadLength: 127, payload: counting(66_000) });
  return conversation(52_003, [
    ...upgrade([]),
    [0, said({ opcode: 1, maskingKey: key, payload: hex("7f9f4d5158") })],
    [1, said({ opcode: 1, fin: false, payload: text("a ") })],
    [1, said({ opcode: 9, payload: text("are you there") })],
    [0, said({ opcode: 10, maskingKey: key, payload: hex("0102") })],
    [
      1,
      bytes(
        said({ opcode: 0, fin: false, payload: text("text ") }),
        said({ opcode: 0, payload: text("in parts") }),
      ),
    ],
    [1, said({ payloadLength: 126, payload: counting(300) })],
    [1, said({ opcode: 3, payload: text("what") })],
    [1, big.slice(0, 40_000)],
    [1, big.slice(40_000)],
    [
      0,
      said({ opcode: 8, maskingKey: hex("00000000"), payload: bytes(hex("03e9"), text("going")) }),
    ],
    [1, said({ opcode: 8 })],
  ]);
};
const compressed = () =>
  conversation(52_004, [
    ...upgrade(deflate),
    [1, said({ opcode: 1, rsv: 4, payload: hex("f248cdc9c90700") })],
    [1, said({ opcode: 1, rsv: 4, payload: hex("f200110000") })],
    [1, said({ opcode: 2, payload: text("plain") })],
  ]);

export const multiplexed = [
  { name: "http2-frames", linkType: 1, packets: frames },
  { name: "http2-blocks", linkType: 1, packets: blocks },
  { name: "http2-continuation", linkType: 1, packets: together },
  { name: "websocket", linkType: 1, packets: messages },
  { name: "websocket-deflate", linkType: 1, packets: compressed },
];
