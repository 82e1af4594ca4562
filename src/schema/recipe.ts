import type { Site } from "./protocol.ts";
import type { Schema } from "./schema.ts";

/** A layer or record to be built: its declaration and what was given, by field name. */
export interface Recipe<V = unknown, K extends Site = Site> extends AnyRecipe {
  /** Only for the compiler: what a view of the result shows. */
  readonly shows?: V;
  /** Only for the compiler: what may carry it, and what it may carry. */
  readonly site?: K;
}

/** A recipe whose types are not known to the compiler: `build` takes it anywhere. */
export interface AnyRecipe {
  readonly schema: Schema;
  readonly values: Readonly<Record<string, unknown>>;
}

const brand = Symbol.for("wirecraft.recipe");

/** A class for its shape: an object literal with a symbol in it takes ten times as long to make (measured). */
class Made implements AnyRecipe {
  readonly schema: Schema;
  readonly values: Readonly<Record<string, unknown>>;

  constructor(schema: Schema, values: object) {
    this.schema = schema;
    this.values = values as Readonly<Record<string, unknown>>;
  }
}
Object.defineProperty(Made.prototype, brand, { value: true });

/** Makes a recipe, recognisable as such even between two copies of this package. */
export const recipe = (schema: Schema, values: object): AnyRecipe => new Made(schema, values);

/** Whether a value is a recipe, also one of another copy of this package. */
export const isRecipe = (value: unknown): value is AnyRecipe =>
  value instanceof Made || (typeof value === "object" && value !== null && brand in value);
