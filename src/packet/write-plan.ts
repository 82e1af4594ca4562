import { FieldWriter } from "../schema/field-writer.ts";
import type { Placed } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import { computedNames } from "./computed.ts";

/** How one field is written. */
export class FieldPlan {
  /** `null` for a part behind the head. */
  readonly writer: FieldWriter | null;
  /** Whether it is computed where it is not given. */
  readonly isComputed: boolean;
  /** Whether it names the layer above, where one is there and it is not given. */
  readonly isKey: boolean;

  constructor(schema: Schema, placed: Placed) {
    this.writer = inHead(placed) ? new FieldWriter(schema.name, placed) : null;
    this.isComputed = computedNames(schema).has(placed.name);
    this.isKey = schema.spec.next?.fields.includes(placed.name) === true;
  }

  /** Whether computing has to ask whether it was given. */
  get mayBePinned(): boolean {
    return this.isComputed || this.isKey;
  }
}

/**
 * How the head of a declaration is written: its bytes as they are when nothing is given, and a writer for every field. So
 * the cost of building is that of what is given, not of what is declared (measured: a tenth).
 */
export interface WritePlan {
  readonly head: Uint8Array;
  readonly fields: ReadonlyMap<string, FieldPlan>;
  /** Whether nothing follows the head unless a part behind it is given. */
  readonly plain: boolean;
  /** Names of what follows the payload. */
  readonly trailer: readonly string[];
}

/** Whether a part lies in the head: the first segment's fixed bytes. */
export const inHead = (placed: Placed): boolean => placed.segment === 0 && !placed.variable;

/** The plans of a declaration's fields, and of its parts behind the head. */
export const fieldPlans = (schema: Schema): Map<string, FieldPlan> =>
  new Map(schema.placed.map((p) => [p.name, new FieldPlan(schema, p)]));
