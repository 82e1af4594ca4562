import type { Placed } from "../../schema/place.ts";
import type { Schema } from "../../schema/schema.ts";
import { bottomKey, keysOf, type LayerKeys } from "../keys.ts";
import { Do, Part } from "./part.ts";
import { quoted } from "./text.ts";

/** A declaration made ready for writing its layers: found out once, kept as long as the declaration. */
export class LayerPlan {
  readonly parts: readonly Part[];
  readonly keys: LayerKeys;
  /** `"is":"echo"` of a case, which then comes first. */
  readonly opening: string;
  /** Whether the text of the parts begins with a comma that is one too many. */
  readonly leads: boolean;
  /** Whether nothing but the fixed head is declared, and its length is constant: no bytes can be left. */
  readonly plain: boolean;
  readonly label: string;
  /** `,"ethernet":{`, as the lowest layer of a frame. */
  readonly bottomKey: string;
  readonly restKey: string;
  readonly errorKey: string;
  readonly rawKey: string;
  readonly trailerKey: string;
  readonly trailerRestKey: string;
  /** The parts after the payload. */
  readonly trailer: LayerPlan | null;
  private readonly uppers: Map<string, string>;

  constructor(schema: Schema, names: ReadonlyMap<Placed, string> = new Map()) {
    const { caseName, placed, segments, header } = schema;
    this.opening = caseName === null ? "" : `"is":${quoted(caseName)}`;
    const certain = placed.length > 0 && !placed[0]!.variable && placed[0]!.segment === 0;
    this.leads = caseName === null && !certain;
    this.parts = partsOf(renamed(placed, names), caseName === null && certain ? "" : ",");
    this.plain =
      schema.isProtocol &&
      header === null &&
      segments.length === 1 &&
      segments[0]!.variable === null;
    this.label = quoted(schema.root.about.label).slice(1, -1);
    this.bottomKey = `,${quoted(bottomKey(schema.root.name))}:{`;
    this.keys = keysOf(schema);
    this.restKey = `,${quoted(this.keys.rest)}:`;
    this.errorKey = `,${quoted(this.keys.error)}:`;
    this.rawKey = `,${quoted(this.keys.raw)}:`;
    this.trailerKey = `,${quoted(this.keys.trailer)}:`;
    this.trailerRestKey = `,${quoted(this.keys.trailerRest)}:`;
    const tail = schema.spec.trailer;
    const trailerNames = new Map(this.keys.trailerParts.map(([key, p]) => [p, key]));
    this.trailer = tail === null ? null : new LayerPlan(tail, trailerNames);
    this.uppers = new Map();
  }

  /** `,"tcp":{`, with another name where a field of this layer has it. */
  upperKey(name: string): string {
    let key = this.uppers.get(name);
    if (key === undefined) {
      key = `,${quoted(this.keys.upper(name))}:{`;
      this.uppers.set(name, key);
    }
    return key;
  }
}

const renamed = (
  placed: readonly Placed[],
  names: ReadonlyMap<Placed, string>,
): readonly Placed[] =>
  names.size === 0 ? placed : placed.map((p) => ({ ...p, name: names.get(p) ?? p.name }));

const plans = new WeakMap<Schema, LayerPlan>();

export function planOf(schema: Schema): LayerPlan {
  let plan = plans.get(schema);
  if (plan === undefined) {
    plan = new LayerPlan(schema);
    plans.set(schema, plan);
  }
  return plan;
}

/** The parts in order; `first` is what stands before the first key. */
function partsOf(placed: readonly Placed[], first: string): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < placed.length; ) {
    const shared = sharedBytes(placed, i);
    const count = Math.max(1, shared);
    const does = shared > 0 ? sizeOf(placed.slice(i, i + shared)) : actionFor(placed[i]!);
    parts.push(new Part(does, placed.slice(i, i + count), parts.length === 0 ? first : ","));
    i += count;
  }
  return parts;
}

/**
 * How many fields from `i` on share one or two whole bytes and are put into words together: the numbers below 65,536 that
 * they make up are fewer than the packets that have them. 0 where a field stands for itself.
 */
function sharedBytes(placed: readonly Placed[], i: number): number {
  const { segment, bit } = placed[i]!;
  if ((bit & 7) !== 0) return 0;
  let bits = 0;
  for (let k = i; k < placed.length; k++) {
    const { variable, item, segment: own } = placed[k]!;
    const field = item.field;
    if (variable || own !== segment || field === null || field.little) return 0;
    if (
      field.kind !== "uint" &&
      field.kind !== "int" &&
      field.kind !== "flag" &&
      field.kind !== "flags"
    )
      return 0;
    bits += field.bits;
    if (bits > 16) return 0;
    if ((bits & 7) === 0) {
      // A number of 16 bits without names is quicker written than looked up.
      const bare = k === i && field.kind === "uint" && field.options.names === undefined;
      return bits === 16 && bare ? 0 : k - i + 1;
    }
  }
  return 0;
}

const sizeOf = (fields: readonly Placed[]): number =>
  fields.reduce((sum, p) => sum + p.item.field!.bits, 0) === 8 ? Do.byte : Do.pair;

function actionFor({ item, variable, bit }: Placed): number {
  if (item.kind === "list") return Do.list;
  if (item.kind === "record") return Do.record;
  if (variable) return Do.variable;
  const { kind, bits, little, options } = item.field!;
  if (kind === "mac") return Do.mac;
  if (kind === "ipv4") return Do.ipv4;
  if (kind === "ipv6") return Do.ipv6;
  const bare = kind === "uint" && !little && (bit & 7) === 0 && options.names === undefined;
  if (bare && bits === 16) return Do.number16;
  return bare && bits === 32 ? Do.number32 : Do.fixed;
}
