import { defaultDissector } from "../capture/open.ts";
import type { Dissector } from "../packet/dissector.ts";
import { Packet } from "../packet/packet.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import { LiveCollector } from "./collector.ts";
import type { PacketFilter, PacketKind, PacketSource, SourceStats } from "./source.ts";

/** How long a socket waits for a packet unless told, in milliseconds. */
const PATIENCE = 3000;

/** How a {@link PacketSocket} reads what it receives, and how long it waits. */
export interface PacketSocketOptions {
  /** Which protocols take part; all of this package when left out. */
  readonly dissector?: Dissector;
  /** The protocol that packets begin with, where that is not the link type's. */
  readonly lowest?: AnyProtocol;
  /** Milliseconds that {@link PacketSocket.receive} and its like wait at most; 3000 unless told, `Infinity` for ever. */
  readonly timeout?: number;
  /** Whether packets that this computer sent are received too. */
  readonly own?: boolean;
}

/** How long one call of a {@link PacketSocket} waits, and for what. */
export interface ReceiveOptions {
  /** Milliseconds to wait at most; that of the socket unless told. */
  readonly timeout?: number;
  /** Packets wanted; one unless told. */
  readonly max?: number;
  /** The protocol that packets begin with, where that is not the socket's: the layers below are not shown. */
  readonly lowestLayer?: AnyProtocol;
  /** Ends the waiting: what came until then is given. */
  readonly signal?: AbortSignal;
}

/** What came in time. */
export interface Received {
  readonly packets: Packet[];
  /** Whether the time ran out before all were there. */
  readonly timedOut: boolean;
}

/** Says of a packet whether it is wanted; `"stop"` ends the waiting. */
export type Wanted = (packet: Packet) => boolean | "stop";

/**
 * Sends and receives packets over an interface or a simulated link, one by one. Packets received own their bytes: they may be
 * kept and changed. For thousands of packets a second there is `capture`.
 *
 * @example
 * const socket = new PacketSocket(link.attach("client"));
 * const { packets } = await socket.sendReceive(build(ethernet(), ipv4({ dst: "192.0.2.1" }), icmp.echo()));
 */
export class PacketSocket implements AsyncIterable<Packet> {
  readonly source: PacketSource;
  private readonly dissector: Dissector;
  private readonly collector: LiveCollector;
  private readonly timeout: number;
  private readonly own: boolean;
  private lastKind: PacketKind | undefined;
  private isClosed: boolean;

  constructor(source: PacketSource, options: PacketSocketOptions = {}) {
    this.source = source;
    this.dissector = options.dissector ?? defaultDissector();
    this.collector = new LiveCollector(this.dissector, source.linkType, options.lowest);
    this.timeout = checkedTimeout(options.timeout) ?? PATIENCE;
    this.own = options.own ?? false;
    this.lastKind = undefined;
    this.isClosed = false;
  }

  /** The interface. */
  get name(): string {
    return this.source.name;
  }

  /** How the packet came that was received last. */
  get kind(): PacketKind | undefined {
    return this.lastKind;
  }

  /** Sends a packet, its lengths and checksums brought up to date, or bytes as they are. */
  send(packet: Packet | Uint8Array): void {
    this.source.inject(packet instanceof Packet ? packet.bytes() : packet);
  }

  /** The next packet; `null` when none came in time or the socket was closed meanwhile. */
  async receive({ timeout, signal }: ReceiveOptions = {}): Promise<Packet | null> {
    const end = performance.now() + (checkedTimeout(timeout) ?? this.timeout);
    const wake = (): void => this.source.wake();
    signal?.addEventListener("abort", wake);
    try {
      for (;;) {
        if (this.isClosed || signal?.aborted) return null;
        const packet = this.poll();
        if (packet !== null) return packet;
        const left = end - performance.now();
        if (left <= 0) return null;
        await this.source.ready(left);
      }
    } finally {
      signal?.removeEventListener("abort", wake);
    }
  }

  /** The next packet that is there already; `null` for none. */
  poll(): Packet | null {
    const { collector } = this;
    while (this.source.read(collector, 1) > 0) {
      const [packet] = collector.take();
      const kind = collector.kindOf(packet!);
      if (kind === "outgoing" && !this.own) continue;
      this.lastKind = kind;
      return packet!.copy();
    }
    return null;
  }

  /** Packets until none comes within the time of the socket, or it is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, undefined> {
    for (;;) {
      const packet = await this.receive();
      if (packet === null) return;
      yield packet;
    }
  }

  /** Waits for packets that are wanted. What came in time is given, also when that is less. */
  async receivePackets(wanted: Wanted, options: ReceiveOptions = {}): Promise<Received> {
    const { max = 1, lowestLayer, signal } = options;
    if (!(max >= 1)) throw new RangeError(`max: at least one packet is wanted, not ${max}`);
    const end = performance.now() + (checkedTimeout(options.timeout) ?? this.timeout);
    const packets: Packet[] = [];
    while (packets.length < max) {
      const timeout = Math.max(0, end - performance.now());
      const packet = await this.receive(signal === undefined ? { timeout } : { timeout, signal });
      if (packet === null) return { packets, timedOut: !this.isClosed && signal?.aborted !== true };
      const shown = lowestLayer === undefined ? packet : this.above(packet, lowestLayer);
      if (shown === null) continue;
      const verdict = wanted(shown);
      if (verdict === "stop") break;
      if (verdict) packets.push(shown);
    }
    return { packets, timedOut: false };
  }

  /** The packet from its first layer of a protocol on; `null` where it has none. */
  private above(packet: Packet, lowest: AnyProtocol): Packet | null {
    const layer = packet.layers.find(({ schema }) => schema.root === lowest.schema.root);
    if (layer === undefined) return null;
    return this.dissector.dissect(packet.data.slice(layer.start, layer.end), lowest);
  }

  /**
   * Sends a packet and waits for what answers it (`Packet.answers`): addresses and ports exchanged, and what the protocols
   * say of requests and answers.
   */
  sendReceive(packet: Packet, options: ReceiveOptions = {}): Promise<Received> {
    const { lowestLayer, ...others } = options;
    this.send(packet);
    const request =
      lowestLayer === undefined ? packet : (this.above(packet, lowestLayer) ?? packet);
    return this.receivePackets(
      (one) => one.answers(request),
      lowestLayer === undefined ? others : { ...others, lowestLayer },
    );
  }

  stats(): SourceStats {
    return this.source.stats();
  }

  /** Which packets are received from now on. */
  setFilter(filter: PacketFilter | null): void {
    this.source.setFilter(filter);
  }

  /** Gives the interface back; whoever waits gets what came until now. */
  close(): void {
    this.isClosed = true;
    this.source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function checkedTimeout(timeout: number | undefined): number | undefined {
  if (timeout === undefined || timeout >= 0) return timeout;
  throw new RangeError(`timeout: ${timeout} is no number of milliseconds`);
}
