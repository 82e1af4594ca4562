import { describe, expect, it } from "vitest";
import { assemble } from "../../../../src/packet/assemble.ts";
import { build } from "../../../../src/packet/build.ts";
import { createDissector } from "../../../../src/packet/dissector.ts";
import { valuesOf } from "../../../../src/packet/values.ts";
import { http, ssdp } from "../../../../src/protocols/application/http/http.ts";
import { tcp } from "../../../../src/protocols/transport/tcp.ts";
import { udp } from "../../../../src/protocols/transport/udp.ts";

const dissector = createDissector([tcp, udp, http, ssdp]);
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const messageOf = (text: string) => dissector.dissect(bytesOf(text), http);
const chainOf = (text: string) =>
  String(
    dissector.dissect(
      build(tcp({ dstPort: 80 }), bytesOf(text))
        .bytes()
        .slice(),
      tcp,
    ).chain,
  );

describe("HTTP/1", () => {
  it("reads a request", () => {
    const packet = messageOf(
      "POST /a?b=c HTTP/1.1\r\nHost: example.org\r\nContent-Length:3\r\n\r\nabc",
    );
    const view = packet.require(http);
    expect(view.request).toMatchObject({ method: "POST", uri: "/a?b=c", version: "HTTP/1.1" });
    expect(view.response).toBeUndefined();
    expect(view.headers.map((h) => [h.name, h.value])).toEqual([
      ["Host", "example.org"],
      ["Content-Length", "3"],
    ]);
    expect(Buffer.from(packet.raw).toString()).toBe("abc");
    expect(packet.error).toBeNull();
  });

  it("reads a response", () => {
    const view = messageOf("HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\n").require(http);
    expect(view.response).toMatchObject({ version: "HTTP/1.0", code: 404, phrase: "Not Found" });
    expect(view.request).toBeUndefined();
  });

  it.each([
    ["folded lines", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\td\r\nE: f\r\n\r\n"],
    ["bare line feeds", "GET / HTTP/1.1\nA: b\n\nbody"],
    ["no space after the colon, blanks at the end", "GET  /  HTTP/1.1 \r\nA:b \r\nC :\t d\r\n\r\n"],
    ["a line without colon", "GET / HTTP/1.1\r\nnonsense\r\n: x\r\n\r\n"],
    ["no phrase", "HTTP/1.1 200\r\n\r\n"],
    ["an empty phrase", "HTTP/1.1 200 \r\n\r\n"],
    ["no headers", "GET / HTTP/1.1\r\n\r\n"],
    ["a simple request", "GET /\r\n"],
    ["a cut header", "GET / HTTP/1.1\r\nHost: exa"],
    ["a cut name", "GET / HTTP/1.1\r\nHo"],
    ["a cut start line", "GET /very/long"],
    ["a lone carriage return", "GET / HTTP/1.1\r\nA: b\rc\r\n\r"],
    ["characters beyond ASCII", "GET /\xe9 HTTP/1.1\r\nA: \xff\x00\r\n\r\n\r\n"],
  ])("gives back the bytes of a message with %s", (_, text) => {
    const { bottom, raw } = messageOf(text);
    const made = assemble([{ schema: bottom.schema, values: valuesOf(bottom) }, { bytes: raw }]);
    expect(Buffer.from(made.bytes).toString("latin1")).toBe(text);
  });

  it("keeps continuation lines in the value", () => {
    const [field] = messageOf("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n").require(http).headers;
    expect(field?.value).toBe("b\r\n c");
  });

  it("builds requests and responses from the parts that matter", () => {
    expect(Buffer.from(build(http()).bytes()).toString()).toBe("GET / HTTP/1.1\r\n\r\n");
    const headers = [{ name: "Host", value: "x.org" }];
    expect(
      Buffer.from(build(http({ request: { uri: "/a" }, headers }), "body").bytes()).toString(),
    ).toBe("GET /a HTTP/1.1\r\nHost: x.org\r\n\r\nbody");
    expect(
      Buffer.from(build(http({ response: { code: 404, phrase: "Not Found" } })).bytes()).toString(),
    ).toBe("HTTP/1.1 404 Not Found\r\n\r\n");
    expect(build(tcp(), http()).require(tcp).dstPort).toBe(80);
  });

  it("refuses values that would break the line or the code", () => {
    expect(() => build(http({ response: { code: 1000 } }))).toThrow(/code: 1000 is not in 0..999/);
    expect(() => build(http({ response: { phrase: "a\r\nb" } }))).toThrow(/line end/);
  });

  it.each([
    ["GET / HTTP/1.1\r\n\r\n", "TCP:HTTP"],
    ["FROBNICATE /x HTTP/1.1\r\n\r\n", "TCP:HTTP"],
    ["GET /some/path/that/goes/on", "TCP:HTTP"],
    ["HTTP/1.1 200 OK\r\n\r\n", "TCP:HTTP"],
    ["HTTP/1.1 20 OK\r\n\r\n", "TCP"],
    ["POST request received successfully!", "TCP"],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "TCP"],
    ["GET", "TCP"],
    ["\r\n\r\n", "TCP"],
    ["<html>GET / HTTP/1.1\r\n", "TCP"],
  ])("takes %j for %s on its port", (text, chain) => {
    expect(chainOf(text)).toBe(chain);
  });
});

describe("SSDP", () => {
  it("is HTTP in datagrams", () => {
    const search = "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n";
    const packet = dissector.dissect(
      build(udp({ dstPort: 1900 }), search)
        .bytes()
        .slice(),
      udp,
    );
    expect(String(packet.chain)).toBe("UDP:SSDP");
    expect(packet.require(ssdp).request?.method).toBe("M-SEARCH");
  });
});
