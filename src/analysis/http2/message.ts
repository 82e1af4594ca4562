import type { Connection } from "../application.ts";
import type { HttpField, HttpRequestEvent } from "../http/events.ts";
import type { Place } from "../input.ts";
import type { Http2HeadersEvent, Http2Kind } from "./events.ts";
import type { HpackField } from "./hpack.ts";
import type { Http2ShownBody } from "./shown.ts";

/** A field section that was decoded, with what its frames say. */
export interface FieldSection {
  readonly stream: number;
  readonly promisedOn: number;
  readonly endStream: boolean;
  readonly fields: readonly HpackField[];
  readonly isWhole: boolean;
}

const fieldValue = (fields: readonly HttpField[], name: string): string | undefined =>
  fields.find((one) => one.name === name)?.value;

/** What a section is: control data tells requests from responses (RFC 9113 §8.3), trailers have none. */
function kindOf(
  { promisedOn }: FieldSection,
  method: string,
  status: number,
  isLater: boolean,
): Http2Kind {
  if (promisedOn > 0) return "promise";
  if (method !== "") return "request";
  if (status > 0) return status < 200 ? "interim" : "response";
  return isLater ? "trailers" : "unknown";
}

/** The target URI of a request (RFC 9113 §8.3.1); none for CONNECT, which names an authority alone. */
function urlOf(fields: readonly HttpField[]): string | null {
  const scheme = fieldValue(fields, ":scheme");
  const authority = fieldValue(fields, ":authority") ?? fieldValue(fields, "host");
  const path = fieldValue(fields, ":path");
  if (scheme === undefined || authority === undefined || path === undefined) return null;
  return `${scheme}://${authority}${path === "*" ? "" : path}`;
}

/** The event of a field section; `isLater` says that its side of the stream has had one. */
export function headersEvent(
  { info }: Connection,
  section: FieldSection,
  isLater: boolean,
  request: Http2HeadersEvent | HttpRequestEvent | null,
  place: Place,
): Http2HeadersEvent {
  const { fields, stream, promisedOn, endStream, isWhole } = section;
  const headers = fields.map(({ name, value }) => ({ name, value }));
  const method = fieldValue(headers, ":method") ?? "";
  const code = fieldValue(headers, ":status") ?? "";
  const status = /^\d{3}$/.test(code) ? Number(code) : 0;
  const kind = kindOf(section, method, status, isLater);
  const isAnswer = kind === "response" || kind === "interim";
  return {
    type: "http2.headers",
    connection: info,
    place,
    stream,
    kind,
    headers,
    sensitive: fields.flatMap(({ name, form }) => (form === "never" ? [name] : [])),
    version: "2",
    method,
    target:
      method === ""
        ? ""
        : (fieldValue(headers, ":path") ?? fieldValue(headers, ":authority") ?? ""),
    url: method === "" ? null : urlOf(headers),
    status,
    request: isAnswer ? request : null,
    promisedOn,
    endStream,
    headersComplete: isWhole,
  };
}

/** Bytes of content that are kept for who is shown whole bodies. */
const MOST_BODY = 1024 * 1024;

/** The content of one side of a stream. */
export class Content {
  /** Where what comes next lies. */
  offset = 0;
  /** Bytes that came. */
  length = 0;
  missing = 0;
  private bytes = new Uint8Array(0);
  private used = 0;
  private isKept = true;
  private readonly packets: number[] = [];
  private isSome = false;

  get held(): number {
    return this.bytes.length + this.packets.length * 8;
  }

  add(bytes: Uint8Array, keeps: boolean): void {
    this.offset += bytes.length;
    this.length += bytes.length;
    if (!keeps || !this.isKept) return;
    const size = this.used + bytes.length;
    if (size > MOST_BODY) {
      this.isKept = false;
      this.bytes = new Uint8Array(0);
      return;
    }
    if (size > this.bytes.length) {
      const bigger = new Uint8Array(size * 2);
      bigger.set(this.bytes.subarray(0, this.used));
      this.bytes = bigger;
    }
    this.bytes.set(bytes, this.used);
    this.used = size;
  }

  /** Says that a frame ended, in which packet. */
  endFrame(packet: number, keeps: boolean): void {
    if (keeps && this.packets.length < 65_536) this.packets.push(packet);
    this.isSome = true;
  }

  skip(count: number): void {
    this.offset += count;
    this.missing += count;
    this.isKept = false;
  }

  /** The body; `null` where it was not kept, or there is none. */
  body(headers: readonly HttpField[], isLastOne: boolean): Http2ShownBody | null {
    if (!this.isKept || !this.isSome) return null;
    const { packets } = this;
    const isJoined = packets.length > (isLastOne ? 1 : 0);
    return { bytes: this.bytes.slice(0, this.used), packets, isJoined, headers };
  }
}
