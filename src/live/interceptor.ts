import { defaultDissector } from "../capture/open.ts";
import type { Dissector } from "../packet/dissector.ts";
import { nothing } from "../packet/nothing.ts";
import type { Origin, Packet } from "../packet/packet.ts";
import { etherTypes } from "../protocols/link/ethernet.ts";
import { Desk, type Office, type QueueStats, type VerdictFunction } from "./queue-desk.ts";
import { checkRange } from "./range.ts";
import { verdicts } from "./verdict.ts";

export interface InterceptorOptions {
  /** Numbers of the queues, as rules name them; 0 unless told. */
  readonly queues?: number | readonly number[];
  /** Packets that wait in a queue at most; 1024 unless told, the kernel's own. */
  readonly maxLength?: number;
  /** Whether packets go their way that find the queue full; they are dropped otherwise. */
  readonly failOpen?: boolean;
  /** Which protocols take part; all of this package when left out. */
  readonly dissector?: Dissector;
  /** Packets of one queue that may be without verdict here before no more are taken from the kernel; 256 unless told. */
  readonly pending?: number;
  /** Bytes of packets that wait to be taken from the kernel; 4 MiB unless told. */
  readonly bufferSize?: number;
  /**
   * Gets what the verdict function throws, with the packet, which is dropped, and what the kernel refuses. Without it the first
   * such error stops the interceptor, and `finished` rejects with it.
   */
  readonly onError?: (error: unknown, packet: Packet | null) => void;
}

export interface InterceptorStopOptions {
  /** What becomes of packets that nobody has seen: dropped unless told. */
  readonly waiting?: "drop" | "accept";
  /** How long verdicts are waited for that are still pending, in milliseconds; 1000 unless told. Then the packets are dropped. */
  readonly timeout?: number;
}

const PENDING = 256;
const BUFFER = 1 << 22;
const PATIENCE = 1000;
/** Link type of files for packets that begin with IP, of either version. */
const RAW_IP = 101;
const ipTypes = new Set([0x0800, 0x86dd]);

/**
 * Stops packets on their way through this computer, and says what becomes of them: Linux's NFQUEUE, for IPv4 and IPv6. Which
 * packets come is said by rules of nftables (`queue num 0`) or iptables (`-j NFQUEUE --queue-num 0`), which stay the caller's
 * affair. Needs CAP_NET_ADMIN.
 *
 * @example
 * const interceptor = new Interceptor({ queues: 0, onError: (error) => console.error(error) });
 * interceptor.start((packet) => (packet.get(tcp)?.dstPort === 23 ? "drop" : "accept"));
 * process.once("SIGINT", () => interceptor.stop());
 * await interceptor.finished;
 */
export class Interceptor implements AsyncDisposable {
  private readonly options: InterceptorOptions;
  private readonly queues: readonly number[];
  private readonly dissector: Dissector;
  private readonly origins: Map<number, Origin>;
  private desks: readonly Desk[];
  private isRunning: boolean;
  private stopOptions: InterceptorStopOptions;
  private fault: { readonly error: unknown } | null;
  private count: number;
  private end: Promise<void>;

  constructor(options: InterceptorOptions = {}) {
    this.queues = checkedQueues(options);
    this.options = options;
    this.dissector = options.dissector ?? defaultDissector();
    this.origins = new Map();
    this.desks = [];
    this.isRunning = false;
    this.stopOptions = {};
    this.fault = null;
    this.count = 0;
    this.end = Promise.resolve();
  }

  /** Ends when the interceptor has stopped; rejects with the error that stopped it. */
  get finished(): Promise<void> {
    return this.end;
  }

  /** Opens the queues: from here on packets come. Throws a `DeviceError` where the system does not allow it. */
  start(verdict: VerdictFunction): void {
    if (this.isRunning) throw new TypeError("start: it runs already");
    this.fault = null;
    this.stopOptions = {};
    this.isRunning = true;
    try {
      this.desks = this.opened(verdict);
    } catch (error) {
      this.isRunning = false;
      throw error;
    }
    this.end = this.run();
  }

  private opened(verdict: VerdictFunction): Desk[] {
    const { pending = PENDING, bufferSize = BUFFER } = this.options;
    const office: Office = {
      verdict,
      pending,
      number: () => ++this.count,
      origin: (protocol: number) => this.origin(protocol),
      report: (error: unknown, packet: Packet | null) => this.report(error, packet),
      fail: (error: unknown) => this.fail(error),
    };
    const desks: Desk[] = [];
    try {
      for (const number of this.queues)
        desks.push(new Desk(number, this.options, bufferSize, office));
    } catch (error) {
      for (const { queue } of desks) queue.close();
      throw error;
    }
    return desks;
  }

  /** From the first packet to the queues given back. */
  private async run(): Promise<void> {
    const { desks } = this;
    // The first packet comes after `start` has given control back.
    await Promise.resolve();
    const runs = desks.map(({ queue }) => queue.run().catch((error) => this.fail(error)));
    await Promise.all(runs);
    const { timeout = PATIENCE, waiting } = this.stopOptions;
    await Promise.all(desks.map((desk) => desk.settled(timeout)));
    for (const { queue } of desks) {
      if (waiting === "accept") queue.settleAll(verdicts.indexOf("accept"));
      queue.close();
    }
    this.isRunning = false;
    if (this.fault !== null) throw this.fault.error;
  }

  /**
   * Takes no more packets, waits for the verdicts that are pending, and gives the queues back: what `finished` waits for. Where a
   * rule goes on sending packets to a queue that nobody has, the kernel drops them, unless the rule says `bypass`.
   */
  stop(options: InterceptorStopOptions = {}): Promise<void> {
    if (this.isRunning) {
      this.stopOptions = options;
      this.stopQueues();
    }
    return this.end;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private stopQueues(): void {
    for (const { queue } of this.desks) queue.stop();
  }

  /** What happened in each queue since the last start. */
  stats(): QueueStats[] {
    return this.desks.map((desk) => desk.stats());
  }

  private report(error: unknown, packet: Packet | null): void {
    const { onError } = this.options;
    if (onError === undefined) {
      this.fail(error);
      return;
    }
    try {
      onError(error, packet);
    } catch (fault) {
      this.fail(fault);
    }
  }

  private fail(error: unknown): void {
    // A verdict that came too late: nobody waits for `finished` any more, and still it is not lost.
    if (!this.isRunning) throw error;
    this.fault ??= { error };
    this.stopQueues();
  }

  private origin(protocol: number): Origin {
    const known = this.origins.get(protocol);
    if (known !== undefined) return known;
    const { dissector } = this;
    const entry = dissector.entry(dissector.lookup(etherTypes, protocol) ?? nothing);
    const linkType = ipTypes.has(protocol) ? RAW_IP : -1;
    const made: Origin = { entry, linkType, interfaceIndex: 0 };
    this.origins.set(protocol, made);
    return made;
  }
}

function checkedQueues(options: InterceptorOptions): readonly number[] {
  const { queues = 0, maxLength = 1, pending = PENDING, bufferSize = BUFFER } = options;
  const numbers = typeof queues === "number" ? [queues] : [...queues];
  if (numbers.length === 0) throw new RangeError("queues: at least one is wanted");
  for (const number of numbers) checkRange("queues", number, 0xffff);
  if (new Set(numbers).size < numbers.length)
    throw new RangeError(`queues: one is there twice in ${numbers.join(", ")}`);
  checkRange("maxLength", maxLength, 0xffffffff, 1);
  checkRange("pending", pending, 0xffffffff, 1);
  checkRange("bufferSize", bufferSize, 0x3fffffff, 1);
  return numbers;
}
