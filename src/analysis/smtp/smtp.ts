import { isCommandLine, isReplyLine } from "../../protocols/application/lines.ts";
import { smtp } from "../../protocols/application/smtp/smtp.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { readReplies } from "../text/replies.ts";
import { rolesOf } from "../text/roles.ts";
import { showingSegments } from "../text/segments.ts";
import { type TextLine, TextSide } from "../text/side.ts";
import { becomeTls, waitForUpgrade } from "../text/upgrade.ts";
import { SmtpMessage } from "./message.ts";
import { SmtpSession } from "./session.ts";
import { showingMail } from "./shown.ts";

const COMMAND = /^\s*([A-Za-z]{1,16})(?:[ \t]+(.*?))?[ \t]*$/s;

/** Commands that are in use (RFC 5321 §4.1, and its extensions): what tells them from mail and from answers of AUTH. */
const known =
  /^\s*(?:EHLO|HELO|LHLO|MAIL|RCPT|DATA|BDAT|RSET|VRFY|EXPN|HELP|NOOP|QUIT|TURN|ETRN|AUTH|STARTTLS|SEND|SOML|SAML|BURL|XCLIENT|XFORWARD)(?:\s|$)/i;

/** Ports of servers. */
const PORTS = [25, 587, 2525];

function guess(first: FirstBytes): Verdict {
  const { isExpected } = first;
  const { client, server } = rolesOf(first, PORTS);
  if (server.available > 0) {
    if (server.available < 4 && !server.isBlocked) return "more";
    if (!isReplyLine(server.bytes, server.start, server.end)) return "no";
    if (isExpected) return "yes";
    const text = String.fromCharCode(...server.copy(256));
    if (/^220[ -].*\b(?:e?smtp|lmtp)\b/i.test(text)) return "yes";
  }
  if (client.available === 0) return "more";
  if (isExpected) return isCommandLine(client.bytes, client.start, client.end) ? "yes" : "no";
  const text = String.fromCharCode(...client.copy(16));
  if (!text.includes("\n") && client.available < 16) return "more";
  return /^(?:EHLO|HELO|LHLO)[ \r]/i.test(text) ? "yes" : "no";
}

/** Reads what a client says: commands, answers of AUTH, and mails. */
class ClientReader {
  private readonly session: SmtpSession;
  private readonly connection: Connection;
  private readonly input: SideInput;
  private readonly side: TextSide;
  /** The mail that BDAT sends. */
  private chunked: SmtpMessage | null;

  constructor(session: SmtpSession, input: SideInput) {
    this.session = session;
    this.connection = session.connection;
    this.input = input;
    this.side = new TextSide(session.connection, input, "smtp", {
      isStart: (text) => known.test(text),
      // An answer of AUTH may be long (RFC 4954 §4).
      longest: 16_384,
    });
    this.chunked = null;
  }

  *read(): Waiting {
    const { session, connection, side } = this;
    for (;;) {
      const from = side.begin();
      const line = yield* side.line();
      if (line === null) break;
      const found = COMMAND.exec(line.text);
      const place = side.since(Math.max(from, line.from));
      if (session.sasl.isOpen && !known.test(line.text)) session.sasl.answer(line.text, place);
      else if (found === null) this.garbage(line);
      else {
        session.command(found[1]!.toUpperCase(), found[2] ?? "", place);
        yield* this.follow(found[1]!.toUpperCase(), found[2] ?? "", line);
        if (session.isUpgrading) {
          if (yield* waitForUpgrade(session.roles, () => session.isUpgrading))
            return becomeTls(connection);
          session.isUpgrading = false;
        }
      }
    }
    this.chunked?.end(false);
  }

  private garbage(line: TextLine): void {
    if (line.text.trim() !== "") this.side.noteLine("garbage", line, "no command");
  }

  /** Reads what comes behind a command. */
  private *follow(command: string, argument: string, line: TextLine): Waiting {
    if (command === "BDAT") yield* this.chunk(argument, line);
    else if (/^(?:RSET|MAIL|EHLO|HELO)$/.test(command)) {
      this.chunked?.end(false);
      this.chunked = null;
    }
    if (command !== "DATA") return;
    if (yield* this.isAccepted()) {
      yield* new SmtpMessage(this.session, this.input).lines();
    }
    this.session.data = "none";
  }

  /** Whether mail follows DATA: the server says so, or what follows is no command. */
  private *isAccepted(): Waiting<boolean> {
    const { session, input } = this;
    while (session.data === "asked") {
      const isEnough = input.available >= 10 || (input.available > 0 && input.isBlocked);
      if (isEnough) {
        const text = String.fromCharCode(...input.copy(10));
        if (known.test(text)) return false;
        session.data = "sent";
      } else if (input.isBlocked) return input.gap > 0;
      else yield;
    }
    return session.data === "sent";
  }

  private *chunk(argument: string, line: TextLine): Waiting {
    const found = /^(\d{1,15})(?:\s+(LAST))?\s*$/i.exec(argument);
    if (found === null) {
      this.side.noteLine("malformed", line, "BDAT without a size");
      return;
    }
    this.chunked ??= new SmtpMessage(this.session, this.input);
    const isLast = found[2] !== undefined;
    const isThere = yield* this.chunked.chunk(Number(found[1]), isLast);
    if (isLast || !isThere) this.chunked = null;
  }
}

/** The Simple Mail Transfer Protocol (RFC 5321, RFC 3030, RFC 3207, RFC 4954). */
export const smtpApplication: Application = {
  name: "smtp",
  ports: PORTS,
  protocols: [smtp],
  guess,
  read(connection: Connection) {
    const roles = rolesOf(connection, PORTS);
    const { client, server } = roles;
    const session = new SmtpSession(connection, roles);
    const replies = readReplies(connection, server, {
      protocol: "smtp",
      strict: true,
      take: (reply) => session.reply(reply),
    });
    return roles.order(
      showingMail(connection, client, new ClientReader(session, client).read()),
      showingSegments(connection, server, smtp, replies),
    );
  },
};
