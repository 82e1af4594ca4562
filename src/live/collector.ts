import type { Dissector, Entry } from "../packet/dissector.ts";
import { nothing } from "../packet/nothing.ts";
import { type Origin, Packet } from "../packet/packet.ts";
import { linkTypes } from "../protocols/link/ethernet.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import { kinds, type PacketKind, type PacketSink } from "./source.ts";

/**
 * Room for packets: an array that grows as they come is copied time and again. Never of none, since arrays that have places at
 * first and those that have not are of different shapes, and code that sees both is slower.
 */
const places = (count: number): Packet[] => new Array(Math.max(1, count));

/** Makes packets of what a source hands out. */
export class LiveCollector implements PacketSink {
  /** Packets so far. */
  count: number;
  private readonly origin: Origin;
  /** The packets since the last time, `length` of them: as many places are there as the batch before had. */
  private batch: Packet[];
  private length: number;
  /** How the packets of the batch came, and the number of the first of them. */
  private kinds: number[];
  private first: number;

  /** `lowest` is the protocol that packets begin with, where that is not the link type's. */
  constructor(dissector: Dissector, linkType: number, lowest?: AnyProtocol) {
    const entry: Entry = dissector.entry(
      lowest ?? dissector.lookup(linkTypes, linkType) ?? nothing,
    );
    this.origin = { entry, linkType: lowest === undefined ? linkType : -1, interfaceIndex: 0 };
    this.count = 0;
    this.batch = places(1);
    this.length = 0;
    this.kinds = [];
    this.first = 1;
  }

  packet(
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    kind: number,
  ): void {
    const at = this.length++;
    const { origin } = this;
    const number = ++this.count;
    this.batch[at] = new Packet(
      bytes,
      start,
      end,
      originalLength,
      seconds,
      nanoseconds,
      number,
      origin,
      null,
    );
    this.kinds[at] = kind;
  }

  /** The packets since the last time, none where there are none. */
  take(): Packet[] {
    const { batch, length } = this;
    this.first = this.count - length + 1;
    batch.length = length;
    this.batch = places(length);
    this.length = 0;
    return batch;
  }

  /** How a packet of the last batch came. */
  kindOf(packet: Packet): PacketKind | undefined {
    return kinds[this.kinds[packet.number - this.first] ?? -1];
  }
}
