import { commonDecoders, type Decoders } from "../bytes/content-coding.ts";
import { ConversationTable } from "../flow/conversations.ts";
import type { Dissector } from "../packet/dissector.ts";
import type { Packet } from "../packet/packet.ts";
import { udp } from "../protocols/transport/udp.ts";
import { TcpReassembly } from "../reassembly/tcp.ts";
import { FollowCollector } from "../reassembly/tcp-follow.ts";
import type { TcpStream } from "../reassembly/tcp-stream.ts";
import { type Layer, viewOf } from "../schema/layer.ts";
import { payloadEnd } from "../schema/layout.ts";
import type { ViewOf } from "../schema/protocol.ts";
import { StreamAnalysis } from "./analysis.ts";
import type { ConnectionInfo } from "./event.ts";
import type { AnalysisEvent } from "./events.ts";
import { HttpBodies } from "./http/bodies.ts";
import type { HttpField, HttpMessageEvent } from "./http/events.ts";

/** What can be followed: bytes of streams and datagrams, or messages of applications. */
export const followProtocols = ["tcp", "udp", "http", "http2", "tls"] as const;
/** One of {@link followProtocols}: whose conversations {@link follow} gives. */
export type FollowProtocol = (typeof followProtocols)[number];

/** An end of a conversation. */
export interface FollowNode {
  readonly address: string;
  readonly port: number;
}

/** What one end said at once, or bytes that are missing. */
export interface FollowPiece {
  readonly node: 0 | 1;
  /** `null` where bytes are missing. */
  readonly bytes: Uint8Array | null;
  readonly length: number;
  /** The packet that brought it, or its end. */
  readonly packet: number;
  /** Nanoseconds since 1970 of that packet, where it is known. */
  readonly time: bigint | undefined;
}

/** A conversation from its beginning to its end. */
export interface FollowedConversation {
  readonly protocol: FollowProtocol;
  /** Number of the stream, as in `tcp.stream` or `udp.stream`. */
  readonly index: number;
  /** Who sent the first packet, and the other end. */
  readonly nodes: readonly [FollowNode, FollowNode];
  readonly pieces: readonly FollowPiece[];
}

/** What is followed. */
export interface FollowerOptions {
  readonly protocol: FollowProtocol;
  /** The only stream that is wanted; all unless told. */
  readonly stream?: number;
  readonly dissector?: Dissector;
  /** What takes content codings off HTTP's messages. */
  readonly decoders?: Decoders;
  /** Takes each conversation that has anything when it is over. */
  readonly onConversation: (conversation: FollowedConversation) => void;
}

/** Takes packets, and gives conversations when they are over. */
export interface Follower {
  add(packet: Packet): void;
  /** Ends all: the capture is over. */
  flush(): void;
}

/**
 * Follows conversations: what was said, in order, by either end. Of `tcp` and `udp` these are bytes as they came, without
 * what was sent again; of `http` messages with their content decoded; of `http2` frames and of `tls` records, encrypted as
 * they are.
 */
export function follow(options: FollowerOptions): Follower {
  if (options.protocol === "tcp") return followTcp(options);
  if (options.protocol === "udp") return new UdpFollower(options);
  return new MessageFollower(options);
}

function followTcp({ stream, onConversation }: FollowerOptions): Follower {
  const consumer = new FollowCollector({
    ...(stream === undefined ? {} : { streams: new Set([stream]) }),
    onStream: ({ stream: one, chunks }) => {
      const pieces = chunks.map(({ node, bytes, length, packet, time }) => {
        return { node, bytes, length, packet, time };
      });
      if (pieces.length > 0)
        onConversation({ protocol: "tcp", index: one.index, nodes: nodesOf(one), pieces });
    },
  });
  return new TcpReassembly({ consumer });
}

function nodesOf(stream: TcpStream): [FollowNode, FollowNode] {
  const client = { address: stream.src, port: stream.srcPort };
  const server = { address: stream.dst, port: stream.dstPort };
  return stream.first === 0 ? [client, server] : [server, client];
}

/** What is kept of one conversation. */
interface Draft {
  nodes: [FollowNode, FollowNode] | null;
  readonly pieces: FollowPiece[];
}

/** Datagrams of UDP: nothing is sent again, and each is a piece. */
class UdpFollower implements Follower {
  private readonly table: ConversationTable<Draft>;
  private readonly found: Map<number, Draft>;
  private readonly options: FollowerOptions;

  constructor(options: FollowerOptions) {
    this.table = new ConversationTable<Draft>(() => ({ nodes: null, pieces: [] }));
    this.found = new Map();
    this.options = options;
  }

  add(packet: Packet): void {
    for (let l = packet.first; l !== null; l = l.upper) {
      if (l.schema.root !== udp.schema) continue;
      const { index, state } = this.table.find(l);
      if (l.lower?.schema.spec.quotes || !this.isWanted(index)) continue;
      const nodes = endsOf(l);
      if (nodes === null) continue;
      state.nodes ??= nodes;
      const [first] = state.nodes;
      const isFirst = first.address === nodes[0].address && first.port === nodes[0].port;
      const bytes = l.bytes.slice(l.headerEnd, payloadEnd(l));
      if (bytes.length === 0) continue;
      const { number, time } = packet;
      state.pieces.push({
        ...{ node: isFirst ? 0 : 1, bytes, length: bytes.length, packet: number, time },
      });
      this.found.set(index, state);
    }
  }

  private isWanted(index: number): boolean {
    return this.options.stream === undefined || this.options.stream === index;
  }

  flush(): void {
    const { onConversation } = this.options;
    for (const [index, { nodes, pieces }] of [...this.found].sort(([a], [b]) => a - b))
      onConversation({ protocol: "udp", index, nodes: nodes!, pieces });
    this.found.clear();
  }
}

/** The ends of a datagram, its sender first. */
function endsOf(layer: Layer): [FollowNode, FollowNode] | null {
  const network = layer.lower;
  const ends = network?.schema.spec.endpoints;
  if (network === null || !ends) return null;
  const addresses = viewOf(network) as Record<string, string>;
  const { srcPort, dstPort } = viewOf(layer) as ViewOf<typeof udp>;
  return [
    { address: addresses[ends.src]!, port: srcPort },
    { address: addresses[ends.dst]!, port: dstPort },
  ];
}

/** Messages of an application. */
class MessageFollower implements Follower {
  private readonly analysis: StreamAnalysis;
  private readonly options: FollowerOptions;
  private readonly drafts: Map<number, Draft>;
  private readonly bodies: HttpBodies;

  constructor(options: FollowerOptions) {
    this.options = options;
    this.drafts = new Map();
    this.bodies = new HttpBodies({ decoders: options.decoders ?? commonDecoders });
    const isHttp = options.protocol === "http";
    this.analysis = new StreamAnalysis({
      onEvent: (event) => {
        if (isHttp) this.takeHttp(event);
      },
      ...(options.dissector === undefined ? {} : { dissector: options.dissector }),
      ...(isHttp ? {} : { onMessage: (message, info) => this.takeMessage(message, info) }),
    });
  }

  add(packet: Packet): void {
    this.analysis.add(packet);
  }

  flush(): void {
    this.analysis.flush();
    for (const [index, { nodes, pieces }] of [...this.drafts].sort(([a], [b]) => a - b))
      this.options.onConversation({
        ...{ protocol: this.options.protocol, index, nodes: nodes!, pieces },
      });
    this.drafts.clear();
  }

  private piecesOf(info: ConnectionInfo): FollowPiece[] | null {
    const { stream } = this.options;
    if (stream !== undefined && stream !== info.index) return null;
    let draft = this.drafts.get(info.index);
    if (draft === undefined) {
      const client = { address: info.src, port: info.srcPort };
      draft = { nodes: [client, { address: info.dst, port: info.dstPort }], pieces: [] };
      this.drafts.set(info.index, draft);
    }
    return draft.pieces;
  }

  private takeMessage(
    { side, layers }: { readonly side: 0 | 1; readonly layers: readonly Layer[] },
    info: ConnectionInfo,
  ): void {
    const [layer] = layers;
    if (layer?.schema.about.prefix !== this.options.protocol) return;
    const { bytes } = layer;
    this.piecesOf(info)?.push({
      ...{ node: side, bytes, length: bytes.length, packet: 0, time: undefined },
    });
  }

  private takeHttp(event: AnalysisEvent): void {
    if (event.type === "http.request" || event.type === "http.response") {
      const pieces = this.piecesOf(event.connection);
      const bytes = headerBytes(event);
      pieces?.push({ node: event.place.side, bytes, length: bytes.length, ...originOf(event) });
    }
    const body = this.bodies.take(event);
    if (body === null || body.bytes.length === 0) return;
    const { bytes, end } = body;
    this.piecesOf(event.connection)?.push({
      ...{ node: end.message.place.side, bytes, length: bytes.length, ...originOf(end) },
    });
  }
}

function originOf({ place }: AnalysisEvent): { packet: number; time: bigint | undefined } {
  const { seconds, nanoseconds } = place;
  const time = nanoseconds < 0 ? undefined : BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
  return { packet: place.packets.at(-1) ?? 0, time };
}

/** The header of a message as it would be sent. */
function headerBytes(message: HttpMessageEvent): Uint8Array {
  const start =
    message.type === "http.request"
      ? `${message.method} ${message.target} HTTP/${message.version}`
      : `HTTP/${message.version} ${message.status} ${message.reason}`;
  const lines = message.headers.map(({ name, value }: HttpField) => `${name}: ${value}`);
  const text = `${[start, ...lines].join("\r\n")}\r\n\r\n`;
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}
