import { describe, expect, test } from "vitest";
import { EpollDispatcher, PollDispatcher } from "../../src/live/native/dispatcher.ts";
import { Readiness } from "../../src/live/native/readiness.ts";
import { Wakeup } from "../../src/live/native/wakeup.ts";

const noLinux = process.platform !== "linux" ? "only Linux has epoll" : null;
if (noLinux !== null) process.stderr.write(`skipped: a dispatcher is not tested, ${noLinux}\n`);

const dispatchers = [
  ["epoll and eventfd", EpollDispatcher, true],
  ["poll and a pipe", PollDispatcher, false],
] as const;

describe.skipIf(noLinux !== null).each(dispatchers)("waiting with %s", (_, Kind, isLinux) => {
  /** A descriptor that somebody can write to. */
  const opened = (): { bell: Wakeup; readiness: Readiness } => {
    const bell = new Wakeup(isLinux);
    return { bell, readiness: new Readiness(bell.fd, new Kind()) };
  };

  test("ends when the descriptor can be read, also when it could before", async () => {
    const { bell, readiness } = opened();
    setTimeout(() => bell.signal(), 20);
    const begun = performance.now();
    expect(await readiness.wait(5000)).toBe(true);
    expect(performance.now() - begun).toBeGreaterThan(15);
    expect(await readiness.wait(5000)).toBe(true);
    expect(readiness.waitSync(5000)).toBe(true);
    bell.drain();
    expect(await readiness.wait(10)).toBe(false);
    expect(readiness.waitSync(10)).toBe(false);
    readiness.close();
    bell.close();
  });

  test("ends when it is told to, and when it is closed", async () => {
    const { bell, readiness } = opened();
    setTimeout(() => readiness.wake(), 5);
    expect(await readiness.wait(Number.POSITIVE_INFINITY)).toBe(false);
    // With nobody waiting, the next one is told.
    readiness.wake();
    expect(readiness.waitSync(5000)).toBe(false);
    setTimeout(() => readiness.close(), 5);
    expect(await readiness.wait(Number.POSITIVE_INFINITY)).toBe(false);
    expect(await readiness.wait(5000)).toBe(false);
    readiness.close();
    bell.close();
  });

  test("serves several descriptors and several who wait for one", async () => {
    const dispatcher = new Kind();
    const bells = Array.from({ length: 5 }, () => new Wakeup(isLinux));
    const all = bells.map((bell) => new Readiness(bell.fd, dispatcher));
    const first = Promise.all([all[0]!.wait(2000), all[0]!.wait(2000)]);
    const others = all.slice(1).map((one, i) => one.wait(i === 3 ? 60 : 2000));
    for (const [i, bell] of bells.slice(0, 4).entries()) setTimeout(() => bell.signal(), 10 * i);
    expect(await first).toEqual([true, true]);
    expect(await Promise.all(others)).toEqual([true, true, true, false]);
    for (const one of all) one.close();
    for (const bell of bells) bell.close();
  });
});
