import type { StreamEvent } from "../event.ts";

/** What one side typed or printed: bytes between commands (RFC 854). */
export interface TelnetDataEvent extends StreamEvent {
  readonly type: "telnet.data";
  /** Without doubling of the byte 255. Borrowed: valid while the event is told. */
  readonly bytes: Uint8Array;
  /** The same as text: UTF-8 where it is that, ISO 8859-1 where not. */
  readonly text: string;
}

/** A command without option: interrupt, are you there, go ahead (RFC 854). */
export interface TelnetCommandEvent extends StreamEvent {
  readonly type: "telnet.command";
  readonly command: number;
}

/** A word of a negotiation (RFC 855). */
export interface TelnetNegotiationEvent extends StreamEvent {
  readonly type: "telnet.negotiation";
  readonly verb: "will" | "wont" | "do" | "dont";
  readonly option: number;
}

/** What one side says of an option that both agreed on (RFC 855). */
export interface TelnetSubnegotiationEvent extends StreamEvent {
  readonly type: "telnet.subnegotiation";
  readonly option: number;
  /** Its parameters, without doubling of the byte 255. */
  readonly data: Uint8Array;
  /** Whether its end was there, and nothing beyond what is kept. */
  readonly complete: boolean;
}

/** Everything that Telnet tells, by its type. */
export interface TelnetEvents {
  "telnet.data": TelnetDataEvent;
  "telnet.command": TelnetCommandEvent;
  "telnet.negotiation": TelnetNegotiationEvent;
  "telnet.subnegotiation": TelnetSubnegotiationEvent;
}
