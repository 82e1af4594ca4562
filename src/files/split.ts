/** A capture taken apart into several files, each of them whole. */

import type { Block, RecordTime } from "./blocks.ts";
import { checkRange } from "./check.ts";
import { type CaptureInterface, NO_TIME, type RecordFormat } from "./record.ts";
import { isLasting, type RecordTarget, recordSize } from "./record-target.ts";
import type { RecordCollector } from "./stream.ts";
import { createTarget } from "./targets.ts";

/** When a {@link RecordSplitter} begins another part: at whatever comes first of what is given. */
export interface SplitOptions {
  /** Packets of a part at most. */
  readonly count?: number;
  /** How much time a part is for, counted from the first packet of the capture on. */
  readonly interval?: RecordTime;
  /** Bytes of a part at most, as long as it has more than one packet. */
  readonly bytes?: number;
  /** Is told the captured length of each packet. */
  readonly onPacket?: (captured: number) => void;
}

/** Bytes of one part. */
export interface PartPiece {
  /** The number of the part, from 1. */
  readonly part: number;
  /** The format of the capture, and so of each part. */
  readonly format: RecordFormat;
  /** The time of its first packet, where that has one. */
  readonly time: RecordTime | undefined;
  readonly bytes: Uint8Array;
}

/** Bytes of names and keys that are kept for the parts to come. */
const MOST_KEPT = 1 << 26;

/**
 * A sink for `readRecords` that spreads the records over files: its batches are pieces of one part after the other, and
 * {@link finish} gives the last ones. Each part is a file of its own with the header, the interfaces, and the names and keys that came
 * before it; all other blocks stay in the part in which they come. No part is without packets, unless the capture is.
 *
 * Names and keys of more than 64 MiB are not kept for later parts; {@link dropped} says how many blocks these were.
 *
 * @example
 * const splitter = new RecordSplitter({ count: 1000 });
 * for await (const pieces of readRecords(source, splitter))
 *   for (const { part, bytes } of pieces) await files[part].write(bytes);
 */
export class RecordSplitter implements RecordCollector<PartPiece[]> {
  /** Blocks of names or keys that later parts lack. */
  dropped = 0;
  private readonly limits: { readonly count: number; readonly bytes: number };
  private readonly clock: IntervalClock | undefined;
  private readonly onPacket: SplitOptions["onPacket"];
  private format: RecordFormat = "pcapng";
  /** What every part begins with, and what the first one begins with. */
  private readonly lasting: Block[] = [];
  private leading: Block[] = [];
  /** Where the current section begins in `lasting`, and whether it has names or keys. */
  private sectionStart = 0;
  private hasExtras = false;
  private keptBytes = 0;
  private leadingBytes = 0;
  private pieces: PartPiece[] = [];
  private target: RecordTarget | undefined = undefined;
  private part = 0;
  private time: RecordTime | undefined = undefined;
  private packets = 0;
  /** Bytes of the current part that were taken out of the target already. */
  private taken = 0;

  /** @throws RangeError for limits outside their range, and without any. */
  constructor({ count, interval, bytes, onPacket }: SplitOptions) {
    if (count === undefined && interval === undefined && bytes === undefined)
      throw new RangeError("one of count, interval and bytes is wanted");
    if (count !== undefined) checkRange("count", count, 1, Number.MAX_SAFE_INTEGER);
    if (bytes !== undefined) checkRange("bytes", bytes, 1, Number.MAX_SAFE_INTEGER);
    const none = Number.POSITIVE_INFINITY;
    this.onPacket = onPacket;
    this.limits = { count: count ?? none, bytes: bytes ?? none };
    this.clock = interval === undefined ? undefined : new IntervalClock(interval);
  }

  interface(info: CaptureInterface): void {
    this.format = info.format;
  }

  block(block: Block): void {
    if (isLasting(block)) this.keep(block);
    if (this.target !== undefined) {
      this.target.block(block);
      return;
    }
    this.leading.push(block);
    this.leadingBytes += block.raw.length;
    // So much before the first packet is not held back for its time.
    if (this.leadingBytes > MOST_KEPT) this.begin(0, NO_TIME);
  }

  record(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex: number,
    optionsStart: number,
    optionsEnd: number,
    littleEndian: boolean,
    recordStart: number,
  ): void {
    this.onPacket?.(end - start);
    const size = recordSize(this.format, b, recordStart, end, littleEndian);
    const isLate = this.clock?.isNext(seconds, nanoseconds) === true;
    if (this.target === undefined || isLate || this.isFull(size)) this.begin(seconds, nanoseconds);
    this.packets++;
    this.target!.record(
      b,
      start,
      end,
      originalLength,
      seconds,
      nanoseconds,
      interfaceIndex,
      optionsStart,
      optionsEnd,
      littleEndian,
      recordStart,
    );
  }

  take(): PartPiece[] | undefined {
    this.flush();
    const { pieces } = this;
    if (pieces.length === 0) return undefined;
    this.pieces = [];
    return pieces;
  }

  /** The capture is over: the pieces that are still to be written. A capture without packets becomes one part. */
  finish(): PartPiece[] {
    if (this.target === undefined && this.leading.length > 0) this.begin(0, NO_TIME);
    return this.take() ?? [];
  }

  /** Whether a part that has packets has no room for another of so many bytes. */
  private isFull(size: number): boolean {
    const { count, bytes } = this.limits;
    if (this.packets === 0) return false;
    return this.packets >= count || this.taken + this.target!.size + size > bytes;
  }

  private begin(seconds: number, nanoseconds: number): void {
    this.flush();
    this.target = createTarget(this.format, this.format, { isPartial: true });
    for (const block of this.part === 0 ? this.leading : this.lasting) this.target.block(block);
    this.leading = [];
    this.part++;
    this.packets = this.taken = 0;
    this.time = nanoseconds === NO_TIME ? undefined : { seconds, nanoseconds };
  }

  private flush(): void {
    const { target, part, format, time } = this;
    if (target === undefined || target.size === 0) return;
    this.taken += target.size;
    this.pieces.push({ part, format, time, bytes: target.take() });
  }

  private keep(block: Block): void {
    const isHeader = block.kind === "pcapHeader" || block.kind === "sectionHeader";
    if (isHeader) this.endSection();
    const isExtra = !isHeader && block.kind !== "interfaceDescription";
    if (isExtra && this.keptBytes + block.raw.length > MOST_KEPT) {
      this.dropped++;
      return;
    }
    this.hasExtras ||= isExtra;
    this.keptBytes += block.raw.length;
    this.lasting.push(block);
  }

  /** A section that is over matters only for the names and keys in it. */
  private endSection(): void {
    const { lasting, sectionStart } = this;
    if (!this.hasExtras)
      for (const { raw } of lasting.splice(sectionStart)) this.keptBytes -= raw.length;
    this.sectionStart = lasting.length;
    this.hasExtras = false;
  }
}

const BILLION = 1_000_000_000n;

/** Tells when a time lies in a later interval than those before it. */
class IntervalClock {
  private readonly length: bigint;
  /** The first time of the capture, and the first one behind the interval. */
  private start: bigint | undefined = undefined;
  private endSeconds = Number.POSITIVE_INFINITY;
  private endNanoseconds = 0;

  constructor({ seconds, nanoseconds }: RecordTime) {
    this.length = BigInt(seconds) * BILLION + BigInt(nanoseconds);
    if (this.length > 0n) return;
    throw new RangeError(`interval must be more than 0 seconds, got ${seconds}`);
  }

  /** Whether another interval begins with a packet of this time; earlier ones than expected, and such without a time, do not. */
  isNext(seconds: number, nanoseconds: number): boolean {
    if (nanoseconds === NO_TIME) return false;
    if (this.start !== undefined) {
      if (seconds < this.endSeconds) return false;
      if (seconds === this.endSeconds && nanoseconds < this.endNanoseconds) return false;
    }
    const time = BigInt(seconds) * BILLION + BigInt(nanoseconds);
    const isFirst = this.start === undefined;
    this.start ??= time;
    const end = this.start + ((time - this.start) / this.length + 1n) * this.length;
    this.endSeconds = Number((end - (((end % BILLION) + BILLION) % BILLION)) / BILLION);
    this.endNanoseconds = Number(((end % BILLION) + BILLION) % BILLION);
    return !isFirst;
  }
}
