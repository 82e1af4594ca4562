import { type ChildProcess, spawn } from "node:child_process";
import { readSync } from "node:fs";
import type { Readable } from "node:stream";
import { sleepSync } from "../node/sleep.ts";
import { DeviceError } from "./errors.ts";
import type { SourceStats } from "./source.ts";
import { begins, type ProgramName, plainEnvironment } from "./subprocess-program.ts";

/** How long a child may take to end by itself, in milliseconds. */
const GRACE = 1000;
/** How long statistics are waited for: a child whose pipe is full answers only when it is emptied. */
const ANSWER = 50;
/** What is kept of what a child says. */
const MOST_TEXT = 8192;

const TCPDUMP_NUMBERS =
  /(\d+) packets? (captured|received by filter|dropped by kernel|dropped by interface)/g;

/** Children that run: they must not outlive this process. */
const running = new Set<ChildProcess>();
let isWatched = false;

/** A pipe of a child, as far as this library relies on it. */
type Pipe = Readable & { ref(): void; unref(): void; _handle?: { fd?: number } | null };

/**
 * A capture program that runs. Its packets are bytes in a pipe, read when somebody asks and never more than a stream keeps:
 * when nobody asks, the pipe fills, the program waits, and what it has to drop is counted by the kernel.
 */
export class CaptureChild {
  readonly pid: number;
  /** Whether it has opened the interface: from now on no packet is missed. */
  hasBegun: boolean;
  /** What it counted, as it told last; `null` before. */
  counted: SourceStats | null;
  /** Whether it has ended and everything it wrote was taken. */
  isOver: boolean;
  private readonly name: ProgramName;
  private readonly child: ChildProcess;
  private readonly changed: () => void;
  /** What it said, without statistics, in whole lines, and the beginning of the next. */
  private text: string;
  private line: string;
  private answers: number;
  private how: string;

  /** `changed` is called when bytes or words came, and when it ended. */
  constructor(
    name: ProgramName,
    path: string,
    device: string,
    argv: readonly string[],
    changed: () => void,
  ) {
    this.name = name;
    this.changed = changed;
    this.text = this.line = this.how = "";
    this.counted = null;
    this.hasBegun = this.isOver = false;
    this.answers = 0;
    this.child = start(path, device, argv);
    this.pid = this.child.pid ?? -1;
    this.listen();
    this.hold(false);
  }

  private listen(): void {
    const { child, changed } = this;
    const { stdout } = child;
    running.add(child);
    child.on("error", (error) => {
      this.hear(`${error.message}\n`);
      // A signal that may not be sent is no reason to think that it is over.
      if (child.pid === undefined) this.end();
    });
    child.on("exit", (code, signal) => {
      running.delete(child);
      this.how = signal === null ? ` with exit code ${code}` : `, ended by ${signal}`;
    });
    child.on("close", () => this.end());
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.hear(text);
      changed();
    });
    stdout?.on("readable", () => {
      if (stdout.readableLength > 0) changed();
      // At the end of the pipe a last read lets it be closed.
      else stdout.read();
    });
    for (const pipe of [stdout, child.stderr]) pipe?.on("error", () => {});
  }

  private end(): void {
    this.isOver = true;
    this.changed();
  }

  /** Whether it keeps this process running. */
  hold(on: boolean): void {
    const { child } = this;
    for (const one of [child, child.stdout as Pipe | null, child.stderr as Pipe | null])
      if (on) one?.ref();
      else one?.unref();
  }

  /** Whether bytes are there without asking the system. */
  get hasBytes(): boolean {
    return (this.child.stdout?.readableLength ?? 0) > 0;
  }

  /** Takes bytes that have come, also those that the event loop has not seen yet; `null` for none. */
  take(into: Buffer): Buffer | null {
    const stdout = this.child.stdout as Pipe | null;
    const chunk = stdout?.read() as Buffer | null | undefined;
    if (chunk) return chunk;
    const count = readNow(stdout, into);
    if (count > 0) return into.subarray(0, count);
    if (count === 0) {
      // Only without the event loop is this seen before `close`.
      this.hearNow();
      this.isOver = true;
    }
    return null;
  }

  /** Hears what it said that the event loop has not seen yet. */
  private hearNow(): void {
    const memory = Buffer.alloc(4096);
    for (;;) {
      const count = readNow(this.child.stderr as Pipe | null, memory);
      if (count <= 0) return;
      this.hear(memory.toString("utf8", 0, count));
    }
  }

  /** Keeps what was said, and takes statistics out of it, line by line. */
  private hear(text: string): void {
    const lines = (this.line + text).split("\n");
    this.line = lines.pop()!;
    for (const line of lines) {
      this.hasBegun ||= begins[this.name].test(line);
      if (!this.countFrom(line)) this.text = `${this.text}${line}\n`.slice(-MOST_TEXT);
    }
  }

  /** Everything that it said but statistics. */
  get said(): string {
    return this.text + this.line;
  }

  /** Whether a line is one of statistics. */
  private countFrom(line: string): boolean {
    if (this.name === "dumpcap") {
      const found = /^Packets received\/dropped on interface .*: (\d+)\/(\d+) /.exec(line);
      if (found === null) return /^Packets(?: captured)?: \d+/.test(line);
      const [received, dropped] = [Number(found[1]), Number(found[2])];
      this.counted = { received: received + dropped, dropped, interfaceDropped: 0 };
      return true;
    }
    const numbers = new Map<string, number>();
    for (const [, count, what] of line.matchAll(TCPDUMP_NUMBERS)) numbers.set(what!, Number(count));
    if (numbers.size === 0) return false;
    const before = this.counted ?? { received: 0, dropped: 0, interfaceDropped: 0 };
    this.counted = {
      received: numbers.get("received by filter") ?? before.received,
      dropped: numbers.get("dropped by kernel") ?? before.dropped,
      interfaceDropped: numbers.get("dropped by interface") ?? before.interfaceDropped,
    };
    if (numbers.has("dropped by kernel")) this.answers++;
    return true;
  }

  /** Asks tcpdump for statistics (SIGUSR1), and waits a moment for them. dumpcap tells them only at its end. */
  ask(): void {
    if (this.name !== "tcpdump" || !this.hasBegun || this.isOver || this.child.exitCode !== null)
      return;
    const before = this.answers;
    if (!this.child.kill("SIGUSR1")) return;
    for (const end = performance.now() + ANSWER; ; sleepSync(1)) {
      this.hearNow();
      if (this.answers > before || performance.now() > end) return;
    }
  }

  /** How it ended, as part of a sentence; empty while that is not known. */
  get ending(): string {
    return this.how;
  }

  /** Ends it: asked to first, then by force. What it wrote and nobody took is lost. */
  stop(): void {
    const { child } = this;
    child.stdout?.destroy();
    if (!running.has(child) || child.pid === undefined) return;
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), GRACE).unref();
    child.once("exit", () => clearTimeout(force));
  }
}

function start(path: string, device: string, argv: readonly string[]): ChildProcess {
  if (!isWatched) {
    isWatched = true;
    process.on("exit", () => {
      // Nobody could see to it any more that a milder signal is followed.
      for (const child of running) child.kill("SIGKILL");
    });
  }
  try {
    return spawn(path, argv, { stdio: ["ignore", "pipe", "pipe"], env: plainEnvironment() });
  } catch (cause) {
    const message = `${device}: ${path}: ${(cause as Error).message}`;
    throw new DeviceError("ERR_DEVICE_FAILED", device, message, { cause });
  }
}

/**
 * Reads from a pipe beside its stream, and gives how many bytes came: 0 at its end, -1 when there is nothing, or no way to look.
 * The stream must be empty, or bytes would overtake each other.
 */
function readNow(pipe: Pipe | null, into: Buffer): number {
  // Asked for each time: the number of a pipe that was closed is soon that of something else. Node's pipes do not block.
  const fd = pipe?._handle?.fd;
  if (fd === undefined || fd < 0) return -1;
  try {
    return readSync(fd, into, 0, into.length, null);
  } catch {
    return -1;
  }
}
