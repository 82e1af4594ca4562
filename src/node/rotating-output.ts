import { existsSync, unlinkSync } from "node:fs";
import { extname } from "node:path";
import { type Output, openOutput } from "./output.ts";

/** When a new file begins, and how many are kept. */
export interface Rotation {
  /** Bytes of a file at most. */
  readonly size?: number;
  /** Milliseconds that a file lasts. */
  readonly time?: number;
  /** Packets of a file. */
  readonly packets?: number;
  /** The oldest file goes when there are more than so many. */
  readonly files?: number;
}

/**
 * Files that follow one another: `NAME_00001_20261121150000.EXT`. Each gets its name when it is complete, so that whoever takes
 * finished files away never meets half of one.
 */
export class RotatingOutput {
  private readonly path: string;
  private readonly rotation: Rotation;
  private out: Output | null;
  private size: number;
  private packets: number;
  private since: number;
  private count: number;
  private readonly names: string[];

  constructor(path: string, rotation: Rotation) {
    this.path = path;
    this.rotation = rotation;
    this.out = null;
    this.size = this.packets = this.since = this.count = 0;
    this.names = [];
  }

  /** Whether what comes next belongs to a new file. */
  get isFull(): boolean {
    const { size, time, packets } = this.rotation;
    if (this.out === null) return true;
    return (
      this.size >= (size ?? Number.POSITIVE_INFINITY) ||
      this.packets >= (packets ?? Number.POSITIVE_INFINITY) ||
      performance.now() - this.since >= (time ?? Number.POSITIVE_INFINITY)
    );
  }

  /** Ends the file with `last` and begins another with `first`. */
  turn(first: Uint8Array, last: Uint8Array | null = null): void {
    this.finish(last);
    const { files } = this.rotation;
    const ending = extname(this.path);
    const base = this.path.slice(0, this.path.length - ending.length);
    const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
    const name = `${base}_${String(++this.count).padStart(5, "0")}_${stamp}${ending}`;
    this.out = openOutput(name);
    this.names.push(name);
    while (files !== undefined && this.names.length > files) {
      const old = this.names.shift()!;
      if (existsSync(old)) unlinkSync(old);
    }
    this.size = this.packets = 0;
    this.since = performance.now();
    this.write(first, 0);
  }

  write(bytes: Uint8Array, packets: number): void {
    this.out?.write(bytes);
    this.out?.flush();
    this.size += bytes.length;
    this.packets += packets;
  }

  /** Ends the last file. */
  finish(last: Uint8Array | null = null): void {
    if (last !== null && this.out !== null) this.write(last, 0);
    this.out?.finish();
    this.out = null;
  }

  abandon(): void {
    this.out?.abandon();
    this.out = null;
  }
}
