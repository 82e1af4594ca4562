import type { AnyProtocol } from "../schema/protocol.ts";
import { ethernet } from "./link/ethernet.ts";
import { ipv4 } from "./network/ipv4.ts";
import { tcp } from "./transport/tcp.ts";
import { udp } from "./transport/udp.ts";

/** Every protocol of this package. Nothing registers itself by being imported: what takes part is what is passed on. */
export const all: readonly AnyProtocol[] = [ethernet, ipv4, tcp, udp];
