import { sleepSync } from "../../node/sleep.ts";
import type { AfPacket } from "./af-packet.ts";
import { addressOf, errno, pinned } from "./ffi.ts";
import { Errno, libc } from "./libc.ts";

/** Frames that one call hands to the kernel. */
const BATCH = 64;
const MMSGHDR = 64;
const IOVEC = 16;
/** Bytes of a batch; a frame that is longer goes alone. */
const POOL = 1 << 18;
/** How long a full send queue is waited for, in milliseconds. */
const PATIENCE = 1000;

/** Frames for one call of `sendmmsg`, copied into memory that stays. */
class FrameBatch {
  readonly messages: Buffer;
  /** Two words of an address and two of a length for each frame: as big integers they would cost more than the copy. */
  private readonly vectors: Uint32Array;
  private readonly pool: Buffer;
  /** An address has 47 bits: a number holds it. */
  private readonly poolAt: number;
  private filled: number;
  count: number;

  constructor() {
    this.messages = pinned(BATCH * MMSGHDR);
    const vectors = pinned(BATCH * IOVEC);
    this.vectors = new Uint32Array(vectors.buffer);
    this.pool = pinned(POOL);
    this.poolAt = Number(addressOf(this.pool));
    this.count = this.filled = 0;
    const vectorsAt = addressOf(vectors);
    for (let i = 0; i < BATCH; i++) {
      this.messages.writeBigUInt64LE(vectorsAt + BigInt(i * IOVEC), i * MMSGHDR + 16);
      this.messages.writeBigUInt64LE(1n, i * MMSGHDR + 24);
    }
  }

  clear(): void {
    this.count = this.filled = 0;
  }

  /** False where there is no room for it. */
  add(frame: Uint8Array): boolean {
    const { count, filled, vectors } = this;
    if (count === BATCH || filled + frame.length > POOL) return false;
    this.pool.set(frame, filled);
    const at = this.poolAt + filled;
    const word = count * (IOVEC / 4);
    // A word takes what it can of a number: its lower half.
    vectors[word] = at;
    vectors[word + 1] = Math.floor(at / 2 ** 32);
    vectors[word + 2] = frame.length;
    this.filled += frame.length;
    this.count++;
    return true;
  }
}

/** Sends frames through a packet socket, alone or in batches copied into memory that stays (`sendmmsg`). */
export class Sender {
  private readonly socket: AfPacket;
  private batch: FrameBatch | null;

  constructor(socket: AfPacket) {
    this.socket = socket;
    this.batch = null;
  }

  send(frame: Uint8Array): void {
    for (const end = performance.now() + PATIENCE; ; ) {
      if (libc().send(this.socket.fd, frame, frame.length, 0) >= 0) return;
      this.retry(errno(), frame.length, end);
    }
  }

  /** Goes on where the queue is full for a moment; throws everything else. */
  private retry(number: number, length: number, end: number): void {
    const { device, facts } = this.socket;
    if (number === Errno.EINTR) return;
    const isFull = number === Errno.ENOBUFS || number === Errno.EAGAIN;
    if (isFull && performance.now() < end) {
      sleepSync(1);
      return;
    }
    if (number === Errno.EMSGSIZE)
      throw new RangeError(
        `inject: ${length} bytes, ${device} carries ${facts.mtu} and its link-layer header`,
      );
    throw this.socket.errorOf(number, "sending");
  }

  /** Sends frames in order; gives how many went out before one was refused, at least one or it throws. */
  sendBatch(frames: readonly Uint8Array[]): number {
    const batch = (this.batch ??= new FrameBatch());
    let sent = 0;
    while (sent < frames.length) {
      batch.clear();
      while (sent + batch.count < frames.length && batch.add(frames[sent + batch.count]!));
      const { length } = frames[sent]!;
      if (batch.count === 0) throw new RangeError(`sendBatch: frame ${sent} has ${length} bytes`);
      sent += this.flush(batch, length);
    }
    return sent;
  }

  /** Hands a filled batch to the kernel, all of it. */
  private flush({ messages, count }: FrameBatch, length: number): number {
    const end = performance.now() + PATIENCE;
    let done = 0;
    while (done < count) {
      const left = done === 0 ? messages : messages.subarray(done * MMSGHDR);
      const n = libc().sendmmsg(this.socket.fd, left, count - done, 0);
      if (n > 0) done += n;
      else this.retry(errno(), length, end);
    }
    return done;
  }

  close(): void {
    this.batch = null;
  }
}
