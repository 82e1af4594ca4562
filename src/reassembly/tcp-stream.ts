import { ipv4 } from "../protocols/network/ipv4.ts";
import type { Schema } from "../schema/schema.ts";
import { readFixed } from "../schema/value.ts";
import type { Side } from "./tcp-events.ts";
import type { StreamKey } from "./tcp-key.ts";
import type { Origin, Provenance } from "./tcp-provenance.ts";
import type { TcpSide } from "./tcp-side.ts";

/** What is known of a stream, as bits; of a side, the bit and the one left of it. */
const Is = {
  ...{ forward: 1, turned: 2, based: 4, sent: 16, syn: 64, ended: 256 },
  ...{ reset: 1024, closed: 2048 },
} as const;

/**
 * A connection of TCP: everything between two ends, from a SYN on to the next one with another number.
 *
 * Side 0, the client, is the sender of the SYN; who sends SYN and ACK is side 1. Where the first packet is neither, its
 * sender is side 0.
 *
 * The first packet makes one of these, and a flood of them must not take the memory: there are numbers and no more, and a
 * side is made with its first byte of data.
 */
export class TcpStream {
  /*
   * What each packet needs stands first, so that it lies in as few lines of the processor's cache as can be: with tens of
   * thousands of streams, fetching them is most of the work.
   */
  /** What it is known by: see {@link StreamKey}. */
  readonly hash: number;
  readonly low: number;
  readonly high: number;
  readonly ports: number;
  private bits: number;
  readonly rest: string | null;
  /** Made with the first data of a side. */
  client: TcpSide | null;
  server: TcpSide | null;
  /** When it was moved in the order of use, by a count of the table's owner. */
  moved: number;
  /** The one of the same hash that was made before. */
  next: TcpStream | null;
  /** Where it stands: see `tcp-table.ts`. */
  queue: number;
  /** From 0, in order of the first packet: what Wireshark calls `tcp.stream`. */
  readonly index: number;
  /** Sequence numbers that count as 0 for Wireshark: see {@link setBase}. */
  private base0: number;
  private base1: number;
  /** When its last packet came, by the clock of its table. */
  used: number;
  /** Places in the order of use. */
  older: TcpStream | null;
  newer: TcpStream | null;
  private readonly network: Schema;
  traces: [Provenance | null, Provenance | null] | null;
  /** For whoever takes the events: what belongs to this stream. The library does not look at it. */
  context: unknown;

  constructor(index: number, key: StreamKey, isTurned: boolean) {
    this.hash = key.hash;
    this.low = key.low;
    this.high = key.high;
    this.ports = key.ports;
    this.bits = (key.forward !== isTurned ? Is.forward : 0) | (isTurned ? Is.turned : 0);
    this.rest = key.rest;
    this.client = null;
    this.server = null;
    this.moved = -1;
    this.next = null;
    this.queue = -1;
    this.index = index;
    this.base0 = 0;
    this.base1 = 0;
    this.used = 0;
    this.older = null;
    this.newer = null;
    this.network = key.network;
    this.traces = null;
    this.context = undefined;
  }

  /** Whether the stream is known by a key. */
  isOf(key: StreamKey): boolean {
    if (this.low !== key.low || this.high !== key.high || this.ports !== key.ports) return false;
    // Only addresses of IPv4 fit in numbers alone.
    if (this.rest === null) return key.length === 0;
    return this.network === key.network && key.hasRest(this.rest);
  }

  /** The side that sends packets of a direction. */
  sideOf(forward: boolean): Side {
    return ((this.bits & Is.forward) !== 0) === forward ? 0 : 1;
  }

  /** The side that sent the first packet. */
  get first(): Side {
    return (this.bits & Is.turned) === 0 ? 0 : 1;
  }

  /** Whether all events of the stream came. */
  get isClosed(): boolean {
    return (this.bits & Is.closed) !== 0;
  }
  /** Whether one side reset the connection. */
  get isReset(): boolean {
    return (this.bits & Is.reset) !== 0;
  }
  hasEnded(side: Side): boolean {
    return (this.bits & (Is.ended << side)) !== 0;
  }
  /** Whether a packet of a side came. */
  hasSent(side: Side): boolean {
    return (this.bits & (Is.sent << side)) !== 0;
  }
  /** Whether a SYN of a side came. */
  hasSyn(side: Side): boolean {
    return (this.bits & (Is.syn << side)) !== 0;
  }
  hasBase(side: Side): boolean {
    return (this.bits & (Is.based << side)) !== 0;
  }
  baseOf(side: Side): number {
    return side === 0 ? this.base0 : this.base1;
  }

  /** Sets what counts as 0 of a side: the number of the SYN, or the one before the first that was seen or acknowledged. */
  setBase(side: Side, seq: number): void {
    this.bits |= Is.based << side;
    if (side === 0) this.base0 = seq;
    else this.base1 = seq;
  }
  noteSent(side: Side, isSyn: boolean): void {
    this.bits |= (Is.sent | (isSyn ? Is.syn : 0)) << side;
  }
  noteEnded(side: Side): void {
    this.bits |= Is.ended << side;
  }
  noteReset(): void {
    this.bits |= Is.reset;
  }
  noteClosed(): void {
    this.bits |= Is.closed;
  }

  partOf(side: Side): TcpSide | null {
    return side === 0 ? this.client : this.server;
  }

  /** Address of the client. */
  get src(): string {
    return this.addressOf(0);
  }
  get srcPort(): number {
    return this.portOf(0);
  }
  /** Address of the server. */
  get dst(): string {
    return this.addressOf(1);
  }
  get dstPort(): number {
    return this.portOf(1);
  }

  addressOf(side: Side): string {
    const isFirst = this.sideOf(true) === side;
    const { field } = this.network.find(this.network.spec.endpoints!.src)!.item;
    const size = field!.bits >> 3;
    const bytes = new Uint8Array(size);
    const n = isFirst ? this.low : this.high;
    const isNarrow = this.network === ipv4.schema;
    for (let i = 0; i < size; i++)
      bytes[i] = isNarrow ? n >>> (24 - 8 * i) : this.rest!.charCodeAt(isFirst ? i : size + i);
    return String(readFixed(field!, bytes, 0, 0));
  }

  portOf(side: Side): number {
    return this.sideOf(true) === side ? this.ports >>> 16 : this.ports & 0xffff;
  }

  /**
   * Where a byte that was delivered came from; `undefined` for one that is missing or not known any more. Wants the option
   * `provenance`.
   */
  provenance(side: Side, offset: number): Origin | undefined {
    return this.traces?.[side]?.find(offset);
  }
}
