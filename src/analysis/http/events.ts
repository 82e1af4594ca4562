import type { StreamEvent } from "../event.ts";

/** A header or trailer field (RFC 9110 §5): one line of it, its continuation lines joined by a blank. */
export interface HttpField {
  /** The name as it was sent. Names are the same in any case: {@link httpField} looks one up. */
  readonly name: string;
  /** The value without the blanks around it, one character a byte (ISO 8859-1). */
  readonly value: string;
}

/** A request (RFC 9112 §3). Its content follows as `http.data`, and `http.end` comes last. */
export interface HttpRequestEvent extends StreamEvent {
  readonly type: "http.request";
  /** Which request of the connection it is, from 1. */
  readonly number: number;
  readonly method: string;
  /** The request target as it was sent: a path, a whole URI, an authority or `*` (RFC 9112 §3.2). */
  readonly target: string;
  /** `1.1`; `0.9` for a simple request, which has neither version nor fields. */
  readonly version: string;
  readonly headers: readonly HttpField[];
  /** The target URI (RFC 9110 §7.1), made of the target and Host; `null` for an authority, or where there is no host. */
  readonly url: string | null;
  /** Whether the empty line behind the fields was there. */
  readonly headersComplete: boolean;
}

/** A response (RFC 9112 §4), also an interim one (1xx). Its content follows as `http.data`, and `http.end` comes last. */
export interface HttpResponseEvent extends StreamEvent {
  readonly type: "http.response";
  /** Which response of the connection it is, from 1. */
  readonly number: number;
  /** `1.1`; `0.9` for bytes that answer a simple request: they have no status line. */
  readonly version: string;
  /** The status code; 0 for HTTP/0.9. */
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HttpField[];
  /** What it answers; `null` where that was not seen. */
  readonly request: HttpRequestEvent | null;
  readonly headersComplete: boolean;
}

/** Whatever has content. */
export type HttpMessageEvent = HttpRequestEvent | HttpResponseEvent;

/** A piece of a message's content, without the frame of chunks; content codings are still on. */
export interface HttpDataEvent extends StreamEvent {
  readonly type: "http.data";
  readonly message: HttpMessageEvent;
  /** Where in the content it lies. It is more than what came before where bytes are missing. */
  readonly offset: number;
  /** Borrowed: valid while the event is told. `slice()` keeps a copy. */
  readonly bytes: Uint8Array;
}

/** The end of a message. */
export interface HttpEndEvent extends StreamEvent {
  readonly type: "http.end";
  readonly message: HttpMessageEvent;
  /** Bytes of content that came: what all `http.data` had. */
  readonly bodyLength: number;
  /** Bytes of content that are missing from the capture. */
  readonly missing: number;
  /** How the end of the content is known (RFC 9112 §6.3). */
  readonly framing: HttpFraming;
  /** The fields behind the last chunk (RFC 9112 §7.1.2). */
  readonly trailers: readonly HttpField[];
  /** Whether all of the message was there. */
  readonly complete: boolean;
}

/** By what the end of content is known: there is none, `Content-Length`, chunks, or the end of the connection. */
export type HttpFraming = "none" | "length" | "chunked" | "close";

/** Everything that HTTP tells, by its type. */
export interface HttpEvents {
  "http.request": HttpRequestEvent;
  "http.response": HttpResponseEvent;
  "http.data": HttpDataEvent;
  "http.end": HttpEndEvent;
}
