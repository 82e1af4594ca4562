import { Layer, moreOf, setFault, viewOf } from "../schema/layer.ts";
import {
  CUT,
  chooseCase,
  evaluate,
  forgetLayout,
  partsReach,
  readNumber,
} from "../schema/layout.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import type { Lookup, Schema } from "../schema/schema.ts";
import type { Binding, Key, Table } from "../schema/table.ts";
import { nothing } from "./nothing.ts";
import { Packet } from "./packet.ts";
import { Step } from "./step.ts";

/**
 * Layers of one packet. More than any real packet has; stacked tags and tunnels made to exhaust a reader end here as
 * "unsupported".
 */
export const MAX_LAYERS = 256;

export interface DissectorOptions {
  /** Places beside those that the declarations name, before them: `tcpPorts.at(8080, http)`. */
  readonly bind?: readonly Binding[];
  /** Places to take away: `tcpPorts.at(80)`. */
  readonly unbind?: readonly Binding[];
}

/** Where dissection starts: a first protocol, with the tables of its dissector behind it. */
export interface Entry {
  readonly dissector: Dissector;
  /** The first layer of `bytes[start, end)`; one of no protocol where the first header is not whole. */
  dissect(bytes: Uint8Array, start: number, end: number): Layer;
}

/** Protocols bound together. What is not passed to {@link createDissector} takes no part. */
export interface Dissector {
  readonly protocols: readonly AnyProtocol[];
  /** A packet over `bytes`, which it shows and does not copy: setting a field writes there. */
  dissect(bytes: Uint8Array, first: AnyProtocol): Packet;
  entry(first: AnyProtocol): Entry;
  /** The protocol under a key of a table, as dissection would find it. */
  lookup: Lookup;
  /** The protocol with this name, filter prefix or label, without case. */
  named(name: string): AnyProtocol | undefined;
}

/**
 * Binds protocols together. Of several ways to the next protocol, `bind` comes before the declarations' own tables, and
 * those before recognition by content.
 */
export function createDissector(
  protocols: readonly AnyProtocol[],
  options: DissectorOptions = {},
): Dissector {
  return new Bound(protocols, options);
}

type Places = Map<Table, Map<Key, Step>>;

class Bound implements Dissector {
  readonly protocols: readonly AnyProtocol[];
  readonly lookup: Lookup;
  private readonly steps: Map<Schema, Step>;
  private readonly tables: Places;
  private readonly bound: Places;
  private readonly guesses: Map<Table, Step[]>;
  private names: Map<string, AnyProtocol> | null;

  constructor(protocols: readonly AnyProtocol[], options: DissectorOptions) {
    this.protocols = protocols;
    this.steps = new Map();
    this.tables = new Map();
    this.bound = new Map();
    this.guesses = new Map();
    this.names = null;
    this.lookup = (table, key) =>
      this.bound.get(table)?.get(key) ?? this.tables.get(table)?.get(key);
    for (const { schema } of protocols) this.bindOwn(schema);
    for (const { table, keys } of options.unbind ?? [])
      for (const key of keys) this.tables.get(table)?.delete(key);
    for (const binding of options.bind ?? []) this.bindGiven(binding);
  }

  private bindOwn(schema: Schema): void {
    for (const { table, keys, guess } of schema.about.over) {
      const step = this.step(schema);
      if (guess && schema.about.test === null)
        throw new TypeError(`${schema.name}: a guess by content needs a 'test'`);
      if (guess) mapIn(this.guesses, table, () => []).push(step);
      const places = mapIn(this.tables, table, () => new Map<Key, Step>());
      for (const key of keys) places.set(key, join(places.get(key), step));
    }
  }

  private bindGiven({ table, keys, protocol }: Binding): void {
    if (protocol === null)
      throw new TypeError(`bind: '${table.name}' is given no protocol: table.at(key, protocol)`);
    const places = mapIn(this.bound, table, () => new Map<Key, Step>());
    for (const key of keys) places.set(key, this.step(protocol.schema));
  }

  /** The step of a schema, with the tables of this dissector. Made when first needed: most never are. */
  step(schema: Schema): Step {
    const known = this.steps.get(schema);
    if (known !== undefined) return known;
    const step = new Step(schema);
    this.steps.set(schema, step);
    const { next } = schema.spec;
    if (next !== null) {
      step.table = mapIn(this.tables, next.table, () => new Map<Key, Step>());
      step.bound = mapIn(this.bound, next.table, () => new Map<Key, Step>());
      step.guesses = mapIn(this.guesses, next.table, () => []);
    }
    if (schema.cases !== null) {
      const cases = new Map<Schema, Step>();
      const addCase = (one: Schema): void => {
        cases.set(one, this.step(one));
        for (const inner of one.cases?.list ?? []) addCase(inner);
        if (one.cases !== null) addCase(one.cases.unknown);
      };
      for (const one of schema.cases.list) addCase(one);
      addCase(schema.cases.unknown);
      step.cases = cases;
    }
    return step;
  }

  dissect(bytes: Uint8Array, first: AnyProtocol): Packet {
    return Packet.of(bytes, this.entry(first));
  }

  entry({ schema }: AnyProtocol): Entry {
    const step = this.step(schema);
    return {
      dissector: this,
      dissect: (bytes, start, end) => walk(this, bytes, start, end, step),
    };
  }

  named(name: string): AnyProtocol | undefined {
    if (this.names === null) {
      this.names = new Map();
      for (const one of [...this.protocols].reverse()) {
        const { name, label, prefix, also } = one.schema.about;
        for (const n of [...also, prefix, label, name]) this.names.set(n.toLowerCase(), one);
      }
    }
    return this.names.get(name.toLowerCase());
  }

  /** What a function of a declaration chose: also one that is in no table, or one of several found in a table. */
  chosen(step: Step, layer: Layer, start: number, end: number): Step | undefined {
    const found = step.choose!(viewOf(layer), this.lookup);
    if (found === undefined) return undefined;
    const fork = found instanceof Step ? found.fork : null;
    return fork === null ? this.step(found.schema) : step.pick(fork, layer, start, end);
  }
}

function mapIn<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/**
 * Several protocols under one key: those with a `test` are tried first, in order. One with a `test` is a choice too: bytes
 * that fail it are not that protocol, whatever their port.
 */
function join(before: Step | undefined, step: Step): Step {
  if (before === step || (before === undefined && step.schema.about.test === null)) return step;
  const all = [...(before === undefined ? [] : (before.fork ?? [before])), step];
  const fork = new Step(step.schema);
  fork.fork = [
    ...all.filter((s) => s.schema.about.test !== null),
    ...all.filter((s) => s.schema.about.test === null),
  ];
  return fork;
}

/** Which protocol's length field ended the bytes at `end`; null where the capture did. */
function limiter(layer: Layer | null, end: number): string | null {
  for (let l = layer; l !== null; l = l.lower) {
    const { whole, length } = l.schema;
    const endless = Number.POSITIVE_INFINITY;
    // Its payload ended before the layer did, or one of its lengths says just this.
    if (l.end > end) return l.schema.name;
    if (whole !== null && l.start + evaluate(whole, l, endless) === end) return l.schema.name;
    if (length !== null && l.headerEnd + evaluate(length, l, endless) === end) return l.schema.name;
  }
  return null;
}

function truncated(at: Layer, about: Layer, field: string | null, needed: number): void {
  setFault(at, {
    kind: "truncated",
    protocol: about.schema.name,
    field,
    offset: about.start,
    needed,
    available: about.end - about.start,
    limitedBy: limiter(about.lower, about.end),
  });
}

function malformed(layer: Layer, field: string, needed: number): void {
  setFault(layer, {
    kind: "malformed",
    protocol: layer.schema.name,
    field,
    offset: layer.start,
    needed,
    available: layer.end - layer.start,
    limitedBy: null,
  });
}

/** The dissecting loop: one pass, one layer a header, nothing else allocated for a packet without faults. */
function walk(dissector: Bound, bytes: Uint8Array, start: number, end: number, first: Step): Layer {
  let step = first;
  const bottom = new Layer(step.schema, bytes, start, end, null);
  let layer = bottom;
  let count = 1;
  for (;;) {
    if (layer.end - layer.start < step.min) return cutShort(bottom, layer, step.min);
    if (step.cases !== null) {
      if (!chooseCase(layer, step.schema.cases!)) return cutShort(bottom, layer, step.min + 1);
      step = step.cases.get(layer.schema)!;
    }
    const lower = layer.lower;
    if (lower !== null) lower.upper = layer;
    if (!setEnds(step, layer)) return bottom;
    const payload = layer.headerEnd;
    let limit = layer.end;
    if (step.lengthAt >= 0) {
      const at = layer.start + step.lengthAt;
      const n = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.lengthShift) & step.lengthMask;
      if (n >= step.lengthLeast && n < step.lengthBelow)
        limit = lengthLimit(layer, n * step.lengthUnit + step.lengthPlus);
    }
    if (step.general) limit = payloadLimit(step, layer, limit);
    if (payload >= limit) return bottom;
    const next = chooseNext(dissector, step, layer, payload, limit);
    if (next === undefined) return bottom;
    if (++count > MAX_LAYERS) {
      setFault(layer, {
        kind: "unsupported",
        protocol: next.schema.name,
        field: null,
        offset: payload,
        needed: 0,
        available: limit - payload,
        limitedBy: null,
      });
      return bottom;
    }
    layer = new Layer(next.schema, bytes, payload, limit, layer);
    step = next;
  }
}

/** A header that does not fit is not a layer; the one below keeps it for those who show what there is of it. */
function cutShort(bottom: Layer, layer: Layer, needed: number): Layer {
  let below = layer.lower;
  let lowest = bottom;
  if (below === null) {
    below = lowest = new Layer(nothing.schema, layer.bytes, layer.start, layer.end, null);
    below.headerEnd = layer.start;
  }
  truncated(below, layer, null, needed);
  moreOf(below).partial = layer;
  return lowest;
}

/** Finds where the header and the layer end; false where nothing can follow. */
function setEnds(step: Step, layer: Layer): boolean {
  const { bytes, start } = layer;
  let headerEnd = start + step.min;
  if (step.headerAt >= 0) {
    const at = start + step.headerAt;
    const field = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.headerShift) & step.headerMask;
    const n = field * step.headerUnit + step.headerPlus;
    headerEnd = start + n;
    if (n < step.min || headerEnd > layer.end) return badHeader(step, layer, n);
  } else if (step.general) {
    headerEnd = generalHeaderEnd(step, layer);
    if (headerEnd < 0) return false;
  }
  layer.headerEnd = headerEnd;
  let n: number;
  if (step.wholeAt >= 0) {
    const at = start + step.wholeAt;
    const field = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.wholeShift) & step.wholeMask;
    if (field === 0 && step.wholeZeroIsRest) return true;
    n = field * step.wholeUnit + step.wholePlus;
  } else if (step.generalWhole !== null) {
    n = evaluate(step.generalWhole, layer, layer.end - start);
  } else return true;
  const end = start + n;
  if (end < headerEnd) {
    malformed(layer, "length", headerEnd - start);
    return false;
  }
  if (end > layer.end) truncated(layer, layer, "payload", n);
  else layer.end = end;
  return true;
}

/** A header whose length is less than its fixed part, or more than there is. */
function badHeader(step: Step, layer: Layer, n: number): boolean {
  if (n < step.min) {
    layer.headerEnd = layer.start + step.min;
    malformed(layer, "header", step.min);
  } else {
    layer.headerEnd = layer.end;
    truncated(layer, layer, "header", n);
  }
  return false;
}

function generalHeaderEnd(step: Step, layer: Layer): number {
  const { start, end } = layer;
  if (step.generalHeader !== null) {
    const n = evaluate(step.generalHeader, layer, end - start);
    if (n >= step.min && start + n <= end) {
      forgetLayout(layer);
      return start + n;
    }
    badHeader(step, layer, n);
    return CUT;
  }
  if (!step.walks) return start + step.min;
  const reach = partsReach(layer);
  // The parts that are whole stay; the rest of the bytes is theirs, not a payload.
  if (reach === CUT) layer.headerEnd = end;
  return reach;
}

/** End of a payload of `n` bytes, as far as they were captured. */
function lengthLimit(layer: Layer, n: number): number {
  const room = layer.end - layer.headerEnd;
  if (n < 0) malformed(layer, "length", 0);
  else if (n > room) truncated(layer, layer, "payload", n);
  else return layer.headerEnd + n;
  return layer.end;
}

/** End of the payload where some bytes behind it are this layer's trailer. */
function payloadLimit(step: Step, layer: Layer, limit: number): number {
  let end = limit;
  if (step.generalLength !== null)
    end = lengthLimit(layer, evaluate(step.generalLength, layer, end - layer.headerEnd));
  if (step.reserve !== null) {
    const n = evaluate(step.reserve, layer, 0);
    if (n > 0 && n <= end - layer.headerEnd) end -= n;
  }
  return end;
}

/** The next protocol: by `bind`, by table, by the declaration's function, by content. */
function chooseNext(
  dissector: Bound,
  step: Step,
  layer: Layer,
  start: number,
  end: number,
): Step | undefined {
  const { table } = step;
  if (table === null) {
    return step.choose === null ? undefined : dissector.chosen(step, layer, start, end);
  }
  const { bytes } = layer;
  const from = layer.start;
  if (step.unlessAt >= 0) {
    const at = from + step.unlessAt;
    const value = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.unlessShift) & step.unlessMask;
    if (value !== 0) return undefined;
  } else if (step.unlessRef !== null && readNumber(layer, step.unlessRef) !== 0) return undefined;
  const keyAt = from + step.keyAt;
  const key =
    step.keyAt >= 0
      ? (((bytes[keyAt]! << 8) | bytes[keyAt + 1]!) >> step.keyShift) & step.keyMask
      : laterKey(step, layer);
  let next: Step | undefined;
  if (step.otherAt >= 0) next = lookUpTwo(step, table, key, bytes, from);
  else if (key === step.lastKey) next = step.lastNext;
  else {
    next = step.bound!.get(key) ?? table.get(key);
    step.lastKey = key;
    step.lastNext = next;
  }
  if (next !== undefined && next.fork === null) return next;
  if (next !== undefined) next = step.pick(next.fork!, layer, start, end);
  if (next === undefined && step.choose !== null) next = dissector.chosen(step, layer, start, end);
  if (next === undefined && step.guesses.length > 0)
    next = step.pick(step.guesses, layer, start, end);
  return next;
}

/** By two keys, of which one decides: what was bound by hand first, then in the order that the declaration says. */
function lookUpTwo(
  step: Step,
  table: ReadonlyMap<Key, Step>,
  key: number,
  bytes: Uint8Array,
  from: number,
): Step | undefined {
  let first = key;
  const at = from + step.otherAt;
  let second = (((bytes[at]! << 8) | bytes[at + 1]!) >> step.otherShift) & step.otherMask;
  if (step.lowest && second < first) [first, second] = [second, first];
  const { bound } = step;
  if (bound!.size > 0) {
    const next = bound!.get(first) ?? bound!.get(second);
    if (next !== undefined) return next;
  }
  return table.get(first) ?? table.get(second);
}

const laterKey = (step: Step, layer: Layer): number =>
  (step.keyRef === null ? undefined : readNumber(layer, step.keyRef)) ?? -1;
