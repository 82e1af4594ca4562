import { type Layer, viewOf } from "../schema/layer.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import type { Lookup, Schema } from "../schema/schema.ts";
import type { Binding, Key, Table } from "../schema/table.ts";
import { Packet } from "./packet.ts";
import { Step } from "./step.ts";
import { type Chooser, walk } from "./walk.ts";

/** How a dissector departs from what its declarations say of their places. */
export interface DissectorOptions {
  /** Places beside those that the declarations name, before them: `tcpPorts.at(8080, http)`. */
  readonly bind?: readonly Binding[];
  /** Places to take away: `tcpPorts.at(80)`. */
  readonly unbind?: readonly Binding[];
  /** Protocols that take no part, even where the declaration of another names them. */
  readonly without?: readonly AnyProtocol[];
  /** Protocols with which dissection ends: what they carry stays bytes. */
  readonly stopAfter?: readonly AnyProtocol[];
}

/**
 * Where dissection starts: a first protocol, with the tables of its dissector behind it. A class, so that the way from a
 * packet to its layers is one call known to the compiler, however many entries a process has.
 */
export class Entry {
  readonly dissector: Dissector;
  private readonly chooser: Chooser;
  private readonly first: Step;

  /** @internal Made by {@link Dissector.entry}. */
  constructor(dissector: Dissector & Chooser, first: Step) {
    this.dissector = dissector;
    this.chooser = dissector;
    this.first = first;
  }

  /** The first layer of `bytes[start, end)`; one of no protocol where the first header is not whole. */
  dissect(bytes: Uint8Array, start: number, end: number): Layer {
    return walk(this.chooser, bytes, start, end, this.first);
  }
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

class Bound implements Dissector, Chooser {
  readonly protocols: readonly AnyProtocol[];
  readonly lookup: Lookup;
  private readonly steps: Map<Schema, Step>;
  private readonly tables: Places;
  private readonly bound: Places;
  private readonly guesses: Map<Table, Step[]>;
  private readonly last: ReadonlySet<Schema>;
  private readonly excluded: ReadonlySet<Schema>;
  private names: Map<string, AnyProtocol> | null;

  constructor(protocols: readonly AnyProtocol[], options: DissectorOptions) {
    this.protocols = protocols;
    this.last = new Set(options.stopAfter?.map(({ schema }) => schema));
    this.excluded = new Set(options.without?.map(({ schema }) => schema));
    this.steps = new Map();
    this.tables = new Map();
    this.bound = new Map();
    this.guesses = new Map();
    this.names = null;
    this.lookup = (table, key) =>
      this.bound.get(table)?.get(key) ?? this.tables.get(table)?.get(key);
    for (const { schema } of protocols) if (!this.excluded.has(schema)) this.bindOwn(schema);
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
    const isLast = this.last.has(schema.root) || this.last.has(schema);
    const step = new Step(schema, isLast);
    this.steps.set(schema, step);
    const { next } = schema.spec;
    if (next !== null && !isLast) {
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
    return new Entry(this, this.step(schema));
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
    if (found === undefined || this.excluded.has(found.schema.root)) return undefined;
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
