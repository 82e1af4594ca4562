/** Puts options of pcapng blocks together (draft-ietf-opsawg-pcapng §3.5). */

import { joined } from "../bytes/joined.ts";
import { writeBigUint, writeBigUintLe, writeUint, writeUintLe } from "../bytes/numbers.ts";
import { checkLength, checkRange, checkWide, textBytes } from "./check.ts";
import { type BlockOption, OPTION_COMMENT } from "./options.ts";

const EMPTY = new Uint8Array(0);
const MAX_LENGTH = 0xffff;

/** One of something, or several in order. */
export type OneOrMore<T> = T | readonly T[];

/** An option of somebody's own (opt_custom): what a reader says of one can be given as it is. */
export interface CustomOptionRecipe {
  /** Private enterprise number of who defined it, 0..2^32-1. */
  readonly pen: number;
  /** Text or bytes: the option's code says which it is. */
  readonly value: string | Uint8Array;
  /** Whether programs that change the file may copy the option; true unless told. */
  readonly copyable?: boolean;
}

/** Options that every block may have. Lengths, padding and the end of the list are added. */
export interface CommonOptionsRecipe {
  /** Text for people (opt_comment). */
  readonly comment?: OneOrMore<string>;
  readonly custom?: OneOrMore<CustomOptionRecipe>;
  /** Further options, code 1..65535 and value, which come behind all others as they are given. */
  readonly other?: readonly BlockOption[];
}

/** A number of 64 bits; plain numbers up to 2^53 will do. */
export type Wide = number | bigint;

/** The items of what is given once, several times or not at all. */
export function itemsOf<T>(given: OneOrMore<T> | undefined): readonly T[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? given : [given as T];
}

/** `width` bytes (1 to 6) of a number in range. */
export function numberBytes(value: number, width: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(width);
  (littleEndian ? writeUintLe : writeUint)(bytes, 0, width, value);
  return bytes;
}

/** The eight bytes of a number, negative ones as two's complement. */
export function wideBytes(value: bigint, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(8);
  (littleEndian ? writeBigUintLe : writeBigUint)(bytes, 0, 8, BigInt.asUintN(64, value));
  return bytes;
}

/** The bytes with zeros behind them up to a multiple of four. */
export function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const whole = new Uint8Array((bytes.length + 3) & ~3);
  whole.set(bytes);
  return whole;
}

/** A code, a length, a value and its padding: the form of options and of name records. */
export function codeLengthValue(code: number, value: Uint8Array, littleEndian: boolean) {
  const head = [numberBytes(code, 2, littleEndian), numberBytes(value.length, 2, littleEndian)];
  return joined([...head, padded(value)]);
}

/** Collects the options of one block. What is undefined is left out. */
export class OptionList {
  readonly littleEndian: boolean;
  private readonly pieces: Uint8Array[] = [];
  private readonly owner: string;

  /** `owner` is what messages call the block. */
  constructor(owner: string, littleEndian: boolean) {
    this.owner = owner;
    this.littleEndian = littleEndian;
  }

  /** What messages call a value of this block. */
  name(key: string): string {
    return `${this.owner}.${key}`;
  }

  add(code: number, key: string, value: Uint8Array): void {
    checkLength(this.name(key), value, MAX_LENGTH);
    this.pieces.push(codeLengthValue(code, value, this.littleEndian));
  }

  text(code: number, key: string, text: string | undefined): void {
    if (text !== undefined) this.add(code, key, textBytes(this.name(key), text));
  }

  /** A number of 1 or 4 bytes; negative ones as two's complement. */
  number(code: number, key: string, width: number, value: number | undefined, min = 0): void {
    if (value === undefined) return;
    // A signed number has half of the range above zero.
    checkRange(this.name(key), value, min, min < 0 ? -min - 1 : 2 ** (8 * width) - 1);
    this.add(code, key, numberBytes(value, width, this.littleEndian));
  }

  /** A number of 8 bytes without a sign. */
  wide(code: number, key: string, value: Wide | undefined): void {
    if (value === undefined) return;
    const exact = checkWide(this.name(key), value, 0n, 0xffff_ffff_ffff_ffffn);
    this.add(code, key, wideBytes(exact, this.littleEndian));
  }

  /** The first bytes of a value say its kind. */
  tagged(code: number, key: string, type: number, data: Uint8Array): void {
    checkRange(this.name(`${key}.type`), type, 0, 255);
    this.add(code, key, joined([Uint8Array.of(type), data]));
  }

  /** A value whose bytes a function makes; what it throws is told with the option's name. */
  made(code: number, key: string, make: () => Uint8Array): void {
    this.add(code, key, named(this.name(key), make));
  }

  /** The options that every block may have. To be called last. */
  common({ comment, custom, other = [] }: CommonOptionsRecipe): void {
    for (const text of itemsOf(comment)) this.text(OPTION_COMMENT, "comment", text);
    for (const one of itemsOf(custom)) this.custom(one);
    for (const { code, value } of other) {
      checkRange(this.name("other.code"), code, 1, MAX_LENGTH);
      this.add(code, "other.value", value);
    }
  }

  private custom({ pen, value, copyable = true }: CustomOptionRecipe): void {
    checkRange(this.name("custom.pen"), pen, 0, 0xffff_ffff);
    const isText = typeof value === "string";
    const bytes = isText ? textBytes(this.name("custom.value"), value) : value;
    const code = (copyable ? 2988 : 19_372) + (isText ? 0 : 1);
    this.add(code, "custom.value", joined([numberBytes(pen, 4, this.littleEndian), bytes]));
  }

  /** The list as it stands in a block: empty without options, else ended with opt_endofopt. */
  bytes(): Uint8Array {
    return this.pieces.length === 0 ? EMPTY : joined([...this.pieces, new Uint8Array(4)]);
  }
}

/** What `make` gives; its TypeErrors and RangeErrors say what value they are about. */
export function named<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError) throw new TypeError(`${name}: ${error.message}`);
    if (error instanceof RangeError) throw new RangeError(`${name}: ${error.message}`);
    throw error;
  }
}

/** The options of a block that has none but the common ones. */
export function commonOptions(
  owner: string,
  recipe: CommonOptionsRecipe,
  littleEndian: boolean,
): Uint8Array {
  const list = new OptionList(owner, littleEndian);
  list.common(recipe);
  return list.bytes();
}

/** A block around its body: type and length before it, padding and the length once more behind it. */
export function blockBytes(
  type: number,
  pieces: readonly Uint8Array[],
  littleEndian: boolean,
): Uint8Array {
  const body = padded(joined(pieces));
  if (body.length > 0xffff_fff0) {
    throw new RangeError(`a block must have at most 4294967292 bytes, got ${body.length + 12}`);
  }
  const length = numberBytes(body.length + 12, 4, littleEndian);
  return joined([numberBytes(type, 4, littleEndian), length, body, length]);
}
