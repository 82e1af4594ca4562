import { MAX_LAYERS } from "../../packet/walk.ts";
import type { Content } from "../../report/content.ts";
import { bottomKey, frameKeys, freeName, keysOf } from "../../report/keys.ts";
import type { ForeignLayers } from "../../report/report.ts";
import type { AnyProtocol } from "../../schema/protocol.ts";
import type { Schema } from "../../schema/schema.ts";
import { declaredFields, type Emit, type OtherCells, type Values } from "./python-content.ts";
import {
  type Foreign,
  type ForeignAnswer,
  type ForeignLayer,
  foreignContent,
} from "./python-values.ts";

/**
 * What becomes of one of the package's fields: the API name that it goes by here, a function that gives values by API names,
 * or `null` where it says nothing of the packet.
 */
export type To = string | null | Convert;

/** Gives values by API names for one of the package's. */
export type Convert = (value: Foreign, layer: ForeignLayer) => Values;

/** What a kind of layer of the package is here. */
export interface LayerMap {
  /** Our declaration; a function where the layer below decides. */
  readonly protocol: AnyProtocol | ((layer: ForeignLayer, below: Values) => AnyProtocol);
  readonly fields:
    | Readonly<Record<string, To>>
    | ((protocol: AnyProtocol) => Readonly<Record<string, To>>);
  readonly cells?: OtherCells | ((layer: ForeignLayer) => OtherCells);
  /** A header before it that the package keeps in the same layer, and the field that is there only with it. */
  readonly before?: { readonly field: string; readonly map: LayerMap };
  /** Whether it belongs to the layer below where that is of the same declaration: the package cuts headers in two. */
  readonly continues?: boolean;
}

/** A kind of layer that is here an item of a list of the layer below. */
export interface ItemMap {
  readonly list: string;
  readonly fields: Readonly<Record<string, To>>;
}

/** The layers of a package that have a declaration here, by its names for them. */
export type Mapping = ReadonlyMap<string, LayerMap | ItemMap>;

/** A layer in the making. */
interface Made {
  readonly name: string;
  readonly label: string;
  /** `null` for one that is not declared here. */
  readonly schema: Schema | null;
  readonly cells: OtherCells;
  readonly values: Record<string, unknown>;
  /** What the package has beyond the declaration, under its own names. */
  readonly others: Map<string, Content>;
}

/** What the package says of a frame as reports show it: names of ours where we have them, its own elsewhere. */
export function shapeOf(answer: ForeignAnswer, mapping: Mapping): ForeignLayers {
  const cells = new Map<string, string>();
  const emit: Emit = (name, cell) => {
    const before = cells.get(name);
    cells.set(name, before === undefined ? cell : `${before},${cell}`);
  };
  const { made, raw, padding } = collect(answer, mapping);
  const content: Map<string, Content> = new Map();
  let below = content;
  let taken: ReadonlySet<string> = frameKeys;
  for (const one of made) {
    const fields = fieldsOf(one, emit);
    below.set(freeName(one.name, taken), fields);
    taken = one.schema === null ? new Set(fields.keys()) : keysOf(one.schema).taken;
    below = fields;
  }
  if (raw !== null) below.set(rawKey(made.at(-1), below), rawContent(raw));
  const bottom = made.length === 0 ? undefined : content.get(bottomKey(made[0]!.name));
  if (padding !== null) (bottom instanceof Map ? bottom : content).set("trailer", padding);
  if (answer.error !== null) content.set("error", answer.error);
  return { chain: made.map((one) => one.label), content, cells };
}

/** The key of what lies above the highest layer. */
function rawKey(top: Made | undefined, fields: ReadonlyMap<string, Content>): string {
  if (top?.schema) return keysOf(top.schema).raw;
  return top === undefined ? "raw" : freeName("raw", new Set(fields.keys()));
}

const rawContent = (packet: Uint8Array): Content =>
  new Map<string, Content>([
    ["protocol", null],
    ["error", null],
    ["packet", packet],
  ]);

interface Collected {
  readonly made: Made[];
  readonly raw: Uint8Array | null;
  readonly padding: Uint8Array | null;
}

function collect({ layers, raw: rest }: ForeignAnswer, mapping: Mapping): Collected {
  const made: Made[] = [];
  let raw = rest;
  let padding: Uint8Array | null = null;
  for (const layer of layers) {
    const load = layer.fields.get("load");
    if (layer.name === "Raw" && load instanceof Uint8Array) raw = load;
    else if (layer.name === "Padding" && load instanceof Uint8Array) padding = load;
    else if (made.length < MAX_LAYERS) addLayer(made, layer, mapping);
  }
  // What a package keeps as a field of the header may be its payload here.
  const own = made.at(-1)?.values["raw"];
  if (raw === null && own instanceof Uint8Array && own.length > 0) raw = own;
  return { made, raw, padding };
}

function addLayer(made: Made[], layer: ForeignLayer, mapping: Mapping): void {
  const map = mapping.get(layer.name);
  const below = made.at(-1);
  if (map !== undefined && "list" in map && below?.schema && hasList(below.schema, map.list)) {
    const list = (below.values[map.list] ??= []) as unknown[];
    list.push(recordOf(layer, map.fields));
    return;
  }
  if (map === undefined || "list" in map) {
    const { name } = layer;
    made.push(unknownLayer(name, layer));
    return;
  }
  const { protocol, cells = {}, continues = false, before } = map;
  if (before !== undefined && typeof layer.fields.get(before.field) === "number")
    addLayer(made, layer, new Map([[layer.name, before.map]]));
  const chosen = isProtocol(protocol) ? protocol : protocol(layer, below?.values ?? {});
  const fields = typeof map.fields === "function" ? map.fields(chosen) : map.fields;
  const { schema } = chosen;
  if (continues && below?.schema === schema) {
    addValues(below.values, below.others, layer, fields);
    return;
  }
  const { name, label } = schema.about;
  const shown = typeof cells === "function" ? cells(layer) : cells;
  const one = { name, label, schema, cells: shown, values: {}, others: new Map() };
  addValues(one.values, one.others, layer, fields);
  made.push(one);
}

/** Declarations are functions themselves: they build. */
const isProtocol = (one: LayerMap["protocol"]): one is AnyProtocol => "schema" in one;

function unknownLayer(name: string, layer: ForeignLayer): Made {
  const one = { name, label: name, schema: null, cells: {}, values: {}, others: new Map() };
  addValues(one.values, one.others, layer, {});
  return one;
}

function hasList(schema: Schema, name: string): boolean {
  const cases = schema.cases === null ? [schema] : [...schema.cases.list, schema.cases.unknown];
  return cases.some((one) => one.find(name)?.item.kind === "list");
}

/** Puts the fields of a package's layer under their names here. */
function addValues(
  values: Record<string, unknown>,
  others: Map<string, Content>,
  layer: ForeignLayer,
  map: Readonly<Record<string, To>>,
): void {
  for (const [key, value] of layer.fields) {
    if (value === null) continue;
    const to = Object.hasOwn(map, key) ? map[key] : undefined;
    if (to === null) continue;
    if (to === undefined) others.set(key, foreignContent(value));
    else if (typeof to === "string") values[to] = value;
    else Object.assign(values, to(value, layer));
  }
}

function fieldsOf({ schema, cells, values, others }: Made, emit: Emit): Map<string, Content> {
  if (schema === null) return others;
  const fields = declaredFields(schema, values, emit, cells);
  const { taken } = keysOf(schema);
  for (const [key, value] of others) fields.set(freeName(key, taken), value);
  return fields;
}

/** What a mapping makes of packets inside a packet: options and records, each a record of the declaration's list. */
export function recordOf(layer: ForeignLayer, map: Readonly<Record<string, To>>): Values {
  const values: Record<string, unknown> = {};
  addValues(values, new Map(), layer, map);
  return values;
}
