import type { Packet } from "../../packet/packet.ts";
import { ethernet } from "../../protocols/link/ethernet.ts";
import { ipv4 } from "../../protocols/network/ipv4.ts";
import { ipv6 } from "../../protocols/network/ipv6.ts";
import { sctp } from "../../protocols/transport/sctp/sctp.ts";
import { tcp } from "../../protocols/transport/tcp.ts";
import { udp } from "../../protocols/transport/udp.ts";
import { udpLite } from "../../protocols/transport/udp-lite.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Schema } from "../../schema/schema.ts";
import { type LayerVisitor, ShownLayers } from "../shown-layers.ts";
import { ConversationRows } from "./conversation-rows.ts";
import type { ConversationEnd } from "./end-words.ts";
import { Endpoints } from "./endpoints.ts";
import { mostFirst } from "./order.ts";
import { addFrame, allFramesOf, bytesOf, firstTime, framesOf, lastTime } from "./tally.ts";

export type { ConversationEnd } from "./end-words.ts";

/** What talks with what: hardware addresses, addresses, or addresses with ports. */
export const conversationKinds = ["eth", "ip", "ipv6", "tcp", "udp", "sctp"] as const;
/** One of {@link conversationKinds}: whose ends {@link Conversations} counts by. */
export type ConversationKind = (typeof conversationKinds)[number];

/** Frames and bytes that went one way; bytes are those of whole frames on the wire. */
export interface DirectionCount {
  readonly frames: number;
  readonly bytes: number;
}

/** What two ends said to each other. `a` is the end that sent the first frame. */
export interface ConversationCount {
  /** Of TCP and UDP the number that Wireshark calls `tcp.stream`, `udp.stream`; of others the order of the first frame. */
  readonly stream: number;
  readonly a: ConversationEnd;
  readonly b: ConversationEnd;
  readonly aToB: DirectionCount;
  readonly bToA: DirectionCount;
  readonly frames: number;
  readonly bytes: number;
  /** Nanoseconds since 1970; `undefined` where the capture has no times. */
  readonly first: bigint | undefined;
  readonly last: bigint | undefined;
}

/** How conversations are counted. */
export interface ConversationsOptions {
  /**
   * Conversations that are told apart at most, 500 000 when left out: about 60 MB, of IPv6 70 MB. What comes behind them counts
   * in `others`.
   */
  readonly limit?: number;
}

/** The protocols whose layers make up a kind. */
const schemas: Readonly<Record<ConversationKind, readonly Schema[]>> = {
  eth: [ethernet.schema],
  ip: [ipv4.schema],
  ipv6: [ipv6.schema],
  tcp: [tcp.schema],
  udp: [udp.schema, udpLite.schema],
  sctp: [sctp.schema],
};

/** The declarations that a kind looks at: for a dissector that knows no more than it must. */
export const schemasOf = (kind: ConversationKind): readonly Schema[] => schemas[kind];

/** A process that counts conversations and ends of one kind stays below 300 MB in a flood. */
export const CONVERSATIONS_LIMIT = 500_000;

/**
 * Counts who talked with whom, as `tshark -z conv` does: each header of a kind counts its frame, also in tunnels, but not in
 * what an ICMP error quotes. What is above IP fragments counts in the frame that completes the datagram.
 *
 * @example
 * const conversations = new Conversations("tcp");
 * for (const packet of openCapture("capture.pcap")) conversations.add(packet);
 * for (const one of conversations.list()) console.log(one.a.address, one.b.address, one.bytes);
 */
export class Conversations {
  readonly kind: ConversationKind;
  /** Frames beyond the limit of conversations. */
  readonly others: { frames: number; bytes: number };
  /** Time of the first packet of all, in nanoseconds since 1970; `undefined` where it had none. */
  start: bigint | undefined;
  private readonly layers: ShownLayers;
  /** By number; those that only quoted headers named have no frames. */
  private readonly rows: ConversationRows;
  private frame: Packet | null;
  private readonly visitor: LayerVisitor;

  constructor(kind: ConversationKind, options: ConversationsOptions = {}) {
    const { limit = CONVERSATIONS_LIMIT } = options;
    if (!(limit >= 1))
      throw new RangeError(`Conversations: a limit of at least 1 is wanted: ${limit}`);
    this.kind = kind;
    this.others = { frames: 0, bytes: 0 };
    this.start = undefined;
    this.layers = new ShownLayers();
    this.rows = new ConversationRows(isAddressed(kind), limit);
    this.frame = null;
    const [schema, second = schema] = schemas[kind];
    this.visitor = (layer, isQuoted) => {
      const { root } = layer.schema;
      if (root === schema || root === second) this.see(layer, isQuoted);
    };
  }

  /** Counts a packet; packets are to be given in order. */
  add(packet: Packet): void {
    if (this.frame === null) this.start = packet.time;
    this.frame = packet;
    this.layers.visit(packet, this.visitor);
  }

  private see(layer: Layer, isQuoted: boolean): void {
    const { rows } = this;
    const number = this.kind === "tcp" ? rows.findSegment(layer) : rows.find(layer);
    if (isQuoted) return;
    const { originalLength, seconds, nanoseconds } = this.frame!;
    if (number < 0) {
      this.others.frames++;
      this.others.bytes += originalLength;
      return;
    }
    const direction = rows.isForward ? 0 : 1;
    if (addFrame(rows.rows, direction, originalLength, seconds, nanoseconds)) rows.markFirst();
  }

  /** What was counted, in the order of the first frames. */
  list(): ConversationCount[] {
    return [...this];
  }

  /** As {@link list}, one by one: a long list as objects takes much more memory than the counts. */
  *[Symbol.iterator](): Generator<ConversationCount, void, undefined> {
    for (let number = 0; number < this.rows.count; number++)
      if (this.framesOf(number) > 0) yield this.at(number);
  }

  /** The numbers of the conversations, the one with the most frames first. */
  mostFirst(): Uint32Array {
    return mostFirst(this.rows.count, (number) => this.framesOf(number));
  }

  /** What was counted of a conversation, by its number. */
  at(number: number): ConversationCount {
    const { rows } = this.rows;
    const first = this.rows.beganForward(number) ? 0 : 1;
    const side = (direction: number): DirectionCount => ({
      frames: framesOf(rows, direction),
      bytes: bytesOf(rows, direction),
    });
    const [aToB, bToA] = [side(first), side(1 - first)];
    return {
      stream: number,
      a: this.rows.endOf(number, true),
      b: this.rows.endOf(number, false),
      aToB,
      bToA,
      frames: aToB.frames + bToA.frames,
      bytes: aToB.bytes + bToA.bytes,
      first: firstTime(rows),
      last: lastTime(rows),
    };
  }

  private framesOf(number: number): number {
    return allFramesOf(this.rows.rows, number);
  }

  /** Sums up the conversations by their ends: as `endpointsOf`, in little memory. */
  endpoints(): Endpoints {
    const { rows } = this;
    const all = new Endpoints(rows.ends);
    for (let number = 0; number < rows.count; number++) {
      if (this.framesOf(number) === 0) continue;
      const first = rows.beganForward(number) ? 0 : 1;
      const a = all.find(rows.readEnd(number, true));
      const b = all.find(rows.readEnd(number, false));
      for (const [from, to, way] of [
        [a, b, first],
        [b, a, 1 - first],
      ] as const)
        all.add(from, to, framesOf(rows.rows, way), bytesOf(rows.rows, way));
    }
    return all;
  }
}

/** Whether the ends of a kind are addresses without ports. */
const isAddressed = (kind: ConversationKind): boolean =>
  kind === "eth" || kind === "ip" || kind === "ipv6";
