import type { StreamEvent } from "../event.ts";
import type { HttpField, HttpRequestEvent } from "../http/events.ts";

/** What a frame says of itself, where it is neither a field block nor data. */
export type Http2Detail =
  | { readonly is: "settings"; readonly settings: readonly Http2SettingValue[] }
  | {
      readonly is: "priority";
      readonly exclusive: boolean;
      readonly dependency: number;
      readonly weight: number;
    }
  | { readonly is: "reset"; readonly error: number }
  | { readonly is: "ping"; readonly opaque: Uint8Array }
  | {
      readonly is: "goaway";
      readonly lastStream: number;
      readonly error: number;
      readonly debug: Uint8Array;
    }
  | { readonly is: "window"; readonly increment: number };

/** One setting (RFC 9113 §6.5.1). */
export interface Http2SettingValue {
  readonly id: number;
  readonly value: number;
}

/** A frame (RFC 9113 §4.1), whatever its type. What a block of fields or data says is told by further events. */
export interface Http2FrameEvent extends StreamEvent {
  readonly type: "http2.frame";
  /** The type's number (RFC 9113 §6). */
  readonly frame: number;
  readonly flags: number;
  /** The stream; 0 is the connection. */
  readonly stream: number;
  /** Bytes behind the header. */
  readonly length: number;
  readonly detail: Http2Detail | null;
}

/**
 * What a field section is: `interim` is a response of the class 1xx, `promise` a request that the server will answer unasked,
 * `unknown` one whose beginning was not seen.
 */
export type Http2Kind = "request" | "response" | "interim" | "trailers" | "promise" | "unknown";

/** A field section: HEADERS or PUSH_PROMISE with all CONTINUATION frames behind it (RFC 9113 §8.1). */
export interface Http2HeadersEvent extends StreamEvent {
  readonly type: "http2.headers";
  /** The stream of the message: of a promise the stream that is promised. */
  readonly stream: number;
  readonly kind: Http2Kind;
  /** All fields in order, also those of control data, whose names begin with a colon (RFC 9113 §8.3). */
  readonly headers: readonly HttpField[];
  /** Names of fields that must never be indexed, as passwords (RFC 7541 §7.1.3). */
  readonly sensitive: readonly string[];
  readonly version: "2";
  /** Of a request or promise; empty otherwise. */
  readonly method: string;
  /** The path, or the authority of CONNECT. */
  readonly target: string;
  /** The target URI (RFC 9113 §8.3.1); `null` where its parts are not there. */
  readonly url: string | null;
  /** Of a response, also an interim one; 0 otherwise. */
  readonly status: number;
  /** What a response answers; `null` where that was not seen. After an Upgrade it is a request of HTTP/1.1. */
  readonly request: Http2HeadersEvent | HttpRequestEvent | null;
  /** Of a promise: the stream on which it was made; 0 otherwise. */
  readonly promisedOn: number;
  /** Whether no data follows (END_STREAM). */
  readonly endStream: boolean;
  /** Whether all fields could be decoded: others refer to what was not seen, or were damaged, or too many. */
  readonly headersComplete: boolean;
}

/** A piece of a message's content, without padding; content codings are still on. */
export interface Http2DataEvent extends StreamEvent {
  readonly type: "http2.data";
  readonly stream: number;
  /** What it is the content of; `null` where its fields were not seen. */
  readonly message: Http2HeadersEvent | HttpRequestEvent | null;
  /** Where in the content it lies. It is more than what came before where bytes are missing. */
  readonly offset: number;
  /** Borrowed: valid while the event is told. `slice()` keeps a copy. */
  readonly bytes: Uint8Array;
}

/** The end of a message: one side of a stream has said all. */
export interface Http2EndEvent extends StreamEvent {
  readonly type: "http2.end";
  readonly stream: number;
  readonly message: Http2HeadersEvent | HttpRequestEvent | null;
  /** Bytes of content that came: what all `http2.data` had. */
  readonly bodyLength: number;
  /** Bytes of content that are missing from the capture. */
  readonly missing: number;
  readonly trailers: readonly HttpField[];
  /** Whether all of the message was there, and ended by itself: not by a reset, or with the connection. */
  readonly complete: boolean;
}

/** A stream that is over (RFC 9113 §5.1): a request and its response. */
export interface Http2StreamEvent extends StreamEvent {
  readonly type: "http2.stream";
  readonly stream: number;
  readonly request: Http2HeadersEvent | HttpRequestEvent | null;
  readonly response: Http2HeadersEvent | null;
  /** Bytes of content. */
  readonly requestLength: number;
  readonly responseLength: number;
  /**
   * How it ended: `closed` by both sides, `reset` by one of them, `open` where the connection ended before it did, or was not
   * followed further.
   */
  readonly state: "closed" | "reset" | "open";
  /** The error code of a reset (RFC 9113 §7); 0 otherwise. */
  readonly error: number;
}

/** Everything that HTTP/2 tells, by its type. */
export interface Http2Events {
  "http2.frame": Http2FrameEvent;
  "http2.headers": Http2HeadersEvent;
  "http2.data": Http2DataEvent;
  "http2.end": Http2EndEvent;
  "http2.stream": Http2StreamEvent;
}
