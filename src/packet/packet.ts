import { hexDump } from "../bytes/hex.ts";
import type { PacketError } from "../schema/error.ts";
import type { Layer } from "../schema/layer.ts";
import { viewOf } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import type { AnyProtocol, InputFor, Leftovers, View, Viewable } from "../schema/protocol.ts";
import type { AnyRecipe } from "../schema/recipe.ts";
import type { SplitOptions } from "../schema/split.ts";
import { answersTo } from "./answers.ts";
import { type Automatic, automaticFields, type Switches, setAutomatic } from "./automatic.ts";
import { isCalled, isOf, ProtoChain } from "./chain.ts";
import { type CodeOptions, toCode } from "./code.ts";
import { conversationKey, type Direction, directionOf, sharedLayers } from "./direction.ts";
import type { Entry } from "./dissector.ts";
import { exchangeEnds } from "./ends.ts";
import { moved } from "./moved.ts";
import { nothing } from "./nothing.ts";
import { type FragmentOptions, type SegmentOptions, split } from "./split.ts";
import {
  append,
  insert,
  remove,
  replace,
  replacePayload,
  type Stackable,
  sortGiven,
} from "./structure.ts";
import { packetText } from "./text.ts";
import { rebuild, update } from "./update.ts";
import { layerOf, partOf, type Which } from "./which.ts";

/** What the packets of one interface of one capture share. */
export interface Origin {
  readonly entry: Entry;
  /** Number of the link type in capture files; -1 for a packet that comes from none. */
  readonly linkType: number;
  readonly interfaceIndex: number;
}

/** A packet whose layers are known but not made yet. */
export interface Draft {
  /** All bytes of the packet, once they were asked for: whoever sends a packet again and again takes the same view. */
  whole: Uint8Array | null;
  layers(data: Uint8Array, start: number, end: number): Layer;
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
  originalLength: number;
  /** Time of capture: whole seconds since 1970-01-01 UTC, and nanoseconds (-1: the capture gives none). */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Position in its capture, from 1; 0 for a packet that comes from none. */
  readonly number: number;
  origin: Origin;
  private made: Layer | null;
  /** What makes the layers of a packet that was just built; `null` for all others. */
  private draft: Draft | null;

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
    draft: Draft | null = null,
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
    this.draft = draft;
  }

  /** A packet that is all of `bytes`. */
  static of(bytes: Uint8Array, entry: Entry, made: Layer | null = null): Packet {
    const origin: Origin = { entry, linkType: -1, interfaceIndex: -1 };
    return new Packet(bytes, 0, bytes.length, bytes.length, 0, -1, 0, origin, made);
  }

  /** The lowest layer, even the one that stands for "no protocol". */
  get bottom(): Layer {
    return (this.made ??= this.make());
  }

  private make(): Layer {
    const { draft, data, start, end } = this;
    return draft === null
      ? this.origin.entry.dissect(data, start, end)
      : draft.layers(data, start, end);
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
    const { draft } = this;
    if (draft === null) return this.data.subarray(this.start, this.end);
    return (draft.whole ??= this.data.subarray(this.start, this.end));
  }

  /**
   * Sets fields of any kind, also lists and texts, of the layer or record that a view shows; `undefined` is as if the field
   * had not been given. A view in the place of values stands for the same header or record, with what depends on its
   * neighbours (lengths, checksums, the number of the layer above) computed here where it was there. The packet is built
   * anew from its values, so views taken before show the packet as it was. Throws a typed error for a bad value, and then
   * the packet is as it was.
   */
  set<P extends Viewable<unknown>>(protocol: P, values: InputFor<P> & Leftovers): this;
  set(which: { readonly layer: Layer } | string | number, values: object): this;
  set(which: Which, values: object): this {
    const known = typeof which === "object" && "layer" in which ? which.layer : null;
    const layer = known ?? layerOf("set", this.layers, which);
    return this.take(rebuild(this.bottom, layer, values));
  }

  /** Goes on as other layers over other bytes. */
  private take(made: Layer): this {
    const { bottom, origin } = this;
    const { length } = made.bytes;
    if (made.schema.root !== bottom.schema.root && bottom.schema !== nothing.schema) {
      // Another lowest protocol than that of the capture's link type, or of the bytes that were dissected.
      const entry = origin.entry.dissector.entry({ schema: made.schema.root });
      this.origin = { entry, linkType: -1, interfaceIndex: origin.interfaceIndex };
    }
    this.originalLength = Math.max(length, this.originalLength - this.length + length);
    this.made = made;
    this.data = made.bytes;
    this.start = 0;
    this.end = length;
    this.draft = null;
    return this;
  }

  /**
   * Puts layers upon the highest one, below the payload, which stays; bytes and text follow the payload. As with all
   * changes of structure, lengths, counters, the number of the layer above and checksums follow, but for those given or set
   * by hand; of two ports, those that are set stay. Views taken before show the packet as it was, and a call that fails
   * leaves the packet as it was.
   */
  append(...stack: readonly Stackable[]): this {
    return this.take(append(this.bottom, sortGiven("append", stack)));
  }

  /** Puts layers below one: `packet.insert(ipv4, vlan({ id: 7 }))`. For more see {@link append}. */
  insert(before: Which, ...stack: readonly AnyRecipe[]): this {
    const { tiers, payload } = sortGiven("insert", stack);
    if (payload !== null) throw new TypeError("insert: bytes can only be payload, see append");
    return this.take(insert(this.bottom, layerOf("insert", this.layers, before), tiers));
  }

  /**
   * Puts layers in the place of one, below those above it. Bytes or text at their end are the new payload: they take the
   * place of all layers above too. For more see {@link append}.
   */
  replace(which: Which, ...stack: readonly Stackable[]): this {
    const given = sortGiven("replace", stack);
    if (given.tiers.length === 0 && given.payload === null)
      throw new TypeError("replace: a layer, bytes or text are wanted; remove takes a layer out");
    return this.take(replace(this.bottom, layerOf("replace", this.layers, which), given));
  }

  /** Takes a layer out; those above come down upon the one below. For more see {@link append}. */
  remove(which: Which): this {
    return this.take(remove(this.bottom, layerOf("remove", this.layers, which)));
  }

  /**
   * Says which fields of a layer or record are computed, by name: lengths, counters, numbers of the layer above, checksums.
   * With switches, turns that off or on, field by field; a value that was given or set by hand is off. What is turned off
   * stays as it is; what is turned on is right in the next `bytes()`. A header whose length counts words and that ends inside
   * one is filled up with zeros, as when it is built: then views taken before show the packet as it was.
   *
   * @throws TypeError for a field that is not computed.
   * @example packet.automatic(ipv4, { checksum: false, len: true })
   */
  automatic(which: Which): Automatic;
  automatic<P extends Viewable<unknown>>(which: P, switches: Switches<InputFor<P>>): this;
  automatic<V extends { readonly layer: Layer }>(view: V, switches: Switches<V>): this;
  automatic(which: string | number, switches: Automatic): this;
  automatic(which: Which, switches?: object): Automatic | this {
    const layer = partOf("automatic", this.layers, which);
    if (switches === undefined) return automaticFields(layer);
    const short = setAutomatic(layer, switches as Automatic);
    return short === null ? this : this.take(rebuild(this.bottom, layer, { [short]: undefined }));
  }

  /**
   * Turns the packet round: exchanges the two ends (addresses, ports) of all layers that have them, or of one. Checksums
   * follow in `bytes()`. Of a route, the addresses on the way stay as they are.
   *
   * @throws TypeError where there are no ends to exchange.
   */
  reverse(which?: Which): this {
    const layers = which === undefined ? this.layers : [layerOf("reverse", this.layers, which)];
    const turned = layers.filter(exchangeEnds);
    if (turned.length === 0)
      throw new TypeError(`reverse: no ends in ${layers.at(-1)?.schema.name}`);
    return this;
  }

  /**
   * How the ends of this packet lie to those of another, over all layers that both have, or for one protocol: "same",
   * "reverse", "both" for a packet to itself, "unknown" where neither holds or there are none to compare. What was sent
   * to all is turned round by what comes back to its sender.
   */
  direction(other: Packet, protocol?: AnyProtocol | string): Direction {
    const of = ({ layers }: Packet): Layer[] =>
      protocol === undefined
        ? layers
        : layers.filter((l) => isCalled(l.schema, protocol)).slice(0, 1);
    return directionOf(sharedLayers(of(this), of(other)));
  }

  /**
   * A text that is the same for all packets of a conversation, in both directions: the protocol and its two ends, the
   * lesser first, as `tcp 192.0.2.1:80 198.51.100.7:49152`, `udp [2001:db8::1]:53 [2001:db8::2]:4000` or, where there are
   * no ports, `ipv4 192.0.2.1 192.0.2.7`. Of a tunnel, what it carries counts. `undefined` for a packet without ends.
   */
  get conversation(): string | undefined {
    return conversationKey(this.layers);
  }

  /**
   * Whether this packet answers another: its ends are exchanged, and what the protocols say of requests and answers holds
   * (identification, question, acknowledgment). What was asked of all may be answered by anybody; an error message answers
   * the packet that it quotes.
   */
  answers(request: Packet): boolean {
    const { dissector } = this.origin.entry;
    return answersTo(this.bottom, request.bottom, (first, bytes, start, end) =>
      dissector.entry(first).dissect(bytes, start, end),
    );
  }

  /**
   * Cuts the packet into fragments (RFC 791 §3.2, RFC 8200 §4.5), new packets with the layers below repeated; what follows
   * a payload, as padding, is not. One that fits comes as a copy. What must not be split is a `RangeError`.
   *
   * @example packet.fragment({ size: 1280 }).map((one) => one.bytes())
   */
  fragment(options: FragmentOptions = {}): Packet[] {
    return this.split("fragment", options);
  }

  /**
   * Cuts the data of a TCP segment into smaller ones: sequence numbers and IPv4 identifications go on, SYN is in the first
   * only, FIN and PSH in the last. Otherwise as {@link fragment}.
   */
  segment(options: SegmentOptions = {}): Packet[] {
    return this.split("segment", options);
  }

  private split(what: "fragment" | "segment", options: SplitOptions): Packet[] {
    this.bytes();
    const { seconds, nanoseconds, number, origin } = this;
    const pieces = split(this.bottom, this.layers, what, options);
    if (pieces === null) return [this.copy()];
    return pieces.map((made) => {
      const { bytes } = made;
      const { length } = bytes;
      // One of a capture shows what its dissector makes of it, one that was built the layers that are known.
      const known = origin.entry.dissector.protocols.length === 0 ? made : null;
      return new Packet(bytes, 0, length, length, seconds, nanoseconds, number, origin, known);
    });
  }

  /** Puts other bytes above the highest layer: {@link raw} then shows these. For more see {@link append}. */
  replaceRaw(payload: Uint8Array | string): this {
    const { payload: bytes } = sortGiven("replaceRaw", [payload]);
    return this.take(replacePayload(this.bottom, bytes ?? new Uint8Array()));
  }

  /** A packet of its own bytes, to keep or to change without touching the capture that this one lies in. */
  copy(): Packet {
    // A Buffer has a `slice` of its own, which copies nothing.
    const data = new Uint8Array(this.data.subarray(this.start, this.end));
    return new Packet(
      data,
      0,
      this.length,
      this.originalLength,
      this.seconds,
      this.nanoseconds,
      this.number,
      this.origin,
      this.made === null && this.draft === null ? null : moved(this.bottom, data, this.start),
    );
  }

  /**
   * The packet for people: a line a layer with every field by its name, `tcp(srcPort=50342, dstPort=http (80), ...)`, then
   * the payload and what could not be read. Nothing is computed anew, and what the packet holds is escaped.
   */
  toString(): string {
    return packetText(this);
  }

  /** The bytes as they are now: offsets, digits and characters, `width` bytes (16 unless told) a line. */
  hexdump({ width = 16 }: { readonly width?: number } = {}): string {
    return hexDump(this.data, this.start, this.end, { width });
  }

  /**
   * The TypeScript that builds this packet, `build(ethernet({ ... }), ipv4({ ... }), "hello")`: it gives the bytes that
   * {@link bytes} does. What building computes, and what is a default, is left out.
   */
  toCode(options: CodeOptions = {}): string {
    return toCode(this, options);
  }
}
