import type { Layer } from "./layer.ts";
import type { AnyRecipe } from "./recipe.ts";

/** Values of a header that differ from those of the packet; `undefined` leaves a field out, to be computed or zero. */
export type Differences = Readonly<Record<string, unknown>>;

/** What is wanted of a split. */
export interface SplitOptions {
  /** Bytes that a piece may have at most; each declaration says which bytes count. */
  readonly size?: number;
  /** Identification of the fragments, where the packet has none of its own. */
  readonly id?: number;
  /** Splits also what says that it must not be split. */
  readonly force?: boolean;
  /** Gives also what fits as it is the form of a piece (an atomic fragment, RFC 6946). */
  readonly atomic?: boolean;
}

/** One piece: a range of the packet's bytes, and the headers in front of it. */
export interface Piece {
  /** Offsets in `Layer.bytes` of the piece's data. */
  readonly from: number;
  readonly to: number;
  /** What differs in the header of the layer whose payload is split. */
  readonly values: Differences;
  /** A header that each piece has and the packet has not, behind that of the layer. */
  readonly above?: AnyRecipe;
}

/** How a packet is cut: the layer whose payload is split, and the pieces; one piece where nothing is to be split. */
export interface Split {
  readonly layer: Layer;
  readonly pieces: readonly Piece[];
}

/** What a declaration says of splitting. */
export interface Splits {
  /** Cuts the datagram of this layer into fragments. */
  readonly fragment?: (layer: Layer, options: SplitOptions) => Split;
  /** Cuts the data of this layer into segments. */
  readonly segment?: (layer: Layer, options: SplitOptions) => Split;
  /** What differs in this header from one segment to the next, when a layer above is cut. */
  readonly perSegment?: (layer: Layer, index: number) => Differences;
}
