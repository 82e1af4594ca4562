import { Waiters } from "../waiters.ts";
import { type Dispatcher, EpollDispatcher, PollDispatcher } from "./dispatcher.ts";
import { pinned } from "./ffi.ts";
import { libc } from "./libc.ts";
import { Wakeup } from "./wakeup.ts";

/** How long one look at the descriptors lasts at most while the thread is held up. */
const ROUND = 500;
const POLLIN = 1;

let shared: Dispatcher | null = null;

/** What all sources of this thread wait with. */
const sharedDispatcher = (): Dispatcher =>
  (shared ??= process.platform === "linux" ? new EpollDispatcher() : new PollDispatcher());

/** Waits until one descriptor can be read: for the event loop, or holding the thread up. */
export class Readiness {
  private readonly fd: number;
  private readonly dispatcher: Dispatcher;
  /** Ends {@link waitSync} from another thread. */
  private readonly wakeup: Wakeup;
  private readonly descriptors: Buffer;
  private readonly waiters: Waiters;
  private isClosed: boolean;

  constructor(fd: number, dispatcher = sharedDispatcher()) {
    this.fd = fd;
    this.dispatcher = dispatcher;
    this.wakeup = new Wakeup();
    this.descriptors = pinned(16);
    this.descriptors.writeInt32LE(fd, 0);
    this.descriptors.writeInt16LE(POLLIN, 4);
    this.descriptors.writeInt32LE(this.wakeup.fd, 8);
    this.descriptors.writeInt16LE(POLLIN, 12);
    // The dispatcher needs not look any more.
    this.waiters = new Waiters(() => this.dispatcher.forget(fd));
    this.isClosed = false;
    dispatcher.add(fd);
  }

  /** True when it can be read or has failed; false when the time (milliseconds) is over or {@link wake} was called. */
  wait(timeout: number): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    const waiting = this.waiters.wait(timeout);
    this.dispatcher.watch(this.fd, () => this.waiters.settle(true));
    return waiting;
  }

  /** As {@link wait}, holding the thread up. Signals of the process are handled only afterwards. */
  waitSync(timeout: number): boolean {
    const end = performance.now() + timeout;
    for (;;) {
      const left = Math.min(Math.max(0, end - performance.now()), ROUND);
      const count = libc().poll(this.descriptors, 2, Math.ceil(left));
      if (count > 0) {
        if (this.descriptors.readInt16LE(14) === 0) return true;
        this.wakeup.drain();
        return false;
      }
      if (performance.now() >= end) return false;
    }
  }

  /** Ends whatever waits. */
  wake(): void {
    if (!this.waiters.isEmpty) this.waiters.settle(false);
    else if (!this.isClosed) this.wakeup.signal();
  }

  close(): void {
    if (this.isClosed) return;
    this.waiters.settle(false);
    this.isClosed = true;
    this.dispatcher.remove(this.fd);
    this.wakeup.close();
  }
}
