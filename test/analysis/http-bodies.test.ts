import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  HttpBodies,
  type HttpBodiesOptions,
  type HttpBody,
} from "../../src/analysis/http/bodies.ts";
import { httpApplication } from "../../src/analysis/http/http.ts";
import { nodeDecoders } from "../../src/node/decoders.ts";
import { inBytes } from "./cuts.ts";
import { client, gap, type Piece, readPieces, server } from "./hostile.ts";

const text = "the content ".repeat(100);
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

function response(content: string | Uint8Array, ...headers: readonly string[]): Piece {
  const body = typeof content === "string" ? content : latin1(content);
  const lines = ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`, ...headers, "", body];
  return server(lines.join("\r\n"));
}

/** The bodies of a conversation, made of borrowed pieces. */
function bodiesOf(pieces: readonly Piece[], options?: HttpBodiesOptions): HttpBody[] {
  const bodies = new HttpBodies(options);
  const found: HttpBody[] = [];
  readPieces(pieces, {
    applications: [httpApplication],
    onEvent(event) {
      const body = bodies.take(event);
      if (body !== null) found.push(body);
    },
  });
  return found;
}

describe("bodies of HTTP messages", () => {
  it("collects content of any size of pieces, also none", () => {
    const pieces = [client("GET / HTTP/1.1\r\n\r\n"), response(text)];
    for (const some of [pieces, inBytes(pieces)]) {
      const [request, body] = bodiesOf(some);
      expect(request).toMatchObject({ complete: true, encodedLength: 0, codings: [] });
      expect(latin1(body!.bytes)).toBe(text);
      expect(body).toMatchObject({ complete: true, fault: null, end: { type: "http.end" } });
    }
  });

  it("takes codings off, the last first", () => {
    const twice = gzipSync(deflateSync(text));
    const [body] = bodiesOf([response(twice, "Content-Encoding: deflate, identity, X-GZip")]);
    expect(latin1(body!.bytes)).toBe(text);
    expect(body).toMatchObject({
      codings: ["deflate", "x-gzip"],
      undecoded: [],
      encodedLength: twice.length,
      complete: true,
    });
    const chunk = latin1(gzipSync(text));
    const [coded] = bodiesOf([
      server(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`,
      ),
    ]);
    expect(latin1(coded!.bytes)).toBe(text);
  });

  it("leaves on what it has no decoder for, and takes one that is given", () => {
    const coded = brotliCompressSync(text);
    const pieces = [response(coded, "Content-Encoding: br")];
    const [body] = bodiesOf(pieces);
    expect(body).toMatchObject({ undecoded: ["br"], complete: false, fault: null });
    expect(body!.bytes).toEqual(new Uint8Array(coded));
    const [decoded] = bodiesOf(pieces, { decoders: nodeDecoders });
    expect(latin1(decoded!.bytes)).toBe(text);
    expect(decoded).toMatchObject({ undecoded: [], complete: true });
    expect(bodiesOf([response("x", "Content-Encoding: toString")])[0]!.undecoded).toEqual([
      "tostring",
    ]);
  });

  it("says what is damaged, missing or too much", () => {
    const damaged = gzipSync(text).fill(0xff, 20, 30);
    expect(bodiesOf([response(damaged, "Content-Encoding: gzip")])[0]).toMatchObject({
      complete: false,
      fault: expect.stringContaining("gzip: "),
    });
    const bomb = gzipSync(new Uint8Array(10_000_000));
    const [bombed] = bodiesOf([response(bomb, "Content-Encoding: gzip")], { limit: 100_000 });
    expect(bombed).toMatchObject({ complete: false, encodedLength: bomb.length });
    expect(bombed!.bytes.length).toBe(100_000);
    const [limited] = bodiesOf([response(text)], { limit: 10 });
    expect([latin1(limited!.bytes), limited!.complete]).toEqual([text.slice(0, 10), false]);
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n";
    const [holed] = bodiesOf([server(`${head}ab`), gap(1, 2), server("ef")]);
    expect([latin1(holed!.bytes), holed!.complete]).toEqual(["abef", false]);
    const five = "Content-Encoding: gzip, gzip, gzip, gzip, gzip";
    expect(bodiesOf([response("x", five)])[0]!.fault).toBe("too many codings");
  });

  it("gives nothing back of damaged Brotli but why", () => {
    const [body] = bodiesOf([response("nonsense", "Content-Encoding: br")], {
      decoders: nodeDecoders,
    });
    expect(body).toMatchObject({ complete: false, fault: expect.stringContaining("br: ") });
  });

  it("wants a limit that is a number of bytes", () => {
    expect(() => new HttpBodies({ limit: -1 })).toThrow(RangeError);
  });
});
