import { hashBasis, hashBytes } from "../bytes/hash.ts";
import { readUint } from "../bytes/numbers.ts";
import type { Packet } from "../packet/packet.ts";
import type { Layer } from "../schema/layer.ts";
import { readNumber } from "../schema/layout.ts";
import { type FlowFacts, type FlowLevel, FlowPlace, flowFacts, MAX_TAGS } from "./place.ts";

/** What tells flows apart. */
export interface FlowKeyOptions {
  /** Whose addresses count in tunnels: those of the packet that is carried (`"innermost"`, the default) or of the carrier. */
  readonly level?: FlowLevel;
  /** Tells equal addresses in different networks apart: VLANs, VXLANs, whatever a declaration calls a tag. */
  readonly tags?: boolean;
}

/** In place of a protocol number that no header gives. */
const NO_PROTOCOL = 0xffff;
const HAS_TRANSPORT = 1;
const ONE_WAY = 2;
const HAS_ID = 4;
/** Addresses, protocol, what there is, ports, identifier, tags. */
const LONGEST = 2 * 32 + 2 + 1 + 2 * 4 + 2 + 4 * MAX_TAGS;

/**
 * Finds what a packet's flow is known by: the same bytes for both directions. One object serves for all packets; each
 * {@link read} writes over what the one before found.
 *
 * The bytes are the two addresses, the lesser end first, the protocol's number, the two ports, an identifier and the tags.
 * Comparing them with those under their hash costs 0.2 µs a packet, making a text of them to look up 0.35 µs (measured).
 */
export class FlowKey {
  readonly bytes: Uint8Array;
  length: number;
  hash: number;
  /** Whether the packet goes from the end that stands first to the other one. */
  forward: boolean;
  network: Layer | null;
  transport: Layer | null;
  /** Bytes of an address. */
  addressLength: number;
  /** The number of what is above the network layer, behind extension headers; -1 where no field says it. */
  protocol: number;
  /** Ports as the packet has them. Of messages, type and counterpart, or type and code where nothing answers. */
  srcPort: number;
  dstPort: number;
  /** A message that nothing answers: each direction is a flow of its own. */
  oneWay: boolean;
  /** The identifier of a message; -1 where it has none. */
  id: number;
  readonly tags: number[];
  private readonly place: FlowPlace;
  private readonly level: FlowLevel;
  private readonly isTagged: boolean;
  private readonly basis: number;

  constructor(options: FlowKeyOptions = {}) {
    this.bytes = new Uint8Array(LONGEST);
    this.length = 0;
    this.hash = 0;
    this.forward = true;
    this.network = null;
    this.transport = null;
    this.addressLength = 0;
    this.protocol = -1;
    this.srcPort = 0;
    this.dstPort = 0;
    this.oneWay = false;
    this.id = -1;
    this.tags = [];
    this.place = new FlowPlace();
    this.level = options.level ?? "innermost";
    this.isTagged = options.tags ?? false;
    this.basis = hashBasis();
  }

  /** Reads a packet's key; false where no layer of it has addresses that last longer than a hop. */
  read(packet: Packet): boolean {
    const { place } = this;
    if (!place.find(packet.bottom, this.level)) return false;
    this.network = place.network!;
    this.transport = place.transport;
    this.protocol = protocolAbove(this.network);
    this.readPorts(this.transport);
    this.tags.length = 0;
    if (this.isTagged)
      for (let i = 0; i < place.tagCount; i++) {
        const layer = place.tags[i]!;
        this.tags.push(readNumber(layer, flowFacts(layer.schema).tag!) ?? 0);
      }
    this.write(this.network, flowFacts(this.network.schema));
    return true;
  }

  private readPorts(layer: Layer | null): void {
    this.srcPort = this.dstPort = 0;
    this.id = -1;
    this.oneWay = false;
    if (layer === null) return;
    const facts = flowFacts(layer.schema);
    if (facts.role === "ports") {
      this.srcPort = readUint(layer.bytes, layer.start + facts.src, facts.length) >>> 0;
      this.dstPort = readUint(layer.bytes, layer.start + facts.dst, facts.length) >>> 0;
      return;
    }
    const type = readNumber(layer, facts.type!) ?? 0;
    const other = facts.counterparts.get(type);
    this.srcPort = type;
    this.oneWay = other === undefined;
    this.dstPort = other ?? (facts.code === null ? 0 : (readNumber(layer, facts.code) ?? 0));
    if (!this.oneWay && facts.id !== null) this.id = readNumber(layer, facts.id) ?? -1;
  }

  private write(network: Layer, facts: FlowFacts): void {
    const { bytes: from, start } = network;
    const { bytes } = this;
    const { length, src, dst } = facts;
    this.addressLength = length;
    this.forward = this.oneWay || this.isForward(network, facts);
    const first = start + (this.forward ? src : dst);
    const second = start + (this.forward ? dst : src);
    for (let i = 0; i < length; i++) {
      bytes[i] = from[first + i]!;
      bytes[length + i] = from[second + i]!;
    }
    let at = 2 * length;
    at = this.put(at, this.protocol < 0 ? NO_PROTOCOL : this.protocol, 2);
    bytes[at++] =
      (this.transport === null ? 0 : HAS_TRANSPORT) |
      (this.oneWay ? ONE_WAY : 0) |
      (this.id < 0 ? 0 : HAS_ID);
    at = this.put(at, this.forward ? this.srcPort : this.dstPort, 4);
    at = this.put(at, this.forward ? this.dstPort : this.srcPort, 4);
    at = this.put(at, Math.max(0, this.id), 2);
    for (const tag of this.tags) at = this.put(at, tag, 4);
    this.length = at;
    this.hash = hashBytes(bytes, at, this.basis);
  }

  /** The lesser address comes first; of equal ones, the lesser port. */
  private isForward({ bytes, start }: Layer, { src, dst, length }: FlowFacts): boolean {
    for (let i = 0; i < length; i++) {
      const d = bytes[start + src + i]! - bytes[start + dst + i]!;
      if (d !== 0) return d < 0;
    }
    return this.srcPort <= this.dstPort;
  }

  private put(at: number, value: number, width: number): number {
    for (let i = at + width - 1, rest = value; i >= at; i--, rest >>>= 8) this.bytes[i] = rest;
    return at + width;
  }
}

/** The protocol number that a network layer gives: the one behind its extension headers, which look in the same table. */
function protocolAbove(network: Layer): number {
  const { table, next } = flowFacts(network.schema);
  if (table === null || next === null) return -1;
  let number = readNumber(network, next) ?? -1;
  for (let l = network.upper; l !== null; l = l.upper) {
    const facts = flowFacts(l.schema);
    if (facts.role !== null || facts.table !== table || facts.next === null) break;
    number = readNumber(l, facts.next) ?? number;
  }
  return number;
}

/**
 * The key of a packet's flow as a text of raw bytes: the same for both directions, and never the same for two flows. For
 * maps; it is not for reading. `undefined` where no layer has addresses.
 */
export function flowKey(packet: Packet, options: FlowKeyOptions = {}): string | undefined {
  const key = new FlowKey(options);
  if (!key.read(packet)) return undefined;
  return String.fromCharCode(...key.bytes.subarray(0, key.length));
}
