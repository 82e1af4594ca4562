import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { constants as constantsOf } from "node:os";
import { delimiter, join } from "node:path";
import { ExtractionError } from "../errors.ts";

/** What is kept of what a child says on its standard error: the end of it. */
const MOST_SAID = 8192;

/** Children that run: they must not outlive this process. */
const running = new Set<ChildProcessWithoutNullStreams>();
let isWatched = false;

/**
 * Runs a program with a pipe of the system as its standard input: Node's own are sockets, which some programs refuse. What
 * copies into the pipe keeps nothing of ours open but the socket, so that all is over when the program is.
 */
const PIPED = 'exec 3<&0; { cat <&3 3<&- 2>/dev/null & } | "$0" "$@" 3<&-';

/** How a child is started. */
export interface ChildOptions {
  /** The engine that it works for, named in errors. */
  readonly engine: string;
  /** What brings the program where it is not installed: `apt install tshark`. */
  readonly install: string;
  /** Variables of its environment beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether its standard input must be a pipe of the system. */
  readonly piped?: boolean;
  /** Lines of its standard error that say nothing of a fault. */
  readonly chatter?: RegExp;
  /** Ends it, whatever it is doing. */
  readonly signal?: AbortSignal;
}

/**
 * A program that takes packets apart for an engine: bytes go to its standard input and come from its standard output, each as
 * fast as the other side takes them. Whoever starts one ends it with {@link Child.stop}, in a `finally`.
 */
export class Child {
  private readonly engine: string;
  private readonly chatter: RegExp | undefined;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly signal: AbortSignal | undefined;
  private readonly abort: () => void;
  private said: string;
  private ending: string;
  /** Resolves when it has ended and its pipes are closed. */
  readonly closed: Promise<void>;

  /**
   * Starts a program; no shell sees its arguments.
   *
   * @throws ExtractionError with ERR_ENGINE_MISSING where it is not installed, ERR_ENGINE_FAILED where it cannot be started.
   */
  static async start(
    program: string,
    argv: readonly string[],
    options: ChildOptions,
  ): Promise<Child> {
    options.signal?.throwIfAborted();
    if (!isThere(program)) throw missing(program, options);
    return new Promise((resolve, reject) => {
      const child = new Child(program, argv, options);
      child.child.once("spawn", () => resolve(child));
      child.child.once("error", (cause) => {
        child.release();
        const { engine } = options;
        const failed = `${engine}: ${cause.message}`;
        reject(new ExtractionError("ERR_ENGINE_FAILED", failed, { cause }));
      });
    });
  }

  private constructor(program: string, argv: readonly string[], options: ChildOptions) {
    const { engine, env, signal, chatter, piped = false } = options;
    this.engine = engine;
    this.chatter = chatter;
    this.signal = signal;
    this.said = this.ending = "";
    // A group of its own: what the shell started ends with it.
    const settings = { stdio: "pipe", env: { ...process.env, ...env }, detached: true } as const;
    const child = piped
      ? spawn("/bin/sh", ["-c", PIPED, program, ...argv], settings)
      : spawn(program, argv, settings);
    this.child = child;
    this.abort = () => end(child);
    watch(child);
    signal?.addEventListener("abort", this.abort, { once: true });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.said = (this.said + text).slice(-MOST_SAID);
    });
    // A child that ended takes nothing more: how it ended is told to whoever reads from it.
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.on("error", () => {});
    // With somebody listening, Node throws nothing away that is not read yet when the child ends.
    child.stdout.on("readable", () => {});
    child.on("exit", (code, how) => {
      this.ending = endingOf(code, how);
      child.stdin.destroy();
    });
    this.closed = new Promise((resolve) => {
      child.once("close", () => {
        this.release();
        resolve();
      });
    });
  }

  private release(): void {
    running.delete(this.child);
    this.signal?.removeEventListener("abort", this.abort);
  }

  /** The number of its process. */
  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Writes to it; resolves when it has room for more, or takes nothing any more. */
  write(bytes: Uint8Array): Promise<void> | void {
    const { stdin } = this.child;
    if (!stdin.writable || bytes.length === 0 || stdin.write(bytes)) return;
    return new Promise((resolve) => {
      const go = (): void => {
        for (const event of ["drain", "close", "error"]) stdin.off(event, go);
        resolve();
      };
      for (const event of ["drain", "close", "error"]) stdin.on(event, go);
    });
  }

  /** Nothing more will be written. */
  end(): void {
    this.child.stdin.end();
  }

  /** The next bytes that it wrote, as many as have come; `null` when it will write no more. */
  async read(): Promise<Buffer | null> {
    const { stdout } = this.child;
    for (;;) {
      const bytes = stdout.read() as Buffer | null;
      if (bytes !== null) return bytes;
      if (stdout.readableEnded || stdout.destroyed) return null;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          for (const event of ["readable", "end", "close"]) stdout.off(event, go);
          resolve();
        };
        for (const event of ["readable", "end", "close"]) stdout.on(event, go);
      });
    }
  }

  /** Why it did not go on, in its own last words; to be asked for when `read` gave `null` too early. */
  async failure(): Promise<unknown> {
    await this.over();
    if (this.signal?.aborted) return this.signal.reason;
    const lines = this.said.split("\n").map((line) => line.trim());
    const last = lines.findLast((line) => line !== "" && !this.chatter?.test(line)) ?? "";
    const words = last === "" ? "" : `: ${last}`;
    return new ExtractionError("ERR_ENGINE_FAILED", `${this.engine} ${this.ending}${words}`);
  }

  /** Waits for its end; what it still writes is of no use. */
  private async over(): Promise<void> {
    while ((await this.read()) !== null);
    await this.closed;
  }

  /** Whether it ended by itself and without fault, which is waited for. */
  async endedWell(): Promise<boolean> {
    await this.over();
    return this.child.exitCode === 0;
  }

  /** Ends it by force where it still runs, and waits until it is gone. What nobody read is lost. */
  async stop(): Promise<void> {
    const { child } = this;
    child.stdin.destroy();
    child.stdout.destroy();
    end(child);
    await this.closed;
  }
}

function watch(child: ChildProcessWithoutNullStreams): void {
  running.add(child);
  if (isWatched) return;
  isWatched = true;
  process.on("exit", () => {
    for (const one of running) end(one);
  });
}

/** Ends a child and what it started. */
function end(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined || !running.has(child)) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

/** How a program ended, in words; a shell tells of a signal by a number above 128. */
function endingOf(code: number | null, how: NodeJS.Signals | null): string {
  const number = how === null ? (code ?? 0) - 128 : constantsOf.signals[how];
  const name = Object.entries(constantsOf.signals).find(([, n]) => n === number)?.[0];
  return name === undefined ? `ended with exit code ${code}` : `was ended by ${name}`;
}

/** Whether a program is there: one with a folder in its name, or of the folders in `PATH`. */
function isThere(program: string): boolean {
  const folders = program.includes("/") ? [""] : (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const missing = (program: string, { engine, install }: ChildOptions): ExtractionError =>
  new ExtractionError(
    "ERR_ENGINE_MISSING",
    `${engine}: the program ${program} is not installed: ${install}`,
  );
