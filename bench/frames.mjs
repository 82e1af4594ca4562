// What the programs that write captures share: numbers from a seed, checksums, and the file that frames go to.
import { closeSync, openSync, writeSync } from "node:fs";

/** Bytes of a header without options; of a record's header in a capture. */
export const ETHERNET = 14;
export const IPV4 = 20;
export const TCP = 20;
const FILE = 24;
const RECORD = 16;

/** Bytes that are written, or copied, at once. */
export const CHUNK = 1 << 22;
const START_SECONDS = 1_750_000_000;

/** Numbers in [0, limit) that follow from the seed alone (xorshift32). */
export function seeded(seed) {
  let state = seed | 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** Bytes that no compression makes smaller, of which payloads are cut. */
export function noiseOf(random) {
  const noise = Buffer.alloc(1 << 16);
  for (let i = 0; i < noise.length; i += 2) noise.writeUInt16BE(random(0x10000), i);
  return noise;
}

/** Adds the 16-bit words of `bytes[start, end)` to `sum`, RFC 1071; an odd last byte counts as the high one. */
export function addWords(bytes, start, end, sum) {
  let at = start;
  for (; at + 1 < end; at += 2) sum += (bytes[at] << 8) | bytes[at + 1];
  return at < end ? sum + (bytes[at] << 8) : sum;
}

/** The checksum of words that were added up. */
export function checksum(sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/**
 * A capture of Ethernet that frames of at most `largest` bytes are added to, `gap` microseconds after each other; memory
 * does not grow with their number.
 */
export class CaptureWriter {
  constructor(file, { gap, largest }) {
    this.fd = openSync(file, "w");
    this.out = Buffer.alloc(CHUNK);
    this.gap = gap;
    this.largest = largest;
    this.have = FILE;
    this.flushed = 0;
    this.packets = 0;
    this.out.writeUInt32LE(0xa1b2c3d4, 0);
    this.out.writeUInt16LE(2, 4);
    this.out.writeUInt16LE(4, 6);
    this.out.writeUInt32LE(0x40000, 16);
    this.out.writeUInt32LE(1, 20);
  }

  /** Bytes of the file so far. */
  get bytes() {
    return this.flushed + this.have;
  }

  /** Where the next frame goes in `out`, with room for the largest. */
  place() {
    if (this.have + RECORD + this.largest > CHUNK) this.flush();
    return this.have + RECORD;
  }

  /** Says that the frame at {@link place} is there. */
  add(length) {
    const { out, have } = this;
    const microseconds = this.packets++ * this.gap;
    out.writeUInt32LE(START_SECONDS + Math.floor(microseconds / 1e6), have);
    out.writeUInt32LE(microseconds % 1e6, have + 4);
    out.writeUInt32LE(length, have + 8);
    out.writeUInt32LE(length, have + 12);
    this.have += RECORD + length;
  }

  flush() {
    for (let at = 0; at < this.have; ) at += writeSync(this.fd, this.out, at, this.have - at);
    this.flushed += this.have;
    this.have = 0;
  }

  close() {
    this.flush();
    closeSync(this.fd);
  }
}
