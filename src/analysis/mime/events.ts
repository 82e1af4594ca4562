import type { StreamEvent } from "../event.ts";
import type { MailField } from "./header.ts";

/** Whose mail it is: where it was found. */
export type MailProtocol = "smtp" | "pop" | "imap";

/**
 * A mail begins: its header was read (RFC 5322 §3.6). What it is made of follows as `mail.part`, each with its `mail.data` and
 * `mail.part.end`; `mail.end` comes last.
 */
export interface MailEvent extends StreamEvent {
  readonly type: "mail.message";
  readonly protocol: MailProtocol;
  readonly headers: readonly MailField[];
  /** The subject as people read it (RFC 2047); empty where there is none. */
  readonly subject: string;
  /** Envelope of SMTP: who sent it, to whom. Of others `null`, `[]`. */
  readonly sender: string | null;
  readonly recipients: readonly string[];
  /** Whether the empty line behind the header was there. */
  readonly headersComplete: boolean;
}

/** A part of a mail that is no container of others: a text, a picture, an attachment (RFC 2045). */
export interface MailPartEvent extends StreamEvent {
  readonly type: "mail.part";
  readonly mail: MailEvent;
  /** Numbers from 1, one for each depth, as IMAP counts them: `2.1`. */
  readonly path: string;
  readonly headers: readonly MailField[];
  /** Media type, lower case: `text/plain`. */
  readonly mediaType: string;
  /** The file name that it says to have (RFC 2183, RFC 2231), without folders; empty where it says none. */
  readonly name: string;
  /** Whether it is to be kept as a file, rather than shown with the mail. */
  readonly isAttachment: boolean;
  /** How it is coded on the way, lower case (RFC 2045 §6): `base64`. */
  readonly encoding: string;
}

/** A piece of a part, decoded. */
export interface MailDataEvent extends StreamEvent {
  readonly type: "mail.data";
  readonly part: MailPartEvent;
  /** Where in the decoded part it lies. */
  readonly offset: number;
  /** Borrowed: valid while the event is told. `slice()` keeps a copy. */
  readonly bytes: Uint8Array;
}

/** The end of a part. */
export interface MailPartEndEvent extends StreamEvent {
  readonly type: "mail.part.end";
  readonly part: MailPartEvent;
  /** Decoded bytes. */
  readonly size: number;
  /** Whether its end was there, nothing is missing, and its code was right. */
  readonly complete: boolean;
}

/** The end of a mail. */
export interface MailEndEvent extends StreamEvent {
  readonly type: "mail.end";
  readonly mail: MailEvent;
  /** Bytes of it, as they were before dots were doubled. */
  readonly size: number;
  readonly complete: boolean;
}

/** Everything that is told of mail, by its type. */
export interface MailEvents {
  "mail.message": MailEvent;
  "mail.part": MailPartEvent;
  "mail.data": MailDataEvent;
  "mail.part.end": MailPartEndEvent;
  "mail.end": MailEndEvent;
}
