import type { Layer } from "../../src/schema/layer.ts";
import { viewOf } from "../../src/schema/layer.ts";
import type { Schema } from "../../src/schema/schema.ts";
import { hex } from "../support/packets.ts";

/** Values of several parts of ours that are one field in Scapy. */
export interface ScapyMade {
  /** Paths of ours. */
  readonly from: readonly string[];
  readonly make: (...values: never[]) => unknown;
}

/** A list of ours and where Scapy has its items. */
export interface ScapyList {
  readonly ours: string;
  /** The field that holds them; `null` where they follow as layers of their own, `""` where the layer itself has their fields. */
  readonly theirs: string | null;
  readonly item: ScapyRecord;
}

/** What the parts of a header or record are called in Scapy. With cases, what they all have, and what each has besides. */
export interface ScapyRecord {
  /** The name of Scapy's class, or the first member of its tuple; several where it has more than one. */
  readonly layer?: string | readonly string[];
  /** Layers directly behind whose fields belong to it: Scapy divides what is one header of ours. */
  readonly with?: readonly string[];
  /** A path of ours, `flags.syn`, to the name or path of a field there. A path that a packet does not have is left out. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Fields there that are several parts of ours. */
  readonly made?: Readonly<Record<string, ScapyMade>>;
  readonly lists?: readonly ScapyList[];
  /** By the names of ours; a text says why a case is not compared. */
  readonly cases?: Readonly<Record<string, ScapyRecord | string>>;
  /** Parts of ours that are not compared, and why; under `"*"` why all cases are not that have no record. */
  readonly left?: Readonly<Record<string, string>>;
  /** Why nothing behind an item is compared: Scapy does not find its end. */
  readonly ends?: string;
  /** What it is otherwise: frames with a length instead of a type. */
  readonly or?: ScapyRecord;
}

/** The fields of a layer of Scapy's, or of an item of a list. */
export type ScapyFields = Readonly<Record<string, unknown>>;
/** A layer of Scapy's: its class and its fields. */
export type ScapyLayer = readonly [name: string, fields: ScapyFields];

/** The record of what a schema is: of one with cases, what they have in common with what this one has. */
export function recordFor(schema: Schema, record: ScapyRecord): ScapyRecord | string {
  if (schema.parent === null && schema.caseName === null) return record;
  const within = schema.parent === null ? record : recordFor(schema.parent, record);
  if (typeof within === "string") return within;
  const { cases = {}, ...common } = within;
  const own = cases[schema.caseName!];
  return typeof own === "object" ? merged(common, own) : (own ?? common);
}

const merged = (one: ScapyRecord, other: ScapyRecord): ScapyRecord => ({
  ...one,
  ...other,
  fields: { ...one.fields, ...other.fields },
  made: { ...one.made, ...other.made },
  left: { ...one.left, ...other.left },
  lists: [...(one.lists ?? []), ...(other.lists ?? [])],
});

/** Whether a class of Scapy's is the one of a record. Some messages have a class of their own, `PPP_PAP_Request`. */
export const isClass = (name: string, { layer }: ScapyRecord): boolean =>
  layer === undefined || [layer].flat().some((one) => name === one || name.startsWith(`${one}_`));

/** Parts of a schema and of all that lies in it that a table neither names nor leaves out with a reason. */
export function unnamedParts(schema: Schema, table: ScapyRecord): string[] {
  const record = recordFor(schema, table);
  if (typeof record === "string") return [];
  const path = [schema.root.name, schema.caseName].filter((one) => one !== null).join(".");
  const isOpen = record.left?.["*"] !== undefined;
  const cases = schema.cases?.list.flatMap((one) => {
    if (record.cases?.[one.caseName!] !== undefined) return unnamedParts(one, table);
    return isOpen ? [] : [`${path}.${one.caseName}`];
  });
  // What all cases have, each of them is asked for.
  if (cases !== undefined && !isOpen) return cases;
  const named = new Set(pathsOf(record));
  const own = schema.placed.flatMap(({ name, item }) => {
    if (named.has(name) || named.has(`${name}.value`)) return [];
    const { field } = item;
    if (item.kind === "record" && [...named].some((one) => one.startsWith(`${name}.`))) return [];
    if (field?.kind !== "flags" || field.flags.length === 0) return [`${path}.${name}`];
    return field.flags
      .filter((flag) => !named.has(`${name}.${flag.name}`))
      .map((flag) => `${path}.${name}.${flag.name}`);
  });
  const inner = (record.lists ?? []).flatMap(({ ours, item }) => {
    const inside = schema.find(ours)?.item.schema;
    return inside === null || inside === undefined
      ? [`${path}.${ours}`]
      : unnamedParts(inside, item);
  });
  return [...(cases ?? []), ...own, ...inner];
}

/** Paths in a table that no case of a schema has: they would never be compared. */
export function strangePaths(schema: Schema, table: ScapyRecord): string[] {
  const found = new Map<string, boolean>();
  const inner: string[] = [];
  const visit = (one: Schema): void => {
    const record = recordFor(one, table);
    if (typeof record === "string") return;
    for (const path of pathsOf(record))
      found.set(path, found.get(path) === true || path === "*" || hasPath(one, path));
    for (const { ours, item } of record.lists ?? []) {
      const within = one.find(ours)?.item.schema;
      if (within !== null && within !== undefined) inner.push(...strangePaths(within, item));
    }
    for (const deeper of one.cases?.list ?? []) visit(deeper);
  };
  visit(schema);
  const known = new Set(schema.cases?.list.map(({ caseName }) => caseName));
  const cases = Object.keys(table.cases ?? {}).filter((name) => !known.has(name));
  const strange = [...found].flatMap(([path, isKnown]) => (isKnown ? [] : [path]));
  return [...[...strange, ...cases].map((path) => `${schema.name}.${path}`), ...new Set(inner)];
}

function hasPath(schema: Schema, path: string): boolean {
  const [first = "", second] = path.split(".");
  const item = schema.find(first)?.item;
  if (item === undefined || second === undefined) return item !== undefined;
  if (item.schema !== null)
    return item.schema.find(second) !== undefined || item.schema.cases !== null;
  return second === "value" || item.field?.flags.some((flag) => flag.name === second) === true;
}

/** Every path of ours that a record names. */
const pathsOf = (record: ScapyRecord): string[] => [
  ...Object.keys(record.fields ?? {}),
  ...Object.values(record.made ?? {}).flatMap(({ from }) => from),
  ...Object.keys(record.left ?? {}),
  ...(record.lists ?? []).map(({ ours }) => ours),
];

/** A value as it comes from Scapy. */
function plain(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  if (value instanceof Uint8Array) return `hex:${hex(value)}`;
  if (typeof value === "bigint") return value < 2n ** 53n ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(plain);
  return value ?? null;
}

/** What stands at a path of a view, `flags.syn`. */
const at = (view: object, path: string): unknown =>
  path.split(".").reduce<unknown>((of, name) => (of as ScapyFields | undefined)?.[name], view);

/**
 * Whether two values are one. Domain names of Scapy's are bytes that end with a dot, texts and addresses of hardware that it
 * does not know are bytes, and some bytes are numbers.
 */
function isSame(ours: unknown, theirs: unknown): boolean {
  if (ours === theirs) return true;
  // Of what has no length Scapy says nothing.
  if ((ours === "" || ours === "hex:") && (theirs === null || theirs === "hex:")) return true;
  if (typeof ours === "number" && typeof theirs === "string" && /^hex:[0-9a-f]{2,16}$/.test(theirs))
    return BigInt(`0x${theirs.slice(4)}`) === BigInt(ours);
  if (Array.isArray(ours))
    return (
      Array.isArray(theirs) &&
      ours.length === theirs.length &&
      ours.every((one, i) => isSame(one, theirs[i]))
    );
  if (typeof ours !== "string") return false;
  if (typeof theirs === "number")
    return ours === `hex:${theirs.toString(16).padStart(ours.length - 4, "0")}`;
  if (typeof theirs !== "string") return false;
  if (`${ours}.` === theirs) return true;
  if (!theirs.startsWith("hex:")) return false;
  const text = Buffer.from(theirs.slice(4), "hex").toString("latin1");
  if (/^\d{16,}$/.test(ours) && theirs.length === 20)
    return BigInt(`0x${theirs.slice(4)}`) === BigInt(ours);
  return (
    text === ours ||
    text === `${ours}.` ||
    `${text}.` === ours ||
    theirs.slice(4) === ours.replaceAll(":", "")
  );
}

/**
 * Where Scapy has other values than ours. `behind` are the layers that follow, of which the items of some lists are; those
 * are taken away.
 */
export function differences(
  layer: Layer,
  record: ScapyRecord,
  own: ScapyFields,
  behind: ScapyLayer[],
  name: string,
): string[] {
  const view = viewOf(layer);
  const found: string[] = [];
  let theirs = own;
  while (record.with?.includes(behind[0]?.[0] ?? "")) theirs = { ...behind.shift()![1], ...theirs };
  const compare = (path: string, ours: unknown, field: string): void => {
    const [value, other] = [plain(ours), at(theirs, field) ?? null];
    if (!isSame(value, other))
      found.push(`${name}.${path}: ${JSON.stringify(value)}, Scapy has ${JSON.stringify(other)}`);
  };
  for (const [path, field] of Object.entries(record.fields ?? {})) {
    const ours = at(view, path);
    if (ours !== undefined) compare(path, ours, field);
  }
  for (const [field, { from, make }] of Object.entries(record.made ?? {})) {
    const values = from.map((path) => at(view, path));
    if (values.some((value) => value !== undefined))
      compare(from.join("+"), make(...(values as never[])), field);
  }
  for (const list of record.lists ?? [])
    found.push(...listDifferences(view, list, theirs, behind, name));
  return found;
}

function listDifferences(
  view: object,
  { ours, theirs: field, item }: ScapyList,
  theirs: ScapyFields,
  behind: ScapyLayer[],
  name: string,
): string[] {
  const items = (at(view, ours) ?? []) as readonly { readonly layer: Layer }[];
  const others =
    field === null
      ? behind
      : field === ""
        ? items.map((): ScapyLayer => ["", theirs])
        : itemsOf(theirs[field]);
  const found: string[] = [];
  for (const [i, one] of items.entries()) {
    const { layer } = one;
    const path = `${name}.${ours}[${i}]`;
    const other = field === null ? others.shift() : others[i];
    const own = recordFor(layer.schema, item);
    const isUnknown = typeof own === "string";
    // Behind a layer that Scapy does not know there are bytes alone.
    if (isUnknown && (other === undefined || other[0] === "Raw")) break;
    if (other === undefined)
      return [...found, `${path}: ${layer.schema.caseName}, Scapy has no more`];
    if (isUnknown) continue;
    const [kind, fields] = other;
    if (!isClass(kind, own))
      return [...found, `${path}: ${layer.schema.caseName}, Scapy has ${kind}`];
    const label = layer.schema.caseName === null ? path : `${path} ${layer.schema.caseName}`;
    found.push(...differences(layer, own, fields, others as ScapyLayer[], label));
    if (own.ends !== undefined) break;
  }
  return found;
}

/** The items of a list of Scapy's: layers, tuples of a name and a value, or values alone. */
function itemsOf(value: unknown): ScapyLayer[] {
  if (!Array.isArray(value)) return value === undefined || value === null ? [] : [["", { value }]];
  const [name, inner] = value;
  if (value.length === 2 && typeof name === "string" && isFields(inner))
    return name === "Padding" || name === "Raw" ? [] : [[name, inner]];
  return value.flatMap((one): ScapyLayer[] => {
    if (!Array.isArray(one)) return [["", { value: one }]];
    const [first, second] = one;
    if (one.length === 2 && !Array.isArray(first) && !isFields(second))
      return [[String(first), tupleFields(second)]];
    return itemsOf(one);
  });
}

const isFields = (value: unknown): value is ScapyFields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The values of a tuple by their places; that of one alone is `value`. */
const tupleFields = (value: unknown): ScapyFields => {
  const layers = itemsOf(value);
  if (layers.length === 1 && layers[0]![0] !== "") return layers[0]![1];
  return Array.isArray(value)
    ? { value, ...Object.fromEntries(value.map((one, i) => [String(i), one])) }
    : { value };
};
