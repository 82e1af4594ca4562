import type { RawPacket } from "./raw-packet.ts";
import { type RawData, type RawSendOptions, RawSocket } from "./raw-socket.ts";

/** Packets that wait for a handler at most unless told. */
const QUEUE = 1024;

/** A packet to be handled, and what is needed to do so. */
export interface RawRequest {
  readonly packet: RawPacket;
  readonly server: RawServer;
  /** Aborted when the server is stopped and does not wait for its handlers. */
  readonly signal: AbortSignal;
  /** Sends data to where the packet came from, in the same VLAN. */
  readonly reply: (data: RawData, options?: RawSendOptions) => void;
}

/** What handles packets, in three steps. {@link finish} is always run, also when a step before it failed. */
export interface RawHandler {
  setup?(request: RawRequest): void | Promise<void>;
  handle(request: RawRequest): void | Promise<void>;
  finish?(request: RawRequest): void | Promise<void>;
}

/** A class of which each packet gets an object of its own. */
export type RawHandlerClass<H extends RawHandler> = new (request: RawRequest) => H;

/** A handler with the request at hand, to be extended; a class of one's own with the same methods does as well. */
export abstract class RawRequestHandler implements RawHandler {
  readonly request: RawRequest;

  constructor(request: RawRequest) {
    this.request = request;
  }

  get packet(): RawPacket {
    return this.request.packet;
  }

  get server(): RawServer {
    return this.request.server;
  }

  /** Sends data to where the packet came from. */
  reply(data: RawData, options?: RawSendOptions): void {
    this.request.reply(data, options);
  }

  /** Comes before {@link handle}; does nothing unless overridden. */
  setup(): void | Promise<void> {}

  abstract handle(): void | Promise<void>;

  /** Comes last, whatever happened before; does nothing unless overridden. */
  finish(): void | Promise<void> {}
}

export interface RawServerOptions<H extends RawHandler> {
  /**
   * Takes the place of setup, handle and finish, and calls of these what it wants to: for servers that keep something from
   * packet to packet.
   */
  readonly callback?: (handler: H, server: RawServer, request: RawRequest) => void | Promise<void>;
  /** Packets handled at the same time; one unless told, so that they are handled in order. */
  readonly concurrency?: number;
  /** Packets that wait for a handler at most; 1024 unless told. Those that come beyond are refused and counted. */
  readonly queue?: number;
  /** Hears what handlers throw. Without it the first fault stops the server, and {@link RawServer.spin} rejects with it. */
  readonly onError?: (error: unknown, request: RawRequest) => void;
}

export interface StopOptions {
  /** Whether handlers that run are told to end, by the signal of their request. */
  readonly abort?: boolean;
  /** What the signal says then. */
  readonly reason?: unknown;
}

/**
 * Hands each packet of a socket to a handler. The socket stays open when the server stops.
 *
 * @example
 * class Echo extends RawRequestHandler {
 *   override handle() { this.reply(this.packet.data); }
 * }
 * const server = new RawServer(new RawSocket(source, { etherType: 0x88b5 }), Echo);
 * const done = server.spin();
 * await server.stop();
 */
export class RawServer<H extends RawHandler = RawHandler> {
  readonly socket: RawSocket;
  private readonly run: (request: RawRequest) => Promise<unknown[]>;
  private readonly concurrency: number;
  private readonly queue: number;
  private readonly onError: ((error: unknown, request: RawRequest) => void) | undefined;
  /** Packets that wait, and handlers that run. */
  private readonly waiting: RawPacket[];
  private readonly active: Set<Promise<void>>;
  private readonly faults: unknown[];
  private readonly counts: { handled: number; refused: number };
  /** End the receiving, and the handlers; new ones for each time the server is started. */
  private stopper: AbortController;
  private aborter: AbortController;
  private ended: Promise<void> | null;

  constructor(
    socket: RawSocket,
    handler: RawHandlerClass<H> | H,
    options: RawServerOptions<H> = {},
  ) {
    const { concurrency = 1, queue = QUEUE, callback, onError } = options;
    checkCount("concurrency", concurrency, 1);
    checkCount("queue", queue, 0);
    if (!(socket instanceof RawSocket)) throw new TypeError("socket: a RawSocket is wanted");
    this.socket = socket;
    this.run = runnerOf(handler, callback);
    this.concurrency = concurrency;
    this.queue = queue;
    this.onError = onError;
    this.waiting = [];
    this.active = new Set();
    this.faults = [];
    this.counts = { handled: 0, refused: 0 };
    this.stopper = new AbortController();
    this.aborter = new AbortController();
    this.ended = null;
  }

  /** Whether packets are received and handled. */
  get running(): boolean {
    return this.ended !== null && !this.stopper.signal.aborted;
  }

  /** Handlers that ended, well or not. */
  get handled(): number {
    return this.counts.handled;
  }

  /** Packets that no handler got: there was no room for them, or the server was stopped. */
  get refused(): number {
    return this.counts.refused;
  }

  /** Handlers that run. */
  get busy(): number {
    return this.active.size;
  }

  /**
   * Waits for one packet and handles it; false where none came within the time (that of the socket unless told).
   *
   * @throws what the handler throws, where nobody listens to it.
   */
  async spinOnce(options: { readonly timeout?: number } = {}): Promise<boolean> {
    let came = false;
    await this.whileRunning(async (signal) => {
      const packet = await this.socket.receive({ ...options, signal });
      came = packet !== null;
      if (packet !== null) this.start(packet);
    });
    return came;
  }

  /**
   * Receives and handles packets until the server is stopped or its socket closed, and all handlers have ended.
   *
   * @throws what a handler throws, where nobody listens to it, several faults as an AggregateError; DeviceError when the
   *   interface fails.
   */
  spin(): Promise<void> {
    return this.whileRunning(async (signal) => {
      for await (const packet of this.socket.packets({ timeout: Number.POSITIVE_INFINITY, signal }))
        this.accept(packet);
    });
  }

  /**
   * Begins with no further packet, and waits for the handlers that run; packets that wait are refused. A handler that stops its own
   * server must not wait for this.
   */
  async stop({ abort = false, reason }: StopOptions = {}): Promise<void> {
    if (abort) this.aborter.abort(reason);
    this.stopper.abort();
    // Faults are for who started the server.
    await this.ended?.catch(() => {});
  }

  private whileRunning(receive: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.ended !== null)
      return Promise.reject(new TypeError("spin: this server is running already"));
    this.stopper = new AbortController();
    this.aborter = new AbortController();
    this.ended = this.serve(receive);
    return this.ended;
  }

  private async serve(receive: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await receive(this.stopper.signal);
    } catch (error) {
      this.faults.push(error);
    }
    this.counts.refused += this.waiting.length;
    this.waiting.length = 0;
    while (this.active.size > 0) await Promise.all(this.active);
    this.ended = null;
    const faults = this.faults.splice(0);
    if (faults.length > 1) throw new AggregateError(faults, `${faults.length} handlers failed`);
    if (faults.length > 0) throw faults[0];
  }

  private accept(packet: RawPacket): void {
    if (this.active.size < this.concurrency) this.start(packet);
    else if (this.waiting.length < this.queue) this.waiting.push(packet);
    else this.counts.refused++;
  }

  /** Starts a handler, which never rejects; the next packet follows it. */
  private start(packet: RawPacket): void {
    const request = new Request(packet, this, this.aborter.signal);
    const task = this.run(request).then((errors) => {
      this.active.delete(task);
      this.counts.handled++;
      for (const error of errors) this.report(error, request);
      if (this.stopper.signal.aborted) return;
      const next = this.waiting.shift();
      if (next !== undefined) this.start(next);
    });
    this.active.add(task);
  }

  private report(error: unknown, request: RawRequest): void {
    try {
      if (this.onError === undefined) throw error;
      this.onError(error, request);
    } catch (unheard) {
      this.faults.push(unheard);
      this.stopper.abort();
    }
  }
}

class Request implements RawRequest {
  readonly packet: RawPacket;
  readonly server: RawServer;
  readonly signal: AbortSignal;
  /** A function of its own, so that it may be taken out: `handle({ packet, reply })`. */
  readonly reply: (data: RawData, options?: RawSendOptions) => void;

  constructor(packet: RawPacket, server: RawServer, signal: AbortSignal) {
    this.packet = packet;
    this.server = server;
    this.signal = signal;
    const { from: to, vlans } = packet;
    const [vlan] = vlans;
    const whereFrom = vlan === undefined ? { to } : { to, vlan };
    this.reply = (data, options) => server.socket.send(data, { ...whereFrom, ...options });
  }
}

/** Makes a handler where there is a class for it, and runs its steps; gives what was thrown, in order. */
function runnerOf<H extends RawHandler>(
  from: RawHandlerClass<H> | H,
  callback: RawServerOptions<H>["callback"],
): (request: RawRequest) => Promise<unknown[]> {
  if (typeof from !== "function" && typeof from?.handle !== "function")
    throw new TypeError("handler: a class, or an object with the method handle, is wanted");
  return async (request) => {
    const faults: unknown[] = [];
    let handler: H | undefined;
    try {
      handler = typeof from === "function" ? new from(request) : from;
      if (callback !== undefined) await callback(handler, request.server, request);
      else {
        await handler.setup?.(request);
        await handler.handle(request);
      }
    } catch (error) {
      faults.push(error);
    }
    if (handler === undefined || callback !== undefined) return faults;
    try {
      await handler.finish?.(request);
    } catch (error) {
      faults.push(error);
    }
    return faults;
  };
}

function checkCount(name: string, value: number, least: number): void {
  const isCount = Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
  if (!(isCount && value >= least))
    throw new RangeError(`${name}: ${value} is no whole number from ${least}`);
}
