import { defaultDissector } from "../capture/open.ts";
import { createDissector, type Dissector } from "../packet/dissector.ts";
import { all } from "../protocols/all.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import type { Binding, Table } from "../schema/table.ts";
import { ExtractionError } from "./errors.ts";
import { type LayerName, layerNamed, protocolsAbove } from "./layers.ts";

type AnyCase<T extends string> = T | Capitalize<T> | Uppercase<T>;

/** How far packets are taken apart. What lies above stays bytes, as `raw`. */
export interface ExtractionLimit {
  /** The highest layer, see `layerNames`; `none` is no limit. */
  readonly layer?: AnyCase<LayerName | "none">;
  /** The protocols with which dissection ends: their names, labels or prefixes without case, or they themselves. */
  readonly protocol?: string | AnyProtocol | readonly (string | AnyProtocol)[];
}

/** How packets are taken apart, in words: what can be told to another thread. */
export interface DissectionRules {
  readonly layer: LayerName;
  /** Names of the protocols with which dissection ends. */
  readonly stopAfter: readonly string[];
  /** Rules of the form `tcp.port==8080,http`. */
  readonly decodeAs: readonly string[];
}

/** The protocol of this package with a name; `null` of names that mean "no limit". */
function protocolNamed(name: string): AnyProtocol | null {
  if (/^(null|none|protocol)?$/i.test(name)) return null;
  const found = defaultDissector().named(name);
  if (found !== undefined) return found;
  throw new ExtractionError("ERR_LIMIT", `no protocol is called '${name}'`);
}

/** All protocols that go by a name: `ip` is either version. */
const protocolsNamed = (name: string): AnyProtocol[] => {
  const first = protocolNamed(name);
  if (first === null) return [];
  const wanted = name.toLowerCase();
  const others = all.filter(({ schema }) =>
    schema.about.also.some((one) => one.toLowerCase() === wanted),
  );
  return [...new Set([first, ...others])];
};

/**
 * Rules of what an extraction is told.
 *
 * @throws ExtractionError with ERR_LIMIT for a layer or protocol that is not known.
 */
export function dissectionRules(
  limit: ExtractionLimit = {},
  decodeAs: readonly string[] = [],
): DissectionRules {
  const { layer = "application", protocol = [] } = limit;
  const given = Array.isArray(protocol) ? protocol : [protocol as string | AnyProtocol];
  const stopAfter = given.flatMap((one) =>
    typeof one === "string" ? protocolsNamed(one).map((p) => p.schema.name) : [one.schema.name],
  );
  return { layer: layerNamed(layer), stopAfter, decodeAs };
}

/**
 * The dissector of all protocols of this package under these rules.
 *
 * @throws ExtractionError or TypeError for what is not known.
 */
export function dissectorOf({ layer, stopAfter, decodeAs }: DissectionRules): Dissector {
  const bind = decodeAs.map(parseDecodeAs);
  if (layer === "application" && stopAfter.length === 0 && bind.length === 0)
    return defaultDissector();
  const without = protocolsAbove(layer);
  return createDissector(all, {
    bind: bind.filter(({ protocol }) => protocol === null || !without.includes(protocol)),
    without,
    stopAfter: stopAfter.map((name) => protocolNamed(name)!),
  });
}

let tables: Map<string, Table> | null = null;

/** The tables in which any protocol sits or looks, by Wireshark's name of the selecting field. */
export function decodeTables(): ReadonlyMap<string, Table> {
  if (tables !== null) return tables;
  tables = new Map();
  for (const { schema } of all) {
    for (const { table } of schema.about.over) tables.set(table.name, table);
    if (schema.spec.next !== null) tables.set(schema.spec.next.table.name, schema.spec.next.table);
  }
  return tables;
}

/**
 * `tcp.port==8080,http` as a binding.
 *
 * @throws TypeError for a rule of another form, or a table or protocol that is not known.
 */
export function parseDecodeAs(rule: string): Binding {
  const match = /^\s*([\w.]+)\s*==\s*(0x[0-9a-fA-F]+|\d+)\s*,\s*(\S+)\s*$/.exec(rule);
  if (match === null) throw new TypeError(`'${rule}' is not of the form tcp.port==8080,http`);
  const [, tableName, key, name] = match;
  const table = decodeTables().get(tableName!);
  if (table === undefined)
    throw new TypeError(
      `no table '${tableName}'; known are ${[...decodeTables().keys()].join(", ")}`,
    );
  const protocol = defaultDissector().named(name!);
  if (protocol === undefined) throw new TypeError(`no protocol '${name}'`);
  return table.at(Number(key), protocol);
}
