import { flags } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Table } from "../../schema/table.ts";

/** The number under which the layer above sits in a table: what building writes where a declaration's data cannot say it. */
export function keyAbove(layer: Layer, table: Table): number | undefined {
  const over = layer.upper?.schema.about.over ?? [];
  for (const binding of over)
    if (binding.table === table)
      for (const key of binding.keys) if (typeof key === "number") return key;
  return undefined;
}

/** The byte `offset` bytes after a layer's start; `undefined` where it does not reach (or, when building, not yet). */
export const byteAt = (layer: Layer, offset: number): number | undefined =>
  layer.start + offset < layer.end ? layer.bytes[layer.start + offset] : undefined;

/** Flags of a number whose least significant byte comes first. */
export const littleFlags: typeof flags = (width, group, title, options) => ({
  ...flags(width, group, title, options),
  little: true,
});
