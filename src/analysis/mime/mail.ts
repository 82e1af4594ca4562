import type { Connection } from "../application.ts";
import type { SideInput } from "../input.ts";
import type { MailEvent, MailPartEvent, MailProtocol } from "./events.ts";
import { type MailField, mailField } from "./header.ts";
import { type MimePart, type MimeSink, MimeWalker } from "./walker.ts";
import { decodeWords } from "./words.ts";

/** What is known of a mail before it is read. */
export interface MailAbout {
  readonly protocol: MailProtocol;
  readonly sender: string | null;
  readonly recipients: readonly string[];
}

/** Tells a mail as events while its bytes come. */
export class MailTeller implements MimeSink {
  /** Bytes so far, as they were meant. */
  size: number;
  /** The mail, once its header was read. */
  event: MailEvent | null;
  private readonly connection: Connection;
  private readonly input: SideInput;
  private readonly about: MailAbout;
  private readonly walker: MimeWalker;
  /** The part that is open. */
  private open: { readonly event: MailPartEvent; size: number } | null;
  /** Whether no bytes are missing. */
  isWhole: boolean;

  constructor(connection: Connection, input: SideInput, about: MailAbout) {
    this.connection = connection;
    this.input = input;
    this.about = about;
    this.size = 0;
    this.event = null;
    this.open = null;
    this.isWhole = true;
    this.walker = new MimeWalker(this);
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    this.size += end - start;
    this.walker.write(bytes, start, end);
  }

  /** Says that bytes are missing here. */
  gap(): void {
    this.isWhole = false;
  }

  /** Ends the mail; `complete` says that its end was there. */
  end(complete: boolean): void {
    this.walker.end(complete && this.isWhole);
    const { connection, event, size } = this;
    if (event === null) return;
    connection.emit({
      type: "mail.end",
      connection: connection.info,
      place: this.place(),
      mail: event,
      size,
      complete: complete && this.isWhole,
    });
  }

  /** Where what is read now lies: all that is there of the side. */
  private place() {
    const { offset, available } = this.input;
    return this.input.place(offset, offset + available);
  }

  header(headers: readonly MailField[], headersComplete: boolean): void {
    const { connection, about } = this;
    const subject = decodeWords(mailField(headers, "subject"));
    this.event = {
      type: "mail.message",
      connection: connection.info,
      place: this.place(),
      ...about,
      headers,
      subject,
      headersComplete,
    };
    connection.emit(this.event);
  }

  part(part: MimePart): void {
    const { connection, event } = this;
    const made: MailPartEvent = {
      type: "mail.part",
      connection: connection.info,
      place: this.place(),
      mail: event!,
      ...part,
    };
    this.open = { event: made, size: 0 };
    connection.emit(made);
  }

  data(_: MimePart, bytes: Uint8Array, start: number, end: number): void {
    const { connection, open } = this;
    if (open === null) return;
    const offset = open.size;
    open.size += end - start;
    connection.emit({
      type: "mail.data",
      connection: connection.info,
      place: this.place(),
      part: open.event,
      offset,
      bytes: bytes.subarray(start, end),
    });
  }

  partEnd(_: MimePart, complete: boolean): void {
    const { connection, open } = this;
    if (open === null) return;
    this.open = null;
    connection.emit({
      type: "mail.part.end",
      connection: connection.info,
      place: this.place(),
      part: open.event,
      size: open.size,
      complete: complete && this.isWhole,
    });
  }

  limit(text: string): void {
    this.connection.note(this.about.protocol, "limit", this.place(), text);
  }
}
