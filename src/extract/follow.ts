import type { Packet } from "../packet/packet.ts";
import { TcpReassembly } from "../reassembly/tcp.ts";
import { type CollectedStream, StreamCollector } from "../reassembly/tcp-collector.ts";
import type { TcpReassemblyOptions } from "../reassembly/tcp-options.ts";
import { FlowTrace, type FlowTraceOptions, type TraceIndex } from "./trace.ts";

/** What one packet of a followed connection said. */
export interface SaidPiece {
  /** Whether who sent the first packet of the connection said it, or the other end. */
  readonly from: "first" | "other";
  readonly bytes: Uint8Array;
  /** Number of the packet that brought it. */
  readonly packet: number;
}

/** A TCP connection with its packets and what was said: PyPCAPKit's `Stream`. */
export interface FollowedFlow {
  /** The file that its packets went to; `null` where nothing is written. */
  readonly filename: string | null;
  /** `src_sport-dst_dport-timestamp`, as in a trace. */
  readonly label: string;
  /** Numbers of its packets, in order. */
  readonly packets: readonly number[];
  /** What was said, both sides in the order in which that was known: each byte once. */
  readonly conversations: readonly SaidPiece[];
}

/** How connections are followed: as flows are traced, and as streams are put together. */
export interface FollowTcpOptions extends FlowTraceOptions {
  readonly reassembly?: Omit<TcpReassemblyOptions, "consumer">;
}

/**
 * Follows all TCP connections of a capture: each with the numbers of its packets and the bytes that were said, in order and
 * without what was sent twice. All of it is kept in memory; for streams as they come there is `reassembleTcp`.
 *
 * @example for (const { label, conversations } of await followTcpStream(openCapture("web.pcap"))) console.log(label, conversations.length);
 */
export async function followTcpStream(
  packets: Iterable<Packet> | AsyncIterable<Packet>,
  options: FollowTcpOptions = {},
): Promise<FollowedFlow[]> {
  const { reassembly: settings = {}, ...traceOptions } = options;
  const trace = new FlowTrace({ ...traceOptions, keep: true });
  const streams: CollectedStream[] = [];
  const consumer = new StreamCollector({ onStream: (stream) => streams.push(stream) });
  const reassembly = new TcpReassembly({ ...settings, consumer });
  for await (const packet of packets) {
    trace.add(packet);
    reassembly.add(packet);
  }
  reassembly.flush();
  const traced = trace.finish().filter(({ flow }) => flow.connection !== null);
  return withSaid(traced, streams);
}

/** Puts what was said to the flow of the packet that brought it. */
function withSaid(
  traced: readonly TraceIndex[],
  streams: readonly CollectedStream[],
): FollowedFlow[] {
  const said = new Map<TraceIndex, SaidPiece[]>(traced.map((one) => [one, []]));
  const byPacket = new Map(traced.flatMap((one) => one.index.map((n) => [n, one] as const)));
  for (const { stream, pieces } of streams)
    for (const { side, bytes, packet } of pieces) {
      const flow = byPacket.get(packet);
      if (bytes === null || flow === undefined) continue;
      const from = side === stream.first ? "first" : "other";
      said.get(flow)!.push({ from, bytes, packet });
    }
  return traced.map((one) => ({
    filename: one.fpout,
    label: one.label,
    packets: one.index,
    conversations: said.get(one)!,
  }));
}
