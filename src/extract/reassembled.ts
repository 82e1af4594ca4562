import type { Packet } from "../packet/packet.ts";
import type { Datagram } from "../reassembly/datagram.ts";
import { IpReassembly, type IpReassemblyOptions } from "../reassembly/ip.ts";
import { TcpReassembly } from "../reassembly/tcp.ts";
import { type CollectedStream, StreamCollector } from "../reassembly/tcp-collector.ts";
import type { TcpReassemblyOptions } from "../reassembly/tcp-options.ts";

/** What is put together on the way, and what becomes of it. */
export interface ReassembleOptions {
  /** Datagrams of IPv4 and IPv6 from their fragments. */
  readonly ip?: boolean;
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  /** Streams of TCP. */
  readonly tcp?: boolean;
  /** Whether what is not complete is given too, at the end; true when left out. It says `completed: false`. */
  readonly includeIncomplete?: boolean;
  /** Whether what is finished is kept for `reassembly`; true when left out. */
  readonly store?: boolean;
  /** Bytes of finished data kept at most, 256 MiB when left out; what comes behind only reaches the callbacks. */
  readonly maxBytes?: number;
  /** Takes each datagram when it is finished. */
  readonly onDatagram?: (datagram: Datagram) => void;
  /** Takes each stream when it is finished. */
  readonly onStream?: (stream: CollectedStream) => void;
  /** How fragments are put together. */
  readonly ipOptions?: IpReassemblyOptions;
  /** How segments are put together. */
  readonly tcpOptions?: Omit<TcpReassemblyOptions, "consumer">;
}

/** What was put together, in the order of being finished. */
export interface Reassembled {
  readonly ipv4: readonly Datagram[];
  readonly ipv6: readonly Datagram[];
  readonly tcp: readonly CollectedStream[];
}

const MOST = 256 << 20;

/** Puts the packets of an extraction together. */
export class ReassemblyPass {
  readonly results: { ipv4: Datagram[]; ipv6: Datagram[]; tcp: CollectedStream[] };
  /** Finished ones that were not kept since the limit was reached. */
  left: number;
  private readonly options: ReassembleOptions;
  private readonly ip: IpReassembly | null;
  private readonly tcp: TcpReassembly | null;
  private readonly versions: ReadonlySet<number>;
  private size: number;

  constructor(options: ReassembleOptions) {
    const { ip = false, ipv4 = ip, ipv6 = ip, tcp = false, includeIncomplete = true } = options;
    this.options = options;
    this.results = { ipv4: [], ipv6: [], tcp: [] };
    this.left = 0;
    this.size = 0;
    this.versions = new Set([...(ipv4 ? [4] : []), ...(ipv6 ? [6] : [])]);
    this.ip = this.versions.size > 0 ? new IpReassembly(options.ipOptions) : null;
    this.ip?.onCompleted((one) => this.datagram(one));
    if (includeIncomplete) this.ip?.onIncomplete((one) => this.datagram(one));
    const onStream = (stream: CollectedStream): void => {
      if (includeIncomplete || stream.completed) this.stream(stream);
    };
    const consumer = new StreamCollector({ onStream });
    this.tcp = tcp ? new TcpReassembly({ ...options.tcpOptions, consumer }) : null;
  }

  add(packet: Packet): void {
    this.ip?.add(packet);
    this.tcp?.add(packet);
  }

  /** Nothing more comes: what is not complete is given up. */
  finish(): void {
    this.ip?.flush();
    this.tcp?.flush();
  }

  private datagram(one: Datagram): void {
    const { version } = one.id;
    if (!this.versions.has(version)) return;
    this.options.onDatagram?.(one);
    const size = one.completed
      ? one.payload.length
      : one.payload.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (this.keeps(size)) (version === 4 ? this.results.ipv4 : this.results.ipv6).push(one);
  }

  private stream(one: CollectedStream): void {
    this.options.onStream?.(one);
    if (this.keeps(one.client.size + one.server.size)) this.results.tcp.push(one);
  }

  private keeps(size: number): boolean {
    const { store = true, maxBytes = MOST } = this.options;
    if (!store) return false;
    if (this.size + size > maxBytes) {
      this.left++;
      return false;
    }
    this.size += size;
    return true;
  }
}
