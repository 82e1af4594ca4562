/** Writes classic pcap files: numbers and bytes in, the bytes of the file out. */

import { PCAP_MICROSECONDS, PCAP_NANOSECONDS } from "./pcap-reader.ts";

/** How a {@link PcapWriter} writes. */
export interface PcapWriterOptions {
  /** LINKTYPE_ number of the frames, 0..65535; 1 (Ethernet) unless told. */
  readonly linkType?: number;
  /** Bytes of frame check sequence the frames end with (even, 0..30); not stated unless told. */
  readonly fcsLength?: number;
  /** Bytes kept of a frame, 1..2^31-1; 262144 unless told. Longer frames are cut. */
  readonly snaplen?: number;
  /** Whether to store nanoseconds; microseconds unless told, which every program reads. */
  readonly nanoseconds?: boolean;
  /** Whether the low byte comes first; true unless told. */
  readonly littleEndian?: boolean;
}

const RECORD_HEADER = 16;
const INITIAL_CAPACITY = 64 * 1024;

/**
 * Collects the bytes of a pcap file. Write records until {@link size} is worth a write, then
 * {@link take} the bytes; the first lot begins with the file header.
 */
export class PcapWriter {
  /** Bytes that {@link take} would give now. */
  size = 0;
  private buffer = new Uint8Array(INITIAL_CAPACITY);
  private readonly snaplen: number;
  private readonly nanosecondsPerTick: number;
  private readonly littleEndian: boolean;

  /** @throws RangeError for an option outside its range. */
  constructor({
    linkType = 1,
    fcsLength,
    snaplen = 262_144,
    nanoseconds = false,
    littleEndian = true,
  }: PcapWriterOptions = {}) {
    checkRange("linkType", linkType, 0, 0xffff);
    checkRange("snaplen", snaplen, 1, 0x7fff_ffff);
    if (fcsLength !== undefined) checkRange("fcsLength / 2", fcsLength / 2, 0, 15);
    this.snaplen = snaplen;
    this.nanosecondsPerTick = nanoseconds ? 1 : 1000;
    this.littleEndian = littleEndian;
    const fcs = fcsLength === undefined ? 0 : ((fcsLength / 2) * 0x1000_0000 + 0x0400_0000) >>> 0;
    this.put32(nanoseconds ? PCAP_NANOSECONDS : PCAP_MICROSECONDS);
    this.put16(2);
    this.put16(4);
    this.put32(0);
    this.put32(0);
    this.put32(snaplen);
    this.put32(fcs + linkType);
  }

  /**
   * Adds the packet b[start, end), cut to the snaplen, with its length on the wire and its time:
   * seconds since 1970, 0..2^32-1, and 0..999999999 nanoseconds. What the file's unit cannot hold
   * of the nanoseconds is cut off.
   *
   * @throws RangeError for a time that the format cannot hold.
   */
  write(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    checkRange("seconds", seconds, 0, 0xffff_ffff);
    checkRange("nanoseconds", nanoseconds, 0, 999_999_999);
    const captured = Math.min(end - start, this.snaplen);
    this.reserve(RECORD_HEADER + captured);
    this.put32(seconds);
    this.put32(Math.floor(nanoseconds / this.nanosecondsPerTick));
    this.put32(captured);
    this.put32(originalLength);
    this.append(b, start, start + captured);
  }

  /** The bytes written since the last call. They are the caller's: the writer starts a new buffer. */
  take(): Uint8Array {
    const bytes = this.buffer.subarray(0, this.size);
    this.buffer = new Uint8Array(Math.max(INITIAL_CAPACITY, this.size));
    this.size = 0;
    return bytes;
  }

  private append(b: Uint8Array, start: number, end: number): void {
    const { buffer, size } = this;
    // Calling into the engine costs more than a short loop (measured at 60 bytes).
    if (end - start > 64) buffer.set(b.subarray(start, end), size);
    else for (let i = start, at = size; i < end; i++) buffer[at++] = b[i]!;
    this.size = size + end - start;
  }

  private put16(value: number): void {
    const { buffer, size, littleEndian } = this;
    buffer[size] = littleEndian ? value : value >> 8;
    buffer[size + 1] = littleEndian ? value >> 8 : value;
    this.size = size + 2;
  }

  private put32(value: number): void {
    const { buffer, size } = this;
    if (this.littleEndian) {
      buffer[size] = value;
      buffer[size + 1] = value >>> 8;
      buffer[size + 2] = value >>> 16;
      buffer[size + 3] = value >>> 24;
    } else {
      buffer[size] = value >>> 24;
      buffer[size + 1] = value >>> 16;
      buffer[size + 2] = value >>> 8;
      buffer[size + 3] = value;
    }
    this.size = size + 4;
  }

  private reserve(more: number): void {
    if (this.size + more <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.size + more));
    grown.set(this.buffer.subarray(0, this.size));
    this.buffer = grown;
  }
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, got ${value}`);
  }
}
