import { all } from "../protocols/all.ts";
import type { Table } from "../schema/table.ts";

let known: Map<string, Table> | null = null;

/** The tables in which any protocol sits or looks, by Wireshark's name of the selecting field. */
export function allTables(): ReadonlyMap<string, Table> {
  if (known !== null) return known;
  known = new Map();
  for (const { schema } of all) {
    for (const { table } of schema.about.over) known.set(table.name, table);
    if (schema.spec.next !== null) known.set(schema.spec.next.table.name, schema.spec.next.table);
  }
  return known;
}
