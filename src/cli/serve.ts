import { hexDump } from "../bytes/hex.ts";
import { firstInterface } from "../live/devices.ts";
import { RawSocket } from "../live/raw-socket.ts";
import { type RawRequest, RawServer } from "../live/server.ts";
import { SocketSource } from "../live/socket-source.ts";
import { onInterrupt } from "./live-options.ts";
import { complain, UsageError } from "./run.ts";

interface ServeOptions {
  readonly interface?: string;
  readonly etherType?: string;
}

/** What a server does with a frame. */
const handlers: Readonly<Record<string, (request: RawRequest) => void>> = {
  /** Sends the data back to where it came from. */
  echo({ packet, reply }) {
    reply(packet.data);
    console.log(packet.summary);
  },
  /** Shows the data. */
  hexdump({ packet }) {
    console.log(`${packet.summary}\n${hexDump(packet.data)}`);
  },
};

/** `wirecraft serve`: answers frames of one EtherType, until Ctrl-C. */
export async function serve(what: string, options: ServeOptions): Promise<void> {
  const handler = handlers[what.toLowerCase()];
  if (handler === undefined)
    throw new UsageError(`'${what}' is not known; there are ${Object.keys(handlers).join(", ")}`);
  const etherType = Number(options.etherType ?? 0x88b5);
  if (!Number.isInteger(etherType) || etherType < 1 || etherType > 0xffff)
    throw new UsageError(`--ether-type: a number 1..0xffff is wanted, not '${options.etherType}'`);
  const device = options.interface ?? firstInterface().name;
  const socket = new RawSocket(new SocketSource(device, { etherType }), { etherType });
  const server = new RawServer(socket, { handle: handler });
  const forget = onInterrupt(() => void server.stop());
  complain(`${what} for EtherType 0x${etherType.toString(16).padStart(4, "0")} on ${device}`);
  try {
    await server.spin();
  } finally {
    forget();
    socket.close();
    complain(`${server.handled} frames handled, ${server.refused} refused`);
  }
}
