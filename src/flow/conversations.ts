import { hashBasis, hashBytes } from "../bytes/hash.ts";
import type { Layer } from "../schema/layer.ts";
import type { Schema } from "../schema/schema.ts";

/** Where the two ends of a layer lie in its header: byte offsets and their common length. */
interface EndPlaces {
  readonly src: number;
  readonly dst: number;
  readonly length: number;
}

const places = new WeakMap<Schema, EndPlaces>();

function endPlaces(schema: Schema): EndPlaces | null {
  const { endpoints } = schema.spec;
  if (endpoints === null) return null;
  let known = places.get(schema);
  if (known === undefined) {
    const src = schema.find(endpoints.src)!;
    const dst = schema.find(endpoints.dst)!;
    known = { src: src.bit >> 3, dst: dst.bit >> 3, length: src.item.field!.bits >> 3 };
    places.set(schema, known);
  }
  return known;
}

/** The nearest layer below that has addresses of its own. */
function networkOf(layer: Layer): Layer | null {
  for (let l = layer.lower; l !== null; l = l.lower) if (l.schema.spec.endpoints !== null) return l;
  return null;
}

/** One conversation: everything between two ends of one transport protocol over one network protocol. */
export interface Conversation<S> {
  /** From 0, in order of the first packet. */
  readonly index: number;
  readonly key: Uint8Array;
  readonly transport: Schema;
  readonly network: Schema | null;
  /** What the owner of the table keeps for it. */
  state: S;
}

export interface ConversationOptions {
  /** Conversations kept at most; the one that was quiet for longest makes room. */
  readonly limit?: number;
}

/** A conversation's place in the table: among those of one hash, and in the order of use. */
interface Entry<S> extends Conversation<S> {
  readonly hash: number;
  /** The one of the same hash that was made before it. */
  next: Entry<S> | null;
  older: Entry<S> | null;
  newer: Entry<S> | null;
}

/** A million conversations of about 350 bytes each. */
const DEFAULT_LIMIT = 1_000_000;

/**
 * Finds the conversation that a layer belongs to, by the addresses below it and its own ports, in both directions alike.
 * Keys are bytes, never text: making address text for each packet costs more than dissecting it (measured).
 */
export class ConversationTable<S> {
  /** Conversations so far: the next index. */
  count: number;
  /** Conversations dropped because the table was full. */
  evicted: number;
  private readonly limit: number;
  private readonly make: () => S;
  /** By hash: the one that was made last, and by `next` those before it. */
  private readonly buckets: Map<number, Entry<S>>;
  private size: number;
  private newest: Entry<S> | null;
  private oldest: Entry<S> | null;
  private readonly key: Uint8Array;
  private readonly basis: number;

  constructor(make: () => S, options: ConversationOptions = {}) {
    this.make = make;
    this.limit = options.limit ?? DEFAULT_LIMIT;
    this.buckets = new Map();
    this.count = 0;
    this.evicted = 0;
    this.size = 0;
    this.newest = null;
    this.oldest = null;
    this.key = new Uint8Array(64);
    this.basis = hashBasis();
  }

  /** Whether the layer goes from the lesser end to the greater one: the same for all packets of one direction. */
  isForward(layer: Layer): boolean {
    const transport = endPlaces(layer.schema);
    const below = networkOf(layer);
    const network = below === null ? null : endPlaces(below.schema);
    if (network !== null) {
      const order = compareEnds(below!, network);
      if (order !== 0) return order < 0;
    }
    return transport === null || compareEnds(layer, transport) <= 0;
  }

  /** The conversation of a layer that has ends of its own; made when it is new. */
  find(layer: Layer): Conversation<S> {
    const below = networkOf(layer);
    const length = this.fillKey(layer, below);
    const hash = hashBytes(this.key, length, this.basis);
    for (let one = this.buckets.get(hash) ?? null; one !== null; one = one.next)
      if (isSame(one, layer, below, this.key, length)) {
        // Packets come in runs: mostly there is nothing to move.
        if (one !== this.newest) this.use(one);
        return one;
      }
    return this.add(layer, below, hash, length);
  }

  /** Begins a new conversation between the same ends, for a port that is used again. */
  renew(layer: Layer): Conversation<S> {
    const below = networkOf(layer);
    const length = this.fillKey(layer, below);
    return this.add(layer, below, hashBytes(this.key, length, this.basis), length);
  }

  private add(layer: Layer, below: Layer | null, hash: number, length: number): Conversation<S> {
    const made: Entry<S> = {
      index: this.count++,
      key: this.key.slice(0, length),
      transport: layer.schema.root,
      network: below?.schema.root ?? null,
      state: this.make(),
      hash,
      next: this.buckets.get(hash) ?? null,
      older: null,
      newer: null,
    };
    this.buckets.set(hash, made);
    this.append(made);
    if (++this.size > this.limit) this.evict();
    return made;
  }

  /** Makes one that is in the order of use the one used last. */
  private use(one: Entry<S>): void {
    this.unlink(one);
    this.append(one);
  }

  private append(one: Entry<S>): void {
    one.older = this.newest;
    one.newer = null;
    if (this.newest === null) this.oldest = one;
    else this.newest.newer = one;
    this.newest = one;
  }

  private unlink({ older, newer }: Entry<S>): void {
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.newest = older;
    else newer.older = older;
  }

  /** Drops the one that was not used for longest. */
  private evict(): void {
    const one = this.oldest!;
    this.unlink(one);
    const first = this.buckets.get(one.hash)!;
    if (first !== one) {
      let before = first;
      while (before.next !== one) before = before.next!;
      before.next = one.next;
    } else if (one.next === null) this.buckets.delete(one.hash);
    else this.buckets.set(one.hash, one.next);
    this.size--;
    this.evicted++;
  }

  /** Both ends, the lesser first; gives the key's length. */
  private fillKey(layer: Layer, below: Layer | null): number {
    const forward = this.isForward(layer);
    let at = 0;
    if (below !== null) at = this.putEnds(below, forward, at);
    return this.putEnds(layer, forward, at);
  }

  private putEnds(layer: Layer, forward: boolean, at: number): number {
    const ends = endPlaces(layer.schema);
    if (ends === null) return at;
    const { bytes, start } = layer;
    const { length } = ends;
    const first = start + (forward ? ends.src : ends.dst);
    const second = start + (forward ? ends.dst : ends.src);
    for (let i = 0; i < length; i++) {
      this.key[at + i] = bytes[first + i]!;
      this.key[at + length + i] = bytes[second + i]!;
    }
    return at + 2 * length;
  }
}

function compareEnds(layer: Layer, ends: EndPlaces): number {
  const { bytes, start } = layer;
  for (let i = 0; i < ends.length; i++) {
    const d = bytes[start + ends.src + i]! - bytes[start + ends.dst + i]!;
    if (d !== 0) return d;
  }
  return 0;
}

function isSame(
  one: Conversation<unknown>,
  layer: Layer,
  below: Layer | null,
  key: Uint8Array,
  length: number,
): boolean {
  if (one.transport !== layer.schema.root || one.network !== (below?.schema.root ?? null))
    return false;
  if (one.key.length !== length) return false;
  for (let i = 0; i < length; i++) if (one.key[i] !== key[i]) return false;
  return true;
}
