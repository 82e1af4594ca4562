import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { sleepSync } from "./sleep.ts";

/** An output that cannot be written: no room, no permission, no such folder. */
export class OutputError extends Error {
  /** Stable; programs test this and never the message. */
  readonly code = "ERR_OUTPUT";
  /** What cannot be written. */
  readonly path: string;

  constructor(path: string, cause: Error & { readonly code?: string | undefined }) {
    const why = reasons[cause.code ?? ""] ?? cause.message;
    super(`cannot write ${path}: ${why}`, { cause });
    this.name = "OutputError";
    this.path = path;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "there is no room left on the device",
  EDQUOT: "the quota is used up",
  EFBIG: "the file is larger than is allowed",
  EACCES: "writing there is not permitted",
  EPERM: "writing there is not permitted",
  EROFS: "the file system is read-only",
  ENOENT: "there is no such folder",
  ENOTDIR: "what should be a folder is none",
  EISDIR: "it is a folder",
  EIO: "the device failed",
};

/** Does something with an output, and says of which output a fault is. */
function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof OutputError || error instanceof ClosedPipe) throw error;
    throw new OutputError(path, error as NodeJS.ErrnoException);
  }
}

/** The reader of our standard output went away: nothing is wrong, nothing more is to be done. */
export class ClosedPipe extends Error {
  constructor() {
    super("the output was closed");
    this.name = "ClosedPipe";
  }
}

/** Where a report goes. Text is collected and written in large pieces. */
export interface Output {
  /** The path; `standard output` where there is none. */
  readonly name: string;
  write(piece: string | Uint8Array): void;
  /** Writes what waits for more, for whoever reads along. */
  flush(): void;
  /** All is written; a file now gets its final name. */
  finish(): void;
  /** Something went wrong with the output itself: nothing is left under the final name. */
  abandon(): void;
  /** Makes what was written whole with an end, which the next piece takes the place of; only where that was asked for. */
  seal?(end: string | Uint8Array): void;
}

const PIECE = 1 << 18;

class FileOutput implements Output {
  private readonly file: number;
  private readonly partial: string | null;
  private readonly path: string | null;
  private readonly real: string | null;
  /** What waits to be written, as bytes: texts kept for long would be copied about by the garbage collector. */
  private readonly pending: Buffer;
  private filled: number;
  private isClosed: boolean;

  readonly name: string;

  /** @param real Where the file is that has the name, which may be a link. */
  constructor(file: number, path: string | null, partial: string | null, real = path) {
    this.real = real;
    this.name = path ?? "standard output";
    this.file = file;
    this.path = path;
    this.partial = partial;
    this.pending = Buffer.allocUnsafe(PIECE);
    this.filled = 0;
    this.isClosed = false;
  }

  write(piece: string | Uint8Array): void {
    if (typeof piece === "string") this.writeText(piece);
    else this.writeBytes(piece);
  }

  private writeText(text: string): void {
    // No character of a string takes more than three bytes.
    const most = text.length * 3;
    if (most > PIECE - this.filled) this.flush();
    if (most > PIECE) this.put(Buffer.from(text, "utf8"));
    else this.filled += this.pending.write(text, this.filled, "utf8");
  }

  private writeBytes(bytes: Uint8Array): void {
    if (bytes.length > PIECE - this.filled) this.flush();
    if (bytes.length > PIECE) this.put(bytes);
    else {
      this.pending.set(bytes, this.filled);
      this.filled += bytes.length;
    }
  }

  flush(): void {
    this.put(this.pending.subarray(0, this.filled));
    this.filled = 0;
  }

  private put(bytes: Uint8Array): void {
    writing(this.name, () => writeAll(this.file, bytes));
  }

  finish(): void {
    this.flush();
    const { path, partial, real } = this;
    if (path === null) return;
    writing(path, () => {
      this.isClosed = true;
      closeSync(this.file);
      if (partial !== null && real !== null) renameSync(partial, real);
    });
  }

  abandon(): void {
    this.filled = 0;
    if (this.path === null) return;
    if (!this.isClosed) closeSync(this.file);
    this.isClosed = true;
    // It may be gone with its folder: what is to be told is the fault that led here.
    if (this.partial !== null) rmSync(this.partial, { force: true });
  }
}

/**
 * A file that is whole whenever something was sealed: what was written stands under the final name with its end behind it, and
 * the next piece takes the place of that end.
 */
class SealedOutput implements Output {
  readonly name: string;
  private readonly file: number;
  private waiting: Buffer[];
  /** Bytes of the file without the end, and the end that stands behind them. */
  private position: number;
  private tail: Buffer;
  /** Whether there was a file before. Nothing happens to that one until there is something to put in its place. */
  private readonly isOver: boolean;
  private isBegun: boolean;

  constructor(path: string) {
    this.name = path;
    this.isOver = existsSync(path);
    this.isBegun = false;
    this.file = openSync(path, constants.O_WRONLY | constants.O_CREAT);
    this.waiting = [];
    this.position = 0;
    this.tail = Buffer.alloc(0);
  }

  write(piece: string | Uint8Array): void {
    if (piece.length > 0) this.waiting.push(Buffer.from(piece as string));
  }

  /** One call to the system, so that nobody finds the file between two states. */
  seal(end: string | Uint8Array): void {
    this.begin();
    const tail = Buffer.from(end as string);
    const pieces = Buffer.concat(this.waiting);
    this.waiting = [];
    try {
      writeAll(this.file, Buffer.concat([pieces, tail]), this.position);
    } catch (error) {
      this.restore();
      throw new OutputError(this.name, error as NodeJS.ErrnoException);
    }
    this.position += pieces.length;
    this.tail = tail;
  }

  private begin(): void {
    if (!this.isBegun) writing(this.name, () => ftruncateSync(this.file, 0));
    this.isBegun = true;
  }

  /** What could not be written whole gives way to what was there before, for which there was room. */
  private restore(): void {
    try {
      ftruncateSync(this.file, this.position);
      writeAll(this.file, this.tail, this.position);
    } catch {
      // The first fault is the one to tell.
    }
  }

  flush(): void {}

  finish(): void {
    const pieces = Buffer.concat(this.waiting);
    this.waiting = [];
    writing(this.name, () => {
      writeAll(this.file, pieces, this.position);
      ftruncateSync(this.file, this.position + pieces.length);
      closeSync(this.file);
    });
  }

  /** What is whole stays: that is what it is for. */
  abandon(): void {
    closeSync(this.file);
    if (!this.isBegun && !this.isOver) rmSync(this.name, { force: true });
  }
}

/**
 * Writes all of the bytes, however many pieces the system takes them in.
 *
 * @param position Where in the file; where it stands when left out.
 * @throws ClosedPipe where the reader of standard output went away.
 */
export function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      const place = position === undefined ? null : position + at;
      at += writeSync(file, bytes, at, bytes.length - at, place);
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
  if (!isRegular(path)) return new FileOutput(openSync(path, constants.O_WRONLY), path, null);
  // Through a link to where it leads: the new file is not to take the place of the link.
  const real = existsSync(path) ? realpathSync(path) : path;
  const partial = `${real}.partial`;
  const file = openSync(partial, "w");
  if (!fstatSync(file).isFile()) throw new TypeError(`${partial} is no regular file`);
  return new FileOutput(file, path, partial, real);
}

/** Whether there is a regular file, or none yet. */
function isRegular(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return true;
  }
}

/** How an {@link Output} is written. */
export interface OutputOptions {
  /** Whether it can be sealed: written under its final name, and whole after every piece that is. */
  readonly sealed?: boolean;
}

/**
 * An output by its path; `-` or nothing is standard output.
 *
 * @throws OutputError where it cannot be written.
 */
export function openOutput(path: string | undefined, options: OutputOptions = {}): Output {
  if (path === undefined || path === "-") return standardOutput();
  return writing(path, () =>
    options.sealed === true && isRegular(path) ? new SealedOutput(path) : fileOutput(path),
  );
}
