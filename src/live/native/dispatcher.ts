import { pinned } from "./ffi.ts";
import { libc, processLibrary, systemError } from "./libc.ts";
import { Wakeup } from "./wakeup.ts";

/** How long one wait lasts at most, so that a process never hangs on a lost wake-up. */
const ROUND = 500;

/**
 * Waits for descriptors, for all sources of one thread together: one call on a thread of the pool while anybody waits, ended by
 * a {@link Wakeup}. Nothing here is the engine's own poller, which cannot be stopped safely from outside.
 */
export abstract class Dispatcher {
  protected readonly wakeup: Wakeup;
  protected readonly waiting: Map<number, () => void>;
  private isRunning: boolean;

  constructor() {
    this.wakeup = new Wakeup();
    this.waiting = new Map();
    this.isRunning = false;
    // A wait on the pool's thread would hold the end of the process up.
    process.on("exit", () => this.wakeup.signal());
  }

  /** Takes a descriptor in, and gives it back. */
  abstract add(fd: number): void;
  abstract remove(fd: number): void;
  /** Asks for one event of a descriptor. */
  protected abstract arm(fd: number): void;
  /** Waits on another thread; gives the descriptors that can be read or have failed. */
  protected abstract wait(time: number, done: (ready: number[]) => void): void;

  /** Calls `done` once when `fd` can be read or has failed. */
  watch(fd: number, done: () => void): void {
    this.waiting.set(fd, done);
    this.arm(fd);
    this.run();
  }

  forget(fd: number): void {
    if (this.waiting.delete(fd) && this.waiting.size === 0) this.wakeup.signal();
  }

  private run(): void {
    if (this.isRunning || this.waiting.size === 0) return;
    this.isRunning = true;
    this.wait(ROUND, (ready) => {
      this.isRunning = false;
      for (const fd of ready) {
        if (fd === this.wakeup.fd) {
          this.wakeup.drain();
          continue;
        }
        const done = this.waiting.get(fd);
        this.waiting.delete(fd);
        done?.();
      }
      this.run();
    });
  }
}

/** Events taken at a time. */
const MOST_EVENTS = 64;
const EPOLL_CLOEXEC = 0x80000;
const CTL_ADD = 1;
const CTL_DEL = 2;
const CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLONESHOT = 1 << 30;
/** `struct epoll_event` is packed on x86-64 only. */
const EVENT = process.arch === "x64" ? 12 : 16;
const EVENT_DATA = EVENT - 8;

/** For Linux: epoll(7). */
export class EpollDispatcher extends Dispatcher {
  private readonly epoll: number;
  private readonly events: Buffer;
  private readonly event: Buffer;
  private readonly epollCtl;
  private readonly epollWait;

  constructor() {
    super();
    const library = processLibrary();
    const create = library.func<[flags: number], number>("int epoll_create1(int flags)");
    this.epollCtl = library.func<[ep: number, op: number, fd: number, event: Buffer], number>(
      "int epoll_ctl(int ep, int op, int fd, void *event)",
    );
    this.epollWait = library.func<[ep: number, into: Buffer, n: number, time: number], number>(
      "int epoll_wait(int ep, void *events, int n, int timeout)",
    );
    this.epoll = create(EPOLL_CLOEXEC);
    if (this.epoll < 0) throw systemError("", "epoll_create1");
    this.events = pinned(MOST_EVENTS * EVENT);
    this.event = pinned(EVENT);
    this.control(CTL_ADD, this.wakeup.fd, EPOLLIN);
  }

  private control(operation: number, fd: number, flags: number): void {
    this.event.writeUInt32LE(flags >>> 0, 0);
    this.event.writeInt32LE(fd, EVENT_DATA);
    if (this.epollCtl(this.epoll, operation, fd, this.event) < 0)
      throw systemError("", "epoll_ctl");
  }

  override add(fd: number): void {
    this.control(CTL_ADD, fd, EPOLLONESHOT);
  }

  override remove(fd: number): void {
    this.forget(fd);
    this.control(CTL_DEL, fd, 0);
  }

  protected override arm(fd: number): void {
    this.control(CTL_MOD, fd, EPOLLIN | EPOLLONESHOT);
  }

  protected override wait(time: number, done: (ready: number[]) => void): void {
    this.epollWait.async(this.epoll, this.events, MOST_EVENTS, time, (_, count) => {
      const ready: number[] = [];
      for (let i = 0; i < count; i++) ready.push(this.events.readInt32LE(i * EVENT + EVENT_DATA));
      done(ready);
    });
  }
}

const POLLFD = 8;
const POLLIN = 1;

/** For other systems: poll(2) over all descriptors that somebody waits for. */
export class PollDispatcher extends Dispatcher {
  private isWaiting = false;

  override add(_fd: number): void {}

  override remove(fd: number): void {
    this.forget(fd);
    // A wait that is under way looks at it still.
    if (this.isWaiting) this.wakeup.signal();
  }

  protected override arm(_fd: number): void {
    if (this.isWaiting) this.wakeup.signal();
  }

  protected override wait(time: number, done: (ready: number[]) => void): void {
    const fds = [this.wakeup.fd, ...this.waiting.keys()];
    const memory = pinned(fds.length * POLLFD);
    for (const [i, fd] of fds.entries()) {
      memory.writeInt32LE(fd, i * POLLFD);
      memory.writeInt16LE(POLLIN, i * POLLFD + 4);
    }
    this.isWaiting = true;
    libc().poll.async(memory, fds.length, time, () => {
      this.isWaiting = false;
      done(fds.filter((_, i) => memory.readInt16LE(i * POLLFD + 6) !== 0));
    });
  }
}
