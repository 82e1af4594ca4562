import { commonDecoders, type Decoders } from "../bytes/content-coding.ts";
import { joined } from "../bytes/joined.ts";
import type { ConnectionInfo } from "./event.ts";
import type { AnalysisEvent } from "./events.ts";
import type { FtpFileEvent } from "./ftp/events.ts";
import { codingsOf, decodeContent } from "./http/bodies.ts";
import type { HttpDataEvent, HttpEndEvent, HttpField, HttpMessageEvent } from "./http/events.ts";
import { httpField, httpMediaType } from "./http/fields.ts";
import type { Http2DataEvent, Http2EndEvent, Http2HeadersEvent } from "./http2/events.ts";
import type { MailPartEvent } from "./mime/events.ts";

/** Where objects are found. */
export const objectProtocols = ["http", "http2", "ftp", "smtp", "pop", "imap"] as const;
/** One of {@link objectProtocols}: what carried an object. */
export type ObjectProtocol = (typeof objectProtocols)[number];

/** A file that was carried: what is known when it begins. */
export interface CarriedObject {
  readonly protocol: ObjectProtocol;
  readonly connection: ConnectionInfo;
  /** What its sender calls it, as it was sent: never a path to write to. See {@link safeName}. */
  readonly name: string;
  /** Where it is from or goes to: a URL, a path, a subject. */
  readonly source: string;
  /** Media type without parameters, lower case; empty where none was said. */
  readonly mediaType: string;
  /** The client sent it, or the server. */
  readonly direction: "upload" | "download";
  /** The packet in which it begins. */
  readonly packet: number;
}

/** How an object ended. */
export interface ObjectEnd {
  /** Bytes that were given. */
  readonly size: number;
  /** Whether all of it is there, decoded. */
  readonly complete: boolean;
  /** Content codings that are still on, since nobody here can take them off. */
  readonly undecoded: readonly string[];
  readonly fault: string | null;
}

/** Takes one object. */
export interface ObjectSink {
  /** The next bytes; borrowed. */
  write(bytes: Uint8Array): void;
  end(end: ObjectEnd): void;
}

/** What is collected, and who takes it. */
export interface ObjectsOptions {
  /** Called when an object begins; gives what takes it, or `null` for one that is not wanted. */
  readonly onObject: (object: CarriedObject) => ObjectSink | null;
  /** Those that are wanted; all unless told. */
  readonly protocols?: ReadonlySet<ObjectProtocol>;
  readonly decoders?: Decoders;
  /** Bytes of one object with a content coding at most, coded and decoded: 64 MiB unless told. Others stream through. */
  readonly limit?: number;
}

type ContentEvent = HttpDataEvent | Http2DataEvent;
type ContentEnd = HttpEndEvent | Http2EndEvent;
type Message = HttpMessageEvent | Http2HeadersEvent;

/** An object that was begun. */
interface Open {
  /** `null` where nobody wants it. */
  readonly sink: ObjectSink | null;
  size: number;
  /** Codings of its content: it is decoded when it is whole. */
  readonly codings: readonly string[];
  /** Coded bytes, as far as they are kept. */
  pieces: Uint8Array[] | null;
  isCut: boolean;
}

/** What objects are known by, where an event has no message of its own. */
type Owner = object;

/**
 * Finds files in what was said: content of HTTP, files of FTP, attachments and texts of mail. Content codings and transfer
 * encodings are taken off.
 *
 * @example const objects = new Objects({ onObject }); new StreamAnalysis({ onEvent: (event) => objects.take(event) });
 */
export class Objects {
  private readonly options: ObjectsOptions;
  private readonly decoders: Decoders;
  private readonly limit: number;
  /** By the event that began each: what never ends goes with it. */
  private readonly open: WeakMap<Owner, Open>;

  constructor(options: ObjectsOptions) {
    const { decoders = commonDecoders, limit = 64 << 20 } = options;
    this.options = options;
    this.decoders = decoders;
    this.limit = limit;
    this.open = new WeakMap();
  }

  /** Takes any event. */
  take(event: AnalysisEvent): void {
    switch (event.type) {
      case "http.data":
      case "http2.data":
        if (event.message !== null) this.takeContent(event, event.message);
        break;
      case "http.end":
      case "http2.end":
        if (event.message !== null) this.endContent(event, event.message);
        break;
      case "ftp.data":
        // A listing of a folder is no file.
        if (!event.file.isListing)
          this.add(event.file, event.bytes, [], () => fileObject(event.file));
        break;
      case "ftp.end":
        this.end(event.file, event.complete);
        break;
      case "mail.data":
        this.add(event.part, event.bytes, [], () => partObject(event.part));
        break;
      case "mail.part.end":
        this.end(event.part, event.complete);
        break;
    }
  }

  private takeContent(event: ContentEvent, message: Message): void {
    const protocol = event.type === "http.data" ? "http" : "http2";
    const make = (): CarriedObject => contentObject(protocol, message, event);
    this.add(message, event.bytes, codingsOf(message.headers), make);
  }

  private endContent(event: ContentEnd, message: Message): void {
    this.end(message, event.complete);
  }

  private add(
    owner: Owner,
    bytes: Uint8Array,
    codings: readonly string[],
    make: () => CarriedObject,
  ): void {
    if (bytes.length === 0) return;
    let one = this.open.get(owner);
    if (one === undefined) {
      const object = make();
      const { protocols } = this.options;
      const isWanted = protocols === undefined || protocols.has(object.protocol);
      const sink = isWanted ? this.options.onObject(object) : null;
      one = { sink, size: 0, codings, pieces: codings.length > 0 ? [] : null, isCut: false };
      this.open.set(owner, one);
    }
    if (one.sink === null) return;
    const before = one.size;
    one.size += bytes.length;
    if (one.pieces === null) one.sink.write(bytes);
    else if (one.size <= this.limit) one.pieces.push(bytes.slice());
    else if (!one.isCut) {
      one.isCut = true;
      one.pieces.push(bytes.slice(0, this.limit - before));
    }
  }

  private end(owner: Owner, isWhole: boolean): void {
    const one = this.open.get(owner);
    if (one === undefined) return;
    this.open.delete(owner);
    const { sink, size, codings, pieces, isCut } = one;
    if (sink === null) return;
    if (pieces === null) {
      sink.end({ size, complete: isWhole, undecoded: [], fault: null });
      return;
    }
    const decoded = decodeContent(joined(pieces), codings, this.decoders, this.limit);
    const { bytes, undecoded, fault } = decoded;
    sink.write(bytes);
    const complete = isWhole && !isCut && fault === null && undecoded.length === 0;
    sink.end({ size: bytes.length, complete, undecoded, fault });
  }
}

/** The last part of a path or URL, without what follows `?` or `#`. */
function lastPart(path: string): string {
  const plain = path.replace(/[?#].*$/s, "").replace(/\/+$/, "");
  const last = plain.slice(Math.max(plain.lastIndexOf("/"), plain.lastIndexOf("\\")) + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** The name that a response gives (RFC 6266), or that of the target. */
function nameOf(headers: readonly HttpField[], target: string): string {
  const said = httpField(headers, "content-disposition") ?? "";
  const found = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(said);
  const name = lastPart(found?.[1] ?? found?.[2] ?? target);
  return name || `index${extensions[httpMediaType(headers)] ?? ""}`;
}

const isResponse = (message: Message): boolean =>
  message.type === "http.response" || (message.type === "http2.headers" && message.status > 0);

function contentObject(
  protocol: "http" | "http2",
  message: Message,
  { connection, place }: ContentEvent,
): CarriedObject {
  const isAnswer = isResponse(message);
  const request = "request" in message && isAnswer ? message.request : message;
  const target = request !== null && "target" in request ? request.target : "";
  const url = request !== null && "url" in request ? request.url : null;
  return {
    ...{ protocol, connection, name: nameOf(message.headers, target), source: url ?? target },
    mediaType: httpMediaType(message.headers),
    direction: isAnswer ? "download" : "upload",
    packet: message.place.packets[0] ?? place.packets[0] ?? 0,
  };
}

function fileObject(file: FtpFileEvent): CarriedObject {
  const { connection, direction, name, place } = file;
  const packet = place.packets[0] ?? 0;
  const called = lastPart(name) || "file";
  return {
    ...{
      protocol: "ftp",
      connection,
      name: called,
      source: name,
      mediaType: "",
      direction,
      packet,
    },
  };
}

function partObject({
  connection,
  mail,
  name,
  mediaType,
  path,
  place,
}: MailPartEvent): CarriedObject {
  return {
    ...{ protocol: mail.protocol, connection, mediaType, source: mail.subject },
    name: name || `part-${path}${extensions[mediaType] ?? ""}`,
    direction: mail.protocol === "smtp" ? "upload" : "download",
    packet: place.packets[0] ?? 0,
  };
}

const extensions: Readonly<Record<string, string>> = {
  "text/plain": ".txt",
  "text/html": ".html",
  "message/rfc822": ".eml",
};

/** Names that mean devices on Windows, whatever their extension. */
const devices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
const MOST_BYTES = 120;

/**
 * A name that can be a file's on every system: no folders, no control or reserved characters, no device, not hidden, not longer
 * than 120 bytes of UTF-8. Never empty.
 */
export function safeName(name: string): string {
  const plain = name
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, "_")
    .replace(/["*/:<>?\\|]/g, "_")
    .replace(/^[\s.]+/, "_")
    .replace(/[\s.]+$/, "");
  const shown = devices.test(plain) ? `_${plain}` : plain;
  return shorten(shown) || "object";
}

/** Cuts a name, but not its extension. */
function shorten(name: string): string {
  const encoder = new TextEncoder();
  if (encoder.encode(name).length <= MOST_BYTES) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : "";
  const room = MOST_BYTES - encoder.encode(extension).length;
  let kept = "";
  let size = 0;
  for (const c of extension === "" ? name : name.slice(0, dot)) {
    size += encoder.encode(c).length;
    if (size > room) break;
    kept += c;
  }
  return kept + extension;
}
