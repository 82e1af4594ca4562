import { readU16, readU32 } from "../bytes/numbers.ts";
import type { Packet } from "../packet/packet.ts";
import { ipv4 } from "../protocols/network/ipv4.ts";
import { ipv6 } from "../protocols/network/ipv6.ts";
import type { Layer } from "../schema/layer.ts";

/** The flags of a header that matter here (RFC 9293 §3.1). */
export const Flag = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;

const SHORTEST_HEADER = 20;

/** One segment, read from a packet. The same object is used for all, so that reading one allocates nothing. */
export class Segment {
  /** Sequence numbers as signed 32-bit integers, which are small to the engine. */
  seq = 0;
  ack = 0;
  flags = 0;
  /** The sequence number of the first byte of data: a SYN takes one (RFC 9293 §3.4). */
  data = 0;
  /** The array of the packet; where the data lies in it, as far as it was captured. */
  source: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Bytes of data on the wire. */
  length = 0;
  packet = 0;
  /** Where the packet begins in its array; -1 where the array is not that of a packet, but of a datagram put together. */
  base = 0;
  seconds = 0;
  nanoseconds = 0;

  /** Reads a header of TCP with what it carries; false where it contradicts itself, and so says nothing of data. */
  read(layer: Layer, packet: Packet, isWhole: boolean): boolean {
    const { bytes, start } = layer;
    this.seq = readU32(bytes, start + 4) | 0;
    this.ack = readU32(bytes, start + 8) | 0;
    this.flags = bytes[start + 13]!;
    this.data = (this.flags & Flag.syn) === 0 ? this.seq : (this.seq + 1) | 0;
    this.source = bytes;
    this.packet = packet.number;
    this.base = isWhole ? packet.start : -1;
    this.seconds = packet.seconds;
    this.nanoseconds = packet.nanoseconds;
    // From the field, since a header that the capture cut has no end in it.
    const header = (bytes[start + 12]! >> 4) * 4;
    const from = start + header;
    this.start = from;
    this.end = layer.end;
    this.length = Math.max(0, layer.end - from);
    if (packet.originalLength > packet.length)
      this.length = Math.max(this.length, sentEnd(layer, packet) - from);
    if (this.end < from) this.start = this.end;
    return header >= SHORTEST_HEADER;
  }

  /** Where a byte of the array lies in its packet. */
  placeOf(at: number): number {
    return this.base < 0 ? -1 : at - this.base;
  }
}

/** Where a layer's datagram ended on the wire, though the capture cut it: as the length of IP says, within the packet. */
function sentEnd(layer: Layer, packet: Packet): number {
  const end = packet.start + packet.originalLength;
  for (let l = layer.lower; l !== null; l = l.lower) {
    const { root } = l.schema;
    const at = l.start + (root === ipv4.schema ? 2 : 4);
    // Zero is left to the network card, or says that the length does not fit (RFC 2675).
    const length = root === ipv4.schema || root === ipv6.schema ? readU16(l.bytes, at) : 0;
    if (length === 0) continue;
    return Math.min(end, l.start + length + (root === ipv6.schema ? 40 : 0));
  }
  return end;
}
