import type { Block } from "../files/blocks.ts";
import { type PacketOptions, readPacketOptions } from "../files/options.ts";
import type { CaptureInterface } from "../files/record.ts";
import type { RecordCollector } from "../files/stream.ts";
import type { Dissector } from "../packet/dissector.ts";
import { nothing } from "../packet/nothing.ts";
import { type Origin, Packet } from "../packet/packet.ts";
import { linkTypes } from "../protocols/link/ethernet.ts";
import type { CaptureChunk, PlacedBlock } from "./chunk.ts";

/** What a capture says of one packet beside its bytes and time: where its options lie in the chunk. */
export interface PacketOptionsPlace {
  readonly start: number;
  readonly end: number;
  readonly littleEndian: boolean;
}

/** One interface of a capture with what dissection of its packets starts from. */
export interface CaptureOrigin extends Origin {
  readonly info: CaptureInterface;
}

/** Makes packets of records: the sink behind `openCapture`. */
export class PacketCollector implements RecordCollector<Packet[]> {
  /** Interfaces in order of appearance. */
  readonly origins: CaptureOrigin[];
  /** Packets so far. */
  count: number;
  private readonly dissector: Dissector;
  private readonly onBlock: ((block: Block) => void) | undefined;
  private readonly customBlocks: boolean;
  private batch: Packet[];
  /** Options of the few packets that have any. */
  private readonly options: WeakMap<Packet, PacketOptionsPlace>;

  constructor(dissector: Dissector, onBlock?: (block: Block) => void, customBlocks = false) {
    this.customBlocks = customBlocks;
    this.dissector = dissector;
    this.onBlock = onBlock;
    this.origins = [];
    this.batch = [];
    this.count = 0;
    this.options = new WeakMap();
  }

  interface(info: CaptureInterface): void {
    const first = this.dissector.lookup(linkTypes, info.linkType) ?? nothing;
    const entry = this.dissector.entry(first);
    this.origins[info.index] = {
      entry,
      linkType: info.linkType,
      interfaceIndex: info.index,
      info,
    };
  }

  block(block: Block): void {
    this.onBlock?.(block);
    if (!this.customBlocks || block.kind !== "custom") return;
    const { data } = block;
    const origin: Origin = {
      entry: this.dissector.entry(nothing),
      linkType: -1,
      interfaceIndex: -1,
    };
    const number = ++this.count;
    this.batch.push(new Packet(data, 0, data.length, data.length, 0, -1, number, origin, null));
  }

  record(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex: number,
    optionsStart: number,
    optionsEnd: number,
    littleEndian: boolean,
  ): void {
    const origin = this.origins[interfaceIndex]!;
    const number = ++this.count;
    const packet = new Packet(
      b,
      start,
      end,
      originalLength,
      seconds,
      nanoseconds,
      number,
      origin,
      null,
    );
    // An index, not push: V8 makes one store of it, also where it has seen many kinds of arrays.
    this.batch[this.batch.length] = packet;
    if (optionsStart < optionsEnd)
      this.options.set(packet, { start: optionsStart, end: optionsEnd, littleEndian });
  }

  /** Comments and the other options that a pcapng gives a packet; `undefined` where it has none. */
  optionsOf(packet: Packet): PacketOptions | undefined {
    const place = this.options.get(packet);
    if (place === undefined) return undefined;
    return readPacketOptions(packet.data, place.start, place.end, place.littleEndian);
  }

  take(): Packet[] | undefined {
    if (this.batch.length === 0) return undefined;
    const { batch } = this;
    this.batch = [];
    return batch;
  }
}

/** Makes packets and keeps them in order with everything between them: the sink behind {@link Capture.chunks}. */
export class ChunkCollector implements RecordCollector<CaptureChunk> {
  private readonly packets: PacketCollector;
  private blocks: PlacedBlock[];
  private starts: number[];
  /** Packets before this chunk. */
  private before: number;

  constructor(packets: PacketCollector) {
    this.packets = packets;
    this.blocks = [];
    this.starts = [];
    this.before = 0;
  }

  /** Goes on with the packet behind `count`, whatever came before. */
  goOn(count: number): void {
    this.packets.count = this.before = count;
  }

  interface(info: CaptureInterface): void {
    this.packets.interface(info);
  }

  block(block: Block): void {
    const at = this.packets.count - this.before;
    this.blocks.push({ at, block });
    this.packets.block(block);
    // A block that counts as a packet.
    if (this.packets.count - this.before > at) this.starts.push(-1);
  }

  record(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex: number,
    optionsStart: number,
    optionsEnd: number,
    littleEndian: boolean,
    recordStart: number,
  ): void {
    this.starts[this.starts.length] = recordStart;
    this.packets.record(
      b,
      start,
      end,
      originalLength,
      seconds,
      nanoseconds,
      interfaceIndex,
      optionsStart,
      optionsEnd,
      littleEndian,
    );
  }

  take(bytes: Uint8Array, base: number): CaptureChunk | undefined {
    const packets = this.packets.take() ?? [];
    const { blocks, starts } = this;
    if (packets.length === 0 && blocks.length === 0) return undefined;
    this.blocks = [];
    this.starts = [];
    this.before = this.packets.count;
    return { packets, blocks, bytes, base, starts };
  }
}
