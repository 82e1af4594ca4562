/** One class for each way of records from one format to the other; the way to pcap has a file of its own. */

import { writeUint, writeUintLe } from "../bytes/numbers.ts";
import type { Block, PcapHeaderBlock } from "./blocks.ts";
import { cutBlock, limitedSnaplen, limitInterface, withoutLength } from "./cut.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { PcapngWriter } from "./pcapng-writer.ts";
import type { CaptureInterface, RecordFormat } from "./record.ts";
import type { RecordTarget, TargetOptions } from "./record-target.ts";
import { ToPcap } from "./to-pcap.ts";

/** What writes the records of a file of the format `from` as one of the format `to`. */
export function createTarget(
  from: RecordFormat,
  to: RecordFormat,
  options: TargetOptions = {},
): RecordTarget {
  if (to === "pcap") return from === "pcap" ? new PcapCopy(options) : new ToPcap(options);
  return from === "pcap" ? new ToPcapng(options) : new PcapngCopy(options);
}

/** From pcap to pcap: header and records as they stand in the file, but for what is cut. */
class PcapCopy implements RecordTarget {
  private readonly out = new OutputBuffer(true);
  private readonly most: number;
  private readonly isCut: boolean;
  private headerLength = 16;

  constructor({ snaplen }: TargetOptions) {
    this.most = snaplen ?? Number.POSITIVE_INFINITY;
    this.isCut = snaplen !== undefined;
  }

  get size(): number {
    return this.out.size;
  }

  take(): Uint8Array {
    return this.out.take();
  }

  interface(): void {}

  block(block: Block): void {
    if (block.kind !== "pcapHeader") return;
    this.headerLength = block.modified ? 24 : 16;
    const raw = this.isCut ? this.cutHeader(block) : block.raw;
    this.out.reserve(raw.length);
    this.out.append(raw, 0, raw.length);
  }

  /** Old versions have the lengths of a record the other way round: what is cut is written as 2.4, which has not. */
  private cutHeader({ raw, littleEndian, snaplen, majorVersion, minorVersion }: PcapHeaderBlock) {
    const header = new Uint8Array(raw);
    const write = littleEndian ? writeUintLe : writeUint;
    if (majorVersion !== 2 || minorVersion < 4) {
      write(header, 4, 2, 2);
      write(header, 6, 2, 4);
    }
    write(header, 16, 4, limitedSnaplen(snaplen, this.most));
    return header;
  }

  record(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    _seconds: number,
    _nanoseconds: number,
    _interfaceIndex: number,
    _optionsStart: number,
    _optionsEnd: number,
    littleEndian: boolean,
    recordStart: number,
  ): void {
    const { out, headerLength, most } = this;
    const captured = Math.min(end - start, most);
    out.reserve(headerLength + captured);
    if (!this.isCut) {
      out.append(b, recordStart, end);
      return;
    }
    out.littleEndian = littleEndian;
    out.append(b, recordStart, recordStart + 8);
    out.put32(captured);
    out.put32(originalLength);
    out.append(b, recordStart + 16, start + captured);
  }

  finish(): void {}
}

/** From pcapng to pcapng: all blocks as they stand in the file, but for what is cut. */
class PcapngCopy implements RecordTarget {
  private readonly writer = new PcapngWriter();
  private readonly most: number;
  private readonly isChanged: boolean;

  constructor({ snaplen, isPartial = false }: TargetOptions) {
    this.most = snaplen ?? Number.POSITIVE_INFINITY;
    this.isChanged = isPartial || snaplen !== undefined;
  }

  get size(): number {
    return this.writer.size;
  }

  take(): Uint8Array {
    return this.writer.take();
  }

  interface(): void {}

  block(block: Block): void {
    const isCut = this.most !== Number.POSITIVE_INFINITY;
    if (isCut && block.kind === "interfaceDescription")
      this.writer.block(limitInterface(block, this.most));
    else this.writer.block(this.isChanged ? withoutLength(block) : block);
  }

  record(
    b: Uint8Array,
    start: number,
    end: number,
    _originalLength: number,
    _seconds: number,
    _nanoseconds: number,
    _interfaceIndex: number,
    _optionsStart: number,
    _optionsEnd: number,
    littleEndian: boolean,
    recordStart: number,
  ): void {
    const { most, writer } = this;
    if (end - start <= most) writer.copy(b, recordStart, littleEndian);
    else writer.copy(cutBlock(b, recordStart, end - start, most, littleEndian), 0, littleEndian);
  }

  finish(): void {}
}

/** From pcap to pcapng: one section with one interface. */
class ToPcapng implements RecordTarget {
  private readonly writer = new PcapngWriter();
  private readonly most: number;
  private index = 0;

  constructor({ snaplen }: TargetOptions) {
    this.most = snaplen ?? Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.writer.size;
  }

  take(): Uint8Array {
    return this.writer.take();
  }

  interface(_info: CaptureInterface): void {}

  block(block: Block): void {
    if (block.kind !== "pcapHeader") return;
    const isCut = this.most !== Number.POSITIVE_INFINITY;
    const snaplen = isCut ? limitedSnaplen(block.snaplen, this.most) : block.snaplen;
    this.index = this.writer.block({ ...block, snaplen });
  }

  record(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const stop = Math.min(end, start + this.most);
    this.writer.write(b, start, stop, originalLength, seconds, nanoseconds, this.index);
  }

  finish(): void {}
}
