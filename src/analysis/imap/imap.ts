import { imap } from "../../protocols/application/imap/imap.ts";
import { readLatin1 } from "../../schema/value.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { rolesOf } from "../text/roles.ts";
import { showingSegments } from "../text/segments.ts";
import { becomeTls, waitForUpgrade } from "../text/upgrade.ts";
import { ImapSide } from "./message.ts";
import { ImapSession, isCommandText, isResponseText } from "./session.ts";

/** What a server says first (RFC 9051 §7.1). */
const GREETING = /^\* (?:OK|PREAUTH|BYE)[ \r]/i;

function firstLine({ bytes, start, end, available }: SideInput): string {
  const text = readLatin1(bytes, start, Math.min(end, start + Math.min(available, 512)));
  return text.split(/\r?\n/, 1)[0]!;
}

/** Ports of servers. */
const PORTS = [143];

function guess(first: FirstBytes): Verdict {
  const { isExpected } = first;
  const { client, server } = rolesOf(first, PORTS);
  if (server.available > 0) {
    const text = readLatin1(server.bytes, server.start, Math.min(server.end, server.start + 10));
    if (GREETING.test(text)) return "yes";
    if (server.available < 10 && !server.isBlocked) return "more";
    return isExpected && isResponseText(firstLine(server)) ? "yes" : "no";
  }
  if (client.available === 0) return "more";
  if (!isExpected) return "no";
  return isCommandText(firstLine(client)) ? "yes" : client.available < 8 ? "more" : "no";
}

function* readCommands(session: ImapSession, side: ImapSide): Waiting {
  const { connection } = session;
  for (;;) {
    const message = yield* side.message();
    if (message === null) break;
    const { text, place } = message;
    if (session.sasl.isOpen && !isCommandText(text)) session.sasl.answer(text, place);
    else if (!session.command(message) && !/^\s*(?:DONE)?\s*$/i.test(text))
      side.lines.note("garbage", place, "no command");
    if (session.upgrading === null) continue;
    if (yield* waitForUpgrade(session.roles, () => session.upgrading !== null))
      return becomeTls(connection);
    session.upgrading = null;
  }
}

function* readResponses(session: ImapSession, side: ImapSide): Waiting {
  const { connection } = session;
  for (;;) {
    const message = yield* side.message();
    if (message === null) break;
    const { text, place } = message;
    if (!isResponseText(text)) {
      if (text.trim() !== "") side.lines.note("garbage", place, "no response");
    } else if (session.response(message)) return becomeTls(connection);
  }
}

/** The Internet Message Access Protocol (RFC 9051, RFC 3501). */
export const imapApplication: Application = {
  name: "imap",
  ports: PORTS,
  protocols: [imap],
  guess,
  read(connection: Connection) {
    const roles = rolesOf(connection, PORTS);
    const { client, server } = roles;
    const session = new ImapSession(connection, roles);
    const isRefused = (text: string): boolean => session.isRefused(text);
    const commands = new ImapSide(connection, client, isCommandText, isRefused);
    const responses = new ImapSide(connection, server, isResponseText, () => false);
    return roles.order(
      showingSegments(connection, client, imap, readCommands(session, commands), "lines"),
      responses.showing(readResponses(session, responses)),
    );
  },
};
