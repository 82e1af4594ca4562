import type { Layer } from "../schema/layer.ts";
import type { ShownOf, Site, SiteFor, Viewable, ViewOf } from "../schema/protocol.ts";
import { isRecipe } from "../schema/recipe.ts";
import { Writer } from "../schema/writer.ts";
import { Assembly, allGiven } from "./assemble.ts";
import { createDissector } from "./dissector.ts";
import { nothing } from "./nothing.ts";
import { type Draft, type Origin, Packet } from "./packet.ts";
import type { Stackable } from "./structure.ts";
import { ground, type Node, type Template } from "./template.ts";

export type { Stackable };

type SiteIn<T> = T extends { readonly site?: infer K } ? Exclude<K, undefined> : unknown;

/** Why `U` cannot follow `L`, as a text; `never` where it can, or where the declarations do not say. */
type Refusal<L, U> =
  SiteIn<L> extends infer A extends Site
    ? SiteIn<U> extends infer B extends Site
      ? [B["over"]] extends [never]
        ? never
        : string extends A["carries"] | B["over"]
          ? never
          : [Extract<B["over"], A["carries"]>] extends [never]
            ? `${A["name"]} does not carry ${B["name"]}`
            : never
      : never
    : never;

/**
 * A stack as it is, but with a text in the place of a layer that the dispatch tables do not let follow the one below: the
 * compiler's message then says which. A wrong stack made on purpose is given as `AnyRecipe`.
 */
type Checked<
  S extends readonly unknown[],
  Done extends readonly unknown[] = readonly [],
> = S extends readonly [infer L, infer U, ...infer Rest]
  ? [Refusal<L, U>] extends [never]
    ? Checked<readonly [U, ...Rest], readonly [...Done, L]>
    : readonly [...Done, L, Refusal<L, U>, ...Rest]
  : readonly [...Done, ...S];

/** The views that one layer of a stack gives for `P`; `never` where it is of another protocol or case. */
type ShownBy<R, P extends Viewable<unknown>> = R extends {
  readonly shows?: infer V;
  readonly site?: infer K extends Site;
}
  ? string extends K["name"]
    ? never
    : K["name"] extends SiteFor<P>["name"]
      ? V extends ShownOf<P>
        ? ViewOf<P>
        : never
      : never
  : never;

/** What `get` gives for `P` of a packet just built of the layers `S`. */
type Got<S extends readonly unknown[], P extends Viewable<unknown>> = number extends S["length"]
  ? ViewOf<P> | undefined
  : [ShownBy<S[number], P>] extends [never]
    ? ViewOf<P> | undefined
    : ViewOf<P>;

/** A packet whose layers the compiler knows: `get` of one that was just given is never `undefined`. */
export type Built<S extends readonly unknown[]> = {
  get<P extends Viewable<unknown>>(protocol: P): Got<S, P>;
} & Packet;

const utf8 = /* @__PURE__ */ new TextEncoder();

/** Built packets know their layers; dissecting their bytes again is for whoever has a dissector. */
let origin: Origin | null = null;

const originOfBuilt = (): Origin =>
  (origin ??= { entry: createDissector([]).entry(nothing), linkType: -1, interfaceIndex: -1 });

/** Small packets lie side by side in one array: one for each would cost as much as all the rest (measured). */
const ROOM = 16384;
/** Where less than this is left, the next packet begins a new array. */
const SCARCE = 2048;
let room = new Uint8Array(0);
/** Bytes of it that are taken; behind them are zeros. */
let taken = 0;
/** Whether a packet is being built: one that is built meanwhile, by a function among the values, lies elsewhere. */
let isBusy = false;

/**
 * Makes a packet of layers, lowest first, and payload bytes. What is not given is computed (lengths, counters, type
 * numbers, checksums) or the declaration's default; what is given is never touched, so wrong packets can be made on
 * purpose.
 *
 * @throws TypeError or RangeError that names field, limits and value.
 * @example build(ethernet(), ipv4({ dst: "192.0.2.1" }), icmp.echo({ id: 1, seq: 1 }), "hello")
 */
export function build<const S extends readonly Stackable[]>(...stack: S & Checked<S>): Built<S> {
  return made(stack, allGiven) as Built<S>;
}

/** As {@link build}, but for packets that are to be wrong: parts may be given whose condition does not hold. */
export const buildAnyway = (...stack: readonly Stackable[]): Packet => made(stack, null);

function made(stack: readonly unknown[], checks: ReadonlySet<object> | null): Packet {
  if (isBusy) return assembled(new Writer(), stack, checks);
  if (room.length - taken < SCARCE) {
    room = new Uint8Array(ROOM);
    taken = 0;
  }
  isBusy = true;
  try {
    return templated(stack) ?? inRoom(stack, checks);
  } finally {
    isBusy = false;
  }
}

/** A packet like many before it; `null` where it is not. */
function templated(stack: readonly unknown[]): Packet | null {
  let node: Node | null = ground;
  let k = 0;
  for (; k < stack.length; k++) {
    const one = stack[k];
    if (!isRecipe(one)) break;
    node = node.step(one.schema);
    if (node === null) return null;
  }
  const { template } = node;
  if (template === null || k < stack.length - 1) return null;
  const payload = k < stack.length ? payloadOf(stack[k]) : null;
  const start = taken;
  const { head } = template;
  const headEnd = start + head.length;
  const end = payload === null ? headEnd : headEnd + payload.length;
  if (end - start > SCARCE) return null;
  room.set(head, start);
  if (payload !== null) room.set(payload, headEnd);
  // Also where a value is refused: what is written by then is no longer zero.
  taken = end;
  if (template.write(room, start, end, stack))
    return new Packet(
      room,
      start,
      end,
      end - start,
      0,
      -1,
      0,
      originOfBuilt(),
      null,
      new Pressed(template, stack),
    );
  node.misfit();
  room.fill(0, start, end);
  taken = start;
  return null;
}

/** What the layers of a packet are made of that was built by a template. */
class Pressed implements Draft {
  whole: Uint8Array | null;
  private readonly template: Template;
  private readonly stack: readonly unknown[];

  constructor(template: Template, stack: readonly unknown[]) {
    this.whole = null;
    this.template = template;
    this.stack = stack;
  }

  layers(data: Uint8Array, start: number, end: number): Layer {
    return this.template.layers(data, start, end, this.stack);
  }
}

function inRoom(stack: readonly unknown[], checks: ReadonlySet<object> | null): Packet {
  const out = new Writer(room, taken);
  try {
    return assembled(out, stack, checks);
  } finally {
    // One that was too big has moved to an array of its own; what it left behind is no longer zero.
    taken = out.bytes === room ? out.length : room.length;
  }
}

/** A packet of any layers, where `out` says. */
function assembled(
  out: Writer,
  stack: readonly unknown[],
  checks: ReadonlySet<object> | null,
): Packet {
  const start = out.length;
  out.checks = checks;
  const assembly = new Assembly(out);
  for (let i = 0; i < stack.length; i++) {
    const one = stack[i];
    if (isRecipe(one)) assembly.layer(one.schema, one.values);
    else assembly.bytes(payloadOf(one));
  }
  const layer = assembly.finish();
  const { length } = out;
  return new Packet(layer.bytes, start, length, length - start, 0, -1, 0, originOfBuilt(), layer);
}

function payloadOf(one: unknown): Uint8Array {
  if (one instanceof Uint8Array) return one;
  if (typeof one === "string") return utf8.encode(one);
  throw new TypeError(`build: a called declaration, bytes or text are wanted, not ${typeof one}`);
}
