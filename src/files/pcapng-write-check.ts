/** Checks of bytes that a pcapng writer is given, before any of them is written. */

import { readU16, readU16le, readU32, readU32le } from "../bytes/numbers.ts";
import { blockTypes } from "./blocks.ts";
import { checkRange } from "./check.ts";

/** @throws RangeError unless b[start, end) can be a packet that had `originalLength` bytes on the wire. */
export function checkPlace(
  b: Uint8Array,
  start: number,
  end: number,
  originalLength: number,
): void {
  checkRange("end", end, 0, b.length);
  checkRange("start", start, 0, end);
  checkRange("originalLength", originalLength, 0, 0xffff_ffff);
}

/** @throws RangeError unless b[start, start + length) is framed as a block of that length. */
export function checkFrame(
  b: Uint8Array,
  start: number,
  length: number,
  littleEndian: boolean,
): void {
  const word = littleEndian ? readU32le : readU32;
  const end = start + length;
  if (length < 12 || length % 4 !== 0 || end > b.length) {
    const room = b.length - start;
    throw new RangeError(
      `a block's length must be a multiple of 4 from 12 to ${room}, got ${length}`,
    );
  }
  const [before, after] = [word(b, start + 4), word(b, end - 4)];
  if (before === length && after === length) return;
  throw new RangeError(
    `a block's lengths must both be ${length}, the number of its bytes, got ${before} and ${after}`,
  );
}

/** The interface that a packet block names; -1 for what is no packet block. */
export function interfaceOf(b: Uint8Array, at: number, littleEndian: boolean): number {
  const word = littleEndian ? readU32le : readU32;
  switch (word(b, at)) {
    case blockTypes.enhancedPacket:
      return word(b, at + 8);
    case blockTypes.packet:
      return (littleEndian ? readU16le : readU16)(b, at + 8);
    case blockTypes.simplePacket:
      return 0;
    default:
      return -1;
  }
}
