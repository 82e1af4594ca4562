import { parseHex } from "../../bytes/hex.ts";
import { all } from "../../protocols/all.ts";
import { type Content, Named } from "../../report/content.ts";
import { flagKeys } from "../../report/keys.ts";
import type { AnyField } from "../../schema/field.ts";
import type { Placed } from "../../schema/place.ts";
import type { Schema } from "../../schema/schema.ts";
import type { PdmlNode } from "./tshark-pdml.ts";

/** A field of ours by Wireshark's name: its key in a report, and the value that a report has of what tshark prints. */
interface DeclaredField {
  readonly key: string;
  value(cell: string): Content;
}

/** What of a declaration is wanted to name the fields that tshark shows. */
export interface Declared {
  readonly name: string;
  readonly label: string;
  /** What the case is called, of a declaration with cases. */
  readonly caseName: string | null;
  /** The keys of its fields. */
  readonly keys: ReadonlySet<string>;
  readonly fields: ReadonlyMap<string, DeclaredField>;
  /** Wireshark's names of what others of its fields say already: parts of flags, fields joined, either end. */
  readonly passedOver: ReadonlySet<string>;
}

/** What Wireshark calls protocols where it is neither the name nor the prefix of ours. */
const others: Readonly<Record<string, string>> = {
  pppoes: "pppoe",
  pppoed: "pppoeDiscovery",
  ieee8021ad: "serviceVlan",
  ieee8021ah: "backboneTag",
  gtpprime: "gtpPrime",
  "gtp-prime": "gtpPrime",
};

let byName: Map<string, Schema[]> | null = null;

/** The declarations that a protocol of Wireshark may be, by its name. */
function candidates(name: string): readonly Schema[] {
  byName ??= indexed();
  return byName.get(others[name] ?? name) ?? byName.get(name) ?? [];
}

function indexed(): Map<string, Schema[]> {
  const index = new Map<string, Schema[]>();
  const add = (name: string, schema: Schema): void => {
    const list = index.get(name) ?? [];
    if (!list.includes(schema)) index.set(name, [...list, schema]);
  };
  for (const { schema } of all) {
    add(schema.about.prefix, schema);
    add(schema.name, schema);
  }
  return index;
}

const known = new Map<Schema, Declared>();

function declaredOf(schema: Schema): Declared {
  let found = known.get(schema);
  if (found === undefined) {
    found = declare(schema);
    known.set(schema, found);
  }
  return found;
}

/** The declaration of ours that a protocol is, which begins at a node; of several the one that has most of its fields. */
export function declarationFor(
  name: string,
  nodes: readonly PdmlNode[],
  at: number,
): Declared | null {
  const found = candidates(name);
  if (found.length === 0) return null;
  const within = fieldsIn(nodes, at);
  let best = found[0]!;
  if (found.length > 1) {
    const counts = found.map((one) => shared(declaredOf(one), within));
    best = found[counts.indexOf(Math.max(...counts))]!;
  }
  return declaredOf(caseIn(best, within));
}

/** The nodes of a protocol that begins at a node. */
function fieldsIn(nodes: readonly PdmlNode[], at: number): readonly PdmlNode[] {
  const { depth } = nodes[at]!;
  let end = at + 1;
  while (end < nodes.length && nodes[end]!.depth > depth) end++;
  return nodes.slice(at + 1, end);
}

const shared = ({ fields }: Declared, within: readonly PdmlNode[]): number =>
  within.reduce((count, { name }) => count + (fields.has(name) ? 1 : 0), 0);

/** The case of a declaration by the value that tshark shows of its selector. */
function caseIn(schema: Schema, within: readonly PdmlNode[]): Schema {
  const { cases } = schema;
  const filter = cases === null ? null : (schema.find(cases.selectorName)?.filter ?? null);
  if (filter === null) return schema;
  const key = Number(within.find(({ name }) => name === filter)?.show ?? Number.NaN);
  return Number.isSafeInteger(key) ? caseIn(cases!.of(key), within) : schema;
}

function declare(schema: Schema): Declared {
  const fields = new Map<string, DeclaredField>();
  const passedOver = new Set<string>();
  const addFrom = (one: Schema): void => {
    for (const placed of one.placed) addPlaced(placed, fields, passedOver);
    for (const { name, options } of one.spec.composites)
      if (options.filter !== null)
        passedOver.add(fullName(one.about.prefix, options.filter ?? name));
    for (const each of one.cases?.list ?? []) addFrom(each);
    if (one.cases !== null) addFrom(one.cases.unknown);
  };
  addFrom(schema);
  for (const name of fields.keys()) passedOver.delete(name);
  const { about, caseName } = schema;
  const { name } = schema.root;
  const keys = new Set([...fields.values()].map(({ key }) => key));
  return { name, caseName, label: about.label, keys, fields, passedOver };
}

const fullName = (prefix: string, filter: string): string =>
  filter.startsWith(".") ? filter.slice(1) : `${prefix}.${filter}`;

function addPlaced(
  placed: Placed,
  fields: Map<string, DeclaredField>,
  passedOver: Set<string>,
): void {
  const { filter, item } = placed;
  if (item.schema !== null) return;
  for (const name of item.options.also ?? []) passedOver.add(name);
  if (filter === null) return;
  if (!fields.has(filter))
    fields.set(filter, { key: placed.name, value: (cell) => reportedValue(placed, cell) });
  for (const bit of item.field?.flags ?? [])
    if (typeof bit.filter === "string") passedOver.add(fullName(filter, bit.filter));
}

/** The value that a report has, of what tshark prints; its text where the two are not of one form. */
function reportedValue({ item }: Placed, cell: string): Content {
  const { field, options } = item;
  const { names, scale = 1 } = options;
  switch (field?.kind) {
    case "uint":
    case "int": {
      const n = Number(cell) / scale;
      if (cell === "" || !Number.isSafeInteger(n)) return cell;
      return names === undefined ? n : new Named(n, names.get(n) ?? null);
    }
    case "biguint":
      return /^(?:0x[0-9a-f]+|\d+)$/.test(cell) ? BigInt(cell) : cell;
    case "flag": {
      const is = cell === "1" || cell === "True";
      return names === undefined ? is : new Named(is, names.get(Number(is)) ?? null);
    }
    case "flags":
      return flagsOf(field, cell);
    case "bytes":
      return bytesOf(cell);
    default:
      return item.kind === "bytes" ? bytesOf(cell) : cell;
  }
}

function flagsOf({ flags }: AnyField, cell: string): Content {
  const whole = Number(cell);
  if (cell === "" || !Number.isSafeInteger(whole)) return cell;
  const fields = new Map<string, Content>([["value", whole]]);
  for (const [key, { shift, width, names }] of flagKeys(flags)) {
    const n = (whole >>> shift) & (2 ** width - 1);
    const value = width === 1 ? n === 1 : n;
    fields.set(key, names ? new Named(value, names.get(n) ?? null) : value);
  }
  return fields;
}

function bytesOf(cell: string): Content {
  try {
    return parseHex(cell);
  } catch {
    return cell;
  }
}
