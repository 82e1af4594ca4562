import { isCommandLine } from "../../protocols/application/lines.ts";
import { pop } from "../../protocols/application/pop/pop.ts";
import { readLatin1 } from "../../schema/value.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { MailTeller } from "../mime/mail.ts";
import { LineTaker, readDotBody } from "../text/dot-body.ts";
import { rolesOf } from "../text/roles.ts";
import { showingSegments } from "../text/segments.ts";
import { type TextLine, TextSide } from "../text/side.ts";
import { becomeTls, waitForUpgrade } from "../text/upgrade.ts";
import type { PopCommandEvent, PopResponseEvent } from "./events.ts";
import { PopSession } from "./session.ts";
import { PopShower } from "./shown.ts";

const COMMAND = /^\s*([A-Za-z]{3,12})(?:[ \t]+(.*?))?[ \t]*$/s;
const RESPONSE = /^(\+OK|-ERR|\+)(?:[ \t]+(.*))?$/is;

/** Commands that are in use (RFC 1939, RFC 2449, RFC 2595, RFC 5034): what tells them from answers of AUTH. */
const known =
  /^\s*(?:USER|PASS|APOP|AUTH|CAPA|STAT|LIST|RETR|DELE|NOOP|RSET|QUIT|TOP|UIDL|STLS|UTF8|LANG)(?:\s|$)/i;

const isResponseBytes = (bytes: Uint8Array, start: number, end: number): boolean =>
  /^(?:\+OK|-ERR)(?:\s|$)/i.test(readLatin1(bytes, start, Math.min(end, start + 5)));

/** Ports of servers. */
const PORTS = [110];

function guess(first: FirstBytes): Verdict {
  const { isExpected } = first;
  const { client, server } = rolesOf(first, PORTS);
  if (server.available > 0) {
    if (server.available < 4 && !server.isBlocked) return "more";
    return isResponseBytes(server.bytes, server.start, server.end) ? "yes" : "no";
  }
  if (client.available === 0) return "more";
  if (!isExpected) return "no";
  return isCommandLine(client.bytes, client.start, client.end) ? "yes" : "no";
}

/** Whether the response to a command goes on up to a line with a dot. */
function bodyOf({ command, argument }: PopCommandEvent): "mail" | "lines" | "none" {
  if (command === "RETR" || command === "TOP") return "mail";
  if (command === "CAPA") return "lines";
  return (command === "LIST" || command === "UIDL" || command === "AUTH") && argument === ""
    ? "lines"
    : "none";
}

function* readCommands(session: PopSession, input: SideInput): Waiting {
  const { connection } = session;
  const side = new TextSide(connection, input, "pop", {
    isStart: (text) => known.test(text),
  });
  for (;;) {
    const from = side.begin();
    const line = yield* side.line();
    if (line === null) return;
    const place = side.since(Math.max(from, line.from));
    const found = COMMAND.exec(line.text);
    if (session.sasl.isOpen && !known.test(line.text)) session.sasl.answer(line.text, place);
    else if (found !== null) session.command(found[1]!.toUpperCase(), found[2] ?? "", place);
    else if (line.text.trim() !== "") side.noteLine("garbage", line, "no command");
    if (yield* waitForUpgrade(session.roles, () => session.isUpgrading))
      return becomeTls(connection);
    session.isUpgrading = false;
  }
}

/** Reads what a server says. */
class ServerReader {
  private readonly session: PopSession;
  private readonly input: SideInput;
  private readonly side: TextSide;

  constructor(session: PopSession, input: SideInput) {
    this.session = session;
    this.input = input;
    this.side = new TextSide(session.connection, input, "pop", {
      isStart: (text) => RESPONSE.test(text),
    });
  }

  *read(): Waiting {
    const { session, side } = this;
    const { connection } = session;
    for (;;) {
      const from = side.begin();
      const line = yield* side.line();
      if (line === null) return;
      const found = RESPONSE.exec(line.text);
      if (line.isAfterGap) session.responsesMissing();
      if (found === null) {
        if (line.text.trim() !== "") side.noteLine("garbage", line, "no response");
      } else if (yield* this.response(found, line, Math.max(from, line.from)))
        return becomeTls(connection);
    }
  }

  private *response(found: RegExpExecArray, line: TextLine, from: number): Waiting<boolean> {
    const { session, side } = this;
    const status = found[1]!.toUpperCase() as PopResponseEvent["status"];
    const text = found[2] ?? "";
    const command = session.next;
    const body = status === "+OK" && command !== null ? bodyOf(command) : "none";
    if (body === "lines") {
      const taker = new LineTaker();
      yield* readDotBody(side, taker, isResponseBytes);
      if (taker.isFull) side.noteLine("limit", line, "a list has more lines than what is kept");
      const { lines, complete } = taker;
      return session.response({ status, text, lines, complete, place: side.since(from) });
    }
    const place = side.since(from);
    const isUpgrade = session.response({ status, text, lines: [], complete: true, place });
    if (body === "mail") {
      const about = { protocol: "pop", sender: null, recipients: [] } as const;
      const mail = new MailTeller(session.connection, this.input, about);
      yield* readDotBody(side, mail, isResponseBytes);
    }
    return isUpgrade;
  }
}

/** The Post Office Protocol (RFC 1939, RFC 2595, RFC 5034). */
export const popApplication: Application = {
  name: "pop",
  ports: PORTS,
  protocols: [pop],
  guess,
  read(connection: Connection) {
    const roles = rolesOf(connection, PORTS);
    const { client, server } = roles;
    const session = new PopSession(connection, roles);
    const shower = new PopShower(connection);
    const responses = new ServerReader(session, server).read();
    return roles.order(
      showingSegments(connection, client, shower.commands, readCommands(session, client)),
      showingSegments(connection, server, shower.responses, responses),
    );
  },
};
