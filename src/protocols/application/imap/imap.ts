import { coded } from "../../../schema/field.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { lineEnd, lineLimit } from "../http/text.ts";
import { argument, furtherWord, hasWord } from "../lines.ts";

/** What a status response says (RFC 9051 §7.1). */
const statuses: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "OK",
  "NO",
  "BAD",
  "BYE",
  "PREAUTH",
]);
/** Tags are short words (RFC 9051 §9, `tag`); a longer first word is something else. */
const LONGEST_TAG = 64;

/** A response begins with `*`, `+`, or the tag of its command and a status (RFC 9051 §2.2.2). */
function isResponse(bytes: Uint8Array, start: number, end: number): boolean {
  const tag = tagEnd(bytes, start, end);
  if (tag === start + 1 && (bytes[start] === 0x2a || bytes[start] === 0x2b)) return true;
  return tag > start && tag < end && hasWord(bytes, tag + 1, end, statuses);
}

/** Where the first word ends; `start` where it is no tag. */
function tagEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at - start <= LONGEST_TAG && bytes[at]! > 0x20 && bytes[at]! < 0x7f) at++;
  return at - start > LONGEST_TAG || (at < end && bytes[at]! > 0x20) ? start : at;
}

function isLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (isResponse(bytes, start, end)) return true;
  const tag = tagEnd(bytes, start, end);
  // A command has a word after its tag; a lone word answers a continuation request.
  return tag > start && (tag < end || lineLimit(bytes, start, end) === end);
}

/** A command's line (RFC 9051 §2.2.1): `a1 FETCH 1 (FLAGS)`. */
export const imapCommand = record("imap.command", "Command", { spec: "RFC 9051 §2.2.1" })
  .text("tag", "Tag", { until: " \t\r\n" }, { filter: "request_tag", default: "a1" })
  .fields({
    command: coded(furtherWord, "Command", { filter: "request.command" }),
    arguments: coded(argument, "Arguments", { filter: null }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/** A response's line (RFC 9051 §2.2.2): `* 3 EXISTS`, `a1 OK done`, `+ go on`. */
export const imapResponse = record("imap.response", "Response", { spec: "RFC 9051 §2.2.2" })
  .text("tag", "Tag", { until: " \t\r\n" }, { filter: "response_tag", default: "*" })
  .fields({
    status: coded(furtherWord, "Status", { filter: "response.status" }),
    text: coded(argument, "Text", { filter: null }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/**
 * Internet Message Access Protocol: the lines of commands or of responses that a segment has. Bytes of literals look like
 * lines here: only who reads the stream knows where they are.
 */
export const imap = protocol({
  name: "imap",
  title: "Internet Message Access Protocol",
  spec: "RFC 9051",
  over: [tcpPorts.at(143)],
  test: isLine,
})
  .list("responses", "Responses", imapResponse, {
    when: (h) => isResponse(h.layer.bytes, h.layer.start, h.layer.end),
  })
  .list("commands", "Commands", imapCommand);
