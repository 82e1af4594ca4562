import { commonDecoders, type Decoder } from "../../bytes/content-coding.ts";
import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";
import { headerValue, messageOf } from "./http-message.ts";

/** A chunk of a chunked message, as places in the layer's bytes. */
export interface Chunk {
  readonly size: number;
  readonly start: number;
  readonly end: number;
  /** Where the line end behind it ends. */
  readonly boundaryEnd: number;
}

/** The content of a message as it is shown. */
export interface HttpContent {
  /** Decoded; `null` where there is none that could be. */
  readonly bytes: Uint8Array | null;
  /** Whether there is content, decoded or not. */
  readonly isThere: boolean;
  readonly chunks: readonly Chunk[];
  /** The lines behind the last chunk, as places in the layer's bytes. */
  readonly trailer: readonly [start: number, end: number] | null;
}

const LF = 10;
/** Decoded bytes of one message that are shown at most. */
const MOST_DECODED = 64 * 1024 * 1024;
/** Any of these names what is one of the formats that the decoders know by its first bytes. */
const codings: Readonly<Record<string, Decoder>> = {
  ...commonDecoders,
  "x-deflate": commonDecoders["deflate"]!,
};

const contents = new WeakMap<Layer, HttpContent>();

/** The content of a layer, taken apart once. */
export function contentOf(layer: Layer): HttpContent {
  let content = contents.get(layer);
  if (content === undefined) {
    content = parse(layer);
    contents.set(layer, content);
  }
  return content;
}

/** The number that Content-Length says; `null` where it is none that Wireshark takes. */
export function lengthOf(value: string): bigint | null {
  const found = /^\+?(\d+) *$/.exec(value);
  if (found === null) return null;
  const n = BigInt(found[1]!);
  return n < 2n ** 63n ? n : null;
}

function parse(layer: Layer): HttpContent {
  const message = messageOf(layer);
  const { bytes, end } = layer;
  const start = message.contentStart;
  const transfer = headerValue(message, "transfer-encoding") ?? "";
  if (/(?:^|,\s*)chunked(?:$|,)/.test(transfer)) {
    const { chunks, trailer } = chunksOf(bytes, start, end);
    const [first = ""] = transfer.split(",");
    const outer = first === "chunked" ? "" : first;
    return { ...decoded(layer, joined(bytes, chunks), outer), chunks, trailer };
  }
  const length = lengthOf(headerValue(message, "content-length") ?? "");
  // Where the content begins too early, at a line that is no field, no length says where it ends.
  const isEarly = message.contentStart < layer.headerEnd;
  const stop = length === null || isEarly ? end : Math.min(end, start + Number(length));
  return { ...decoded(layer, bytes.subarray(start, stop), ""), chunks: [], trailer: null };
}

function chunksOf(bytes: Uint8Array, start: number, end: number) {
  const chunks: Chunk[] = [];
  for (let at = start; ; ) {
    const lf = bytes.indexOf(LF, at);
    if (lf < 0 || lf >= end) return { chunks, trailer: null };
    const found = /^[ \t]*([0-9A-Fa-f]{1,15})/.exec(readLatin1(bytes, at, Math.min(lf, at + 32)));
    if (found === null) return { chunks, trailer: null };
    const size = Number.parseInt(found[1]!, 16);
    const from = lf + 1;
    const to = Math.min(end, from + size);
    if (size === 0) {
      chunks.push({ size, start: from, end: from, boundaryEnd: from });
      return { chunks, trailer: trailerOf(bytes, from, end) };
    }
    const next = bytes.indexOf(LF, to);
    const boundaryEnd = next < 0 || next >= end ? end : next + 1;
    chunks.push({ size, start: from, end: to, boundaryEnd });
    at = boundaryEnd;
  }
}

/** The lines up to the empty one that ends the message. */
function trailerOf(bytes: Uint8Array, start: number, end: number): [number, number] | null {
  let at = start;
  for (;;) {
    const lf = bytes.indexOf(LF, at);
    if (lf < 0 || lf >= end || lf === at || (lf === at + 1 && bytes[at] === 13)) break;
    at = lf + 1;
  }
  return at > start ? [start, at] : null;
}

function joined(bytes: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { start, end } of chunks) {
    whole.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  return whole;
}

/** Takes the coding off that Content-Encoding names, and before it a transfer coding. */
function decoded(
  layer: Layer,
  bytes: Uint8Array,
  transfer: string,
): Pick<HttpContent, "bytes" | "isThere"> {
  const isThere = bytes.length > 0;
  let content: Uint8Array | null = isThere ? bytes : null;
  const coding = headerValue(messageOf(layer), "content-encoding") ?? "";
  for (const one of [transfer, coding]) content = content === null ? null : undone(content, one);
  return { bytes: content, isThere };
}

function undone(bytes: Uint8Array, name: string): Uint8Array | null {
  const coding = name.trim().toLowerCase();
  if (coding === "" || coding === "identity") return bytes;
  if (!Object.hasOwn(codings, coding)) return null;
  // What is named deflate may be gzip.
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const decode = isGzip ? commonDecoders["gzip"]! : commonDecoders["deflate"]!;
  const { bytes: plain, fault } = decode(bytes, MOST_DECODED);
  return fault !== null && plain.length === 0 ? null : plain;
}
