import type { Connection } from "../application.ts";
import type { Place } from "../input.ts";
import type { Reply } from "../text/reply.ts";
import type { Roles } from "../text/roles.ts";
import { SaslDialogue } from "../text/sasl.ts";
import { WaitingCommands } from "../text/waiting.ts";
import type { SmtpCommandEvent } from "./events.ts";

/** Recipients that are kept of one mail. */
const MOST_RECIPIENTS = 10_000;

/** A path in angle brackets, or without, before parameters (RFC 5321 §4.1.2). */
const PATH = /^(?:FROM|TO)\s*:\s*(?:<([^>]*)>?|(\S*))/i;

/** What the two sides of a connection know of each other. */
export class SmtpSession {
  readonly connection: Connection;
  readonly roles: Roles;
  /** Whether the client asked for TLS and was not answered yet. */
  isUpgrading: boolean;
  /** Where DATA stands: not said, said and not answered, answered by 354; or over since the server answered the mail. */
  data: "none" | "asked" | "sent" | "over";
  /** The authentication that goes on. */
  readonly sasl: SaslDialogue;
  /** The envelope so far. */
  from: string | null;
  to: string[];
  private readonly waiting: WaitingCommands<SmtpCommandEvent>;

  constructor(connection: Connection, roles: Roles) {
    this.connection = connection;
    this.roles = roles;
    this.isUpgrading = false;
    this.data = "none";
    this.sasl = new SaslDialogue(connection, "smtp.auth");
    this.from = null;
    this.to = [];
    this.waiting = new WaitingCommands();
  }

  command(command: string, argument: string, place: Place): void {
    const { connection } = this;
    const credentials = command === "AUTH" ? this.sasl.begin(argument) : null;
    if (command !== "AUTH") this.sasl.end();
    const event: SmtpCommandEvent = {
      type: "smtp.command",
      connection: connection.info,
      place,
      command,
      argument,
      credentials,
    };
    this.waiting.add(event);
    if (command === "STARTTLS") this.isUpgrading = true;
    if (command === "DATA") this.data = "asked";
    this.envelope(command, argument);
    connection.emit(event);
  }

  /** Takes a reply; true where what follows is TLS (RFC 3207 §4). */
  reply(reply: Reply): boolean {
    const { connection } = this;
    const { code, lines, complete, place } = reply;
    // After missing bytes nobody knows which were answered; most clients wait for each answer.
    // What asks for TLS is the last that is asked before the answer.
    if (reply.isAfterGap || (this.isUpgrading && code === 220)) this.waiting.keepLast();
    const command = this.waiting.next;
    const isLast = code < 300 || code >= 400;
    if (isLast) this.waiting.answered();
    this.answered(command?.command ?? "", code, isLast);
    connection.emit({
      type: "smtp.reply",
      connection: connection.info,
      place,
      code,
      lines,
      command,
      complete,
    });
    return command?.command === "STARTTLS" && code === 220;
  }

  private answered(command: string, code: number, isLast: boolean): void {
    if (command === "STARTTLS") this.isUpgrading = false;
    if (command === "AUTH" && isLast) this.sasl.end();
    if (command !== "DATA") return;
    if (code === 354 && this.data === "asked") this.data = "sent";
    else if (isLast && this.data === "asked") this.data = "none";
    else if (isLast && this.data === "sent") this.data = "over";
  }

  private envelope(command: string, argument: string): void {
    if (command === "MAIL") {
      this.forget();
      const path = PATH.exec(argument);
      this.from = path?.[1] ?? path?.[2] ?? null;
    } else if (command === "RCPT" && this.to.length < MOST_RECIPIENTS) {
      const path = PATH.exec(argument);
      const to = path?.[1] ?? path?.[2];
      if (to !== undefined) this.to.push(to);
    } else if (/^(?:RSET|EHLO|HELO|LHLO)$/.test(command)) this.forget();
  }

  /** Begins a new envelope. */
  forget(): void {
    this.from = null;
    this.to = [];
  }
}
