import type { AnyField } from "../schema/field.ts";
import type { ListRule } from "../schema/item.ts";
import { Layer } from "../schema/layer.ts";
import { evaluate, gapAfter, holds } from "../schema/layout.ts";
import type { Placed, Size } from "../schema/place.ts";
import type { Schema } from "../schema/schema.ts";
import { Writer } from "../schema/writer.ts";
import { computedNames } from "./computed.ts";
import { anyValue, flagValue, isReserved, PLAIN, validValue } from "./random-field.ts";
import { ItemCases, inOrder, type Made, recordOf } from "./random-items.ts";
import { knownLeaves, type Leaf, leavesOf } from "./random-leaf.ts";
import type { Draws } from "./seeded.ts";
import type { PlainValues } from "./values.ts";
import { writeParts } from "./write.ts";

/** Lists in lists end here. */
const MAX_DEPTH = 4;
/** Bytes that a header without a limit of its own may take. */
const ROOM = 400;

/** What is known while the values of one header or record are made. */
interface State {
  readonly schema: Schema;
  readonly values: PlainValues;
  readonly depth: number;
  /** The layer below, for functions that look at it. */
  readonly lower: Layer | null;
  /** Bytes that all of it may take. */
  readonly room: number;
  /** What the fields that give a size hold already: two parts may have the same. */
  readonly amounts: Map<string, number>;
  /** Characters that would belong to the run before. */
  avoid: string;
  /** Whether what follows keeps its defaults. */
  steady: boolean;
}

/** What is given for one leaf. */
export interface LeafContext {
  readonly depth?: number;
  readonly room?: number;
  readonly lower?: Layer | null;
  /** Values that are there already, and stay. */
  readonly given?: PlainValues;
  /** Makes some fields in its own way; `undefined` says that it does not. */
  readonly own?: (name: string, field: AnyField) => { readonly value: unknown } | undefined;
}

/**
 * Makes random values of any declaration, as its recipe takes them. `valid` values make sense: of the cases only those
 * declared, named numbers, zeros where it is reserved. Otherwise they are all that the declaration can hold, for tests.
 * Computed fields are left out, so that building computes them.
 */
export class RandomValues {
  private readonly r: Draws;
  private readonly valid: boolean;

  constructor(r: Draws, valid: boolean) {
    this.r = r;
    this.valid = valid;
  }

  /** Values of one of the declarations that `schema` can be; with a rule, of one that it allows. */
  any(schema: Schema, context: LeafContext = {}, rule: ListRule | null = null): PlainValues {
    const all = this.leaves(schema);
    const leaf = this.valid && rule !== null ? new ItemCases(all, rule, this.r).next() : null;
    const leaves = leaf === null ? all : [leaf];
    return this.leaf(leaves.length === 1 ? leaves[0]! : this.r.pick(leaves), context);
  }

  private leaves(schema: Schema): readonly Leaf[] {
    return this.valid ? knownLeaves(schema) : leavesOf(schema);
  }

  leaf(leaf: Leaf, context: LeafContext = {}): PlainValues {
    const { schema } = leaf;
    const { depth = 0, lower = null, given = {}, own } = context;
    const room = Math.min(context.room ?? ROOM, limitOf(schema.header));
    const values: PlainValues = {};
    if (schema.caseName !== null) values["is"] = schema.caseName;
    const computed = computedNames(schema);
    const presence = new Map<number, boolean>();
    const amounts = new Map<string, number>();
    const state = { schema, values, depth, lower, room, amounts, avoid: "", steady: false };
    for (const placed of schema.placed) {
      const { name, item } = placed;
      if (given[name] !== undefined) values[name] = given[name];
      else if (!this.isPresent(placed, state, presence)) continue;
      else if (placed.variable) this.variable(placed, state);
      else if (leaf.keys.has(name)) this.selector(placed, leaf, values);
      else {
        const made = own?.(name, item.field!);
        if (made?.value !== undefined) values[name] = made.value;
        else if (computed.has(name)) this.otherFlags(placed, state);
        else if (made === undefined) this.fixed(placed, state);
      }
      if (!placed.variable) agree(placed, schema, given, values);
    }
    if (schema.isProtocol) this.trailer(state);
    return { ...values, ...given };
  }

  private isPresent({ segment }: Placed, state: State, known: Map<number, boolean>): boolean {
    const { when } = state.schema.segments[segment]!;
    if (when === null) return true;
    let there = known.get(segment);
    if (there === undefined) {
      const layer = sofar(state);
      there = layer !== null && asked(() => holds(when, layer), false);
      // What a function decides may be so because a part that it looks at is not there yet.
      if (when.compute !== null && this.r.chance(this.valid ? 15 : 25)) there = !there;
      known.set(segment, there);
    }
    return there;
  }

  private selector(placed: Placed, leaf: Leaf, values: PlainValues): void {
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
    const field = item.field!;
    if (steady && item.options.default !== undefined) return;
    if (this.valid) {
      const value = validValue(name, item.title, field, this.r);
      if (value !== undefined) values[name] = value;
      return;
    }
    if (item.options.default !== undefined && (field.kind === "text" || this.r.chance(30))) return;
    values[name] = anyValue(field, this.r);
  }

  /** Flags of which one is a size that is computed: the others. */
  private otherFlags({ name, item }: Placed, { schema, values }: State): void {
    const { r } = this;
    if (item.field!.kind !== "flags") return;
    const taken = new Set<string>();
    for (const p of schema.placed)
      for (const size of [p.size, p.bytes, p.count])
        if (size?.ref?.name.startsWith(`${name}.`)) taken.add(size.ref.name.slice(name.length + 1));
    if (taken.size === 0) return;
    const some: PlainValues = {};
    for (const flag of item.field!.flags) {
      if (taken.has(flag.name) || !r.chance(60)) continue;
      const n = this.valid ? flagValue(flag, r) : r.upTo(2 ** flag.width - 1);
      some[flag.name] = flag.width === 1 ? n === 1 : n;
    }
    values[name] = some;
  }

  /** A number of bytes or items that a size can say. */
  private amount(size: Size | null, state: State, most: number): number {
    const { r } = this;
    if (size === null || size.kind === "rest") return r.upTo(most);
    if (size.kind === "constant") return size.constant;
    if (size.kind === "function") {
      const layer = sofar(state);
      const n = layer === null ? 0 : asked(() => evaluate(size, layer, 0), 0);
      return (this.valid || r.chance(75)) && n >= 0 && n < 400 ? n : r.upTo(most);
    }
    const { unit, plus, zeroIsRest, below, ref } = size;
    const known = state.amounts.get(ref!.name);
    if (known !== undefined && this.valid) return known * unit + plus;
    const greatest = Math.min(2 ** ref!.bits - 1, below - 1);
    let n = Math.min(greatest, Math.max(zeroIsRest ? 1 : 0, r.upTo(Math.ceil(most / unit))));
    while (n * unit + plus < 0) n++;
    state.amounts.set(ref!.name, n);
    return n * unit + plus;
  }

  private variable(placed: Placed, state: State): void {
    const { item, name } = placed;
    const { values } = state;
    const { valid, default: initial } = item.options;
    if (this.valid && typeof valid === "function") values[name] = valid(this.r);
    else if (item.kind === "bytes") {
      const zero = this.valid && isReserved(name, item.title);
      // What an option or record has only bytes for is not empty.
      const some = this.valid && !zero && placed.size?.kind === "rest" && !state.schema.isProtocol;
      const count = some ? 1 + this.r.upTo(11) : this.amount(placed.size, state, 12);
      values[name] = zero ? new Uint8Array(count) : this.r.bytes(count);
    } else if (item.kind === "text") this.text(placed, state);
    else if (item.kind === "list") values[name] = this.list(placed, state);
    else if (item.kind === "record") this.record(placed, state);
    else if (!this.valid || initial === undefined) {
      const made = item.field!.codec!.random?.(this.r);
      if (made !== undefined) values[name] = made;
    }
  }

  private text({ name, item, size }: Placed, state: State): void {
    const { r } = this;
    const { extent } = item;
    const { avoid } = state;
    state.avoid = "";
    const alphabet = this.valid || r.chance(70) ? PLAIN : latin1;
    if (extent === null) {
      state.values[name] = r.text(this.amount(size, state, 8), alphabet);
      return;
    }
    if ("until" in extent) {
      const allowed = without(alphabet, extent.until + avoid);
      if (!this.valid || item.options.default === undefined)
        state.values[name] = r.text(1 + r.upTo(7), allowed);
      // What follows must be what ends the text: only its default is known to be.
      state.steady = true;
      return;
    }
    if (item.options.default === undefined)
      state.values[name] = r.text(1 + r.upTo((extent.max ?? 3) - 1), extent.of);
    state.avoid = extent.of;
  }

  private list(placed: Placed, state: State): unknown {
    const { r } = this;
    const { item, count, bytes } = placed;
    const { until, pad } = item.bounds!;
    const { depth } = state;
    if (bytes !== null && bytes.kind !== "field" && bytes.kind !== "rest")
      return this.filled(item.schema!, this.amount(bytes, state, 20), depth);
    const items: Made[] = [];
    const leaves = this.leaves(item.schema!);
    const cases = this.valid ? new ItemCases(leaves, item.rule, r) : null;
    // An option or record is there for the sake of its items; a header may have none.
    const least = this.valid && !state.schema.isProtocol ? 1 : 0;
    const some = count === null ? least + r.upTo(3 - least) : this.amount(count, state, 3);
    const wanted = Math.max(some, cases?.least ?? 0);
    const most = depth >= MAX_DEPTH && count === null ? 0 : Math.min(wanted, 40);
    let room = this.valid ? roomFor(placed, state) : Number.POSITIVE_INFINITY;
    for (let n = 0; n < most; n++) {
      const leaf = cases === null ? undefined : cases.next();
      if (leaf === null) break;
      const one = this.item(placed, depth, room, leaf);
      if (one === null) continue;
      room -= one.size + gapAfter(one.size, pad);
      items.push(one);
      if (until !== null && asked(() => until(one.view as never), false))
        return items.map(({ values }) => values);
    }
    const isShort = items.length === 0 || (cases !== null && !cases.hasAll(items));
    if (most > 0 && least > 0 && isShort) throw new NoRoom();
    const made = inOrder(items, item.rule).map(({ values }) => values);
    if (until === null || state.schema.header !== null) return made;
    // Only the item that ends it tells where a list ends that nothing else limits.
    for (let n = 0; n < 200; n++) {
      const one = this.item(placed, depth, room);
      if (one !== null && asked(() => until(one.view as never), false))
        return [...made, one.values];
    }
    return made;
  }

  /** One item of a list, of any case or the one given; null where what was made is none, or has no room. */
  private item({ item }: Placed, depth: number, room: number, leaf?: Leaf): Made | null {
    const stop = item.bounds?.stop ?? null;
    const context = { depth: depth + 1, room: Math.min(room, ROOM) };
    const values = unlessFull(() =>
      leaf === undefined ? this.any(item.schema!, context) : this.leaf(leaf, context),
    );
    const made = values === null ? null : recordOf(item.schema!, values);
    if (values === null || made === null || made.layer.end > room) return null;
    const { layer, view } = made;
    if (stop !== null && asked(() => stop(layer.bytes, 0, layer.end, layer), true)) return null;
    return { values, size: layer.end, view };
  }

  /** Items of exactly so many bytes, or bytes. */
  private filled(schema: Schema, size: number, depth: number): unknown {
    if (size === 0) return [];
    for (let n = 0; n < 20; n++) {
      const one = this.any(schema, { depth: depth + 1 });
      const made = recordOf(schema, one);
      if (made !== null && made.layer.end > 0 && size % made.layer.end === 0)
        return Array.from({ length: size / made.layer.end }, () => ({ ...one }));
    }
    return this.r.bytes(size);
  }

  private record({ name, item, size }: Placed, state: State): void {
    const { values, depth, lower } = state;
    if (size === null || size.kind === "rest" || size.kind === "field") {
      const room = Math.min(state.room, limitOf(size));
      const context = { depth: depth + 1, room, lower };
      const made = unlessFull(() => this.any(item.schema!, context, item.rule));
      if (made !== null) values[name] = made;
      return;
    }
    const wanted = this.amount(size, state, 20);
    for (let n = 0; n < 20; n++) {
      const one = this.any(item.schema!, { depth: depth + 1 }, item.rule);
      const made = recordOf(item.schema!, one);
      if (made === null || made.layer.end > wanted) continue;
      if (made.layer.end < wanted) one["rest"] = this.r.bytes(wanted - made.layer.end);
      values[name] = one;
      return;
    }
    values[name] = this.r.bytes(wanted);
  }

  private trailer(state: State): void {
    const { schema, values, depth } = state;
    const { trailer } = schema.spec;
    const { reserve, length } = schema;
    if (trailer === null || !this.r.chance(this.valid ? 100 : 50)) return;
    // A trailer is told from the payload only by a length or by its own size.
    if (reserve !== null) {
      const layer = sofar(state);
      const room = layer === null ? 0 : asked(() => evaluate(reserve, layer, 0), 0);
      if (room <= 0) return;
      const made = this.any(trailer, { depth: depth + 1 });
      if (recordOf(trailer, made)?.layer.end === room) Object.assign(values, made);
    } else if (length !== null && length.kind === "field" && !this.valid)
      Object.assign(values, this.any(trailer, { depth: depth + 1 }));
  }
}

/** What needs an item has no room for one. */
class NoRoom extends Error {}

function unlessFull(make: () => PlainValues): PlainValues | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof NoRoom) return null;
    throw error;
  }
}

const latin1 = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));

const without = (alphabet: string, taken: string): string =>
  [...alphabet].filter((c) => !taken.includes(c)).join("");

/** What a size can say at most. */
const limitOf = (size: Size | null): number =>
  size?.kind === "field" && !size.after && size.ref!.bits < 16
    ? (2 ** size.ref!.bits - 1) * size.unit + size.plus
    : Number.POSITIVE_INFINITY;

/** Bytes that the items of a list may take: what its own size and the header's leave. */
function roomFor({ bytes, item }: Placed, state: State): number {
  const taken = sofar(state)?.end ?? 0;
  return Math.min(state.room - taken - (item.align - 1), limitOf(bytes));
}

/** The layer that the values given so far make: conditions and sizes are asked of it. */
function sofar({ schema, values, lower }: State): Layer | null {
  try {
    const out = new Writer();
    writeParts(out, schema, values);
    return new Layer(schema, out.bytes, 0, out.length, lower);
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

/** A field that decides whether parts are there says yes for those that are given. */
function agree({ name }: Placed, schema: Schema, given: PlainValues, values: PlainValues): void {
  if (given[name] !== undefined) return;
  for (const [segment, { when }] of schema.segments.entries()) {
    if (!when?.ref || when.ref.name.split(".")[0] !== name) continue;
    if (!schema.placed.some((p) => p.segment === segment && given[p.name] !== undefined)) continue;
    const wanted = when.values === null ? 1 : when.values[0]!;
    const [, flag] = when.ref.name.split(".");
    const before = values[name];
    if (flag === undefined)
      values[name] = schema.find(name)!.item.field!.kind === "flag" ? wanted === 1 : wanted;
    else
      values[name] = {
        ...(typeof before === "number" ? { value: before } : (before ?? {})),
        [flag]: wanted === 1,
      };
  }
}
