import { all } from "../../protocols/all.ts";
import type { AnyProtocol } from "../../schema/protocol.ts";
import type { Schema } from "../../schema/schema.ts";
import type { Table } from "../../schema/table.ts";

/**
 * The protocols that lead to wanted ones: those, and all that may lie below them. A dissector of no more stops at the highest
 * layer that is looked at, which is what makes counting fast.
 */
export function carriersOf(
  wanted: readonly Schema[],
  protocols: readonly AnyProtocol[] = all,
): AnyProtocol[] {
  const roots = new Set<Schema>(wanted);
  const tables = new Set<Table>();
  const chosen = new Set<AnyProtocol>();
  for (let before = -1; chosen.size !== before; ) {
    before = chosen.size;
    for (const one of protocols)
      if (!chosen.has(one) && isCarrier(one.schema, roots, tables)) {
        chosen.add(one);
        for (const { table } of one.schema.about.over) tables.add(table);
      }
  }
  return protocols.filter((one) => chosen.has(one));
}

/** Whether a declaration is wanted, looks in a table with one that is, or may choose one in a way of its own. */
function isCarrier(
  schema: Schema,
  wanted: ReadonlySet<Schema>,
  tables: ReadonlySet<Table>,
): boolean {
  if (wanted.has(schema.root) || schema.spec.quotes) return true;
  const forms = [schema, ...(schema.cases?.list ?? [])];
  return forms.some(
    ({ spec }) => spec.choose !== null || (spec.next !== null && tables.has(spec.next.table)),
  );
}
