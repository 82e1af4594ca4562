/** What a state machine measures time with, so that a simulation can have its own. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls back once after so many milliseconds, until the function that it gives is called. */
  setTimeout(callback: () => void, milliseconds: number): () => void;
}

/** The name of the state that comes next; nothing to stay. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that only calls another one says nothing too
export type Next<N extends string> = N | undefined | void;

/** What the functions of a state can see and do. */
export interface StateContext<N extends string> {
  /** The state. */
  readonly state: N;
  /** Milliseconds since it was entered. */
  readonly elapsed: number;
  /** Aborted when the machine has ended. */
  readonly signal: AbortSignal;
  /** Ends the machine when the function is over. */
  stop(): void;
}

/** A state that packets come to. */
export interface State<P, N extends string> {
  /** Called when the state is entered, before any packet. */
  enter?(context: StateContext<N>): void | Promise<void>;
  /** Takes a packet, and says which state comes next; nothing to stay. */
  packet(packet: P, context: StateContext<N>): Next<N> | Promise<Next<N>>;
  /** Milliseconds that the machine stays here at most, counted from entering it. */
  readonly timeout?: number;
  /**
   * What comes when the time is over: a state, or a function that gives one; where it gives none, the time begins anew. The
   * machine ends where this is left out.
   */
  readonly onTimeout?: N | ((context: StateContext<N>) => Next<N> | Promise<Next<N>>);
}

/** A state in which the machine ends. */
export interface EndState<N extends string> {
  readonly end: true;
  enter?(context: StateContext<N>): void | Promise<void>;
}

/** One step from a state to another, or to the same. */
export interface Transition<N extends string> {
  readonly from: N;
  readonly to: N;
  readonly cause: "packet" | "timeout";
  /** Milliseconds, by the clock of the machine. */
  readonly at: number;
}

export interface StateMachineOptions<P, N extends string> {
  /** The state that it begins in. */
  readonly begin: NoInfer<N>;
  readonly states: { readonly [K in N]: State<P, NoInfer<N>> | EndState<NoInfer<N>> };
  /** Called at each step, before the new state is entered. */
  readonly onTransition?: (transition: Transition<NoInfer<N>>) => void;
  /** The real time unless told. */
  readonly clock?: Clock;
}

/** How a machine ended, and where. */
export interface Outcome<N extends string> {
  readonly state: N;
  /** It reached an end state, stayed too long in one, was stopped, or there were no more packets. */
  readonly reason: "end" | "timeout" | "stopped" | "exhausted";
}

/** Packets, or what gives them until a signal comes: that waits for none any more when the machine has ended. */
export type PacketFeed<P> =
  | AsyncIterable<P>
  | Iterable<P>
  | ((signal: AbortSignal) => AsyncIterable<P> | Iterable<P>);

const realTime: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, milliseconds) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** The longest time that a timer can be told. */
const LONGEST = 2 ** 31 - 1;

/**
 * Goes from state to state by the packets that come. Each state has a function that takes a packet and names the next state;
 * the compiler knows the names. One function runs at a time, also where they are asynchronous.
 *
 * @example
 * const machine = new StateMachine({
 *   begin: "waiting",
 *   states: {
 *     waiting: { packet: (p: RawPacket) => (p.text === "go" ? "done" : undefined), timeout: 500 },
 *     done: { end: true },
 *   },
 * });
 * const { state, reason } = await machine.run((signal) => socket.packets({ signal }));
 */
export class StateMachine<P, N extends string> {
  private readonly options: StateMachineOptions<P, N>;
  private readonly clock: Clock;
  private current: Run<P, N> | null;
  private last: N;

  /** @throws RangeError where a state is named that there is not, or a time is none. */
  constructor(options: StateMachineOptions<P, N>) {
    this.options = options;
    this.clock = options.clock ?? realTime;
    this.current = null;
    this.last = options.begin;
    checkState(options.states, options.begin, "begin");
    for (const name of Object.keys(options.states) as N[]) {
      const state: State<P, N> | EndState<N> = options.states[name];
      if (isEnd(state)) continue;
      if (!(state.timeout === undefined || state.timeout >= 0))
        throw new RangeError(
          `states.${name}.timeout: ${state.timeout} is no number of milliseconds`,
        );
      if (typeof state.onTimeout === "string")
        checkState(options.states, state.onTimeout, `states.${name}.onTimeout`);
    }
  }

  /** The state that it is in, or was in last; the first one before it was run. */
  get state(): N {
    return this.current?.name ?? this.last;
  }

  get running(): boolean {
    return this.current !== null;
  }

  /**
   * Runs from the first state until an end state, a time-out that leads nowhere, {@link stop}, or the last packet. It can be
   * run again then.
   *
   * @throws what a function of a state throws, or the source of the packets.
   */
  async run(feed: PacketFeed<P>): Promise<Outcome<N>> {
    if (this.current !== null) throw new TypeError("run: this state machine is running already");
    const run = new Run(this.options, this.clock);
    this.current = run;
    try {
      return await run.go(feed);
    } finally {
      this.last = run.name;
      this.current = null;
    }
  }

  /** Ends it; {@link run} gives the state that it is in. A function that runs is waited for. */
  stop(): void {
    this.current?.stop();
  }
}

/** One run of a machine, and the context of its functions. */
class Run<P, N extends string> implements StateContext<N> {
  name: N;
  private readonly options: StateMachineOptions<P, N>;
  private readonly clock: Clock;
  private readonly aborter: AbortController;
  private entered: number;
  private outcome: Outcome<N>["reason"] | null;
  private cancelTimer: (() => void) | null;
  private isDue: boolean;
  /** What the feed gave and nobody took yet. */
  private arrived: (() => IteratorResult<P>) | null;
  private isPulling: boolean;
  private wake: (() => void) | null;

  constructor(options: StateMachineOptions<P, N>, clock: Clock) {
    this.options = options;
    this.clock = clock;
    this.name = options.begin;
    this.aborter = new AbortController();
    this.entered = clock.now();
    this.outcome = null;
    this.cancelTimer = null;
    this.isDue = false;
    this.arrived = null;
    this.isPulling = false;
    this.wake = null;
  }

  get state(): N {
    return this.name;
  }

  get elapsed(): number {
    return this.clock.now() - this.entered;
  }

  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  stop(): void {
    this.outcome ??= "stopped";
    this.aborter.abort();
    this.wake?.();
  }

  async go(feed: PacketFeed<P>): Promise<Outcome<N>> {
    let iterator: AsyncIterator<P> | Iterator<P> | undefined;
    try {
      iterator = iteratorOf(typeof feed === "function" ? feed(this.signal) : feed);
      await this.enter(this.name);
      while (this.outcome === null) await this.step(iterator);
      return { state: this.name, reason: this.outcome };
    } finally {
      this.cancelTimer?.();
      this.aborter.abort();
      // Not waited for: it may itself wait for a packet that never comes.
      void Promise.resolve(iterator?.return?.()).catch(() => {});
    }
  }

  /** Waits for a packet or the end of the time, and does what it asks for. */
  private async step(iterator: AsyncIterator<P> | Iterator<P>): Promise<void> {
    this.pull(iterator);
    if (this.arrived === null && !this.isDue)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    this.wake = null;
    if (this.outcome !== null) return;
    const state = this.options.states[this.name] as State<P, N>;
    // A time that is over ends the state also for packets that came meanwhile.
    if (this.isDue) return this.timeOut(state);
    const take = this.arrived!;
    this.arrived = null;
    const { done, value } = take();
    if (done === true) this.outcome = "exhausted";
    else await this.follow(await state.packet(value, this), "packet");
  }

  /** Asks for the next packet where that is not done yet. */
  private pull(iterator: AsyncIterator<P> | Iterator<P>): void {
    if (this.isPulling || this.arrived !== null) return;
    this.isPulling = true;
    const arrive = (result: () => IteratorResult<P>): void => {
      this.isPulling = false;
      this.arrived = result;
      this.wake?.();
    };
    void Promise.resolve(iterator.next()).then(
      (result) => arrive(() => result),
      (error: unknown) =>
        arrive(() => {
          throw error;
        }),
    );
  }

  private async timeOut({ onTimeout }: State<P, N>): Promise<void> {
    this.isDue = false;
    if (onTimeout === undefined) {
      this.outcome = "timeout";
      return;
    }
    const next = typeof onTimeout === "string" ? onTimeout : await onTimeout(this);
    if (next === undefined) this.startTimer();
    else await this.follow(next, "timeout");
  }

  private async follow(next: Next<N>, cause: Transition<N>["cause"]): Promise<void> {
    if (next === undefined || this.outcome !== null) return;
    checkState(this.options.states, next, `states.${this.name}`);
    this.options.onTransition?.({ from: this.name, to: next, cause, at: this.clock.now() });
    await this.enter(next);
  }

  private async enter(name: N): Promise<void> {
    const state: State<P, N> | EndState<N> = this.options.states[name];
    this.name = name;
    this.entered = this.clock.now();
    this.startTimer();
    await state.enter?.(this);
    if (isEnd(state)) this.outcome ??= "end";
  }

  /** Starts the time of the state, in the place of that of the one before. */
  private startTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.isDue = false;
    const state: State<P, N> | EndState<N> = this.options.states[this.name];
    if (isEnd(state) || state.timeout === undefined || state.timeout > LONGEST) return;
    this.cancelTimer = this.clock.setTimeout(() => {
      this.isDue = true;
      this.wake?.();
    }, state.timeout);
  }
}

const isEnd = <P, N extends string>(state: State<P, N> | EndState<N>): state is EndState<N> =>
  "end" in state;

function iteratorOf<P>(from: AsyncIterable<P> | Iterable<P>): AsyncIterator<P> | Iterator<P> {
  return Symbol.asyncIterator in from ? from[Symbol.asyncIterator]() : from[Symbol.iterator]();
}

function checkState(states: object, name: string, where: string): void {
  if (!Object.hasOwn(states, name))
    throw new RangeError(`${where}: there is no state ${JSON.stringify(name)}`);
}
