import type { Extra, Override } from "./context.ts";
import { frameExtra } from "./frame.ts";
import { tcpExtra } from "./tcp.ts";
import { udpExtra } from "./udp.ts";

/** Everything that only Wireshark prints, by protocol. */
export const extras: readonly Extra[] = [frameExtra, tcpExtra, udpExtra];

/** Declared fields that Wireshark prints in its own way. */
export const overrides: readonly Override[] = [];
