import type { StreamEvent } from "../event.ts";
import type { Credentials } from "../text/credentials.ts";

/** A command (RFC 9051 §2.2.1). */
export interface ImapCommandEvent extends StreamEvent {
  readonly type: "imap.command";
  readonly tag: string;
  /** In capitals: `FETCH`; without the UID before it. */
  readonly command: string;
  /** Whether UID stands before the command (RFC 9051 §6.4.9). */
  readonly isUid: boolean;
  /** What follows, with `{n}` where a literal stood. */
  readonly arguments: string;
  /** Short literals in their order; of longer ones `null`. */
  readonly literals: readonly (string | null)[];
  /** What LOGIN and AUTHENTICATE say; `null` of all others. */
  readonly credentials: Credentials | null;
}

/** A client's answer in the course of AUTHENTICATE (RFC 9051 §6.2.2). */
export interface ImapAuthEvent extends StreamEvent {
  readonly type: "imap.auth";
  readonly mechanism: string;
  /** As it was sent: base64. */
  readonly answer: string;
  readonly credentials: Credentials | null;
}

/** A response (RFC 9051 §2.2.2). Mails that it has came before it, as `mail.message` and so on. */
export interface ImapResponseEvent extends StreamEvent {
  readonly type: "imap.response";
  /** The tag of a command, `*` or `+`. */
  readonly tag: string;
  /** The first word: a status (`OK`, `NO`, `BAD`, `BYE`, `PREAUTH`), or what is told (`FLAGS`, `EXISTS`, `FETCH`), in capitals. */
  readonly name: string;
  /** The number before the name (RFC 9051 §7.4), `null` where there is none. */
  readonly number: number | null;
  /** What follows the name, with `{n}` where a literal stood. */
  readonly text: string;
  readonly literals: readonly (string | null)[];
  /** What a tagged response answers; `null` of others, and where the command was not seen. */
  readonly command: ImapCommandEvent | null;
  /** Whether its literals were whole. */
  readonly complete: boolean;
}

/** Everything that IMAP tells beside mails, by its type. */
export interface ImapEvents {
  "imap.command": ImapCommandEvent;
  "imap.auth": ImapAuthEvent;
  "imap.response": ImapResponseEvent;
}
