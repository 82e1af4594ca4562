import { describe, expect, it } from "vitest";
import {
  DeviceError,
  type PacketSink,
  type PacketSource,
  RawSocket,
  SimulatedLink,
} from "../../src/live/index.ts";
import { suite } from "./raw-suite.ts";

suite("a simulated link", () => {
  const link = new SimulatedLink();
  return [link.attach("one"), link.attach("two")];
});

suite("a slow link", () => {
  const link = new SimulatedLink({ delay: 3, mtu: 1500 });
  return [link.attach("one"), link.attach("two")];
});

suite("sources that do not say how packets came", () => {
  const link = new SimulatedLink({ mtu: 1500 });
  return [silent(link.attach("one")), silent(link.attach("two"))];
});

/** A source with some of its members replaced. */
const changed = (source: PacketSource, members: Partial<PacketSource>): PacketSource =>
  new Proxy(source, {
    get(_, key) {
      const value: unknown = Reflect.get(key in members ? members : source, key);
      return typeof value === "function" ? value.bind(source) : value;
    },
  });

/** As a source of a library that knows less, and lends its bytes from a pool of Node's. */
function silent(source: PacketSource): PacketSource {
  const pool = Buffer.alloc(65536);
  return changed(source, {
    read: (sink: PacketSink, most: number): number => {
      pool.fill(0);
      let at = 0;
      const pooled: PacketSink = {
        packet(bytes, start, end, length, seconds, nanoseconds) {
          pool.set(bytes.subarray(start, end), at);
          sink.packet(pool, at, at + end - start, length, seconds, nanoseconds, -1);
          at += end - start;
        },
      };
      return source.read(pooled, most);
    },
  });
}

describe("raw sockets and their sources", () => {
  it("want Ethernet, and an address", () => {
    const raw = new SimulatedLink({ linkType: 101 }).attach("tun");
    expect(() => new RawSocket(raw, { etherType: 1 })).toThrow(DeviceError);
    const nameless = changed(new SimulatedLink().attach("x"), { mac: undefined as never });
    expect(() => new RawSocket(nameless, { etherType: 1 })).toThrow(/mac: one is needed/);
    expect(new RawSocket(nameless, { etherType: 1, mac: "02:00:00:00:00:09" }).mac).toBe(
      "02:00:00:00:00:09",
    );
  });

  it("end with an error when the source fails under them", async () => {
    const source = new SimulatedLink().attach("x");
    const sockets = [1, 2].map((etherType) => new RawSocket(source, { etherType }));
    const waiting = sockets.map((socket) => socket.receive());
    setTimeout(() => source.close(), 5);
    for (const one of waiting) await expect(one).rejects.toThrow(DeviceError);
  });

  it("keep what others read for them, up to a limit, and count the rest", async () => {
    const link = new SimulatedLink();
    const sender = new RawSocket(link.attach("a"), { etherType: 1 });
    const source = link.attach("b");
    const [eager, lazy] = [1, 1].map((etherType) => new RawSocket(source, { etherType }));
    for (let i = 0; i < 1100; i++) sender.send([i & 255]);
    let count = 0;
    while (eager!.poll() !== null) count++;
    expect(count).toBe(1100);
    expect([eager!.stats().dropped, lazy!.stats().dropped]).toEqual([0, 1100 - 1024]);
    let kept = 0;
    while (lazy!.poll() !== null) kept++;
    expect(kept).toBe(1024);
  });

  it("let other work have its turn while packets keep coming", async () => {
    const link = new SimulatedLink();
    const [a, b] = ["a", "b"].map((name) => new RawSocket(link.attach(name), { etherType: 1 }));
    let isOver = false;
    setTimeout(() => {
      isOver = true;
    }, 5);
    let count = 0;
    a!.send("x");
    for await (const packet of b!) {
      if (isOver || ++count > 200_000) break;
      a!.send(packet.data);
    }
    expect(isOver).toBe(true);
  });

  it("let other work have its turn while frames of another type keep coming", async () => {
    const link = new SimulatedLink();
    const a = link.attach("a");
    // Whenever its source is asked, there is another frame at once.
    const busy = changed(link.attach("b"), {
      ready: async () => {
        a.inject(new Uint8Array(60));
        return true;
      },
    });
    const waiting = new RawSocket(busy, { etherType: 2 }).receive({ timeout: 20 });
    expect(await waiting).toBeNull();
    // No timer had a turn before.
    expect(busy.stats().received).toBeGreaterThanOrEqual(15);
  });
});
