/** What the records of several captures go to: one file, in which each interface of each capture has a number of its own. */

import { formatHex } from "../bytes/hex.ts";
import { readU32, readU32le, writeUintLe } from "../bytes/numbers.ts";
import { type Block, blockTypes, type SectionHeaderBlock } from "./blocks.ts";
import { turnedBlock } from "./byte-order.ts";
import { cutBlock, limitedSnaplen, limitInterface } from "./cut.ts";
import type { MergeInput, RecordItem } from "./merge-input.ts";
import { type BlockOption, readOptions } from "./options.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { beginPacket, endPacket } from "./pcapng-write-packet-block.ts";
import { PcapngWriter } from "./pcapng-writer.ts";
import { ToPcap } from "./to-pcap.ts";

/** Takes what comes out of the inputs, in the order in which it is to stand in the file. */
export interface MergeTarget {
  /** Bytes that {@link take} would give now. */
  readonly size: number;
  block(input: MergeInput, block: Block): void;
  record(input: MergeInput, item: RecordItem): void;
  /** The inputs are over. */
  finish(): void;
  take(): Uint8Array;
}

/** The numbers of interfaces in the output, by input and by number in that input. */
type Numbers = number[][];

/** A pcap file of packets that all have one link type. */
export class MergedPcap implements MergeTarget {
  private readonly to: ToPcap;
  private readonly numbers: Numbers = [];
  private known = 0;

  /** Bytes kept of a packet at most, `most` may be Infinity. Interfaces that are known already are described at once. */
  constructor(most: number, inputs: readonly MergeInput[]) {
    this.to = new ToPcap(most === Number.POSITIVE_INFINITY ? {} : { snaplen: most });
    for (const input of inputs) this.describe(input);
  }

  get size(): number {
    return this.to.size;
  }

  take(): Uint8Array {
    return this.to.take();
  }

  finish(): void {
    this.to.finish();
  }

  block(input: MergeInput, block: Block): void {
    if (block.kind === "interfaceDescription") this.describe(input);
  }

  record(input: MergeInput, item: RecordItem): void {
    const { bytes, start, end, originalLength, seconds, nanoseconds, interfaceIndex } = item;
    const number = this.numbers[input.index]![interfaceIndex]!;
    this.to.record(bytes, start, end, originalLength, seconds, nanoseconds, number);
  }

  /** Takes in the interfaces of an input that are new. */
  private describe({ index, interfaces }: MergeInput): void {
    const own = (this.numbers[index] ??= []);
    for (let i = own.length; i < interfaces.length; i++) {
      own.push(this.known);
      this.to.interface({ ...interfaces[i]!, index: this.known++ });
    }
  }
}

/** A pcapng file of one section, low byte first. */
export class MergedPcapng implements MergeTarget {
  private readonly writer = new PcapngWriter();
  private readonly numbers: Numbers = [];
  private readonly most: number;
  /** Interfaces at the beginning of every input that the first one has too, and in that order. */
  private readonly shared: number;

  /**
   * @param leading what each input has before its first record: what section headers say there goes to the header of the file,
   * and where all inputs describe the same interfaces, these are described once.
   */
  constructor(most: number, leading: readonly (readonly Block[])[]) {
    this.most = most;
    this.shared = sharedInterfaces(leading);
    this.writer.section({ other: sectionOptions(leading.flat()) });
  }

  get size(): number {
    return this.writer.size;
  }

  take(): Uint8Array {
    return this.writer.take();
  }

  finish(): void {}

  block(input: MergeInput, block: Block): void {
    switch (block.kind) {
      case "sectionHeader":
        return;
      case "pcapHeader": {
        const snaplen = this.isCut ? limitedSnaplen(block.snaplen, this.most) : block.snaplen;
        this.describe(input, { ...block, snaplen });
        return;
      }
      case "interfaceDescription":
        this.describe(input, this.isCut ? limitInterface(block, this.most) : block);
        return;
      case "interfaceStatistics": {
        const raw = new Uint8Array(littleEndian(block));
        writeUintLe(raw, 8, 4, this.numbers[input.index]![block.interfaceIndex]!);
        this.put(block, raw);
        return;
      }
      default:
        this.put(block, littleEndian(block));
    }
  }

  record(input: MergeInput, item: RecordItem): void {
    const { bytes, start, end, originalLength, seconds, nanoseconds, recordStart } = item;
    const number = this.numbers[input.index]![item.interfaceIndex]!;
    const stop = Math.min(end, start + this.most);
    const isPcap = input.interfaces[item.interfaceIndex]!.format === "pcap";
    const type = isPcap ? 0 : wordOf(item, 0);
    if (isPcap) {
      this.writer.write(bytes, start, stop, originalLength, seconds, nanoseconds, number);
      return;
    }
    if (type === blockTypes.simplePacket && number !== 0) {
      this.writer.copy(enhanced(item, stop - start, number), 0, true);
      return;
    }
    const isNumbered = type === blockTypes.simplePacket || wordOf(item, 8) === number;
    if (item.littleEndian && stop === end && type !== blockTypes.packet && isNumbered)
      this.writer.copy(bytes, recordStart, true);
    else this.writer.copy(renumbered(item, stop - start, number), 0, true);
  }

  private get isCut(): boolean {
    return this.most !== Number.POSITIVE_INFINITY;
  }

  /** Writes the description of an interface, unless the first input has it too, and remembers its number. */
  private describe(input: MergeInput, block: Block): void {
    const own = (this.numbers[input.index] ??= []);
    if (input.index > 0 && own.length < this.shared) own.push(this.numbers[0]![own.length]!);
    else if (block.kind === "pcapHeader") own.push(this.writer.block(block));
    else own.push(this.put(block, littleEndian(block)));
  }

  private put(block: Block, raw: Uint8Array): number {
    return this.writer.block({ ...block, raw, littleEndian: true });
  }
}

/** The bytes of a block with the low byte first. */
const littleEndian = (block: Block): Uint8Array =>
  block.littleEndian ? block.raw : turnedBlock(block.raw, 0, false);

/** A number of 32 bits of a record's block. */
const wordOf = ({ bytes, recordStart, littleEndian }: RecordItem, at: number): number =>
  (littleEndian ? readU32le : readU32)(bytes, recordStart + at);

/** The block of a packet with `kept` bytes of it, the low byte first and the given number of its interface. */
function renumbered(item: RecordItem, kept: number, number: number): Uint8Array {
  const { bytes, recordStart, littleEndian, start, end } = item;
  let block =
    kept < end - start
      ? cutBlock(bytes, recordStart, end - start, kept, littleEndian)
      : new Uint8Array(bytes.subarray(recordStart, recordStart + wordOf(item, 4)));
  if (!littleEndian) block = turnedBlock(block, 0, false);
  const type = readU32le(block, 0);
  if (type === blockTypes.packet && number <= 0xffff) writeUintLe(block, 8, 2, number);
  else if (type !== blockTypes.simplePacket) {
    // Where the number is too large for an obsolete block, it becomes one of the kind that took its place.
    writeUintLe(block, 0, 4, blockTypes.enhancedPacket);
    writeUintLe(block, 8, 4, number);
  }
  return block;
}

/**
 * A simple packet block is of the first interface of its section; of another, its packet needs an enhanced one. That has a time: the
 * first that the interface can count.
 */
function enhanced(item: RecordItem, kept: number, number: number): Uint8Array {
  const out = new OutputBuffer(true, 0);
  const length = beginPacket(out, blockTypes.enhancedPacket, kept, 0);
  for (const word of [number, 0, 0]) out.put32(word);
  endPacket(out, item.bytes, item.start, kept, item.originalLength, new Uint8Array(0), length);
  return out.take();
}

/** How many interfaces are described once: all of them where all inputs begin with the same ones, else none. */
function sharedInterfaces(leading: readonly (readonly Block[])[]): number {
  const lists = leading.map((blocks) => blocks.flatMap(descriptionOf));
  const [first] = lists;
  if (first === undefined || lists.length < 2) return 0;
  const isSame = lists.every((list) => list.join() === first.join());
  return isSame ? first.length : 0;
}

/** What a block says of an interface, as text that is equal where that is. */
function descriptionOf(block: Block): string[] {
  if (block.kind === "interfaceDescription") return [formatHex(littleEndian(block))];
  if (block.kind !== "pcapHeader") return [];
  const { linkType, snaplen, fcsLength, nanoseconds } = block;
  return [[linkType, snaplen, fcsLength, nanoseconds].join(" ")];
}

/** Options of section headers that a file has one of: hardware, system and program. */
const SINGLE: ReadonlySet<number> = new Set([2, 3, 4]);

/** All that the section headers say, once each; of what a section has one of, only what they agree on. */
function sectionOptions(blocks: readonly Block[]): BlockOption[] {
  const headers = blocks.filter((one): one is SectionHeaderBlock => one.kind === "sectionHeader");
  const distinct = new Map<string, BlockOption>();
  for (const header of headers) {
    const raw = littleEndian(header);
    for (const option of readOptions(raw, 24, raw.length - 4, true))
      distinct.set(`${option.code} ${formatHex(option.value)}`, option);
  }
  const all = [...distinct.values()];
  return all.filter(
    ({ code }) => !SINGLE.has(code) || all.filter((one) => one.code === code).length === 1,
  );
}
