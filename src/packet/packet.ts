import type { PacketError } from "../schema/error.ts";
import type { Layer } from "../schema/layer.ts";
import { viewOf } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import type { AnyProtocol, InputFor, View, Viewable } from "../schema/protocol.ts";
import { isCalled, isOf, ProtoChain } from "./chain.ts";
import type { Entry } from "./dissector.ts";
import { moved } from "./moved.ts";
import { nothing } from "./nothing.ts";
import { rebuild, update } from "./update.ts";

/** What the packets of one interface of one capture share. */
export interface Origin {
  readonly entry: Entry;
  /** Number of the link type in capture files; -1 for a packet that comes from none. */
  readonly linkType: number;
  readonly interfaceIndex: number;
}

/** A view whose fields are not known to the compiler, as found by name. */
export type AnyView = View<Readonly<Record<string, unknown>>>;

/** One packet: dissected when first asked, and never before. */
export class Packet {
  /** The array that the packet lies in, from `start` up to `end`; of a capture, a chunk shared with its neighbours. */
  data: Uint8Array;
  start: number;
  end: number;
  /** Bytes that the packet had on the wire; more than were captured where the capture cut it. */
  readonly originalLength: number;
  /** Time of capture: whole seconds since 1970-01-01 UTC, and nanoseconds (-1: the capture gives none). */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Position in its capture, from 1; 0 for a packet that comes from none. */
  readonly number: number;
  readonly origin: Origin;
  private made: Layer | null;

  constructor(
    data: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    number: number,
    origin: Origin,
    made: Layer | null,
  ) {
    this.data = data;
    this.start = start;
    this.end = end;
    this.originalLength = originalLength;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.number = number;
    this.origin = origin;
    this.made = made;
  }

  /** A packet that is all of `bytes`. */
  static of(bytes: Uint8Array, entry: Entry, made: Layer | null = null): Packet {
    const origin: Origin = { entry, linkType: -1, interfaceIndex: -1 };
    return new Packet(bytes, 0, bytes.length, bytes.length, 0, -1, 0, origin, made);
  }

  /** The lowest layer, even the one that stands for "no protocol". */
  get bottom(): Layer {
    return (this.made ??= this.origin.entry.dissect(this.data, this.start, this.end));
  }

  /** The lowest layer; `null` where its protocol is not known or its header not whole. */
  get first(): Layer | null {
    const { bottom } = this;
    return bottom.schema === nothing.schema ? null : bottom;
  }

  /** The layers, lowest first. */
  get layers(): Layer[] {
    const all: Layer[] = [];
    for (let l = this.first; l !== null; l = l.upper) all.push(l);
    return all;
  }

  /** The protocols as a {@link ProtoChain}, `Ethernet:IPv4:TCP`. */
  get chain(): ProtoChain {
    return ProtoChain.of(this.first);
  }

  /** Captured bytes. */
  get length(): number {
    return this.end - this.start;
  }

  /** Nanoseconds since 1970-01-01 UTC; `undefined` where the capture gives no time. */
  get time(): bigint | undefined {
    return this.nanoseconds < 0
      ? undefined
      : BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanoseconds);
  }

  /**
   * The first layer of a protocol, as a typed view; `undefined` where the packet has none. By name (without case) the
   * fields are not typed; `"ip"` is either version. Of several protocols, the view of the last one where they follow one
   * another from the lowest layer on.
   */
  get<V>(protocol: Viewable<V>): View<V> | undefined;
  get(name: string): AnyView | undefined;
  get<V>(...path: [AnyProtocol, ...AnyProtocol[], Viewable<V>]): View<V> | undefined;
  get(protocol: AnyProtocol | string, ...path: AnyProtocol[]): unknown {
    if (typeof protocol === "string") return this.named(protocol);
    if (path.length > 0) return this.path([protocol, ...path]);
    const wanted = protocol.schema;
    let l: Layer | null = this.made ?? this.bottom;
    if (wanted.cases !== null) {
      for (; l !== null; l = l.upper) if (isOf(l.schema, wanted)) return viewOf(l);
      return undefined;
    }
    for (; l !== null; l = l.upper) if (l.schema === wanted) return (l.view ??= new wanted.View(l));
    return undefined;
  }

  /** As {@link get}, but throws where the packet has no such layer. */
  require<V>(protocol: Viewable<V>): View<V>;
  require(name: string): AnyView;
  require<V>(...path: [AnyProtocol, ...AnyProtocol[], Viewable<V>]): View<V>;
  require(...path: [AnyProtocol | string, ...AnyProtocol[]]): unknown {
    const found = (this.get as (...p: unknown[]) => unknown).call(this, ...path);
    if (found === undefined) {
      const wanted = path.map((p) => (typeof p === "string" ? p : p.schema.name)).join(", ");
      throw new RangeError(`no layer '${wanted}' in this packet (${this.chain})`);
    }
    return found;
  }

  private named(name: string): object | undefined {
    for (let l = this.first; l !== null; l = l.upper)
      if (isCalled(l.schema.root, name)) return viewOf(l);
    return undefined;
  }

  private path(path: readonly AnyProtocol[]): object | undefined {
    let l: Layer | null = this.bottom;
    for (let i = 0; ; i++, l = l.upper) {
      if (l === null || !isCalled(l.schema, path[i]!)) return undefined;
      if (i === path.length - 1) return viewOf(l);
    }
  }

  /** The first thing that could not be read; the layers before it are good, the rest is {@link raw}. */
  get error(): PacketError | null {
    for (let l: Layer | null = this.bottom; l !== null; l = l.upper)
      if (l.more !== null && l.more.fault !== null) return l.more.fault;
    return null;
  }

  /** Bytes above the highest layer, as a view of `data`; empty where there are none. */
  get raw(): Uint8Array {
    let top = this.bottom;
    while (top.upper !== null) top = top.upper;
    return this.data.subarray(top.headerEnd, payloadEnd(top));
  }

  /**
   * The packet's bytes, as a view of `data`. Where fields were set, the lengths, type numbers and checksums that depend on
   * them are brought up to date first, except those that were themselves given or set; `update: false` leaves all as it
   * is. A packet that nobody changed is never changed.
   */
  bytes(options: { readonly update?: boolean } = {}): Uint8Array {
    if (options.update !== false && this.made !== null) update(this.made);
    return this.data.subarray(this.start, this.end);
  }

  /**
   * Sets fields of any kind, also lists and texts, of the layer or record that a view shows. The packet is built anew from
   * its values, so views taken before show the packet as it was. Throws a typed error for a bad value, and then the
   * packet is as it was.
   */
  set<P extends Viewable<unknown>>(protocol: P, values: InputFor<P>): this;
  set(view: { readonly layer: Layer }, values: Readonly<Record<string, unknown>>): this;
  set(of: AnyProtocol | { readonly layer: Layer }, values: unknown): this {
    const view =
      "schema" in of ? (this.require as (p: unknown) => { layer: Layer }).call(this, of) : of;
    const made = rebuild(this.bottom, view.layer, values as Record<string, unknown>);
    this.made = made;
    this.data = made.bytes;
    this.start = 0;
    this.end = made.bytes.length;
    return this;
  }

  /** A packet of its own bytes, to keep or to change without touching the capture that this one lies in. */
  copy(): Packet {
    const data = this.data.slice(this.start, this.end);
    return new Packet(
      data,
      0,
      this.length,
      this.originalLength,
      this.seconds,
      this.nanoseconds,
      this.number,
      this.origin,
      this.made === null ? null : moved(this.made, data, this.start),
    );
  }

  toString(): string {
    return `${this.chain} ${this.length} bytes`;
  }
}
