import { type Layer, moreOf } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import { type AnyRecipe, recipe } from "../schema/recipe.ts";
import type { Schema } from "../schema/schema.ts";
import { buildAnyway } from "./build.ts";
import { caseOf } from "./cases.ts";
import { computedNames } from "./computed.ts";
import { otherBytes, otherList, otherText, otherValue } from "./fuzz-values.ts";
import type { Packet } from "./packet.ts";
import { Seeded } from "./seeded.ts";
import { type PlainValues, valuesOf } from "./values.ts";

/** How {@link fuzz} varies a packet. */
export interface FuzzOptions {
  /** A whole number in 0..2^53-1: the same seed, packet and options give the same packet on every platform. */
  readonly seed: number;
  /** Share of the fields that are varied, from 0 to 1; 0.1 when left out. At least one is. */
  readonly rate?: number;
  /** Only these are varied: `"tcp"` for all of a layer, `"tcp.flags"`, `"tcp.options"`, `"payload"`. */
  readonly fields?: readonly string[];
  /** These stay as they are, beside what was given when the packet was built. Named as in `fields`. */
  readonly keep?: readonly string[];
}

/** One thing that can be varied: does it, and gives what puts it back. */
interface Place {
  /** How often it is varied, beside others. */
  readonly share: number;
  readonly change: (r: Seeded) => () => void;
}

/**
 * A copy of a packet in which some fields are other than they were: numbers at their edges, addresses with a meaning of
 * their own, texts too long, bytes cut or extended, items of lists lost, doubled, out of order, and now and then lengths,
 * counters and checksums that are wrong. What was given when the packet was built, or set since, stays; so does what
 * `keep` names. Lengths and checksums that are not varied are right for what the packet has become; those that are wrong
 * count as given from then on.
 *
 * @throws TypeError or RangeError for a bad option; RangeError where a name is of no field in the packet.
 * @example fuzz(build(ethernet(), ipv4({ dst: "192.0.2.1" }), tcp({ dstPort: 80 })), { seed: 7 })
 */
export function fuzz(packet: Packet, options: FuzzOptions): Packet {
  const { seed, rate = 0.1, fields, keep = [] } = options ?? {};
  const r = new Seeded(seed);
  if (typeof rate !== "number" || !(rate >= 0 && rate <= 1))
    throw new RangeError(`rate: ${rate} is not in 0..1`);
  const stack = new FuzzStack(packet, namesOf("keep", keep), fields && namesOf("fields", fields));
  const chosen = stack.places.filter(({ share }) => r.upTo(9999) < rate * share * 10_000);
  if (chosen.length === 0 && stack.places.length > 0) chosen.push(r.pick(stack.places));
  const undo = chosen.map(({ change }) => change(r));
  for (;;) {
    try {
      return stack.build();
    } catch (error) {
      // What no bytes can say, such as a list too long for its counter, is put back, the last change first.
      const back = undo.pop();
      if (back === undefined || !(error instanceof RangeError || error instanceof TypeError))
        throw error;
      back();
    }
  }
}

function namesOf(option: string, names: unknown): ReadonlySet<string> {
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string"))
    throw new TypeError(`${option}: a list of names is wanted, not ${String(names)}`);
  return new Set(names as string[]);
}

/** Computed fields are left right more often than not, since much of what reads packets stops at a wrong one. */
const WRONG = 0.3;
/** A value that is no other is made anew so many times. */
const TRIES = 8;
const PAYLOAD = "payload";

class FuzzStack {
  readonly places: Place[] = [];
  private readonly parts: (AnyRecipe | Uint8Array)[] = [];
  /** What stays in the new packet: what was given in the old one, and what is wrong on purpose. */
  private readonly pins: Set<string>[] = [];
  private readonly keep: ReadonlySet<string>;
  private readonly only: ReadonlySet<string> | undefined;
  private readonly seen = new Set<string>([PAYLOAD]);

  constructor(packet: Packet, keep: ReadonlySet<string>, only: ReadonlySet<string> | undefined) {
    this.keep = keep;
    this.only = only;
    for (const layer of packet.layers) this.addLayer(layer);
    this.addPayload(packet);
    for (const name of [...keep, ...(only ?? [])])
      if (!this.seen.has(name)) throw new RangeError(`fuzz: no field '${name}' in this packet`);
  }

  build(): Packet {
    const made = buildAnyway(...this.parts);
    made.layers.forEach((layer, i) => {
      moreOf(layer).pinned = this.pins[i]!;
    });
    return made;
  }

  private addLayer(layer: Layer): void {
    const { schema } = layer;
    const values = valuesOf(layer);
    const pinned = layer.more?.pinned ?? null;
    this.pins.push(new Set(pinned));
    this.parts.push(recipe(schema, values));
    for (const { name } of schema.placed) {
      this.seen.add(schema.name).add(`${schema.name}.${name}`);
      if (isPinned(pinned, name)) continue;
      const free = this.isFree(schema.name, name);
      this.addValue(schema, values, name, free);
    }
  }

  private isFree(layer: string, name: string): boolean {
    const whole = `${layer}.${name}`;
    if (this.keep.has(layer) || this.keep.has(whole)) return false;
    return this.only === undefined || this.only.has(layer) || this.only.has(whole);
  }

  private addPayload(packet: Packet): void {
    const { layers } = packet;
    const top = layers.at(-1);
    const bytes = top === undefined ? packet.raw : top.bytes.slice(top.headerEnd, payloadEnd(top));
    const place = this.parts.push(bytes) - 1;
    if (this.keep.has(PAYLOAD) || (this.only !== undefined && !this.only.has(PAYLOAD))) return;
    this.places.push({
      share: 1,
      change: (r) => {
        this.parts[place] = otherBytes(bytes, null, r);
        return () => {
          this.parts[place] = bytes;
        };
      },
    });
  }

  /** One value of a header or record. Computed ones are taken out, so that building computes them. */
  private addValue(schema: Schema, values: PlainValues, name: string, free: boolean): void {
    const placed = schema.find(name)!;
    const old = values[name];
    if (old === undefined) return;
    const isComputed = placed.item.field !== null && isSettled(schema, values, name);
    if (isComputed) delete values[name];
    if (!free) return;
    const pins = schema.isProtocol && isComputed ? this.pins.at(-1)! : null;
    const set = (make: (r: Seeded) => unknown): void => {
      this.places.push({
        share: isComputed ? WRONG : 1,
        change: (r) => {
          const before = values[name];
          for (let n = 0; n < TRIES && (n === 0 || values[name] === old); n++)
            values[name] = make(r);
          pins?.add(name);
          return () => {
            values[name] = before;
            pins?.delete(name);
          };
        },
      });
    };
    const { item } = placed;
    if (item.kind === "list" && Array.isArray(old)) {
      set((r) => otherList(values[name] as unknown[], r));
      for (const one of old) this.addRecord(item.schema!, one);
    } else if (item.kind === "record") this.addRecord(item.schema!, old);
    else if (old instanceof Uint8Array && placed.variable)
      set((r) => otherBytes(old, placed.size, r));
    else if (item.kind === "text") set((r) => otherText(old as string, placed, r));
    else if (!placed.variable) set((r) => otherValue(item.field!, old, r));
    else set((r) => item.field!.codec!.random?.(r) ?? old);
  }

  private addRecord(schema: Schema, values: unknown): void {
    if (values instanceof Uint8Array || typeof values !== "object" || values === null) return;
    const own = caseOf(schema, values as PlainValues);
    for (const { name } of own.placed) this.addValue(own, values as PlainValues, name, true);
  }
}

/** Whether a value was given or set by hand, as a whole or in part. */
const isPinned = (pinned: ReadonlySet<string> | null, name: string): boolean =>
  pinned !== null && (pinned.has(name) || [...pinned].some((one) => one.startsWith(`${name}.`)));

/** Whether building computes a field: its function or checksum does, or a part that is there has its size from it. */
function isSettled(schema: Schema, values: PlainValues, name: string): boolean {
  if (!computedNames(schema).has(name)) return false;
  const { options, field } = schema.find(name)!.item;
  if (options.computed !== undefined || options.checksum !== undefined) return true;
  if (field!.kind === "flags") return false;
  if ([schema.header, schema.whole, schema.length].some((size) => size?.ref?.name === name))
    return true;
  return schema.placed.some(
    (p) =>
      values[p.name] !== undefined && [p.size, p.bytes, p.count].some((s) => s?.ref?.name === name),
  );
}
