import fc, { type Random, Stream, Value } from "fast-check";
import { writeParts } from "../../src/packet/write.ts";
import type { AnyField } from "../../src/schema/field.ts";
import { Layer, viewOf } from "../../src/schema/layer.ts";
import { evaluate, holds, readRecord } from "../../src/schema/layout.ts";
import type { NumberRef, Placed, Size } from "../../src/schema/place.ts";
import type { Schema } from "../../src/schema/schema.ts";
import { Writer } from "../../src/schema/writer.ts";

/** Values as building takes them. */
export type Values = Record<string, unknown>;

type Make = (random: Source) => unknown;

/** A declaration that bytes can be: of one with cases, one of them with the keys that select it. */
export interface Leaf {
  readonly schema: Schema;
  /** The names of the cases on the way, outermost first. */
  readonly path: readonly string[];
  /** What the selectors on the way may hold. */
  readonly keys: ReadonlyMap<string, (key: number) => boolean>;
  readonly chosen: ReadonlyMap<string, readonly number[]>;
}

/** Every declaration without cases that `schema` can turn out to be. */
export function leavesOf(schema: Schema): Leaf[] {
  const { cases } = schema;
  if (cases === null) return [{ schema, path: [], keys: new Map(), chosen: new Map() }];
  return [...cases.list, cases.unknown].flatMap((one) => {
    const keys = [...cases.byKey].filter(([, s]) => s === one).map(([key]) => key);
    const fits = (key: number): boolean =>
      one === cases.unknown ? !cases.byKey.has(key) : keys.includes(key);
    return leavesOf(one).map((leaf) => ({
      schema: leaf.schema,
      path: [one.caseName ?? "", ...leaf.path],
      keys: new Map([...leaf.keys, [cases.selectorName, fits] as const]),
      chosen: new Map([...leaf.chosen, [cases.selectorName, keys] as const]),
    }));
  });
}

/** Numbers from fast-check's generator, so that a seed gives the same values again. */
class Source {
  private readonly random: Random;
  constructor(random: Random) {
    this.random = random;
  }
  upTo(most: number): number {
    return most <= 0 ? 0 : this.random.nextInt(0, Math.min(most, 0x7fffffff));
  }
  chance(percent: number): boolean {
    return this.upTo(99) < percent;
  }
  pick<T>(from: readonly T[]): T {
    return from[this.upTo(from.length - 1)] as T;
  }
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.upTo(255));
  }
  /** A number of so many bits: often small, sometimes the greatest. */
  number(width: number): number {
    const most = 2 ** width - 1;
    if (this.chance(40)) return this.upTo(Math.min(most, 5));
    if (this.chance(10)) return most;
    if (width <= 31) return this.upTo(most);
    return (this.upTo(2 ** (width - 24) - 1) * 2 ** 24 + this.upTo(0xffffff)) % (most + 1);
  }
  big(width: number): bigint {
    let n = 0n;
    for (let i = 0; i < width; i += 16) n = (n << 16n) | BigInt(this.upTo(0xffff));
    return n;
  }
  text(count: number, alphabet: (c: string) => boolean): string {
    const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).filter(alphabet);
    const plain = all.filter((c) => /[a-zA-Z0-9]/.test(c));
    const from = this.chance(70) && plain.length > 0 ? plain : all;
    return Array.from({ length: count }, () => this.pick(from)).join("");
  }
}

const label: Make = (r) => r.text(1 + r.upTo(6), (c) => /[a-z0-9-]/.test(c));
const domainName =
  (root: string): Make =>
  (r) =>
    Array.from({ length: r.upTo(3) }, () => label(r)).join(".") || root;

const typeNumbers =
  (most: number): Make =>
  (r) =>
    [...new Set(Array.from({ length: r.upTo(4) }, () => r.upTo(most)))].sort((a, b) => a - b);

/** What leaves with an encoding of their own may hold, by the name of the codec; others hold their initial value. */
const codecs: Record<string, Make> = {
  "domain name": domainName("."),
  "uncompressed domain name": domainName("."),
  "type bitmap": typeNumbers(0xffff),
  "plain type bitmap": typeNumbers(127),
  "rest of a line": (r) => r.text(r.upTo(9), (c) => /[!-~]/.test(c)),
  "field value with its continuation lines": (r) => r.text(r.upTo(9), (c) => /[!-~]/.test(c)),
  "three digits": (r) => 100 + r.upTo(899),
};

/** A value of a fixed field. */
export function fieldValue(field: AnyField, r: Source): unknown {
  const { bits } = field;
  const pairs = (count: number): string =>
    Array.from(r.bytes(count), (b) => b.toString(16).padStart(2, "0")).join(":");
  switch (field.kind) {
    case "uint":
    case "flags":
      return r.number(bits);
    case "int":
      return r.number(bits) - 2 ** (bits - 1);
    case "flag":
      return r.chance(50);
    case "biguint":
      return r.big(bits);
    case "mac":
      return pairs(6);
    case "eui64":
      return pairs(8);
    case "ipv4":
      return Array.from(r.bytes(4)).join(".");
    case "ipv6":
      return `2001:db8::${(1 + r.upTo(0xfffe)).toString(16)}`;
    case "text":
      return r.text(bits >> 3, () => true);
    default:
      return r.bytes(bits >> 3);
  }
}

/** Names of the fields that building computes: those are left out. */
export function computedNames(schema: Schema): Set<string> {
  const names = new Set<string>();
  const add = (size: Size | null): void => {
    if (size?.kind === "field") names.add(size.ref!.name.split(".")[0]!);
  };
  for (const size of [schema.header, schema.whole, schema.length]) add(size);
  for (const p of schema.placed) {
    for (const size of [p.size, p.bytes, p.count]) add(size);
    if (p.item.options.computed || p.item.options.checksum) names.add(p.name);
  }
  return names;
}

/** Whether nothing of a declaration is decided by a function, so that every value given must come back. */
export function isPlain(schema: Schema, seen = new Set<Schema>()): boolean {
  if (seen.has(schema)) return true;
  seen.add(schema);
  const { cases, spec } = schema;
  if (cases !== null) return [...cases.list, cases.unknown].every((one) => isPlain(one, seen));
  const computed = computedNames(schema);
  const fixed = (size: Size | null): boolean => size === null || size.kind !== "function";
  if (![schema.header, schema.whole, schema.length, schema.reserve].every(fixed)) return false;
  if (spec.trailer !== null && !isPlain(spec.trailer, seen)) return false;
  return schema.placed.every(({ item, size, bytes, count, segment, variable }) => {
    if (![size, bytes, count].every(fixed)) return false;
    const { when } = schema.segments[segment]!;
    if (when?.compute) return false;
    if (when?.ref && computed.has(when.ref.name.split(".")[0]!)) return false;
    if (item.field?.codec || item.extent !== null || item.bounds?.stop) return false;
    if (variable && item.options.checksum) return false;
    return item.schema === null || isPlain(item.schema, seen);
  });
}

/** Whether a part takes all bytes that are left, so that a payload cannot follow it. */
const takesRest = ({ item, size, bytes, count }: Placed): boolean => {
  if (item.kind === "list")
    return bytes === null ? count === null && item.bounds!.until === null : bytes.kind === "rest";
  if (item.kind === "record")
    return size === null
      ? !leavesOf(item.schema!).every((l) => mayCarry(l.schema))
      : size.kind === "rest";
  return (
    item.extent !== null ||
    size?.kind === "rest" ||
    (item.field?.codec !== undefined && item.field?.codec !== null)
  );
};

/** Whether a payload can follow: the header's end is known by a field of its own, or by its parts. */
export function mayCarry(schema: Schema): boolean {
  const { header, whole } = schema;
  if (header === null) return !schema.placed.some((p) => p.variable && takesRest(p));
  return header.kind === "field" && header.ref!.name !== whole?.ref?.name;
}

/** Whether a leaf refers back to equal ones before it, so that bytes which do not are written in another way. */
export function compresses(schema: Schema, seen = new Set<Schema>()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  const { cases } = schema;
  if (cases !== null) return [...cases.list, cases.unknown].some((one) => compresses(one, seen));
  return schema.placed.some(
    ({ item }) =>
      item.field?.codec?.name === "domain name" ||
      (item.schema !== null && compresses(item.schema, seen)),
  );
}

/** Whether building may put zeros behind what it is given, somewhere in a declaration. */
export function pads(schema: Schema, seen = new Set<Schema>()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if ((schema.header?.unit ?? 1) > 1) return true;
  const { cases } = schema;
  if (cases !== null) return [...cases.list, cases.unknown].some((one) => pads(one, seen));
  return schema.placed.some(
    ({ item }) => item.align > 1 || (item.schema !== null && pads(item.schema, seen)),
  );
}

/** The layer that the values given so far make: conditions and sizes are asked of it. */
function sofar(schema: Schema, values: Values): Layer | null {
  try {
    const out = new Writer();
    writeParts(out, schema, values);
    return new Layer(schema, out.bytes, 0, out.length, null);
  } catch {
    return null;
  }
}

const asked = <T>(ask: () => T, otherwise: T): T => {
  try {
    return ask();
  } catch {
    return otherwise;
  }
};

const MAX_DEPTH = 4;

class Generator {
  private readonly r: Source;
  constructor(r: Source) {
    this.r = r;
  }

  /** Values of one of the declarations that `schema` can be. */
  any(schema: Schema, depth: number): Values {
    const leaves = leavesOf(schema);
    return this.leaf(leaves.length === 1 ? leaves[0]! : this.r.pick(leaves), depth);
  }

  leaf(leaf: Leaf, depth: number): Values {
    const { schema } = leaf;
    const values: Values = {};
    if (schema.caseName !== null) values["is"] = schema.caseName;
    const computed = computedNames(schema);
    const presence = new Map<number, boolean>();
    const state: State = { schema, values, depth, avoid: "", steady: false };
    for (const placed of schema.placed) {
      if (!this.isPresent(placed, state, presence)) continue;
      if (placed.variable) this.variable(placed, state);
      else if (leaf.keys.has(placed.name)) this.selector(placed, leaf, values);
      else if (!computed.has(placed.name)) this.fixed(placed, state);
      else this.otherFlags(placed, state);
    }
    if (schema.isProtocol) this.trailer(schema, values, depth);

    return values;
  }

  private isPresent(
    { segment }: Placed,
    { schema, values }: State,
    known: Map<number, boolean>,
  ): boolean {
    const { when } = schema.segments[segment]!;
    if (when === null) return true;
    let there = known.get(segment);
    if (there === undefined) {
      const layer = sofar(schema, values);
      there = layer !== null && asked(() => holds(when, layer), false);
      if (when.compute !== null && this.r.chance(25)) there = !there;
      known.set(segment, there);
    }
    return there;
  }

  private selector(placed: Placed, leaf: Leaf, values: Values): void {
    const keys = leaf.chosen.get(placed.name)!;
    if (keys.length > 0) {
      // The first key is what building writes by itself.
      if (this.r.chance(50) || keys.length > 1) values[placed.name] = this.r.pick(keys);
      return;
    }
    const fits = leaf.keys.get(placed.name)!;
    const { bits } = placed.item.field!;
    let key = this.r.number(bits);
    for (let n = 0; !fits(key) && n < 2 ** Math.min(bits, 16); n++) key = (key + 1) % 2 ** bits;
    values[placed.name] = key;
  }

  private fixed({ name, item }: Placed, { values, steady }: State): void {
    const isText = item.field!.kind === "text";
    if (item.options.default !== undefined && (steady || isText || this.r.chance(30))) return;
    values[name] = fieldValue(item.field!, this.r);
  }

  /** Flags of which one is a size that is computed: the others. */
  private otherFlags({ name, item }: Placed, { schema, values }: State): void {
    if (item.field!.kind !== "flags") return;
    const taken = new Set<string>();
    for (const p of schema.placed)
      for (const size of [p.size, p.bytes, p.count])
        if (size?.ref?.name.startsWith(`${name}.`)) taken.add(size.ref.name.slice(name.length + 1));
    if (taken.size === 0) return;
    const some: Values = {};
    for (const flag of item.field!.flags)
      if (!taken.has(flag.name) && this.r.chance(60))
        some[flag.name] = flag.width === 1 ? this.r.chance(50) : this.r.upTo(2 ** flag.width - 1);
    values[name] = some;
  }

  /** A number of bytes or items that a size can say. */
  private amount(size: Size | null, state: State, most: number): number {
    const { r } = this;
    if (size === null || size.kind === "rest") return r.upTo(most);
    if (size.kind === "constant") return size.constant;
    if (size.kind === "function") {
      const layer = sofar(state.schema, state.values);
      const n = layer === null ? 0 : asked(() => evaluate(size, layer, 0), 0);
      return r.chance(75) && n >= 0 && n < 400 ? n : r.upTo(most);
    }
    const { unit, plus, zeroIsRest, below, ref } = size;
    const greatest = Math.min(2 ** (ref as NumberRef).bits - 1, below - 1);
    let n = Math.min(greatest, Math.max(zeroIsRest ? 1 : 0, r.upTo(Math.ceil(most / unit))));
    while (n * unit + plus < 0) n++;
    return n * unit + plus;
  }

  private variable(placed: Placed, state: State): void {
    const { item, name } = placed;
    const { values } = state;
    if (item.kind === "bytes") values[name] = this.r.bytes(this.amount(placed.size, state, 12));
    else if (item.kind === "text") this.text(placed, state);
    else if (item.kind === "list") values[name] = this.list(placed, state);
    else if (item.kind === "record") this.record(placed, state);
    else {
      const make = codecs[item.field!.codec!.name];
      if (make !== undefined) values[name] = make(this.r);
    }
  }

  private text({ name, item, size }: Placed, state: State): void {
    const { r } = this;
    const { extent } = item;
    const { avoid } = state;
    state.avoid = "";
    if (extent === null) {
      state.values[name] = r.text(this.amount(size, state, 8), () => true);
      return;
    }
    if ("until" in extent) {
      const allowed = (c: string): boolean => !extent.until.includes(c) && !avoid.includes(c);
      state.values[name] = r.text(1 + r.upTo(7), allowed);
      // What follows must be what ends the text: only its default is known to be.
      state.steady = true;
      return;
    }
    if (item.options.default === undefined)
      state.values[name] = r.text(1 + r.upTo((extent.max ?? 3) - 1), (c) => extent.of.includes(c));
    state.avoid = extent.of;
  }

  private list({ item, count, bytes }: Placed, state: State): unknown {
    const { r } = this;
    const { until, stop } = item.bounds!;
    const { depth } = state;
    if (bytes !== null && bytes.kind !== "field" && bytes.kind !== "rest")
      return this.filled(item.schema!, this.amount(bytes, state, 20), depth);
    const wanted = count === null ? r.upTo(3) : this.amount(count, state, 3);
    const most = depth >= MAX_DEPTH && count === null ? 0 : Math.min(wanted, 40);
    const items: Values[] = [];
    for (let n = 0; n < most; n++) {
      const one = this.any(item.schema!, depth + 1);
      const made = recordBytes(item.schema!, one);
      if (made === null) continue;
      if (stop !== null && asked(() => stop(made.layer.bytes, 0, made.layer.end, made.layer), true))
        continue;
      items.push(one);
      if (until !== null && asked(() => until(made.view as never), false)) return items;
    }
    if (until === null || state.schema.header !== null) return items;
    // Only the item that ends it tells where a list ends that nothing else limits.
    for (let n = 0; n < 200; n++) {
      const one = this.any(item.schema!, depth + 1);
      const made = recordBytes(item.schema!, one);
      if (made !== null && asked(() => until(made.view as never), false)) return [...items, one];
    }
    return items;
  }

  /** Items of exactly so many bytes, or bytes. */
  private filled(schema: Schema, size: number, depth: number): unknown {
    if (size === 0) return [];
    for (let n = 0; n < 20; n++) {
      const one = this.any(schema, depth + 1);
      const made = recordBytes(schema, one);
      if (made !== null && made.layer.end > 0 && size % made.layer.end === 0)
        return Array.from({ length: size / made.layer.end }, () => ({ ...one }));
    }
    return this.r.bytes(size);
  }

  private record({ name, item, size }: Placed, state: State): void {
    const { values, depth } = state;
    if (size === null || size.kind === "rest" || size.kind === "field") {
      values[name] = this.any(item.schema!, depth + 1);
      return;
    }
    const wanted = this.amount(size, state, 20);
    for (let n = 0; n < 20; n++) {
      const one = this.any(item.schema!, depth + 1);
      const made = recordBytes(item.schema!, one);
      if (made === null || made.layer.end > wanted) continue;
      if (made.layer.end < wanted) one["rest"] = this.r.bytes(wanted - made.layer.end);
      values[name] = one;
      return;
    }
    values[name] = this.r.bytes(wanted);
  }

  private trailer(schema: Schema, values: Values, depth: number): void {
    const { trailer } = schema.spec;
    if (trailer === null || !this.r.chance(50)) return;
    const { reserve, length } = schema;
    // A trailer is told from the payload only by a length or by its own size.
    if (reserve !== null) {
      const layer = sofar(schema, values);
      const room = layer === null ? 0 : asked(() => evaluate(reserve, layer, 0), 0);
      if (room <= 0) return;
      const made = this.any(trailer, depth + 1);
      if (recordBytes(trailer, made)?.layer.end === room) Object.assign(values, made);
    } else if (length !== null && length.kind === "field")
      Object.assign(values, this.any(trailer, depth + 1));
  }
}

interface State {
  readonly schema: Schema;
  readonly values: Values;
  readonly depth: number;
  /** Characters that would belong to the run before. */
  avoid: string;
  /** Whether what follows keeps its defaults. */
  steady: boolean;
}

/** A record as its bytes alone; null where values make none. */
function recordBytes(schema: Schema, values: Values): { layer: Layer; view: object } | null {
  try {
    const out = new Writer();
    writeParts(out, schema, values);
    const bytes = out.finish();
    const layer = readRecord(schema, bytes, 0, bytes.length, null as never);
    return layer === null ? null : { layer, view: viewOf(layer) };
  } catch {
    return null;
  }
}

class ValuesArbitrary extends fc.Arbitrary<Values> {
  private readonly leaf: Leaf;

  constructor(leaf: Leaf) {
    super();
    this.leaf = leaf;
  }

  generate(random: Random): Value<Values> {
    return new Value(new Generator(new Source(random)).leaf(this.leaf, 0), undefined);
  }

  canShrinkWithoutContext(_value: unknown): _value is Values {
    return false;
  }

  /** Fewer values, and fewer items in a list that nothing counts by a function. */
  shrink(values: Values): Stream<Value<Values>> {
    const smaller: Values[] = [];
    for (const [name, value] of Object.entries(values)) {
      const placed = this.leaf.schema.find(name);
      if (placed === undefined || this.leaf.keys.has(name)) continue;
      const sizes = [placed.size, placed.bytes, placed.count];
      if (sizes.some((s) => s?.kind === "function" || s?.kind === "constant")) continue;
      if (Array.isArray(value) && value.length > 0) {
        smaller.push(
          { ...values, [name]: value.slice(1) },
          { ...values, [name]: value.slice(0, -1) },
        );
      } else if (placed.item.kind !== "text" && !Array.isArray(value)) {
        const { [name]: _, ...others } = values;
        smaller.push(others);
      }
    }
    return Stream.of(...smaller.map((one) => new Value(one, undefined)));
  }
}

/** Valid values of a declaration: what its recipe takes. Computed fields are left out, so that building computes them. */
export const valuesFor = (leaf: Leaf): fc.Arbitrary<Values> => new ValuesArbitrary(leaf);

/** A value of a fixed field, as an arbitrary. */
export const fieldArbitrary = (field: AnyField): fc.Arbitrary<unknown> =>
  new (class extends fc.Arbitrary<unknown> {
    generate(random: Random): Value<unknown> {
      return new Value(fieldValue(field, new Source(random)), undefined);
    }
    canShrinkWithoutContext(_value: unknown): _value is unknown {
      return false;
    }
    shrink(): Stream<Value<unknown>> {
      return Stream.nil();
    }
  })();
