import type { DnsMessageEvent } from "./dns/dns.ts";
import type { StreamNote } from "./event.ts";

/**
 * All events by their type: what a consumer may switch on. An application that is not of this package adds its own by
 * declaration merging.
 */
export interface StreamEvents {
  note: StreamNote;
  "dns.message": DnsMessageEvent;
}

/** Anything that analysis tells. */
export type AnalysisEvent = StreamEvents[keyof StreamEvents];
