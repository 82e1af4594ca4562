import { describe, expect, it } from "vitest";
import { tcp } from "../../../src/protocols/transport/tcp.ts";
import { cellsOf } from "./cells.ts";

const hex = (text: string): string =>
  [...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
const segment = (text: string): string =>
  `03e8 0050 00000001 00000001 5018 ffff 0000 0000 ${hex(text)}`;

describe("Wireshark's fields of HTTP", () => {
  it("shows header fields by name and by line, and the parts of the target", () => {
    const names = [
      "http.host",
      "http.request.line",
      "http.request.full_uri",
      "http.request.uri.path",
      "http.request.uri.query.parameter",
      "http.request_number",
    ];
    const text = segment("GET /a?b=1&c HTTP/1.1\r\nHost: example.org\r\nX-Y: z\r\n\r\n");
    expect(cellsOf(text, tcp, ...names)).toEqual({
      "http.host": "example.org",
      "http.request.line": "Host: example.org\\r\\n,X-Y: z\\r\\n",
      "http.request.full_uri": "http://example.org/a?b=1&c",
      "http.request.uri.path": "/a",
      "http.request.uri.query.parameter": "b=1,c",
      "http.request_number": "1",
    });
  });

  it("leaves a message out whose end is in another segment", () => {
    const names = ["frame.protocols", "http.response"];
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
    expect(cellsOf(segment(`${head}abc`), tcp, ...names)).toEqual({ "frame.protocols": "tcp" });
    expect(cellsOf(segment(`${head}abcd`), tcp, ...names)).toMatchObject({ "http.response": "1" });
  });
});
