import { readU16, readU32 } from "../../bytes/numbers.ts";
import { serialDistance } from "../../bytes/serial.ts";
import type { Layer } from "../../schema/layer.ts";

/** Acknowledgements that repeat another, after which a sender sends again without waiting (RFC 5681 §3.2). */
const ENOUGH = 2;
/** Seconds within which it does so. */
const SOON = 0.02;

/** What one direction acknowledged last, and how often it said so. */
export class Acknowledgements {
  private seq = -1;
  private ack = -1;
  private window = -1;
  private repeated = 0;
  private time = 0;

  /** Takes the next segment of the direction; `length` is that of its data. */
  add({ bytes, start }: Layer, length: number, time: number): void {
    const seq = readU32(bytes, start + 4);
    const ack = readU32(bytes, start + 8);
    const window = readU16(bytes, start + 14);
    const isSame = seq === this.seq && ack === this.ack && window === this.window;
    if (length === 0 && isSame && window > 0) this.repeated++;
    else if (ack !== this.ack) this.repeated = 0;
    this.time = time;
    this.seq = seq;
    this.ack = ack;
    this.window = window;
  }

  /**
   * Whether a segment of the other direction answers to repeated acknowledgements at once. Wireshark looks into such a
   * segment again, though its bytes were there before; into other repeated ones it does not.
   */
  asksFor(seq: number, time: number): boolean {
    return this.repeated >= ENOUGH && this.ack === seq && Math.abs(time - this.time) < SOON;
  }

  /** Whether the bytes of the other direction up to a sequence number were acknowledged: what sends them again is spurious. */
  covers(end: number): boolean {
    return this.ack >= 0 && serialDistance(end, this.ack) >= 0;
  }
}
