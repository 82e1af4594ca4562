import { DeviceError } from "../errors.ts";
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

/** Sends frames through a packet socket, alone or in batches copied into memory that stays (`sendmmsg`). */
export class Sender {
  private readonly socket: AfPacket;
  private messages: Buffer | null;
  private vectors: Buffer | null;
  private pool: Buffer | null;

  constructor(socket: AfPacket) {
    this.socket = socket;
    this.messages = null;
    this.vectors = null;
    this.pool = null;
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
      pause();
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
    const messages = (this.messages ??= pinned(BATCH * MMSGHDR));
    const vectors = (this.vectors ??= pinned(BATCH * IOVEC));
    const pool = (this.pool ??= pinned(POOL));
    const poolAt = addressOf(pool);
    const vectorsAt = addressOf(vectors);
    let sent = 0;
    while (sent < frames.length) {
      let count = 0;
      let filled = 0;
      for (; count < BATCH && sent + count < frames.length; count++) {
        const frame = frames[sent + count]!;
        if (filled + frame.length > POOL) break;
        pool.set(frame, filled);
        vectors.writeBigUInt64LE(poolAt + BigInt(filled), count * IOVEC);
        vectors.writeBigUInt64LE(BigInt(frame.length), count * IOVEC + 8);
        messages.writeBigUInt64LE(vectorsAt + BigInt(count * IOVEC), count * MMSGHDR + 16);
        messages.writeBigUInt64LE(1n, count * MMSGHDR + 24);
        filled += frame.length;
      }
      if (count === 0)
        throw new RangeError(`sendBatch: frame ${sent} has ${frames[sent]!.length} bytes`);
      sent += this.flush(messages, count, frames[sent]!.length);
    }
    return sent;
  }

  /** Hands a filled batch to the kernel, all of it. */
  private flush(messages: Buffer, count: number, length: number): number {
    const end = performance.now() + PATIENCE;
    let done = 0;
    while (done < count) {
      const n = libc().sendmmsg(this.socket.fd, messages.subarray(done * MMSGHDR), count - done, 0);
      if (n > 0) done += n;
      else this.retry(errno(), length, end);
    }
    return done;
  }

  close(): void {
    this.messages = this.vectors = this.pool = null;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

/** What using a closed source throws. */
export const closedError = (device: string): DeviceError =>
  new DeviceError("ERR_DEVICE_CLOSED", device, `${device} is closed`);
