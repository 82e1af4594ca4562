import { wordAt, wordCount } from "../../flow/key-words.ts";
import type { AnyField } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Schema } from "../../schema/schema.ts";
import { readFixed } from "../../schema/value.ts";

/** One end of a conversation. Without ports, `port` is `null`. */
export interface ConversationEnd {
  readonly address: string;
  readonly port: number | null;
}

/** Where the two ends of a layer lie: offsets in its header, and what one of them takes. */
interface Place {
  readonly field: AnyField;
  readonly src: number;
  readonly dst: number;
  readonly length: number;
  readonly words: number;
}

/** Words by place. */
export interface WordSource {
  word(index: number): number;
}

/** A protocol that has addresses; of nothing, where there is none. */
interface Network {
  readonly root: Schema | null;
  readonly place: Place | null;
}

/** Layers whose keys have one form; `first` is the first word of these: which transport and which network. */
interface Form {
  readonly schema: Schema;
  readonly below: Schema | null;
  readonly first: number;
  readonly addresses: Place | null;
  readonly ports: Place | null;
}

/** Words of the longest key: the form, two addresses of up to 32 bytes, and the ports. */
const LONGEST = 1 + 2 * 8 + 1;

function placeOf(schema: Schema): Place {
  const { src, dst } = schema.spec.endpoints!;
  const [from, to] = [schema.find(src)!, schema.find(dst)!];
  const field = from.item.field!;
  const length = field.bits >> 3;
  return { field, src: from.bit >> 3, dst: to.bit >> 3, length, words: wordCount(length) };
}

/** The nearest layer below that has addresses. */
function networkOf(layer: Layer): Layer | null {
  let below = layer.lower;
  while (below !== null && below.schema.spec.endpoints === null) below = below.lower;
  return below;
}

/** Which of the two is the lesser, as bytes of the highest value first: negative where the first one is. */
const compare = (x: number, y: number): number => (x >>> 0) - (y >>> 0);

/**
 * The two ends of layers as words, the lesser first, so that both directions have the same: a key for arrays of numbers. Text is
 * made of them only for what is shown.
 */
export class EndWords {
  /** Of the layer that was read last: the form, the lesser address, the greater one, and both ports as one word. */
  readonly words: Int32Array;
  length: number;
  /** Whether that layer goes from the lesser end to the greater one. */
  isForward: boolean;
  /** The end that was written last: see {@link readEnd}. */
  readonly end: Int32Array;
  /** Whether the ends of a layer itself are all that counts, and no ports. */
  private readonly isAlone: boolean;
  private readonly forms: Form[];
  private readonly networks: Network[];
  private readonly transports: Schema[];
  private last: Form | null;
  private readonly scratch: Uint8Array;

  constructor(isAlone: boolean) {
    this.words = new Int32Array(LONGEST);
    this.end = new Int32Array(LONGEST);
    this.length = 0;
    this.isForward = true;
    this.isAlone = isAlone;
    this.forms = [];
    this.networks = [];
    this.transports = [];
    this.last = null;
    this.scratch = new Uint8Array(4 * LONGEST);
  }

  /** Reads the ends of a layer that has some. */
  read(layer: Layer): void {
    const network = this.isAlone ? layer : networkOf(layer);
    const form = this.formOf(layer.schema, network === null ? null : network.schema);
    const { words } = this;
    const { addresses, ports } = form;
    words[0] = form.first;
    const at = addresses === null ? 1 : 1 + 2 * addresses.words;
    const order = addresses === null ? 0 : this.readAddresses(network!, addresses);
    this.length = at;
    this.isForward = order <= 0;
    if (ports !== null) {
      const { bytes, start } = layer;
      const src = (bytes[start + ports.src]! << 8) | bytes[start + ports.src + 1]!;
      const dst = (bytes[start + ports.dst]! << 8) | bytes[start + ports.dst + 1]!;
      if (order === 0) this.isForward = src <= dst;
      words[at] = this.isForward ? (src << 16) | dst : (dst << 16) | src;
      this.length++;
    }
    if (order > 0) this.exchange(addresses!.words);
  }

  /** Writes both addresses, the source first, and says how they compare. */
  private readAddresses({ bytes, start }: Layer, { src, dst, length, words: each }: Place): number {
    const { words } = this;
    let order = 0;
    for (let i = 0; i < each; i++) {
      const one = wordAt(bytes, start + src + 4 * i, length - 4 * i);
      const other = wordAt(bytes, start + dst + 4 * i, length - 4 * i);
      if (order === 0) order = compare(one, other);
      words[1 + i] = one;
      words[1 + each + i] = other;
    }
    return order;
  }

  private exchange(each: number): void {
    const { words } = this;
    for (let i = 1; i <= each; i++) {
      const one = words[i]!;
      words[i] = words[each + i]!;
      words[each + i] = one;
    }
  }

  private formOf(schema: Schema, below: Schema | null): Form {
    const { last } = this;
    if (last !== null && last.schema === schema && last.below === below) return last;
    const known = this.forms.find((one) => one.schema === schema && one.below === below);
    this.last = known ?? this.makeForm(schema, below);
    return this.last;
  }

  private makeForm(schema: Schema, below: Schema | null): Form {
    const root = below === null ? null : below.root;
    let network = this.networks.findIndex((one) => one.root === root);
    if (network < 0)
      network = this.networks.push({ root, place: below === null ? null : placeOf(below) }) - 1;
    let transport = this.transports.indexOf(schema.root);
    if (transport < 0) transport = this.transports.push(schema.root) - 1;
    const form: Form = {
      schema,
      below,
      first: (transport << 16) | network,
      addresses: this.networks[network]!.place,
      ports: this.isAlone ? null : placeOf(schema),
    };
    this.forms.push(form);
    return form;
  }

  /**
   * Writes one of the ends of a key, the lesser or the greater, into {@link end}, as a key of its own: the network, the
   * address, and the port. What two transports have is the same end. Gives the number of words.
   */
  readEnd(key: WordSource, isLesser: boolean): number {
    const { end } = this;
    const network = key.word(0) & 0xffff;
    const each = this.networks[network]!.place?.words ?? 0;
    const from = isLesser ? 1 : 1 + each;
    end[0] = network;
    for (let i = 0; i < each; i++) end[1 + i] = key.word(from + i);
    if (this.isAlone) return 1 + each;
    const both = key.word(1 + 2 * each);
    end[1 + each] = isLesser ? both >>> 16 : both & 0xffff;
    return 2 + each;
  }

  /** What words mean that {@link readEnd} has written. */
  endOf(words: WordSource): ConversationEnd {
    const { place } = this.networks[words.word(0)]!;
    const each = place === null ? 0 : place.words;
    const port = this.isAlone ? null : words.word(1 + each);
    if (place === null) return { address: "", port };
    const { scratch } = this;
    for (let i = 0; i < each; i++) {
      const value = words.word(1 + i);
      for (let k = 0; k < 4; k++) scratch[4 * i + k] = value >>> (24 - 8 * k);
    }
    return { address: String(readFixed(place.field, scratch, 0, 0)), port };
  }

  /** One of the ends of a key. */
  endIn(key: WordSource, isLesser: boolean): ConversationEnd {
    this.readEnd(key, isLesser);
    return this.endOf(this);
  }

  /** A word of {@link end}. */
  word(index: number): number {
    return this.end[index]!;
  }
}
