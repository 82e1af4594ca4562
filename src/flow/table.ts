import type { Packet } from "../packet/packet.ts";
import type { Layer } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import type { Schema } from "../schema/schema.ts";
import { beginConnection, Flags, Standing, see, standing } from "./connection.ts";
import { type EndReason, Flow, type FlowStore } from "./flow.ts";
import { FlowKey, type FlowKeyOptions } from "./key.ts";
import { KeyIndex } from "./key-index.ts";
import { Links, UseQueue } from "./queue.ts";
import { addTime, Known, Place, Records, Side, sinceLast } from "./record.ts";

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
  /** Flows kept at most, 100 000 when left out (about 40 MB); the one that was quiet for longest makes room. */
  readonly limit?: number;
  /** Takes each flow when it is over. */
  readonly onEnd?: (flow: Flow) => void;
}

const DEFAULT_LIMIT = 100_000;
/** Flows that end after the same time without a packet. */
class TimeoutQueue extends UseQueue {
  /** In nanoseconds. */
  readonly most: number;
  readonly reason: EndReason;
  /** The oldest flow when it was looked at last (-1: look again), and before which second it cannot be over. */
  checked: number;
  due: number;

  constructor(links: Links, most: number, reason: EndReason) {
    super(links);
    this.most = most;
    this.reason = reason;
    this.checked = -1;
    this.due = 0;
  }
}

/** A time-out in nanoseconds. */
function nanoseconds(name: string, seconds: number): number {
  if (!(seconds >= 0)) throw new RangeError(`FlowTable: ${name} is not a time: ${seconds}`);
  return Math.round(seconds * 1e9);
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
  /** In nanoseconds; the others are numbers, which every packet is compared with. */
  private readonly activeTimeout: bigint | null;
  private readonly key: FlowKey;
  private readonly flags: Flags;
  private readonly keys: KeyIndex;
  /** By id. */
  private readonly flows: (Flow | null)[];
  private readonly records: Records;
  /** Both, as the flows see them. */
  private readonly store: FlowStore;
  private readonly links: Links;
  /** A queue for each {@link Standing}: flows that are no connections are as if they were established. */
  private readonly queues: readonly TimeoutQueue[];
  /** The latest time of a packet. */
  private seconds: number;
  private nanoseconds: number;

  constructor(options: FlowTableOptions = {}) {
    const { limit = DEFAULT_LIMIT, activeTimeout = Number.POSITIVE_INFINITY } = options;
    if (!Number.isInteger(limit) || limit < 1)
      throw new RangeError(`FlowTable: a limit of at least 1 is wanted, not ${limit}`);
    this.packets = this.skipped = this.count = this.size = this.peak = 0;
    this.counts = { idle: 0, active: 0, closed: 0, reused: 0, evicted: 0, flushed: 0 };
    this.ended = this.counts;
    this.limit = limit;
    this.onEnd = options.onEnd;
    const active = nanoseconds("activeTimeout", activeTimeout);
    this.activeTimeout = active === Number.POSITIVE_INFINITY ? null : BigInt(active);
    this.key = new FlowKey(options);
    this.flags = new Flags();
    this.keys = new KeyIndex();
    this.flows = [];
    this.records = new Records();
    const { keys, records } = this;
    this.store = {
      of: (place) => records.of(place),
      at: (place) => records.at(place),
      words: (place) => keys.words(place),
    };
    this.links = new Links(this.keys.capacity);
    const queue = (name: "closedTimeout" | "newTimeout" | "idleTimeout", usual: number) =>
      new TimeoutQueue(
        this.links,
        nanoseconds(name, options[name] ?? usual),
        name === "closedTimeout" ? "closed" : "idle",
      );
    this.queues = [queue("closedTimeout", 5), queue("newTimeout", 60), queue("idleTimeout", 300)];
    this.seconds = this.nanoseconds = 0;
  }

  /** Counts a packet, and gives its flow; `undefined` where it has no addresses. Ends those whose time is over. */
  add(packet: Packet): Flow | undefined {
    this.packets++;
    const hasTime = packet.nanoseconds >= 0;
    const seconds = hasTime ? packet.seconds : this.seconds;
    const nanoseconds = hasTime ? packet.nanoseconds : this.nanoseconds;
    if (seconds > this.seconds || (seconds === this.seconds && nanoseconds > this.nanoseconds)) {
      this.seconds = seconds;
      this.nanoseconds = nanoseconds;
    }
    this.age();
    const { key } = this;
    if (!key.read(packet)) {
      this.skipped++;
      return undefined;
    }
    const network = key.network!;
    const { transport, connection } = key;
    const cut = cutOff(packet, network);
    const payload = payloadOf(transport ?? network) + cut;
    if (connection !== null) this.flags.read(transport!, connection, payload);
    const id = this.idFor(seconds, nanoseconds, connection !== null);
    const n = this.records.of(id);
    const at = this.records.at(id);
    const isOriginator = key.forward === ((n[at + Place.known]! & Known.forward) !== 0);
    const side = at + (isOriginator ? Place.originator : Place.responder);
    addTime(n, side, seconds, nanoseconds);
    n[side + Side.packets]!++;
    n[side + Side.bytes]! += packet.originalLength;
    n[side + Side.networkBytes]! += network.end - network.start + cut;
    n[side + Side.payload]! += payload;
    if (connection !== null) see(n, at, this.flags, isOriginator);
    const flow = this.flows[id]!;
    if (transport !== null && transport.upper !== null && !(n[at + Place.known]! & Known.service)) {
      flow.service = serviceOf(transport);
      if (flow.service !== null) n[at + Place.known]! |= Known.service;
    }
    this.use(id, n, at, connection === null ? Standing.established : standing(n, at));
    return flow;
  }

  /** Puts a flow into a queue, as the one that was used last. */
  private use(id: number, n: Float64Array, at: number, queue: number): void {
    n[at + Place.used] = this.packets;
    const before = n[at + Place.queue]!;
    if (queue === before) {
      this.queues[queue - 1]!.use(id);
      return;
    }
    if (before > 0) this.queues[before - 1]!.remove(id);
    this.queues[queue - 1]!.push(id);
    n[at + Place.queue] = queue;
  }

  /** Ends all flows that are open: the capture is over. */
  flush(): void {
    for (let id = this.longestQuiet(); id >= 0; id = this.longestQuiet()) this.end(id, "flushed");
  }

  /** Ends the flows that were quiet for as long as their queue allows. */
  private age(): void {
    const { queues, seconds } = this;
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[i]!;
      if (queue.oldest >= 0 && (queue.oldest !== queue.checked || seconds >= queue.due))
        this.ageIn(queue);
    }
  }

  private ageIn(queue: TimeoutQueue): void {
    const { records, seconds, nanoseconds } = this;
    for (let id = queue.oldest; id >= 0; id = queue.oldest) {
      const left = queue.most - sinceLast(records.of(id), records.at(id), seconds, nanoseconds);
      if (left >= 0) {
        queue.checked = id;
        queue.due = seconds + Math.floor(left / 1e9);
        return;
      }
      this.end(id, queue.reason);
    }
  }

  /** The id of the flow that the key names; made where there is none, or where it goes on as another. */
  private idFor(seconds: number, nanoseconds: number, hasFlags: boolean): number {
    const { key } = this;
    const id = this.keys.find(key.words, key.count, key.hash);
    if (id < 0) return this.begin(hasFlags, null);
    if (hasFlags && this.flags.isAttempt && this.flows[id]!.phase === "closed") {
      this.end(id, "reused");
      return this.begin(hasFlags, null);
    }
    if (this.isLong(id, seconds, nanoseconds)) {
      const flow = this.flows[id]!;
      this.end(id, "active");
      return this.begin(hasFlags, flow);
    }
    return id;
  }

  /** Whether a flow goes on for longer than the active time-out, at a time. */
  private isLong(id: number, seconds: number, nanoseconds: number): boolean {
    if (this.activeTimeout === null) return false;
    const now = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
    return now - this.flows[id]!.first > this.activeTimeout;
  }

  /** Who answers did not begin: then the other end is the originator. Another part of a flow has the one it had. */
  private begin(hasFlags: boolean, before: Flow | null): number {
    const { key, records } = this;
    if (this.size >= this.limit) this.end(this.longestQuiet(), "evicted");
    const isTurned =
      before === null ? hasFlags && this.flags.isAnswer : before.forward !== key.forward;
    const id = this.keys.add(key.words, key.count, key.hash);
    this.links.reserve(this.keys.capacity);
    records.clear(id);
    const n = records.of(id);
    const at = records.at(id);
    const transport = key.transport === null ? null : key.transport.schema.root;
    const network = key.network!.schema.root;
    const flow = new Flow(this.count++, network, transport, before, this.store, id);
    n[at + Place.known] =
      (key.forward === isTurned ? 0 : Known.forward) |
      (flow.service === null ? 0 : Known.service) |
      (hasFlags ? Known.connection : 0);
    if (hasFlags) beginConnection(n, at, isTurned, before);
    this.flows[id] = flow;
    if (++this.size > this.peak) this.peak = this.size;
    return id;
  }

  private end(id: number, reason: EndReason): void {
    const flow = this.flows[id]!;
    const queue = flow.numbers[flow.at + Place.queue]!;
    if (queue > 0) {
      this.queues[queue - 1]!.remove(id);
      this.queues[queue - 1]!.checked = -1;
    }
    flow.leave(reason);
    this.keys.remove(id);
    this.flows[id] = null;
    this.size--;
    this.counts[reason]++;
    this.onEnd?.(flow);
  }

  /** The id of the flow that was used before all others; -1 where there is none. */
  private longestQuiet(): number {
    let quietest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const { oldest } of this.queues) {
      if (oldest < 0) continue;
      const used = this.records.of(oldest)[this.records.at(oldest) + Place.used]!;
      if (used >= least) continue;
      quietest = oldest;
      least = used;
    }
    return quietest;
  }
}

/** Bytes that the capture cut off a packet, where they are the network layer's: padding is not told from them. */
const cutOff = (packet: Packet, network: Layer): number =>
  network.end === packet.end ? Math.max(0, packet.originalLength - packet.length) : 0;

const payloadOf = (top: Layer): number => Math.max(0, payloadEnd(top) - top.headerEnd);

/** The protocol above a transport; what a message quotes is none. */
const serviceOf = ({ upper, schema }: Layer): Schema | null =>
  upper === null || schema.spec.quotes ? null : upper.schema.root;
