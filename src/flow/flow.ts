import type { Schema } from "../schema/schema.ts";
import { readFixed } from "../schema/value.ts";
import { communityIdOf } from "./community-id.ts";
import { Connection, type ConnectionState, type Phase, phaseAt } from "./connection.ts";
import { type KeyParts, keyAddress, keyBytes, keyParts } from "./key-words.ts";
import { flowFacts } from "./place.ts";
import { type HasRecord, Known, type Numbers, Place, RECORD, Side } from "./record.ts";

/**
 * Why a flow ended: nothing came for long (`idle`), it went on for long and a new part began (`active`), its connection was
 * over (`closed`), the same ends began anew (`reused`), the table was full (`evicted`), or the capture ended (`flushed`).
 */
export type EndReason = "idle" | "active" | "closed" | "reused" | "evicted" | "flushed";

const NANO = 1_000_000_000n;

/** What one side of a flow sent. */
export class FlowSide {
  private readonly flow: HasRecord;
  private readonly from: number;

  /** @internal Made by {@link Flow.originator} and {@link Flow.responder}. */
  constructor(flow: HasRecord, from: number) {
    this.flow = flow;
    this.from = from;
  }

  private number(place: number): number {
    const { numbers, at } = this.flow;
    return numbers[at + this.from + place]!;
  }

  get packets(): number {
    return this.number(Side.packets);
  }
  /** Bytes of the frames on the wire. */
  get bytes(): number {
    return this.number(Side.bytes);
  }
  /** Bytes from the network header on, without padding. */
  get networkBytes(): number {
    return this.number(Side.networkBytes);
  }
  /** Bytes behind the transport header; what was sent twice counts twice. */
  get payload(): number {
    return this.number(Side.payload);
  }
  /** Time of the first packet, in nanoseconds since 1970; `undefined` where there is none. */
  get first(): bigint | undefined {
    return this.time(Side.firstSeconds, Side.firstNanoseconds);
  }
  /** Time of the last packet. */
  get last(): bigint | undefined {
    return this.time(Side.lastSeconds, Side.lastNanoseconds);
  }

  private time(seconds: number, nanoseconds: number): bigint | undefined {
    if (this.packets === 0) return undefined;
    return BigInt(this.number(seconds)) * NANO + BigInt(this.number(nanoseconds));
  }
}

/** Where the key and the record of a flow are: in its table, and once it has left that, its own. */
export interface FlowStore {
  /** The numbers among which the record of a place lies, and where it begins there. */
  of(place: number): Numbers;
  at(place: number): number;
  /** The words of its key, maybe with others behind them. */
  words(place: number): ArrayLike<number>;
}

/** A copy: the table uses the place again. */
class OwnStore implements FlowStore {
  private readonly numbers: number[];
  private readonly key: ArrayLike<number>;

  constructor(numbers: Numbers, at: number, key: ArrayLike<number>) {
    this.numbers = new Array<number>(RECORD);
    for (let i = 0; i < RECORD; i++) this.numbers[i] = numbers[at + i]!;
    this.key = key;
  }
  of(): Numbers {
    return this.numbers;
  }
  at(): number {
    return 0;
  }
  words(): ArrayLike<number> {
    return this.key;
  }
}

/**
 * Packets between two ends, in both directions. What is counted goes on as long as the flow is in its table. Few things are
 * its own, and all others are read from its key and its record: there may be very many flows, half of them a flood.
 */
export class Flow implements HasRecord {
  /** From 0, in order of the first packet. */
  readonly index: number;
  /** Of a flow that goes on after the active time-out: how many parts came before. */
  readonly part: number;
  readonly network: Schema;
  /** The protocol with ports, or of messages; `null` where there is none, as for later fragments. */
  readonly transport: Schema | null;
  /** The first protocol that was seen above the transport. */
  service: Schema | null;
  /** `null` as long as it is in its table. */
  reason: EndReason | null;
  private store: FlowStore;
  private readonly place: number;

  /** @internal Made by its table, which then writes the record. */
  constructor(
    index: number,
    network: Schema,
    transport: Schema | null,
    before: Flow | null,
    store: FlowStore,
    place: number,
  ) {
    this.index = index;
    this.part = before === null ? 0 : before.part + 1;
    this.network = network;
    this.transport = transport;
    this.service = before?.service ?? null;
    this.reason = null;
    this.store = store;
    this.place = place;
  }

  /** @internal Takes its numbers along: the table is done with it. */
  leave(reason: EndReason): void {
    this.store = new OwnStore(this.numbers, this.at, this.store.words(this.place));
    this.reason = reason;
  }

  /** @internal */
  get numbers(): Numbers {
    return this.store.of(this.place);
  }
  /** @internal */
  get at(): number {
    return this.store.at(this.place);
  }
  private knows(what: number): boolean {
    return (this.numbers[this.at + Place.known]! & what) !== 0;
  }
  private get addressLength(): number {
    return flowFacts(this.network).length;
  }
  private get parts(): KeyParts {
    return keyParts(this.store.words(this.place), this.addressLength);
  }

  /** Whether the originator is the end that stands first in the key. */
  get forward(): boolean {
    return this.knows(Known.forward);
  }
  /** The number of the protocol above the network layer; -1 where no field gives it. */
  get protocol(): number {
    return this.parts.protocol;
  }
  /** Ports of either end. Of messages, type and counterpart, or type and code where nothing answers. */
  get srcPort(): number {
    return this.forward ? this.parts.firstPort : this.parts.secondPort;
  }
  get dstPort(): number {
    return this.forward ? this.parts.secondPort : this.parts.firstPort;
  }
  /** A message that nothing answers. */
  get oneWay(): boolean {
    return this.parts.oneWay;
  }
  /** The identifier of messages; -1 where they have none. */
  get id(): number {
    return this.parts.id;
  }
  get tags(): readonly number[] {
    return this.parts.tags;
  }
  /** The name of the transport; of what is not dissected, that of its number; else that of the network layer. */
  get protocolName(): string {
    if (this.transport !== null) return this.transport.name;
    const name = flowFacts(this.network).table?.names?.get(this.protocol);
    return name ?? (this.protocol < 0 ? this.network.name : String(this.protocol));
  }
  /** Whether the flow is of messages, which have types in place of ports. */
  get isMessages(): boolean {
    return this.transport !== null && flowFacts(this.transport).type !== null;
  }
  get src(): string {
    return this.address(this.forward);
  }
  get dst(): string {
    return this.address(!this.forward);
  }

  private bytesOf(isFirst: boolean): Uint8Array {
    return keyAddress(this.store.words(this.place), this.addressLength, isFirst);
  }

  private address(isFirst: boolean): string {
    const { field } = this.network.find(this.network.spec.endpoints!.src)!.item;
    return String(readFixed(field!, this.bytesOf(isFirst), 0, 0));
  }

  /** What the flow is known by: see `FlowKey`. Made anew each time. */
  get key(): Uint8Array {
    return keyBytes(this.store.words(this.place), this.parts.count);
  }
  /** The side that began, as far as can be told. */
  get originator(): FlowSide {
    return new FlowSide(this, Place.originator);
  }
  get responder(): FlowSide {
    return new FlowSide(this, Place.responder);
  }
  /** How its connection goes; `null` of protocols that have none. */
  get connection(): Connection | null {
    return this.knows(Known.connection) ? new Connection(this) : null;
  }

  /** Time of the first packet, in nanoseconds since 1970. */
  get first(): bigint {
    const [one, other] = [this.originator.first, this.responder.first];
    return one === undefined || (other !== undefined && other < one) ? (other ?? 0n) : one;
  }
  /** Time of the last packet. */
  get last(): bigint {
    const [one, other] = [this.originator.last, this.responder.last];
    return one === undefined || (other !== undefined && other > one) ? (other ?? 0n) : one;
  }
  /** Nanoseconds between the first and the last packet. */
  get duration(): bigint {
    return this.last - this.first;
  }

  private isSilent(side: number): boolean {
    return this.numbers[this.at + side + Side.packets] === 0;
  }

  /** Where the flow stands. Without connections it is new until both sides were seen. */
  get phase(): Phase {
    if (this.knows(Known.connection)) return phaseAt(this.numbers, this.at);
    return this.isSilent(Place.originator) || this.isSilent(Place.responder)
      ? "new"
      : "established";
  }

  /** How it went. */
  get state(): ConnectionState {
    if (this.connection !== null) return this.connection.state;
    if (this.isMessages || this.transport === null) return "OTH";
    if (this.isSilent(Place.originator)) return "SHR";
    return this.isSilent(Place.responder) ? "S0" : "SF";
  }

  /** The Community ID; `undefined` where no protocol number is known. */
  communityId(seed = 0): string | undefined {
    if (this.protocol < 0) return undefined;
    const { protocol, srcPort, dstPort, oneWay } = this;
    const [src, dst] = [this.bytesOf(this.forward), this.bytesOf(!this.forward)];
    return communityIdOf({ src, dst, protocol, srcPort, dstPort, oneWay }, seed);
  }
}
