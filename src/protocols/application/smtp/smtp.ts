import { coded } from "../../../schema/field.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { lineEnd, restOfLine, statusCode } from "../http/text.ts";
import { argument, isCommandLine, isReplyLine } from "../lines.ts";
import { smtpReplyNames } from "./replies.ts";

/** A command (RFC 5321 §4.1): `MAIL FROM:<a@example.org>`. */
export const smtpCommand = record("smtp.command", "Command", { spec: "RFC 5321 §4.1" })
  .text("command", "Command", { until: " \t\r\n" }, { filter: "req.command", default: "NOOP" })
  .fields({
    argument: coded(argument, "Argument", { filter: "req.parameter" }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/** One line of a reply (RFC 5321 §4.2): all but the last have a hyphen behind their code. */
export const smtpReply = record("smtp.reply", "Reply", { spec: "RFC 5321 §4.2" })
  .when((h) => isReplyLine(h.layer.bytes, h.layer.start, h.layer.end), {
    code: coded(statusCode, "Reply Code", { filter: "response.code", names: smtpReplyNames }),
  })
  .text("separator", "Separator", { of: " -", max: 1 }, { filter: null, default: " " })
  .fields({
    text: coded(restOfLine, "Text", { filter: "rsp.parameter" }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/**
 * Simple Mail Transfer Protocol: the commands or the lines of replies that a segment has. `replies` or `commands` are there,
 * as the first line says. Mail itself is not told from nonsense by one segment: that is for who reads the stream.
 */
export const smtp = protocol({
  name: "smtp",
  title: "Simple Mail Transfer Protocol",
  spec: "RFC 5321",
  over: [tcpPorts.at(25, 587)],
  test: (bytes, start, end) => isReplyLine(bytes, start, end) || isCommandLine(bytes, start, end),
})
  .list("replies", "Replies", smtpReply, {
    when: (h) => isReplyLine(h.layer.bytes, h.layer.start, h.layer.end),
  })
  .list("commands", "Commands", smtpCommand);

/**
 * A part of a mail on its way after DATA or BDAT (RFC 5321 §4.1.1.4, RFC 3030 §2): lines as they are sent, dots before dots
 * not taken away. Only who reads the stream knows where they are.
 */
export const smtpData = protocol({
  name: "smtpData",
  label: "SMTP-Data",
  title: "SMTP Mail Data",
  spec: "RFC 5321 §4.1.1.4",
  filter: "smtp",
}).bytes("data", "Data", "rest", { filter: null });
