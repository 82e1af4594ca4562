import { describe, expect, it } from "vitest";
import type { AnalysisEvent } from "../../../src/analysis/events.ts";
import { httpApplication } from "../../../src/analysis/http/http.ts";
import { HpackEncoder } from "../../../src/analysis/http2/hpack-encoder.ts";
import { http2Application } from "../../../src/analysis/http2/http2.ts";
import { PREFACE } from "../../../src/protocols/application/http2/preface.ts";
import { joined, latin1Bytes } from "../../support/bytes.ts";
import { expectSameOfCuts } from "../cuts.ts";
import {
  client,
  gap,
  type Piece,
  type ReadOptions,
  readHostile,
  readPieces,
  server,
} from "../hostile.ts";

const u32 = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];

/** A frame by hand: length, type, flags, stream. */
const frame = (
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array | readonly number[] = [],
): Uint8Array => joined(u32(payload.length).slice(1), [type, flags], u32(stream), payload);
const settings = (...values: readonly (readonly [number, number])[]): Uint8Array =>
  frame(
    4,
    0,
    0,
    values.flatMap(([id, value]) => [id >> 8, id & 255, ...u32(value)]),
  );
const ack = frame(4, 1, 0);
const preface = latin1Bytes(PREFACE);

const END_STREAM = 1;
const END_HEADERS = 4;
const PADDED = 8;

/** Field blocks of both sides, whose tables go on from one to the next. */
class Sides {
  readonly client = new HpackEncoder();
  readonly server = new HpackEncoder();
  ask = (path: string, ...more: readonly (readonly [string, string])[]): Uint8Array =>
    this.client.encode(
      [
        [":method", "GET"],
        [":scheme", "http"],
        [":path", path],
        [":authority", "example.org"],
        ...more,
      ].map(([name, value]) => ({ name: name!, value: value! })),
    );
  answer = (status: number, ...more: readonly (readonly [string, string])[]): Uint8Array =>
    this.server.encode(
      [[":status", String(status)], ...more].map(([name, value]) => ({
        name: name!,
        value: value!,
      })),
    );
}

/** What was told, as short lines; data that came in pieces as one. */
function told(pieces: readonly Piece[], options: ReadOptions = {}): string[] {
  const lines: string[] = [];
  const content = new Map<string, string>();
  const add = (event: AnalysisEvent): void => {
    switch (event.type) {
      case "http2.frame":
        if (event.detail !== null) lines.push(`${event.stream} ${event.detail.is}`);
        break;
      case "http2.headers": {
        const what = event.status || event.url || event.headers.map(({ name }) => name).join();
        lines.push(
          `${event.stream} ${event.kind} ${what}${event.headersComplete ? "" : " incomplete"}`,
        );
        break;
      }
      case "http2.data": {
        const key = `${event.place.side} ${event.stream}`;
        content.set(key, (content.get(key) ?? "") + String.fromCharCode(...event.bytes));
        break;
      }
      case "http2.end": {
        const key = `${event.place.side} ${event.stream}`;
        const said = content.get(key) ?? "";
        lines.push(
          `${event.stream} ${event.complete ? "" : "in"}complete "${said}"${event.missing > 0 ? ` without ${event.missing}` : ""}`,
        );
        break;
      }
      case "http2.stream":
        lines.push(`${event.stream} ${event.state} ${event.requestLength}+${event.responseLength}`);
        break;
      case "note":
        lines.push(`${event.kind}: ${event.text}`);
    }
  };
  readPieces(pieces, { applications: [http2Application], ...options, onEvent: add });
  return lines;
}

function exchange(): Piece[] {
  const sides = new Sides();
  return [
    client(joined(preface, settings([3, 100], [1, 8192]), frame(8, 0, 0, u32(1000)))),
    server(joined(settings([5, 32_768]), ack)),
    client(ack),
    client(frame(1, END_HEADERS | END_STREAM, 1, sides.ask("/a"))),
    server(
      joined(
        frame(1, END_HEADERS, 1, sides.answer(200, ["content-type", "text/plain"])),
        frame(0, 0, 1, latin1Bytes("hel")),
        frame(6, 0, 0, latin1Bytes("12345678")),
        frame(0, END_STREAM, 1, latin1Bytes("lo")),
      ),
    ),
    client(
      joined(
        frame(1, END_HEADERS, 3, sides.ask("/b")),
        frame(0, PADDED | END_STREAM, 3, joined([2], latin1Bytes("x=1"), [0, 0])),
      ),
    ),
    server(
      joined(
        frame(1, END_HEADERS, 3, sides.answer(103)),
        frame(1, END_HEADERS | END_STREAM, 3, sides.answer(204)),
      ),
    ),
    server(frame(7, 0, 0, [...u32(3), ...u32(0), 1, 2])),
  ];
}

const exchangeTold = [
  "0 settings",
  "0 window",
  "0 settings",
  "0 settings",
  "0 settings",
  "1 request http://example.org/a",
  '1 complete ""',
  "1 response 200",
  "0 ping",
  '1 complete "hello"',
  "1 closed 0+5",
  "3 request http://example.org/b",
  '3 complete "x=1"',
  "3 interim 103",
  "3 response 204",
  '3 complete ""',
  "3 closed 3+0",
  "0 goaway",
];

describe("HTTP/2 over streams", () => {
  it("tells requests, responses, data and what ends them", () => {
    expect(told(exchange())).toEqual(exchangeTold);
  });

  it("gives the fields, and the request that a response answers", () => {
    const events = readPieces(exchange(), { applications: [http2Application] }).events;
    const [request, response] = events.flatMap((one) =>
      one.type === "http2.headers" ? [one] : [],
    );
    expect(request).toMatchObject({
      method: "GET",
      target: "/a",
      url: "http://example.org/a",
      version: "2",
      status: 0,
      endStream: true,
    });
    expect(response!.headers).toEqual([
      { name: ":status", value: "200" },
      { name: "content-type", value: "text/plain" },
    ]);
    expect(response!.request).toBe(request);
    expect(response!.place).toMatchObject({ side: 1, packets: [5] });
    const [stream] = events.flatMap((one) => (one.type === "http2.stream" ? [one] : []));
    expect(stream).toMatchObject({ request, response, error: 0 });
    const goaway = events.flatMap((one) =>
      one.type === "http2.frame" && one.frame === 7 ? [one.detail] : [],
    );
    expect(goaway).toEqual([{ is: "goaway", lastStream: 3, error: 0, debug: Uint8Array.of(1, 2) }]);
  });

  it("tells the same, wherever the streams are cut", () => {
    expectSameOfCuts(exchange(), told, exchangeTold);
  });

  it("reads one side alone", () => {
    const sideTold = (side: number) => told(exchange().filter((piece) => piece.side === side));
    expect(sideTold(0).filter((line) => line.includes("request"))).toHaveLength(2);
    expect(sideTold(0).at(-1)).toBe("3 open 3+0");
    expect(sideTold(1)).toContain("1 response 200");
    expect(sideTold(1)).toContain('1 complete "hello"');
  });

  it("shows each frame once, as its declaration", () => {
    const shown: string[] = [];
    readPieces(exchange(), {
      applications: [http2Application],
      onMessage: (names, from, to) => shown.push(`${names.join()} ${from}-${to}`),
    });
    expect(shown.slice(0, 3)).toEqual(["http2Preface 0-24", "http2 24-45", "http2 45-58"]);
    expect(shown).toHaveLength(16);
  });
});

describe("field blocks", () => {
  it("go on in further frames, cut anywhere", () => {
    const block = new Sides().ask("/long", ["x-one", "1".repeat(40)], ["x-two", "2"]);
    const whole = told([client(joined(preface, frame(1, 5, 1, block)))]);
    expect(whole[0]).toBe("1 request http://example.org/long");
    for (let cut = 0; cut <= block.length; cut++) {
      const [a, b] = [block.subarray(0, cut), block.subarray(cut)];
      const middle = b.subarray(0, b.length >> 1);
      const pieces = [
        client(joined(preface, frame(1, END_STREAM, 1, a), frame(9, 0, 1, middle))),
        client(frame(9, END_HEADERS, 1, b.subarray(b.length >> 1))),
      ];
      expect(told(pieces)).toEqual(whole);
    }
  });

  it("are told with the place of all their frames", () => {
    const block = new Sides().ask("/");
    const { events } = readPieces(
      [
        client(joined(preface, frame(1, 1, 1, block.subarray(0, 2)))),
        client(frame(9, 4, 1, block.subarray(2))),
      ],
      { applications: [http2Application] },
    );
    const found = events.find(({ type }) => type === "http2.headers");
    expect(found?.place).toMatchObject({ offset: 24, length: 18 + block.length, packets: [1, 2] });
  });

  it("that another frame interrupts are left out, and said", () => {
    const block = new Sides().ask("/");
    const lines = told([
      client(joined(preface, frame(1, 1, 1, block), frame(6, 0, 0, latin1Bytes("12345678")))),
    ]);
    expect(lines).toContain("malformed: the field block of stream 1 is broken off");
    expect(lines.some((line) => line.includes("request"))).toBe(false);
  });

  it("may not continue nothing", () => {
    expect(told([client(joined(preface, frame(9, 4, 1, [0x82])))])).toContain(
      "malformed: a continuation of nothing",
    );
  });

  it("with priority and padding are read", () => {
    const block = new Sides().ask("/");
    const payload = joined([3], u32(0x80000005), [15], block, [0, 0, 0]);
    const lines = told([
      client(joined(preface, frame(1, 0x2d, 1, payload), frame(2, 0, 3, [...u32(1), 7]))),
    ]);
    expect(lines.slice(0, 3)).toEqual([
      "1 request http://example.org/",
      '1 complete ""',
      "3 priority",
    ]);
  });

  it("with more padding than bytes are malformed", () => {
    expect(told([client(joined(preface, frame(1, 0x0d, 1, [9, 0x82])))])).toEqual([
      "malformed: more padding than there are bytes",
    ]);
  });

  it("that promise a response belong to the stream that is promised", () => {
    const sides = new Sides();
    const promise = sides.server.encode([
      { name: ":method", value: "GET" },
      { name: ":path", value: "/style" },
      { name: ":scheme", value: "http" },
      { name: ":authority", value: "example.org" },
    ]);
    const lines = told([
      client(joined(preface, frame(1, 5, 1, sides.ask("/")))),
      server(
        joined(
          settings(),
          frame(5, 4, 1, [...u32(2), ...promise]),
          frame(1, 4, 2, sides.answer(200)),
          frame(0, 1, 2, latin1Bytes("css")),
        ),
      ),
    ]);
    expect(lines.slice(2)).toEqual([
      "0 settings",
      "2 promise http://example.org/style",
      "2 response 200",
      '2 complete "css"',
      "2 closed 0+3",
      "1 open 0+0",
    ]);
  });

  it("with trailers end a message", () => {
    const sides = new Sides();
    const pieces = [
      client(joined(preface, frame(1, 5, 1, sides.ask("/")))),
      server(
        joined(
          settings(),
          frame(1, 4, 1, sides.answer(200)),
          frame(0, 0, 1, latin1Bytes("a")),
          frame(1, 5, 1, sides.server.encode([{ name: "grpc-status", value: "0" }])),
        ),
      ),
    ];
    const { events } = readPieces(pieces, { applications: [http2Application] });
    const end = events.findLast(({ type }) => type === "http2.end");
    expect(end).toMatchObject({
      complete: true,
      bodyLength: 1,
      trailers: [{ name: "grpc-status", value: "0" }],
    });
  });

  it("name the fields that nobody may index", () => {
    const block = new HpackEncoder().encode([
      { name: ":method", value: "GET" },
      { name: "authorization", value: "secret", form: "never" },
    ]);
    const { events } = readPieces([client(joined(preface, frame(1, 5, 1, block)))], {
      applications: [http2Application],
    });
    expect(events.find(({ type }) => type === "http2.headers")).toMatchObject({
      sensitive: ["authorization"],
      url: null,
    });
  });
});

describe("tables", () => {
  const big = (size: number): Uint8Array => {
    const encoder = new HpackEncoder();
    encoder.resize(size);
    return encoder.encode([{ name: ":status", value: "200" }]);
  };
  const answered = (size: number, announced: number): string[] =>
    told([
      client(joined(preface, settings([1, announced]))),
      server(joined(settings(), ack, frame(1, 5, 1, big(size)))),
    ]);

  it("may be as big as the other side announced, once that is acknowledged", () => {
    expect(answered(16_384, 16_384)).toContain("1 response 200");
    expect(answered(16_385, 16_384)).toContain("malformed: stream 1: a table of 16385 bytes");
  });

  it("of a connection seen from the middle give what can be known, and say what cannot", () => {
    const sides = new Sides();
    sides.ask("/", ["x-old", "1"]);
    const lines = told(
      [
        client(
          joined(
            frame(8, 0, 0, u32(9)),
            frame(1, 5, 7, sides.ask("/new", ["x-old", "1"], ["x-y", "2"])),
          ),
        ),
        client(frame(1, 5, 9, sides.ask("/new", ["x-y", "2"]))),
      ],
      { port: 80, applications: [{ ...http2Application, ports: [80] }] },
    );
    // The authority is in the part of the table that was not seen.
    expect(lines.filter((line) => /request|incomplete:/.test(line))).toEqual([
      "incomplete: stream 7: fields refer to what was not seen",
      "7 request :method,:scheme,:path,x-y incomplete",
      "incomplete: stream 9: fields refer to what was not seen",
      "9 request :method,:scheme,:path,x-y incomplete",
    ]);
  });
});

describe("what is wrong", () => {
  const bad: [string, Uint8Array, string][] = [
    [
      "a ping of 7 bytes",
      frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7]),
      "malformed: a frame of type 6: a length of 7 bytes",
    ],
    ["settings of a stream", frame(4, 0, 1), "malformed: a frame of type 4: of a stream"],
    ["data of no stream", frame(0, 0, 0, [1]), "malformed: a frame of type 0: of no stream"],
    [
      "a window that grows by nothing",
      frame(8, 0, 1, u32(0)),
      "malformed: a window that grows by nothing",
    ],
    [
      "settings of 5 bytes",
      frame(4, 0, 0, [0, 1, 0, 0, 0]),
      "malformed: a frame of type 4: a length of 5 bytes",
    ],
  ];
  it.each(bad)("%s is said, and what follows is read", (_, bytes, note) => {
    const lines = told([client(joined(preface, bytes, frame(1, 5, 1, new Sides().ask("/"))))]);
    expect(lines).toContain(note);
    expect(lines).toContain("1 request http://example.org/");
  });

  it("frames of unknown types are passed over", () => {
    const { events } = readPieces([client(joined(preface, frame(0xbb, 0x7f, 9, [1, 2, 3]), ack))], {
      applications: [http2Application],
    });
    expect(events.map((one) => (one.type === "http2.frame" ? one.frame : one.type))).toEqual([
      0xbb, 4,
    ]);
  });

  it("garbage is left out, and reading goes on at a frame that another follows", () => {
    const sides = new Sides();
    sides.ask("/");
    const lines = told([
      client(joined(preface, settings())),
      server(joined(settings(), frame(6, 0, 0, latin1Bytes("12345678")))),
      client(latin1Bytes("GET / HTTP/1.1\r\nno frames here\r\n")),
      client(joined(frame(6, 0, 0, latin1Bytes("12345678")), frame(8, 0, 0, u32(5)))),
    ]);
    expect(lines).toEqual([
      "0 settings",
      "0 settings",
      "0 ping",
      "garbage: 32 bytes that are no frame",
      "0 ping",
      "0 window",
    ]);
  });

  it("a reset ends a stream", () => {
    const sides = new Sides();
    const lines = told([
      client(joined(preface, frame(1, 4, 1, sides.ask("/")), frame(3, 0, 1, u32(8)))),
      server(joined(settings(), frame(0, 1, 1, [1]))),
    ]);
    expect(lines).toEqual([
      "1 request http://example.org/",
      "1 reset",
      '1 incomplete ""',
      "1 reset 0+0",
      "0 settings",
      "malformed: data on stream 1, which is closed",
    ]);
  });
});

describe("gaps", () => {
  const sides = new Sides();
  const request = joined(preface, frame(1, 5, 1, sides.ask("/")));
  const answer = joined(settings(), frame(1, 4, 1, sides.answer(200, ["etag", "1"])));
  const data = frame(0, 1, 1, latin1Bytes("0123456789"));
  const next = frame(1, 5, 3, sides.answer(404, ["etag", "1"]));

  it("inside data cost only that: what follows is at its place", () => {
    const lines = told([
      client(request),
      server(joined(answer, data.subarray(0, 12))),
      gap(1, 4),
      server(joined(data.subarray(16), next)),
    ]);
    expect(lines.slice(2)).toEqual([
      "0 settings",
      "1 response 200",
      "gap: 4 bytes are missing in data of stream 1",
      '1 incomplete "012789" without 4',
      "1 closed 0+6",
      "3 response 404",
      '3 complete ""',
      "3 open 0+0",
    ]);
  });

  it("in a field block cost what later ones refer to", () => {
    const lines = told([
      client(request),
      server(answer.subarray(0, answer.length - 3)),
      gap(1, 3),
      server(joined(data, next)),
    ]);
    expect(lines.slice(2)).toEqual([
      "0 settings",
      "gap: 3 bytes are missing in a frame",
      '1 incomplete "0123456789"',
      "1 closed 0+10",
      "incomplete: stream 3: fields refer to what was not seen",
      "3 response 404 incomplete",
      '3 incomplete ""',
      "3 open 0+0",
    ]);
  });

  it("beyond a frame are followed by what can only be a frame", () => {
    const lines = told([
      client(request),
      server(joined(answer, data.subarray(0, 12))),
      gap(1, 1000),
      server(
        joined(latin1Bytes("rest of something"), frame(6, 0, 0, latin1Bytes("12345678")), next),
      ),
    ]);
    expect(lines.slice(4)).toEqual([
      "gap: 1000 bytes are missing in data of stream 1",
      '1 incomplete "012" without 7',
      "1 closed 0+3",
      "garbage: 17 bytes that are no frame",
      "0 ping",
      "incomplete: stream 3: fields refer to what was not seen",
      "3 response 404 incomplete",
      '3 incomplete ""',
      "3 open 0+0",
    ]);
  });

  it("at the end are said", () => {
    expect(told([client(request), server(joined(answer, data.subarray(0, 12)))]).slice(4)).toEqual([
      "incomplete: the stream ends in data of stream 1",
      '1 incomplete "012"',
      "1 open 0+3",
    ]);
  });
});

describe("limits", () => {
  it("stop a flood of continuations, and forget what it would have left behind", () => {
    const pieces = [client(joined(preface, frame(1, 1, 1, [0x82])))];
    for (let i = 0; i < 1100; i++) pieces.push(client(frame(9, 0, 1)));
    pieces.push(client(frame(9, 4, 1, new Sides().ask("/"))));
    const lines = told(pieces);
    expect(lines.filter((line) => line.startsWith("limit"))).toEqual([
      "limit: more fields on stream 1 than are kept",
    ]);
    expect(lines.some((line) => /1 .* incomplete/.test(line))).toBe(true);
  });

  it("let old streams go where there are too many", () => {
    const sides = new Sides();
    const pieces = [client(preface)];
    for (let i = 0; i < 1100; i++) pieces.push(client(frame(1, 5, 2 * i + 1, sides.ask("/"))));
    const lines = told(pieces);
    expect(lines.filter((line) => line.startsWith("limit"))).toHaveLength(100);
    expect(lines.filter((line) => line.includes("request"))).toHaveLength(1100);
  });

  it("let data of any length pass, piece by piece", () => {
    const size = 300_000;
    let most = 0;
    let count = 0;
    const head = joined(u32(size).slice(1), [0, 1], u32(1));
    const pieces = [
      client(joined(preface, settings(), frame(1, 4, 1, new Sides().ask("/")))),
      server(settings([5, 1 << 20])),
      client(head),
    ];
    for (let i = 0; i < 300; i++) pieces.push(client(new Uint8Array(1000)));
    readPieces(pieces, {
      applications: [http2Application],
      onEvent: (event) => {
        if (event.type === "http2.data") count += event.bytes.length;
      },
      onPiece: (reader) => {
        most = Math.max(most, reader.held);
      },
    });
    expect(count).toBe(size);
    expect(most).toBeLessThan(100_000);
  });
});

describe("an Upgrade of HTTP/1.1", () => {
  it("makes its request the first stream's, and its settings the client's", () => {
    const sides = new Sides();
    const pieces = [
      client(
        "GET /up HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n\r\n",
      ),
      server(
        joined(
          latin1Bytes(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
          ),
          settings(),
          frame(1, 4, 1, sides.answer(200)),
          frame(0, 1, 1, latin1Bytes("ok")),
        ),
      ),
      client(joined(preface, settings(), frame(1, 5, 3, sides.ask("/b")))),
    ];
    const applications = [http2Application, httpApplication];
    const { events } = readPieces(pieces, { applications });
    const stream = events.find((one) => one.type === "http2.stream");
    expect(stream).toMatchObject({ stream: 1, state: "closed", responseLength: 2 });
    expect(stream).toMatchObject({
      request: { type: "http.request", target: "/up" },
      response: { status: 200 },
    });
    expect(told(pieces, { applications })).toContain("3 request http://example.org/b");
  });
});

describe("hostile streams", () => {
  it("are read to their end within bounds", () => {
    const { events, notes } = readHostile(http2Application, [exchange()], {
      applications: [http2Application, httpApplication],
      rounds: 2500,
      seed: 9113,
    });
    expect(events).toBeGreaterThan(10_000);
    expect(notes).toBeGreaterThan(1000);
  });
});
