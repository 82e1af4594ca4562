import { Layer } from "../schema/layer.ts";
import type { Schema } from "../schema/schema.ts";
import { type PlainValues, valuesOf } from "./values.ts";

/** The layer or record that a value shows, where it is a view; `null` for anything else. */
export function shownBy(value: unknown): Layer | null {
  if (typeof value !== "object" || value === null) return null;
  const { layer } = value as { readonly layer?: unknown };
  return layer instanceof Layer ? layer : null;
}

/**
 * A record of some packet as building takes it for another: its bytes. Where its encoding depends on where it lies
 * (compressed domain names), its values, with lengths to be computed unless they were given or set by hand.
 */
export function recordAsGiven(record: Layer): Uint8Array | PlainValues {
  if (!dependsOnPlace(record.schema)) return record.bytes.subarray(record.start, record.end);
  const known = new Map<Layer, PlainValues>();
  const values = valuesOf(record, known);
  for (const [one, own] of known) dropLength(one, own);
  return values;
}

/** Takes the length of a record out of its values, unless it was given or set by hand. */
export function dropLength({ schema, more }: Layer, values: PlainValues): void {
  const { header } = schema;
  if (schema.isProtocol || header?.kind !== "field") return;
  const { name } = header.ref!;
  if (more?.isPinned(name) !== true) delete values[name];
}

const places = new WeakMap<Schema, boolean>();

/** Whether something in a record is written one way here and another way there: leaves that find their own end may be. */
function dependsOnPlace(schema: Schema): boolean {
  let known = places.get(schema);
  if (known === undefined) {
    known = schema.placed.some(
      ({ item }) =>
        item.field?.kind === "codec" || (item.schema !== null && anyDepends(item.schema)),
    );
    places.set(schema, known);
  }
  return known;
}

const anyDepends = (schema: Schema): boolean =>
  dependsOnPlace(schema) ||
  (schema.cases !== null && [...schema.cases.list, schema.cases.unknown].some(anyDepends));
