import { ftp } from "../../protocols/application/ftp/ftp.ts";
import { isCommandLine, isReplyLine } from "../../protocols/application/lines.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { readReplies } from "../text/replies.ts";
import { rolesOf } from "../text/roles.ts";
import { showingSegments } from "../text/segments.ts";
import { TextSide } from "../text/side.ts";
import { becomeTls, waitForUpgrade } from "../text/upgrade.ts";
import { FtpSession } from "./session.ts";

/** A command and its argument; clients send codes of Telnet before an interrupting one (RFC 959 §4.1.3). */
const COMMAND = /^[\s\xf0-\xff]*([A-Za-z]{3,16})(?:[ \t]+(.*?))?\s*$/s;

/** Commands by which a client that nobody expected is known to speak FTP. */
const opening = /^(?:USER|AUTH|FEAT|SYST|PBSZ|OPTS|HOST)\b/i;

/** Ports of servers. */
const PORTS = [21];

function guess(first: FirstBytes): Verdict {
  const { isExpected } = first;
  const { client, server } = rolesOf(first, PORTS);
  if (server.available > 0) {
    if (server.available < 4 && !server.isBlocked) return "more";
    if (!isReplyLine(server.bytes, server.start, server.end)) return "no";
    if (isExpected) return "yes";
    const text = String.fromCharCode(...server.copy(256));
    if (/^(?:220|120)[ -].*\bftp/i.test(text)) return "yes";
    if (/^220[ -].*\b(?:e?smtp|mail)\b/i.test(text)) return "no";
  }
  if (client.available === 0) return "more";
  if (isExpected) return isCommandLine(client.bytes, client.start, client.end) ? "yes" : "no";
  if (client.bytes.indexOf(10, client.start) < 0) return client.available > 64 ? "no" : "more";
  const text = String.fromCharCode(...client.copy(16));
  return server.available > 0 && opening.test(text) && !/^HOST:/i.test(text) ? "yes" : "no";
}

function* readCommands(session: FtpSession, input: SideInput): Waiting {
  const { connection } = session;
  const side = new TextSide(connection, input, "ftp", {
    isStart: (text) => COMMAND.test(text),
  });
  for (;;) {
    const from = side.begin();
    const line = yield* side.line();
    if (line === null) return;
    const found = COMMAND.exec(line.text);
    if (found === null) {
      if (line.text.trim() !== "") side.noteLine("garbage", line, "no command");
      continue;
    }
    session.command(found[1]!.toUpperCase(), found[2] ?? "", side.since(Math.max(from, line.from)));
    if (yield* waitForUpgrade(session.roles, () => session.isUpgrading))
      return becomeTls(connection);
    session.isUpgrading = false;
  }
}

/** The control connection of the File Transfer Protocol (RFC 959, RFC 2428, RFC 4217). */
export const ftpApplication: Application = {
  name: "ftp",
  ports: PORTS,
  protocols: [ftp],
  guess,
  read(connection: Connection) {
    const roles = rolesOf(connection, PORTS);
    const { client, server } = roles;
    const session = new FtpSession(connection, roles);
    const replies = readReplies(connection, server, {
      protocol: "ftp",
      strict: false,
      take: (reply) => session.reply(reply),
    });
    return roles.order(
      showingSegments(connection, client, ftp, readCommands(session, client)),
      showingSegments(connection, server, ftp, replies),
    );
  },
};
