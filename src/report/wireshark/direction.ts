import { Acknowledgements } from "./fast-retransmission.ts";

/** Joined messages of a direction that are remembered. */
const MOST_JOINED = 64;

/** A segment that came before what it follows. */
export interface Early {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly number: number;
}

/** One direction of a connection. */
export class Direction {
  /** The sequence number that comes next; -1 before one was seen. */
  next = -1;
  /** Where in the stream it stands. */
  offset = 0;
  /** Up to where messages were shown or left out. */
  done = 0;
  /** Where the message ends that was begun, as far as its reader knew when the last segment had come. */
  awaited = 0;
  /** Which frame brought what stands behind `done`: the offset of its first byte, and its number. */
  frames: { readonly offset: number; readonly number: number }[] = [];
  early: Early[] = [];
  /** Where the last messages lay that were joined of several segments. */
  private readonly joined: { readonly from: number; readonly to: number }[] = [];

  noteJoined(from: number, to: number): void {
    this.joined.push({ from, to });
    if (this.joined.length > MOST_JOINED) this.joined.shift();
  }

  /** Whether a byte is a part of a message of several segments, as far as that is remembered. */
  wasJoined(offset: number): boolean {
    return offset >= this.done || this.joined.some(({ from, to }) => offset >= from && offset < to);
  }
  readonly acknowledgements = new Acknowledgements();
}

/** Forgets the frames of what is done. */
export function forget(d: Direction): void {
  let keep = 0;
  while (keep + 1 < d.frames.length && d.frames[keep + 1]!.offset <= d.done) keep++;
  if (d.done === d.offset) d.frames = [];
  else if (keep > 0) d.frames.splice(0, keep);
}

/** Numbers of the frames that brought a part of a stream. */
export function framesOf(d: Direction, from: number, to: number): number[] {
  const frames = new Set<number>();
  for (let i = 0; i < d.frames.length; i++) {
    const next = d.frames[i + 1]?.offset ?? d.offset;
    if (next > from && d.frames[i]!.offset < to) frames.add(d.frames[i]!.number);
  }
  return [...frames].sort((a, b) => a - b);
}
