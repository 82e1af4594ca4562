import { commonDecoders, type Decoders } from "../../bytes/content-coding.ts";
import type { AnalysisEvent } from "../events.ts";
import type { HttpEndEvent, HttpField, HttpMessageEvent } from "./events.ts";
import { httpWords } from "./fields.ts";

/** How much of bodies is kept, and how they are decoded. */
export interface HttpBodiesOptions {
  /** Bytes of one body at most, as sent and again decoded: 16 MiB. More is left out, and the body says so. */
  readonly limit?: number;
  /** Decoders by content coding: gzip and deflate. In Node there are `nodeDecoders`, with Brotli. */
  readonly decoders?: Decoders;
}

/** The content of a message as one array. */
export interface HttpBody {
  readonly message: HttpMessageEvent;
  readonly end: HttpEndEvent;
  /** The content, decoded as far as that went. */
  readonly bytes: Uint8Array;
  /** Bytes of content as sent that were kept: {@link bytes} may be many times as long. */
  readonly encodedLength: number;
  /** The codings that were put on the content, in order, and that are still on, since nobody here can take them off. */
  readonly codings: readonly string[];
  readonly undecoded: readonly string[];
  /** Whether all of it is here: nothing missing, beyond the limit, or damaged. */
  readonly complete: boolean;
  /** What went wrong when decoding; `null` where nothing did. */
  readonly fault: string | null;
}

interface Growing {
  bytes: Uint8Array;
  length: number;
  /** Whether there was more than is kept, or less than was sent. */
  isWhole: boolean;
}

const MiB = 1024 * 1024;
/** Codings that are taken off one after the other; nobody sends as many. */
const MOST_CODINGS = 4;

/**
 * Collects the content of messages from events.
 *
 * @example const body = bodies.take(event); if (body !== null) console.log(body.message.type, body.bytes.length);
 */
export class HttpBodies {
  private readonly limit: number;
  private readonly decoders: Decoders;
  // Of a message that never ends nothing is left once nobody has it any more.
  private readonly growing: WeakMap<HttpMessageEvent, Growing>;

  constructor({ limit = 16 * MiB, decoders = commonDecoders }: HttpBodiesOptions = {}) {
    if (!Number.isInteger(limit) || limit < 0)
      throw new RangeError(`limit must be a whole number of bytes, not ${limit}`);
    this.limit = limit;
    this.decoders = decoders;
    this.growing = new WeakMap();
  }

  /** Takes any event; gives a body when its message ends, also an empty one. */
  take(event: AnalysisEvent): HttpBody | null {
    if (event.type === "http.data") this.add(event.message, event.bytes, event.offset);
    return event.type === "http.end" ? this.finish(event) : null;
  }

  private add(message: HttpMessageEvent, bytes: Uint8Array, offset: number): void {
    let one = this.growing.get(message);
    if (one === undefined) {
      one = { bytes: new Uint8Array(0), length: 0, isWhole: true };
      this.growing.set(message, one);
    }
    const size = Math.min(bytes.length, this.limit - one.length);
    if (size < bytes.length || offset !== one.length) one.isWhole = false;
    if (size <= 0) return;
    if (one.length + size > one.bytes.length) {
      const bigger = new Uint8Array(Math.min(this.limit, (one.length + size) * 2));
      bigger.set(one.bytes.subarray(0, one.length));
      one.bytes = bigger;
    }
    one.bytes.set(bytes.subarray(0, size), one.length);
    one.length += size;
  }

  private finish(end: HttpEndEvent): HttpBody {
    const { message } = end;
    const one = this.growing.get(message);
    this.growing.delete(message);
    const encoded = one === undefined ? new Uint8Array(0) : one.bytes.slice(0, one.length);
    const codings = codingsOf(message.headers);
    const { bytes, undecoded, fault } = decodeContent(encoded, codings, this.decoders, this.limit);
    const complete =
      end.complete && one?.isWhole !== false && fault === null && undecoded.length === 0;
    const encodedLength = encoded.length;
    return { message, end, bytes, encodedLength, codings, undecoded, complete, fault };
  }
}

/** What is left when codings were taken off content. */
export interface DecodedContent {
  readonly bytes: Uint8Array;
  /** Codings that are still on. */
  readonly undecoded: readonly string[];
  readonly fault: string | null;
}

/** Takes codings off, the last first, up to one that is not known here; gives `limit` bytes at most. */
export function decodeContent(
  encoded: Uint8Array,
  codings: readonly string[],
  decoders: Decoders,
  limit: number,
): DecodedContent {
  let bytes = encoded;
  const undecoded = [...codings];
  if (codings.length > MOST_CODINGS) return { bytes, undecoded, fault: "too many codings" };
  for (let coding = undecoded.at(-1); coding !== undefined; coding = undecoded.at(-1)) {
    // Nothing is nothing in any coding: a response to HEAD names one too.
    const decode = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
    if (decode === undefined && bytes.length > 0) break;
    undecoded.pop();
    if (decode === undefined || bytes.length === 0) continue;
    const one = decode(bytes, limit);
    bytes = one.bytes;
    if (one.fault !== null) return { bytes, undecoded, fault: `${coding}: ${one.fault}` };
  }
  return { bytes, undecoded, fault: null };
}

/** Content codings, and transfer codings but chunked, which the reader takes off itself, in the order they were put on. */
export function codingsOf(headers: readonly HttpField[]): string[] {
  const content = httpWords(headers, "content-encoding");
  const transfer = httpWords(headers, "transfer-encoding");
  return [...content, ...transfer].filter((one) => one !== "identity" && one !== "chunked");
}
