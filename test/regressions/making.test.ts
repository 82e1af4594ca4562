import { describe, expect, it } from "vitest";
import { all, build, createDissector, ethernet, valuesOf } from "../../src/index.ts";
import { type Layer, viewOf } from "../../src/schema/layer.ts";
import { type AnyRecipe, isRecipe, recipe } from "../../src/schema/recipe.ts";
import type { Schema } from "../../src/schema/schema.ts";
import { missing } from "../support/inspect.ts";
import { bytes, hex } from "../support/packets.ts";
import type { Table } from "./making-rows.ts";
import { headerOf, tables, trailers } from "./making-tables.ts";

const dissector = createDissector(all);
const plain = (text: string): string => hex(bytes(text));

interface Made {
  /** The header on its own, or around the record. */
  readonly header: Uint8Array;
  /** What stands for the recipe in the packet, as it was built. */
  readonly layer: Layer;
  /** The same, read from the bytes. */
  readonly read: Layer;
}

/** What is not `layer` itself is the only item of the list that the carrier has. */
function made(one: AnyRecipe, table: Table): Made {
  const { carrier } = table;
  const header = headerOf(one, table);
  const packet = build(header);
  const find = (layer: Layer): Layer => {
    if (carrier === undefined) return layer;
    const items = (viewOf(layer) as Record<string, { layer: Layer }[]>)[carrier.list];
    const [item] = items ?? [];
    if (item === undefined) throw new Error(`${carrier.list}: nothing came back`);
    return item.layer;
  };
  const again = dissector.dissect(packet.bytes().slice(), { schema: header.schema.root });
  return {
    header: packet.bytes(),
    layer: find(packet.first as Layer),
    read: find(again.first as Layer),
  };
}

const written = ({ bytes: data, start, end }: Layer): string => hex(data.subarray(start, end));
/** The values of recipes in the place of recipes, as reading gives them. */
function unwrapped(value: unknown): unknown {
  if (isRecipe(value)) return unwrapped(value.values);
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unwrapped(one)]));
}

/** The case that a layer is of, and those that this is a case of. */
function casesDownTo(layer: Layer): (string | null)[] {
  const names: (string | null)[] = [layer.schema.root.caseName];
  for (let s: Schema | null = layer.schema; s !== null; s = s.parent) names.push(s.caseName);
  return names;
}
const caseOf = (layer: Layer): unknown => (viewOf(layer) as { is?: unknown }).is;

describe.each(tables.flatMap((table) => table.rows.map((row) => [...row, table] as const)))(
  "%s",
  (_, one, wanted, table) => {
    it("is made as its specification says", () => {
      const { header, layer } = made(one, table);
      expect(written(layer)).toBe(plain(wanted));
      if (table.carrier !== undefined) expect(header.length % table.carrier.words).toBe(0);
    });

    it("reads back as what was given, and is made again of that", () => {
      const { read } = made(one, table);
      const found = { ...valuesOf(read), is: caseOf(read) };
      const filled = table.carrier === undefined;
      expect(missing(unwrapped(one.values), found, "made", filled)).toEqual([]);
      expect(casesDownTo(read)).toContain(one.schema.caseName);
      const again = recipe(read.schema, valuesOf(read));
      expect(written(made(again, table).layer)).toBe(plain(wanted));
    });
  },
);

describe("what stands behind the payload", () => {
  it.each(trailers)("%s", (_, of, stack, values, wanted) => {
    const packet = build(...(stack as readonly AnyRecipe[]));
    expect(hex(packet.bytes())).toBe(plain(wanted));
    const read = dissector.dissect(packet.bytes().slice(), ethernet);
    expect(read.error).toBeNull();
    expect(read.require(of.schema.name)).toMatchObject(values);
  });
});
