import type { StreamEvent } from "../event.ts";
import type { Credentials } from "../text/credentials.ts";

/** A command (RFC 1939 §3). */
export interface PopCommandEvent extends StreamEvent {
  readonly type: "pop.command";
  /** In capitals: `RETR`. */
  readonly command: string;
  readonly argument: string;
  /** What USER, PASS, APOP and AUTH say; `null` of all others. */
  readonly credentials: Credentials | null;
}

/** A client's answer in the course of AUTH (RFC 5034 §4). */
export interface PopAuthEvent extends StreamEvent {
  readonly type: "pop.auth";
  readonly mechanism: string;
  /** As it was sent: base64. */
  readonly answer: string;
  readonly credentials: Credentials | null;
}

/** A response (RFC 1939 §3). Of RETR and TOP the mail follows, as `mail.message` and so on. */
export interface PopResponseEvent extends StreamEvent {
  readonly type: "pop.response";
  /** `+` asks the client for more (RFC 5034 §4). */
  readonly status: "+OK" | "-ERR" | "+";
  readonly text: string;
  /** Further lines, of LIST, UIDL and CAPA; without those of a mail. */
  readonly lines: readonly string[];
  /** What it answers; `null` of a greeting, and where the command was not seen. */
  readonly command: PopCommandEvent | null;
  /** Whether all lines were there. */
  readonly complete: boolean;
}

/** Everything that POP tells beside mails, by its type. */
export interface PopEvents {
  "pop.command": PopCommandEvent;
  "pop.auth": PopAuthEvent;
  "pop.response": PopResponseEvent;
}
