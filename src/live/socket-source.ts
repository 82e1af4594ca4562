import {
  AfPacketSource,
  type AfPacketSourceOptions,
  ETHERNET,
  putTag,
  TAG,
  tagType,
  VLAN_VALID,
} from "./af-packet-source.ts";
import { SOL_PACKET } from "./native/af-packet.ts";
import { addressOf, errno, pinned } from "./native/ffi.ts";
import { Errno, int, libc } from "./native/libc.ts";
import type { PacketSink } from "./source.ts";

/** How a socket is opened. */
export interface SocketOptions extends AfPacketSourceOptions {
  /** Bytes that wait at most; what the system gives unless told. */
  readonly bufferSize?: number;
}

const PACKET_AUXDATA = 8;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;
/** Packets taken by one call, and room for each. */
const BATCH = 16;
const SLOT = 1 << 16;
const MMSGHDR = 64;
const IOVEC = 16;
const NAME = 20;
/** A control message: its header, `struct tpacket_auxdata`, and a time. */
const CONTROL = 96;
const CMSG_HEADER = 16;
const SO_TIMESTAMPNS = 35;
const SOL_SOCKET = 1;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;

/**
 * A packet socket without a ring: each packet is copied once, and is there the moment it comes. For requests and answers,
 * and for one EtherType; Linux only. Needs CAP_NET_RAW, and no libpcap.
 */
export class SocketSource extends AfPacketSource {
  override readonly backend = "socket";
  private readonly pool: Uint8Array;
  private readonly messages: Buffer;
  private readonly vectors: Buffer;
  private readonly names: Buffer;
  private readonly controls: Buffer;
  /** Of what the last call took, the packets that were not handed out yet. */
  private next: number;
  private taken: number;
  private readonly isCooked: boolean;

  constructor(device: string, options: SocketOptions = {}) {
    super(device, options);
    this.pool = new Uint8Array(new ArrayBuffer(BATCH * (SLOT + TAG)));
    this.messages = pinned(BATCH * MMSGHDR);
    this.vectors = pinned(BATCH * IOVEC);
    this.names = pinned(BATCH * NAME);
    this.controls = pinned(BATCH * CONTROL);
    this.next = this.taken = 0;
    this.isCooked = options.cooked ?? false;
    try {
      this.layOut();
      if (options.bufferSize !== undefined) this.socket.setBuffer(options.bufferSize);
      this.socket.set(SOL_PACKET, PACKET_AUXDATA, int(1), 4, "VLAN tags");
      this.socket.set(SOL_SOCKET, SO_TIMESTAMPNS, int(1), 4, "times");
      this.start(options);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Writes down once where each message has its parts. */
  private layOut(): void {
    const { messages, vectors } = this;
    const [pool, vectorsAt] = [addressOf(this.pool), addressOf(vectors)];
    const [names, controls] = [addressOf(this.names), addressOf(this.controls)];
    for (let i = 0; i < BATCH; i++) {
      const [message, vector] = [i * MMSGHDR, i * IOVEC];
      vectors.writeBigUInt64LE(pool + BigInt(i * (SLOT + TAG) + TAG), vector);
      vectors.writeBigUInt64LE(BigInt(SLOT), vector + 8);
      messages.writeBigUInt64LE(names + BigInt(i * NAME), message);
      messages.writeBigUInt64LE(vectorsAt + BigInt(vector), message + 16);
      messages.writeBigUInt64LE(1n, message + 24);
      messages.writeBigUInt64LE(controls + BigInt(i * CONTROL), message + 32);
    }
    this.giveRoom(BATCH);
  }

  /** Says again how much room there is beside the first messages: the kernel writes there how much it took. */
  private giveRoom(count: number): void {
    for (let i = 0; i < count; i++) {
      this.messages.writeUInt32LE(NAME, i * MMSGHDR + 8);
      this.messages.writeUInt32LE(CONTROL, i * MMSGHDR + 40);
    }
  }

  read(sink: PacketSink, most: number): number {
    this.check();
    let count = 0;
    while (count < most) {
      // What was handed out of the pool stays until the next call.
      if (this.next === this.taken && (count > 0 || !this.receive())) break;
      if (this.hand(sink, this.next++)) count++;
    }
    return count;
  }

  /** Takes packets from the kernel; false where there are none. */
  private receive(): boolean {
    const { fd } = this.socket;
    this.giveRoom(this.taken);
    const n = libc().recvmmsg(fd, this.messages, BATCH, MSG_DONTWAIT | MSG_TRUNC, null);
    this.next = 0;
    this.taken = Math.max(0, n);
    if (n >= 0) return n > 0;
    const number = errno();
    // An interface that is down says so once, and goes on when it is up.
    const isPassing = number === Errno.EINTR || number === Errno.ENETDOWN;
    if (number === Errno.EAGAIN || (isPassing && this.socket.isThere)) return false;
    throw this.socket.errorOf(number, "receiving");
  }

  /** Hands out a packet of the pool; false for one that is not wanted. */
  private hand(sink: PacketSink, i: number): boolean {
    const kind = this.names[i * NAME + 10]!;
    if (!this.isWanted(kind) || (this.isCooked && !this.isIp(i))) return false;
    const beside = this.control(i);
    const { seconds, nanoseconds, status, tci, tpid } = beside;
    let { length } = beside;
    let start = i * (SLOT + TAG) + TAG;
    let end = start + Math.min(this.messages.readUInt32LE(i * MMSGHDR + 56), SLOT);
    if ((status & VLAN_VALID) !== 0 && this.linkType === ETHERNET) {
      putTag(this.pool, start, tci, tagType(status, tpid));
      start -= TAG;
      length += TAG;
    }
    if (end - start > this.snaplen) end = start + this.snaplen;
    const { filter, pool } = this;
    if (filter !== null && !filter.filter(pool.subarray(start, end), length)) return false;
    sink.packet(pool, start, end, length, seconds, nanoseconds, kind);
    return true;
  }

  /** Whether a packet without its link-layer header is one of IP: others say nowhere what they are. */
  private isIp(i: number): boolean {
    const type = this.names.readUInt16BE(i * NAME + 2);
    return type === IPV4 || type === IPV6;
  }

  /** What came beside a packet: its time, and the VLAN tag that was taken out. */
  private control(i: number): Beside {
    const { controls, messages } = this;
    const length = messages.readUInt32LE(i * MMSGHDR + 56);
    const beside: Beside = { length, seconds: 0, nanoseconds: 0, status: 0, tci: 0, tpid: 0 };
    const end = i * CONTROL + messages.readUInt32LE(i * MMSGHDR + 40);
    for (let at = i * CONTROL; at + CMSG_HEADER <= end; ) {
      const length = controls.readUInt32LE(at);
      if (length < CMSG_HEADER) break;
      const level = controls.readInt32LE(at + 8);
      const type = controls.readInt32LE(at + 12);
      const data = at + CMSG_HEADER;
      if (level === SOL_PACKET && type === PACKET_AUXDATA) {
        beside.status = controls.readUInt32LE(data);
        // A filter may have cut the packet: what it had on the wire is told here only.
        beside.length = controls.readUInt32LE(data + 4);
        beside.tci = controls.readUInt16LE(data + 16);
        beside.tpid = controls.readUInt16LE(data + 18);
      } else if (level === SOL_SOCKET && type === SO_TIMESTAMPNS) {
        beside.seconds = Number(controls.readBigInt64LE(data));
        beside.nanoseconds = controls.readInt32LE(data + 8);
      }
      at += (length + 7) & ~7;
    }
    return beside;
  }

  override async ready(timeout: number): Promise<boolean> {
    return this.next < this.taken || super.ready(timeout);
  }

  override wait(timeout: number): boolean {
    return this.next < this.taken || super.wait(timeout);
  }
}

interface Beside {
  length: number;
  seconds: number;
  nanoseconds: number;
  status: number;
  tci: number;
  tpid: number;
}
