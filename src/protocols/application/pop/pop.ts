import { coded } from "../../../schema/field.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { lineEnd } from "../http/text.ts";
import { argument, hasWord, isCommandLine } from "../lines.ts";

/** How responses begin (RFC 1939 §3, RFC 5034 §4). */
const indicators: ReadonlySet<string> = /* @__PURE__ */ new Set(["+OK", "-ERR", "+"]);

const isResponse = (bytes: Uint8Array, start: number, end: number): boolean =>
  hasWord(bytes, start, end, indicators);

/** A command (RFC 1939 §3): `RETR 1`. */
export const popCommand = record("pop.command", "Command", { spec: "RFC 1939 §3" })
  .text("command", "Command", { until: " \t\r\n" }, { filter: "request.command", default: "NOOP" })
  .fields({
    argument: coded(argument, "Argument", { filter: "request.parameter" }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/** A line of a response (RFC 1939 §3): the first has the indicator; what follows are lines of any kind, then a dot. */
export const popResponse = record("pop.response", "Response", { spec: "RFC 1939 §3" })
  .text(
    "indicator",
    "Indicator",
    { until: " \t\r\n" },
    { filter: "response.indicator", default: "+OK" },
  )
  .fields({
    description: coded(argument, "Description", { filter: "response.description" }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/**
 * Post Office Protocol, version 3: the commands that a segment has, or a response. `responses` or `commands` are there, as the
 * first line says.
 */
export const pop = protocol({
  name: "pop",
  label: "POP",
  title: "Post Office Protocol",
  spec: "RFC 1939",
  over: [tcpPorts.at(110)],
  test: (bytes, start, end) => isResponse(bytes, start, end) || isCommandLine(bytes, start, end),
})
  .list("responses", "Responses", popResponse, {
    when: (h) => isResponse(h.layer.bytes, h.layer.start, h.layer.end),
  })
  .list("commands", "Commands", popCommand);
