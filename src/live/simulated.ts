import { formatMac, parseMac } from "../bytes/address.ts";
import { sleepSync } from "../node/sleep.ts";
import { Seeded } from "../packet/seeded.ts";
import { closedError, DeviceError } from "./errors.ts";
import type {
  CaptureDirection,
  PacketFilter,
  PacketSink,
  PacketSource,
  SourceStats,
} from "./source.ts";
import { Waiters } from "./waiters.ts";

/** How a simulated link treats what is sent over it. */
export interface LinkOptions {
  /** Milliseconds that a frame is under way, or the least and the greatest of them; 0 unless told. */
  readonly delay?: number | readonly [least: number, most: number];
  /** Share of the frames that get lost, 0 to 1, one end at a time. */
  readonly loss?: number;
  /** Share of the frames that are overtaken by the next one. */
  readonly reordering?: number;
  /** Share of the frames that arrive twice. */
  readonly duplication?: number;
  /** What loss, reordering, duplication and delay are drawn from: with the same seed, the same happens to the n-th frame. */
  readonly seed?: number;
  /** Number of the link type; Ethernet (1) unless told. */
  readonly linkType?: number;
  /** Most bytes that a frame carries behind its Ethernet header (and a VLAN tag), as for interfaces: frames of 65535 bytes unless told. */
  readonly mtu?: number;
}

/** What one end of a simulated link is like. */
export interface EndOptions {
  /** Its address; 02:00:00:00:00:01 and so on unless told. */
  readonly mac?: string;
  /** Bytes of frames that wait at most until somebody reads; 16 MiB unless told. What comes beyond is dropped and counted. */
  readonly bufferSize?: number;
}

const ETHERNET = 1;
/** Bytes of an Ethernet header, of a VLAN tag, and the type that announces one. */
const HEADER = 14;
const TAG = 4;
const TAG_TYPE = 0x8100;
const HOST = 0;
const BROADCAST = 1;
const MULTICAST = 2;
const OTHER = 3;
const OUTGOING = 4;
/** How long a frame that is to be overtaken waits for the next one, in milliseconds. */
const HELD = 20;

/**
 * A link in memory with any number of ends, each the same {@link PacketSource} that an interface is: what one sends comes to
 * all others. For tests, examples and simulations, which need no rights and run the same way every time.
 *
 * @example
 * const link = new SimulatedLink({ delay: 5, loss: 0.1, seed: 7 });
 * const [client, server] = [link.attach("client"), link.attach("server")];
 */
export class SimulatedLink {
  readonly linkType: number;
  readonly mtu: number;
  private readonly ends: SimulatedSource[];
  private readonly least: number;
  private readonly most: number;
  private readonly options: LinkOptions;
  private readonly random: Seeded;

  constructor(options: LinkOptions = {}) {
    for (const name of ["loss", "reordering", "duplication"] as const) share(name, options[name]);
    const { delay = 0 } = options;
    const [least, most] = typeof delay === "number" ? [delay, delay] : delay;
    if (!(least >= 0 && most >= least && most < Number.POSITIVE_INFINITY))
      throw new RangeError(`delay: ${String(delay)} is no time, or no range of times`);
    this.least = least;
    this.most = most;
    this.options = options;
    this.linkType = options.linkType ?? ETHERNET;
    this.mtu = options.mtu ?? 65535 - (this.linkType === ETHERNET ? HEADER : 0);
    this.random = new Seeded(options.seed ?? 1);
    this.ends = [];
  }

  /** A new end. */
  attach(name: string, options: EndOptions = {}): SimulatedSource {
    const mac = parseMac(options.mac ?? defaultMac(this.ends.length + 1));
    const end = new SimulatedSource(this, name, mac, options.bufferSize ?? 1 << 24);
    this.ends.push(end);
    return end;
  }

  /** @internal Takes an end off. */
  detach(end: SimulatedSource): void {
    const at = this.ends.indexOf(end);
    if (at >= 0) this.ends.splice(at, 1);
  }

  /** @internal Carries a frame from one end to all others. */
  carry(from: SimulatedSource, frame: Uint8Array): void {
    const now = clock();
    from.arrive(frame, now, OUTGOING);
    for (const end of this.ends) {
      if (end === from || this.draw(this.options.loss)) continue;
      const copies = this.draw(this.options.duplication) ? 2 : 1;
      for (let i = 0; i < copies; i++) {
        const isHeld = this.draw(this.options.reordering);
        end.arrive(frame, now + this.delay(), end.kindOf(frame), isHeld);
      }
    }
  }

  private delay(): number {
    const { least, most } = this;
    return least === most ? least : least + ((most - least) * this.random.upTo(0xffff)) / 0xffff;
  }

  private draw(share = 0): boolean {
    return share > 0 && this.random.upTo(0xffff) < share * 0x10000;
  }
}

/** One end of a {@link SimulatedLink}. */
export class SimulatedSource implements PacketSource {
  readonly backend = "simulated";
  readonly name: string;
  readonly linkType: number;
  private readonly link: SimulatedLink;
  private readonly address: Uint8Array;
  private readonly bufferSize: number;
  /** Frames under way or waiting, the earliest first. */
  private readonly queue: Frame[];
  private waiting: number;
  private received: number;
  private dropped: number;
  private filter: PacketFilter | null;
  private direction: CaptureDirection;
  private isClosed: boolean;
  private readonly waiters: Waiters;

  /** @internal Made by {@link SimulatedLink.attach}. */
  constructor(link: SimulatedLink, name: string, mac: Uint8Array, bufferSize: number) {
    this.link = link;
    this.name = name;
    this.linkType = link.linkType;
    this.address = mac;
    this.bufferSize = bufferSize;
    this.queue = [];
    this.waiting = 0;
    this.received = 0;
    this.dropped = 0;
    this.filter = null;
    this.direction = "both";
    this.isClosed = false;
    this.waiters = new Waiters();
  }

  /** The address of this end. */
  get mac(): string {
    return formatMac(this.address, 0);
  }

  /** Most bytes that a frame carries behind its header. */
  get mtu(): number {
    return this.link.mtu;
  }

  /** @internal */
  kindOf(frame: Uint8Array): number {
    if (this.linkType !== ETHERNET || frame.length < 6) return HOST;
    if (this.address.every((byte, i) => byte === frame[i])) return HOST;
    if ((frame[0]! & 1) === 0) return OTHER;
    return frame.subarray(0, 6).every((byte) => byte === 0xff) ? BROADCAST : MULTICAST;
  }

  /** @internal Takes a frame that arrives at `due`, or behind the next one. */
  arrive(bytes: Uint8Array, due: number, kind: number, isHeld = false): void {
    const isOwn = kind === OUTGOING;
    if (this.isClosed || this.direction === (isOwn ? "in" : "out")) return;
    if (this.filter !== null && !this.filter.filter(bytes, bytes.length)) return;
    this.received++;
    if (this.waiting + bytes.length > this.bufferSize) {
      this.dropped++;
      return;
    }
    this.waiting += bytes.length;
    if (isHeld) this.insert({ bytes, due: due + HELD, kind, isHeld });
    else {
      this.insert({ bytes, due, kind, isHeld });
      this.release(due);
    }
    this.waiters.settle(true);
  }

  private insert(frame: Frame): void {
    // Nearly always at the end.
    let at = this.queue.length;
    while (at > 0 && this.queue[at - 1]!.due > frame.due) at--;
    this.queue.splice(at, 0, frame);
  }

  /** What was held until another frame came now follows that one. */
  private release(due: number): void {
    const held = this.queue.filter((one) => one.isHeld && one.due > due);
    for (const one of held) {
      this.queue.splice(this.queue.indexOf(one), 1);
      this.insert({ ...one, due, isHeld: false });
    }
  }

  read(sink: PacketSink, most: number): number {
    this.check();
    const now = clock();
    let count = 0;
    while (count < most && count < this.queue.length && this.queue[count]!.due <= now) {
      const { bytes, due, kind } = this.queue[count++]!;
      const seconds = Math.floor(due / 1000);
      const nanoseconds = Math.min(999_999_999, Math.round((due - seconds * 1000) * 1e6));
      sink.packet(bytes, 0, bytes.length, bytes.length, seconds, nanoseconds, kind);
      this.waiting -= bytes.length;
    }
    this.queue.splice(0, count);
    return count;
  }

  async ready(timeout: number): Promise<boolean> {
    const end = clock() + timeout;
    for (;;) {
      if (this.isClosed) return false;
      const first = this.queue[0]?.due ?? Number.POSITIVE_INFINITY;
      const now = clock();
      if (first <= now) return true;
      if (now >= end) return false;
      if (!(await this.waiters.wait(Math.min(first, end) - now, true))) return false;
    }
  }

  /** Nothing can be sent meanwhile by this thread: waits only for what is under way. */
  wait(timeout: number): boolean {
    this.check();
    const now = clock();
    const first = this.queue[0]?.due ?? Number.POSITIVE_INFINITY;
    if (first === Number.POSITIVE_INFINITY && timeout === first)
      throw new DeviceError(
        "ERR_DEVICE_FAILED",
        this.name,
        `${this.name}: nothing is under way, and nothing can be sent while this thread waits`,
      );
    if (first > now) sleepSync(Math.min(first - now, timeout));
    return first <= clock();
  }

  wake(): void {
    this.waiters.settle(false);
  }

  inject(frame: Uint8Array): void {
    this.check();
    const header = this.linkType === ETHERNET ? HEADER + (isTagged(frame) ? TAG : 0) : 0;
    if (frame.length - header > this.link.mtu)
      throw new RangeError(
        `inject: ${frame.length - header} bytes behind the header, the link carries ${this.link.mtu}`,
      );
    // Not `slice`: that of a Buffer would lend the sender's bytes.
    this.link.carry(this, new Uint8Array(frame));
  }

  sendBatch(frames: readonly Uint8Array[]): number {
    for (const frame of frames) this.inject(frame);
    return frames.length;
  }

  stats(): SourceStats {
    return { received: this.received, dropped: this.dropped, interfaceDropped: 0 };
  }

  setFilter(filter: PacketFilter | null): void {
    this.check();
    this.filter = filter;
  }

  setDirection(direction: CaptureDirection): void {
    this.check();
    this.direction = direction;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.queue.length = 0;
    this.link.detach(this);
    this.wake();
  }

  private check(): void {
    if (this.isClosed) throw closedError(this.name);
  }
}

interface Frame {
  readonly bytes: Uint8Array;
  /** When it arrives, in milliseconds since 1970. */
  readonly due: number;
  readonly kind: number;
  /** Whether it is to be overtaken by the next one. */
  readonly isHeld: boolean;
}

const isTagged = (frame: Uint8Array): boolean =>
  frame.length > HEADER + TAG && ((frame[12]! << 8) | frame[13]!) === TAG_TYPE;

const clock = (): number => performance.timeOrigin + performance.now();

/** A locally administered address for the n-th end. */
const defaultMac = (n: number): string => `0200${n.toString(16).padStart(8, "0")}`;

function share(name: string, value: number | undefined): void {
  if (value !== undefined && !(value >= 0 && value <= 1))
    throw new RangeError(`${name}: ${value} is no share from 0 to 1`);
}
