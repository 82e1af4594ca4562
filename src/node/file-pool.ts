import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { CaptureError } from "../files/errors.ts";
import type { ByteSource, SyncByteSource } from "../files/source.ts";
import { fileSource } from "./source.ts";

/** Files that may be open at once, beside those that a program has anyway: far below what any system allows. */
const OPEN = 128;

/**
 * Files that are read side by side, however many there are: those that were not read for longest are closed, and opened again when it
 * is their turn. What is no regular file stays open.
 */
export class FilePool {
  private readonly limit: number;
  /** Open files by who reads them, the one that was read last at the end. */
  private readonly files: Map<PooledFile, number>;

  /** @throws RangeError for a limit below 1. */
  constructor(limit = OPEN) {
    if (!Number.isInteger(limit) || limit < 1)
      throw new RangeError(`FilePool: at least 1 open file is wanted, not ${limit}`);
    this.limit = limit;
    this.files = new Map();
  }

  /**
   * The bytes of a file.
   *
   * @throws CaptureError where the path cannot be opened or is a directory.
   */
  source(path: string): ByteSource {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return fileSource(path);
    // Opens it once in the usual way, which says what is wrong where that cannot be.
    fileSource(path).close();
    return new PooledFile(path, this);
  }

  /** The descriptor of an open file, which is the last to be closed from now on. */
  find(file: PooledFile): number | undefined {
    const known = this.files.get(file);
    if (known === undefined) return undefined;
    this.files.delete(file);
    this.files.set(file, known);
    return known;
  }

  /** Takes in a file that was opened. */
  add(file: PooledFile, descriptor: number): void {
    if (this.files.size >= this.limit)
      for (const oldest of this.files.keys()) {
        this.remove(oldest);
        break;
      }
    this.files.set(file, descriptor);
  }

  /** Closes a file, where it is open. */
  remove(file: PooledFile): void {
    const known = this.files.get(file);
    if (known === undefined) return;
    this.files.delete(file);
    closeSync(known);
  }
}

/** A file that knows how far it was read, so that it can be opened again. */
class PooledFile implements SyncByteSource {
  private readonly path: string;
  private readonly pool: FilePool;
  private position = 0;
  /** Which file it is: another one may have got its name. */
  private identity: string | undefined = undefined;

  constructor(path: string, pool: FilePool) {
    this.path = path;
    this.pool = pool;
  }

  read(into: Uint8Array, offset: number, length: number): number {
    const descriptor = this.pool.find(this) ?? this.open();
    const count = readSync(descriptor, into, offset, length, this.position);
    this.position += count;
    return count;
  }

  close(): void {
    this.pool.remove(this);
  }

  private open(): number {
    const descriptor = openSync(this.path, "r");
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    const identity = `${dev} ${ino}`;
    this.identity ??= identity;
    if (identity !== this.identity) {
      closeSync(descriptor);
      const message = `${this.path} was replaced while it was read`;
      throw new CaptureError("ERR_CAPTURE_OPEN", message, this.position);
    }
    this.pool.add(this, descriptor);
    return descriptor;
  }
}
