import { ConversationTable } from "../../flow/conversations.ts";
import type { Layer } from "../../schema/layer.ts";
import { textCell } from "./cell.ts";
import type { Context, Emit } from "./context.ts";

/** A request and its response, by the numbers of their frames; 0 where one was not seen. */
export interface Exchange {
  readonly number: number;
  readonly previous: Exchange | null;
  request: number;
  response: number;
  /** When the request was complete, in nanoseconds; -1n where it was not seen. */
  requested: bigint;
}

/** What a connection said in HTTP so far. */
export interface Exchanges {
  last: Exchange | null;
  /** The target of the last request, and the whole URI of the last that had one; empty before. */
  uri: string;
  fullUri: string;
  /** The authority of the last CONNECT, and whether the connection is a tunnel to it. */
  authority: string;
  isTunnel: boolean;
}

const conversations = (): ConversationTable<Exchanges> =>
  new ConversationTable(() => ({
    last: null,
    uri: "",
    fullUri: "",
    authority: "",
    isTunnel: false,
  }));

/** What is known of the connection that a segment or datagram belongs to. */
export const exchangesUnder = (transport: Layer, { session }: Context): Exchanges =>
  session.of(conversations).find(transport).state;

/** What is known of the connection that a message lies in; `null` where it lies in none. */
export function exchangesOf(layer: Layer, context: Context): Exchanges | null {
  const under = layer.lower ?? context.transport;
  return under === null ? null : exchangesUnder(under, context);
}

/** A request always begins an exchange; a response only where none waits for one. */
export function exchangeOf(state: Exchanges, isRequest: boolean): Exchange {
  const { last } = state;
  if (isRequest || last === null || last.response > 0) {
    const number = (last?.number ?? 0) + 1;
    state.last = { number, previous: last, request: 0, response: 0, requested: -1n };
  }
  return state.last!;
}

/** The fields that tell where the other messages of a connection are. */
export function emitExchange(state: Exchanges, isRequest: boolean, time: bigint, emit: Emit): void {
  const exchange = state.last!;
  emit(isRequest ? "http.request_number" : "http.response_number", String(exchange.number));
  if (!isRequest && exchange.request > 0) {
    if (exchange.requested >= 0n && time >= 0n)
      emit("http.time", secondsCell(time - exchange.requested));
    emit("http.request_in", String(exchange.request));
  }
  const uri = state.fullUri || state.uri;
  if (!isRequest && uri !== "") emit("http.response_for.uri", textCell(uri));
  const { previous } = exchange;
  if (previous === null) return;
  if (previous.request > 0) emit("http.prev_request_in", String(previous.request));
  if (!isRequest && previous.response > 0) emit("http.prev_response_in", String(previous.response));
}

/** A span of nanoseconds in seconds, which is less than zero where packets are not in order. */
function secondsCell(span: bigint): string {
  const digits = String(span < 0n ? -span : span).padStart(10, "0");
  return `${span < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

export const exchangeNames: readonly string[] = [
  "http.prev_request_in",
  "http.prev_response_in",
  "http.request_in",
  "http.request_number",
  "http.response_for.uri",
  "http.response_number",
  "http.time",
];
