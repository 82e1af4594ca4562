import { formatIpv4, formatIpv6, formatMac, putIpv6 } from "../../bytes/address.ts";
import { caseOf } from "../../packet/cases.ts";
import { type Content, contentOf, Named } from "../../report/content.ts";
import { flagKeys } from "../../report/keys.ts";
import { cellOf, cellOfName, flagCell, hexCell } from "../../report/wireshark/cell.ts";
import type { AnyField } from "../../schema/field.ts";
import type { ItemKind } from "../../schema/item.ts";
import type { Placed } from "../../schema/place.ts";
import type { Schema } from "../../schema/schema.ts";
import { wiresharkForm } from "./python-cells.ts";
import { ForeignStack, ForeignTable, foreignContent } from "./python-values.ts";

/** Values by the API names of a declaration, as building takes them; bytes in a list are what makes no item. */
export type Values = Readonly<Record<string, unknown>>;
/** Adds one cell to the column of a Wireshark field. */
export type Emit = (name: string, cell: string) => void;
/** Cells under other names than the declaration's, by API name, as plain text; none where the list is empty. */
export type OtherCells = Readonly<Record<string, readonly string[]>>;

type MutableFields = Map<string, Content>;

/** Shows values as a report shows those of a layer or record of the declaration, and adds the cells of its fields. */
export function declaredFields(
  schema: Schema,
  values: Values,
  emitAny: Emit,
  others: OtherCells = {},
): MutableFields {
  const own = caseOf(schema, values);
  const emit: Emit = (name, cell) => {
    const shown = wiresharkForm(name, cell, values);
    if (shown !== null) emitAny(name, shown);
  };
  const fields: MutableFields = new Map();
  if (own.caseName !== null) fields.set("is", own.caseName);
  addComposites(own, values, emit, others);
  // What is only bytes to the package has no name of its own, though it has one to Wireshark.
  const isKept = isUnnamed(schema, own, values);
  for (const placed of own.placed) {
    const value = values[placed.name];
    if (value === undefined || value === null) continue;
    const other = others[placed.name];
    const silent = isKept && placed.variable;
    const to = silent ? none : other === undefined ? emit : otherwise(other, value, emit);
    const isNested = placed.item.schema !== null && !silent;
    fields.set(placed.name, partOf(placed, value, isNested ? emitAny : to));
  }
  return fields;
}

const none: Emit = () => {};

function otherwise(names: readonly string[], value: unknown, emit: Emit): Emit {
  for (const name of names) emit(name, String(value));
  return none;
}

/** Whether a case has a declaration, but the package gave its bytes. */
const isUnnamed = (schema: Schema, own: Schema, values: Values): boolean => {
  const { cases } = schema;
  const key = cases === null ? undefined : values[cases.selectorName];
  return own.caseName === "unknown" && typeof key === "number" && cases!.byKey.has(key);
};

function addComposites(schema: Schema, values: Values, emit: Emit, others: OtherCells): void {
  for (const { name, fields, options } of schema.spec.composites) {
    let whole = 0;
    let bits = 0;
    for (const one of fields) {
      const value = values[one];
      if (typeof value !== "number") return;
      const width = schema.ref(one).bits;
      whole = whole * 2 ** width + value;
      bits += width;
    }
    if (others[name] !== undefined) continue;
    const { filter = name, base, digits = 2 * Math.ceil(bits / 8) } = options;
    if (filter === null) continue;
    const full = filter.startsWith(".") ? filter.slice(1) : `${schema.about.prefix}.${filter}`;
    emit(full, base === "hex" ? hexCell(whole, digits) : String(whole));
  }
}

function partOf(placed: Placed, value: unknown, emit: Emit): Content {
  const { kind, schema, field, options } = placed.item;
  if (kind === "list") {
    if (!Array.isArray(value)) return anyContent(value);
    return value.map((one: unknown) => itemOf(schema!, one, emit));
  }
  if (kind === "record") return itemOf(schema!, value, emit);
  const read = field === null ? inItem(placed.item.kind, value) : asDeclared(field, value);
  if (read === undefined) return anyContent(value);
  addCells(placed, read, emit);
  if (field?.kind === "flags") return flagsOf(field, read as number);
  const isNumber =
    typeof read === "number" || typeof read === "boolean" || typeof read === "bigint";
  if (!isNumber || options.names === undefined) return contentOf(read);
  return new Named(read, options.names.get(Number(read)) ?? null);
}

function itemOf(schema: Schema, value: unknown, emit: Emit): Content {
  if (value instanceof Uint8Array || typeof value !== "object" || value === null)
    return anyContent(value);
  if (value instanceof ForeignStack || value instanceof ForeignTable) return foreignContent(value);
  return declaredFields(schema, value as Values, emit);
}

function addCells(placed: Placed, value: unknown, emit: Emit): void {
  const { item, filter } = placed;
  const { field, options } = item;
  const names = [...(filter === null ? [] : [filter]), ...(options.also ?? [])];
  const isEmpty = value === "" || (value instanceof Uint8Array && value.length === 0);
  if (names.length > 0 && !isEmpty) {
    const isName = field?.kind === "codec" && typeof value === "string";
    const cell = isName ? cellOfName(value) : cellOf(placed, value);
    for (const name of names) emit(name, cell);
  }
  for (const bit of field?.flags ?? []) {
    if (bit.filter === null || bit.filter === undefined) continue;
    const isWhole = bit.filter.startsWith(".");
    if (!isWhole && filter === null) continue;
    const name = isWhole ? bit.filter.slice(1) : `${filter}.${bit.filter}`;
    emit(name, flagCell(bit, value as number, field!.bits));
  }
}

function flagsOf({ flags }: AnyField, whole: number): Content {
  const fields: MutableFields = new Map([["value", whole as Content]]);
  for (const [key, flag] of flagKeys(flags)) {
    const n = (whole >>> flag.shift) & (2 ** flag.width - 1);
    const value = flag.width === 1 ? n === 1 : n;
    fields.set(key, flag.names ? new Named(value, flag.names.get(n) ?? null) : value);
  }
  return fields;
}

/** What is not what the declaration says is shown as it is, and has no cell. */
function anyContent(value: unknown): Content {
  if (value instanceof ForeignStack || value instanceof ForeignTable) return foreignContent(value);
  return Array.isArray(value) ? value.map(anyContent) : contentOf(value);
}

/** A part of variable length: bytes or text. */
const inItem = (kind: ItemKind, value: unknown): unknown =>
  kind === "bytes" ? (value instanceof Uint8Array ? value : undefined) : asText(value);

/** The value in the form that reading a field of its kind gives; `undefined` for one that is none. */
function asDeclared({ kind, bits }: AnyField, value: unknown): unknown {
  switch (kind) {
    case "uint":
    case "int":
    case "flags":
      return typeof value === "number" || typeof value === "boolean" ? Number(value) : undefined;
    case "flag":
      return typeof value === "number" || typeof value === "boolean"
        ? value !== 0 && value !== false
        : undefined;
    case "biguint":
      return typeof value === "number"
        ? BigInt(value)
        : typeof value === "bigint"
          ? value
          : undefined;
    case "mac":
      return value instanceof Uint8Array
        ? value.length === 6
          ? formatMac(value, 0)
          : undefined
        : asText(value);
    case "ipv4":
      return ipv4Text(value);
    case "ipv6":
      return ipv6Text(value);
    case "bytes":
      return bytesOf(value, bits >> 3);
    default:
      return typeof value === "string" || value instanceof Uint8Array ? value : undefined;
  }
}

const asText = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

function ipv4Text(value: unknown): string | undefined {
  const bytes = typeof value === "number" ? bytesOf(value, 4) : value;
  if (!(bytes instanceof Uint8Array)) return asText(value);
  return bytes.length === 4 ? formatIpv4(bytes, 0) : undefined;
}

/** An address has several texts; here it has the one of RFC 5952. */
function ipv6Text(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return value.length === 16 ? formatIpv6(value, 0) : undefined;
  if (typeof value !== "string") return undefined;
  const bytes = new Uint8Array(16);
  return putIpv6(value, bytes, 0) ? formatIpv6(bytes, 0) : value;
}

/** Reserved octets may come as a number. */
function bytesOf(value: unknown, length: number): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value.length === length ? value : undefined;
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  const bytes = new Uint8Array(length);
  let left = BigInt(value);
  for (let i = length - 1; i >= 0; i--, left >>= 8n) bytes[i] = Number(left & 0xffn);
  return bytes;
}
