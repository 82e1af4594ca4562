/** Blocks of pcapng files in the other byte order, with everything in them that is a number. */

import { readU16, readU16le, readU32, readU32le } from "../bytes/numbers.ts";
import { blockTypes } from "./blocks.ts";

/** Widths of the numbers that an option's value consists of; options that are not listed are text or bytes. */
type Options = ReadonlyMap<number, readonly number[]>;

const NONE: Options = new Map();
/** Custom options begin with the number of who defined them. */
const CUSTOM: readonly number[] = [2988, 2989, 19372, 19373];

const INTERFACE: Options = new Map([
  [8, [8]],
  [10, [4]],
  [14, [8]],
  [16, [8]],
  [17, [8]],
]);
const PACKET: Options = new Map([
  [2, [4]],
  [4, [8]],
  [5, [8]],
  [6, [4]],
]);
const OBSOLETE_PACKET: Options = new Map([[2, [4]]]);
/** Times are two words in either order, the upper one first. */
const STATISTICS: Options = new Map([
  [2, [4, 4]],
  [3, [4, 4]],
  [4, [8]],
  [5, [8]],
  [6, [8]],
  [7, [8]],
  [8, [8]],
]);

/** The numbers that a block begins with, behind its length, and its options. */
interface Layout {
  readonly widths: readonly number[];
  readonly options?: Options;
}

const LAYOUTS: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  [blockTypes.sectionHeader, { widths: [4, 2, 2, 8], options: NONE }],
  [blockTypes.interfaceDescription, { widths: [2, 2, 4], options: INTERFACE }],
  [blockTypes.packet, { widths: [2, 2, 4, 4, 4, 4], options: OBSOLETE_PACKET }],
  [blockTypes.simplePacket, { widths: [4] }],
  [blockTypes.interfaceStatistics, { widths: [4, 4, 4], options: STATISTICS }],
  [blockTypes.enhancedPacket, { widths: [4, 4, 4, 4, 4], options: PACKET }],
  [blockTypes.decryptionSecrets, { widths: [4, 4], options: NONE }],
  [blockTypes.custom, { widths: [4] }],
  [blockTypes.customNotCopied, { widths: [4] }],
]);

/** Turns a copy of a block round, one number after the other. */
class Turner {
  readonly b: Uint8Array;
  /** Where the next number begins. */
  at = 0;
  private readonly littleEndian: boolean;

  /** `littleEndian` is the order that the block has. */
  constructor(block: Uint8Array, littleEndian: boolean) {
    this.b = block;
    this.littleEndian = littleEndian;
  }

  /** Turns a number of 2 bytes, and gives it. */
  half(): number {
    const { b, at } = this;
    const value = (this.littleEndian ? readU16le : readU16)(b, at);
    this.turn(2);
    return value;
  }

  /** Turns a number of 4 bytes, and gives it. */
  word(): number {
    const { b, at } = this;
    const value = (this.littleEndian ? readU32le : readU32)(b, at);
    this.turn(4);
    return value;
  }

  turn(width: number): void {
    this.b.subarray(this.at, this.at + width).reverse();
    this.at += width;
  }

  /** Turns the list of options, or without any of name records, from here to `end` at most; 0 ends it. */
  list(end: number, known?: Options): void {
    while (this.at + 4 <= end) {
      const code = this.half();
      const length = this.half();
      if (code === 0 || this.at + length > end) return;
      const next = this.at + ((length + 3) & ~3);
      if (known !== undefined) this.value(length, CUSTOM.includes(code) ? [4] : known.get(code));
      this.at = next;
    }
  }

  private value(length: number, widths: readonly number[] = []): void {
    // A value that is not as long as it must be is bytes to everybody.
    const whole = widths.reduce((sum, width) => sum + width, 0);
    if (length < whole) return;
    for (const width of widths) this.turn(width);
  }
}

/**
 * The block b[at) in the other byte order: lengths, numbers and those options that are numbers. Of a block of somebody's own or of
 * an unknown type, only its owner knows what is a number: its body stays as it is, but for the number of the owner. What
 * hangs on an option's length is left alone where that does not fit.
 */
export function turnedBlock(b: Uint8Array, at: number, littleEndian: boolean): Uint8Array {
  const length = (littleEndian ? readU32le : readU32)(b, at + 4);
  // A Buffer's own slice would not be a copy.
  const block = new Uint8Array(b.subarray(at, at + length));
  const turner = new Turner(block, littleEndian);
  const end = length - 4;
  const type = turner.word();
  turner.word();
  const { widths, options } = LAYOUTS.get(type) ?? { widths: [] };
  const numbers = turner.at;
  for (const width of widths) if (turner.at + width <= end) turner.turn(width);
  if (type === blockTypes.nameResolution) {
    turner.list(end);
    turner.list(end, NONE);
  } else if (options !== undefined) {
    const captured = dataLength(type, b, at + numbers, littleEndian);
    turner.at += (captured + 3) & ~3;
    turner.list(end, options);
  }
  turner.at = end;
  turner.word();
  return block;
}

/** Bytes of data between the numbers of a block and its options. `numbers` is where those begin. */
function dataLength(type: number, b: Uint8Array, numbers: number, littleEndian: boolean): number {
  const word = littleEndian ? readU32le : readU32;
  switch (type) {
    case blockTypes.packet:
    case blockTypes.enhancedPacket:
      return word(b, numbers + 12);
    case blockTypes.decryptionSecrets:
      return word(b, numbers + 4);
    default:
      return 0;
  }
}
