import { http } from "../../protocols/application/http/http.ts";
import { readLatin1 } from "../../schema/value.ts";
import type { SideInput, Waiting } from "../input.ts";
import type { HttpField, HttpMessageEvent, HttpRequestEvent, HttpResponseEvent } from "./events.ts";
import type { HttpExchanges } from "./exchanges.ts";
import { type FieldLines, readFieldLines } from "./field-lines.ts";
import { httpFields, httpWords } from "./fields.ts";
import { type Framing, requestFraming, responseFraming, urlOf } from "./framing.ts";
import { MessageInput } from "./message-input.ts";
import {
  mayBegin,
  type RequestLine,
  requestLineOf,
  type StatusLine,
  startInside,
  statusLineOf,
} from "./start-line.ts";
import { httpUpgrades } from "./upgrade.ts";

type StartLine = RequestLine | StatusLine;

/** Bytes of content so far, and what else the end tells. */
interface Content {
  length: number;
  complete: boolean;
  trailers: readonly HttpField[];
}

/** Names under which applications are known here, of those that an Upgrade may name otherwise. */
const upgradeNames: Readonly<Record<string, string>> = { h2c: "http2" };

const simpleResponse: StatusLine = { version: "0.9", status: 0, reason: "" };

/** Reads one side of a connection; which side asks and which answers, what is said tells. */
export class HttpReader {
  private readonly exchanges: HttpExchanges;
  private readonly input: SideInput;
  private readonly message: MessageInput;
  /** Whether this side answers, as far as is known. */
  private answers: boolean;

  constructor(exchanges: HttpExchanges, input: SideInput) {
    this.exchanges = exchanges;
    this.input = input;
    this.message = new MessageInput(exchanges.connection, input);
    this.answers = input.side === 1;
  }

  /** Reads messages until the side ends or another application takes over. */
  *read(): Waiting {
    for (;;) {
      const start = yield* this.find();
      if (start === null) return;
      this.answers = "status" in start;
      if ("method" in start) yield* this.request(start);
      else if (yield* this.response(start)) return;
    }
  }

  // Where a message begins.

  /** Reads on to the next start line, which it reads too; `null` at the end of the side. */
  private *find(): Waiting<StartLine | null> {
    const { input, message } = this;
    const garbage = new Garbage(message);
    for (;;) {
      message.begin();
      const line = yield* message.line();
      if (line === null || (!line.ended && this.isSimpleAnswer())) {
        if (line !== null) return simpleResponse;
        garbage.tell();
        if (!this.passGap()) return null;
        continue;
      }
      const text = readLatin1(input.bytes, line.start, line.end);
      const start = line.ended ? (statusLineOf(text) ?? requestLineOf(text)) : null;
      if (start !== null) {
        garbage.tell();
        message.take(line.size);
        return start;
      }
      if (text !== "" && this.isSimpleAnswer()) return simpleResponse;
      const inside = line.ended ? startInside(text) : -1;
      // An empty line before a message is left out (RFC 9112 §2.2).
      if (!line.ended && input.isBlocked && mayBegin(text))
        message.note("incomplete", "a start line was cut off");
      else if (text !== "") garbage.add(inside > 0 ? inside : line.size);
      input.skip(inside > 0 ? inside : line.size);
    }
  }

  /** Whether what comes is the content that answers a simple request: nothing stands before it. */
  private isSimpleAnswer(): boolean {
    const { next } = this.exchanges;
    return next !== null && next.version === "0.9" && next.place.side !== this.input.side;
  }

  /** Passes a gap between messages, or in one that it ended; false where there is none. */
  private passGap(): boolean {
    const { input, message } = this;
    const { gap } = input;
    if (gap === 0) return false;
    message.note("gap", `${gap} bytes are missing`);
    input.pass();
    if (this.answers) this.exchanges.responsesMissing();
    return true;
  }

  // Messages.

  private *request(line: RequestLine): Waiting {
    const { exchanges, input, message } = this;
    const isSimple = line.version === "0.9";
    const head = isSimple ? { fields: [], complete: true } : yield* readFieldLines(message);
    const { fields: headers, complete } = head;
    const request: HttpRequestEvent = {
      type: "http.request",
      connection: exchanges.connection.info,
      place: input.place(message.from, input.offset),
      number: ++exchanges.requests,
      ...line,
      headers,
      url: urlOf(line.method, line.target, headers),
      headersComplete: complete,
    };
    exchanges.add(request);
    exchanges.connection.emit(request);
    yield* this.body(request, head, requestFraming(headers));
    if (mayLeave(request)) yield* this.awaitAnswer(request);
  }

  /**
   * Waits until it is known whether what follows is HTTP. Where the other side was not captured nothing says so, and
   * reading goes on with what is there.
   */
  private *awaitAnswer(request: HttpRequestEvent): Waiting {
    const { exchanges, input } = this;
    const other = exchanges.connection.inputs[input.side === 0 ? 1 : 0];
    while (exchanges.isWaiting(request) && !input.isBlocked && !input.isFull && !other.isEnded)
      yield;
  }

  /** Reads a response; true where the connection is another application's from here on. */
  private *response(line: StatusLine): Waiting<boolean> {
    const { exchanges, input, message } = this;
    const isSimple = line.version === "0.9";
    const head = isSimple ? { fields: [], complete: true } : yield* readFieldLines(message);
    const { status } = line;
    const isInterim = status >= 100 && status < 200 && status !== 101;
    const request = isInterim ? exchanges.next : exchanges.take();
    const response: HttpResponseEvent = {
      type: "http.response",
      connection: exchanges.connection.info,
      place: input.place(message.from, input.offset),
      number: ++exchanges.responses,
      ...line,
      headers: head.fields,
      request,
      headersComplete: head.complete,
    };
    exchanges.connection.emit(response);
    yield* this.body(response, head, responseFraming(status, head.fields, request));
    if (this.leaves(response)) return true;
    // A client that waited for this may have asked more, which is to be read before the next response.
    if (request !== null && mayLeave(request)) yield;
    return false;
  }

  /** Hands the connection on after 101, and after 2xx to CONNECT. */
  private leaves(response: HttpResponseEvent): boolean {
    const { connection } = this.exchanges;
    const { request, status, headers } = response;
    const isTunnel = request?.method === "CONNECT" && status >= 200 && status < 300;
    if (status !== 101 && !isTunnel) return false;
    const protocol = isTunnel ? "" : (httpWords(headers, "upgrade")[0] ?? "");
    connection.shared(httpUpgrades).set(connection, { request, response, protocol });
    if (isTunnel) connection.become(null, portOf(request.target));
    else connection.become(connection.named(upgradeNames[protocol] ?? protocol));
    return true;
  }

  // Content.

  private *body(event: HttpMessageEvent, head: FieldLines, framing: Framing): Waiting {
    const { input, message } = this;
    const content: Content = { length: 0, complete: head.complete, trailers: [] };
    let { kind } = framing;
    if (!head.complete) {
      message.note("incomplete", "the header of a message was cut off");
      kind = "none";
    } else {
      if (framing.fault !== null) message.note("malformed", framing.fault);
      if (yield* this.isBodiless(event, framing)) kind = "none";
    }
    if (kind === "chunked") yield* this.chunks(event, content);
    else if (kind === "length") yield* this.sized(event, content, framing.length);
    else if (kind === "close") {
      yield* message.content(Infinity, (bytes) => this.tell(event, content, bytes));
      content.complete = input.isClosed;
    }
    this.end(event, kind, content);
  }

  /** Whether a response, of which the request is not known, answers HEAD: the next response follows at once. */
  private *isBodiless(event: HttpMessageEvent, framing: Framing): Waiting<boolean> {
    const { input } = this;
    if (event.type !== "http.response" || event.request !== null || event.version === "0.9")
      return false;
    const { kind, length } = framing;
    if (kind === "none" || (kind === "length" && length === 0)) return false;
    if (!(yield* input.any())) return false;
    const { bytes, start, end } = input;
    return statusLineOf(readLatin1(bytes, start, Math.min(end, start + 32))) !== null;
  }

  private *sized(event: HttpMessageEvent, content: Content, length: number): Waiting {
    const { message } = this;
    const tell = (bytes: Uint8Array): void => this.tell(event, content, bytes);
    content.complete = yield* message.content(length, tell);
    if (!content.complete) message.note("incomplete", "the content of a message was cut off");
  }

  /** Chunks, each with its size before it, and the trailer behind the last (RFC 9112 §7.1). */
  private *chunks(event: HttpMessageEvent, content: Content): Waiting {
    const { message } = this;
    const tell = (bytes: Uint8Array): void => this.tell(event, content, bytes);
    content.complete = false;
    for (;;) {
      const size = yield* this.chunkSize();
      if (size < 0) return;
      if (size === 0) {
        const { fields, complete } = yield* readFieldLines(message);
        content.trailers = fields;
        content.complete = complete;
        if (!complete) message.note("incomplete", "the trailer of a message was cut off");
        return;
      }
      const isWhole = yield* message.content(size, tell);
      const end = isWhole ? yield* message.line(2) : null;
      if (end === null || (!end.ended && this.input.isBlocked)) {
        message.note("incomplete", "a chunk was cut off");
        return;
      }
      if (!end.ended || end.start !== end.end) {
        message.note("malformed", "a chunk does not end where its size says");
        return;
      }
      message.take(end.size);
    }
  }

  /** The size of the next chunk, whose line it reads with its extensions; -1 where there is none. */
  private *chunkSize(): Waiting<number> {
    const { input, message } = this;
    const line = yield* message.line();
    if (line === null || (!line.ended && input.isBlocked)) {
      message.note("incomplete", "the content of a message was cut off");
      return -1;
    }
    const text = readLatin1(input.bytes, line.start, Math.min(line.end, line.start + 64));
    const found = /^[ \t]*0*([0-9A-Fa-f]{1,13})[ \t]*(?:;|$)/.exec(text);
    if (found === null || !line.ended) {
      message.note("malformed", "a chunk has no size");
      return -1;
    }
    message.take(line.size);
    return Number.parseInt(found[1]!, 16);
  }

  private tell(message: HttpMessageEvent, content: Content, bytes: Uint8Array): void {
    const { input } = this;
    const { connection, place } = this.at(input.offset, bytes.length);
    const offset = content.length + this.message.missing;
    content.length += bytes.length;
    this.exchanges.connection.emit({
      type: "http.data",
      connection,
      place,
      message,
      offset,
      bytes,
    });
  }

  private at(offset: number, length: number) {
    const { info } = this.exchanges.connection;
    return { connection: info, place: this.input.place(offset, offset + length) };
  }

  private end(event: HttpMessageEvent, framing: Framing["kind"], content: Content): void {
    const { exchanges, input, message } = this;
    const { connection } = exchanges;
    const { missing } = message;
    const complete = content.complete && missing === 0;
    connection.emit({
      type: "http.end",
      ...this.at(input.offset, 0),
      message: event,
      bodyLength: content.length,
      missing,
      framing,
      trailers: content.trailers,
      complete,
    });
    const whole = complete ? message.whole() : null;
    if (whole === null || event.version === "0.9") return;
    const layer = connection.dissector.dissect(whole, http).bottom;
    connection.show(input.side, [layer], message.from, input.offset);
  }
}

/** Whether a request asks for a tunnel or another protocol (RFC 9110 §7.8, §9.3.6). */
const mayLeave = ({ method, headers }: HttpRequestEvent): boolean =>
  method === "CONNECT" || httpFields(headers, "upgrade").length > 0;

/** The port of an authority; 0 where it says none. */
function portOf(authority: string): number {
  // Some write a path behind it.
  const port = /^[^ ]*:(\d{1,5})(?: |$)/.exec(authority)?.[1];
  return port === undefined ? 0 : Number(port);
}

/** Bytes that are no message: told once for a run of them. */
class Garbage {
  private readonly message: MessageInput;
  private bytes: number;
  private place: ReturnType<SideInput["place"]> | null;

  constructor(message: MessageInput) {
    this.message = message;
    this.bytes = 0;
    this.place = null;
  }

  add(size: number): void {
    const { input } = this.message;
    this.place ??= input.place(input.offset, input.offset + size);
    this.bytes += size;
  }

  tell(): void {
    if (this.place === null) return;
    const { connection } = this.message;
    connection.note("http", "garbage", this.place, `${this.bytes} bytes that are no message`);
    this.place = null;
    this.bytes = 0;
  }
}
