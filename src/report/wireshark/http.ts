import { ConversationTable } from "../../flow/conversations.ts";
import { httpStatusNames } from "../../protocols/iana/http.ts";
import type { Layer } from "../../schema/layer.ts";
import { textCell } from "./cell.ts";
import type { Context, Emit, Extra } from "./context.ts";

/** A request and its response, by the numbers of their frames; 0 where one was not seen. */
interface Exchange {
  readonly number: number;
  readonly previous: Exchange | null;
  request: number;
  response: number;
  uri: string;
}

interface Exchanges {
  last: Exchange | null;
}

const conversations = (): ConversationTable<Exchanges> =>
  new ConversationTable(() => ({ last: null }));

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

interface Header {
  readonly name: string;
  readonly value: string;
  readonly line: string;
}

/** Header of a message as text, one character for each byte. */
interface Message {
  readonly start: string;
  readonly headers: readonly Header[];
  /** Whether the empty line that ends the header is there. */
  readonly ended: boolean;
}

function textAt(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

function messageOf(layer: Layer): Message {
  const lines = textAt(layer.bytes, layer.start, layer.headerEnd).match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const [start = "", ...rest] = lines;
  const ended = /^\r?\n$/.test(rest.at(-1) ?? "");
  const headers = (ended ? rest.slice(0, -1) : rest).map((line) => {
    const colon = line.indexOf(":");
    const name = colon < 0 ? "" : line.slice(0, colon).trim().toLowerCase();
    return { name, value: line.slice(colon + 1).trim(), line };
  });
  return { start: start.trimEnd(), headers, ended };
}

const headerValue = (message: Message, name: string): string | undefined =>
  message.headers.find((h) => h.name === name)?.value;

/** Status codes of responses that never have a body (RFC 9112 §6.3). */
const bodiless = (code: number): boolean => code < 200 || code === 204 || code === 304;

/**
 * Whether a message ends within its segment. One that does not is shown by Wireshark with the segment that ends it; so a
 * body that goes on until the connection closes never is here.
 */
export function isWholeMessage(layer: Layer): boolean {
  const message = messageOf(layer);
  if (!message.ended) return false;
  const body = layer.end - layer.headerEnd;
  const coding = headerValue(message, "transfer-encoding");
  if (coding !== undefined && /chunked/i.test(coding)) {
    const tail = textAt(layer.bytes, layer.headerEnd, layer.end);
    return /(^|\n)0+(;[^\n]*)?\r?\n([^\n]+\n)*\r?\n/.test(tail);
  }
  const length = headerValue(message, "content-length");
  if (length !== undefined && /^\d+$/.test(length)) return Number(length) <= body;
  const status = /^HTTP\/\S+\s+(\d{3})/.exec(message.start);
  return (
    status === null || bodiless(Number(status[1])) || headerValue(message, "upgrade") !== undefined
  );
}

function emitHeaders(message: Message, request: boolean, emit: Emit): void {
  const lineName = request ? "http.request.line" : "http.response.line";
  for (const { name, value, line } of message.headers) {
    emit(lineName, textCell(line));
    if (name === "content-length") {
      emit("http.content_length_header", textCell(value));
      if (/^\d+$/.test(value)) emit("http.content_length", String(BigInt(value)));
    } else if (known.has(name)) emit(fieldOf(name), textCell(value));
    if (name === "cookie")
      for (const pair of value.split(";"))
        if (pair.trim() !== "") emit("http.cookie_pair", textCell(pair.trim()));
    if (name === "authorization") emitBasic(value, emit);
  }
}

/** User and password of the Basic scheme (RFC 7617). */
function emitBasic(value: string, emit: Emit): void {
  const found = /^Basic\s+([A-Za-z0-9+/]+=*)$/.exec(value);
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
    for (const one of query.split("&")) emit("http.request.uri.query.parameter", textCell(one));
  }
  if (full !== null) emit("http.request.full_uri", textCell(full));
}

function fullUri(message: Message, uri: string): string | null {
  const host = headerValue(message, "host");
  if (host === undefined) return null;
  return /^https?:\/\//.test(uri) ? uri : `http://${host}${uri}`;
}

function addExchange(last: Exchange | null): Exchange {
  return { number: (last?.number ?? 0) + 1, previous: last, request: 0, response: 0, uri: "" };
}

/** A request always begins an exchange; a response only where none waits for one. */
function exchangeOf(state: Exchanges, request: boolean): Exchange {
  if (request || state.last === null || state.last.response > 0)
    state.last = addExchange(state.last);
  return state.last;
}

function emitExchange(exchange: Exchange, request: boolean, emit: Emit): void {
  emit(request ? "http.request_number" : "http.response_number", String(exchange.number));
  if (!request && exchange.request > 0) {
    emit("http.request_in", String(exchange.request));
    if (exchange.uri !== "") emit("http.response_for.uri", textCell(exchange.uri));
  }
  const { previous } = exchange;
  if (previous === null) return;
  if (previous.request > 0) emit("http.prev_request_in", String(previous.request));
  if (!request && previous.response > 0) emit("http.prev_response_in", String(previous.response));
}

/** The body as text, which ends at its first zero byte; coded ones are not decoded here. */
function emitBody(layer: Layer, message: Message, emit: Emit): void {
  if (headerValue(message, "content-encoding") !== undefined) return;
  if (headerValue(message, "transfer-encoding") !== undefined) return;
  const length = headerValue(message, "content-length");
  const size = length !== undefined && /^\d+$/.test(length) ? Number(length) : Infinity;
  const end = Math.min(layer.end, layer.headerEnd + size);
  if (layer.headerEnd >= end) return;
  const text = textAt(layer.bytes, layer.headerEnd, end);
  const zero = text.indexOf("\0");
  emit("http.file_data", textCell(zero < 0 ? text : text.slice(0, zero)));
}

function cells(layer: Layer, emit: Emit, { packet, session }: Context): void {
  const message = messageOf(layer);
  const status = /^HTTP\/\S+\s+(\d{3})/.exec(message.start);
  const request = status === null;
  emit("http.chat", "1");
  emit(request ? "http.request" : "http.response", "1");
  const under = layer.lower;
  const exchange =
    under === null ? null : exchangeOf(session.of(conversations).find(under).state, request);
  const frame = packet.number;
  if (request) {
    const uri = message.start.split(/\s+/)[1] ?? "";
    const full = fullUri(message, uri);
    emitUri(uri, full, emit);
    if (exchange !== null) {
      exchange.request = frame;
      exchange.uri = full ?? "";
    }
  } else {
    const name = httpStatusNames.get(Number(status[1]));
    if (name !== undefined) emit("http.response.code.desc", name);
    if (exchange !== null) exchange.response = frame;
  }
  if (exchange !== null) emitExchange(exchange, request, emit);
  emitHeaders(message, request, emit);
  emitBody(layer, message, emit);
}

const names: readonly string[] = [
  ...[...known].map(fieldOf),
  "http.authbasic",
  "http.chat",
  "http.content_length",
  "http.content_length_header",
  "http.cookie_pair",
  "http.file_data",
  "http.prev_request_in",
  "http.prev_response_in",
  "http.request",
  "http.request.full_uri",
  "http.request.line",
  "http.request.uri.path",
  "http.request.uri.query",
  "http.request.uri.query.parameter",
  "http.request_in",
  "http.request_number",
  "http.response",
  "http.response.code.desc",
  "http.response.line",
  "http.response_for.uri",
  "http.response_number",
];

/** Header fields by name, whole lines, and which request a response answers. */
export const httpExtra: Extra = { protocol: "http", names, cells };

/** The same for datagrams. */
export const ssdpExtra: Extra = { protocol: "ssdp", names, cells };
