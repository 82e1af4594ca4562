import { Layer, viewOf } from "../schema/layer.ts";
import { chooseCase, evaluate, partsReach, payloadEnd } from "../schema/layout.ts";
import type { AnySchema, Schema } from "../schema/schema.ts";
import type { Key, Table } from "../schema/table.ts";
import { type PlainValues, valuesOf } from "./values.ts";

/**
 * Whether the bytes of a built layer say what was given: that its parts end where its header does, that its case is the one
 * that reading finds, and that every value comes back.
 */
export function comesBack(layer: Layer, given: PlainValues): boolean {
  const read = new Layer(layer.schema.root, layer.bytes, layer.start, layer.end, layer.lower);
  read.headerEnd = layer.headerEnd;
  read.upper = layer.upper;
  const { cases } = read.schema;
  if (cases !== null && (!chooseCase(read, cases) || read.schema !== layer.schema)) return false;
  const { header, whole } = read.schema;
  const walked = header === null || header.kind === "rest";
  const size = walked ? partsReach(read) - read.start : evaluate(header, read, -1);
  if (size !== layer.headerEnd - layer.start) return false;
  if (whole !== null && evaluate(whole, read, read.end - read.start) !== read.end - read.start)
    return false;
  const { test } = read.schema.about;
  // A header of no bytes is known by its payload, which is not there yet.
  if (test !== null && read.headerEnd > read.start && !test(read.bytes, read.start, read.end))
    return false;
  const found = valuesOf(read);
  return (
    read.more?.fault == null && payloadEnd(read) >= read.headerEnd && isAlike(given, found, true)
  );
}

/** Whether all that was given is found again. Flags are found as numbers, and records given as bytes as records. */
function isAlike(given: unknown, found: unknown, top = false): boolean {
  if (given === undefined || given === found) return true;
  // Bytes that no part was there for when reading.
  if (given instanceof Uint8Array && found === undefined) return given.length === 0;
  if (given instanceof Uint8Array)
    return !(found instanceof Uint8Array) || startsWith(found, given);
  if (Array.isArray(given))
    return (
      Array.isArray(found) &&
      found.length >= given.length &&
      given.every((one, i) => isAlike(one, found[i]))
    );
  if (typeof given !== "object" || given === null) return false;
  if ("schema" in given) return true;
  if (typeof found === "number") return true;
  if (typeof found !== "object" || found === null) return false;
  return Object.entries(given).every(
    ([name, value]) => (top && name === "trailer") || isAlike(value, (found as PlainValues)[name]),
  );
}

/** Bytes may have got zeros behind them that fill up a header. */
const startsWith = (found: Uint8Array, given: Uint8Array): boolean =>
  found.length >= given.length &&
  given.every((byte, i) => byte === found[i]) &&
  found.subarray(given.length).every((byte) => byte === 0);

/**
 * Who has the bytes above a layer, as far as functions of its declaration say: a declaration, `"named"` for a protocol that
 * a table has a name for, `null` for nobody.
 */
export function claimOf(layer: Layer): AnySchema | "named" | null {
  let named = false;
  const chosen = layer.schema.spec.choose?.(viewOf(layer), ({ names }, key) => {
    if (typeof key === "number" && names?.get(key) !== undefined) named = true;
    return undefined;
  });
  return named ? "named" : (chosen ?? null);
}

/** Whether a layer says that `upper` is above it, as far as it says it by a table in which that is. */
export function leadsTo(layer: Layer, upper: Schema): boolean {
  const { next, choose } = layer.schema.spec;
  const isIn = (table: Table, key: Key): boolean =>
    upper.about.over.some((b) => b.table === table && b.keys.includes(key));
  const view = viewOf(layer) as PlainValues;
  // A protocol that is found by content has no keys there.
  const isKeyed = (table: Table | undefined): boolean =>
    upper.about.over.some((b) => b.table === table && b.keys.length > 0);
  let tells = isKeyed(next?.table);
  if (next?.fields.some((name) => isIn(next.table, view[name] as Key))) return true;
  const chosen = choose?.(view, (table, key) => {
    tells ||= isKeyed(table);
    return isIn(table, key) ? { schema: upper } : undefined;
  });
  return chosen === undefined ? !tells : chosen.schema.root === upper.root;
}
