import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { sleepSync } from "./sleep.ts";

/** The reader of our standard output went away: nothing is wrong, nothing more is to be done. */
export class ClosedPipe extends Error {
  constructor() {
    super("the output was closed");
    this.name = "ClosedPipe";
  }
}

/** Where a report goes. Text is collected and written in large pieces. */
export interface Output {
  write(piece: string | Uint8Array): void;
  /** Writes what waits for more, for whoever reads along. */
  flush(): void;
  /** All is written; a file now gets its final name. */
  finish(): void;
  /** Something went wrong with the output itself: nothing is left under the final name. */
  abandon(): void;
}

const PIECE = 1 << 18;

class FileOutput implements Output {
  private readonly file: number;
  private readonly partial: string | null;
  private readonly path: string | null;
  /** What waits to be written, as bytes: texts kept for long would be copied about by the garbage collector. */
  private readonly pending: Buffer;
  private filled: number;

  constructor(file: number, path: string | null, partial: string | null) {
    this.file = file;
    this.path = path;
    this.partial = partial;
    this.pending = Buffer.allocUnsafe(PIECE);
    this.filled = 0;
  }

  write(piece: string | Uint8Array): void {
    if (typeof piece === "string") this.writeText(piece);
    else this.writeBytes(piece);
  }

  private writeText(text: string): void {
    // No character of a string takes more than three bytes.
    const most = text.length * 3;
    if (most > PIECE - this.filled) this.flush();
    if (most > PIECE) writeAll(this.file, Buffer.from(text, "utf8"));
    else this.filled += this.pending.write(text, this.filled, "utf8");
  }

  private writeBytes(bytes: Uint8Array): void {
    if (bytes.length > PIECE - this.filled) this.flush();
    if (bytes.length > PIECE) writeAll(this.file, bytes);
    else {
      this.pending.set(bytes, this.filled);
      this.filled += bytes.length;
    }
  }

  flush(): void {
    writeAll(this.file, this.pending.subarray(0, this.filled));
    this.filled = 0;
  }

  finish(): void {
    this.flush();
    if (this.path === null) return;
    closeSync(this.file);
    if (this.partial !== null) renameSync(this.partial, this.path);
  }

  abandon(): void {
    this.filled = 0;
    if (this.path === null) return;
    closeSync(this.file);
    if (this.partial !== null) unlinkSync(this.partial);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A pipe without blocking whose reader is slow has no room yet.
      if (code === "EAGAIN") sleepSync(1);
      else if (code === "EPIPE" && file === 1) throw new ClosedPipe();
      else throw error;
    }
  }
}

/** Standard output, written straight. */
export const standardOutput = (): Output => new FileOutput(1, null, null);

/**
 * A file, written as `NAME.partial` and renamed when complete. What is no regular file (a device, a pipe) is written
 * straight.
 */
function fileOutput(path: string): Output {
  let regular = true;
  try {
    regular = statSync(path).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  if (!regular) return new FileOutput(openSync(path, constants.O_WRONLY), path, null);
  const partial = `${path}.partial`;
  const file = openSync(partial, "w");
  if (!fstatSync(file).isFile()) throw new TypeError(`${partial} is no regular file`);
  return new FileOutput(file, path, partial);
}

/** `-` or nothing is standard output. */
export const openOutput = (path: string | undefined): Output =>
  path === undefined || path === "-" ? standardOutput() : fileOutput(path);
