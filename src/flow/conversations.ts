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

/** A million conversations of about 200 bytes each. */
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
  /** By hash; those of one hash in a list. Insertion order is the order of last use. */
  private readonly buckets: Map<number, Conversation<S>[]>;
  private size: number;
  private key: Uint8Array;

  constructor(make: () => S, options: ConversationOptions = {}) {
    this.make = make;
    this.limit = options.limit ?? DEFAULT_LIMIT;
    this.buckets = new Map();
    this.count = 0;
    this.evicted = 0;
    this.size = 0;
    this.key = new Uint8Array(64);
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
    const hash = hashOf(this.key, length);
    const bucket = this.buckets.get(hash);
    if (bucket !== undefined) {
      const known = bucket.findLast((c) => isSame(c, layer, below, this.key, length));
      if (known !== undefined) return known;
    }
    return this.add(layer, below, hash, length);
  }

  /** Begins a new conversation between the same ends, for a port that is used again. */
  renew(layer: Layer): Conversation<S> {
    const below = networkOf(layer);
    const length = this.fillKey(layer, below);
    return this.add(layer, below, hashOf(this.key, length), length);
  }

  private add(layer: Layer, below: Layer | null, hash: number, length: number): Conversation<S> {
    const made: Conversation<S> = {
      index: this.count++,
      key: this.key.slice(0, length),
      transport: layer.schema.root,
      network: below?.schema.root ?? null,
      state: this.make(),
    };
    const bucket = this.buckets.get(hash);
    if (bucket === undefined) this.buckets.set(hash, [made]);
    else bucket.push(made);
    if (++this.size > this.limit) this.evict();
    return made;
  }

  private evict(): void {
    for (const [hash, bucket] of this.buckets) {
      this.buckets.delete(hash);
      this.size -= bucket.length;
      this.evicted += bucket.length;
      return;
    }
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

/** FNV-1a over the key: 32 bits. */
function hashOf(key: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193);
  return hash >>> 0;
}
