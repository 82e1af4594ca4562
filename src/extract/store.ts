import type { ExtractedFrame } from "./frame.ts";
import type { StoreOptions } from "./options.ts";

const PACKETS = 1_000_000;
const BYTES = 2 ** 30;

/** Frames that are kept, up to a limit. */
export class FrameStore {
  readonly frames: ExtractedFrame[];
  private readonly packets: number;
  private readonly most: number;
  private bytes: number;
  private full: boolean;

  constructor({ packets = PACKETS, bytes = BYTES }: StoreOptions) {
    this.frames = [];
    this.packets = packets;
    this.most = bytes;
    this.bytes = 0;
    this.full = false;
  }

  /** False when the limit is reached, once. */
  add(frame: ExtractedFrame): boolean {
    if (this.full) return true;
    this.bytes += frame.packet.length;
    this.full = this.frames.length >= this.packets || this.bytes > this.most;
    if (!this.full) this.frames.push(frame);
    return !this.full;
  }
}
