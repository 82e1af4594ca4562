import { hashBasis } from "../bytes/hash.ts";
import type { Layer } from "../schema/layer.ts";
import type { Schema } from "../schema/schema.ts";
import { enlarged, hashWords, KeyIndex } from "./key-index.ts";
import { copiedWords, keyBytes, wordAt, wordCount } from "./key-words.ts";
import { Links, UseQueue } from "./queue.ts";

/** Where the two ends of a layer lie in its header: byte offsets and their common length. */
interface EndPlaces {
  /** The number of the declaration among those that were asked for; of a case, that of what it is a case of. */
  readonly number: number;
  readonly src: number;
  readonly dst: number;
  readonly length: number;
}

const places = new WeakMap<Schema, EndPlaces>();
let numbers = 0;

/** The ends of a layer; of length 0 where it has none. */
function endPlaces(schema: Schema): EndPlaces {
  let known = places.get(schema);
  if (known === undefined) {
    const { endpoints } = schema.spec;
    const src = endpoints === null ? undefined : schema.find(endpoints.src);
    const dst = endpoints === null ? undefined : schema.find(endpoints.dst);
    known = {
      number: schema.root === schema ? numbers++ : endPlaces(schema.root).number,
      src: (src?.bit ?? 0) >> 3,
      dst: (dst?.bit ?? 0) >> 3,
      length: (src?.item.field?.bits ?? 0) >> 3,
    };
    places.set(schema, known);
  }
  return known;
}

/** As {@link endPlaces}, which is asked only where the schema is another one than before: mostly the next packet has the same. */
class LastPlaces {
  private schema: Schema | null = null;
  private places: EndPlaces | null = null;

  of(schema: Schema): EndPlaces {
    if (schema !== this.schema) {
      this.schema = schema;
      this.places = endPlaces(schema);
    }
    return this.places!;
  }
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
  /** What it is known by: both ends, the lesser first. Made anew each time. */
  readonly key: Uint8Array;
  readonly transport: Schema;
  readonly network: Schema | null;
  /** What the owner of the table keeps for it. */
  state: S;
}

/** How much a {@link ConversationTable} may keep. */
export interface ConversationOptions {
  /** Conversations kept at most, 200 000 when left out; the one that was quiet for longest makes room. */
  readonly limit?: number;
}

class Entry<S> implements Conversation<S> {
  state: S;
  readonly index: number;
  readonly transport: Schema;
  readonly network: Schema | null;
  private readonly words: readonly number[];

  constructor(index: number, layer: Layer, below: Layer | null, words: number[], state: S) {
    this.state = state;
    this.index = index;
    this.transport = layer.schema.root;
    this.network = below === null ? null : below.schema.root;
    this.words = words;
  }

  get key(): Uint8Array {
    return keyBytes(this.words, this.words.length);
  }
}
/** A process that only counts packets and bytes of so many stays below 300 MB in a flood. */
const DEFAULT_LIMIT = 200_000;
/** Words of the longest key: two addresses and two ports of up to 32 bytes each, and which declarations they are of. */
const LONGEST = 1 + 4 * 8;

/**
 * Finds the conversation that a layer belongs to, by the addresses below it and its own ports, in both directions alike.
 * Keys are numbers, never text: making address text for each packet costs more than dissecting it (measured).
 */
export class ConversationTable<S> {
  /** Conversations so far: the next index. */
  count: number;
  /** Conversations dropped because the table was full. */
  evicted: number;
  /** As {@link isForward}, of the layer that was given last. */
  forward: boolean;
  /** Whether the conversation of that layer was made for it. */
  isNew: boolean;
  private readonly limit: number;
  private readonly make: () => S;
  private readonly keys: KeyIndex;
  /** By id. */
  private readonly entries: (Entry<S> | null)[];
  private indices: Float64Array<ArrayBuffer>;
  private readonly links: Links;
  private readonly queue: UseQueue;
  private readonly words: Int32Array<ArrayBuffer>;
  private readonly basis: number;
  private readonly transports: LastPlaces;
  private readonly networks: LastPlaces;

  constructor(make: () => S, options: ConversationOptions = {}) {
    this.make = make;
    this.limit = options.limit ?? DEFAULT_LIMIT;
    this.count = 0;
    this.evicted = 0;
    this.forward = true;
    this.isNew = false;
    this.keys = new KeyIndex();
    this.entries = [];
    this.indices = new Float64Array(this.keys.capacity);
    this.links = new Links(this.keys.capacity);
    this.queue = new UseQueue(this.links);
    this.words = new Int32Array(LONGEST);
    this.basis = hashBasis();
    this.transports = new LastPlaces();
    this.networks = new LastPlaces();
  }

  /** Conversations that are kept now. */
  get size(): number {
    return this.keys.size;
  }

  /** Whether the layer goes from the lesser end to the greater one: the same for all packets of one direction. */
  isForward(layer: Layer): boolean {
    const below = networkOf(layer);
    const order = below === null ? 0 : compareEnds(below, endPlaces(below.schema));
    return order === 0 ? compareEnds(layer, endPlaces(layer.schema)) <= 0 : order < 0;
  }

  /** The conversation of a layer that has ends of its own; made when it is new. */
  find(layer: Layer): Conversation<S> {
    return this.at(this.locate(layer));
  }

  /** Begins a new conversation between the same ends, for a port that is used again. The table lets go of the one before. */
  renew(layer: Layer): Conversation<S> {
    return this.at(this.relocate(layer));
  }

  /**
   * As {@link find}, by a small number that no other conversation has as long as this one is kept. Who counts in arrays by
   * that number need not fetch the conversation itself.
   */
  locate(layer: Layer): number {
    const below = networkOf(layer);
    const length = this.write(layer, below);
    const hash = hashWords(this.words, length, this.basis);
    const id = this.keys.find(this.words, length, hash);
    this.isNew = id < 0;
    if (id < 0) return this.add(layer, below, hash, length);
    this.queue.use(id);
    return id;
  }

  /** As {@link renew}, by number; it may be that of the one before. */
  relocate(layer: Layer): number {
    const below = networkOf(layer);
    const length = this.write(layer, below);
    const hash = hashWords(this.words, length, this.basis);
    const id = this.keys.find(this.words, length, hash);
    this.isNew = true;
    if (id >= 0) this.drop(id);
    return this.add(layer, below, hash, length);
  }

  /** Numbers that {@link locate} gives are less than this; it may double with each new conversation. */
  get capacity(): number {
    return this.keys.capacity;
  }
  /** The conversation of a number that was just given. */
  at(id: number): Conversation<S> {
    return this.entries[id]!;
  }
  /** Its index, without looking at it. */
  indexOf(id: number): number {
    return this.indices[id]!;
  }

  private add(layer: Layer, below: Layer | null, hash: number, length: number): number {
    if (this.keys.size >= this.limit) {
      this.drop(this.queue.oldest);
      this.evicted++;
    }
    const id = this.keys.add(this.words, length, hash);
    const { capacity } = this.keys;
    this.links.reserve(capacity);
    if (this.indices.length < capacity)
      this.indices = enlarged(this.indices, new Float64Array(capacity));
    const words = copiedWords(this.words, length);
    this.indices[id] = this.count;
    this.entries[id] = new Entry(this.count++, layer, below, words, this.make());
    this.queue.push(id);
    return id;
  }

  private drop(id: number): void {
    this.queue.remove(id);
    this.keys.remove(id);
    this.entries[id] = null;
  }

  /** Both ends, the lesser first; gives the number of words. */
  private write(layer: Layer, below: Layer | null): number {
    const { words } = this;
    const transport = this.transports.of(layer.schema);
    const network = below === null ? null : this.networks.of(below.schema);
    words[0] = (transport.number << 16) | (network === null ? 0 : network.number + 1);
    const order = network === null ? 0 : compareEnds(below!, network);
    this.forward = order === 0 ? compareEnds(layer, transport) <= 0 : order < 0;
    let at = 1;
    if (network !== null) at = this.writeEnds(below!, network, at);
    return this.writeEnds(layer, transport, at);
  }

  private writeEnds({ bytes, start }: Layer, { src, dst, length }: EndPlaces, at: number): number {
    const { words } = this;
    if (length === 2) {
      const one = (bytes[start + src]! << 8) | bytes[start + src + 1]!;
      const other = (bytes[start + dst]! << 8) | bytes[start + dst + 1]!;
      words[at] = this.forward ? (one << 16) | other : (other << 16) | one;
      return at + 1;
    }
    const each = wordCount(length);
    const first = start + (this.forward ? src : dst);
    const second = start + (this.forward ? dst : src);
    for (let i = 0; i < each; i++) {
      words[at + i] = wordAt(bytes, first + 4 * i, length - 4 * i);
      words[at + each + i] = wordAt(bytes, second + 4 * i, length - 4 * i);
    }
    return at + 2 * each;
  }
}

/** Of the two ends of a layer, which is the lesser: negative where the source is. */
function compareEnds({ bytes, start }: Layer, { src, dst, length }: EndPlaces): number {
  for (let i = 0; i < length; i++) {
    const d = bytes[start + src + i]! - bytes[start + dst + i]!;
    if (d !== 0) return d;
  }
  return 0;
}
