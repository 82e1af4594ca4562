import { formatMac } from "../bytes/address.ts";
import { type Origin, Packet } from "../packet/packet.ts";
import type { DeviceError } from "./errors.ts";
import { interfaceName } from "./native/interface-name.ts";
import type { QueuedPacket, QueueSettings } from "./native/nfqueue.ts";
import { type KernelQueueStats, PacketQueue, type QueueEvents } from "./packet-queue.ts";
import { type Answer, checkedDecision, type Verdict } from "./verdict.ts";

/** Where in the kernel a packet was stopped. */
export const hooks = ["prerouting", "input", "forward", "output", "postrouting"] as const;
export type Hook = (typeof hooks)[number];

/** What is known of an intercepted packet beside its bytes. */
export interface InterceptContext {
  readonly queue: number;
  /** Its number in the queue. */
  readonly id: number;
  /** Where it was stopped; `null` for a place that is not one of these. */
  readonly hook: Hook | null;
  /** Names of the interfaces that it came over and goes out of; `null` for none. */
  readonly inInterface: string | null;
  readonly outInterface: string | null;
  /** The mark that rules gave it; 0 for none. */
  readonly mark: number;
  /** Ethernet address of the computer that it came from; `null` for packets of this one. */
  readonly hardwareAddress: string | null;
  /** When it came, in nanoseconds since 1970 UTC; `null` where the kernel did not take the time. */
  readonly timestamp: bigint | null;
}

/** Says what becomes of a packet, at once or later. An exception drops the packet. */
export type VerdictFunction = (
  packet: Packet,
  context: InterceptContext,
) => Answer | Promise<Answer>;

/** What happened in one queue. */
export interface QueueStats {
  readonly queue: number;
  /** Packets handed to the verdict function. */
  readonly received: number;
  /** Of these, how many have no verdict yet. */
  readonly pending: number;
  /** Verdicts by their names. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Packets dropped because the verdict function threw, or gave no verdict. */
  readonly failed: number;
  /** How often the kernel found no room to hand packets over (ENOBUFS). */
  readonly overruns: number;
  /** Packets that were gone when their verdict came. */
  readonly vanished: number;
  /** What the kernel counts; `null` when it does not say, or the queue is closed. */
  readonly kernel: KernelQueueStats | null;
}

/** What the desks of one interceptor share. */
export interface Office {
  readonly verdict: VerdictFunction;
  /** Packets of one queue without verdict at most. */
  readonly pending: number;
  /** The number of the next packet. */
  number(): number;
  /** What packets of a network protocol (EtherType) have in common. */
  origin(protocol: number): Origin;
  /** Something went wrong with one packet. */
  report(error: unknown, packet: Packet | null): void;
  /** It cannot go on. */
  fail(error: unknown): void;
}

const NF_DROP = 0;

/** Asks for the verdicts on the packets of one queue, and hands them back. */
export class Desk implements QueueEvents {
  readonly queue: PacketQueue;
  private readonly office: Office;
  /** Numbers of the packets that have no verdict yet. */
  private readonly pending: Set<number>;
  private readonly counts: Record<Verdict, number>;
  private received: number;
  private errors: number;
  /** Called when the last of them has its verdict. */
  private whenDone: (() => void) | null;

  constructor(number: number, settings: QueueSettings, bufferSize: number, office: Office) {
    this.office = office;
    this.pending = new Set();
    this.counts = { drop: 0, accept: 0, stolen: 0, queue: 0, repeat: 0, stop: 0 };
    this.received = this.errors = 0;
    this.whenDone = null;
    this.queue = new PacketQueue(number, settings, bufferSize, this);
  }

  hasRoom(): boolean {
    return this.pending.size < this.office.pending;
  }

  refused(error: DeviceError): void {
    this.office.report(error, null);
  }

  failed(error: unknown): void {
    this.office.fail(error);
  }

  packet(queued: QueuedPacket): void {
    const { office, queue } = this;
    const { id, protocol } = queued;
    const packet = packetOf(queued, office);
    const context = new Context(queue.number, queued);
    this.received++;
    this.pending.add(id);
    try {
      const answer = office.verdict(packet, context);
      if (isPromise(answer)) this.later(Promise.resolve(answer), packet, queued);
      else this.settle(id, packet, protocol, answer);
    } catch (error) {
      this.spoil(id, packet, error);
    }
  }

  private later(answer: Promise<Answer>, packet: Packet, { id, protocol }: QueuedPacket): void {
    const { queue } = this;
    answer
      .then((given) => this.settle(id, packet, protocol, given))
      .catch((error: unknown) => this.spoil(id, packet, error))
      .finally(() => {
        queue.flushSoon();
        queue.goOn();
      });
  }

  /** Hands a verdict to the kernel, unless the packet was given up meanwhile. */
  private settle(id: number, packet: Packet, protocol: number, given: unknown): void {
    const { verdict, number, bytes, mark } = checkedDecision(given, packet, protocol);
    if (!this.pending.has(id)) return;
    this.counts[verdict]++;
    this.queue.rule({ queue: this.queue.number, id, verdict: number, bytes, mark });
    this.finish(id);
  }

  /** There is no verdict on a packet: it is dropped, and the error reported. */
  private spoil(id: number, packet: Packet, error: unknown): void {
    if (this.pending.has(id)) this.giveUp(id);
    this.office.report(error, packet);
  }

  private giveUp(id: number): void {
    this.errors++;
    this.queue.rule({ queue: this.queue.number, id, verdict: NF_DROP });
    this.finish(id);
  }

  private finish(id: number): void {
    this.pending.delete(id);
    if (this.pending.size === 0) this.whenDone?.();
  }

  /** Waits until all packets have their verdicts; those that have none in time are dropped. */
  async settled(milliseconds: number): Promise<void> {
    if (this.pending.size > 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.whenDone = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.whenDone = null;
    for (const id of this.pending) this.giveUp(id);
  }

  stats(): QueueStats {
    const { queue, received, errors, counts, pending } = this;
    return {
      queue: queue.number,
      received,
      pending: pending.size,
      verdicts: { ...counts },
      failed: errors,
      overruns: queue.overruns,
      vanished: queue.vanished,
      kernel: queue.kernelStats(),
    };
  }
}

/** Whatever can be waited for; a function of JavaScript may give nothing at all. */
function isPromise(answer: unknown): answer is PromiseLike<Answer> {
  return typeof (answer as PromiseLike<Answer> | undefined)?.then === "function";
}

/** The packet with bytes of its own, so that it may be kept and changed. */
function packetOf({ payload, protocol, length, time }: QueuedPacket, office: Office): Packet {
  const bytes = new Uint8Array(payload!);
  const end = bytes.length;
  const now = Date.now();
  const seconds = time?.seconds ?? Math.floor(now / 1000);
  const nanoseconds = time?.nanoseconds ?? (now % 1000) * 1e6;
  const origin = office.origin(protocol);
  return new Packet(bytes, 0, end, length, seconds, nanoseconds, office.number(), origin, null);
}

/** Names of interfaces are looked up when somebody asks: it costs a call of the system each. */
class Context implements InterceptContext {
  readonly queue: number;
  readonly id: number;
  readonly hook: Hook | null;
  readonly mark: number;
  readonly hardwareAddress: string | null;
  readonly timestamp: bigint | null;
  private readonly interfaces: readonly [inside: number, outside: number];

  constructor(queue: number, queued: QueuedPacket) {
    const { id, hook, mark, source, time, inInterface, outInterface } = queued;
    this.queue = queue;
    this.id = id;
    this.hook = hooks[hook] ?? null;
    this.mark = mark;
    this.hardwareAddress = source?.length === 6 ? formatMac(source, 0) : null;
    this.timestamp =
      time === null ? null : BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanoseconds);
    this.interfaces = [inInterface, outInterface];
  }

  get inInterface(): string | null {
    return interfaceName(this.interfaces[0]);
  }

  get outInterface(): string | null {
    return interfaceName(this.interfaces[1]);
  }
}
