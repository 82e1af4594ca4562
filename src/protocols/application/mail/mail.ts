import { coded } from "../../../schema/field.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import { fieldSeparator, fieldValue, lineEnd, lineEndSize } from "../http/text.ts";

/** A header field (RFC 5322 §2.2): its value may go on in lines that begin with a blank. */
export const mailField = record("mail.field", "Header Field", {
  spec: "RFC 5322 §2.2",
  filter: "imf",
})
  .text("name", "Name", { until: ":\r\n" }, { filter: null })
  .fields({
    separator: coded(fieldSeparator, "Separator", { filter: null }),
    value: coded(fieldValue, "Value", { filter: null }),
    end: coded(lineEnd, "Line End", { filter: null }),
  });

/** A mail (RFC 5322): header fields, and the body as payload. Streams of SMTP, POP and IMAP have it, no port does. */
export const mail = protocol({
  name: "mail",
  label: "Mail",
  title: "Internet Message Format",
  spec: "RFC 5322",
  filter: "imf",
})
  .list("headers", "Header Fields", mailField, {
    stop: (bytes, at, end) => lineEndSize(bytes, at, end) > 0,
  })
  .fields({ blankLine: coded(lineEnd, "End of Header", { filter: null }) });
