/** Writes classic pcap files: numbers and bytes in, the bytes of the file out. */

import { checkRange } from "./check.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { pcapHeader } from "./pcap-write-headers.ts";

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

/** What a writer wants to know of a packet: b[start, end) and what was captured with it. A `Packet` is one. */
export interface WritablePacket {
  readonly data: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Bytes on the wire. */
  readonly originalLength: number;
  /** Whole seconds since 1970, and 0..999999999 nanoseconds, or -1 where no time is known. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

const RECORD_HEADER = 16;

/**
 * Collects the bytes of a pcap file. Write records until {@link size} is worth a write, then
 * {@link take} the bytes; the first lot begins with the file header.
 */
export class PcapWriter {
  private readonly out: OutputBuffer;
  private readonly snaplen: number;
  private readonly nanosecondsPerTick: number;

  /** @throws RangeError for an option outside its range. */
  constructor(options: PcapWriterOptions = {}) {
    const { snaplen = 262_144, nanoseconds = false, littleEndian = true } = options;
    checkRange("snaplen", snaplen, 1, 0x7fff_ffff);
    this.snaplen = snaplen;
    this.nanosecondsPerTick = nanoseconds ? 1 : 1000;
    this.out = new OutputBuffer(littleEndian);
    const header = pcapHeader({ ...options, snaplen, nanoseconds, littleEndian });
    this.out.append(header, 0, header.length);
  }

  /** Bytes that {@link take} would give now. */
  get size(): number {
    return this.out.size;
  }

  /**
   * Adds the packet b[start, end), cut to the snaplen, with its length on the wire and its time:
   * seconds since 1970, 0..2^32-1, and 0..999999999 nanoseconds. What the file's unit cannot hold
   * of the nanoseconds is cut off.
   *
   * @throws RangeError for a time or a length that the format cannot hold.
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
    checkRange("originalLength", originalLength, 0, 0xffff_ffff);
    const { out } = this;
    const captured = Math.min(end - start, this.snaplen);
    out.reserve(RECORD_HEADER + captured);
    out.put32(seconds);
    out.put32(Math.floor(nanoseconds / this.nanosecondsPerTick));
    out.put32(captured);
    out.put32(originalLength);
    out.append(b, start, start + captured);
  }

  /**
   * Adds a packet as {@link write} does; one without a time gets the time 0. Of a packet whose fields were changed,
   * call `bytes()` first, which brings lengths and checksums up to date.
   *
   * @throws RangeError as {@link write}.
   */
  add({ data, start, end, originalLength, seconds, nanoseconds }: WritablePacket): void {
    this.write(data, start, end, originalLength, seconds, Math.max(nanoseconds, 0));
  }

  /** The bytes written since the last call. They are the caller's: the writer starts a new buffer. */
  take(): Uint8Array {
    return this.out.take();
  }
}
