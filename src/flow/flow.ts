import type { Schema } from "../schema/schema.ts";
import { readFixed } from "../schema/value.ts";
import { communityIdOf } from "./community-id.ts";
import type { Connection, ConnectionState, Phase } from "./connection.ts";
import type { FlowKey } from "./key.ts";
import { flowFacts } from "./place.ts";

/**
 * Why a flow ended: nothing came for long (`idle`), it went on for long and a new part began (`active`), its connection was
 * over (`closed`), the same ends began anew (`reused`), the table was full (`evicted`), or the capture ended (`flushed`).
 */
export type EndReason = "idle" | "active" | "closed" | "reused" | "evicted" | "flushed";

/** What one side of a flow sent. */
export class FlowSide {
  packets = 0;
  /** Bytes of the frames on the wire. */
  bytes = 0;
  /** Bytes from the network header on, without padding. */
  networkBytes = 0;
  /** Bytes behind the transport header; what was sent twice counts twice. */
  payload = 0;
  /** Times of the first and the last packet, in nanoseconds since 1970; `undefined` where there is none. */
  first: bigint | undefined = undefined;
  last: bigint | undefined = undefined;
}

/** Packets between two ends, in both directions. */
export class Flow {
  /** From 0, in order of the first packet. */
  readonly index: number;
  /** What the flow is known by: see {@link FlowKey}. */
  readonly key: Uint8Array;
  /** Of a flow that goes on after the active time-out: how many parts came before. */
  readonly part: number;
  readonly network: Schema;
  /** The protocol with ports, or of messages; `null` where there is none, as for later fragments. */
  readonly transport: Schema | null;
  /** The number of the protocol above the network layer; -1 where no field gives it. */
  readonly protocol: number;
  /** Ports of either end. Of messages, type and counterpart, or type and code where nothing answers. */
  readonly srcPort: number;
  readonly dstPort: number;
  /** A message that nothing answers. */
  readonly oneWay: boolean;
  /** The identifier of messages; -1 where they have none. */
  readonly id: number;
  readonly tags: readonly number[];
  /** The first protocol that was seen above the transport. */
  service: Schema | null;
  /** The side that began, as far as can be told. */
  readonly originator: FlowSide;
  readonly responder: FlowSide;
  readonly connection: Connection | null;
  /** Times of the first and the last packet, in nanoseconds since 1970. */
  first: bigint;
  last: bigint;
  /** `null` as long as it is in its table. */
  reason: EndReason | null;
  /** Whether the originator is the end that stands first in the key. */
  readonly forward: boolean;
  private readonly addressLength: number;

  constructor(
    index: number,
    key: FlowKey,
    isTurned: boolean,
    time: bigint,
    before: Flow | null,
    connection: Connection | null,
  ) {
    this.index = index;
    this.key = key.bytes.slice(0, key.length);
    this.part = before === null ? 0 : before.part + 1;
    this.network = key.network!.schema.root;
    this.transport = key.transport?.schema.root ?? null;
    this.protocol = key.protocol;
    this.srcPort = isTurned ? key.dstPort : key.srcPort;
    this.dstPort = isTurned ? key.srcPort : key.dstPort;
    this.oneWay = key.oneWay;
    this.id = key.id;
    this.tags = key.tags.slice();
    this.service = before?.service ?? null;
    this.originator = new FlowSide();
    this.responder = new FlowSide();
    this.connection = connection;
    this.first = time;
    this.last = time;
    this.reason = null;
    this.forward = key.forward !== isTurned;
    this.addressLength = key.addressLength;
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
    const n = this.addressLength;
    return isFirst ? this.key.subarray(0, n) : this.key.subarray(n, 2 * n);
  }

  private address(isFirst: boolean): string {
    const { field } = this.network.find(this.network.spec.endpoints!.src)!.item;
    return String(readFixed(field!, this.bytesOf(isFirst), 0, 0));
  }

  /** Nanoseconds between the first and the last packet. */
  get duration(): bigint {
    return this.last - this.first;
  }

  /** Where the flow stands. Without connections it is new until both sides were seen. */
  get phase(): Phase {
    if (this.connection !== null) return this.connection.phase;
    return this.originator.packets > 0 && this.responder.packets > 0 ? "established" : "new";
  }

  /** How it went. */
  get state(): ConnectionState {
    if (this.connection !== null) return this.connection.state;
    if (this.isMessages || this.transport === null) return "OTH";
    if (this.originator.packets === 0) return "SHR";
    return this.responder.packets === 0 ? "S0" : "SF";
  }

  /** The Community ID; `undefined` where no protocol number is known. */
  communityId(seed = 0): string | undefined {
    if (this.protocol < 0) return undefined;
    const { protocol, srcPort, dstPort, oneWay } = this;
    const [src, dst] = [this.bytesOf(this.forward), this.bytesOf(!this.forward)];
    return communityIdOf({ src, dst, protocol, srcPort, dstPort, oneWay }, seed);
  }
}
