import type { Block } from "../files/blocks.ts";
import type { Packet } from "../packet/packet.ts";

/** What stands between the packets of a batch, and behind how many of them. */
export interface PlacedBlock {
  readonly at: number;
  readonly block: Block;
}

/**
 * One piece of a capture with everything in it, in order. It owns its bytes: packets may be kept, each then keeps its whole
 * piece.
 */
export interface CaptureChunk {
  readonly packets: Packet[];
  /** The blocks that are no packets, each with the number of packets of this chunk before it. */
  readonly blocks: readonly PlacedBlock[];
  /** The bytes in which all of it lies. */
  readonly bytes: Uint8Array;
  /** Where `bytes` begins in the (decompressed) file. */
  readonly base: number;
  /** Where in `bytes` the record of each packet begins, headers included; -1 for a block that counts as a packet. */
  readonly starts: readonly number[];
}
