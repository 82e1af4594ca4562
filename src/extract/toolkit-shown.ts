import { all } from "../protocols/all.ts";
import { type Content, type Fields, Named } from "../report/content.ts";
import { keysOf } from "../report/keys.ts";
import type { Schema } from "../schema/schema.ts";

/** A layer as a report shows it. */
export interface ShownLayer {
  /** The name of our declaration, or what the other program calls it. */
  readonly name: string;
  readonly fields: Fields;
  /** Whether its payload is a copy of the packet that it is about. */
  readonly quotes: boolean;
}

/** What is to be known of a declaration to find the layer above it. */
interface Known {
  readonly taken: ReadonlySet<string>;
  readonly quotes: boolean;
}

let declared: Map<string, Known> | null = null;

const isFields = (value: Content): value is Fields => value instanceof Map;

/** The layers of a content, lowest first: each stands in the one below under its own key. */
export function shownLayers(content: Fields): ShownLayer[] {
  declared ??= new Map(all.map(({ schema }) => [schema.name, knownOf(schema)]));
  const layers: ShownLayer[] = [];
  let fields: Fields | null = content;
  let known: Known | undefined;
  while (fields !== null) {
    const above: readonly [string, Fields] | null = upperOf(fields, known);
    if (above === null) break;
    const name = above[0].replace(/_+$/, "");
    known = declared.get(name);
    fields = above[1];
    layers.push({ name, fields, quotes: known?.quotes ?? false });
  }
  return layers;
}

/** The last of what is no field of the layer: fields come first, and raw bytes are no layer. */
function upperOf(fields: Fields, known: Known | undefined): readonly [string, Fields] | null {
  let found: readonly [string, Fields] | null = null;
  for (const [key, value] of fields)
    if (isFields(value) && key !== "raw" && known?.taken.has(key) !== true) found = [key, value];
  return found;
}

function knownOf(schema: Schema): Known {
  const cases = casesOf(schema);
  return {
    taken: new Set(cases.flatMap((one) => [...keysOf(one).taken])),
    quotes: cases.some((one) => one.spec.quotes),
  };
}

const casesOf = (schema: Schema): Schema[] =>
  schema.cases === null
    ? [schema]
    : [schema, ...[...schema.cases.list, schema.cases.unknown].flatMap(casesOf)];

/** A number of a layer, by its API name; `undefined` where it has none. */
export function numberOf(fields: Fields, key: string): number | undefined {
  return asNumber(fields.get(key));
}

function asNumber(value: Content | undefined): number | undefined {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return Number(value);
  if (value instanceof Named) return Number(value.value);
  return value !== undefined && isFields(value) ? asNumber(value.get("value")) : undefined;
}

/** A text of a layer, by its API name. */
export function textOf(fields: Fields, key: string): string | undefined {
  const value = fields.get(key);
  return typeof value === "string" ? value : undefined;
}

/** One flag of a layer's flags: by name, or by its bit where only the number is known. */
export function flagOf(fields: Fields, key: string, name: string, bit: number): boolean {
  const flags = fields.get(key);
  const own = flags !== undefined && isFields(flags) ? asNumber(flags.get(name)) : undefined;
  return own === undefined ? ((asNumber(flags) ?? 0) & bit) !== 0 : own !== 0;
}
