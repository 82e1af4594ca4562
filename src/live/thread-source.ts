import { Worker } from "node:worker_threads";
import { closedError, DeviceError, type DeviceErrorCode } from "./errors.ts";
import { Control, RingReader, type SharedMemory, sharedMemory } from "./shared-ring.ts";
import { SocketSource } from "./socket-source.ts";
import type {
  CaptureDirection,
  PacketFilter,
  PacketSink,
  PacketSource,
  SourceStats,
} from "./source.ts";
import { Waiters } from "./waiters.ts";

/** What the thread is told when it starts. */
export interface ThreadData {
  readonly device: string;
  readonly backend: string;
  /** Options of the source that can be copied to another thread; a filter in words, or as the bytes of a program. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly filter: ThreadFilter | null;
  readonly memory: SharedMemory;
}

/** A filter as it can be sent to another thread. */
export interface ThreadFilter {
  readonly expression: string | null;
  readonly program: Uint8Array | null;
}

/** What the thread is asked later. */
export type ThreadOrder =
  | { readonly do: "filter"; readonly filter: ThreadFilter | null }
  | { readonly do: "direction"; readonly direction: CaptureDirection }
  | { readonly do: "close" };

/** What the thread says. */
export type ThreadNews =
  | {
      readonly is: "open";
      readonly linkType: number;
      readonly backend: PacketSource["backend"];
      readonly reason: string;
    }
  | { readonly is: "packets" }
  | { readonly is: "closed" }
  | {
      readonly is: "error";
      readonly code: DeviceErrorCode | null;
      readonly message: string;
    };

/** A filter for another thread. One that is only a function cannot be sent. */
export function threadFilter(filter: PacketFilter | string | null): ThreadFilter | null {
  if (filter === null) return null;
  if (typeof filter === "string") return { expression: filter, program: null };
  const { expression = null, program } = filter;
  if (expression === null && program === undefined)
    throw new TypeError("capture: thread: a filter of words or a compiled one is wanted");
  return { expression, program: program?.toBytes() ?? null };
}

/**
 * A source that lives in a thread of its own: it goes on taking packets from the system while this thread is busy, up to the
 * size of the memory between the two.
 */
export class ThreadSource implements PacketSource {
  readonly name: string;
  readonly backend: PacketSource["backend"];
  readonly linkType: number;
  readonly reason: string;
  private readonly worker: Worker;
  private readonly reader: RingReader;
  private readonly waiters: Waiters;
  private error: Error | null;
  private sender: SocketSource | null;
  private isClosed: boolean;

  private constructor(data: ThreadData, worker: Worker, news: Extract<ThreadNews, { is: "open" }>) {
    this.name = data.device;
    this.backend = news.backend;
    this.linkType = news.linkType;
    this.reason = news.reason;
    this.worker = worker;
    this.reader = new RingReader(data.memory);
    this.waiters = new Waiters();
    this.error = null;
    this.sender = null;
    this.isClosed = false;
    worker.on("message", (one: ThreadNews) => this.hear(one));
    worker.on("error", (error) => this.fail(error));
  }

  /** Starts the thread and waits until it has opened the interface. */
  static open(
    device: string,
    backend: string,
    options: ThreadData["options"],
    filter: ThreadFilter | null,
    bufferSize: number,
  ): Promise<ThreadSource> {
    const memory = sharedMemory(bufferSize);
    const workerData: ThreadData = { device, backend, options, filter, memory };
    const worker = new Worker(new URL("./thread-worker.js", import.meta.url), {
      workerData,
      // Flags of this process may not be for files (`--input-type`), or mean something else there.
      execArgv: [],
    });
    return new Promise((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", (news: ThreadNews) => {
        worker.off("error", reject);
        if (news.is === "open") resolve(new ThreadSource(workerData, worker, news));
        else reject(errorOf(device, news));
      });
    });
  }

  private hear(news: ThreadNews): void {
    if (news.is === "error") this.fail(errorOf(this.name, news));
    else this.waiters.settle(true);
  }

  private fail(error: Error): void {
    this.error ??= error;
    this.waiters.settle(true);
  }

  read(sink: PacketSink, most: number): number {
    this.check();
    const count = this.reader.read(sink, most);
    // Good packets before the fault come first.
    if (count === 0 && this.error !== null) throw this.error;
    return count;
  }

  ready(timeout: number): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    Atomics.store(this.reader.control, Control.isWaiting, 1);
    if (!this.reader.isEmpty || this.error !== null) return Promise.resolve(true);
    return this.waiters.wait(timeout);
  }

  wait(timeout: number): boolean {
    this.check();
    const { control } = this.reader;
    const seen = Atomics.load(control, Control.published);
    if (!this.reader.isEmpty) return true;
    Atomics.wait(control, Control.published, seen, timeout);
    return !this.reader.isEmpty;
  }

  wake(): void {
    Atomics.notify(this.reader.control, Control.published);
    this.waiters.settle(false);
  }

  /** Frames go out from this thread, through a socket that receives nothing. */
  private get out(): SocketSource {
    return (this.sender ??= new SocketSource(this.name, { etherType: 0 }));
  }

  inject(frame: Uint8Array): void {
    this.check();
    this.out.inject(frame);
  }

  sendBatch(frames: readonly Uint8Array[]): number {
    this.check();
    return this.out.sendBatch(frames);
  }

  /** As the thread told it last, at most a twentieth of a second ago. */
  stats(): SourceStats {
    const { control } = this.reader;
    return {
      received: Atomics.load(control, Control.received) >>> 0,
      dropped: Atomics.load(control, Control.dropped) >>> 0,
      interfaceDropped: Atomics.load(control, Control.interfaceDropped) >>> 0,
    };
  }

  /** Holds soon, not at once: the thread hears of it between two batches. */
  setFilter(filter: PacketFilter | null): void {
    this.order({ do: "filter", filter: threadFilter(filter) });
  }

  setDirection(direction: CaptureDirection): void {
    this.order({ do: "direction", direction });
  }

  private order(order: ThreadOrder): void {
    this.check();
    this.worker.postMessage(order);
  }

  private check(): void {
    if (this.isClosed) throw closedError(this.name);
  }

  /** The thread gives the interface back and ends by itself: one that is ended from outside may take the process with it. */
  close(): void {
    if (this.isClosed) return;
    this.order({ do: "close" });
    this.isClosed = true;
    this.sender?.close();
    this.waiters.settle(false);
  }
}

function errorOf(device: string, news: ThreadNews): Error {
  if (news.is !== "error") return new DeviceError("ERR_DEVICE_FAILED", device, "the thread ended");
  if (news.code === null) return new TypeError(news.message);
  return new DeviceError(news.code, device, news.message);
}
