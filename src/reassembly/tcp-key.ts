import { hashBasis, hashBytes } from "../bytes/hash.ts";
import { readU16, readU32 } from "../bytes/numbers.ts";
import type { FlowKeyOptions } from "../flow/key.ts";
import { flowFacts } from "../flow/place.ts";
import { ipv4 } from "../protocols/network/ipv4.ts";
import type { Layer } from "../schema/layer.ts";
import { readNumber } from "../schema/layout.ts";
import type { Schema } from "../schema/schema.ts";

const MAX_ADDRESS = 32;
const MAX_TAGS = 8;

/**
 * What a connection is known by, the same for both directions: addresses and ports, the lesser end first. Of IPv4 these
 * are three numbers, since a table of a million half-open connections has no room for an array each; all else, and tags,
 * go into a text of raw bytes.
 */
export class StreamKey {
  /** Addresses of IPv4 and both ports as signed 32-bit integers. */
  low = 0;
  high = 0;
  ports = 0;
  /** What does not fit there: other addresses, then tags. The first `length` bytes count. */
  readonly wide: Uint8Array;
  length = 0;
  hash = 0;
  /** Whether the packet goes from the end that stands first to the other one. */
  forward = true;
  network: Schema = ipv4.schema;
  private readonly isOutermost: boolean;
  private readonly isTagged: boolean;
  private readonly basis: number;

  constructor(options: FlowKeyOptions) {
    this.wide = new Uint8Array(2 * MAX_ADDRESS + 4 * MAX_TAGS);
    this.isOutermost = options.level === "outermost";
    this.isTagged = options.tags === true;
    this.basis = hashBasis();
  }

  /** Reads the key of a header of TCP; false where nothing below it has addresses. */
  read(layer: Layer): boolean {
    const below = this.networkOf(layer);
    if (below === null) return false;
    const { bytes, start } = layer;
    const src = readU16(bytes, start);
    const dst = readU16(bytes, start + 2);
    this.length = 0;
    this.network = below.schema.root;
    if (this.network === ipv4.schema) this.putIpv4(below, src, dst);
    else this.putWide(below, src, dst);
    this.ports = this.forward ? (src << 16) | dst : (dst << 16) | src;
    if (this.isTagged) this.putTags(below);
    const hash = this.length === 0 ? this.basis : hashBytes(this.wide, this.length, this.basis);
    this.hash = mixed(mixed(mixed(hash, this.low), this.high), this.ports);
    return true;
  }

  private networkOf(layer: Layer): Layer | null {
    let found: Layer | null = null;
    for (let l = layer.lower; l !== null; l = l.lower) {
      if (l.schema !== ipv4.schema && flowFacts(l.schema).role !== "network") continue;
      if (!this.isOutermost) return l;
      found = l;
    }
    return found;
  }

  private putIpv4({ bytes, start }: Layer, srcPort: number, dstPort: number): void {
    const src = readU32(bytes, start + 12);
    const dst = readU32(bytes, start + 16);
    this.forward = src === dst ? srcPort <= dstPort : src < dst;
    this.low = (this.forward ? src : dst) | 0;
    this.high = (this.forward ? dst : src) | 0;
  }

  private putWide({ schema, bytes, start }: Layer, srcPort: number, dstPort: number): void {
    const { src, dst, length } = flowFacts(schema);
    let order = srcPort - dstPort;
    for (let i = 0; i < length; i++) {
      const d = bytes[start + src + i]! - bytes[start + dst + i]!;
      if (d === 0) continue;
      order = d;
      break;
    }
    this.forward = order <= 0;
    this.low = this.high = 0;
    const first = start + (this.forward ? src : dst);
    const second = start + (this.forward ? dst : src);
    for (let i = 0; i < length; i++) {
      this.wide[i] = bytes[first + i]!;
      this.wide[length + i] = bytes[second + i]!;
    }
    this.length = 2 * length;
  }

  /** Numbers of the networks that the addresses are of. */
  private putTags(below: Layer): void {
    let left = MAX_TAGS;
    for (let l: Layer | null = below; l !== null && left > 0; l = l.lower) {
      const { tag } = flowFacts(l.schema);
      if (tag === null) continue;
      const value = readNumber(l, tag) ?? 0;
      for (let shift = 24; shift >= 0; shift -= 8) this.wide[this.length++] = value >>> shift;
      left--;
    }
  }

  /** What the key has beside three numbers; `null` for nothing. */
  get rest(): string | null {
    return this.length === 0 ? null : String.fromCharCode(...this.wide.subarray(0, this.length));
  }

  /** Whether `rest` is what a key that was kept had. */
  hasRest(rest: string): boolean {
    if (rest.length !== this.length) return false;
    for (let i = 0; i < this.length; i++) if (rest.charCodeAt(i) !== this.wide[i]) return false;
    return true;
  }
}

/** A step of a hash over whole numbers: every bit of the number reaches the upper and the lower half. */
function mixed(hash: number, n: number): number {
  const h = Math.imul(hash ^ n, 0x9e3779b1);
  return h ^ (h >>> 15);
}
