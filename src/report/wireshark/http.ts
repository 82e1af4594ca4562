import { formatHex } from "../../bytes/hex.ts";
import type { Packet } from "../../packet/packet.ts";
import { httpStatusNames } from "../../protocols/iana/http.ts";
import type { Layer } from "../../schema/layer.ts";
import { readLatin1 } from "../../schema/value.ts";
import { textCell } from "./cell.ts";
import type { Context, Emit, Extra } from "./context.ts";
import { contentOf, lengthOf } from "./http-content.ts";
import {
  type Exchanges,
  emitExchange,
  exchangeNames,
  exchangeOf,
  exchangesOf,
  exchangesUnder,
} from "./http-exchanges.ts";
import { isMistyped } from "./http-media.ts";
import { type HeaderLine, type HttpMessage, headerValue, messageOf } from "./http-message.ts";

/** Header fields that Wireshark has a field for, each `http.` and the name with `_`; the others are lines only. */
const known: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-type",
  "cookie",
  "date",
  "host",
  "http2-settings",
  "last-modified",
  "location",
  "proxy-authenticate",
  "proxy-authorization",
  "referer",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-protocol",
  "sec-websocket-version",
  "server",
  "set-cookie",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "www-authenticate",
  "x-forwarded-for",
]);

const fieldOf = (header: string): string => `http.${header.replaceAll("-", "_")}`;

/** Notifications are neither requests nor responses: their lines have no field. */
const isNotification = ({ start }: HttpMessage): boolean => start.startsWith("NOTIFY ");

function emitHeaders(message: HttpMessage, emit: Emit): void {
  const lineName = message.status < 0 ? "http.request.line" : "http.response.line";
  const isNamed = !isNotification(message);
  for (const header of message.headers) {
    if (isNamed) emit(lineName, textCell(header.line));
    if (header.isNamed) emitHeader(header, emit);
    else emit("http.bad_header_name", "1");
  }
  const transfer = headerValue(message, "transfer-encoding");
  if (transfer === undefined) return;
  if (headerValue(message, "content-length") !== undefined) emit("http.te_and_length", "1");
  if (!/(?:^|,\s*)(?:chunked|identity)(?:$|,)/.test(transfer)) emit("http.te_unknown", "1");
}

function emitHeader({ name, value }: HeaderLine, emit: Emit): void {
  if (name === "content-length") {
    emit("http.content_length_header", textCell(value));
    const length = lengthOf(value);
    if (length !== null) emit("http.content_length", String(length));
  } else if (known.has(name) && value !== "") emit(fieldOf(name), textCell(value));
  if (name === "cookie")
    for (const pair of value.split(";"))
      if (pair.trim() !== "") emit("http.cookie_pair", textCell(pair.trim()));
  if (name === "authorization" || name === "proxy-authorization") emitBasic(value, emit);
}

/** User and password of the Basic scheme (RFC 7617). */
function emitBasic(value: string, emit: Emit): void {
  const found = /^Basic\s+([A-Za-z0-9+/]+=*)\s*$/.exec(value);
  if (found === null) return;
  try {
    emit("http.authbasic", textCell(atob(found[1]!)));
  } catch {
    // No base64: no user to show.
  }
}

function emitUri(uri: string, full: string | null, emit: Emit): void {
  const mark = uri.indexOf("?");
  if (mark >= 0) {
    const query = uri.slice(mark + 1);
    emit("http.request.uri.path", textCell(uri.slice(0, mark)));
    emit("http.request.uri.query", textCell(query));
    for (const one of query.split("&"))
      if (one !== "") emit("http.request.uri.query.parameter", textCell(one));
  }
  if (full !== null) emit("http.request.full_uri", textCell(full));
}

function fullUri(message: HttpMessage, method: string, uri: string): string | null {
  const host = message.headers.findLast((h) => h.name === "host")?.value.trim();
  if (host === undefined) return null;
  return method === "CONNECT" || /^https?:\/\//.test(uri) ? uri : `http://${host}${uri}`;
}

/** What stands for a byte that is no character, as three bytes of UTF-8. */
const UNKNOWN = "\xef\xbf\xbd";

/** Content is ASCII to Wireshark, whatever its type says; backslashes stay as they are in it. */
const contentCell = (text: string): string =>
  textCell(text.replace(/[\x80-\xff]/g, UNKNOWN), false);

/** Chunks and content: text, which ends at its first zero byte. */
function emitContent(layer: Layer, emit: Emit): void {
  const { bytes: all } = layer;
  const { bytes, chunks, trailer } = contentOf(layer);
  for (const { size, start, end, boundaryEnd } of chunks) {
    emit("http.chunk_size", String(size));
    if (end > start) emit("http.chunk_data", formatHex(all, start, end));
    if (boundaryEnd > end) emit("http.chunk_boundary", formatHex(all, end, boundaryEnd));
  }
  if (trailer !== null)
    emit("http.chunked_trailer_part", textCell(readLatin1(all, trailer[0], trailer[1])));
  if (bytes === null) return;
  const zero = bytes.indexOf(0);
  const end = zero < 0 ? bytes.length : zero;
  if (end > 0) emit("http.file_data", contentCell(readLatin1(bytes, 0, end)));
  if (isMistyped(layer)) emit("http.subdissector_failed", "1");
}

/** The time of a packet in nanoseconds; -1n where it has none. */
const timeOf = ({ seconds, nanoseconds }: Packet): bigint =>
  nanoseconds < 0 ? -1n : BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);

function emitRequest(
  message: HttpMessage,
  state: Exchanges | null,
  packet: Packet,
  emit: Emit,
): void {
  const [method = "", uri = ""] = message.start.split(/\s+/);
  emit(isNotification(message) ? "http.notification" : "http.request", "1");
  const full = fullUri(message, method, uri);
  emitUri(uri, full, emit);
  if (state === null || isNotification(message)) return;
  const exchange = exchangeOf(state, true);
  exchange.request = packet.number;
  exchange.requested = timeOf(packet);
  state.uri = uri;
  state.fullUri = full ?? state.fullUri;
  if (method === "CONNECT") state.authority = uri;
  emitExchange(state, true, exchange.requested, emit);
}

function emitResponse(
  message: HttpMessage,
  state: Exchanges | null,
  packet: Packet,
  emit: Emit,
): void {
  const { status } = message;
  emit("http.response", "1");
  emit("http.response.code.desc", httpStatusNames.get(status) ?? `Unknown (${status})`);
  if (state === null) return;
  const exchange = exchangeOf(state, false);
  exchange.response = packet.number;
  if (state.authority !== "" && status >= 200 && status < 300) state.isTunnel = true;
  emitExchange(state, false, timeOf(packet), emit);
}

function cells(layer: Layer, emit: Emit, context: Context): void {
  const message = messageOf(layer);
  const state = exchangesOf(layer, context);
  const { packet } = context;
  emit("http.chat", "1");
  if (message.status < 0) emitRequest(message, state, packet, emit);
  else emitResponse(message, state, packet, emit);
  emitHeaders(message, emit);
  emitContent(layer, emit);
}

const names: readonly string[] = [
  ...[...known].map(fieldOf),
  ...exchangeNames,
  "http.authbasic",
  "http.bad_header_name",
  "http.chat",
  "http.chunk_boundary",
  "http.chunk_data",
  "http.chunk_size",
  "http.chunked_trailer_part",
  "http.content_length",
  "http.content_length_header",
  "http.cookie_pair",
  "http.file_data",
  "http.notification",
  "http.proxy_connect_host",
  "http.proxy_connect_port",
  "http.request",
  "http.request.full_uri",
  "http.request.line",
  "http.request.uri.path",
  "http.request.uri.query",
  "http.request.uri.query.parameter",
  "http.response",
  "http.response.code.desc",
  "http.response.line",
  "http.subdissector_failed",
  "http.te_and_length",
  "http.te_unknown",
];

/** Header fields by name, whole lines, and which request a response answers. */
export const httpExtra: Extra = { protocol: "http", names, cells };

/** The same for datagrams. */
export const ssdpExtra: Extra = { protocol: "ssdp", names, cells };

/** Where the tunnel leads to whose contents a frame shows. */
export const httpTunnelExtra: Extra = {
  protocol: null,
  // All of them, since the tunnel is known only where the messages were looked at.
  names,
  cells(_, emit, context) {
    const { transport, messages } = context;
    if (transport === null || messages === null || messages.layers.length === 0) return;
    const state = exchangesUnder(transport, context);
    if (!state.isTunnel) return;
    const colon = state.authority.lastIndexOf(":");
    emit("http.proxy_connect_host", textCell(state.authority.slice(0, colon)));
    emit("http.proxy_connect_port", state.authority.slice(colon + 1));
  },
};
