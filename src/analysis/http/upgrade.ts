import type { Connection } from "../application.ts";
import type { HttpRequestEvent, HttpResponseEvent } from "./events.ts";

/** The exchange by which a connection left HTTP/1: Upgrade (RFC 9110 §7.8) or CONNECT (§9.3.6). */
export interface HttpUpgrade {
  readonly request: HttpRequestEvent | null;
  readonly response: HttpResponseEvent;
  /** What the response names, lower case: `websocket`, `h2c`; empty after CONNECT. */
  readonly protocol: string;
}

/**
 * How connections came to be another application's: what reads on asks for the exchange, which holds extensions, keys and
 * settings.
 *
 * @example const upgrade = connection.shared(httpUpgrades).get(connection);
 */
export const httpUpgrades = (): WeakMap<Connection, HttpUpgrade> => new WeakMap();
