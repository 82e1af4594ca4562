/** Reads pcapng files (draft-ietf-opsawg-pcapng). */

import { copyOf } from "../bytes/joined.ts";
import { readU16, readU16le, readU32, readU32le } from "../bytes/numbers.ts";
import { type BlockBase, blockTypes } from "./blocks.ts";
import { CaptureError, type CaptureErrorCode } from "./errors.ts";
import {
  MINIMUM_LENGTHS,
  parseBlock,
  parseInterface,
  parseSectionHeader,
  parseStatistics,
} from "./pcapng-blocks.ts";
import {
  type CaptureInterface,
  MAX_RECORD_LENGTH,
  NO_TIME,
  type RecordReader,
  type RecordReaderOptions,
  type RecordSink,
} from "./record.ts";
import { Clock } from "./timestamp.ts";

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** What must be there to know a block's length: the type, the length and the byte order. */
const BLOCK_START = 12;

/** Bytes of a block beyond which a header found while resynchronising is not believed. */
const PLAUSIBLE_LENGTH = 16 * 1024 * 1024;

const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(blockTypes));

const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;

const word = (b: Uint8Array, at: number, little: boolean): number =>
  little ? readU32le(b, at) : readU32(b, at);

/** The byte order of the section header at b[at]: 1 low byte first, -1 high byte first, 0 none. */
function sectionOrder(b: Uint8Array, at: number): number {
  if (readU32le(b, at + 8) === BYTE_ORDER_MAGIC) return 1;
  return readU32(b, at + 8) === BYTE_ORDER_MAGIC ? -1 : 0;
}

/** A reader for one pcapng file with any number of sections and interfaces. */
export class PcapngReader implements RecordReader {
  readonly format = "pcapng";
  needed = BLOCK_START;
  private readonly limit: number;
  private section = 0;
  private little = true;
  /** The interfaces of the current section by their id, and what turns their times. */
  private interfaces: CaptureInterface[] = [];
  private clocks: Clock[] = [];
  private interfaceCount = 0;
  /** File offset where reading can go on after the last fault, or -1 when it has to be looked for. */
  private resumeAt = -1;

  constructor({ maxRecordLength = MAX_RECORD_LENGTH }: RecordReaderOptions = {}) {
    this.limit = maxRecordLength;
  }

  read(b: Uint8Array, at: number, end: number, base: number, sink: RecordSink): number {
    let position = at;
    while (end - position >= BLOCK_START) {
      const length = this.blockLength(b, position, base);
      if (end - position < length) {
        this.needed = length;
        return position;
      }
      this.checkTrailer(b, position, length, base);
      const type = word(b, position, this.little);
      if (type === blockTypes.enhancedPacket) {
        this.enhancedPacket(b, position, length, base, sink);
      } else {
        this.otherBlock(b, position, length, type, base, sink);
      }
      position += length;
    }
    this.needed = BLOCK_START;
    return position;
  }

  finish(_b: Uint8Array, at: number, end: number, base: number): void {
    this.resumeAt = -1;
    if (at === end && this.section > 0) return;
    throw new CaptureError(
      "ERR_PCAPNG_TRUNCATED",
      `the capture ends inside the block at offset ${base + at}: ` +
        `it needs ${this.needed} bytes and has ${end - at}`,
      base + at,
    );
  }

  resync(b: Uint8Array, at: number, end: number, base: number, final: boolean): number {
    const resume = this.resumeAt - base;
    if (this.resumeAt >= 0) return resume <= end ? resume : ~Math.min(end, resume);
    for (let p = at; p < end; p++) {
      const verdict = this.plausible(b, p, end);
      if (verdict > 0) return p;
      if (verdict < 0 && !final) return ~p;
    }
    return ~end;
  }

  /** Whether a block seems to begin at b[at]: 1 yes, 0 no, -1 not to be told without more bytes. */
  private plausible(b: Uint8Array, at: number, end: number): -1 | 0 | 1 {
    if (at + BLOCK_START > end) return -1;
    let little = this.little;
    if (readU32(b, at) === blockTypes.sectionHeader) {
      const order = sectionOrder(b, at);
      if (order === 0) return 0;
      little = order > 0;
    } else if (this.section === 0 || !KNOWN_TYPES.has(word(b, at, little))) return 0;
    const length = word(b, at + 4, little);
    if (length < 12 || length % 4 !== 0 || length > PLAUSIBLE_LENGTH) return 0;
    if (at + length > end) return -1;
    return word(b, at + length - 4, little) === length ? 1 : 0;
  }

  /** The length of the block at b[at]; a section header sets the byte order first. */
  private blockLength(b: Uint8Array, at: number, base: number): number {
    this.resumeAt = -1;
    if (readU32(b, at) === blockTypes.sectionHeader) {
      const order = sectionOrder(b, at);
      if (order === 0) {
        const found = hex(readU32(b, at + 8));
        throw fault("ERR_PCAPNG_SECTION", base + at, `has no byte-order magic but ${found}`);
      }
      this.little = order > 0;
    } else if (this.section === 0) {
      const found = hex(readU32(b, at));
      throw fault("ERR_PCAPNG_SECTION", base + at, `is no section header but has type ${found}`);
    }
    const length = word(b, at + 4, this.little);
    if (length >= 12 && length % 4 === 0 && length <= this.limit) return length;
    const why =
      length > this.limit ? `more than the limit of ${this.limit}` : "no multiple of 4 from 12 up";
    throw fault("ERR_PCAPNG_BLOCK_LENGTH", base + at, `has the length ${length}, ${why}`);
  }

  private checkTrailer(b: Uint8Array, at: number, length: number, base: number): void {
    const trailer = word(b, at + length - 4, this.little);
    if (trailer === length) return;
    const found = `begins with the length ${length} and ends with ${trailer}`;
    throw fault("ERR_PCAPNG_BLOCK_LENGTH", base + at, found);
  }

  private enhancedPacket(
    b: Uint8Array,
    at: number,
    length: number,
    base: number,
    sink: RecordSink,
  ): void {
    const little = this.little;
    if (length < 32) throw this.tooShort(base + at, length, 32);
    const captured = word(b, at + 20, little);
    this.packet(b, at, length, captured, word(b, at + 8, little), base, sink);
  }

  /** An enhanced or obsolete packet block: they differ in the width of the interface id only. */
  private packet(
    b: Uint8Array,
    at: number,
    length: number,
    captured: number,
    id: number,
    base: number,
    sink: RecordSink,
  ): void {
    const little = this.little;
    if (id >= this.interfaces.length) throw this.noInterface(base + at, length, id);
    const room = length - 32;
    if (captured > room) {
      throw this.kept(
        "ERR_PCAPNG_BLOCK",
        base + at,
        length,
        `claims ${captured} captured bytes and has room for ${room}`,
      );
    }
    const clock = this.clocks[id]!;
    clock.set(word(b, at + 12, little), word(b, at + 16, little));
    const start = at + 28;
    sink.record(
      b,
      start,
      start + captured,
      word(b, at + 24, little),
      clock.seconds,
      clock.nanoseconds,
      this.interfaces[id]!.index,
      start + ((captured + 3) & ~3),
      at + length - 4,
      little,
      at,
    );
  }

  private otherBlock(
    b: Uint8Array,
    at: number,
    length: number,
    type: number,
    base: number,
    sink: RecordSink,
  ): void {
    const least = MINIMUM_LENGTHS.get(type) ?? 12;
    if (length < least) throw this.tooShort(base + at, length, least);
    const little = this.little;
    if (type === blockTypes.simplePacket) {
      this.simplePacket(b, at, length, base, sink);
      return;
    }
    if (type === blockTypes.packet) {
      const id = little ? readU16le(b, at + 8) : readU16(b, at + 8);
      this.packet(b, at, length, word(b, at + 20, little), id, base, sink);
      return;
    }
    if (type === blockTypes.sectionHeader) this.beginSection(b, at, length, base);
    const raw = copyOf(b, at, at + length);
    const common: BlockBase = {
      type,
      section: this.section,
      offset: base + at,
      littleEndian: little,
      raw,
    };
    if (type === blockTypes.sectionHeader) {
      sink.block(parseSectionHeader(common));
    } else if (type === blockTypes.interfaceDescription) {
      const block = parseInterface(common, this.interfaceCount++, this.interfaces.length);
      const { resolution, timeOffset } = block.interface;
      this.interfaces.push(block.interface);
      this.clocks.push(new Clock(resolution, timeOffset));
      sink.interface(block.interface);
      sink.block(block);
    } else if (type === blockTypes.interfaceStatistics) {
      const id = word(b, at + 8, little);
      const info = this.interfaces[id];
      if (info === undefined) throw this.noInterface(base + at, length, id);
      sink.block(parseStatistics(common, info.index, this.clocks[id]!));
    } else {
      sink.block(parseBlock(common));
    }
  }

  private beginSection(b: Uint8Array, at: number, length: number, base: number): void {
    const little = this.little;
    const major = little ? readU16le(b, at + 12) : readU16(b, at + 12);
    const minor = little ? readU16le(b, at + 14) : readU16(b, at + 14);
    this.section++;
    this.interfaces = [];
    this.clocks = [];
    // 1.2 was written by some programs and is the same as 1.0 (draft-ietf-opsawg-pcapng §4.1).
    if (major === 1 && (minor === 0 || minor === 2)) return;
    const found = `has version ${major}.${minor}, which is not known`;
    throw this.kept("ERR_PCAPNG_SECTION", base + at, length, found);
  }

  /** A packet without a time; its length is bounded by the snaplen of the section's interface 0. */
  private simplePacket(
    b: Uint8Array,
    at: number,
    length: number,
    base: number,
    sink: RecordSink,
  ): void {
    const info = this.interfaces[0];
    if (info === undefined) throw this.noInterface(base + at, length, 0);
    const original = word(b, at + 8, this.little);
    const snaplen = info.snaplen === 0 ? original : info.snaplen;
    const start = at + 12;
    const end = start + Math.min(original, snaplen, length - 16);
    sink.record(b, start, end, original, 0, NO_TIME, info.index, end, end, this.little, at);
  }

  /** A fault inside a block whose lengths are in order, so that it can be stepped over. */
  private kept(code: CaptureErrorCode, offset: number, length: number, what: string): CaptureError {
    this.resumeAt = offset + length;
    return fault(code, offset, what);
  }

  private tooShort(offset: number, length: number, least: number): CaptureError {
    const what = `has ${length} bytes, and its type needs at least ${least}`;
    return this.kept("ERR_PCAPNG_BLOCK", offset, length, what);
  }

  private noInterface(offset: number, length: number, id: number): CaptureError {
    const known = this.interfaces.length;
    const what = `names interface ${id}, and its section has described ${known} so far`;
    return this.kept("ERR_PCAPNG_INTERFACE", offset, length, what);
  }
}

function fault(code: CaptureErrorCode, offset: number, what: string): CaptureError {
  return new CaptureError(code, `the block at offset ${offset} ${what}`, offset);
}
