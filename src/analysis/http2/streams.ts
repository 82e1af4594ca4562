import type { Connection } from "../application.ts";
import type { HttpField, HttpRequestEvent } from "../http/events.ts";
import type { Place, Side } from "../input.ts";
import type { Http2HeadersEvent, Http2StreamEvent } from "./events.ts";
import { Content, type FieldSection, headersEvent } from "./message.ts";
import type { Http2ShownBody } from "./shown.ts";

type Message = Http2HeadersEvent | HttpRequestEvent;

/** What one side says on a stream. */
interface Half {
  message: Message | null;
  trailers: readonly HttpField[];
  readonly content: Content;
  isEnded: boolean;
}

/** A stream that is not over (RFC 9113 §5.1). */
interface Stream {
  readonly id: number;
  readonly halves: readonly [Half, Half];
  request: Message | null;
  response: Http2HeadersEvent | null;
  /** Bytes of fields that are kept of it. */
  kept: number;
}

/** Streams that are followed at once, and bytes of their fields; the oldest goes first. */
const MOST_STREAMS = 1000;
const MOST_KEPT = 1024 * 1024;
/** Streams that ended lately, of which something may still come. */
const MOST_CLOSED = 1000;

/** The streams of a connection: which field section and which data belong together, and what is over. */
export class Http2Streams {
  private readonly connection: Connection;
  private readonly open: Map<number, Stream>;
  private readonly closed: Set<number>;
  private kept: number;
  private sidesOver: number;

  constructor(connection: Connection) {
    this.connection = connection;
    this.open = new Map();
    this.closed = new Set();
    this.kept = 0;
    this.sidesOver = 0;
  }

  /** Bytes of fields and content that are kept. */
  get held(): number {
    let content = 0;
    for (const { halves } of this.open.values())
      for (const one of halves) content += one.content.held;
    return this.kept + content;
  }

  /** A request of HTTP/1.1 that became the first stream by an Upgrade (RFC 7540 §3.2). */
  upgrade(request: HttpRequestEvent): void {
    const stream = this.add(1, request.place);
    stream.request = request;
    stream.halves[0].message = request;
    stream.halves[0].isEnded = true;
  }

  /** A field section that is whole. Gives the body that it ended, as trailers do. */
  headers(side: Side, section: FieldSection, place: Place): Http2ShownBody | null {
    const { stream: id, promisedOn } = section;
    if (this.closed.has(id)) {
      this.note(place, `a field section on stream ${id}, which is closed`);
      return null;
    }
    const stream = this.open.get(id) ?? this.add(id, place);
    const half = stream.halves[side];
    if (half.isEnded) this.note(place, `a field section behind the end of stream ${id}`);
    const event = headersEvent(
      this.connection,
      section,
      half.message !== null,
      stream.request,
      place,
    );
    this.keep(stream, event);
    if (promisedOn > 0) {
      stream.request = event;
      stream.halves[side === 0 ? 1 : 0].isEnded = true;
    } else if (event.kind === "trailers") half.trailers = event.headers;
    else if (event.kind !== "interim") half.message = event;
    if (event.kind === "request") stream.request = event;
    if (event.kind === "response") stream.response = event;
    this.connection.emit(event);
    return section.endStream ? this.end(stream, side, place, false) : null;
  }

  /** A piece of content; `isLast` where the side ends with it. Gives the body that it ended. */
  data(
    side: Side,
    id: number,
    bytes: Uint8Array,
    isFrameEnd: boolean,
    isLast: boolean,
    place: Place,
  ): Http2ShownBody | null {
    const stream = this.streamOf(side, id, place);
    if (stream === null) return null;
    const { message, content } = stream.halves[side];
    const { connection } = this;
    if (bytes.length > 0) {
      const { offset } = content;
      connection.emit({
        type: "http2.data",
        connection: connection.info,
        place,
        stream: id,
        message,
        offset,
        bytes,
      });
    }
    content.add(bytes, connection.shows);
    if (isFrameEnd && (bytes.length > 0 || !isLast))
      content.endFrame(place.packets.at(-1) ?? 0, connection.shows);
    return isLast ? this.end(stream, side, place, bytes.length > 0) : null;
  }

  /** Content that is missing from the capture. */
  missing(side: Side, id: number, count: number, place: Place): void {
    this.streamOf(side, id, place)?.halves[side].content.skip(count);
  }

  private streamOf(side: Side, id: number, place: Place): Stream | null {
    const known = this.open.get(id);
    if (known === undefined && this.closed.has(id)) {
      this.note(place, `data on stream ${id}, which is closed`);
      return null;
    }
    const stream = known ?? this.add(id, place);
    if (!stream.halves[side].isEnded) return stream;
    this.note(place, `data behind the end of stream ${id}`);
    return null;
  }

  /** A reset ends both sides (RFC 9113 §6.4). */
  reset(id: number, error: number, place: Place): void {
    const stream = this.open.get(id);
    if (stream !== undefined) this.close(stream, "reset", error, place);
  }

  /** Says that a side has nothing more to say. */
  finish(place: Place): void {
    if (++this.sidesOver < 2) return;
    for (const stream of [...this.open.values()]) this.close(stream, "open", 0, place);
  }

  private end(stream: Stream, side: Side, place: Place, hasBytes: boolean): Http2ShownBody | null {
    const half = stream.halves[side];
    if (half.isEnded) return null;
    this.endHalf(stream, half, place, true);
    const body = half.content.body(fieldsOf(stream, side), hasBytes);
    if (stream.halves[0].isEnded && stream.halves[1].isEnded)
      this.close(stream, "closed", 0, place);
    return body;
  }

  private endHalf(stream: Stream, half: Half, place: Place, isEnd: boolean): void {
    const { connection } = this;
    const { message, trailers, content } = half;
    half.isEnded = true;
    if (message === null && content.offset === 0) return;
    const isWhole = message?.headersComplete === true;
    connection.emit({
      type: "http2.end",
      connection: connection.info,
      place,
      stream: stream.id,
      message,
      bodyLength: content.length,
      missing: content.missing,
      trailers,
      complete: isEnd && isWhole && content.missing === 0,
    });
  }

  private close(
    stream: Stream,
    state: Http2StreamEvent["state"],
    error: number,
    place: Place,
  ): void {
    const { connection, closed } = this;
    const { id, halves, request, response } = stream;
    for (const half of halves) if (!half.isEnded) this.endHalf(stream, half, place, false);
    this.open.delete(id);
    this.kept -= stream.kept;
    closed.add(id);
    if (closed.size > MOST_CLOSED) closed.delete(closed.values().next().value!);
    const server = response === null ? halves[1] : halves[response.place.side];
    const client = server === halves[1] ? halves[0] : halves[1];
    connection.emit({
      type: "http2.stream",
      connection: connection.info,
      place,
      stream: id,
      request,
      response,
      requestLength: client.content.length,
      responseLength: server.content.length,
      state,
      error,
    });
  }

  private add(id: number, place: Place): Stream {
    const half = (): Half => ({
      message: null,
      trailers: [],
      content: new Content(),
      isEnded: false,
    });
    const stream: Stream = { id, halves: [half(), half()], request: null, response: null, kept: 0 };
    this.open.set(id, stream);
    this.shrink(stream, place);
    return stream;
  }

  private keep(stream: Stream, { headers }: Http2HeadersEvent): void {
    let size = 0;
    for (const { name, value } of headers) size += name.length + value.length + 32;
    stream.kept += size;
    this.kept += size;
  }

  /** Follows the oldest streams no further where there are too many. */
  private shrink(newest: Stream, place: Place): void {
    for (const stream of this.open.values()) {
      if (this.open.size <= MOST_STREAMS && this.kept <= MOST_KEPT) return;
      if (stream === newest) return;
      const text = `stream ${stream.id} is not followed further: there are too many`;
      this.connection.note("http2", "limit", place, text);
      this.close(stream, "open", 0, place);
    }
  }

  private note(place: Place, text: string): void {
    this.connection.note("http2", "malformed", place, text);
  }
}

/** The fields that say what content is: its own, and where these name no type that of the other side. */
function fieldsOf({ halves }: Stream, side: Side): readonly HttpField[] {
  const own = halves[side].message?.headers ?? [];
  const other = halves[side === 0 ? 1 : 0].message?.headers ?? [];
  return [...own, ...other.filter(({ name }) => name === "content-type")];
}
