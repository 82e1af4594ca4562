/** Puts packet blocks into a buffer (draft-ietf-opsawg-pcapng §4.3 and §4.4). Nothing is checked but the length of the block. */

import { blockTypes } from "./blocks.ts";
import { checkRange } from "./check.ts";
import type { OutputBuffer } from "./output-buffer.ts";

/** Bytes of a packet block around its packet and options. */
const AROUND = 32;
const AROUND_SIMPLE = 16;

/** Bytes of padding behind so many bytes. */
const padding = (length: number): number => -length & 3;

/** Makes room for a block, puts its type and length, and gives the length. */
function begin(out: OutputBuffer, type: number, length: number): number {
  checkRange("the length of the block", length, 0, 0xffff_fffc);
  out.reserve(length);
  out.put32(type);
  out.put32(length);
  return length;
}

/**
 * Begins an enhanced or obsolete packet block, and gives its length for {@link endPacket}. In between belong twelve
 * bytes: the interface and the time.
 */
export function beginPacket(
  out: OutputBuffer,
  type: number,
  captured: number,
  optionsLength: number,
): number {
  return begin(out, type, AROUND + captured + padding(captured) + optionsLength);
}

/** Puts the lengths, the packet, the options and the length once more. */
export function endPacket(
  out: OutputBuffer,
  b: Uint8Array,
  start: number,
  captured: number,
  originalLength: number,
  options: Uint8Array,
  length: number,
): void {
  out.put32(captured);
  out.put32(originalLength);
  out.append(b, start, start + captured);
  out.skip(padding(captured));
  out.append(options, 0, options.length);
  out.put32(length);
}

/** Puts a simple packet block. */
export function simplePacketBlock(
  out: OutputBuffer,
  b: Uint8Array,
  start: number,
  captured: number,
  originalLength: number,
): void {
  const whole = AROUND_SIMPLE + captured + padding(captured);
  const length = begin(out, blockTypes.simplePacket, whole);
  out.put32(originalLength);
  out.append(b, start, start + captured);
  out.skip(padding(captured));
  out.put32(length);
}

/**
 * Whether a reader finds so many bytes captured in a simple packet block: it knows the length on the wire, the snaplen
 * (0: no limit) and the length with the padding.
 */
export function simplePacketHolds(
  captured: number,
  originalLength: number,
  snaplen: number,
): boolean {
  const most = snaplen === 0 ? originalLength : Math.min(originalLength, snaplen);
  return captured === Math.min(most, captured + padding(captured));
}
