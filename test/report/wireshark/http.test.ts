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

  it("shows content as it is when its codings and chunks are off, and what it is", () => {
    const names = ["frame.protocols", "http.file_data", "http.chunk_size", "http.chunk_data"];
    const head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n";
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n2\r\na\\\r\n1\r\n\xe9\r\n0\r\n\r\n`;
    expect(cellsOf(segment(chunked), tcp, ...names)).toEqual({
      "frame.protocols": "tcp:http:data-text-lines",
      "http.file_data": "a\\\ufffd",
      "http.chunk_size": "2,1,0",
      "http.chunk_data": "615c,e9",
    });
    const gzip = "\x1f\x8b\x08\0\0\0\0\0\0\x03KLJ\x06\0\xc2A$5\x03\0\0\0";
    const zipped = `${head}Content-Encoding: gzip\r\nContent-Length: ${gzip.length}\r\n\r\n${gzip}`;
    expect(cellsOf(segment(zipped), tcp, ...names)).toEqual({
      "frame.protocols": "tcp:http:data-text-lines",
      "http.file_data": "abc",
    });
    const unknown = `${head}Content-Encoding: odd\r\nContent-Length: 3\r\n\r\nabc`;
    expect(cellsOf(segment(unknown), tcp, ...names)).toEqual({
      "frame.protocols": "tcp:http:data",
    });
  });

  it("looks into parts of parts, however many there are", () => {
    const chain = (type: string, content: string): string => {
      const text = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
      return cellsOf(segment(text), tcp, "frame.protocols")["frame.protocols"]!;
    };
    const mail = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    const inner = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n";
    expect(chain("message/rfc822", mail + inner)).toBe("tcp:http:imf:mime_multipart:media:data");
    const deep = "Content-Type: message/rfc822\r\n\r\n".repeat(1000);
    expect(chain("message/rfc822", deep).split(":").length).toBeLessThan(300);
    const many = chain("multipart/mixed; boundary=b", "--b\n\ny\n".repeat(5000));
    expect(many.split(":")).toHaveLength(5003);
  });

  it("tells what is wrong with a header, and where the content begins too early", () => {
    const names = [
      "http.bad_header_name",
      "http.te_unknown",
      "http.te_and_length",
      "http.file_data",
    ];
    const odd = "POST / HTTP/1.1\r\nA b: c\r\nTransfer-Encoding: odd\r\nContent-Length: 0\r\n\r\n";
    expect(cellsOf(segment(odd), tcp, ...names)).toEqual({
      "http.bad_header_name": "1",
      "http.te_unknown": "1",
      "http.te_and_length": "1",
    });
    const early = "GET / HTTP/1.0\r\nno field\r\nHost: x\r\n\r\n";
    expect(cellsOf(segment(early), tcp, ...names)).toEqual({
      "http.file_data": "no field\\r\\nHost: x\\r\\n\\r\\n",
    });
  });
});
