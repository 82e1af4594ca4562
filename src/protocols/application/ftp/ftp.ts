import { coded } from "../../../schema/field.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { lineEnd, restOfLine, statusCode } from "../http/text.ts";
import { argument, isCommandLine, isReplyLine } from "../lines.ts";
import { ftpReplyNames } from "./replies.ts";

/** A command (RFC 959 §5.3): `RETR file.txt`. */
export const ftpCommand = record("ftp.command", "Command", { spec: "RFC 959 §5.3" })
  .text("command", "Command", { until: " \t\r\n" }, { filter: "request.command", default: "NOOP" })
  .fields({
    argument: coded(argument, "Argument", { filter: "request.arg" }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/**
 * One line of a reply (RFC 959 §4.2): a code and a text. Lines amid a reply of several may have no code; all but the last
 * with one have a hyphen behind it.
 */
export const ftpReply = record("ftp.reply", "Reply", { spec: "RFC 959 §4.2" })
  .when((h) => isReplyLine(h.layer.bytes, h.layer.start, h.layer.end), {
    code: coded(statusCode, "Reply Code", { filter: "response.code", names: ftpReplyNames }),
  })
  .text("separator", "Separator", { of: " -", max: 1 }, { filter: null, default: " " })
  .fields({
    text: coded(restOfLine, "Text", { filter: "response.arg" }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/**
 * The control connection of the File Transfer Protocol: the commands or lines of replies that a segment has. `replies` or
 * `commands` are there, as the first line says.
 */
export const ftp = protocol({
  name: "ftp",
  title: "File Transfer Protocol",
  spec: "RFC 959",
  over: [tcpPorts.at(21)],
  test: (bytes, start, end) => isReplyLine(bytes, start, end) || isCommandLine(bytes, start, end),
})
  .list("replies", "Replies", ftpReply, {
    when: (h) => isReplyLine(h.layer.bytes, h.layer.start, h.layer.end),
  })
  .list("commands", "Commands", ftpCommand);
