import type { CaptureOrigin } from "../../capture/collector.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import type { FlagBit } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { listOf, readNumber, recordOf, segmentAt, trailerOf } from "../../schema/layout.ts";
import type { NumberRef, Placed } from "../../schema/place.ts";
import type { AnyProtocol } from "../../schema/protocol.ts";
import type { Schema } from "../../schema/schema.ts";
import { readFixed } from "../../schema/value.ts";
import { readVariable } from "../../schema/view.ts";
import { cellOf, flagCell, hexCell, MISSING } from "./cell.ts";
import { type Context, type Emit, type Extra, type Override, Session } from "./context.ts";
import { extras, overrides } from "./extras.ts";
import { LayerFinder } from "./frame-layers.ts";
import { segmentNames } from "./tcp-segments.ts";

/** One thing to do with a part of a layer. */
interface Action {
  readonly placed: Placed | null;
  readonly names: readonly string[];
  readonly flags: readonly { readonly name: string; readonly bit: FlagBit }[];
  /** Of a composite: the numbers that make it up, and its width. */
  readonly composite: {
    readonly refs: readonly NumberRef[];
    readonly digits: number;
    readonly hex: boolean;
  } | null;
  readonly nested: boolean;
  readonly override: Override | null;
}

/** What of a declaration is wanted, in the order of its parts. */
interface Plan {
  readonly actions: readonly Action[];
  readonly trailer: Plan | null;
}

const overrideOf = new Map(overrides.map((o) => [o.name, o]));

/** All names of the leaves of a declaration, its records and its cases. */
function namesOf(schema: Schema, seen = new Set<Schema>()): string[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const names: string[] = [];
  for (const placed of schema.placed) {
    const { item } = placed;
    if (item.schema !== null) names.push(...namesOf(item.schema, seen));
    if (item.schema === null && placed.filter !== null) names.push(placed.filter);
    names.push(...(item.options.also ?? []));
    for (const { name } of flagNames(placed)) names.push(name);
  }
  for (const c of schema.spec.composites)
    names.push(compositeName(schema, c.name, c.options.filter));
  for (const one of schema.cases?.list ?? []) names.push(...namesOf(one, seen));
  if (schema.cases !== null) names.push(...namesOf(schema.cases.unknown, seen));
  if (schema.spec.trailer !== null) names.push(...namesOf(schema.spec.trailer, seen));
  return names;
}

const compositeName = (schema: Schema, name: string, filter: string | null | undefined): string =>
  filter?.startsWith(".") ? filter.slice(1) : `${schema.about.prefix}.${filter ?? name}`;

function flagNames(placed: Placed): { name: string; bit: FlagBit }[] {
  const { field } = placed.item;
  if (field === null) return [];
  // A whole that Wireshark does not show may have parts that it does, under names of their own.
  return field.flags
    .filter((bit) => bit.filter?.startsWith(".") || (placed.filter !== null && bit.filter !== null))
    .map((bit) => ({
      name: bit.filter!.startsWith(".") ? bit.filter!.slice(1) : `${placed.filter}.${bit.filter}`,
      bit,
    }));
}

/** Every field name that this package can print, in alphabetical order. */
export function fieldNames(protocols: readonly AnyProtocol[]): string[] {
  const names = new Set<string>(extras.flatMap((e) => e.names));
  for (const { schema } of protocols) for (const name of namesOf(schema)) names.add(name);
  return [...names].sort();
}

/** Prefixes of fields that no message in a stream has: where nothing else is wanted, streams are not read. */
const below: ReadonlySet<string> = new Set([
  ...["frame", "eth", "vlan", "sll", "null", "ppp", "llc", "mpls", "arp", "ip", "ipv6", "icmp"],
  ...["icmpv6", "igmp", "tcp", "udp", "sctp", "dccp", "gre", "vxlan", "geneve", "gtp"],
]);
const ofStreams: ReadonlySet<string> = new Set(["frame.protocols", ...segmentNames]);

const isOfStreams = (name: string): boolean =>
  ofStreams.has(name) || !below.has(name.slice(0, Math.max(0, name.indexOf("."))) || name);

/**
 * Prints wanted fields of packets as `tshark -n -T fields` does. It keeps what later packets need to know of earlier ones,
 * so packets must be given in order, each once.
 */
export class Columns {
  private readonly index: ReadonlyMap<string, number>;
  private readonly plans: Map<Schema, Plan | null>;
  private readonly wantedExtras: ReadonlyMap<string | null, readonly Extra[]>;
  private readonly session: Session;
  private row: string[];
  private readonly finder: LayerFinder;

  constructor(names: readonly string[]) {
    this.index = new Map(names.map((name, i) => [name, i]));
    this.plans = new Map();
    this.session = new Session();
    this.row = [];
    const wanted = new Map<string | null, Extra[]>();
    const readsStreams = names.some(isOfStreams);
    for (const extra of extras) {
      // What shows messages remembers earlier ones, whichever of its names are wanted.
      const isKept = readsStreams && extra.names.some((name) => isOfStreams(name));
      if (!isKept && !extra.names.some((n) => this.index.has(n))) continue;
      const list = wanted.get(extra.protocol);
      if (list === undefined) wanted.set(extra.protocol, [extra]);
      else list.push(extra);
    }
    this.wantedExtras = wanted;
    this.finder = new LayerFinder(readsStreams);
  }

  /** The cells of one packet, in the order of the names; repeated values joined by commas. */
  cells(packet: Packet, options?: PacketOptions): string[] {
    const row: string[] = new Array(this.index.size).fill("");
    this.row = row;
    const found = this.finder.find(packet);
    const { layers } = found;
    const origin = "info" in packet.origin ? (packet.origin as CaptureOrigin) : null;
    const { session } = this;
    const context: Context = { packet, origin, options, ...found, session };
    for (const extra of this.wantedExtras.get(null) ?? [])
      extra.cells(packet.bottom, this.emit, context);
    for (const layer of layers) this.addLayer(layer, context);
    const partial = layers.at(-1)?.more?.partial ?? packet.bottom.more?.partial;
    if (partial) this.addPartial(partial, context);
    return row;
  }

  private readonly emit: Emit = (name, cell) => {
    const at = this.index.get(name);
    if (at === undefined) return;
    const before = this.row[at]!;
    this.row[at] = before === "" ? cell : `${before},${cell}`;
  };

  private addLayer(layer: Layer, context: Context): void {
    const plan = this.plan(layer.schema);
    if (plan !== null) this.addParts(layer, plan, context);
    const wanted = this.wantedExtras.get(layer.schema.root.name);
    if (wanted !== undefined) for (const extra of wanted) extra.cells(layer, this.emit, context);
    if (plan?.trailer) {
      const tail = trailerOf(layer);
      if (tail !== null) this.addParts(tail, plan.trailer, context);
    }
  }

  /** The fields of a header that is cut short, as far as they go. */
  private addPartial(layer: Layer, context: Context): void {
    const plan = this.plan(layer.schema);
    if (plan === null) return;
    for (const action of plan.actions) {
      const { placed } = action;
      if (placed === null || placed.variable || placed.segment > 0) continue;
      const end = layer.start + ((placed.bit + placed.item.field!.bits + 7) >> 3);
      if (end <= layer.end) this.addFixed(layer, placed, action, layer.start, context);
    }
  }

  private addParts(layer: Layer, plan: Plan, context: Context): void {
    for (const action of plan.actions) {
      const { placed } = action;
      if (placed === null) this.addComposite(layer, action, context);
      else if (action.nested) this.addNested(layer, placed, context);
      else if (placed.variable) {
        const value = readVariable(layer, placed);
        if (value !== undefined) this.addValue(value, placed, action, layer, context);
      } else {
        const from = segmentAt(layer, placed.segment);
        if (from >= 0) this.addFixed(layer, placed, action, from, context);
      }
    }
  }

  private addFixed(
    layer: Layer,
    placed: Placed,
    action: Action,
    from: number,
    context: Context,
  ): void {
    const value = readFixed(placed.item.field!, layer.bytes, from, placed.bit);
    this.addValue(value, placed, action, layer, context);
  }

  private addValue(
    value: unknown,
    placed: Placed,
    action: Action,
    layer: Layer,
    context: Context,
  ): void {
    if (action.names.length > 0) {
      const cell =
        action.override === null
          ? cellOf(placed, value)
          : action.override.cell(value, layer, context);
      const isEmpty = value instanceof Uint8Array && value.length === 0;
      if (cell !== null && (!isEmpty || cell === MISSING))
        for (const name of action.names) this.emit(name, cell);
    }
    for (const { name, bit } of action.flags) {
      const cell = flagCell(bit, value as number, placed.item.field!.bits);
      const shown = overrideOf.get(name)?.cell(cell, layer, context);
      if (shown !== null) this.emit(name, shown ?? cell);
    }
  }

  private addComposite(layer: Layer, action: Action, context: Context): void {
    const { refs, digits, hex } = action.composite!;
    let n = 0;
    for (const ref of refs) {
      const one = readNumber(layer, ref);
      if (one === undefined) return;
      n = n * 2 ** ref.bits + one;
    }
    const cell = hex ? hexCell(n, digits) : String(n);
    for (const name of action.names) {
      const shown = overrideOf.get(name)?.cell(cell, layer, context);
      if (shown !== null) this.emit(name, shown ?? cell);
    }
  }

  private addNested(layer: Layer, placed: Placed, context: Context): void {
    const one = placed.item.kind === "record" ? recordOf(layer, placed) : null;
    const items =
      placed.item.kind === "record"
        ? one === null
          ? []
          : [{ layer: one }]
        : (listOf(layer, placed) as readonly { readonly layer: Layer }[]);
    for (const item of items) {
      const plan = this.plan(item.layer.schema);
      if (plan !== null) this.addParts(item.layer, plan, context);
      const wanted = this.wantedExtras.get(item.layer.schema.root.name);
      if (wanted !== undefined)
        for (const extra of wanted) extra.cells(item.layer, this.emit, context);
    }
  }

  /** What of a declaration is wanted; null where nothing is, and its bytes need not be looked at. */
  private plan(schema: Schema): Plan | null {
    const known = this.plans.get(schema);
    if (known !== undefined) return known;
    this.plans.set(schema, null);
    const actions: Action[] = [];
    for (const { name, fields, options } of schema.spec.composites) {
      const full = compositeName(schema, name, options.filter);
      if (!this.index.has(full)) continue;
      const refs = fields.map((f) => schema.ref(f));
      const bits = refs.reduce((sum, r) => sum + r.bits, 0);
      const digits = options.digits ?? 2 * Math.ceil(bits / 8);
      const composite = { refs, digits, hex: options.base === "hex" };
      actions.push({
        placed: null,
        names: [full],
        flags: [],
        composite,
        nested: false,
        override: null,
      });
    }
    for (const placed of schema.placed) {
      const action = this.action(placed);
      if (action !== null) actions.push(action);
    }
    const trailer = schema.spec.trailer === null ? null : this.plan(schema.spec.trailer);
    const plan = actions.length > 0 || trailer !== null ? { actions, trailer } : null;
    this.plans.set(schema, plan);
    return plan;
  }

  private action(placed: Placed): Action | null {
    const { item, filter } = placed;
    if (item.schema !== null) {
      const within = new Set<Schema>();
      const wanted =
        namesOf(item.schema, within).some((n) => this.index.has(n)) ||
        [...within].some(({ root }) => this.wantedExtras.has(root.name));
      return wanted
        ? { placed, names: [], flags: [], composite: null, nested: true, override: null }
        : null;
    }
    const names = [...(filter === null ? [] : [filter]), ...(item.options.also ?? [])].filter((n) =>
      this.index.has(n),
    );
    const flags = flagNames(placed).filter(({ name }) => this.index.has(name));
    if (names.length === 0 && flags.length === 0) return null;
    const override = filter === null ? null : (overrideOf.get(filter) ?? null);
    return { placed, names, flags, composite: null, nested: false, override };
  }
}
