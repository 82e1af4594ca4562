import type { StreamEvent } from "../event.ts";
import type { HttpRequestEvent, HttpResponseEvent } from "../http/events.ts";
import type { PermessageDeflate } from "./extensions.ts";

/** The opening handshake that led here (RFC 6455 §4). */
export interface WebsocketOpenEvent extends StreamEvent {
  readonly type: "websocket.open";
  readonly request: HttpRequestEvent | null;
  readonly response: HttpResponseEvent;
  /** The subprotocol that the server chose; empty where it chose none. */
  readonly protocol: string;
  /** What was agreed on about compression (RFC 7692 §7); `null` for none. */
  readonly deflate: PermessageDeflate | null;
}

/** A frame (RFC 6455 §5.2). What it carries is told by further events. */
export interface WebsocketFrameEvent extends StreamEvent {
  readonly type: "websocket.frame";
  readonly fin: boolean;
  /** The three reserved bits as a number; the first, 4, says that a message is compressed (RFC 7692 §6). */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** Bytes of the payload. */
  readonly length: number;
}

/** A message of one or more frames (RFC 6455 §5.4), without masks and decompressed. */
export interface WebsocketMessageEvent extends StreamEvent {
  readonly type: "websocket.message";
  readonly kind: "text" | "binary";
  /** The text; `null` for binary messages, and for what is not UTF-8 or not complete. */
  readonly text: string | null;
  /** The content; still compressed where `inflated` is false but `compressed` is true. */
  readonly bytes: Uint8Array;
  readonly compressed: boolean;
  readonly inflated: boolean;
  /** Frames that it came in. */
  readonly frames: number;
  /** Bytes of content as sent. */
  readonly length: number;
  /** Whether all of it is here. */
  readonly complete: boolean;
}

/** A ping or a pong (RFC 6455 §5.5.2). */
export interface WebsocketPingEvent extends StreamEvent {
  readonly type: "websocket.ping" | "websocket.pong";
  readonly bytes: Uint8Array;
}

/** The end of a side (RFC 6455 §5.5.1). */
export interface WebsocketCloseEvent extends StreamEvent {
  readonly type: "websocket.close";
  /** The status code (§7.4); 1005 where the frame has none. */
  readonly code: number;
  readonly reason: string;
}

/** Everything that WebSocket tells, by its type. */
export interface WebsocketEvents {
  "websocket.open": WebsocketOpenEvent;
  "websocket.frame": WebsocketFrameEvent;
  "websocket.message": WebsocketMessageEvent;
  "websocket.ping": WebsocketPingEvent & { readonly type: "websocket.ping" };
  "websocket.pong": WebsocketPingEvent & { readonly type: "websocket.pong" };
  "websocket.close": WebsocketCloseEvent;
}
