import { parseHex } from "../../bytes/hex.ts";
import type { Stackable } from "../../packet/build.ts";
import { caseOf } from "../../packet/cases.ts";
import type { PlainValues } from "../../packet/values.ts";
import type { AnyField } from "../../schema/field.ts";
import type { Names } from "../../schema/names.ts";
import type { Placed } from "../../schema/place.ts";
import type { AnyProtocol } from "../../schema/protocol.ts";
import { recipe } from "../../schema/recipe.ts";
import type { Schema } from "../../schema/schema.ts";
import { bottomKey, flagKeys, frameKeys, keysOf } from "../keys.ts";

type JsonObject = { readonly [key: string]: unknown };

/**
 * The layers of a frame as the report wrote them, ready for `build`. Keys may be left out, and are then computed; a number
 * may stand for an enumeration or flags, and the name alone for an enumeration.
 *
 * @throws TypeError that names the field whose value has another form.
 * @example build(...stackFromJson(JSON.parse(line), all))
 */
export function stackFromJson(frame: unknown, protocols: readonly AnyProtocol[]): Stackable[] {
  const byName = new Map(protocols.map((p) => [p.schema.name, p]));
  const whole = objectOf("frame", frame);
  const stack: Stackable[] = [];
  let at = layerIn(whole, byName, bottomKey, frameKeys);
  let raw = whole["raw"];
  while (at !== undefined) {
    const { protocol, json, path } = at;
    const keys = keysOf(ownSchema(protocol.schema, json));
    const next = layerIn(json, byName, (name) => keys.upper(name), keys.taken, path);
    const own = Object.entries(json).filter(([key]) => key !== next?.key);
    stack.push(recipe(protocol.schema, valuesFromJson(protocol.schema, Object.fromEntries(own))));
    raw = json[keys.raw];
    at = next;
  }
  if (raw !== undefined) stack.push(bytesOf("raw.packet", objectOf("raw", raw)["packet"]));
  if (whole["trailer"] !== undefined) stack.push(bytesOf("trailer", whole["trailer"]));
  return stack;
}

interface FoundLayer {
  readonly key: string;
  readonly path: string;
  readonly protocol: AnyProtocol;
  readonly json: JsonObject;
}

/** The one value that is a layer: its key is that under which a protocol stands there. */
function layerIn(
  json: JsonObject,
  protocols: ReadonlyMap<string, AnyProtocol>,
  keyOf: (name: string) => string,
  taken: ReadonlySet<string>,
  path = "frame",
): FoundLayer | undefined {
  for (const [key, value] of Object.entries(json)) {
    if (taken.has(key)) continue;
    for (let name = key; ; name = name.slice(0, -1)) {
      const protocol = protocols.get(name);
      if (protocol !== undefined && keyOf(name) === key) {
        const inner = `${path}.${key}`;
        return { key, path: inner, protocol, json: objectOf(inner, value) };
      }
      if (!name.endsWith("_")) break;
    }
  }
  return undefined;
}

/** The case that a layer's or record's object is of. */
function ownSchema(schema: Schema, json: JsonObject): Schema {
  if (schema.cases === null) return schema;
  const hints = Object.entries(json).map(([key, value]) => [key, bare(value)]);
  return caseOf(schema, Object.fromEntries(hints));
}

/** What stands for an enumeration or flags without the names: the number. */
const bare = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "value" in value ? value.value : value;

/**
 * The values of one layer or record as building takes them. Keys that are no field come along as they are, so that building
 * complains of them.
 *
 * @throws TypeError that names the field whose value has another form.
 */
export function valuesFromJson(schema: Schema, json: unknown): PlainValues {
  const given = objectOf(schema.name, json);
  const own = ownSchema(schema, given);
  const keys = keysOf(own);
  const trailer = new Map(keys.trailerParts);
  const values: PlainValues = {};
  for (const [key, value] of Object.entries(given)) {
    const placed = own.find(key);
    const after = trailer.get(key);
    const name = `${schema.name}.${key}`;
    if (placed !== undefined) values[key] = partOf(name, placed, value);
    else if (after !== undefined) values[after.name] = partOf(name, after, value);
    else if (key === "rest") values[key] = bytesOf(name, value);
    else if (key === keys.trailer || key === keys.trailerRest)
      values["trailer"] = bytesOf(name, value);
    else if (key !== keys.error && key !== keys.raw) values[key] = value;
  }
  return values;
}

function partOf(name: string, placed: Placed, value: unknown): unknown {
  const { kind, schema, field, options } = placed.item;
  if (kind === "list") {
    if (!Array.isArray(value)) return bytesOf(name, value);
    return value.map((one) => nestedOf(`${name}[]`, schema!, one));
  }
  if (kind === "record") return nestedOf(name, schema!, value);
  if (kind === "bytes") return bytesOf(name, value);
  return field === null ? value : fieldOf(name, field, options.names, value);
}

const nestedOf = (name: string, schema: Schema, value: unknown): unknown =>
  typeof value === "string" ? bytesOf(name, value) : valuesFromJson(schema, value);

function fieldOf(name: string, field: AnyField, names: Names | undefined, value: unknown): unknown {
  switch (field.kind) {
    case "flags":
      return flagsOf(name, field, value);
    case "bytes":
      return bytesOf(name, value);
    case "biguint":
      return bigOf(name, bare(value));
    case "codec": {
      const initial: unknown = field.codec!.initial;
      if (initial instanceof Uint8Array) return bytesOf(name, value);
      if (typeof initial === "bigint") return bigOf(name, bare(value));
      if (typeof initial === "number" && typeof value === "string")
        return numberNamed(name, names, value);
      return typeof initial === "object" ? value : bare(value);
    }
    case "uint":
    case "int":
      return typeof value === "string" ? numberNamed(name, names, value) : bare(value);
    default:
      return bare(value);
  }
}

/** The number, or the flags that are set where there is none. */
function flagsOf(name: string, field: AnyField, value: unknown): unknown {
  if (typeof value === "number") return value;
  const given = objectOf(name, value);
  if (given["value"] !== undefined) return given["value"];
  const byKey = new Map(flagKeys(field.flags));
  const entries = Object.entries(given).map(([key, one]) => [
    byKey.get(key)?.name ?? key,
    bare(one),
  ]);
  return Object.fromEntries(entries);
}

function numberNamed(name: string, names: Names | undefined, text: string): number {
  const n = names?.find(text);
  if (n === undefined) throw new TypeError(`${name}: no value is called ${JSON.stringify(text)}`);
  return n;
}

function bigOf(name: string, value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^(\d+|0x[0-9a-f]+)$/i.test(value)) return BigInt(value);
  throw new TypeError(`${name}: a whole number as text is wanted, not ${JSON.stringify(value)}`);
}

function bytesOf(name: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "string")
    throw new TypeError(`${name}: hex text is wanted, not ${JSON.stringify(value)}`);
  try {
    return parseHex(value);
  } catch (cause) {
    throw new TypeError(`${name}: ${(cause as Error).message}`, { cause });
  }
}

function objectOf(name: string, value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError(`${name}: an object is wanted, not ${JSON.stringify(value)}`);
  return value as JsonObject;
}
