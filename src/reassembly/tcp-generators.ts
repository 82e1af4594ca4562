import type { Packet } from "../packet/packet.ts";
import { TcpReassembly } from "./tcp.ts";
import { type CollectedStream, StreamCollector } from "./tcp-collector.ts";
import type { TcpReassemblyOptions } from "./tcp-options.ts";

/** Options of {@link reassembleTcp}. */
export interface TcpStreamsOptions extends Omit<TcpReassemblyOptions, "consumer"> {
  /** Whether streams of which something is missing, or that were not captured to their ends, are given too: true unless told. */
  readonly includeIncomplete?: boolean;
  /** Bytes kept of one stream at most: 256 MiB unless told. */
  readonly maxStreamBytes?: number;
}

/** The streams of packets that have data, each when it closes; at the end those that are still open. */
export function* reassembleTcpSync(
  packets: Iterable<Packet>,
  options: TcpStreamsOptions = {},
): Generator<CollectedStream, void, undefined> {
  const { take, end } = collecting(options);
  for (const packet of packets) yield* take(packet);
  yield* end();
}

/**
 * The streams of packets that have data, each when it closes: of a capture, or of an interface while packets come.
 *
 * @example for await (const { client, server } of reassembleTcp(openCapture("http.pcap"))) console.log(client.size, server.size);
 */
export async function* reassembleTcp(
  packets: AsyncIterable<Packet> | Iterable<Packet>,
  options: TcpStreamsOptions = {},
): AsyncGenerator<CollectedStream, void, undefined> {
  const { take, end } = collecting(options);
  for await (const packet of packets) yield* take(packet);
  yield* end();
}

const nothing: readonly CollectedStream[] = [];

/** What one packet after the other brings. */
function collecting(options: TcpStreamsOptions) {
  const { includeIncomplete = true, maxStreamBytes, ...others } = options;
  let found: CollectedStream[] = [];
  const consumer = new StreamCollector({
    onStream(one) {
      if (one.completed || includeIncomplete) found.push(one);
    },
    ...(maxStreamBytes === undefined ? {} : { maxStreamBytes }),
  });
  const reassembly = new TcpReassembly({ ...others, consumer });
  const drain = (): readonly CollectedStream[] => {
    if (found.length === 0) return nothing;
    const taken = found;
    found = [];
    return taken;
  };
  return {
    take(packet: Packet): readonly CollectedStream[] {
      reassembly.add(packet);
      return drain();
    },
    end(): readonly CollectedStream[] {
      reassembly.flush();
      return drain();
    },
  };
}
