import type { ConnectionInfo } from "../event.ts";
import type { SideInput, Waiting } from "../input.ts";

/** Who is the client of a connection, and who the server. */
export interface Roles {
  readonly client: SideInput;
  readonly server: SideInput;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  /** Readers of the two in the order of the sides. */
  order(client: Waiting, server: Waiting): readonly [Waiting, Waiting];
}

/**
 * The roles by ports, where only one of them is a server's: of a connection whose beginning is missing nobody knows who began
 * it, and in these protocols the server speaks first.
 */
export function rolesOf(
  {
    inputs,
    info,
  }: { readonly inputs: readonly [SideInput, SideInput]; readonly info: ConnectionInfo },
  ports: readonly number[],
): Roles {
  const [first, second] = inputs;
  if (ports.includes(info.dstPort) || !ports.includes(info.srcPort))
    return {
      client: first,
      server: second,
      clientAddress: info.src,
      clientPort: info.srcPort,
      serverAddress: info.dst,
      order: (client, server) => [client, server],
    };
  return {
    client: second,
    server: first,
    clientAddress: info.dst,
    clientPort: info.dstPort,
    serverAddress: info.src,
    order: (client, server) => [server, client],
  };
}
