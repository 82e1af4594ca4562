import { describe, expect, it } from "vitest";
import {
  type Clock,
  type RawPacket,
  RawSocket,
  SimulatedLink,
  StateMachine,
  type StateMachineOptions,
  type Transition,
} from "../../src/live/index.ts";

/** Time that passes when it is told to. */
class Simulated implements Clock {
  time = 0;
  private readonly timers = new Map<() => void, number>();

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, milliseconds: number): () => void {
    this.timers.set(callback, this.time + milliseconds);
    return () => void this.timers.delete(callback);
  }

  get pending(): number {
    return this.timers.size;
  }

  async pass(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    for (const [callback, due] of this.timers) {
      if (due > this.time) continue;
      this.timers.delete(callback);
      callback();
    }
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

/** Packets that are there when they are put there. */
class Feed implements AsyncIterable<string> {
  isReturned = false;
  private readonly queue: string[] = [];
  private wake: (() => void) | null = null;
  private isOver = false;

  async put(...packets: string[]): Promise<void> {
    this.queue.push(...packets);
    this.wake?.();
    await settled();
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.put();
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: async () => {
        while (this.queue.length === 0 && !this.isOver)
          await new Promise<void>((done) => {
            this.wake = done;
          });
        const value = this.queue.shift();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
      return: async () => {
        this.isReturned = true;
        return { done: true, value: undefined };
      },
    };
  }
}

type Name = "closed" | "opening" | "open" | "done";

/** A door that opens by two packets and closes when nobody comes. */
const door = (more: Partial<StateMachineOptions<string, Name>> = {}): StateMachine<string, Name> =>
  new StateMachine({
    begin: "closed",
    states: {
      closed: { packet: (p: string) => (p === "knock" ? "opening" : undefined) },
      opening: {
        packet: (p) => (p === "word" ? "open" : "closed"),
        timeout: 100,
        onTimeout: "closed",
      },
      open: {
        packet(p) {
          if (p === "leave") return "done";
        },
        timeout: 1000,
      },
      done: { end: true },
    },
    ...more,
  });

describe("StateMachine(receive_cb)", () => {
  it("goes by packets from the begin state over others to an end state", async () => {
    const seen: Transition<Name>[] = [];
    const machine = door({ onTransition: (t) => seen.push(t), clock: new Simulated() });
    expect([machine.state, machine.running]).toEqual(["closed", false]);
    const outcome = await machine.run(["hello", "knock", "word", "stay", "leave", "more"]);
    expect(outcome).toEqual({ state: "done", reason: "end" });
    expect(seen.map(({ from, to, cause, at }) => `${from} ${to} ${cause} ${at}`)).toEqual([
      "closed opening packet 0",
      "opening open packet 0",
      "open done packet 0",
    ]);
    expect([machine.state, machine.running]).toEqual(["done", false]);
  });

  it("sm_state(timeout): leads to another state, from entering it on", async () => {
    const clock = new Simulated();
    const feed = new Feed();
    const machine = door({ clock });
    const running = machine.run(feed);
    await feed.put("knock");
    expect(machine.state).toBe("opening");
    await clock.pass(99);
    expect(machine.state).toBe("opening");
    await clock.pass(1);
    expect(machine.state).toBe("closed");
    // The time of a state that was left is over with it.
    await feed.put("knock", "word");
    await clock.pass(150);
    expect(machine.state).toBe("open");
    await clock.pass(850);
    expect(await running).toEqual({ state: "open", reason: "timeout" });
    expect(clock.pending).toBe(0);
    expect(feed.isReturned).toBe(true);
  });

  it("sm_state(timeout_cb): may stay, and is called again", async () => {
    const clock = new Simulated();
    let sent = 0;
    const feed = new Feed();
    const machine = new StateMachine({
      begin: "asking",
      clock,
      states: {
        asking: {
          enter: () => {
            sent = 1;
          },
          packet: (p: string) => (p === "answer" ? "answered" : undefined),
          timeout: 10,
          async onTimeout({ state, elapsed }) {
            expect([state, elapsed]).toEqual(["asking", sent * 10]);
            await settled();
            if (sent === 3) return "failed";
            sent++;
          },
        },
        answered: { end: true },
        failed: { end: true },
      },
    });
    const running = machine.run(feed);
    for (let i = 0; i < 3; i++) {
      await clock.pass(10);
      await settled();
    }
    expect(await running).toEqual({ state: "failed", reason: "end" });
    expect(sent).toBe(3);
  });

  it("stop(): from outside, or from a state; the function that runs ends first", async () => {
    const feed = new Feed();
    const machine = door();
    const running = machine.run(feed);
    await expect(machine.run(feed)).rejects.toThrow(/running already/);
    await feed.put("knock");
    machine.stop();
    expect(await running).toEqual({ state: "opening", reason: "stopped" });
    machine.stop();
    const inside = new StateMachine({
      begin: "one",
      states: {
        one: {
          async packet(_: number, context) {
            context.stop();
            await settled();
            if (context.signal.aborted) return "two";
          },
        },
        two: { end: true },
      },
    });
    expect(await inside.run([1, 2])).toEqual({ state: "one", reason: "stopped" });
  });

  it("ends with the packets, and runs again from the first state", async () => {
    const machine = door();
    expect(await machine.run(["knock"])).toEqual({ state: "opening", reason: "exhausted" });
    expect(await machine.run(["word"])).toEqual({ state: "closed", reason: "exhausted" });
    const feed = new Feed();
    const running = machine.run(() => feed);
    await feed.end();
    expect((await running).reason).toBe("exhausted");
  });

  it("runs one function at a time", async () => {
    let depth = 0;
    let most = 0;
    const clock = new Simulated();
    const slow = async (): Promise<void> => {
      most = Math.max(most, ++depth);
      await settled();
      await settled();
      depth--;
    };
    const machine = new StateMachine({
      begin: "busy",
      clock,
      states: { busy: { enter: slow, packet: slow, timeout: 1, onTimeout: slow } },
    });
    const running = machine.run([1, 2, 3, 4]);
    for (let i = 0; i < 10; i++) await clock.pass(1);
    expect(await running).toEqual({ state: "busy", reason: "exhausted" });
    expect(most).toBe(1);
  });

  it("a state's own name enters it anew", async () => {
    let entered = 0;
    const machine = new StateMachine({
      begin: "again",
      states: { again: { enter: () => void entered++, packet: (_: number) => "again" } },
    });
    await machine.run([1, 2]);
    expect(entered).toBe(3);
  });

  it("an end state may be the first, and sees that it was entered", async () => {
    const seen: string[] = [];
    const machine = new StateMachine<string, "end">({
      begin: "end",
      states: { end: { end: true, enter: ({ state }) => void seen.push(state) } },
    });
    expect(await machine.run(["x"])).toEqual({ state: "end", reason: "end" });
    expect(seen).toEqual(["end"]);
  });

  it("faults of states and of the source come out of run", async () => {
    const machine = new StateMachine({
      begin: "bad",
      states: {
        bad: {
          packet(p: string) {
            throw new Error(p);
          },
        },
      },
    });
    await expect(machine.run(["no"])).rejects.toThrow("no");
    expect(machine.running).toBe(false);
    const broken = (async function* () {
      yield "hello";
      throw new Error("cable");
    })();
    await expect(door().run(broken)).rejects.toThrow("cable");
  });

  it("refuses states that are not there, to the compiler and at run time", async () => {
    const wrong = new StateMachine({
      begin: "one",
      // @ts-expect-error there is no state "three"
      states: { one: { packet: (_: number) => "three" }, two: { end: true } },
    });
    await expect(wrong.run([1])).rejects.toThrow(/no state "three"/);
    // @ts-expect-error there is no state "zero"
    expect(() => new StateMachine({ begin: "zero", states: { one: { end: true } } })).toThrow(
      RangeError,
    );
    const late = { packet() {}, timeout: 1, onTimeout: "two" as "one" };
    expect(() => new StateMachine({ begin: "one", states: { one: late } })).toThrow(/onTimeout/);
    const never = { packet() {}, timeout: -1 };
    expect(() => new StateMachine({ begin: "one", states: { one: never } })).toThrow(/timeout: -1/);
  });

  it("is driven by a socket, in real time", async () => {
    const link = new SimulatedLink();
    const [a, b] = ["a", "b"].map((name) => new RawSocket(link.attach(name), { etherType: 1 }));
    const machine = new StateMachine({
      begin: "waiting",
      states: {
        waiting: {
          packet: (p: RawPacket) => (p.text === "go" ? "going" : undefined),
          timeout: 2000,
        },
        going: { packet: () => undefined, timeout: 20, onTimeout: "done" },
        done: { end: true },
      },
    });
    const running = machine.run((signal) =>
      b!.packets({ timeout: Number.POSITIVE_INFINITY, signal }),
    );
    a!.send("ready");
    a!.send("go");
    expect(await running).toEqual({ state: "done", reason: "end" });
    // Nothing waits for a packet any more: the next one is for whoever comes next.
    a!.send("later");
    expect((await b!.receive())!.text).toBe("later");
    a!.close();
    b!.close();
  });
});
