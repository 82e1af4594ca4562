import { chain } from "./chain.ts";
import type { AnyField, Field, FieldOptions } from "./field.ts";
import type { FlowRule } from "./flow.ts";
import type { Filling, ListRule, TextExtent } from "./item.ts";
import type { Layer } from "./layer.ts";
import type { Recipe } from "./recipe.ts";
import type { AnySchema, Lookup, PseudoHeader, Schema, Spec } from "./schema.ts";
import type { Splits } from "./split.ts";
import type { Binding, Table } from "./table.ts";

/** An intersection as one object type, as people want to read it. */
export type Simplify<T> = { [K in keyof T]: T[K] } & {};
/** Fields by their names, as `fields` takes them. */
export type FieldGroup = { readonly [name: string]: AnyField };
type ValueOf<F> = F extends Field<infer T, infer _> ? T : never;
type InputOf<F> = F extends Field<infer _, infer In> ? In : never;
type IsCoded<F> = F extends { readonly kind: "codec" } ? true : false;
/** What a view gives: fields of fixed width can be set in place, the others only through `packet.set`. */
export type Values<G> = {
  -readonly [K in keyof G as IsCoded<G[K]> extends true ? never : K]: ValueOf<G[K]>;
} & { readonly [K in keyof G as IsCoded<G[K]> extends true ? K : never]: ValueOf<G[K]> };
/** What building takes: everything may be left out, and what is `undefined` is. */
export type Inputs<G> = { readonly [K in keyof G]?: InputOf<G[K]> | undefined };
type MaybeValues<G> = { [K in keyof Values<G>]: Values<G>[K] | undefined };

/** Names of the fields that hold a number: the only ones that a size or a key may refer to. */
export type NumberField<V> = {
  [K in keyof V]: V[K] extends number | undefined ? K : never;
}[keyof V] &
  string;
/** Names of the fields of one bit. */
type BooleanField<V> = { [K in keyof V]: V[K] extends boolean ? K : never }[keyof V] & string;
type FlagName<F> = F extends { value: number } ? Exclude<keyof F, "value"> & string : never;
/** `flags.key`: one flag of a flags field. */
export type BitPath<V> = {
  [K in keyof V & string]: FlagName<V[K]> extends never ? never : `${K}.${FlagName<V[K]>}`;
}[keyof V & string];

/** What a caller sees: the fields, and the layer that they are read from. */
export type View<V> = V & { readonly layer: Layer };

/** A number of bytes or items. A field gives `field * unit + plus`, and is computed by it when building. */
export type SizeOf<V> =
  | number
  | "rest"
  | {
      readonly field: NumberField<V> | BitPath<V>;
      readonly unit?: number;
      readonly plus?: number;
      readonly zero?: "rest";
      readonly below?: number;
      /** Of a header: it counts the bytes behind the field, wherever that lies. */
      readonly after?: boolean;
    }
  | ((view: View<V>) => number);

/** When a part is there: a flag or number that is not zero, a number that has a value, or a function. */
export type WhenOf<V> =
  | NumberField<V>
  | BooleanField<V>
  | BitPath<V>
  | {
      readonly field: NumberField<V> | BitPath<V>;
      readonly is: number | readonly number[];
    }
  | ((view: View<V>) => boolean);

/** The next protocol by a table, under the value of a field. */
export interface NextOf<V> {
  readonly table: Table;
  /** Fields that are looked up in turn; the first that the table knows decides. */
  readonly by: NumberField<V> | readonly NumberField<V>[];
  /** A field that must be zero for there to be a next protocol (a later fragment has none). */
  readonly unless?: NumberField<V>;
  /** Looks the lowest of the fields' values up first. */
  readonly lowest?: boolean;
  /** Chooses where the table knows none of the values. */
  readonly otherwise?: (view: View<V>, lookup: Lookup) => AnySchema | undefined;
}

/** How far the payload reaches, and what it holds. */
export interface PayloadOf<V> {
  /** Bytes of header and payload together; what follows belongs to the layer below. */
  readonly whole?: SizeOf<V>;
  /** Bytes of the payload; what follows is this layer's own trailer. */
  readonly length?: SizeOf<V>;
  /** Bytes at the layer's end that are its trailer. */
  readonly reserve?: SizeOf<V>;
  /** The next protocol: by a table, always the same, or chosen by a function. */
  readonly next?:
    | NextOf<V>
    | AnySchema
    | ((view: View<V>, lookup: Lookup) => AnySchema | undefined);
}

/** Options of bytes and texts. */
export interface PartOptions<V, In = unknown> extends FieldOptions<In> {
  /** Leaves the part out where the condition does not hold. */
  readonly when?: WhenOf<V>;
  /**
   * Of padding behind all other parts, whose size a field says: where it is not given, it is the zeros that fill the header
   * up to whole words, or up to what is said here.
   */
  readonly fills?: boolean | Filling;
}

/** The names of an item's cases, as `is` of its view gives them. */
type CaseOf<R> = R extends { readonly is: infer N } ? N & string : never;

/** How far a list reaches, and how its items lie; without bounds it takes all that is left. */
export interface ListOptions<V, R> {
  readonly count?: SizeOf<V>;
  readonly size?: SizeOf<V>;
  /** True for the item that ends the list. */
  readonly until?: (item: R) => boolean;
  /** True where the bytes are not an item any more. */
  readonly stop?: (bytes: Uint8Array, at: number, end: number, layer: Layer) => boolean;
  readonly when?: WhenOf<V>;
  /** When building, zero bytes up to a multiple of this follow the list. */
  readonly align?: number;
  /** Every item starts a multiple of this many bytes after the first; what lies between is padding. */
  readonly pad?: number;
  /** Which items, and in which order, make sense to those who receive them: what `random` gives. */
  readonly valid?: ListRule<CaseOf<R>>;
  readonly filter?: string | null;
}

/** What the compiler knows of a declaration's place in packets: what `build` checks stacks with. */
export interface Site {
  readonly name: string;
  /** Names of the tables that it is found in; `never` for one that says none. */
  readonly over: string;
  /** Names of the tables that choose what it carries: `never` where it carries no layer, `string` where a function chooses. */
  readonly carries: string;
}
type TableNames<B> = B extends readonly Binding<infer T>[] ? T : string;
/** The site of a declaration that begins. */
export type SiteOf<A extends ProtocolAbout> = {
  readonly name: A["name"];
  readonly over: undefined extends A["over"] ? never : TableNames<A["over"]>;
  readonly carries: never;
};
type CarriedBy<N> = N extends { readonly table: Table<infer T> }
  ? N extends { readonly otherwise: unknown }
    ? string
    : T
  : string;
/** A site with what a payload says of it. */
type Carrying<K extends Site, P> = P extends { readonly next: infer N }
  ? { readonly name: K["name"]; readonly over: K["over"]; readonly carries: CarriedBy<N> }
  : K;

declare const views: unique symbol;
declare const inputs: unique symbol;
declare const site: unique symbol;
/** Any declaration, whatever its fields: what dissectors, filters and lists of protocols take. */
export interface AnyProtocol extends AnySchema {
  readonly schema: Schema;
}
/** A declaration whose views are known: what `packet.get` takes. Covariant in `V`, unlike the chain. */
export interface Viewable<V, K extends Site = Site> extends AnyProtocol {
  readonly [views]: V;
  readonly [site]: K;
}
/** A declaration that can be an item of a list or a part of another. */
export interface Buildable<V, I, K extends Site = Site> extends Viewable<V, K> {
  readonly [inputs]: I;
}
/**
 * The typed view of a declaration: `ViewOf<typeof tcp>`. Written so that the compiler keeps the name of an interface that
 * stands for a big declaration (`interface TcpOption extends Made {}`) instead of spelling out its type in each use.
 */
export type ViewOf<P extends Viewable<unknown>> = P[typeof views] & { readonly layer: Layer };
/** What a declaration's views show, without their layer. */
export type ShownOf<P extends Viewable<unknown>> = P[typeof views];
/** The site of a declaration. */
export type SiteFor<P extends Viewable<unknown>> = P[typeof site];
/** What building a declaration takes: `InputFor<typeof tcp>`. */
export type InputFor<P> = P extends Buildable<infer _, infer I> ? I : never;
/** Bytes that no part of a declaration covers, as they stand in packets that are made wrong on purpose. */
export interface Leftovers {
  /** Behind the parts of a header or record. */
  readonly rest?: Uint8Array | undefined;
  /** Of a protocol: behind its payload. */
  readonly trailer?: Uint8Array | undefined;
}

/**
 * What a nested record may be given as: values, a recipe, bytes that are taken as they are, or a view of such a record in any
 * packet, which to the compiler is one of the values. (As a type of its own it would hide the cases from the compiler.)
 */
export type Nested<P extends Buildable<unknown, unknown>> =
  | (P[typeof inputs] & Leftovers)
  | Recipe<P[typeof views]>
  | Uint8Array;

/**
 * A declaration. Called, it gives a recipe for `build`; chained, it gives a new declaration with more parts: those that
 * extend the same one share its beginning.
 */
export interface Protocol<V, I, K extends Site = Site> extends Buildable<V, I, K> {
  (values?: I & Leftovers): Recipe<V, K>;
  /** Adds fields after those declared before. */
  fields<const G extends FieldGroup>(
    group: G,
  ): Protocol<Simplify<V & Values<G>>, Simplify<I & Inputs<G>>, K>;
  /** Adds fields that are there only when the condition holds; a flag named as condition is set when building them. */
  when<const G extends FieldGroup>(
    condition: WhenOf<V>,
    group: G,
  ): Protocol<Simplify<V & MaybeValues<G>>, Simplify<I & Inputs<G>>, K>;
  /** Adds bytes whose number is given by an earlier field, or all that is left. */
  bytes<const N extends string>(
    name: N,
    title: string,
    size?: SizeOf<V>,
    options?: PartOptions<V, Uint8Array>,
  ): Protocol<
    Simplify<V & { readonly [K in N]: Uint8Array | undefined }>,
    Simplify<I & { readonly [K in N]?: Uint8Array | undefined }>,
    K
  >;
  /** Adds ISO 8859-1 text: of a size, up to a character, or a run of characters. */
  text<const N extends string>(
    name: N,
    title: string,
    extent: SizeOf<V> | TextExtent,
    options?: PartOptions<V, string>,
  ): Protocol<
    Simplify<V & { readonly [K in N]: string | undefined }>,
    Simplify<I & { readonly [K in N]?: string | undefined }>,
    K
  >;
  /** Adds a list of records. */
  list<const N extends string, P extends Buildable<unknown, unknown>>(
    name: N,
    title: string,
    item: P,
    options?: ListOptions<V, ViewOf<P>>,
  ): Protocol<
    Simplify<V & { readonly [K in N]: readonly ViewOf<P>[] }>,
    Simplify<I & { readonly [K in N]?: readonly Nested<P>[] | Uint8Array | undefined }>,
    K
  >;
  /** Adds one nested record, of a given size or as long as its parts. */
  record<const N extends string, P extends Buildable<unknown, unknown>>(
    name: N,
    title: string,
    item: P,
    options?: {
      readonly size?: SizeOf<V>;
      readonly when?: WhenOf<V>;
      readonly filter?: string | null;
      /** Which of its cases make sense here: what `random` gives. */
      readonly valid?: Pick<ListRule<CaseOf<ViewOf<P>>>, "only" | "except">;
    },
  ): Protocol<
    Simplify<V & { readonly [K in N]: ViewOf<P> | undefined }>,
    Simplify<I & { readonly [K in N]?: Nested<P> | undefined }>,
    K
  >;
  /** Names neighbouring fields that people also read as one number (`ip.dsfield`). */
  composite(
    name: string,
    title: string,
    fields: readonly (keyof V & string)[],
    options?: FieldOptions<never>,
  ): Protocol<V, I, K>;
  /** How long the header is (of a record: all of it), where a field says so. */
  header(size: SizeOf<V>): Protocol<V, I, K>;
  payload<const P extends PayloadOf<V>>(payload: P): Protocol<V, I, Carrying<K, P>>;
  /**
   * Says which fields are the two ends of a conversation: addresses of a network layer, ports of a transport. Given as
   * pairs, `.endpoints(["sha", "tha"], ["spa", "tpa"])`, they are exchanged when a packet is turned round and compared to
   * tell its direction, but no conversation goes by them.
   */
  endpoints(src: keyof V & string, dst: keyof V & string): Protocol<V, I, K>;
  endpoints(
    ...pairs: readonly (readonly [src: keyof V & string, dst: keyof V & string])[]
  ): Protocol<V, I, K>;
  /**
   * Says when a packet answers another that has this protocol too. The ends of a conversation are compared before, other
   * pairs of ends only where nothing is said here. Cases that come of a declaration have its rule unless they have their own.
   */
  answers(rule: (own: View<V>, request: View<V>) => boolean): Protocol<V, I, K>;
  /** Says that the payload is a copy of a packet, as long as it may be: this one is an answer to that. */
  quotes(): Protocol<V, I, K>;
  /** Says by which fields a quoted copy of this header is known: those that nobody on the way changes. */
  identity(...names: readonly (keyof V & string)[]): Protocol<V, I, K>;
  /** Says how packets are cut into smaller ones. */
  splits(splits: Splits): Protocol<V, I, K>;
  /** Says what tells flows apart beside ends: a tag of the network, messages in place of ports; and the flags of connections. */
  flow(rule: FlowRule<NumberField<V>, BitPath<V>, keyof V & string>): Protocol<V, I, K>;
  /**
   * What the checksums of the layers above cover of this one. Where this has none itself, they are `required`: one that says
   * "not computed" is wrong, but for tunnels.
   */
  pseudoHeader(sum: PseudoHeader, options?: { readonly required?: boolean }): Protocol<V, I, K>;
  /** Declares the parts after the payload. */
  trailer<T, TI>(
    parts: Buildable<T, TI>,
  ): Protocol<Simplify<V & { readonly [K in keyof T]: T[K] | undefined }>, Simplify<I & TI>, K>;
}

/** What a protocol is called, and where it is found. */
export interface ProtocolAbout {
  readonly name: string;
  readonly title: string;
  /** As in a protocol chain, `IPv4`; the name in capitals when left out. */
  readonly label?: string;
  readonly spec?: string;
  /** Wireshark's prefix of the field names; the name when left out. */
  readonly filter?: string;
  /** Further names under which it is found, without case. */
  readonly also?: readonly string[];
  readonly over?: readonly Binding[];
  /** Whether it carries packets with checksums of their own: UDP over IPv6 need not have one then (RFC 6935). */
  readonly tunnel?: boolean;
  readonly test?: (bytes: Uint8Array, start: number, end: number) => boolean;
}

// biome-ignore lint/complexity/noBannedTypes: `{}` is the type of a declaration without fields
type Nothing = {};

const emptySpec = (about: Spec["about"]): Spec => ({
  about,
  items: [],
  composites: [],
  header: null,
  whole: null,
  length: null,
  reserve: null,
  next: null,
  choose: null,
  trailer: null,
  pseudo: null,
  wantsChecksums: false,
  endpoints: null,
  pairs: [],
  answers: null,
  quotes: false,
  identity: null,
  splits: null,
  flow: null,
});

/** Begins the declaration of a protocol. */
export const protocol = <const A extends ProtocolAbout>(
  about: A,
): Protocol<Nothing, Nothing, SiteOf<A>> =>
  chain(
    emptySpec({
      name: about.name,
      isProtocol: true,
      label: about.label ?? about.name.toUpperCase(),
      title: about.title,
      spec: about.spec ?? "",
      prefix: about.filter ?? about.name,
      also: about.also ?? [],
      over: about.over ?? [],
      tunnel: about.tunnel ?? false,
      test: about.test ?? null,
    }),
  );

/**
 * Begins the declaration of a record: an option, a chunk, an item of a list. Its name is that of its protocol and its own,
 * `tcp.option`; Wireshark's prefix is the protocol's unless given.
 */
export const record = (
  name: string,
  title = name,
  options: { readonly filter?: string; readonly spec?: string } = {},
): Protocol<Nothing, Nothing> =>
  chain(
    emptySpec({
      name,
      isProtocol: false,
      label: title,
      title,
      spec: options.spec ?? "",
      prefix: options.filter ?? name.split(".")[0]!,
      also: [],
      over: [],
      tunnel: false,
      test: null,
    }),
  );
