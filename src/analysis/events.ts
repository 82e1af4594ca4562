import type { DnsMessageEvent } from "./dns/dns.ts";
import type { StreamNote } from "./event.ts";
import type { FtpEvents } from "./ftp/events.ts";
import type { HttpEvents } from "./http/events.ts";
import type { Http2Events } from "./http2/events.ts";
import type { ImapEvents } from "./imap/events.ts";
import type { MailEvents } from "./mime/events.ts";
import type { PopEvents } from "./pop/events.ts";
import type { SmtpEvents } from "./smtp/events.ts";
import type { SshEvents } from "./ssh/events.ts";
import type { TelnetEvents } from "./telnet/events.ts";
import type { TlsEvents } from "./tls/events.ts";
import type { WebsocketEvents } from "./websocket/events.ts";

/**
 * All events by their type: what a consumer may switch on. An application that is not of this package adds its own by
 * declaration merging.
 */
export interface StreamEvents
  extends FtpEvents,
    ImapEvents,
    MailEvents,
    PopEvents,
    SmtpEvents,
    TelnetEvents,
    HttpEvents,
    Http2Events,
    WebsocketEvents,
    SshEvents,
    TlsEvents {
  note: StreamNote;
  "dns.message": DnsMessageEvent;
}

/** Anything that analysis tells. */
export type AnalysisEvent = StreamEvents[keyof StreamEvents];
