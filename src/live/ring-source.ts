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
import { pinned, viewOf } from "./native/ffi.ts";
import { int, libc, systemError } from "./native/libc.ts";
import type { PacketSink } from "./source.ts";

/** How a ring is opened. */
export interface RingOptions extends AfPacketSourceOptions {
  /** Bytes that wait at most, in blocks of 2 MiB, two at least; 16 MiB unless told. */
  readonly bufferSize?: number;
  /** Milliseconds after which packets are handed out also from a block that is not full; 10 unless told. */
  readonly timeout?: number;
}

const PACKET_RX_RING = 5;
const PACKET_VERSION = 10;
const PACKET_RESERVE = 12;
const TPACKET_V3 = 2;
const READ_WRITE = 3;
const MAP_SHARED = 1;
/**
 * One block of the ring: the kernel hands over whole ones, and wakes for each, which costs as much as thousands of packets. It
 * must hold the longest packet; of the ring, one is what is lost to the block that is being read.
 */
const BLOCK = 2 << 20;
const FRAME = 2048;

/** Offsets in `struct tpacket_block_desc`. */
const STATUS = 8;
const PACKETS = 12;
const FIRST = 16;
const USER = 1;
/** Offsets in `struct tpacket3_hdr` and the `sockaddr_ll` behind it. */
const SECONDS = 4;
const NANOSECONDS = 8;
const CAPTURED = 12;
const LENGTH = 16;
const PACKET_STATUS = 20;
const MAC = 24;
const TCI = 32;
const TPID = 36;
const KIND = 58;

/** Gives rings back when nobody can see their memory any more: a packet that was kept too long must not end the process. */
const mappings = new FinalizationRegistry<{ readonly at: bigint; readonly length: number }>(
  ({ at, length }) => libc().munmap(at, length),
);

/**
 * The fastest way on Linux: the kernel writes packets into memory that is shared with it (TPACKET_V3), and they are taken
 * apart where they lie. Needs CAP_NET_RAW, and no libpcap.
 */
export class RingSource extends AfPacketSource {
  override readonly backend = "ring";
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  private readonly blocks: number;
  /** The block that is being handed out, and whether the kernel gave it. */
  private block: number;
  private isHeld: boolean;
  /** Packets left in it, and where the next one lies. */
  private left: number;
  private next: number;
  constructor(device: string, options: RingOptions = {}) {
    super(device, { promiscuous: true, ...options });
    this.block = this.left = this.next = 0;
    this.isHeld = false;
    this.blocks = Math.max(2, Math.ceil((options.bufferSize ?? 16 << 20) / BLOCK));
    try {
      const memory = this.map(options.timeout ?? 10);
      this.bytes = new Uint8Array(memory);
      this.words = new Int32Array(memory);
      this.start(options);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private map(timeout: number): ArrayBuffer {
    const { socket, blocks } = this;
    socket.set(SOL_PACKET, PACKET_VERSION, int(TPACKET_V3), 4, "ring version");
    socket.set(SOL_PACKET, PACKET_RESERVE, int(TAG), 4, "room for a tag");
    const request = pinned(28);
    const values = [BLOCK, blocks, FRAME, (BLOCK / FRAME) * blocks, Math.max(1, timeout), 0, 0];
    for (const [i, value] of values.entries()) request.writeUInt32LE(value, i * 4);
    socket.set(SOL_PACKET, PACKET_RX_RING, request, 28, `a ring of ${blocks} blocks`);
    const length = BLOCK * blocks;
    const at = libc().mmap(null, length, READ_WRITE, MAP_SHARED, socket.fd, 0);
    if (BigInt.asIntN(64, at) === -1n) throw systemError(this.name, "mapping the ring");
    const memory = viewOf(at, length);
    mappings.register(memory, { at, length });
    return memory;
  }

  read(sink: PacketSink, most: number): number {
    this.check();
    let count = 0;
    while (count < most) {
      if (this.left === 0 && !this.turn(count > 0)) break;
      count += this.take(sink, most - count);
    }
    if (count === 0) this.checkInterface();
    return count;
  }

  /**
   * Goes on to the next block; false where the kernel has not filled it yet. The block before goes back, but not while what
   * was just handed out of it (`isLent`) may still be read.
   */
  private turn(isLent: boolean): boolean {
    if (this.isHeld) {
      if (isLent) return false;
      Atomics.store(this.words, (this.block * BLOCK + STATUS) >> 2, 0);
      this.isHeld = false;
      this.block = (this.block + 1) % this.blocks;
    }
    const at = this.block * BLOCK;
    if ((Atomics.load(this.words, (at + STATUS) >> 2) & USER) === 0) return false;
    this.isHeld = true;
    this.left = this.words[(at + PACKETS) >> 2]!;
    this.next = at + this.words[(at + FIRST) >> 2]!;
    return true;
  }

  /** Hands out packets of the block. */
  private take(sink: PacketSink, most: number): number {
    const { bytes, words, filter } = this;
    let count = 0;
    while (count < most && this.left > 0) {
      const at = this.next;
      const word = at >> 2;
      this.left--;
      this.next = at + words[word]!;
      const kind = bytes[at + KIND]!;
      if (!this.isWanted(kind)) continue;
      let start = at + (bytes[at + MAC]! | (bytes[at + MAC + 1]! << 8));
      let end = start + words[word + (CAPTURED >> 2)]!;
      let length = words[word + (LENGTH >> 2)]!;
      const status = words[word + (PACKET_STATUS >> 2)]!;
      if ((status & VLAN_VALID) !== 0 && this.linkType === ETHERNET) {
        const tpid = words[word + (TPID >> 2)]! & 0xffff;
        putTag(bytes, start, words[word + (TCI >> 2)]! & 0xffff, tagType(status, tpid));
        start -= TAG;
        length += TAG;
      }
      if (end - start > this.snaplen) end = start + this.snaplen;
      if (filter !== null && !filter.filter(bytes.subarray(start, end), length)) continue;
      const seconds = words[word + (SECONDS >> 2)]! >>> 0;
      const nanoseconds = words[word + (NANOSECONDS >> 2)]!;
      sink.packet(bytes, start, end, length, seconds, nanoseconds, kind);
      count++;
    }
    return count;
  }
}
