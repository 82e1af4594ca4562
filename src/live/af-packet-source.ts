import { formatMac } from "../bytes/address.ts";
import { closedError } from "./errors.ts";
import { AfPacket, type AfPacketOptions, ARPHRD_LOOPBACK } from "./native/af-packet.ts";
import { Readiness } from "./native/readiness.ts";
import { Sender } from "./native/sender.ts";
import type {
  CaptureDirection,
  PacketFilter,
  PacketSink,
  PacketSource,
  SourceStats,
} from "./source.ts";

/** What rings and sockets are asked alike. */
export interface AfPacketSourceOptions extends AfPacketOptions {
  readonly direction?: CaptureDirection;
  readonly filter?: PacketFilter | null;
  /** Bytes kept of a packet; all unless told. */
  readonly snaplen?: number;
}

/** Bytes before each packet for the VLAN tag that the kernel takes out. */
export const TAG = 4;
export const ETHERNET = 1;
const OUTGOING = 4;
/** Bits of a packet's status: whether it had a tag, and whether the tag's type is told. */
export const VLAN_VALID = 0x10;
const TPID_VALID = 0x40;

/** The tag's type; IEEE 802.1Q where an old kernel does not say it. */
export const tagType = (status: number, tpid: number): number =>
  (status & TPID_VALID) !== 0 ? tpid : 0x8100;

/** Puts a VLAN tag back between addresses and type; the {@link TAG} bytes before `start` are free. */
export function putTag(bytes: Uint8Array, start: number, tci: number, type: number): void {
  const to = start - TAG;
  bytes.copyWithin(to, start, start + 12);
  bytes[to + 12] = type >> 8;
  bytes[to + 13] = type;
  bytes[to + 14] = tci >> 8;
  bytes[to + 15] = tci;
}

/** A program that takes every packet, and so many bytes of it; `null` where that is all of them. */
function keepOnly(snaplen: number): Uint8Array | null {
  if (snaplen >= 0xffff) return null;
  const program = new Uint8Array(8);
  const view = new DataView(program.buffer);
  view.setUint16(0, RETURN, true);
  view.setUint32(4, snaplen, true);
  return program;
}
/** `BPF_RET | BPF_K`. */
const RETURN = 6;

/** The common part of the sources over a packet socket; what differs is how packets come out of it. */
export abstract class AfPacketSource implements PacketSource {
  abstract readonly backend: "ring" | "socket";
  readonly name: string;
  readonly linkType: number;
  readonly mac: string;
  readonly mtu: number;
  protected readonly socket: AfPacket;
  /** Decides here where the kernel cannot. */
  protected filter: PacketFilter | null;
  protected isClosed: boolean;
  /** Bytes kept of a packet. */
  readonly snaplen: number;
  private readonly isLoopback: boolean;
  private readonly sender: Sender;
  private readiness: Readiness | null;
  private direction: CaptureDirection;

  constructor(device: string, options: AfPacketSourceOptions) {
    const socket = new AfPacket(device, options);
    this.socket = socket;
    this.name = device;
    this.linkType = socket.linkType;
    this.mac = formatMac(socket.facts.mac, 0);
    this.mtu = socket.facts.mtu;
    this.isLoopback = socket.facts.hardware === ARPHRD_LOOPBACK;
    this.filter = null;
    this.isClosed = false;
    this.snaplen = options.snaplen ?? Number.POSITIVE_INFINITY;
    this.sender = new Sender(socket);
    this.readiness = null;
    this.direction = "both";
  }

  /** The last step of opening: only now packets come, so that none passes by the filter. */
  protected start({ direction = "both", filter = null }: AfPacketSourceOptions): void {
    const { isTakenOver } = this.socket;
    if (!isTakenOver || filter !== null) this.setFilter(filter);
    this.setDirection(direction);
    if (!isTakenOver) this.socket.bind();
    this.readiness = new Readiness(this.socket.fd);
  }

  get fd(): number {
    return this.socket.fd;
  }

  abstract read(sink: PacketSink, most: number): number;

  protected check(): void {
    if (this.isClosed) throw closedError(this.name);
  }

  /** Whether packets of a kind are handed out. */
  protected isWanted(kind: number): boolean {
    const isOwn = kind === OUTGOING;
    // What goes out over the loopback interface comes in again: one of both is enough.
    if (isOwn && this.isLoopback) return this.direction === "out";
    return this.direction === "both" || isOwn === (this.direction === "out");
  }

  /** What the interface has to say when there is nothing to read though something was announced. */
  protected checkInterface(): void {
    const error = this.socket.pendingError();
    if (error !== null && error.code !== "ERR_DEVICE_DOWN") throw error;
  }

  async ready(timeout: number): Promise<boolean> {
    return this.readiness?.wait(timeout) ?? false;
  }

  wait(timeout: number): boolean {
    this.check();
    return this.readiness!.waitSync(timeout);
  }

  wake(): void {
    this.readiness?.wake();
  }

  inject(frame: Uint8Array): void {
    this.check();
    this.sender.send(frame);
  }

  sendBatch(frames: readonly Uint8Array[]): number {
    this.check();
    return this.sender.sendBatch(frames);
  }

  stats(): SourceStats {
    return { ...this.socket.stats(), interfaceDropped: 0 };
  }

  setFilter(filter: PacketFilter | null): void {
    this.check();
    // Of VLAN tags the kernel sees nothing where it runs filters: it has taken them out by then.
    const isOfTags = /\bvlan\b/.test(filter?.expression ?? "");
    const program = isOfTags ? null : (filter?.program?.toBytes() ?? null);
    this.filter = program === null ? filter : null;
    this.socket.setProgram(program ?? keepOnly(this.snaplen));
  }

  setDirection(direction: CaptureDirection): void {
    this.check();
    this.direction = direction;
    this.socket.ignoreOutgoing(direction === "in");
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.readiness?.close();
    this.readiness = null;
    this.sender.close();
    this.socket.close();
  }
}
