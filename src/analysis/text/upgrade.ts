import type { Connection } from "../application.ts";
import type { Waiting } from "../input.ts";
import type { Roles } from "./roles.ts";

/** What TLS begins with: a handshake record (RFC 8446 §5.1). */
const HANDSHAKE = 22;

/**
 * Waits on the client's side until its wish for TLS is answered, which `isPending` says: what it sends after the answer is
 * no command. True where nobody will answer and the bytes are those of TLS.
 */
export function* waitForUpgrade(
  { client, server }: Roles,
  isPending: () => boolean,
): Waiting<boolean> {
  while (isPending()) {
    const isSilent = server.offset === 0 && server.available === 0;
    if (server.isBlocked || client.isBlocked || (isSilent && client.available > 0))
      return client.available > 1 && client.bytes[client.start] === HANDSHAKE;
    yield;
  }
  return false;
}

/** Leaves what follows to TLS, where somebody reads that. */
export const becomeTls = (connection: Connection): void =>
  connection.become(connection.named("tls"));
