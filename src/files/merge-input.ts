/** One of several captures that are read side by side. */

import type { Block } from "./blocks.ts";
import { CaptureError } from "./errors.ts";
import { type CaptureInterface, NO_TIME } from "./record.ts";
import type { ByteSource } from "./source.ts";
import { type ReadRecordsOptions, type RecordCollector, readRecords } from "./stream.ts";

/** A record as a sink gets it, to be kept while its batch is. */
export interface RecordItem {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly interfaceIndex: number;
  readonly littleEndian: boolean;
  readonly recordStart: number;
}

/** What a capture holds, in its order: a record, or a block that is none. */
export type CaptureItem = RecordItem | Block;

/** Blocks that are looked at before the first record at most, to learn of interfaces. */
const MOST_AHEAD = 4096;

/** Collects items, and remembers the interfaces. */
class ItemCollector implements RecordCollector<CaptureItem[]> {
  readonly interfaces: CaptureInterface[] = [];
  private items: CaptureItem[] = [];

  interface(info: CaptureInterface): void {
    this.interfaces[info.index] = info;
  }

  record(
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex: number,
    _optionsStart: number,
    _optionsEnd: number,
    littleEndian: boolean,
    recordStart: number,
  ): void {
    const times = { originalLength, seconds, nanoseconds };
    this.items.push({ bytes, start, end, ...times, interfaceIndex, littleEndian, recordStart });
  }

  block(block: Block): void {
    this.items.push(block);
  }

  take(): CaptureItem[] | undefined {
    const { items } = this;
    if (items.length === 0) return undefined;
    this.items = [];
    return items;
  }
}

/** A capture of which one item after the other is taken. Memory does not grow with it. */
export class MergeInput {
  /** Its number among all, from 0. */
  readonly index: number;
  /** What comes next; undefined at the end. */
  head: CaptureItem | undefined = undefined;
  /** The first record, once {@link lookAhead} came across it. */
  first: RecordItem | undefined = undefined;
  /** What ended it before its end. */
  fault: CaptureError | undefined = undefined;
  private readonly collector = new ItemCollector();
  private readonly source: ByteSource;
  private readonly batches: AsyncGenerator<CaptureItem[], void, undefined>;
  private isStarted = false;
  private items: readonly CaptureItem[] = [];
  private at = 0;

  constructor(index: number, source: ByteSource, options: ReadRecordsOptions) {
    this.index = index;
    this.source = source;
    this.batches = readRecords(source, this.collector, options);
  }

  /** The interfaces that have been described, by their number in the file. */
  get interfaces(): readonly CaptureInterface[] {
    return this.collector.interfaces;
  }

  /** Steps to the next item without waiting; false where more has to be read first, with {@link read}. */
  step(): boolean {
    if (this.at >= this.items.length) return false;
    this.head = this.items[this.at++];
    return true;
  }

  /** Reads on, and steps to the next item, or to the end; a fault of the file is an end too. */
  async read(): Promise<void> {
    this.isStarted = true;
    this.head = undefined;
    try {
      const next = await this.batches.next();
      if (next.done === true) return;
      this.items = next.value;
      this.at = 0;
      this.step();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.fault = error;
    }
  }

  /** Reads up to the first record, and gives what stands before it; nothing is stepped over. */
  async lookAhead(): Promise<readonly Block[]> {
    await this.read();
    const seen: CaptureItem[] = [];
    while (this.head !== undefined) {
      seen.push(this.head);
      if (!("kind" in this.head)) this.first = this.head;
      if (this.first !== undefined || seen.length >= MOST_AHEAD) break;
      if (!this.step()) await this.read();
    }
    this.items = [...seen, ...this.items.slice(this.at)];
    this.at = 0;
    this.head = undefined;
    this.step();
    return seen.filter((item): item is Block => "kind" in item);
  }

  /** Whether this comes before another: first what has no time of its own, then by time, then by the order of the inputs. */
  isBefore(other: MergeInput): boolean {
    const order = compareTimes(this.head, other.head);
    return order < 0 || (order === 0 && this.index < other.index);
  }

  /** Closes the file. */
  async close(): Promise<void> {
    if (this.isStarted) await this.batches.return();
    else await this.source.close();
  }
}

const isTimed = (item: CaptureItem | undefined): item is RecordItem =>
  item !== undefined && !("kind" in item) && item.nanoseconds !== NO_TIME;

function compareTimes(a: CaptureItem | undefined, b: CaptureItem | undefined): number {
  if (!isTimed(a)) return isTimed(b) ? -1 : 0;
  if (!isTimed(b)) return 1;
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}
