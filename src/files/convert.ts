/** A capture written again: in the other format, cut, or only some of its packets. */

import type { Block } from "./blocks.ts";
import { checkRange } from "./check.ts";
import type { CaptureInterface, RecordFormat } from "./record.ts";
import type { RecordTarget, TargetOptions } from "./record-target.ts";
import { RecordSelection, type SelectionOptions } from "./select.ts";
import type { RecordCollector } from "./stream.ts";
import { createTarget } from "./targets.ts";

/** What a {@link RecordConverter} makes of a capture. */
export interface ConvertOptions extends SelectionOptions {
  /** The format to write; that of the capture unless told. */
  readonly format?: RecordFormat;
  /** Bytes kept of a packet at most, 1..2^32-1; all unless told. Lengths on the wire stay. */
  readonly snaplen?: number;
  /** Is told the captured length of each packet of the input. */
  readonly onPacket?: (captured: number) => void;
}

/**
 * A sink for `readRecords` that writes a capture again; its batches are the bytes to write out, and {@link finish} gives the
 * last ones. Where nothing else is asked for, a file comes out byte for byte as it went in, decompressed.
 *
 * A pcapng file keeps all blocks that are no packets, and everything that blocks of packets say; the length of a section
 * becomes unknown where packets may be missing. Of a pcapng file, a pcap file gets packets only.
 *
 * @throws RangeError while reading, where a pcap file cannot hold a packet because of its link type or its time.
 * @example
 * const converter = new RecordConverter({ format: "pcap", snaplen: 96 });
 * for await (const bytes of readRecords(source, converter)) await file.write(bytes);
 * await file.write(converter.finish());
 */
export class RecordConverter implements RecordCollector<Uint8Array> {
  /** Which packets are written, and how many were. */
  readonly selection: RecordSelection;
  private readonly format: RecordFormat | undefined;
  private readonly options: TargetOptions;
  private readonly onPacket: ConvertOptions["onPacket"];
  private target: RecordTarget | undefined = undefined;

  /** @throws RangeError for an option outside its range. */
  constructor({ format, snaplen, onPacket, ...selection }: ConvertOptions = {}) {
    if (snaplen !== undefined) checkRange("snaplen", snaplen, 1, 0xffff_ffff);
    this.selection = new RecordSelection(selection);
    this.format = format;
    this.onPacket = onPacket;
    const { isPartial } = this.selection;
    this.options = { isPartial, ...(snaplen === undefined ? {} : { snaplen }) };
  }

  /** Whether nothing of what comes will be written: so many packets as were asked for are there. */
  get isOver(): boolean {
    return this.selection.isOver && this.selection.seen > 0;
  }

  interface(info: CaptureInterface): void {
    this.begin(info.format).interface(info);
  }

  block(block: Block): void {
    if (this.isOver) return;
    this.begin(block.kind === "pcapHeader" ? "pcap" : "pcapng").block(block);
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
    if (!this.selection.wants(seconds, nanoseconds)) return;
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

  take(): Uint8Array | undefined {
    const { target } = this;
    return target !== undefined && target.size > 0 ? target.take() : undefined;
  }

  /** The capture is over: the bytes that are still to be written; none where no capture was read. */
  finish(): Uint8Array {
    this.target?.finish();
    return this.target?.take() ?? new Uint8Array(0);
  }

  private begin(from: RecordFormat): RecordTarget {
    this.target ??= createTarget(from, this.format ?? from, this.options);
    return this.target;
  }
}
