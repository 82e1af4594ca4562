import { describe, expect, it } from "vitest";
import { captures } from "../../scripts/synthetic/index.mjs";
import { all, build, type Packet, valuesOf } from "../../src/index.ts";
import { computedNames } from "../../src/packet/computed.ts";
import type { Layer } from "../../src/schema/layer.ts";
import { listOf, recordOf, trailerOf } from "../../src/schema/layout.ts";
import { type AnyRecipe, recipe } from "../../src/schema/recipe.ts";
import type { Schema } from "../../src/schema/schema.ts";
import { hex } from "../support/packets.ts";
import { headerOf, tables, trailers } from "./making-tables.ts";

/** `tcp.option multipath capable`: a declaration without cases, or one case of one that has them. */
function pathOf(schema: Schema): string {
  const names: string[] = [];
  for (let s: Schema | null = schema; s !== null; s = s.parent)
    if (s.caseName !== null) names.unshift(s.caseName);
  return [schema.root.name, ...names].join(" ");
}

/** Every declaration of this package that something can be made of, protocols and records, each case for itself. */
function declared(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const seen = new Set<Schema>();
  const visit = (schema: Schema): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    if (schema.cases !== null)
      for (const one of [...schema.cases.list, schema.cases.unknown]) visit(one);
    else {
      const of = found.get(schema.root.name) ?? [];
      found.set(schema.root.name, [...of, pathOf(schema)]);
    }
    for (const { item } of schema.placed) if (item.schema !== null) visit(item.schema);
    if (schema.spec.trailer !== null) visit(schema.spec.trailer);
  };
  for (const { schema } of all) visit(schema);
  return found;
}

/** What a packet shows of them, in its layers, their records and trailers. */
function shown(packet: Packet): Set<string> {
  const found = new Set<string>();
  const visit = (layer: Layer): void => {
    found.add(pathOf(layer.schema));
    for (const placed of layer.schema.placed) {
      if (placed.item.kind === "record") {
        const one = recordOf(layer, placed);
        if (one !== null) visit(one);
      } else if (placed.item.kind === "list")
        for (const item of listOf(layer, placed) as readonly { readonly layer: Layer }[])
          visit(item.layer);
    }
    const tail = layer.schema.isProtocol ? trailerOf(layer) : null;
    if (tail !== null) visit(tail);
  };
  for (const layer of packet.layers) visit(layer);
  return found;
}

/** The call that makes a layer: its values, without those that building finds by itself. */
function callOf(layer: Layer): AnyRecipe {
  const computed = computedNames(layer.schema);
  const given = Object.entries(valuesOf(layer)).filter(([name]) => !computed.has(name));
  return recipe(layer.schema, Object.fromEntries(given));
}

/** Whether a packet is the same when it is made again by calls with its values, lengths and sums left to be computed. */
function isMadeAgain(packet: Packet): boolean {
  const wanted = hex(packet.bytes());
  try {
    return hex(build(...packet.layers.map(callOf), packet.raw).bytes()) === wanted;
  } catch (error) {
    // Wrong on purpose: more than its length field can say.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What rows by hand make, and packets of which tshark says the same as we do. */
function everythingMade(): Set<string> {
  const found = new Set<string>();
  for (const table of tables)
    for (const [, one] of table.rows)
      for (const name of shown(build(headerOf(one, table)))) found.add(name);
  for (const [, , stack] of trailers)
    for (const name of shown(build(...(stack as readonly AnyRecipe[])))) found.add(name);
  for (const capture of captures)
    for (const packet of capture.packets())
      if (isMadeAgain(packet)) for (const name of shown(packet)) found.add(name);
  return found;
}

const made = everythingMade();

describe("every declaration is made by a call, byte for byte", () => {
  it.each([...declared()])("%s", (_, names) => {
    expect(names.filter((name) => !made.has(name))).toEqual([]);
  });
});
