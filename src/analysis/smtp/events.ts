import type { StreamEvent } from "../event.ts";
import type { MailEvent } from "../mime/events.ts";
import type { Credentials } from "../text/credentials.ts";

/** A command (RFC 5321 §4.1). */
export interface SmtpCommandEvent extends StreamEvent {
  readonly type: "smtp.command";
  /** In capitals: `MAIL`. */
  readonly command: string;
  readonly argument: string;
  /** What AUTH says with its first answer (RFC 4954 §4); `null` of all others. */
  readonly credentials: Credentials | null;
}

/** A client's answer in the course of AUTH (RFC 4954 §4). */
export interface SmtpAuthEvent extends StreamEvent {
  readonly type: "smtp.auth";
  readonly mechanism: string;
  /** As it was sent: base64. */
  readonly answer: string;
  /** What it says; `null` where the mechanism hides it. */
  readonly credentials: Credentials | null;
}

/** A reply (RFC 5321 §4.2). */
export interface SmtpReplyEvent extends StreamEvent {
  readonly type: "smtp.reply";
  readonly code: number;
  /** Its lines without the code. */
  readonly lines: readonly string[];
  /** What it answers; `null` of a greeting, and where the command was not seen. DATA and AUTH have several replies. */
  readonly command: SmtpCommandEvent | null;
  /** Whether all its lines were there. */
  readonly complete: boolean;
}

/** A mail was sent: its envelope (RFC 5321 §2.3.1), after its `mail.end`. */
export interface SmtpMessageEvent extends StreamEvent {
  readonly type: "smtp.message";
  /** Reverse path of MAIL, without angle brackets; empty for bounces, `null` where MAIL was not seen. */
  readonly from: string | null;
  /** Forward paths of RCPT. */
  readonly to: readonly string[];
  /** Bytes of the mail. */
  readonly size: number;
  /** Its header; `null` where not even that was there. */
  readonly mail: MailEvent | null;
  /** Whether all of it was there. */
  readonly complete: boolean;
}

/** Everything that SMTP tells beside {@link MailEvent} and what follows it, by its type. */
export interface SmtpEvents {
  "smtp.command": SmtpCommandEvent;
  "smtp.auth": SmtpAuthEvent;
  "smtp.reply": SmtpReplyEvent;
  "smtp.message": SmtpMessageEvent;
}
