import type { Size } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";

/** How a declaration computes a field: the sizes that it gives, whether it names the layer above, a function, a checksum. */
export interface Computed {
  readonly sizes: Size[];
  isKey: boolean;
  kind: "plain" | "function" | "checksum";
}

const fields = new WeakMap<Schema, ReadonlyMap<string, Computed>>();

/** The fields that building computes where they are not given, by name; of flags, `flags.key`. */
export function computedFields(schema: Schema): ReadonlyMap<string, Computed> {
  let known = fields.get(schema);
  if (known === undefined) {
    known = findComputed(schema);
    fields.set(schema, known);
  }
  return known;
}

function findComputed(schema: Schema): Map<string, Computed> {
  const found = new Map<string, Computed>();
  const at = (name: string): Computed => {
    let one = found.get(name);
    if (one === undefined) {
      one = { sizes: [], isKey: false, kind: "plain" };
      found.set(name, one);
    }
    return one;
  };
  const size = (one: Size | null): void => {
    if (one?.kind === "field") at(one.ref!.name).sizes.push(one);
  };
  for (const one of [schema.header, schema.whole, schema.length]) size(one);
  for (const placed of schema.placed) {
    for (const one of [placed.size, placed.bytes, placed.count]) size(one);
    if (placed.item.options.computed) at(placed.name).kind = "function";
    if (placed.item.options.checksum) at(placed.name).kind = "checksum";
  }
  for (const name of schema.spec.next?.fields ?? []) at(name).isKey = true;
  return found;
}

const names = new WeakMap<Schema, ReadonlySet<string>>();

/**
 * Names of the fields that building computes: lengths, counters, checksums, functions of the declaration; of flags that one of
 * them is, the whole. Not those that only name the layer above.
 */
export function computedNames(schema: Schema): ReadonlySet<string> {
  let known = names.get(schema);
  if (known === undefined) {
    const own = [...computedFields(schema)].filter(
      ([, c]) => c.sizes.length > 0 || c.kind !== "plain",
    );
    known = new Set(own.map(([name]) => name.split(".")[0]!));
    names.set(schema, known);
  }
  return known;
}
