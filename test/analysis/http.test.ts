import { describe, expect, it } from "vitest";
import type { AnalysisEvent } from "../../src/analysis/events.ts";
import type { HttpEvents } from "../../src/analysis/http/events.ts";
import { httpField, httpFields, httpMediaType } from "../../src/analysis/http/fields.ts";
import { httpApplication } from "../../src/analysis/http/http.ts";
import { type HttpUpgrade, httpUpgrades } from "../../src/analysis/http/upgrade.ts";
import { expectSameOfCuts, inBytes } from "./cuts.ts";
import {
  client,
  gap,
  type Piece,
  type ReadOptions,
  readHostile,
  readPieces,
  server,
} from "./hostile.ts";

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** What was told, as short lines; content that came in pieces as one. */
function told(pieces: readonly Piece[], options: ReadOptions = {}): string[] {
  const lines: string[] = [];
  let content = "";
  const add = (event: AnalysisEvent): void => {
    switch (event.type) {
      case "http.request":
        lines.push(`${event.number} ${event.method} ${event.target} ${event.version}`);
        break;
      case "http.response":
        lines.push(
          `${event.number} ${event.status} ${event.reason} to ${event.request?.target ?? "nobody"}`,
        );
        break;
      case "http.data":
        content += latin1(event.bytes);
        break;
      case "http.end":
        lines.push(`${event.framing} ${event.complete ? "" : "in"}complete "${content}"`);
        expect(event.bodyLength).toBe(content.length);
        content = "";
        break;
      case "note":
        lines.push(`${event.kind}: ${event.text}`);
    }
  };
  readPieces(pieces, { applications: [httpApplication], ...options, onEvent: add });
  return lines;
}

/** The events of one type. */
const only = <T extends keyof HttpEvents>(pieces: readonly Piece[], type: T): HttpEvents[T][] =>
  readPieces(pieces, { applications: [httpApplication] }).events.filter(
    (event): event is HttpEvents[T] => event.type === type,
  );

const get = "GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n";
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";

describe("HTTP/1 over streams", () => {
  it("tells requests and responses, and what belongs together", () => {
    const events = readPieces([client(get), server(ok)]).events;
    expect(events.map(({ type }) => type)).toEqual([
      "http.request",
      "http.end",
      "http.response",
      "http.data",
      "http.end",
    ]);
    const [request] = only([client(get), server(ok)], "http.request");
    expect(request).toMatchObject({
      method: "GET",
      target: "/a",
      version: "1.1",
      url: "http://example.org/a",
      headers: [{ name: "Host", value: "example.org" }],
      place: { side: 0, offset: 0, length: get.length, packets: [1] },
    });
    const [response] = only([client(get), server(ok)], "http.response");
    expect(response).toMatchObject({ status: 200, reason: "OK", request: { target: "/a" } });
  });

  it("answers pipelined requests in their order, also across HEAD, 1xx, 204 and 304", () => {
    const requests = ["GET /1", "HEAD /2", "POST /3", "GET /4", "GET /5", "GET /6"]
      .map((line) => `${line} HTTP/1.1\r\n\r\n`)
      .join("");
    const responses = [
      ok,
      "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n",
      "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 404 \r\nContent-Length: 2\r\n\r\nno",
    ].join("");
    expect(told([client(requests), server(responses)]).slice(12)).toEqual([
      "1 200 OK to /1",
      'length complete "abc"',
      "2 200 OK to /2",
      'none complete ""',
      "3 100 Continue to /3",
      'none complete ""',
      "4 201 Created to /3",
      'length complete ""',
      "5 204 No Content to /4",
      'none complete ""',
      "6 304 Not Modified to /5",
      'none complete ""',
      "7 404  to /6",
      'length complete "no"',
    ]);
  });

  it("reads chunks with extensions and a trailer", () => {
    const chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n" +
      '3;a=1;b="x"\r\nabc\r\n00A \r\n0123456789\r\n0\r\nDigest: q\r\nX: y\r\n\r\n';
    expect(told([client(get), server(chunked + ok)])).toEqual([
      "1 GET /a 1.1",
      'none complete ""',
      "1 200 OK to /a",
      'chunked complete "abc0123456789"',
      "2 200 OK to nobody",
      'length complete "abc"',
    ]);
    const [, end] = only([client(get), server(chunked)], "http.end");
    expect(end!.trailers).toEqual([
      { name: "Digest", value: "q" },
      { name: "X", value: "y" },
    ]);
  });

  it("reads content up to the end of the connection", () => {
    const head = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n";
    expect(told([client(get), server(`${head}all that`), server(" comes")])).toContain(
      'close complete "all that comes"',
    );
    expect(told([server(`${head}all that`)], { ends: false })).toEqual(["1 200 OK to nobody"]);
  });

  it("reads a simple request and its answer (HTTP/0.9)", () => {
    expect(told([client("GET /x\r\n"), server("<html>HTTP/1.1 200 OK\r\n")])).toEqual([
      "1 GET /x 0.9",
      'none complete ""',
      "1 0  to /x",
      'close complete "<html>HTTP/1.1 200 OK\r\n"',
    ]);
  });

  it.each([
    ["?", "GET /a?b=%20&c HTTP/1.1\r\nHost: h:81\r\n\r\n", "/a?b=%20&c", "http://h:81/a?b=%20&c"],
    ["%", "GET /%zz% HTTP/1.1\r\nHost: h\r\n\r\n", "/%zz%", "http://h/%zz%"],
    ["-", "M-SEARCH - HTTP/1.1\r\nHost: h\r\n\r\n", "-", null],
    ["*", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "*", "http://h"],
    ["an authority", "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", "h:443", null],
    ["a whole URI", "GET http://o/x HTTP/1.1\r\nHost: h\r\n\r\n", "http://o/x", "http://o/x"],
    ["no host", "GET / HTTP/1.0\r\n\r\n", "/", null],
    ["blanks", "GET /a b  c HTTP/1.1\r\nHost: h\r\n\r\n", "/a b  c", "http://h/a b  c"],
  ])("reads a target with %s", (_, text, target, url) => {
    expect(only([client(text)], "http.request")[0]).toMatchObject({ target, url });
  });

  it("reads folded, repeated and malformed fields, bare line feeds and empty lines before a message", () => {
    const text =
      "\r\n\nGET / HTTP/1.1\nHost: h\nA: 1\n  two\n\t three\nSet: x\nset: y\nno colon\n: no name\nB : 2\nC:\n\n";
    const [request] = only([client(text)], "http.request");
    expect(request!.headers).toEqual([
      { name: "Host", value: "h" },
      { name: "A", value: "1 two three" },
      { name: "Set", value: "x" },
      { name: "set", value: "y" },
      { name: "B", value: "2" },
      { name: "C", value: "" },
    ]);
    expect(httpField(request!.headers, "SET")).toBe("x, y");
    expect(httpFields(request!.headers, "c")).toEqual([""]);
    expect(httpField(request!.headers, "none")).toBeUndefined();
    expect(told([client(text)]).filter((line) => line.startsWith("malformed"))).toEqual([
      "malformed: a header line has no name",
      "malformed: blanks around the name of a header field",
    ]);
  });

  it("says the media type without its parameters", () => {
    const type = (value: string): string => httpMediaType([{ name: "content-TYPE", value }]);
    expect(type("Text/HTML ; charset=utf-8")).toBe("text/html");
    expect(httpMediaType([])).toBe("");
  });

  it("takes a repeated Content-Length as one, and says when it is conflicting or no number", () => {
    const post = (lengths: string): string => `POST / HTTP/1.1\r\n${lengths}\r\nabcdef`;
    expect(told([client(post("Content-Length: 6\r\nContent-Length: 6, 06\r\n"))])).toEqual([
      "1 POST / 1.1",
      'length complete "abcdef"',
    ]);
    expect(told([client(post("Content-Length: 6\r\nContent-Length: 5\r\n"))])).toEqual([
      "1 POST / 1.1",
      "malformed: Content-Length says several things",
      'length complete "abcdef"',
    ]);
    expect(told([client(post("Content-Length: -6\r\n"))])).toEqual([
      "1 POST / 1.1",
      "malformed: Content-Length is no number",
      'none complete ""',
      "garbage: 6 bytes that are no message",
    ]);
    expect(told([client(post("Content-Length: 18446744073709551615\r\n"))])).toContain(
      "malformed: Content-Length is no number",
    );
  });

  it("follows Transfer-Encoding where both are there, and says so", () => {
    const text =
      "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
    expect(told([client(text + get)])).toEqual([
      "1 POST / 1.1",
      "malformed: both Transfer-Encoding and Content-Length",
      'chunked complete "x"',
      "2 GET /a 1.1",
      'none complete ""',
    ]);
    const unknown = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n";
    expect(told([client(unknown)])).toContain("malformed: the last transfer coding is not chunked");
  });

  it("finds the next message after chunks that are no chunks", () => {
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(told([server(`${head}zz\r\nabc\r\n${ok}`)])).toEqual([
      "1 200 OK to nobody",
      "malformed: a chunk has no size",
      'chunked incomplete ""',
      "garbage: 9 bytes that are no message",
      "2 200 OK to nobody",
      'length complete "abc"',
    ]);
    expect(told([server(`${head}2\r\nabc\r\n${ok}`)])).toContain(
      "malformed: a chunk does not end where its size says",
    );
  });

  it("leaves garbage before and between messages out, and finds what begins inside of a line", () => {
    expect(told([client(get), server(`${ok}rest of it${ok}`)]).slice(4)).toEqual([
      "garbage: 10 bytes that are no message",
      "2 200 OK to nobody",
      'length complete "abc"',
    ]);
    expect(told([client(`${get}\x00\x01\x02\n\xff\xfe\n${get}`)])).toEqual([
      "1 GET /a 1.1",
      'none complete ""',
      "garbage: 7 bytes that are no message",
      "2 GET /a 1.1",
      'none complete ""',
    ]);
  });

  it("begins a new message where one begins inside of a header", () => {
    expect(told([client(`GET /cut HTTP/1.1\r\nHost: h\r\n${get}`)])).toEqual([
      "1 GET /cut 1.1",
      "incomplete: the header of a message was cut off",
      'none incomplete ""',
      "2 GET /a 1.1",
      'none complete ""',
    ]);
  });

  it("keeps its place over a gap inside of content", () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    const pieces = [client(get), server(`${head}ab`), gap(1, 5), server(`789${ok}`)];
    expect(told(pieces).slice(2)).toEqual([
      "1 200 OK to /a",
      "gap: 5 bytes are missing in the content",
      'length incomplete "ab789"',
      "2 200 OK to nobody",
      'length complete "abc"',
    ]);
    const data = only(pieces, "http.data");
    expect(data.map(({ offset, bytes }) => [offset, bytes.length])).toEqual([
      [0, 2],
      [7, 3],
      [0, 3],
    ]);
    expect(only(pieces, "http.end")[1]).toMatchObject({ missing: 5, bodyLength: 5 });
    const chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nab";
    expect(told([server(chunk), gap(1, 6), server("\r\n0\r\n\r\n")])).toContain(
      'chunked incomplete "ab"',
    );
  });

  it("goes on at the next message after a gap that takes the end of one", () => {
    expect(
      told([client("GET /cut HTTP/1.1\r\nHo"), gap(0, 30), client(`x: y\r\n\r\n${get}`)]),
    ).toEqual([
      "1 GET /cut 1.1",
      "incomplete: the header of a message was cut off",
      'none incomplete ""',
      "gap: 30 bytes are missing",
      "garbage: 6 bytes that are no message",
      "2 GET /a 1.1",
      'none complete ""',
    ]);
  });

  it("answers the last request after a gap in the responses", () => {
    const pieces = [
      client("GET /1 HTTP/1.1\r\n\r\n"),
      gap(1, 40),
      client("GET /2 HTTP/1.1\r\n\r\n"),
      server(ok),
    ];
    expect(told(pieces)).toContain("1 200 OK to /2");
  });

  it("reads either side alone, and takes a response to HEAD for what it is", () => {
    expect(told([client(get + get)])).toHaveLength(4);
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n";
    expect(told([server(head + ok)])).toEqual([
      "1 200 OK to nobody",
      'none complete ""',
      "2 200 OK to nobody",
      'length complete "abc"',
    ]);
  });

  it("says what the end cut off", () => {
    expect(told([client(get), server(ok.slice(0, -1))]).slice(3)).toEqual([
      "incomplete: the content of a message was cut off",
      'length incomplete "ab"',
    ]);
    expect(told([client("GET /a HT")])).toEqual(["incomplete: a start line was cut off"]);
    const chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
    expect(told([server(chunks)])).toContain("incomplete: a chunk was cut off");
    expect(told([server(`${chunks}cde\r\n0\r\nA: b\r\n`)])).toContain(
      "incomplete: the trailer of a message was cut off",
    );
  });

  it("bounds long lines and many fields", () => {
    const long = `GET / HTTP/1.1\r\nA: ${"x".repeat(200_000)}\r\nB: 1\r\n\r\n`;
    const [request] = only([client(long)], "http.request");
    expect(request!.headers.map(({ name, value }) => [name, value.length])).toEqual([
      ["A", 65_533],
      ["B", 1],
    ]);
    const many = `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(5000)}\r\n`;
    expect(only([client(many)], "http.request")[0]!.headers).toHaveLength(4096);
    expect(told([client(many + get)])).toEqual([
      "limit: fields are longer than what is kept",
      "1 GET / 1.1",
      'none complete ""',
      "2 GET /a 1.1",
      'none complete ""',
    ]);
  });
});

describe("what becomes of a connection of HTTP/1", () => {
  const upgrade = "GET /chat HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n";
  const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: Other\r\n\r\n";
  let seen: { readonly upgrade: HttpUpgrade | undefined; readonly bytes: string[] };
  const other: NonNullable<ReadOptions["applications"]>[number] = {
    name: "other",
    ports: [],
    protocols: [],
    guess: ({ inputs }) =>
      inputs.some(({ bytes, start }) => bytes[start] === 0x21) ? "yes" : "no",
    read(connection) {
      const found: string[] = [];
      seen = { upgrade: connection.shared(httpUpgrades).get(connection), bytes: found };
      return [0, 1].map((side) =>
        connection.inputs[side as 0 | 1].each(Infinity, (bytes, start, end) => {
          found.push(`${side}${latin1(bytes.subarray(start, end))}`);
        }),
      ) as unknown as ReturnType<typeof httpApplication.read>;
    },
  };
  const both = { applications: [httpApplication, other] };

  it("hands on what follows 101 to the application that it names, with the exchange", () => {
    for (const pieces of [
      [client(upgrade), server(`${switching}hello`), client("there")],
      [client(`${upgrade}early`), server(switching), server("hello"), client("there")],
    ]) {
      readPieces(pieces, both);
      expect(seen.upgrade).toMatchObject({
        protocol: "other",
        request: { target: "/chat" },
        response: { status: 101 },
      });
      expect(seen.bytes.filter((text) => text.startsWith("1")).join("")).toBe("1hello");
      expect(seen.bytes.some((text) => text.includes("there"))).toBe(true);
    }
  });

  it("goes on as HTTP where the upgrade is declined, or nobody answers", () => {
    expect(told([client(upgrade + get), server(ok + ok)], both).slice(2)).toEqual([
      "1 200 OK to /chat",
      'length complete "abc"',
      "2 GET /a 1.1",
      'none complete ""',
      "2 200 OK to /a",
      'length complete "abc"',
    ]);
    expect(told([client(upgrade), client(get)], both)).toContain("2 GET /a 1.1");
  });

  it("looks at what a tunnel holds", () => {
    const connect = "CONNECT h:25 HTTP/1.1\r\n\r\n";
    readPieces([client(connect), server("HTTP/1.0 200 Fine\r\n\r\n"), server("!hello")], both);
    expect(seen.bytes).toEqual(["1!hello"]);
    expect(told([client(connect), server("HTTP/1.0 200 Fine\r\n\r\n"), client(get)])).toContain(
      "1 GET /a 1.1",
    );
    expect(
      told([client(connect + get), server("HTTP/1.0 403 No\r\nContent-Length: 0\r\n\r\n")]),
    ).toContain("2 GET /a 1.1");
  });
});

describe("how HTTP/1 is known", () => {
  const isHttp = (pieces: readonly Piece[], port: number): boolean =>
    readPieces(pieces, { port, applications: [httpApplication] }).events.some(({ type }) =>
      type.startsWith("http."),
    );

  it("is found on any port by its first line", () => {
    expect(isHttp([client(get)], 8080)).toBe(true);
    expect(isHttp([client(get)], 4711)).toBe(true);
    expect(isHttp([server(ok)], 4711)).toBe(true);
    expect(isHttp([client("get-it / HTTP/1.1\r\n\r\n")], 4711)).toBe(true);
    expect(isHttp([client("GET /x\r\n")], 4711)).toBe(false);
  });

  it("is not what others say", () => {
    for (const text of [
      "SSH-2.0-x\r\n",
      "220 mail ESMTP\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "OPTIONS sip:a@b SIP/2.0\r\n\r\n",
      "DESCRIBE rtsp://h/x RTSP/1.0\r\n\r\n",
      "\x16\x03\x01\x00\x05hello",
      "USER somebody\r\n",
    ])
      expect(isHttp([client(text)], 80), text).toBe(false);
  });
});

describe("HTTP/1 in pieces", () => {
  const conversation = [
    client(
      "POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: 1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\n",
    ),
    server(`HTTP/1.1 100 Continue\r\n\r\n${ok}HTTP/1.1 200 OK\nContent-Length: 9\n\n`),
    client(`?!\r\n${get}`),
    server("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\nto the end"),
  ];
  const whole = told(conversation);

  it("says the same wherever it is cut", () => {
    expect(whole).toHaveLength(15);
    expectSameOfCuts(conversation, told, whole);
  });

  it("shows each message whole, once, wherever it is cut", () => {
    const shown = (pieces: readonly Piece[]): string[] => {
      const lines: string[] = [];
      readPieces(pieces, {
        applications: [httpApplication],
        onMessage: (names, from, to) => lines.push(`${names} ${from} ${to}`),
      });
      return lines.sort();
    };
    expect(shown(conversation)).toHaveLength(7);
    expect(shown(inBytes(conversation))).toEqual(shown(conversation));
  });

  it("survives what nobody should send", () => {
    const samples = [
      conversation,
      [client(get), server(ok), client(get), server(ok)],
      [
        client("CONNECT h:1 HTTP/1.1\r\n\r\n"),
        server("HTTP/1.1 200 OK\r\n\r\n"),
        client(get.repeat(20)),
        server(ok.repeat(20)),
      ],
      [
        client("GET /w HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x81\x80abcd"),
        server("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x01a"),
      ],
    ];
    const { events, notes } = readHostile(httpApplication, samples, { rounds: 3000 });
    expect(events).toBeGreaterThan(10_000);
    expect(notes).toBeGreaterThan(1000);
  });
});
