import { serialAdd, serialDistance } from "../../bytes/serial.ts";
import type { Layer } from "../../schema/layer.ts";

/** What of a segment tells whether it answers another. */
interface Segment {
  readonly layer: Layer;
  readonly seq: number;
  readonly ack: number;
  readonly flags: {
    readonly ack: boolean;
    readonly rst: boolean;
    readonly syn: boolean;
    readonly fin: boolean;
  };
}

/** Sequence numbers that a segment takes: its data, and one for each of SYN and FIN (RFC 9293 §3.4). */
const lengthOf = ({ layer, flags }: Segment): number =>
  layer.end - layer.headerEnd + Number(flags.syn) + Number(flags.fin);

/**
 * Whether a segment of the other side answers one: it acknowledges all of it (RFC 9293 §3.4), or resets the connection as
 * that segment makes it (§3.5.2). Of a segment that takes no sequence numbers, it must not be older than what that one
 * acknowledges. Nothing answers a reset.
 */
export function acknowledges(own: Segment, request: Segment): boolean {
  if (request.flags.rst) return false;
  if (own.flags.rst && !own.flags.ack) return request.flags.ack && own.seq === request.ack;
  if (!own.flags.ack) return false;
  const length = lengthOf(request);
  const beyond = serialDistance(serialAdd(request.seq, length), own.ack);
  if (beyond < 0 || (own.flags.rst && !request.flags.ack && beyond !== 0)) return false;
  // Only an answer to the first segment of a connection can itself be a first one.
  if (own.flags.syn && !request.flags.syn) return false;
  return length > 0 || !request.flags.ack || serialDistance(request.ack, own.seq) >= 0;
}
