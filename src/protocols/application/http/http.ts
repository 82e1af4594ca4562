import { coded } from "../../../schema/field.ts";
import { type ProtocolAbout, protocol, record } from "../../../schema/protocol.ts";
import { httpStatusNames } from "../../iana/http.ts";
import { tcpPorts } from "../../transport/tcp.ts";
import { udpPorts } from "../../transport/udp.ts";
import { isStartLine, isStatusLine } from "./start-line.ts";
import {
  blanks,
  fieldSeparator,
  fieldValue,
  lineEnd,
  lineEndSize,
  restOfLine,
  statusCode,
} from "./text.ts";

/** A request's first line (RFC 9112 §3). One without version is a simple request of HTTP/0.9. */
export const requestLine = record("http.requestLine", "Request Line", { spec: "RFC 9112 §3" })
  .text("method", "Method", { until: " \t\r\n" }, { filter: "request.method", default: "GET" })
  .fields({ space: coded(blanks, "Space", { filter: null }) })
  .text("uri", "Request Target", { until: " \t\r\n" }, { filter: "request.uri", default: "/" })
  .fields({
    space2: coded(blanks, "Space", { filter: null }),
    version: coded(restOfLine, "Version", { filter: "request.version", default: "HTTP/1.1" }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/** A response's first line (RFC 9112 §4). */
export const statusLine = record("http.statusLine", "Status Line", { spec: "RFC 9112 §4" })
  .text(
    "version",
    "Version",
    { until: " \t\r\n" },
    { filter: "response.version", default: "HTTP/1.1" },
  )
  .fields({
    space: coded(blanks, "Space", { filter: null }),
    code: coded(statusCode, "Status Code", { filter: "response.code", names: httpStatusNames }),
    space2: coded(blanks, "Space", { filter: null }),
    phrase: coded(restOfLine, "Reason Phrase", { filter: "response.phrase", default: "OK" }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/**
 * A header field (RFC 9112 §5). What is between name and value and at the end is kept as it is, so that a message can be
 * written again byte by byte; when building, name and value are enough.
 */
export const headerField = record("http.headerField", "Header Field", { spec: "RFC 9112 §5" })
  .text("name", "Name", { until: ":\r\n" }, { filter: null })
  .fields({
    separator: coded(fieldSeparator, "Separator", { filter: null }),
    value: coded(fieldValue, "Value", { filter: null }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/**
 * A message of HTTP's grammar as far as one segment or datagram has it: start line, header fields, and the body as
 * payload. `request` or `response` is there, as the start line says.
 */
const message = (about: ProtocolAbout) =>
  protocol(about)
    // The response comes first: bytes that are none yet, when building, make a request.
    .record("response", "Response", statusLine, {
      when: (h) => isStatusLine(h.layer.bytes, h.layer.start, h.layer.end),
    })
    .record("request", "Request", requestLine, {
      when: (h) => !isStatusLine(h.layer.bytes, h.layer.start, h.layer.end),
    })
    .list("headers", "Header Fields", headerField, {
      stop: (bytes, at, end) => lineEndSize(bytes, at, end) > 0,
    })
    .fields({ blankLine: coded(lineEnd, "End of Header", { filter: null }) });

/** Hypertext Transfer Protocol, version 1.1 and before (RFC 9112). */
export const http = message({
  name: "http",
  title: "Hypertext Transfer Protocol",
  spec: "RFC 9112",
  over: [tcpPorts.at(80, 3128, 3132, 5985, 8080, 8088, 11371, 1900, 2869, 2710)],
  test: isStartLine,
});

/** Simple Service Discovery Protocol: HTTP's messages in datagrams (UPnP Device Architecture 2.0 §1). */
export const ssdp = message({
  name: "ssdp",
  title: "Simple Service Discovery Protocol",
  spec: "UPnP Device Architecture 2.0",
  filter: "http",
  over: [udpPorts.at(1900)],
  test: isStartLine,
});
