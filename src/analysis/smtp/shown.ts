import { joined } from "../../bytes/joined.ts";
import { mail } from "../../protocols/application/mail/mail.ts";
import { smtp, smtpData } from "../../protocols/application/smtp/smtp.ts";
import { readLatin1 } from "../../schema/value.ts";
import type { Connection } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { watched } from "../text/segments.ts";

const LF = 10;
/** Commands that are in use have four letters, but for these (RFC 5321 §4.1, RFC 3207). */
const COMMAND = /^(?:[A-Za-z]{4}|STARTTLS|XCLIENT|XFORWARD|X-[^ ]+)(?: |$)/i;

/**
 * Shows what a client says segment by segment, as it is to one who goes by its words alone and not by what the server answers
 * to them: commands when their lines are whole, parts of a mail as they come, and the mail with its last part.
 */
class MailShower {
  private readonly connection: Connection;
  private readonly input: SideInput;
  /** Up to where the stream was shown. */
  private shown: number;
  private mode: "commands" | "lines" | "chunk";
  /** Bytes that a chunk has left (RFC 3030 §2). */
  private left: number;
  /** The mail so far, as it was sent, and its length; what is longer than the input's limit is not kept. */
  private pieces: Uint8Array[];
  private size: number;
  /** Whether the part before ended with its line. */
  private isLineEnded: boolean;
  /** Whether AUTH was the last command: what follows may be its answers (RFC 4954 §4). */
  private isAnswering: boolean;

  constructor(connection: Connection, input: SideInput) {
    this.connection = connection;
    this.input = input;
    this.shown = input.offset;
    this.mode = "commands";
    this.left = this.size = 0;
    this.pieces = [];
    this.isLineEnded = this.isAnswering = false;
  }

  /** Shows what came. */
  look(): void {
    const { input } = this;
    if (this.shown < input.offset) this.shown = input.offset;
    const at = input.start + this.shown - input.offset;
    if (at >= input.end) return;
    if (this.mode === "commands") this.commands(input.bytes, at, input.end);
    else this.part(input.bytes, at, input.end);
  }

  /** Shows lines that are whole; what comes behind DATA or BDAT makes all of it a part of the mail. */
  private commands(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    let isMail = false;
    let isText = false;
    for (;;) {
      const found = bytes.subarray(at, end).indexOf(LF);
      if (found < 0) break;
      const text = readLatin1(bytes, at, at + Math.min(found + 1, 200));
      // A carriage return alone ends a line too.
      const size = /\r(?!\n)/.exec(text)?.index ?? found;
      const line = text.slice(0, size).trimEnd();
      at += size + 1;
      if (COMMAND.test(line)) this.isAnswering = /^AUTH/i.test(line);
      else if (!this.isAnswering) isText = true;
      if (this.begins(line)) {
        isMail = true;
        break;
      }
    }
    if (at === start) return;
    if (!isMail || at === end) {
      const isLast = this.mode === "chunk" && this.left === 0 && this.size > 0;
      this.show(isText ? smtpData : smtp, bytes, start, at, isMail && isLast);
      if (this.mode === "chunk" && this.left === 0) this.mode = "commands";
      return;
    }
    if (this.mode === "chunk") this.left += at - start;
    this.part(bytes, start, end, at);
  }

  /** Whether a mail, or a chunk of one, follows a line. */
  private begins(line: string): boolean {
    if (/^DATA$/i.test(line)) {
      this.begin("lines");
      return true;
    }
    const chunk = /^BDAT\s+(-?\d+)(?:\s|$)/i.exec(line);
    if (chunk === null) {
      if (/^(?:MAIL|RSET|EHLO|HELO)\b/i.test(line)) this.begin("commands");
      return false;
    }
    this.mode = "chunk";
    // A negative size is a huge one to those who count without sign.
    const size = Number(chunk[1]);
    this.left = size < 0 ? Number.MAX_SAFE_INTEGER : size;
    return true;
  }

  private begin(mode: "commands" | "lines"): void {
    this.mode = mode;
    this.pieces = [];
    this.size = 0;
    this.isLineEnded = false;
  }

  /** Shows a part of a mail, which begins behind its command at `from`. */
  private part(bytes: Uint8Array, start: number, end: number, from = start): void {
    if (this.mode === "chunk") {
      const stop = Math.min(end, start + this.left);
      this.left -= stop - start;
      this.keep(bytes, from, stop);
      if (this.left === 0) this.mode = "commands";
      this.show(smtpData, bytes, start, stop, false);
      if (stop < end) this.commands(bytes, stop, end);
      return;
    }
    const text = readLatin1(bytes, Math.max(from, end - 5), end);
    const isEnd = text === "\r\n.\r\n" || (text === ".\r\n" && this.isLineEnded);
    this.isLineEnded = text.endsWith("\r\n");
    this.keep(bytes, from, isEnd ? end - 3 : end);
    this.show(smtpData, bytes, start, end, isEnd);
    if (isEnd) this.begin("commands");
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    this.size += end - start;
    if (this.size <= this.input.limit && end > start) this.pieces.push(bytes.slice(start, end));
  }

  private show(
    protocol: typeof smtp | typeof smtpData,
    bytes: Uint8Array,
    start: number,
    end: number,
    withMail: boolean,
  ): void {
    const { connection, input, shown } = this;
    this.shown += end - start;
    const layers = [connection.dissect(protocol, bytes, start, end)];
    if (withMail && this.size <= input.limit) layers.push(this.whole());
    connection.show(input.side, layers, shown, this.shown);
  }

  private whole() {
    const bytes = joined(this.pieces);
    return this.connection.dissect(mail, bytes, 0, bytes.length);
  }
}

/** Runs a reader of the client's side, and shows what comes. */
export function showingMail(connection: Connection, input: SideInput, reader: Waiting): Waiting {
  if (!connection.shows) return reader;
  const shower = new MailShower(connection, input);
  return watched(reader, () => shower.look());
}
