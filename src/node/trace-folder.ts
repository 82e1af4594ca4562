import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import { OutputError, writeAll } from "./output.ts";

/** Files that may be open at once, beside those that a program has anyway: far below what any system allows. */
const OPEN = 128;

/** What a {@link NodeTraceFolder} may be told. */
export interface TraceFolderOptions {
  /** Files that are open at once at most, 128 when left out; the others are opened again to go on. */
  readonly open?: number;
}

/**
 * A folder for many files that grow side by side. Each is written as `NAME.partial` and renamed when it is whole; what was
 * not used for longest is closed when too many are open.
 */
export class NodeTraceFolder {
  private readonly path: string;
  private readonly limit: number;
  /** Open files by name, the one that was used last at the end. */
  private readonly files: Map<string, number>;
  /** Files that are not whole yet. */
  private readonly begun: Set<string>;

  constructor(path: string, options: TraceFolderOptions = {}) {
    const { open = OPEN } = options;
    if (!Number.isInteger(open) || open < 1)
      throw new RangeError(`traceFolder: at least 1 open file is wanted, not ${open}`);
    this.path = path;
    this.limit = open;
    this.files = new Map();
    this.begun = new Set();
    makeFolder(path);
  }

  /** @throws OutputError where it cannot be written. */
  append(name: string, bytes: Uint8Array, isFirst: boolean): string {
    const path = join(this.path, name);
    try {
      writeAll(this.fileOf(name, isFirst), bytes);
    } catch (error) {
      throw new OutputError(path, error as NodeJS.ErrnoException);
    }
    return path;
  }

  finish(name: string): void {
    if (!this.begun.delete(name)) return;
    this.close(name);
    const path = join(this.path, name);
    renameSync(`${path}.partial`, path);
  }

  /** Something went wrong with the output itself: what is not whole goes away. */
  abandon(): void {
    for (const name of this.begun) {
      this.close(name);
      rmSync(join(this.path, `${name}.partial`), { force: true });
    }
    this.begun.clear();
  }

  private fileOf(name: string, isFirst: boolean): number {
    const known = this.files.get(name);
    if (known !== undefined) {
      this.files.delete(name);
      this.files.set(name, known);
      return known;
    }
    if (this.files.size >= this.limit)
      for (const oldest of this.files.keys()) {
        this.close(oldest);
        break;
      }
    const file = openSync(join(this.path, `${name}.partial`), isFirst ? "w" : "a");
    this.files.set(name, file);
    this.begun.add(name);
    return file;
  }

  private close(name: string): void {
    const file = this.files.get(name);
    if (file === undefined) return;
    closeSync(file);
    this.files.delete(name);
  }
}

/** A folder for the files of a flow trace; made where there is none. */
export const traceFolder = (path: string, options: TraceFolderOptions = {}): NodeTraceFolder =>
  new NodeTraceFolder(path, options);
