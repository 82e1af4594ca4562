import { pinned } from "./ffi.ts";
import { libc, processLibrary, systemError } from "./libc.ts";

/** How long one wait of the dispatcher lasts at most, so that a process never hangs on a lost wake-up. */
const ROUND = 500;
/** Events taken at a time. */
const MOST_EVENTS = 64;

const EPOLL_CLOEXEC = 0x80000;
const EFD_FLAGS = 0x80800;
const CTL_ADD = 1;
const CTL_DEL = 2;
const CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLONESHOT = 1 << 30;
const POLLIN = 1;
/** `struct epoll_event` is packed on x86-64 only. */
const EVENT = process.arch === "x64" ? 12 : 16;
const EVENT_DATA = EVENT - 8;

/**
 * Waits for descriptors, for all sources of one thread together: one `epoll_wait` on a thread of the pool while anybody
 * waits, ended by an eventfd. Nothing here is the engine's own poller, which cannot be stopped safely from outside.
 */
class Dispatcher {
  private readonly epoll: number;
  private readonly wakeup: number;
  private readonly events: Buffer;
  private readonly one: Buffer;
  private readonly sink: Buffer;
  private readonly event: Buffer;
  private readonly waiting: Map<number, () => void>;
  private isRunning: boolean;
  private readonly epollCtl;
  private readonly epollWait;

  constructor() {
    const library = processLibrary();
    const create = library.func<[flags: number], number>("int epoll_create1(int flags)");
    const eventfd = library.func<[value: number, flags: number], number>(
      "int eventfd(uint value, int flags)",
    );
    this.epollCtl = library.func<[ep: number, op: number, fd: number, event: Buffer], number>(
      "int epoll_ctl(int ep, int op, int fd, void *event)",
    );
    this.epollWait = library.func<[ep: number, into: Buffer, n: number, time: number], number>(
      "int epoll_wait(int ep, void *events, int n, int timeout)",
    );
    this.epoll = create(EPOLL_CLOEXEC);
    if (this.epoll < 0) throw systemError("", "epoll_create1");
    this.wakeup = eventfd(0, EFD_FLAGS);
    if (this.wakeup < 0) throw systemError("", "eventfd");
    this.events = pinned(MOST_EVENTS * EVENT);
    this.one = pinned(8);
    this.one[0] = 1;
    this.sink = pinned(8);
    this.event = pinned(EVENT);
    this.waiting = new Map();
    this.isRunning = false;
    this.control(CTL_ADD, this.wakeup, EPOLLIN);
    // A wait on the pool's thread would hold the end of the process up.
    process.on("exit", () => this.interrupt());
  }

  private control(operation: number, fd: number, flags: number): void {
    this.event.writeUInt32LE(flags >>> 0, 0);
    this.event.writeInt32LE(fd, EVENT_DATA);
    if (this.epollCtl(this.epoll, operation, fd, this.event) < 0)
      throw systemError("", "epoll_ctl");
  }

  add(fd: number): void {
    this.control(CTL_ADD, fd, EPOLLONESHOT);
  }

  remove(fd: number): void {
    this.forget(fd);
    this.control(CTL_DEL, fd, 0);
  }

  /** Calls `done` once when `fd` can be read or has failed. */
  watch(fd: number, done: () => void): void {
    this.waiting.set(fd, done);
    this.control(CTL_MOD, fd, EPOLLIN | EPOLLONESHOT);
    this.run();
  }

  forget(fd: number): void {
    if (this.waiting.delete(fd) && this.waiting.size === 0) this.interrupt();
  }

  private interrupt(): void {
    libc().write(this.wakeup, this.one, 8);
  }

  private run(): void {
    if (this.isRunning || this.waiting.size === 0) return;
    this.isRunning = true;
    this.epollWait.async(this.epoll, this.events, MOST_EVENTS, ROUND, (_, count) => {
      this.isRunning = false;
      this.take(count);
      this.run();
    });
  }

  private take(count: number): void {
    const ready: number[] = [];
    for (let i = 0; i < count; i++) {
      const fd = this.events.readInt32LE(i * EVENT + EVENT_DATA);
      if (fd === this.wakeup) libc().read(this.wakeup, this.sink, 8);
      else ready.push(fd);
    }
    for (const fd of ready) {
      const done = this.waiting.get(fd);
      this.waiting.delete(fd);
      done?.();
    }
  }
}

let dispatcher: Dispatcher | null = null;

/** Waits until one descriptor can be read: for the event loop, or holding the thread up. */
export class Readiness {
  private readonly fd: number;
  /** Ends {@link waitSync} from another thread. */
  private readonly wakeup: number;
  private readonly descriptors: Buffer;
  private readonly sink: Buffer;
  private readonly one: Buffer;
  private pending: ((isReady: boolean) => void)[];
  private isClosed: boolean;

  constructor(fd: number) {
    dispatcher ??= new Dispatcher();
    this.fd = fd;
    const eventfd = processLibrary().func<[value: number, flags: number], number>(
      "int eventfd(uint value, int flags)",
    );
    this.wakeup = eventfd(0, EFD_FLAGS);
    if (this.wakeup < 0) throw systemError("", "eventfd");
    this.descriptors = pinned(16);
    this.descriptors.writeInt32LE(fd, 0);
    this.descriptors.writeInt16LE(POLLIN, 4);
    this.descriptors.writeInt32LE(this.wakeup, 8);
    this.descriptors.writeInt16LE(POLLIN, 12);
    this.sink = pinned(8);
    this.one = pinned(8);
    this.one[0] = 1;
    this.pending = [];
    this.isClosed = false;
    dispatcher.add(fd);
  }

  /** True when it can be read or has failed; false when the time (milliseconds) is over or {@link wake} was called. */
  wait(timeout: number): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const done = (isReady: boolean): void => {
        clearTimeout(timer);
        this.pending = this.pending.filter((one) => one !== done);
        if (this.pending.length === 0 && !this.isClosed) dispatcher?.forget(this.fd);
        resolve(isReady);
      };
      this.pending.push(done);
      if (timeout < 2 ** 31) timer = setTimeout(done, Math.ceil(timeout), false);
      dispatcher?.watch(this.fd, () => this.settle(true));
    });
  }

  /**
   * True after so many milliseconds, whatever comes meanwhile; false when {@link wake} was called. For those who know that
   * something will be there by then: a timer costs less than waiting for the descriptor, which takes a thread of the pool.
   */
  pause(milliseconds: number): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (isReady: boolean): void => {
        clearTimeout(timer);
        this.pending = this.pending.filter((one) => one !== done);
        resolve(isReady);
      };
      this.pending.push(done);
      const timer = setTimeout(done, milliseconds, true);
    });
  }

  private settle(isReady: boolean): void {
    const { pending } = this;
    this.pending = [];
    for (const done of pending) done(isReady);
  }

  /** As {@link wait}, holding the thread up. Signals of the process are handled only afterwards. */
  waitSync(timeout: number): boolean {
    const end = performance.now() + timeout;
    for (;;) {
      const left = Math.min(Math.max(0, end - performance.now()), ROUND);
      const count = libc().poll(this.descriptors, 2, Math.ceil(left));
      if (count > 0) {
        if (this.descriptors.readInt16LE(14) === 0) return true;
        libc().read(this.wakeup, this.sink, 8);
        return false;
      }
      if (performance.now() >= end) return false;
    }
  }

  /** Ends whatever waits. */
  wake(): void {
    if (this.pending.length > 0) this.settle(false);
    else if (!this.isClosed) libc().write(this.wakeup, this.one, 8);
  }

  close(): void {
    if (this.isClosed) return;
    this.settle(false);
    this.isClosed = true;
    dispatcher?.remove(this.fd);
    libc().close(this.wakeup);
  }
}
