// HTTP: contents of each kind and coding, headers that are not as they should be, and messages of several segments.
import { deflateRawSync, gzipSync } from "node:zlib";
import { build, tcp } from "wirecraft";
import { frame, IP_A, IP_B, packet4 } from "./common.mjs";

const bytesOf = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const joined = (...parts) => {
  const all = parts.map((part) => (typeof part === "string" ? bytesOf(part) : part));
  return Uint8Array.from(all.flatMap((part) => [...part]));
};
const flags = { ack: true, psh: true };

/** Connections, each on a port of its own: what either side says, a segment after the other. */
function connections(list, firstPort) {
  return list.flatMap((said, i) => {
    const next = [1000, 2000];
    return said.map(([side, ...parts]) => {
      const data = joined(...parts);
      const ports = [firstPort + i, 80];
      const given = {
        srcPort: ports[side],
        dstPort: ports[1 - side],
        seq: next[side],
        ack: next[1 - side],
        flags,
      };
      next[side] += data.length;
      const ip = side === 0 ? packet4() : packet4({ src: IP_B, dst: IP_A });
      return build(frame(), ip, tcp(given), data);
    });
  });
}

const response = (content, ...headers) => {
  const body = joined(content);
  const lines = ["HTTP/1.1 200 OK", ...headers, `Content-Length: ${body.length}`, "", ""];
  return [[1, lines.join("\r\n"), body]];
};
const request = (...lines) => [[0, `${lines.join("\r\n")}\r\n\r\n`]];
const typed = (type, content = "abc") => response(content, `Content-Type: ${type}`);
const coded = (coding, content) =>
  response(content, "Content-Type: text/plain", `Content-Encoding: ${coding}`);

const PNG = `\x89PNG\r\n\x1a\n${"\0".repeat(3)}\rIHDR${"\0".repeat(17)}`;
const part = (boundary, type, text) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;

const contents = () =>
  connections(
    [
      response("none \\ said \xe9\n"),
      typed("Text/HTML; charset=utf-8"),
      typed("text/css"),
      typed("text/csv"),
      typed("text/plain", "with a \0 inside"),
      typed("text/html", `<?xml version="1.0" encoding="UTF-8"?>\n<html/>\n`),
      typed("text/xml", "<a/>"),
      typed("application/json", '{"a": [1]}'),
      typed("application/json", "no"),
      typed("application/x-www-form-urlencoded", ""),
      typed("application/octet-stream"),
      typed("application/x-odd"),
      typed("application/zip"),
      typed("image/gif"),
      typed("image/gif", PNG),
      typed("image/webp"),
      typed("multipart/form-data"),
      typed(
        "multipart/form-data; boundary=x",
        `${part("x", "text/plain", "abc")}--x\r\nA: b\r\n\r\nabc\r\n--x--\r\n`,
      ),
      coded("gzip", gzipSync("some text")),
      coded("x-gzip", gzipSync("some text")),
      coded("deflate", deflateRawSync("some text")),
      coded("deflate", gzipSync("some text")),
      coded("identity", "some text"),
      coded("gzip", "abc"),
      coded("odd", "abc"),
    ],
    55_000,
  );

const oddHeaders = () =>
  connections(
    [
      request(
        "POST / HTTP/1.1",
        "Transfer-Encoding: chunked",
        "",
        "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nA: x\r\nB: y",
      ),
      request(
        "POST / HTTP/1.1",
        "Transfer-Encoding: chunked",
        "Content-Length: 3",
        "",
        "2\r\nde\r\n0",
      ),
      [[0, "POST / HTTP/1.1\r\nTransfer-Encoding: odd\r\nContent-Length: 3\r\n\r\nabc"]],
      [[0, "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc"]],
      request("POST / HTTP/1.1", "Content-Length: +0"),
      request("GET / HTTP/1.1", "Content-Length: -1"),
      request("GET / HTTP/1.1", "Content-Length: 18446744073709551615"),
      request("GET / HTTP/1.1", "Bad name: x", "B@d: x", ": x", "Host : x", "Host:\tx "),
      request("GET / HTTP/1.0", "Host: a", "Host: b"),
      request("GET http://a/b?c HTTP/1.1", "Host: h"),
      request("GET /a?b=1&&d HTTP/1.1", "Host:"),
      request("OPTIONS * HTTP/1.1", "Host: h"),
      request("NOTIFY /x HTTP/1.1", "Host: h", "Content-Length: 0"),
      request(
        "GET / HTTP/1.1",
        "Cookie: a=b; c=d;;e",
        "Cookie: f",
        "Proxy-Authorization: Basic dTpw",
      ),
      response("", "X: y").map(([side, head]) => [side, head.replace("200 OK", "999 Odd")]),
      [[0, "GET /bare HTTP/1.1\nHost: h\n\n"]],
    ],
    55_100,
  );

const long = "0123456789".repeat(30);
const exchanges = () =>
  connections(
    [
      [
        [0, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"],
        [1, "HTTP/1.1 200 OK\r\nContent-Le"],
        [1, `ngth: 300\r\nContent-Type: text/plain\r\n\r\n${long.slice(0, 50)}`],
        [1, long.slice(50)],
        [0, "GET /2 HTTP/1.0\r\n\r\n"],
        [1, "HTTP/1.1 304 Not Modified\r\n\r\n"],
      ],
      [
        [0, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"],
        [1, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"],
        [1, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"],
      ],
      [
        [0, "CONNECT h:53 HTTP/1.1\r\nHost: h:53\r\n\r\n"],
        [1, "HTTP/1.1 200 Connected\r\n\r\n"],
        [0, `\0\x13\x12\x34\x01\0\0\x01${"\0".repeat(6)}\x01x\0\0\x01\0\x01`],
      ],
    ],
    55_200,
  );

export const httpContents = [
  { name: "http-contents", linkType: 1, packets: contents },
  { name: "http-odd-headers", linkType: 1, packets: oddHeaders },
  { name: "http-exchanges", linkType: 1, packets: exchanges },
];
