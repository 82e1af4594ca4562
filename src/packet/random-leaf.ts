import type { Placed } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";

/** A declaration that bytes can be: of one with cases, one of them with the keys that select it. */
export interface Leaf {
  readonly schema: Schema;
  /** The names of the cases on the way, outermost first. */
  readonly path: readonly string[];
  /** What the selectors on the way may hold. */
  readonly keys: ReadonlyMap<string, (key: number) => boolean>;
  readonly chosen: ReadonlyMap<string, readonly number[]>;
}

/** Every declaration without cases that `schema` can turn out to be. */
export function leavesOf(schema: Schema): readonly Leaf[] {
  let known = leaves.get(schema);
  if (known === undefined) {
    known = findLeaves(schema);
    leaves.set(schema, known);
  }
  return known;
}
const leaves = new WeakMap<Schema, readonly Leaf[]>();

function findLeaves(schema: Schema): readonly Leaf[] {
  const { cases } = schema;
  if (cases === null) return [{ schema, path: [], keys: new Map(), chosen: new Map() }];
  return [...cases.list, cases.unknown].flatMap((one) => {
    const keys = [...cases.byKey].filter(([, s]) => s === one).map(([key]) => key);
    const fits = (key: number): boolean =>
      one === cases.unknown ? !cases.byKey.has(key) : keys.includes(key);
    return findLeaves(one).map((leaf) => ({
      schema: leaf.schema,
      path: [one.caseName ?? "", ...leaf.path],
      keys: new Map([...leaf.keys, [cases.selectorName, fits] as const]),
      chosen: new Map([...leaf.chosen, [cases.selectorName, keys] as const]),
    }));
  });
}

/** The leaves that a declaration or a case of one can be: of a case, those of its root that lie in it. */
export function leavesWithin(schema: Schema): readonly Leaf[] {
  const all = leavesOf(schema.root);
  if (schema === schema.root) return all;
  const within = (one: Schema | null): boolean =>
    one !== null && (one === schema || within(one.parent));
  return all.filter((leaf) => within(leaf.schema));
}

/** The leaves of cases that are declared; of a declaration that knows none, the unknown case. */
export function knownLeaves(schema: Schema): readonly Leaf[] {
  let known = declared.get(schema);
  if (known === undefined) {
    const all = leavesWithin(schema);
    const named = all.filter((leaf) => !leaf.path.includes("unknown"));
    known = named.length > 0 ? named : all;
    declared.set(schema, known);
  }
  return known;
}
const declared = new WeakMap<Schema, readonly Leaf[]>();

/** Whether a part takes all bytes that are left, so that a payload cannot follow it. */
const takesRest = ({ item, size, bytes, count }: Placed): boolean => {
  if (item.kind === "list")
    return bytes === null ? count === null && item.bounds!.until === null : bytes.kind === "rest";
  if (item.kind === "record")
    return size === null
      ? !leavesOf(item.schema!).every((l) => mayCarry(l.schema))
      : size.kind === "rest";
  return (
    item.extent !== null ||
    size?.kind === "rest" ||
    (item.field?.codec !== undefined && item.field?.codec !== null)
  );
};

/** Whether a payload can follow: the header's end is known by a field of its own, or by its parts. */
export function mayCarry(schema: Schema): boolean {
  const { header, whole } = schema;
  if (header === null) return !schema.placed.some((p) => p.variable && takesRest(p));
  return header.kind === "field" && header.ref!.name !== whole?.ref?.name;
}
