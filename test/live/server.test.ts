import { afterEach, describe, expect, it } from "vitest";
import {
  type RawHandler,
  type RawRequest,
  RawRequestHandler,
  RawServer,
  type RawServerOptions,
  RawSocket,
  SimulatedLink,
} from "../../src/live/index.ts";

const open: RawSocket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

/** A client and the socket of a server on one link. */
function pair(): [client: RawSocket, server: RawSocket] {
  const link = new SimulatedLink();
  const sockets = ["client", "server"].map(
    (name) => new RawSocket(link.attach(name), { etherType: 0x88b5, timeout: 300 }),
  );
  open.push(...sockets);
  return sockets as [RawSocket, RawSocket];
}

const pause = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));

/** A handler that writes its steps down, and fails in some. */
function recorder(fails: readonly string[] = []) {
  const steps: string[] = [];
  const step = (name: string): void => {
    steps.push(name);
    if (fails.includes(name)) throw new Error(name);
  };
  class Steps extends RawRequestHandler {
    override setup(): void {
      step("setup");
    }
    override handle(): void {
      step("handle");
    }
    override finish(): void {
      step("finish");
    }
  }
  return [steps, Steps] as const;
}

describe("RawServer(interface, protocol, RequestHandlerClass)", () => {
  it("spin_once(): one packet, one handler, its three steps in order", async () => {
    const [client, socket] = pair();
    const [steps, Steps] = recorder();
    const server = new RawServer(socket, Steps);
    client.send("one");
    client.send("two");
    expect(server.running).toBe(false);
    const once = server.spinOnce();
    expect(server.running).toBe(true);
    expect(await once).toBe(true);
    expect([server.handled, server.running]).toEqual([1, false]);
    expect(steps).toEqual(["setup", "handle", "finish"]);
    expect(await server.spinOnce()).toBe(true);
    expect(await server.spinOnce({ timeout: 0 })).toBe(false);
    await expect(server.spinOnce({ timeout: -1 })).rejects.toThrow(RangeError);
  });

  it("gives each packet a handler of its own, with packet and server", async () => {
    const [client, socket] = pair();
    const seen: RawRequestHandler[] = [];
    class Keep extends RawRequestHandler {
      override handle(): void {
        seen.push(this);
      }
    }
    const server = new RawServer(socket, Keep);
    for (const text of ["a", "b"]) client.send(text);
    await server.spinOnce();
    await server.spinOnce();
    expect(new Set(seen).size).toBe(2);
    expect(seen.map((one) => one.packet.text)).toEqual(["a", "b"]);
    expect(seen[0]!.server).toBe(server);
    expect(seen[0]!.request.signal.aborted).toBe(false);
  });

  it("takes an object for all packets, and waits for its promises", async () => {
    const [client, socket] = pair();
    const texts: string[] = [];
    const server = new RawServer(socket, {
      async handle({ packet }) {
        await pause(5);
        texts.push(packet.text);
      },
    });
    client.send("a");
    await server.spinOnce();
    expect(texts).toEqual(["a"]);
  });

  it("spin(), running = False: stops between packets, and starts again", async () => {
    const [client, socket] = pair();
    const texts: string[] = [];
    const server: RawServer = new RawServer(socket, {
      handle({ packet }) {
        texts.push(packet.text);
        if (packet.text === "stop") void server.stop();
      },
    });
    const first = server.spin();
    await expect(server.spin()).rejects.toThrow(/running already/);
    for (const text of ["a", "stop"]) client.send(text);
    await first;
    client.send("b");
    const second = server.spin();
    await pause(10);
    await server.stop();
    await second;
    expect(texts).toEqual(["a", "stop", "b"]);
    await server.stop();
  });

  it("ends with its socket", async () => {
    const [, socket] = pair();
    const done = new RawServer(socket, { handle() {} }).spin();
    setTimeout(() => socket.close(), 5);
    await done;
  });

  it("answers in the VLAN that was asked in", async () => {
    const link = new SimulatedLink();
    const [client, socket] = ["a", "b"].map((name) => {
      const one = new RawSocket(link.attach(name), { etherType: 0x88b5, tagged: true });
      open.push(one);
      return one;
    });
    client!.send("x", { vlan: 9 });
    await new RawServer(socket!, { handle: ({ reply }) => reply("y") }).spinOnce();
    expect((await client!.receive())!.vlans).toEqual([9]);
  });

  it("refuses what is no server", () => {
    const [, socket] = pair();
    const bad = (options: RawServerOptions<RawHandler>) => () =>
      new RawServer(socket, { handle() {} }, options);
    for (const value of [0, -1, 1.5, Number.NaN])
      expect(bad({ concurrency: value })).toThrow(/concurrency/);
    expect(bad({ queue: -1 })).toThrow(/queue/);
    expect(() => new RawServer(socket, {} as RawHandler)).toThrow(/handler/);
    expect(() => new RawServer({} as RawSocket, { handle() {} })).toThrow(/socket/);
  });
});

describe("RawRequestHandler: run() and its faults", () => {
  it.each([
    [["setup"], ["setup", "finish"]],
    [["handle"], ["setup", "handle", "finish"]],
    [["finish"], ["setup", "handle", "finish"]],
  ])("finish is run when %s fails, and spin rejects", async (fails, expected) => {
    const [client, socket] = pair();
    const [steps, Steps] = recorder(fails);
    const server = new RawServer(socket, Steps);
    client.send("x");
    await expect(server.spin()).rejects.toThrow(fails[0]);
    expect(steps).toEqual(expected);
    expect(server.running).toBe(false);
  });

  it("no fault is lost where there are several", async () => {
    const [client, socket] = pair();
    const [, Steps] = recorder(["handle", "finish"]);
    client.send("x");
    const error = await new RawServer(socket, Steps).spinOnce().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors.map((e: Error) => e.message)).toEqual([
      "handle",
      "finish",
    ]);
  });

  it("goes on where somebody listens to faults", async () => {
    const [client, socket] = pair();
    const heard: [string, string][] = [];
    class Fails {
      handle(): Promise<void> {
        return Promise.reject(new Error("no"));
      }
    }
    const server = new RawServer(socket, Fails, {
      onError: (error, { packet }) => heard.push([(error as Error).message, packet.text]),
    });
    const done = server.spin();
    for (const text of ["a", "b"]) client.send(text);
    await pause(20);
    await server.stop();
    await done;
    expect(heard).toEqual([
      ["no", "a"],
      ["no", "b"],
    ]);
  });

  it("a constructor or a listener that throws is a fault too", async () => {
    const [client, socket] = pair();
    class Unborn extends RawRequestHandler {
      constructor(request: RawRequest) {
        super(request);
        throw new Error("unborn");
      }
      override handle(): void {}
    }
    client.send("x");
    await expect(new RawServer(socket, Unborn).spin()).rejects.toThrow("unborn");
    client.send("x");
    const onError = (error: unknown): never => {
      throw new Error("deaf", { cause: error });
    };
    await expect(new RawServer(socket, Unborn, { onError }).spin()).rejects.toThrow("deaf");
  });
});

describe("RawServerCallback(interface, protocol, RequestHandlerClass, callback)", () => {
  it("callback(handler, server) calls what it wants to", async () => {
    const [client, socket] = pair();
    const [steps, Steps] = recorder();
    class Named extends Steps {
      readonly name = "Named";
    }
    const state: unknown[] = [];
    const server = new RawServer(socket, Named, {
      callback: async (handler, own, request) => {
        await handler.handle();
        state.push(handler.name, own === server, request.packet.text);
      },
    });
    client.send("x");
    await server.spinOnce();
    expect(steps).toEqual(["handle"]);
    expect(state).toEqual(["Named", true, "x"]);
  });

  it("its faults are faults of the handler", async () => {
    const [client, socket] = pair();
    const callback = (): never => {
      throw new Error("callback");
    };
    client.send("x");
    const server = new RawServer(socket, { handle() {} }, { callback });
    await expect(server.spinOnce()).rejects.toThrow("callback");
  });
});

describe("RawAsyncServer, RawAsyncServerCallback", () => {
  it("handles so many packets at a time, in order of arrival, the others wait", async () => {
    const [client, socket] = pair();
    let most = 0;
    const begun: number[] = [];
    const server: RawServer = new RawServer(
      socket,
      {
        async handle({ packet }) {
          most = Math.max(most, server.busy);
          begun.push(packet.data[0]!);
          await pause(2);
        },
      },
      { concurrency: 3 },
    );
    const done = server.spin();
    for (let i = 0; i < 10; i++) client.send([i]);
    while (server.handled < 10) await pause(2);
    await server.stop();
    await done;
    expect(most).toBe(3);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("refuses and counts what has no room; each server has its own", async () => {
    const [client, socket] = pair();
    const gate = withResolvers();
    const servers = [socket, socket.dup()].map(
      (one, i) => new RawServer(one, { handle: () => gate.promise }, { concurrency: 2, queue: i }),
    );
    const done = servers.map((server) => server.spin());
    for (let i = 0; i < 6; i++) client.send([i]);
    await pause(10);
    expect(servers.map(({ busy, refused }) => [busy, refused])).toEqual([
      [2, 4],
      [2, 3],
    ]);
    const stopped = servers.map((server) => server.stop());
    gate.resolve();
    await Promise.all([...stopped, ...done]);
    // The one that waited is not begun any more.
    expect(servers.map(({ handled, refused }) => [handled, refused])).toEqual([
      [2, 4],
      [2, 4],
    ]);
    servers[1]!.socket.close();
  });

  it("stop() waits for handlers; with abort they are told to end", async () => {
    const [client, socket] = pair();
    const ends: unknown[] = [];
    const server = new RawServer(socket, {
      async handle({ signal }) {
        await new Promise<void>((done) => {
          const timer = setTimeout(done, 30);
          signal.addEventListener("abort", () => {
            clearTimeout(timer);
            done();
          });
        });
        ends.push(signal.aborted ? signal.reason : "finished");
      },
    });
    for (const options of [{}, { abort: true, reason: "enough" }]) {
      const done = server.spin();
      client.send("x");
      await pause(5);
      expect(server.busy).toBe(1);
      await server.stop(options);
      expect([server.busy, server.running]).toEqual([0, false]);
      await done;
    }
    expect(ends).toEqual(["finished", "enough"]);
  });

  it("a fault stops the others cleanly", async () => {
    const [client, socket] = pair();
    const ended: string[] = [];
    const server = new RawServer(
      socket,
      {
        async handle({ packet }) {
          await pause(packet.text === "bad" ? 1 : 15);
          if (packet.text === "bad") throw new Error("bad");
          ended.push(packet.text);
        },
      },
      { concurrency: 2 },
    );
    const done = server.spin();
    for (const text of ["good", "bad", "late"]) client.send(text);
    await expect(done).rejects.toThrow("bad");
    expect([ended, server.refused]).toEqual([["good"], 1]);
  });
});

interface Resolvers {
  readonly promise: Promise<void>;
  resolve(): void;
}

function withResolvers(): Resolvers {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
