import type { Item } from "./item.ts";

/** Where a number lies: all that a dissecting loop needs to know of a field. */
export class NumberRef {
  /** 0 for the fixed head of a header; otherwise counted from `marks[segment]`. */
  readonly segment: number;
  readonly at: number;
  /** Bytes to read. */
  readonly width: number;
  readonly shift: number;
  readonly mask: number;
  readonly little: boolean;
  /** The same place in bits from the segment's start. */
  readonly bit: number;
  readonly bits: number;
  readonly name: string;

  constructor(name: string, segment: number, bit: number, bits: number, little: boolean) {
    this.name = name;
    this.segment = segment;
    this.at = bit >> 3;
    this.width = ((bit & 7) + bits + 7) >> 3;
    this.shift = this.width * 8 - (bit & 7) - bits;
    // As a 32-bit integer, so that all bits of 32 are -1: see the loop of `packet/walk.ts` for why.
    this.mask = bits >= 32 ? -1 : -1 >>> (32 - bits);
    this.little = little;
    this.bit = bit;
    this.bits = bits;
  }
}

/** A number of bytes or items: a constant, the rest, a field, or a function of the view. */
export interface Size {
  readonly kind: "constant" | "rest" | "field" | "function";
  readonly constant: number;
  readonly ref: NumberRef | null;
  readonly unit: number;
  readonly plus: number;
  readonly zeroIsRest: boolean;
  /** From this value on the field is no length, and all that is left is meant. */
  readonly below: number;
  /** The field counts what follows it, the size all from the header's start. */
  readonly after: boolean;
  readonly compute: ((view: object) => number) | null;
}

/** A condition on an earlier field. */
export interface When {
  readonly ref: NumberRef | null;
  readonly values: readonly number[] | null;
  readonly compute: ((view: object) => boolean) | null;
}

/** An item in its place. */
export interface Placed {
  readonly item: Item;
  readonly name: string;
  readonly index: number;
  /** Of lists and records: their place among these. */
  readonly slot: number;
  readonly segment: number;
  /** Bits from the segment's start; of a variable part, where the segment's fixed bytes end. */
  readonly bit: number;
  readonly variable: boolean;
  readonly size: Size | null;
  readonly count: Size | null;
  /** Bytes of a list. */
  readonly bytes: Size | null;
  /** Wireshark's full name; `null` where it has none. */
  readonly filter: string | null;
}

/** Fixed bytes and then at most one variable part. A condition opens a segment of its own. */
export interface Segment {
  readonly fixedBytes: number;
  readonly variable: Placed | null;
  readonly when: When | null;
}

/** A size that no field gives. */
export const constantSize = (constant: number, kind: Size["kind"] = "constant"): Size => ({
  kind,
  constant,
  ref: null,
  unit: 1,
  plus: 0,
  zeroIsRest: false,
  below: Number.POSITIVE_INFINITY,
  after: false,
  compute: null,
});

/** What a size's field must hold for `n` bytes or items. */
export const fieldFor = (size: Size, n: number): number => (n - size.plus) / size.unit;
