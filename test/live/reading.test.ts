import { describe, expect, test } from "vitest";
import { build, ethernet, ipv4, type Packet, udp } from "../../src/index.ts";
import {
  type CaptureOptions,
  capture,
  DeviceError,
  type LiveCapture,
  SimulatedLink,
  type SimulatedSource,
} from "../../src/live/index.ts";

/** A capture at one end of a link, and the other end. */
async function opened(
  options: CaptureOptions = {},
  delay = 0,
): Promise<{ live: LiveCapture; sender: SimulatedSource; send(count: number): void }> {
  const link = new SimulatedLink({ delay });
  const sender = link.attach("sender");
  const live = await capture(link.attach("receiver"), options);
  let sent = 0;
  const send = (count: number): void => {
    for (let i = 0; i < count; i++)
      sender.inject(build(ethernet(), ipv4({ id: ++sent }), udp({ dstPort: 9 })).bytes());
  };
  return { live, sender, send };
}
const idOf = (packet: Packet): number => packet.require(ipv4).id;

describe("packets one by one", () => {
  test("come in order, with bytes of their own, until the limits", async () => {
    const { live, send } = await opened({ count: 5 });
    send(9);
    const kept: Packet[] = [];
    for await (const packet of live) kept.push(packet);
    expect(kept.map(idOf)).toEqual([1, 2, 3, 4, 5]);
    expect(kept.map((p) => p.number)).toEqual([1, 2, 3, 4, 5]);
    expect(live.stats()).toMatchObject({ received: 9, delivered: 5 });
    const rest: Packet[] = [];
    for await (const packet of live) rest.push(packet);
    expect(rest).toEqual([]);
  });

  test("end when the time is over, when aborted, when closed, and when told to", async () => {
    const ends: ((live: LiveCapture, aborter: AbortController) => void)[] = [
      () => {},
      (_, aborter) => aborter.abort(),
      (live) => live.close(),
      (live) => live.breakLoop(),
    ];
    for (const [i, end] of ends.entries()) {
      const aborter = new AbortController();
      const duration = i === 0 ? 20 : 60_000;
      const { live, send } = await opened({ duration, signal: aborter.signal });
      send(2);
      const ids: number[] = [];
      setTimeout(() => end(live, aborter), 10);
      for await (const packet of live) ids.push(idOf(packet));
      expect(ids).toEqual([1, 2]);
    }
  });

  test("leave others their turn while there are always more", async () => {
    const { live, send } = await opened({ count: 4000 });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    send(4000);
    for await (const packet of live) {
      const end = performance.now() + 0.01;
      while (performance.now() < end) packet.require(ipv4);
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});

describe("batches", () => {
  test("hold what is there, and can be kept", async () => {
    const { live, send } = await opened({ count: 2000 });
    send(2000);
    const sizes: number[] = [];
    const kept: Packet[] = [];
    for await (const batch of live.batches()) {
      sizes.push(batch.length);
      expect([...batch].map(idOf)).toEqual(batch.copy().map(idOf));
      expect(batch.kindOf(batch.packets[0]!)).toBe("other");
      kept.push(...batch.copy());
    }
    expect(sizes).toEqual([1024, 976]);
    expect(kept.map(idOf)).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1));
    expect(kept[0]!.data).toBe(kept[1]!.data);
  });
});

describe("calls that hold the thread up", () => {
  test("next gives packets one by one, and null when none comes in time", async () => {
    const { live, send } = await opened({ timeout: 10 });
    send(3);
    expect([live.next(), live.next(), live.next()].map((p) => idOf(p!))).toEqual([1, 2, 3]);
    const started = performance.now();
    expect(live.next()).toBeNull();
    expect(performance.now() - started).toBeGreaterThan(9);
  });

  test("next waits for what is under way", async () => {
    const { live, send } = await opened({}, 15);
    send(1);
    expect(idOf(live.next()!)).toBe(1);
  });

  test("not blocking, nothing waits", async () => {
    const { live, send } = await opened();
    live.blocking = false;
    expect(live.blocking).toBe(false);
    expect(live.next()).toBeNull();
    expect(live.dispatch(0, () => {})).toBe(0);
    expect(live.loop(-1, () => {})).toBe(0);
    expect(live.readPackets()).toEqual([]);
    send(2);
    expect(live.loop(0, () => {})).toBe(2);
  });

  test("dispatch takes at most so many, those of one buffer, or all until none comes in time", async () => {
    const { live, send } = await opened({ timeout: 5 });
    const ids: number[] = [];
    const each = (packet: Packet): void => void ids.push(idOf(packet));
    send(2500);
    expect(live.dispatch(2, each)).toBe(2);
    expect(live.dispatch(-1, each)).toBe(1024);
    expect(live.dispatch(0, each)).toBe(1474);
    expect(live.dispatch(-1, each)).toBe(0);
    expect(ids).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1));
    expect(() => live.dispatch(-2, each)).toThrow(RangeError);
    expect(() => live.dispatch(1.5, each)).toThrow(RangeError);
  });

  test("loop goes on until there were so many", async () => {
    const { live, send } = await opened({ timeout: 1 }, 20);
    const ids: number[] = [];
    send(3);
    expect(live.loop(3, (packet) => ids.push(idOf(packet)))).toBe(3);
    expect(ids).toEqual([1, 2, 3]);
    expect(() => live.loop(Number.NaN, () => {})).toThrow(RangeError);
  });

  test("breakLoop ends them, and no packet is lost", async () => {
    for (const call of ["dispatch", "loop"] as const) {
      const { live, send } = await opened({ timeout: 5 });
      send(5);
      const ids: number[] = [];
      const each = (packet: Packet): void => {
        ids.push(idOf(packet));
        if (ids.length === 2) live.breakLoop();
      };
      expect(live[call](0, each)).toBe(2);
      expect(live.stats().delivered).toBe(2);
      expect(idOf(live.next()!)).toBe(3);
      expect(live.readPackets().map(idOf)).toEqual([4, 5]);
      expect(live.stats().delivered).toBe(5);
      live.breakLoop();
      expect(live.next()).toBeNull();
    }
  });

  test("what a callback throws comes out, and the packets behind it stay", async () => {
    for (const call of ["dispatch", "loop"] as const) {
      const { live, send } = await opened({ timeout: 5 });
      send(3);
      const thrower = (packet: Packet): void => {
        if (idOf(packet) === 2) throw new Error("mine");
      };
      expect(() => live[call](0, thrower)).toThrow("mine");
      expect(live.readPackets().map(idOf)).toEqual([3]);
    }
  });
});

describe("a capture", () => {
  test("sends, filters, and says what it is", async () => {
    const { live, sender } = await opened({ direction: "in" });
    expect([live.name, live.linkType, live.backend]).toEqual(["receiver", 1, "simulated"]);
    live.inject(new Uint8Array(60));
    expect(live.sendBatch([new Uint8Array(60), new Uint8Array(61)])).toBe(2);
    expect(sender.stats().received).toBe(3);
    live.setFilter({ filter: (bytes) => bytes.length === 62 });
    sender.sendBatch([new Uint8Array(61), new Uint8Array(62)]);
    live.blocking = false;
    expect(live.next()?.length).toBe(62);
    live.setFilter(null);
    live.setDirection("out");
    sender.inject(new Uint8Array(63));
    expect(live.next()).toBeNull();
  });

  test("that is closed says so, keeps its figures, and can be closed again", async () => {
    const { live, send } = await opened();
    send(1);
    live.next();
    live.close();
    live.close();
    expect(live.stats()).toEqual({ received: 1, dropped: 0, interfaceDropped: 0, delivered: 1 });
    expect(() => live.inject(new Uint8Array(60))).toThrow(DeviceError);
    expect(() => live.setFilter(null)).toThrow(/receiver is closed/);
    expect(live.next()).toBeNull();
  });

  test("refuses options that are none", async () => {
    const end = new SimulatedLink().attach("end");
    for (const options of [{ snaplen: 0 }, { count: -1 }, { latency: -1 }, { bufferSize: 1 }])
      await expect(capture(end, options)).rejects.toThrow(RangeError);
    await expect(capture("lo", { backend: "magic" as "auto" })).rejects.toThrow(/magic/);
    await expect(capture("no-such-device0")).rejects.toMatchObject({
      code: "ERR_DEVICE_MISSING",
      device: "no-such-device0",
    });
  });
});
