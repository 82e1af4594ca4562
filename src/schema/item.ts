import type { AnyField, FieldOptions } from "./field.ts";
import type { Layer } from "./layer.ts";
import type { Schema } from "./schema.ts";

/** A number of bytes or items as a declaration states it, before its field is placed. */
export type SizeSpec =
  | number
  | "rest"
  | {
      readonly field: string;
      readonly unit?: number;
      readonly plus?: number;
      /** What a value of zero means, where it is not zero bytes (jumbograms, segmentation offload). */
      readonly zero?: "rest";
      /** From this value on it is no length, and all that is left is taken (an EtherType in the place of a length). */
      readonly below?: number;
      /** Of a header: it counts the bytes behind the field, wherever that lies (a name of any length before it). */
      readonly after?: boolean;
    }
  | ((view: never) => number);

/** Whether a part is there at all. */
export type WhenSpec =
  | string
  | { readonly field: string; readonly is: number | readonly number[] }
  | ((view: never) => boolean);

/** Which characters end a text, or make it up. */
export type TextExtent =
  | { readonly until: string }
  | { readonly of: string; readonly max?: number };

/** What bounds a list: a number of items, of bytes, or an item that ends it. */
export interface ListBounds {
  /** How many items there are. */
  readonly count: SizeSpec | null;
  /** How many bytes they take; without count and size, all that the header or record has left. */
  readonly size: SizeSpec | null;
  /** True for the item that ends the list. */
  readonly until: ((item: never) => boolean) | null;
  /** True where the bytes at `at` are not an item any more. */
  readonly stop: ((bytes: Uint8Array, at: number, end: number, layer: Layer) => boolean) | null;
  /** Every item starts a multiple of this many bytes after the first; padding lies between. */
  readonly pad: number;
}

/**
 * Which items a valid list has, by the names of their cases: none twice, and what is said here. Of a nested record, which
 * cases it may be. Only `random` goes by it;
 * reading and building take any items in any order.
 */
export interface ListRule<C extends string = string> {
  /** Cases that are there, in this order and before all others. Of several in one place, one is. */
  readonly needs?: readonly (C | readonly C[])[];
  /** The cases that may be there besides those: none where it is empty, all where it is left out. */
  readonly only?: readonly C[];
  /** Cases that may not be there. */
  readonly except?: readonly C[];
  /** Cases that nothing else stands beside. */
  readonly alone?: readonly C[];
  /** Cases that stand behind all others. */
  readonly last?: readonly C[];
  /** Items ascend by the number that selects their case. */
  readonly ordered?: boolean;
}

/** Padding that makes the whole a multiple of `unit` bytes, and has so many bytes itself `atLeast`. */
export interface Filling {
  readonly unit: number;
  readonly atLeast: number;
}

/** The kinds of parts that a declaration is made of. */
export type ItemKind = "field" | "bytes" | "text" | "list" | "record";

/** One part of a declaration, in wire order. Shared by the declarations that extend one another; never changed. */
export interface Item {
  readonly name: string;
  readonly title: string;
  readonly kind: ItemKind;
  readonly options: FieldOptions<never>;
  readonly when: WhenSpec | null;
  /** Of a field. */
  readonly field: AnyField | null;
  /** Of bytes, a sized text or a record. */
  readonly size: SizeSpec | null;
  /** Of a text. */
  readonly extent: TextExtent | null;
  /** Of a list or a record. */
  readonly schema: Schema | null;
  /** Of a list. */
  readonly bounds: ListBounds | null;
  /** Of a list or a record: which items make it valid. */
  readonly rule: ListRule | null;
  /** Bytes of the whole that padding after this part is rounded up to when building (options to 4). */
  readonly align: number;
  /** Of bytes behind all others: where they are not given, the zeros that fill up the header are theirs. */
  readonly fills: boolean | Filling;
}

/** Several neighbouring fields that people also read as one number (`ip.dsfield`). */
export interface Composite {
  readonly name: string;
  readonly title: string;
  readonly fields: readonly string[];
  readonly options: FieldOptions<never>;
}
