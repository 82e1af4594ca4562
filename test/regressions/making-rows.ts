import type { AnyProtocol } from "../../src/schema/protocol.ts";
import type { AnyRecipe } from "../../src/schema/recipe.ts";

/** What is made with a call, and the bytes that its specification says this is, written by hand. */
export type Row = readonly [title: string, made: AnyRecipe, bytes: string];

/** Rows of one kind: headers on their own, or records in a list of the header that carries them. */
export interface Table {
  readonly rows: readonly Row[];
  /** Of records: the header whose list they stand in. */
  readonly carrier?: {
    readonly protocol: AnyProtocol;
    readonly list: string;
    /** What else the header needs, such as its type. */
    readonly values?: Readonly<Record<string, unknown>>;
    /** What multiple of bytes the header is filled up to. */
    readonly words: number;
  };
}
