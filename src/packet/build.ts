import type { ShownOf, Site, SiteFor, Viewable, ViewOf } from "../schema/protocol.ts";
import { isRecipe } from "../schema/recipe.ts";
import { Writer } from "../schema/writer.ts";
import { Assembly } from "./assemble.ts";
import { createDissector } from "./dissector.ts";
import { nothing } from "./nothing.ts";
import { type Origin, Packet } from "./packet.ts";
import type { Stackable } from "./structure.ts";

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

/** Small packets lie side by side in one array: one for each would cost as much as all the rest (measured). */
const ROOM = 16384;
/** Where less than this is left, the next packet begins a new array. */
const SCARCE = 2048;
let room = new Uint8Array(0);
/** Bytes of it that are taken; behind them are zeros. */
let taken = 0;

/**
 * Makes a packet of layers, lowest first, and payload bytes. What is not given is computed (lengths, counters, type
 * numbers, checksums) or the declaration's default; what is given is never touched, so wrong packets can be made on
 * purpose.
 *
 * @throws TypeError or RangeError that names field, limits and value.
 * @example build(ethernet(), ipv4({ dst: "192.0.2.1" }), icmp.echo({ id: 1, seq: 1 }), "hello")
 */
export function build<const S extends readonly Stackable[]>(...stack: S & Checked<S>): Built<S> {
  if (room.length - taken < SCARCE) {
    room = new Uint8Array(ROOM);
    taken = 0;
  }
  const start = taken;
  const out = new Writer(room, start);
  try {
    const assembly = new Assembly(out);
    for (let i = 0; i < stack.length; i++) add(assembly, stack[i]);
    const layer = assembly.finish();
    origin ??= { entry: createDissector([]).entry(nothing), linkType: -1, interfaceIndex: -1 };
    const { bytes } = layer;
    const { length } = out;
    return new Packet(bytes, start, length, length - start, 0, -1, 0, origin, layer) as Built<S>;
  } finally {
    // One that was too big has moved to an array of its own; what it left behind is no longer zero.
    taken = out.bytes === room ? out.length : room.length;
  }
}

function add(assembly: Assembly, one: unknown): void {
  if (isRecipe(one)) assembly.layer(one.schema, one.values);
  else if (one instanceof Uint8Array) assembly.bytes(one);
  else if (typeof one === "string") assembly.bytes(utf8.encode(one));
  else
    throw new TypeError(`build: a called declaration, bytes or text are wanted, not ${typeof one}`);
}
