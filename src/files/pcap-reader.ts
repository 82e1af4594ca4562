/** Reads classic pcap files (draft-ietf-opsawg-pcap). */

import { copyOf } from "../bytes/joined.ts";
import { readU16, readU16le, readU32, readU32le } from "../bytes/numbers.ts";
import type { PcapHeaderBlock } from "./blocks.ts";
import { CaptureError } from "./errors.ts";
import {
  type CaptureInterface,
  MAX_RECORD_LENGTH,
  type RecordReader,
  type RecordReaderOptions,
  type RecordSink,
} from "./record.ts";
import { MICROSECONDS, NANOSECONDS } from "./timestamp.ts";

export const PCAP_MICROSECONDS = 0xa1b2c3d4;
export const PCAP_NANOSECONDS = 0xa1b23c4d;
/** The patched libpcap of Alexey Kuznetzov: 8 more bytes in every record header. */
export const PCAP_MODIFIED = 0xa1b2cd34;

const GLOBAL_HEADER = 24;

/** How the two lengths of a record are ordered; see {@link lengthOrder}. */
const NORMAL = 0;
const SWAPPED = 1;
const MAYBE_SWAPPED = 2;

/** Bytes of a record beyond which a header found while resynchronising is not believed. */
const PLAUSIBLE_LENGTH = 262_144;
/** Seconds a resynchronised record may be away from the last good one: ten years. */
const PLAUSIBLE_GAP = 10 * 366 * 86_400;

const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;

/** The byte order of a pcap magic number: 1 low byte first, -1 high byte first, 0 no such magic. */
export function pcapByteOrder(b: Uint8Array, at: number): number {
  if (isMagic(readU32le(b, at))) return 1;
  return isMagic(readU32(b, at)) ? -1 : 0;
}

function isMagic(value: number): boolean {
  return value === PCAP_MICROSECONDS || value === PCAP_NANOSECONDS || value === PCAP_MODIFIED;
}

/**
 * Versions before 2.3 had the original length first, version 2.3 had both orders, and so has DG/UX,
 * which calls itself version 543.
 */
function lengthOrder(major: number, minor: number): number {
  if (major === 543 || (major === 2 && minor < 3)) return SWAPPED;
  return major === 2 && minor === 3 ? MAYBE_SWAPPED : NORMAL;
}

/** A reader for one pcap file of any of the six magic numbers and both precisions. */
export class PcapReader implements RecordReader {
  readonly format = "pcap";
  needed = GLOBAL_HEADER;
  private readonly limit: number;
  private started = false;
  private little = true;
  private headerLength = 16;
  private nanosecondsPerTick = 1000;
  private order = NORMAL;
  /** The time of the last good record, to judge others by; NaN before the first. */
  private lastSeconds = Number.NaN;

  constructor({ maxRecordLength = MAX_RECORD_LENGTH }: RecordReaderOptions = {}) {
    this.limit = maxRecordLength;
  }

  read(b: Uint8Array, at: number, end: number, base: number, sink: RecordSink): number {
    let position = at;
    if (!this.started) {
      if (end - at < GLOBAL_HEADER) return at;
      this.start(b, at, base, sink);
      position += GLOBAL_HEADER;
    }
    const { little, headerLength, nanosecondsPerTick, limit, order } = this;
    let seconds = this.lastSeconds;
    while (end - position >= headerLength) {
      const captured = this.capturedLength(b, position, little, order);
      if (captured > limit) {
        this.lastSeconds = seconds;
        throw this.tooLong(captured, base + position);
      }
      const start = position + headerLength;
      const stop = start + captured;
      if (stop > end) {
        this.needed = stop - position;
        this.lastSeconds = seconds;
        return position;
      }
      seconds = little ? readU32le(b, position) : readU32(b, position);
      const ticks = little ? readU32le(b, position + 4) : readU32(b, position + 4);
      let original = little ? readU32le(b, position + 12) : readU32(b, position + 12);
      if (order !== NORMAL) original = this.originalLength(b, position, captured);
      let nanoseconds = ticks * nanosecondsPerTick;
      if (nanoseconds >= 1e9) {
        // A fraction of a second and more: some writers let it run over.
        const carry = Math.floor(nanoseconds / 1e9);
        seconds += carry;
        nanoseconds -= carry * 1e9;
      }
      sink.record(b, start, stop, original, seconds, nanoseconds, 0, stop, stop, little, position);
      position = stop;
    }
    this.needed = headerLength;
    this.lastSeconds = seconds;
    return position;
  }

  finish(_b: Uint8Array, at: number, end: number, base: number): void {
    if (at === end && this.started) return;
    const have = end - at;
    const what = this.started ? "the record" : "the file header";
    throw new CaptureError(
      "ERR_PCAP_TRUNCATED",
      `the capture ends inside ${what} at offset ${base + at}: ` +
        `it needs ${this.needed} bytes and has ${have}`,
      base + at,
    );
  }

  resync(b: Uint8Array, at: number, end: number, _base: number, final: boolean): number {
    for (let p = at; p < end; p++) {
      const verdict = this.plausible(b, p, end, final, 2);
      if (verdict > 0) return p;
      if (verdict < 0) return ~p;
    }
    return ~end;
  }

  /**
   * Whether `count` believable records follow each other from b[at], the end of the input being as
   * good as a record: 1 yes, 0 no, -1 not to be told before more bytes come.
   */
  private plausible(
    b: Uint8Array,
    at: number,
    end: number,
    final: boolean,
    count: number,
  ): -1 | 0 | 1 {
    let p = at;
    for (let found = 0; found < count; found++) {
      if (final && p === end && found > 0) return 1;
      if (p + this.headerLength > end) return final ? 0 : -1;
      const captured = this.capturedLength(b, p, this.little, this.order);
      const original = this.originalLength(b, p, captured);
      const word = this.little ? readU32le : readU32;
      if (captured > PLAUSIBLE_LENGTH || captured > original || original === 0) return 0;
      if (original > PLAUSIBLE_LENGTH) return 0;
      if (word(b, p + 4) * this.nanosecondsPerTick >= 1e9) return 0;
      if (Math.abs(word(b, p) - this.lastSeconds) > PLAUSIBLE_GAP) return 0;
      p += this.headerLength + captured;
      if (p > end) return final ? 0 : -1;
    }
    return 1;
  }

  private capturedLength(b: Uint8Array, p: number, little: boolean, order: number): number {
    const first = little ? readU32le(b, p + 8) : readU32(b, p + 8);
    if (order === NORMAL) return first;
    const second = little ? readU32le(b, p + 12) : readU32(b, p + 12);
    return order === SWAPPED ? second : Math.min(first, second);
  }

  /** The original length: whichever of the two is not the captured one, when they may be swapped. */
  private originalLength(b: Uint8Array, p: number, captured: number): number {
    const first = this.little ? readU32le(b, p + 8) : readU32(b, p + 8);
    const second = this.little ? readU32le(b, p + 12) : readU32(b, p + 12);
    if (this.order === NORMAL) return second;
    return this.order === SWAPPED ? first : Math.max(first, second, captured);
  }

  private tooLong(captured: number, offset: number): CaptureError {
    return new CaptureError(
      "ERR_PCAP_RECORD_LENGTH",
      `the record at offset ${offset} claims ${captured} captured bytes, ` +
        `more than the limit of ${this.limit}`,
      offset,
    );
  }

  private start(b: Uint8Array, at: number, base: number, sink: RecordSink): void {
    const order = pcapByteOrder(b, at);
    if (order === 0) {
      throw new CaptureError(
        "ERR_PCAP_MAGIC",
        `no pcap magic number at offset ${base + at}: found ${hex(readU32(b, at))}`,
        base + at,
      );
    }
    const header = readGlobalHeader(b, at, base, order > 0);
    const { majorVersion: major, minorVersion: minor } = header;
    if (major < 2 || header.reserved !== 0) {
      const found =
        major < 2
          ? `version ${major}.${minor}, which is older than 2.0 and not known`
          : `a link type with the reserved bits ${hex(header.reserved << 16)} set`;
      throw new CaptureError(
        "ERR_PCAP_HEADER",
        `the file header at offset ${base + at} has ${found}`,
        base + at,
      );
    }
    this.started = true;
    this.little = header.littleEndian;
    this.headerLength = header.modified ? 24 : 16;
    this.nanosecondsPerTick = header.nanoseconds ? 1 : 1000;
    this.order = lengthOrder(major, minor);
    sink.interface(describe(header));
    sink.block(header);
  }
}

function readGlobalHeader(
  b: Uint8Array,
  at: number,
  base: number,
  littleEndian: boolean,
): PcapHeaderBlock {
  const word = littleEndian ? readU32le : readU32;
  const half = littleEndian ? readU16le : readU16;
  const magic = word(b, at);
  const network = word(b, at + 20);
  return {
    kind: "pcapHeader",
    type: 0,
    section: 1,
    offset: base + at,
    littleEndian,
    raw: copyOf(b, at, at + GLOBAL_HEADER),
    magic,
    nanoseconds: magic === PCAP_NANOSECONDS,
    modified: magic === PCAP_MODIFIED,
    majorVersion: half(b, at + 4),
    minorVersion: half(b, at + 6),
    thisZone: word(b, at + 8) | 0,
    sigFigs: word(b, at + 12),
    snaplen: word(b, at + 16),
    linkType: network & 0xffff,
    // Bit 26 says that the top four bits count the 16-bit words of the frame check sequence.
    fcsLength: network & 0x0400_0000 ? (network >>> 28) * 2 : -1,
    reserved: (network >>> 16) & 0x3ff,
  };
}

function describe(header: PcapHeaderBlock): CaptureInterface {
  return {
    index: 0,
    format: "pcap",
    id: 0,
    section: 1,
    linkType: header.linkType,
    snaplen: header.snaplen,
    fcsLength: header.fcsLength,
    resolution: header.nanoseconds ? NANOSECONDS : MICROSECONDS,
    timeOffset: 0,
    littleEndian: header.littleEndian,
    options: [],
  };
}
