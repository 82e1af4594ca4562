/** Captures whose records are kept up to a length, and which say so. */

import { readU32, readU32le, writeUint, writeUintLe } from "../bytes/numbers.ts";
import { type Block, blockTypes, type InterfaceDescriptionBlock } from "./blocks.ts";

/** A snaplen that is not more than `most` bytes; 0 in a file means no limit. */
export const limitedSnaplen = (snaplen: number, most: number): number =>
  snaplen === 0 ? most : Math.min(snaplen, most);

const put32 = (b: Uint8Array, at: number, value: number, littleEndian: boolean): void =>
  (littleEndian ? writeUintLe : writeUint)(b, at, 4, value);

/** The description of an interface with a snaplen of not more than `most`; all else as it was. */
export function limitInterface(
  block: InterfaceDescriptionBlock,
  most: number,
): InterfaceDescriptionBlock {
  const snaplen = limitedSnaplen(block.interface.snaplen, most);
  if (snaplen === block.interface.snaplen) return block;
  const raw = new Uint8Array(block.raw);
  put32(raw, 12, snaplen, block.littleEndian);
  return { ...block, raw, interface: { ...block.interface, snaplen } };
}

/** A section header that does not say how long its section is; all other blocks as they are. */
export function withoutLength(block: Block): Block {
  if (block.kind !== "sectionHeader" || block.sectionLength === -1) return block;
  const raw = new Uint8Array(block.raw);
  raw.fill(0xff, 16, 24);
  return { ...block, raw, sectionLength: -1 };
}

/** Where the packet begins in its block, and what of the block lies behind the packet's room. */
const SIMPLE_START = 12;
const START = 28;

/**
 * The packet block at b[at) with `kept` bytes of its packet, which are fewer than it has; options and the length on the
 * wire stay. Of a simple packet block the interface's snaplen has to be `kept`: the block itself does not say how many
 * bytes were captured.
 */
export function cutBlock(
  b: Uint8Array,
  at: number,
  captured: number,
  kept: number,
  littleEndian: boolean,
): Uint8Array {
  const word = littleEndian ? readU32le : readU32;
  const length = word(b, at + 4);
  const isSimple = word(b, at) === blockTypes.simplePacket;
  const start = isSimple ? SIMPLE_START : START;
  const behind = start + Math.min((captured + 3) & ~3, length - start - 4);
  const room = (kept + 3) & ~3;
  const block = new Uint8Array(start + room + length - behind);
  block.set(b.subarray(at, at + start + kept));
  block.set(b.subarray(at + behind, at + length), start + room);
  if (!isSimple) put32(block, 20, kept, littleEndian);
  put32(block, 4, block.length, littleEndian);
  put32(block, block.length - 4, block.length, littleEndian);
  return block;
}
