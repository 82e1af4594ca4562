import type { Packet } from "../packet/packet.ts";
import type { Layer } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import { Connection, type Flags, isAnswer, isAttempt, readFlags } from "./connection.ts";
import { type EndReason, Flow, type FlowSide } from "./flow.ts";
import { FlowKey, type FlowKeyOptions } from "./key.ts";
import { flowFacts } from "./place.ts";
import { FlowQueue, type Slot } from "./queue.ts";

/** What a table of flows keeps, and for how long. Times are seconds by the clock of the packets. */
export interface FlowTableOptions extends FlowKeyOptions {
  /** A flow that is quiet for so long is over; 300 when left out. */
  readonly idleTimeout?: number;
  /** As `idleTimeout`, for connections that nobody answered; 60 when left out. */
  readonly newTimeout?: number;
  /** As `idleTimeout`, for connections that are over: stray packets still belong to them; 5 when left out. */
  readonly closedTimeout?: number;
  /** A flow that goes on for so long is ended, and its next packet begins another part; never when left out. */
  readonly activeTimeout?: number;
  /** Flows kept at most, 500 000 when left out (about 400 MB); the one that was quiet for longest makes room. */
  readonly limit?: number;
  /** Takes each flow when it is over. */
  readonly onEnd?: (flow: Flow) => void;
}

const DEFAULT_LIMIT = 500_000;
const NANO = 1e9;

/** Seconds as nanoseconds; infinity never comes. */
function nanoseconds(name: string, seconds: number): bigint | null {
  if (!(seconds >= 0)) throw new RangeError(`FlowTable: ${name} is not a time: ${seconds}`);
  return seconds === Number.POSITIVE_INFINITY ? null : BigInt(Math.round(seconds * NANO));
}

/**
 * Puts packets together that belong to one flow, and counts them. Time is that of the packets: the same capture gives the
 * same flows, whatever the clock says. Memory has a bound, see `limit`.
 */
export class FlowTable {
  /** Packets that were given, and those among them that belong to no flow, since they have no addresses. */
  packets: number;
  skipped: number;
  /** Flows so far: the next index. */
  count: number;
  /** Flows that are open now, and the most there were at once. */
  size: number;
  peak: number;
  /** Flows that ended, by reason. */
  readonly ended: Readonly<Record<EndReason, number>>;
  private readonly counts: Record<EndReason, number>;
  private readonly limit: number;
  private readonly onEnd: ((flow: Flow) => void) | undefined;
  private readonly active: bigint | null;
  private readonly key: FlowKey;
  /** By hash: the one that was made last, and by `next` those before it. */
  private readonly buckets: Map<number, Slot>;
  /** A queue for each time-out. */
  private readonly fresh: FlowQueue;
  private readonly going: FlowQueue;
  private readonly over: FlowQueue;
  private readonly queues: readonly (readonly [FlowQueue, bigint | null])[];
  private now: bigint;

  constructor(options: FlowTableOptions = {}) {
    const { limit = DEFAULT_LIMIT, activeTimeout = Number.POSITIVE_INFINITY } = options;
    if (!Number.isInteger(limit) || limit < 1)
      throw new RangeError(`FlowTable: a limit of at least 1 is wanted, not ${limit}`);
    this.packets = this.skipped = this.count = this.size = this.peak = 0;
    this.counts = { idle: 0, active: 0, closed: 0, reused: 0, evicted: 0, flushed: 0 };
    this.ended = this.counts;
    this.limit = limit;
    this.onEnd = options.onEnd;
    this.active = nanoseconds("activeTimeout", activeTimeout);
    this.key = new FlowKey(options);
    this.buckets = new Map();
    this.fresh = new FlowQueue();
    this.going = new FlowQueue();
    this.over = new FlowQueue();
    this.queues = [
      [this.over, nanoseconds("closedTimeout", options.closedTimeout ?? 5)],
      [this.fresh, nanoseconds("newTimeout", options.newTimeout ?? 60)],
      [this.going, nanoseconds("idleTimeout", options.idleTimeout ?? 300)],
    ];
    this.now = 0n;
  }

  /** Counts a packet, and gives its flow; `undefined` where it has no addresses. Ends those whose time is over. */
  add(packet: Packet): Flow | undefined {
    this.packets++;
    const time = packet.time ?? this.now;
    if (time > this.now) this.now = time;
    this.age();
    const { key } = this;
    if (!key.read(packet)) {
      this.skipped++;
      return undefined;
    }
    const payload = payloadOf(packet, key.network!, key.transport);
    const { transport } = key;
    const places = transport === null ? null : flowFacts(transport.schema).connection;
    const flags = places === null ? null : readFlags(transport!, places, payload);
    const slot = this.slotFor(time, flags);
    const { flow } = slot;
    const isOriginator = key.forward === flow.forward;
    count(isOriginator ? flow.originator : flow.responder, packet, time, payload, key.network!);
    if (transport?.upper && !transport.schema.spec.quotes)
      flow.service ??= transport.upper.schema.root;
    if (time < flow.first) flow.first = time;
    if (time > flow.last) flow.last = time;
    if (flags !== null) flow.connection!.see(flags, isOriginator);
    slot.used = this.packets;
    this.queueOf(flow).push(slot);
    return flow;
  }

  /** Ends all flows that are open: the capture is over. */
  flush(): void {
    for (let slot = this.longestQuiet(); slot !== null; slot = this.longestQuiet())
      this.end(slot, "flushed");
  }

  private queueOf({ connection }: Flow): FlowQueue {
    if (connection === null) return this.going;
    const { phase } = connection;
    return phase === "closed" ? this.over : phase === "new" ? this.fresh : this.going;
  }

  /** Ends the flows that were quiet for as long as their queue allows. */
  private age(): void {
    for (const [queue, most] of this.queues) {
      if (most === null) continue;
      for (
        let slot = queue.oldest;
        slot !== null && this.now - slot.flow.last > most;
        slot = queue.oldest
      )
        this.end(slot, queue === this.over ? "closed" : "idle");
    }
  }

  /** The place of the flow that the key names; made where there is none, or where it goes on as another. */
  private slotFor(time: bigint, flags: Flags | null): Slot {
    const known = this.find();
    if (known === null) return this.begin(time, flags, null);
    const { flow } = known;
    if (flags !== null && isAttempt(flags) && flow.phase === "closed") {
      this.end(known, "reused");
      return this.begin(time, flags, null);
    }
    if (this.active !== null && time - flow.first > this.active) {
      this.end(known, "active");
      return this.begin(time, flags, flow);
    }
    return known;
  }

  private find(): Slot | null {
    const { key } = this;
    const network = key.network!.schema.root;
    const transport = key.transport?.schema.root ?? null;
    for (let one = this.buckets.get(key.hash) ?? null; one !== null; one = one.next) {
      const { flow } = one;
      if (flow.network === network && flow.transport === transport && isSame(flow.key, key))
        return one;
    }
    return null;
  }

  /** Who answers did not begin: then the other end is the originator. Another part of a flow has the one it had. */
  private begin(time: bigint, flags: Flags | null, before: Flow | null): Slot {
    const { key } = this;
    if (this.size >= this.limit) this.end(this.longestQuiet()!, "evicted");
    const isTurned =
      before === null ? flags !== null && isAnswer(flags) : before.forward !== key.forward;
    const fresh = flags === null ? null : new Connection(isTurned ? "^" : "");
    const connection = before?.connection?.continued() ?? fresh;
    const flow = new Flow(this.count++, key, isTurned, time, before, connection);
    const { hash } = key;
    const next = this.buckets.get(hash) ?? null;
    const slot: Slot = { flow, hash, next, older: null, newer: null, queue: null, used: 0 };
    this.buckets.set(hash, slot);
    if (++this.size > this.peak) this.peak = this.size;
    return slot;
  }

  private end(slot: Slot, reason: EndReason): void {
    slot.queue?.remove(slot);
    const first = this.buckets.get(slot.hash)!;
    if (first !== slot) {
      let before = first;
      while (before.next !== slot) before = before.next!;
      before.next = slot.next;
    } else if (slot.next === null) this.buckets.delete(slot.hash);
    else this.buckets.set(slot.hash, slot.next);
    this.size--;
    this.counts[reason]++;
    slot.flow.reason = reason;
    this.onEnd?.(slot.flow);
  }

  private longestQuiet(): Slot | null {
    let quietest: Slot | null = null;
    for (const [{ oldest }] of this.queues)
      if (oldest !== null && (quietest === null || oldest.used < quietest.used)) quietest = oldest;
    return quietest;
  }
}

function isSame(one: Uint8Array, { bytes, length }: FlowKey): boolean {
  if (one.length !== length) return false;
  for (let i = 0; i < length; i++) if (one[i] !== bytes[i]) return false;
  return true;
}

/** Bytes that the capture cut off a packet, where they are the network layer's: padding is not told from them. */
const cutOff = (packet: Packet, network: Layer): number =>
  network.end === packet.end ? Math.max(0, packet.originalLength - packet.length) : 0;

function payloadOf(packet: Packet, network: Layer, transport: Layer | null): number {
  const top = transport ?? network;
  return Math.max(0, payloadEnd(top) - top.headerEnd) + cutOff(packet, network);
}

function count(
  side: FlowSide,
  packet: Packet,
  time: bigint,
  payload: number,
  network: Layer,
): void {
  side.packets++;
  side.bytes += packet.originalLength;
  side.networkBytes += network.end - network.start + cutOff(packet, network);
  side.payload += payload;
  if (side.first === undefined || time < side.first) side.first = time;
  if (side.last === undefined || time > side.last) side.last = time;
}
