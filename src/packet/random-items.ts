import type { ListRule } from "../schema/item.ts";
import { type Layer, viewOf } from "../schema/layer.ts";
import { readNumber, readRecord } from "../schema/layout.ts";
import type { Schema } from "../schema/schema.ts";
import { Writer } from "../schema/writer.ts";
import type { Leaf } from "./random-leaf.ts";
import type { Draws } from "./seeded.ts";
import type { PlainValues } from "./values.ts";
import { writeParts } from "./write.ts";

/** An item of a random list: its values, how many bytes they make, and the view of these. */
export interface Made {
  readonly values: PlainValues;
  readonly size: number;
  readonly view: { readonly layer: Layer };
}

/**
 * Chooses the cases of a valid list's items, one after the other: first those that its rule wants, then others that were not
 * there before. Without a rule cases come again when all have been there; a list with one ends then.
 */
export class ItemCases {
  private readonly leaves: readonly Leaf[];
  private readonly rule: ListRule | null;
  private readonly r: Draws;
  /** The cases that the rule wants: of each place one. */
  private readonly needed: readonly string[];
  private readonly taken: string[] = [];

  constructor(leaves: readonly Leaf[], rule: ListRule | null, r: Draws) {
    this.rule = rule;
    this.r = r;
    this.needed = (rule?.needs ?? []).map((one) => (typeof one === "string" ? one : r.pick(one)));
    const known = rule?.only === undefined ? null : [...this.needed, ...rule.only];
    const barred = rule?.except ?? [];
    this.leaves = leaves.filter(
      (l) => !isOneOf(l, barred) && (known === null || isOneOf(l, known)),
    );
  }

  /** How many items a valid list has at least. */
  get least(): number {
    return this.needed.length;
  }

  /** What the next item is; null where no further one may stand there. */
  next(): Leaf | null {
    const leaves = this.allowed();
    if (leaves.length === 0) return null;
    const leaf = leaves.length === 1 ? leaves[0]! : this.r.pick(leaves);
    this.taken.push(leaf.path[0] ?? "");
    return leaf;
  }

  private allowed(): readonly Leaf[] {
    const taken = this.taken;
    const needed = this.needed[taken.length];
    if (needed !== undefined) return this.leaves.filter((l) => l.path[0] === needed);
    const alone = this.rule?.alone ?? [];
    if (taken.some((name) => alone.includes(name))) return [];
    const barred = taken.length === 0 ? [] : [...taken, ...alone];
    const others = this.leaves.filter((l) => !isOneOf(l, barred));
    return others.length > 0 || this.rule !== null ? others : this.leaves;
  }

  /** Whether all that the rule wants has been made. */
  hasAll(items: readonly Made[]): boolean {
    return this.needed.every((name) => items.some((one) => caseOf(one) === name));
  }
}

const isOneOf = ({ path }: Leaf, names: readonly string[]): boolean =>
  path[0] !== undefined && names.includes(path[0]);

/** Items in the order that the rule of their list wants. */
export function inOrder(items: readonly Made[], rule: ListRule | null): readonly Made[] {
  if (rule === null || (!rule.ordered && rule.last === undefined)) return items;
  const isLast = (one: Made): number => (rule.last?.includes(caseOf(one)) ? 1 : 0);
  return [...items].sort(
    (a, b) => isLast(a) - isLast(b) || (rule.ordered === true ? keyOf(a) - keyOf(b) : 0),
  );
}

/** The name of an item's case: of cases in cases, the outermost. */
function caseOf({ view }: Made): string {
  let { schema } = view.layer;
  while (schema.parent !== null) schema = schema.parent;
  return schema.caseName ?? "";
}

/** The number that selects an item's case. */
function keyOf({ view: { layer } }: Made): number {
  const { cases } = layer.schema.root;
  return cases === null ? 0 : (readNumber(layer, cases.selector) ?? 0);
}

/** A record as its bytes alone; null where values make none. */
export function recordOf(
  schema: Schema,
  values: PlainValues,
): { readonly layer: Layer; readonly view: Made["view"] } | null {
  try {
    const out = new Writer();
    writeParts(out, schema, values);
    const bytes = out.finish();
    const layer = readRecord(schema, bytes, 0, bytes.length, null as never);
    return layer === null ? null : { layer, view: viewOf(layer) as Made["view"] };
  } catch {
    return null;
  }
}
