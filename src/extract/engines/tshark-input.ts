import type { CaptureChunk } from "../../capture/chunk.ts";
import type { CaptureOrigin } from "../../capture/collector.ts";
import type { Block } from "../../files/blocks.ts";
import { PcapngWriter } from "../../files/pcapng-writer.ts";
import { NANOSECONDS } from "../../files/timestamp.ts";
import type { Packet } from "../../packet/packet.ts";

/** A block type of those for local use (draft-ietf-opsawg-pcapng §10.1), which tshark passes over. */
const FILLING = 0x8000_5757;
/** More than the reader of tshark waits for before it looks at what it has. */
const FILLING_BYTES = 8192;

/** Blocks that tshark needs; of others it makes frames (journals), or nothing. */
const wanted: ReadonlySet<Block["kind"]> = new Set([
  "pcapHeader",
  "sectionHeader",
  "interfaceDescription",
  "nameResolution",
  "decryptionSecrets",
]);

/**
 * Captures as tshark is given them: a pcapng file with all interfaces, and the packets and keys of the capture, byte for byte
 * where it is one already. So compressed captures, and packets of no file, go the same way.
 */
export class TsharkInput {
  private readonly writer: PcapngWriter;
  /** Interfaces of packets that no block describes, by link type. */
  private readonly described: Map<number, number>;
  private format: "pcap" | "pcapng" | null;

  constructor() {
    this.writer = new PcapngWriter();
    this.described = new Map();
    this.format = null;
  }

  /** Whether tshark is told of sections and interfaces that the capture itself has not. */
  get isWrapped(): boolean {
    return this.format !== "pcapng";
  }

  /** The blocks and packets of a chunk. */
  encode({ packets, blocks, starts, bytes }: CaptureChunk): Uint8Array {
    let next = 0;
    for (const [i, packet] of packets.entries()) {
      const isBlock = starts[i] === -1 && packet.origin.linkType === -1;
      for (; next < blocks.length && blocks[next]!.at <= i; next++)
        this.block(blocks[next]!.block, isBlock && blocks[next]!.at === i);
      if (!isBlock) this.packet(packet, bytes, starts[i] ?? -1);
    }
    for (; next < blocks.length; next++) this.block(blocks[next]!.block, false);
    return this.writer.take();
  }

  private block(block: Block, isPacket: boolean): void {
    if (block.kind === "pcapHeader") this.format = "pcap";
    if (block.kind === "sectionHeader") this.format = "pcapng";
    // A custom block is a frame to tshark: it gets one only where it counts as one here.
    if (wanted.has(block.kind) || (isPacket && block.kind === "custom")) this.writer.block(block);
  }

  private packet(packet: Packet, bytes: Uint8Array, start: number): void {
    const { data, end, originalLength, seconds, nanoseconds, origin } = packet;
    if (!("info" in origin) || start < 0) {
      const at = this.interfaceFor(origin.linkType);
      this.writer.write(data, packet.start, end, originalLength, seconds, nanoseconds, at);
      return;
    }
    const { info } = origin as CaptureOrigin;
    if (info.format === "pcapng") this.writer.copy(bytes, start, info.littleEndian);
    else this.writer.add(packet);
  }

  private interfaceFor(linkType: number): number {
    let index = this.described.get(linkType);
    if (index === undefined) {
      index = this.writer.interface({ linkType, resolution: NANOSECONDS });
      this.described.set(linkType, index);
    }
    return index;
  }

  /** A block that makes tshark read on to what came before it; only between two packets. */
  push(): Uint8Array {
    this.writer.unknown({ type: FILLING, body: new Uint8Array(FILLING_BYTES) });
    return this.writer.take();
  }
}
