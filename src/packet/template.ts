import { Layer, moreOf } from "../schema/layer.ts";
import type { AnyRecipe } from "../schema/recipe.ts";
import type { Schema } from "../schema/schema.ts";
import { completeChecksums, completeLengths, completeSizes, computedSum } from "./complete.ts";
import { planOf } from "./write.ts";
import type { FieldPlan, WritePlan } from "./write-plan.ts";

/** What became of the values of a layer. */
const Written = {
  /** Only fields of the head that nothing computes. */
  plain: 0,
  /** Also some that are computed where they are not given. */
  pinned: 1,
  /** Something else is among them: the packet has to be built the long way. */
  other: 2,
} as const;

/** One layer of a {@link Template}. */
class Tier {
  readonly schema: Schema;
  readonly plan: WritePlan;
  /** Where it starts, counted from the start of the packet. */
  readonly offset: number;
  private readonly length: number;
  /** The highest layer has nothing above it to name. */
  private readonly isTop: boolean;
  /** Lent to whatever computes fields: the layers of a packet that was built are made when somebody asks for them. */
  readonly layer: Layer;
  /** Names as they were given last time, in that order, and their fields: looking them up would take most of the time. */
  private readonly names: string[];
  private readonly fields: (FieldPlan | undefined)[];
  isPinned: boolean;

  constructor(schema: Schema, offset: number, lower: Layer | null, isTop: boolean) {
    this.schema = schema;
    this.plan = planOf(schema);
    this.offset = offset;
    this.length = this.plan.head.length;
    this.isTop = isTop;
    this.layer = new Layer(schema, this.plan.head, 0, 0, lower);
    this.names = [];
    this.fields = [];
    this.isPinned = false;
  }

  /** Writes values into a head that starts at `at`. */
  write(bytes: Uint8Array, at: number, values: AnyRecipe["values"]): number {
    let written: number = Written.plain;
    let k = 0;
    for (const name in values) {
      const value = values[name];
      if (this.names[k] !== name) this.learn(k, name);
      const field = this.fields[k++];
      if (value === undefined) continue;
      if (field === undefined || field.writer === null) return Written.other;
      if (value === null) continue;
      if (field.isComputed || (field.isKey && !this.isTop)) written = Written.pinned;
      field.writer.put(bytes, at, value);
    }
    return written;
  }

  private learn(k: number, name: string): void {
    // Names that follow may be those of other values: they are looked at again when their turn comes.
    this.names[k] = name;
    this.fields[k] = this.plan.fields.get(name);
  }

  /** Lends the layer for a packet, as if it were new. */
  lend(bytes: Uint8Array, start: number, end: number): void {
    const layer = this.layer as { -readonly [K in keyof Layer]: Layer[K] };
    layer.bytes = bytes;
    layer.start = start + this.offset;
    layer.headerEnd = layer.start + this.length;
    layer.end = end;
    layer.view = null;
    layer.more = null;
  }
}

/**
 * A stack of declarations as it looks when nothing is given: all heads side by side, the numbers of the layers above and
 * the lengths of headers in place. Whoever builds one packet mostly builds thousands like it; of each there is then only
 * to be written what is given, and to be computed what depends on it (measured: half the time).
 */
export class Template {
  private readonly tiers: readonly Tier[];
  /** The heads of all layers. */
  readonly head: Uint8Array;

  private constructor(schemas: readonly Schema[]) {
    const tiers: Tier[] = [];
    let offset = 0;
    for (const schema of schemas) {
      const isTop = tiers.length === schemas.length - 1;
      tiers.push(new Tier(schema, offset, tiers.at(-1)?.layer ?? null, isTop));
      offset += planOf(schema).head.length;
    }
    this.tiers = tiers;
    this.head = new Uint8Array(offset);
    for (const tier of tiers) this.head.set(tier.plan.head, tier.offset);
    for (let i = 0; i < tiers.length; i++) {
      tiers[i]!.lend(this.head, 0, offset);
      tiers[i]!.layer.upper = tiers[i + 1]?.layer ?? null;
    }
    for (const { layer } of tiers) completeLengths(layer, offset);
  }

  /** `null` for a stack that cannot be laid out before its values are known. */
  static of(schemas: readonly Schema[]): Template | null {
    if (schemas.length === 0 || !schemas.every((schema) => planOf(schema).plain)) return null;
    try {
      return new Template(schemas);
    } catch {
      // Something in it cannot be computed of nothing; the values that are given may well do.
      return null;
    }
  }

  /**
   * Writes a packet at `start`, where the heads already lie, followed by payload up to `end`. False where the values hold
   * something that has no place in a template; the bytes are then to be cleared.
   */
  write(bytes: Uint8Array, start: number, end: number, stack: readonly unknown[]): boolean {
    const { tiers } = this;
    let pins = false;
    for (let i = 0; i < tiers.length; i++) {
      const tier = tiers[i]!;
      const { values } = stack[i] as AnyRecipe;
      const written = tier.write(bytes, start + tier.offset, values);
      if (written === Written.other) return false;
      tier.isPinned = written === Written.pinned;
      pins ||= tier.isPinned;
    }
    for (let i = 0; i < tiers.length; i++) {
      const tier = tiers[i]!;
      tier.lend(bytes, start, end);
      if (tier.isPinned) moreOf(tier.layer).give((stack[i] as AnyRecipe).values, true);
    }
    for (let i = 0; i < tiers.length; i++)
      if (pins) completeLengths(tiers[i]!.layer, end);
      else completeSizes(tiers[i]!.layer, end);
    // What cannot be known (a checksum over addresses that no layer has) is left to the long way.
    let known = true;
    for (let i = tiers.length - 1; i >= 0; i--) known = completeChecksums(tiers[i]!.layer) && known;
    return known;
  }

  /** The lowest layer of a packet that was written, in layers of its own. */
  layers(bytes: Uint8Array, start: number, end: number, stack: readonly unknown[]): Layer {
    let bottom: Layer | null = null;
    let lower: Layer | null = null;
    for (const [i, { schema, plan, offset }] of this.tiers.entries()) {
      const { values } = stack[i] as AnyRecipe;
      const at = start + offset;
      const layer: Layer = new Layer(schema, bytes, at, at + plan.head.length, lower);
      layer.end = end;
      const pins = Object.keys(values).some((name) => plan.fields.get(name)?.mayBePinned);
      moreOf(layer).give(values, pins);
      moreOf(layer).summed = computedSum(layer);
      if (lower === null) bottom = layer;
      else lower.upper = layer;
      lower = layer;
    }
    return bottom!;
  }
}

/** A place in the tree of stacks: what was built so far, from the lowest layer up. */
class Node {
  readonly schema: Schema | null;
  private readonly below: Node | null;
  private readonly above: Node[];
  private seen: number;
  private misfits: number;
  private made: Template | null;

  constructor(schema: Schema | null, below: Node | null) {
    this.schema = schema;
    this.below = below;
    this.above = [];
    this.seen = 0;
    this.misfits = 0;
    this.made = null;
  }

  /** The stack with one more layer; `null` when there are too many. */
  step(schema: Schema): Node | null {
    for (let i = 0; i < this.above.length; i++)
      if (this.above[i]!.schema === schema) return this.above[i]!;
    if (nodes >= MOST_NODES) return null;
    nodes++;
    const node = new Node(schema, this);
    this.above.push(node);
    return node;
  }

  /** The template of the stack up to here: none until it was built some times, since making it costs as much as several. */
  get template(): Template | null {
    if (this.seen++ === SOME) this.made = Template.of(this.schemas());
    return this.made;
  }

  /** Says that a packet did not fit; when most do not, the template is given up. */
  misfit(): void {
    if (++this.misfits > this.seen / 2 && this.misfits > MANY) this.made = null;
  }

  private schemas(): Schema[] {
    const all: Schema[] = [];
    for (let node: Node | null = this; node?.schema; node = node.below) all.unshift(node.schema);
    return all;
  }
}

/** Stacks that are remembered; programs build few kinds, and random ones are not worth it. */
const MOST_NODES = 512;
/** Packets of a stack that are built the long way first. */
const SOME = 2;
/** So many that do not fit are no exception. */
const MANY = 16;
let nodes = 0;

/** Below the lowest layer of every stack. */
export const ground = new Node(null, null);
export type { Node };
