import { existsSync } from "node:fs";
import { CaptureError } from "../files/errors.ts";
import { sleepSync } from "../node/sleep.ts";
import { closedError, DeviceError } from "./errors.ts";
import type {
  CaptureDirection,
  PacketFilter,
  PacketSink,
  PacketSource,
  SourceStats,
} from "./source.ts";
import { CaptureChild } from "./subprocess-child.ts";
import { LONGEST, PacketWindow } from "./subprocess-packets.ts";
import {
  chooseProgram,
  filterFault,
  messages,
  noDirection,
  type ProgramName,
  type ProgramRequest,
  programArguments,
  programError,
} from "./subprocess-program.ts";
import { Waiters } from "./waiters.ts";

/** How a capture program is started. */
export interface SubprocessOptions {
  /** Bytes kept of a packet; unless told 262144, or 66000 where packets are not held back: each takes that much of the buffer. */
  readonly snaplen?: number;
  /** Packets to others are captured too; they are unless told. */
  readonly promiscuous?: boolean;
  /**
   * Milliseconds that packets may be held back; 10 unless told. tcpdump knows two ways only: up to a second, which takes bursts of
   * a hundred thousand packets, and at once, which drops most of those.
   */
  readonly latency?: number;
  /** Packets are handed out the moment they come, whatever `latency` says. */
  readonly immediate?: boolean;
  /** Monitor mode of IEEE 802.11. */
  readonly monitor?: boolean;
  /** Times in nanoseconds; on Linux unless told. */
  readonly nanoseconds?: boolean;
  /** Bytes that wait in the kernel at most; 16 MiB unless told, 32 where packets are not held back. */
  readonly bufferSize?: number;
  readonly direction?: CaptureDirection;
  readonly filter?: PacketFilter | string | null;
  /** Number of the link type, where the interface offers several. */
  readonly linkType?: number;
  /**
   * Which program; tcpdump unless told, and dumpcap where that is missing. dumpcap holds packets back for a quarter of a second
   * whatever is asked, and knows no direction.
   */
  readonly program?: ProgramName;
}

/** From this latency on packets may be held back for the second that tcpdump holds them. */
const HELD_BACK = 1000;
/** What no packet is longer than that networks and their cards put together, unless they were told to (more than 64 KiB). */
const ORDINARY = 66_000;
/** Bytes taken from the pipe at a time. */
const CHUNK = 1 << 16;
/** How long a program may take to open an interface: names in filters are looked up meanwhile. */
const PATIENCE = 30_000;

/**
 * The way through tcpdump or dumpcap, which may have the rights, or the libpcap, that this process lacks. It cannot send. Packets
 * lose a copy and two context switches on the way: it is the slowest of all, and the one that wants nothing installed but a
 * program.
 *
 * `close` ends the program, and so does the end of this process; one that is killed leaves it behind until its next packet.
 */
export class SubprocessSource implements PacketSource {
  readonly backend = "subprocess";
  readonly name: string;
  /** Which program runs. */
  readonly program: ProgramName;
  private readonly path: string;
  private readonly options: SubprocessOptions;
  private child: CaptureChild;
  private packets: PacketWindow;
  private readonly chunk: Buffer;
  /** The filter that the program runs, and the one that is run here instead. */
  private expression: string | null;
  private filter: PacketFilter | null;
  private direction: CaptureDirection;
  /** What children counted that were replaced; packets taken from this one; what all told at the end. */
  private before: SourceStats;
  private taken: number;
  private counted: SourceStats;
  private failed: Error | null;
  private readonly waiters: Waiters;
  private isWoken: boolean;
  private isClosed: boolean;

  private constructor(device: string, options: SubprocessOptions) {
    const { name, path } = chooseProgram(device, options.program);
    this.name = device;
    this.program = name;
    this.path = path;
    this.options = options;
    this.packets = new PacketWindow();
    this.chunk = Buffer.allocUnsafeSlow(CHUNK);
    this.taken = 0;
    const { expression, filter } = parts(options.filter ?? null);
    this.expression = expression;
    this.filter = expression === null ? filter : null;
    this.direction = options.direction ?? "both";
    this.before = this.counted = nothing;
    this.failed = null;
    this.waiters = new Waiters(() => this.child.hold(false));
    this.isWoken = this.isClosed = false;
    this.child = this.start();
  }

  /**
   * Starts a program; it is given when the interface is open, so that no packet is missed from then on.
   *
   * @throws DeviceError when there is no program, or the interface cannot be opened.
   * @throws TypeError for a filter that is none.
   */
  static async open(device: string, options: SubprocessOptions = {}): Promise<SubprocessSource> {
    // A number would be taken for one of the program's own list.
    const isNumber = /^\d+$/.test(device) && !existsSync(`/sys/class/net/${device}`);
    if (device === "" || device.includes("\0") || isNumber)
      throw new DeviceError("ERR_DEVICE_MISSING", device, `${device}: no such interface`);
    const source = new SubprocessSource(device, options);
    try {
      await source.begun();
      return source;
    } catch (error) {
      source.close();
      throw error;
    }
  }

  private start(): CaptureChild {
    const { options, expression, direction } = this;
    const immediate = options.immediate === true || (options.latency ?? 0) < HELD_BACK;
    const request: ProgramRequest = {
      immediate,
      snaplen: options.snaplen ?? (immediate ? ORDINARY : LONGEST),
      promiscuous: options.promiscuous ?? true,
      monitor: options.monitor ?? false,
      nanoseconds: options.nanoseconds ?? process.platform === "linux",
      bufferSize: options.bufferSize ?? (immediate ? 32 : 16) << 20,
      linkType: options.linkType,
      ...{ direction, expression },
    };
    const argv = programArguments(this.program, this.name, request);
    const child = new CaptureChild(this.program, this.path, this.name, argv, () => {
      if (child === this.child) this.waiters.settle(true);
    });
    return child;
  }

  /** Waits until the interface is open and the program has told the link type. */
  private async begun(): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      this.fill();
      const { child, packets } = this;
      if (child.hasBegun && packets.linkType >= 0) return;
      if (child.isOver) throw this.failure();
      const left = end - performance.now();
      if (left <= 0) {
        const message = `${this.name}: ${this.program} does not begin to capture`;
        throw new DeviceError("ERR_DEVICE_FAILED", this.name, message);
      }
      await this.change(left);
    }
  }

  get linkType(): number {
    return this.packets.linkType;
  }

  /** Number of the program's process. */
  get pid(): number {
    return this.child.pid;
  }

  /** What the program warned of. */
  get warning(): string | null {
    return messages(this.program, this.child.said) || null;
  }

  read(sink: PacketSink, most: number): number {
    this.check();
    const { packets } = this;
    let count = 0;
    while (count < most) {
      // What was handed out lies in the window, which filling it moves.
      if (packets.isEmpty && (count > 0 || !this.fill())) break;
      count += packets.hand(sink, most - count, this.filter);
    }
    if (count === 0 && (this.failed !== null || this.child.isOver)) throw this.failure();
    return count;
  }

  /** Takes what has come from the program; false where that is not one whole packet. Nothing may wait to be handed out. */
  private fill(): boolean {
    if (this.failed !== null) return false;
    const bytes = this.child.take(this.chunk);
    if (bytes === null) return false;
    try {
      this.taken += this.packets.push(bytes);
    } catch (cause) {
      if (!(cause instanceof CaptureError)) throw cause;
      const message = `${this.name}: what ${this.program} wrote is no capture: ${cause.message}`;
      this.failed = new DeviceError("ERR_DEVICE_FAILED", this.name, message, { cause });
      this.child.stop();
    }
    return !this.packets.isEmpty;
  }

  /** Why nothing comes any more. */
  private failure(): Error {
    if (this.failed !== null) return this.failed;
    const { child, name, program, expression } = this;
    const said = messages(program, child.said);
    const fault = child.hasBegun || expression === null ? null : this.faultOf(expression, said);
    this.failed =
      fault === null
        ? programError(program, name, said, child.ending)
        : new TypeError(`filter '${expression}': ${fault}`);
    return this.failed;
  }

  /** What is wrong with a filter; `null` for nothing, or where the program does not tell. */
  private faultOf(expression: string, said: string): string | null {
    if (this.program === "dumpcap") return /^Invalid capture filter/.test(said) ? said : null;
    return filterFault(this.path, Math.max(this.linkType, this.options.linkType ?? 1), expression);
  }

  private get hasSome(): boolean {
    return !this.packets.isEmpty || this.child.hasBytes || this.child.isOver;
  }

  async ready(timeout: number): Promise<boolean> {
    if (this.isClosed) return false;
    return this.hasSome || this.change(timeout);
  }

  /** Waits for the program to say or write something, or to end. */
  private change(timeout: number): Promise<boolean> {
    this.child.hold(true);
    return this.waiters.wait(timeout);
  }

  /** Looks once a millisecond: no call of the engine waits for a pipe. */
  wait(timeout: number): boolean {
    this.check();
    for (const end = performance.now() + timeout; ; sleepSync(1)) {
      if (this.isWoken) {
        this.isWoken = false;
        return false;
      }
      if (!this.packets.isEmpty || this.fill() || this.child.isOver) return true;
      if (performance.now() >= end) return false;
    }
  }

  /** From this thread only: there is nothing that another one could reach. */
  wake(): void {
    if (!this.waiters.isEmpty) this.waiters.settle(false);
    else this.isWoken = true;
  }

  /** Always throws. */
  inject(_frame: Uint8Array): void {
    this.check();
    const message = `${this.name}: ${this.program} cannot send; the backends ring, socket and pcap can`;
    throw new DeviceError("ERR_DEVICE_SUPPORT", this.name, message);
  }

  sendBatch(frames: readonly Uint8Array[]): number {
    for (const frame of frames) this.inject(frame);
    return 0;
  }

  /** As the program tells: tcpdump when asked, which takes a moment; dumpcap counts what was dropped only at its end. */
  stats(): SourceStats {
    if (!this.isClosed) this.child.ask();
    const { before, child, taken } = this;
    const now = child.counted ?? nothing;
    this.counted = {
      received: before.received + Math.max(now.received, taken),
      dropped: before.dropped + now.dropped,
      interfaceDropped: before.interfaceDropped + now.interfaceDropped,
    };
    return this.counted;
  }

  /**
   * A filter that is a function is run here. Words are the program's: it is started anew, what waited is dropped, and packets that
   * come before it has opened the interface again are missed.
   */
  setFilter(filter: PacketFilter | string | null): void {
    this.check();
    const next = parts(filter);
    if (this.expression === null && (next.filter !== null || next.expression === null)) {
      this.filter = next.filter;
      return;
    }
    if (next.expression === this.expression) return;
    if (next.expression !== null && this.program === "tcpdump") {
      const fault = filterFault(this.path, this.linkType, next.expression);
      if (fault !== null) throw new TypeError(`filter '${next.expression}': ${fault}`);
    }
    this.expression = next.expression;
    this.filter = next.expression === null ? next.filter : null;
    this.restart();
  }

  /** Starts the program anew, as {@link setFilter} does. */
  setDirection(direction: CaptureDirection): void {
    this.check();
    if (direction === this.direction) return;
    if (this.program === "dumpcap") throw noDirection(this.name);
    this.direction = direction;
    this.restart();
  }

  private restart(): void {
    const old = this.child;
    // Before the old one is ended: if this cannot be done, it stays.
    const fresh = this.start();
    this.before = this.stats();
    this.child = fresh;
    old.hold(false);
    old.stop();
    if (!this.waiters.isEmpty) fresh.hold(true);
    this.packets = new PacketWindow(this.linkType);
    this.taken = 0;
    this.failed = null;
  }

  private check(): void {
    if (this.isClosed) throw closedError(this.name);
  }

  close(): void {
    if (this.isClosed) return;
    this.stats();
    this.isClosed = true;
    this.waiters.settle(false);
    this.child.stop();
  }
}

const nothing: SourceStats = { received: 0, dropped: 0, interfaceDropped: 0 };

/** A filter in words and as a function, as far as it is either; words that say nothing take all packets. */
function parts(filter: PacketFilter | string | null): {
  expression: string | null;
  filter: PacketFilter | null;
} {
  if (typeof filter === "string") return { expression: filter.trim() || null, filter: null };
  return { expression: filter?.expression?.trim() || null, filter };
}
