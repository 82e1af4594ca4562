import type { Waiting } from "../input.ts";
import { DotLines } from "./dots.ts";
import type { TextSide } from "./side.ts";

/** Who takes what {@link readDotBody} reads. */
export interface BodyTaker {
  write(bytes: Uint8Array, start: number, end: number): void;
  /** Bytes are missing here. */
  gap(): void;
  /** The body is over. What ends it is there still, so that it counts to its place. */
  end(complete: boolean): void;
}

/**
 * Reads lines up to a dot alone. Where bytes are missing the end may be among them: `isStart` says of what begins behind them
 * that it is something else already.
 */
export function* readDotBody(
  side: TextSide,
  taker: BodyTaker,
  isStart: (bytes: Uint8Array, start: number, end: number) => boolean,
): Waiting {
  const { input } = side;
  const dots = new DotLines((bytes, start, end) => taker.write(bytes, start, end));
  let isLost = false;
  for (;;) {
    while (yield* input.any()) {
      if (isLost && isStart(input.bytes, input.start, input.end)) return taker.end(false);
      isLost = false;
      input.begin();
      const { size, isEnd } = dots.read(input.bytes, input.start, input.end);
      if (isEnd) {
        taker.end(true);
        input.skip(size);
        return;
      }
      input.skip(size);
    }
    if (!side.pass()) return taker.end(false);
    taker.gap();
    dots.lost();
    isLost = true;
  }
}

/** Gathers a body as lines, up to a number of bytes. */
export class LineTaker implements BodyTaker {
  complete: boolean;
  private text: string;
  private readonly most: number;
  /** Whether there was more than is kept. */
  isFull: boolean;

  constructor(most = 65_536) {
    this.text = "";
    this.most = most;
    this.complete = true;
    this.isFull = false;
  }

  get lines(): string[] {
    const lines = this.text.split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    return lines;
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    const stop = Math.min(end, start + this.most - this.text.length);
    if (stop < end) this.isFull = true;
    for (let i = start; i < stop; i++) this.text += String.fromCharCode(bytes[i]!);
  }

  gap(): void {
    this.complete = false;
  }

  end(complete: boolean): void {
    this.complete &&= complete;
  }
}
