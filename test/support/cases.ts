import type { Packet } from "../../src/packet/packet.ts";
import type { Layer } from "../../src/schema/layer.ts";
import { listOf, recordOf, trailerOf } from "../../src/schema/layout.ts";
import type { AnyProtocol } from "../../src/schema/protocol.ts";
import type { Schema } from "../../src/schema/schema.ts";

/** `lcp.option configureRequest`: the declaration that has cases, and the names of the cases down to this one. */
function pathOf(schema: Schema): string {
  const names: (string | null)[] = [];
  for (let s: Schema | null = schema; s !== null; s = s.parent) names.unshift(s.caseName);
  return [schema.root.name, ...names].join(" ");
}

/** Every case of the declarations, and of the records in them. */
export function everyCase(protocols: readonly AnyProtocol[]): string[] {
  const found = new Set<string>();
  const seen = new Set<Schema>();
  const visit = (schema: Schema): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    if (schema.cases !== null)
      for (const one of [...schema.cases.list, schema.cases.unknown]) {
        if (one.cases === null) found.add(pathOf(one));
        visit(one);
      }
    for (const { item } of schema.placed) if (item.schema !== null) visit(item.schema);
    if (schema.spec.trailer !== null) visit(schema.spec.trailer);
  };
  for (const { schema } of protocols) visit(schema);
  return [...found].sort();
}

/** The cases that a packet has, in its layers and their records. */
export function casesShown(packet: Packet): Set<string> {
  const found = new Set<string>();
  const visit = (layer: Layer): void => {
    const { schema } = layer;
    if (schema.root !== schema) found.add(pathOf(schema));
    for (const placed of schema.placed) {
      if (placed.item.schema === null) continue;
      const one = placed.item.kind === "record" ? recordOf(layer, placed) : null;
      if (one !== null) visit(one);
      if (placed.item.kind !== "list") continue;
      for (const item of listOf(layer, placed) as readonly { readonly layer: Layer }[])
        visit(item.layer);
    }
    const tail = schema.isProtocol ? trailerOf(layer) : null;
    if (tail !== null) visit(tail);
  };
  for (const layer of packet.layers) visit(layer);
  return found;
}
