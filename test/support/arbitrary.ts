import fc, { type Random, Stream, Value } from "fast-check";
import { computedNames } from "../../src/packet/computed.ts";
import { anyValue } from "../../src/packet/random-field.ts";
import type { Leaf } from "../../src/packet/random-leaf.ts";
import { RandomValues } from "../../src/packet/random-values.ts";
import { Draws } from "../../src/packet/seeded.ts";
import type { AnyField } from "../../src/schema/field.ts";
import type { Size } from "../../src/schema/place.ts";
import type { Schema } from "../../src/schema/schema.ts";

/** Values as building takes them. */
export type Values = Record<string, unknown>;

/** What random packets are drawn from, on fast-check's generator: it prints the seed of what failed, and makes it smaller. */
class Source extends Draws {
  private readonly random: Random;
  constructor(random: Random) {
    super();
    this.random = random;
  }
  protected draw(most: number): number {
    return this.random.nextInt(0, most);
  }
}

/** Whether nothing of a declaration is decided by a function, so that every value given must come back. */
export function isPlain(schema: Schema, seen = new Set<Schema>()): boolean {
  if (seen.has(schema)) return true;
  seen.add(schema);
  const { cases, spec } = schema;
  if (cases !== null) return [...cases.list, cases.unknown].every((one) => isPlain(one, seen));
  const computed = computedNames(schema);
  const fixed = (size: Size | null): boolean => size === null || size.kind !== "function";
  if (![schema.header, schema.whole, schema.length, schema.reserve].every(fixed)) return false;
  if (spec.trailer !== null && !isPlain(spec.trailer, seen)) return false;
  return schema.placed.every(({ item, size, bytes, count, segment, variable }) => {
    if (![size, bytes, count].every(fixed)) return false;
    const { when } = schema.segments[segment]!;
    if (when?.compute) return false;
    if (when?.ref && computed.has(when.ref.name.split(".")[0]!)) return false;
    if (item.field?.codec || item.extent !== null || item.bounds?.stop) return false;
    if (variable && item.options.checksum) return false;
    return item.schema === null || isPlain(item.schema, seen);
  });
}

/** Whether a leaf refers back to equal ones before it, so that bytes which do not are written in another way. */
export function compresses(schema: Schema, seen = new Set<Schema>()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  const { cases } = schema;
  if (cases !== null) return [...cases.list, cases.unknown].some((one) => compresses(one, seen));
  return schema.placed.some(
    ({ item }) =>
      item.field?.codec?.name === "domain name" ||
      (item.schema !== null && compresses(item.schema, seen)),
  );
}

/** Whether building may put zeros behind what it is given, somewhere in a declaration. */
export function pads(schema: Schema, seen = new Set<Schema>()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if ((schema.header?.unit ?? 1) > 1) return true;
  const { cases } = schema;
  if (cases !== null) return [...cases.list, cases.unknown].some((one) => pads(one, seen));
  return schema.placed.some(
    ({ item }) => item.align > 1 || (item.schema !== null && pads(item.schema, seen)),
  );
}

class ValuesArbitrary extends fc.Arbitrary<Values> {
  private readonly leaf: Leaf;

  constructor(leaf: Leaf) {
    super();
    this.leaf = leaf;
  }

  generate(random: Random): Value<Values> {
    return new Value(new RandomValues(new Source(random), false).leaf(this.leaf), undefined);
  }

  canShrinkWithoutContext(_value: unknown): _value is Values {
    return false;
  }

  /** Fewer values, and fewer items in a list that nothing counts by a function. */
  shrink(values: Values): Stream<Value<Values>> {
    const smaller: Values[] = [];
    for (const [name, value] of Object.entries(values)) {
      const placed = this.leaf.schema.find(name);
      if (placed === undefined || this.leaf.keys.has(name)) continue;
      const sizes = [placed.size, placed.bytes, placed.count];
      if (sizes.some((s) => s?.kind === "function" || s?.kind === "constant")) continue;
      if (Array.isArray(value) && value.length > 0) {
        smaller.push(
          { ...values, [name]: value.slice(1) },
          { ...values, [name]: value.slice(0, -1) },
        );
      } else if (placed.item.kind !== "text" && !Array.isArray(value)) {
        const { [name]: _, ...others } = values;
        smaller.push(others);
      }
    }
    return Stream.of(...smaller.map((one) => new Value(one, undefined)));
  }
}

/** Valid values of a declaration: what its recipe takes. Computed fields are left out, so that building computes them. */
export const valuesFor = (leaf: Leaf): fc.Arbitrary<Values> => new ValuesArbitrary(leaf);

/** A value of a fixed field, as an arbitrary. */
export const fieldArbitrary = (field: AnyField): fc.Arbitrary<unknown> =>
  new (class extends fc.Arbitrary<unknown> {
    generate(random: Random): Value<unknown> {
      return new Value(anyValue(field, new Source(random)), undefined);
    }
    canShrinkWithoutContext(_value: unknown): _value is unknown {
      return false;
    }
    shrink(): Stream<Value<unknown>> {
      return Stream.nil();
    }
  })();
