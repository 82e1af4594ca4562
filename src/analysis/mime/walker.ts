import { readLatin1 } from "../../schema/value.ts";
import { decodeText } from "../text/decode.ts";
import { HeaderLines, type MailField, mailField, parseParameterized, safeName } from "./header.ts";
import { type TransferDecoder, transferDecoder } from "./transfer.ts";

/** A part that is no container of others. */
export interface MimePart {
  /** Numbers from 1, one for each depth: `2.1`. */
  readonly path: string;
  readonly headers: readonly MailField[];
  readonly mediaType: string;
  readonly name: string;
  readonly isAttachment: boolean;
  readonly encoding: string;
}

/** Takes what a mail is made of, in order. Bytes are borrowed. */
export interface MimeSink {
  /** The header of the mail itself, once; `complete` says that the empty line behind it was there. */
  header(fields: readonly MailField[], complete: boolean): void;
  part(part: MimePart): void;
  data(part: MimePart, bytes: Uint8Array, start: number, end: number): void;
  partEnd(part: MimePart, complete: boolean): void;
  /** Something was left out since it is more than allowed. */
  limit(text: string): void;
}

/** How much a mail may have. */
const LIMITS = { depth: 16, parts: 1000, headerBytes: 262_144, boundary: 200 } as const;

const LF = 10;
const CR = 13;
const HYPHEN = 0x2d;

/** A container that is open: a mail, or parts between boundaries (RFC 2046 §5.1). */
interface Container {
  /** With the two hyphens; empty of a mail inside of a mail, which ends with what holds it. */
  readonly boundary: string;
  /** Its number's text, and how many parts of it were begun. */
  readonly path: string;
  count: number;
}

/**
 * Takes a mail apart as its bytes come (RFC 2045, RFC 2046): header, parts, and what is in them, decoded. It keeps headers and
 * the beginning of a line, never a body.
 */
export class MimeWalker {
  private readonly sink: MimeSink;
  private readonly containers: Container[];
  private lines: HeaderLines;
  /** What is read: a header, the content of a part, or what stands between parts and is nobody's. */
  private state: "header" | "body" | "between";
  private part: MimePart | null;
  private decoder: TransferDecoder | null;
  private parts: number;
  /** A line's beginning that is kept, since the rest decides what it is. */
  private held: Uint8Array;
  private heldLength: number;
  /** The end of the line before, which belongs to a boundary behind it. */
  private lineEnd: "" | "\r" | "\n" | "\r\n";
  private isLineStart: boolean;
  private hasHeader: boolean;
  private isTold: boolean;

  constructor(sink: MimeSink) {
    this.sink = sink;
    this.containers = [];
    this.lines = new HeaderLines(LIMITS.headerBytes);
    this.state = "header";
    this.part = this.decoder = null;
    this.parts = 0;
    this.held = new Uint8Array(256);
    this.heldLength = 0;
    this.lineEnd = "";
    this.isLineStart = true;
    this.hasHeader = false;
    this.isTold = false;
  }

  /** Takes the next bytes. */
  write(bytes: Uint8Array, start: number, end: number): void {
    // A view of these alone, so that no search goes beyond them.
    const own = bytes.subarray(start, end);
    for (let at = 0; at < own.length; ) {
      if (this.isRun(own, at)) {
        at = this.run(own, at);
        continue;
      }
      const found = own.indexOf(LF, at);
      const next = found >= 0 ? found + 1 : own.length;
      this.piece(own, at, next, found >= 0);
      at = next;
    }
  }

  /** Whether content stands here for sure: no line that may be a boundary begins or goes on. */
  private isRun(bytes: Uint8Array, at: number): boolean {
    if (this.state !== "body" || this.heldLength > 0) return false;
    return !this.isLineStart || !this.hasBoundary || bytes[at] !== HYPHEN;
  }

  private get hasBoundary(): boolean {
    return this.containers.some(({ boundary }) => boundary !== "");
  }

  /** Gives content up to a line that may be a boundary, many lines at once; gives where that begins. */
  private run(bytes: Uint8Array, at: number): number {
    if (!this.hasBoundary) {
      this.giveLineEnd();
      this.decoder?.write(bytes, at, bytes.length);
      return bytes.length;
    }
    let found = bytes.indexOf(LF, at);
    while (found >= 0 && found + 1 < bytes.length && bytes[found + 1] !== HYPHEN)
      found = bytes.indexOf(LF, found + 1);
    const stop = found >= 0 ? found + 1 : bytes.length;
    this.content(bytes, at, stop, found >= 0);
    this.isLineStart = found >= 0;
    return stop;
  }

  /** Ends the mail; `complete` says that its end was there. */
  end(complete: boolean): void {
    if (this.heldLength > 0) this.wholeLine(this.held, 0, this.heldLength);
    this.heldLength = 0;
    if (this.state === "header") this.endHeader(false);
    if (this.lineEnd !== "") this.giveLineEnd();
    this.endPart(complete && !this.containers.some(({ boundary }) => boundary !== ""));
    this.containers.length = 0;
    this.state = "between";
  }

  /** Takes a part of a line, of which it may be the end. */
  private piece(bytes: Uint8Array, start: number, end: number, isEnded: boolean): void {
    if (!this.isLineStart) {
      // The rest of a line that is too long to be anything but content.
      if (this.state === "body") this.content(bytes, start, end, isEnded);
      this.isLineStart = isEnded;
      return;
    }
    if (isEnded && this.heldLength === 0) {
      this.wholeLine(bytes, start, end);
      return;
    }
    if (!isEnded && this.heldLength === 0 && this.isContent(bytes, start, end)) {
      this.content(bytes, start, end, false);
      this.isLineStart = false;
      return;
    }
    this.hold(bytes, start, end);
    if (isEnded) {
      const { held, heldLength } = this;
      this.heldLength = 0;
      this.wholeLine(held, 0, heldLength);
    } else if (this.heldLength > this.mostHeld()) this.releaseLong();
  }

  /** Bytes of a line that are kept: as many as a header may have, or a boundary. */
  private mostHeld(): number {
    return this.state === "header" ? 16_384 : LIMITS.boundary + 64;
  }

  /** Whether what begins a line cannot be a boundary. */
  private isContent(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.state === "header" || this.containers.length === 0) return this.state === "body";
    if (this.state === "between") return false;
    return bytes[start] !== HYPHEN || (end - start > 1 && bytes[start + 1] !== HYPHEN);
  }

  private hold(bytes: Uint8Array, start: number, end: number): void {
    const size = this.heldLength + end - start;
    if (size > this.held.length) {
      const more = new Uint8Array(size * 2);
      more.set(this.held.subarray(0, this.heldLength));
      this.held = more;
    }
    this.held.set(bytes.subarray(start, end), this.heldLength);
    this.heldLength = size;
  }

  /** A line that is too long to be a header's or a boundary: what is kept of it is all that is looked at. */
  private releaseLong(): void {
    const { held, heldLength } = this;
    this.heldLength = 0;
    this.held = new Uint8Array(256);
    if (this.state === "header") {
      this.lines.add(decodeText(held, 0, heldLength));
      this.tell("a header line is longer than what is kept");
    } else if (this.state === "body") this.content(held, 0, heldLength, false);
    this.isLineStart = false;
  }

  private wholeLine(bytes: Uint8Array, start: number, end: number): void {
    let stop = end;
    if (stop > start && bytes[stop - 1] === LF) stop--;
    if (stop > start && stop < end && bytes[stop - 1] === CR) stop--;
    const isBoundaryLike =
      this.containers.length > 0 && bytes[start] === HYPHEN && bytes[start + 1] === HYPHEN;
    if (isBoundaryLike && this.boundary(readLatin1(bytes, start, Math.min(stop, start + 300))))
      return;
    if (this.state === "header") this.headerLine(bytes, start, stop);
    else if (this.state === "body") this.content(bytes, start, end, end !== stop);
    this.isLineStart = true;
  }

  private headerLine(bytes: Uint8Array, start: number, stop: number): void {
    if (stop === start) this.endHeader(true);
    else this.lines.add(decodeText(bytes, start, stop));
  }

  /** Content of the part that is open; the end of its last line, or the half of it, waits for what comes. */
  private content(bytes: Uint8Array, from: number, end: number, isEnded: boolean): void {
    let start = from;
    if (this.lineEnd === "\r" && bytes[start] === LF) {
      this.lineEnd = "\r\n";
      if (++start === end) return;
    }
    this.giveLineEnd();
    let stop = isEnded ? end - 1 : end;
    const isCr = stop > start && bytes[stop - 1] === CR;
    if (isCr) stop--;
    if (stop > start) this.decoder?.write(bytes, start, stop);
    this.lineEnd = `${isCr ? "\r" : ""}${isEnded ? "\n" : ""}`;
    if (!this.hasBoundary) this.giveLineEnd();
  }

  private giveLineEnd(): void {
    const { lineEnd } = this;
    if (lineEnd === "") return;
    this.lineEnd = "";
    const bytes = Uint8Array.from(lineEnd, (c) => c.charCodeAt(0));
    this.decoder?.write(bytes, 0, bytes.length);
  }

  /** Takes a line that begins with two hyphens; false where it is no boundary of a container that is open. */
  private boundary(line: string): boolean {
    const text = line.trimEnd();
    for (let i = this.containers.length - 1; i >= 0; i--) {
      const { boundary } = this.containers[i]!;
      if (boundary === "" || !text.startsWith(boundary)) continue;
      const rest = text.slice(boundary.length);
      if (rest !== "" && rest !== "--") continue;
      this.close(i, rest === "--");
      return true;
    }
    return false;
  }

  /** Ends what is open inside of a container, and it too or begins its next part. */
  private close(index: number, isLast: boolean): void {
    this.lineEnd = "";
    this.isLineStart = true;
    if (this.state === "header") this.endHeader(false);
    this.endPart(true);
    this.containers.length = isLast ? index : index + 1;
    this.state = "between";
    if (isLast) return;
    const container = this.containers[index]!;
    container.count++;
    if (++this.parts > LIMITS.parts) this.tell("a mail has more parts than what is looked at");
    else {
      this.lines = new HeaderLines(LIMITS.headerBytes);
      this.state = "header";
    }
  }

  private endPart(complete: boolean): void {
    const { part, decoder } = this;
    this.part = this.decoder = null;
    if (part === null || decoder === null) return;
    const isRight = decoder.end();
    this.sink.partEnd(part, complete && isRight);
  }

  private tell(text: string): void {
    if (this.isTold) return;
    this.isTold = true;
    this.sink.limit(text);
  }

  /** The header is over: says what it holds, and what its content is. */
  private endHeader(complete: boolean): void {
    const { lines, containers } = this;
    lines.finish();
    if (lines.isFull) this.tell("a header is longer than what is kept");
    const { fields } = lines;
    if (!this.hasHeader) this.sink.header(fields, complete);
    this.hasHeader = true;
    this.state = "between";
    const type = parseParameterized(mailField(fields, "content-type"));
    const parent = containers.at(-1);
    const path = pathOf(parent);
    const boundary = type.parameters.get("boundary") ?? "";
    const isOpen = containers.length < LIMITS.depth && complete;
    if (type.value.startsWith("multipart/") && boundary !== "" && isOpen) {
      if (boundary.length <= LIMITS.boundary) {
        containers.push({ boundary: `--${boundary.trimEnd()}`, path: innerPath(parent), count: 0 });
        return;
      }
    }
    const encoding = mailField(fields, "content-transfer-encoding").trim().toLowerCase();
    const isMail = type.value === "message/rfc822" || type.value === "message/global";
    if (isMail && isOpen && !/^(base64|quoted-printable)$/.test(encoding)) {
      containers.push({ boundary: "", path, count: 1 });
      this.lines = new HeaderLines(LIMITS.headerBytes);
      this.state = "header";
      return;
    }
    if (!isOpen && complete) this.tell("a mail is deeper than what is looked at");
    this.begin(fields, type.value, type.parameters.get("name") ?? "", path, encoding);
  }

  private begin(
    headers: readonly MailField[],
    type: string,
    typeName: string,
    path: string,
    encoding: string,
  ): void {
    const disposition = parseParameterized(mailField(headers, "content-disposition"));
    const name = safeName(disposition.parameters.get("filename") ?? typeName);
    const mediaType = /^[^\s/]+\/[^\s/]+$/.test(type) ? type : "text/plain";
    const isAttachment = disposition.value === "attachment" || name !== "";
    const part: MimePart = { path, headers, mediaType, name, isAttachment, encoding };
    this.part = part;
    this.decoder = transferDecoder(encoding, (bytes, start, end) =>
      this.sink.data(part, bytes, start, end),
    );
    this.state = "body";
    this.sink.part(part);
  }
}

/** The number of a part (RFC 9051 §6.4.5.1): that of its container, and its own where that has several. */
function pathOf(parent: Container | undefined): string {
  if (parent === undefined) return "1";
  const own = String(parent.count);
  return parent.path === "" ? own : `${parent.path}.${own}`;
}

/** The number before those of the parts of a multipart: of one that is a whole mail, that of the mail. */
function innerPath(parent: Container | undefined): string {
  if (parent === undefined) return "";
  return parent.boundary === "" ? parent.path : pathOf(parent);
}
