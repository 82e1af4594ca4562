import { Packet } from "../packet/packet.ts";
import type { LiveCollector } from "./collector.ts";
import type { PacketKind } from "./source.ts";

/**
 * Packets that came together. Their bytes are lent: they are right until the next batch is asked for. {@link copy} keeps
 * them.
 */
export class LiveBatch implements Iterable<Packet> {
  readonly packets: readonly Packet[];
  private readonly collector: LiveCollector;

  constructor(packets: readonly Packet[], collector: LiveCollector) {
    this.packets = packets;
    this.collector = collector;
  }

  get length(): number {
    return this.packets.length;
  }

  [Symbol.iterator](): Iterator<Packet> {
    return this.packets[Symbol.iterator]();
  }

  /** How a packet of this batch came: to this computer, to all, from here. */
  kindOf(packet: Packet): PacketKind | undefined {
    return this.collector.kindOf(packet);
  }

  /** The packets with bytes of their own, all in one array. */
  copy(): Packet[] {
    const { packets } = this;
    let length = 0;
    for (const packet of packets) length += packet.end - packet.start;
    const bytes = new Uint8Array(length);
    let at = 0;
    return packets.map((packet) => {
      const { data, start, end, originalLength, seconds, nanoseconds, number, origin } = packet;
      bytes.set(data.subarray(start, end), at);
      const to = at + end - start;
      const copy = new Packet(
        bytes,
        at,
        to,
        originalLength,
        seconds,
        nanoseconds,
        number,
        origin,
        null,
      );
      at = to;
      return copy;
    });
  }
}
