import { describe, expect, test } from "vitest";
import { end, intercept, listen, missing, PORT, queueTo, send, untilEnd } from "./interception.ts";
import { lab } from "./lab.ts";

describe.skipIf(missing !== null)("packets that wait for an interceptor", () => {
  /** Verdicts come when the program is told to give them; two packets may wait for theirs. */
  const waiting = (options: string, ending: string): string =>
    `const interceptor = new Interceptor({ pending: 2, ${options} });
    const held = [];
    interceptor.start((packet) => {
      say(textOf(packet));
      return new Promise((resolve) => held.push(resolve));
    });
    say("ready");
    ${ending}
    say(interceptor.stats()[0]);
    process.exit();`;

  async function sent(t: Parameters<typeof lab>[0], program: string) {
    const { left, right } = await lab(t);
    queueTo(left, 0);
    const there = await listen(right);
    const child = await intercept(left, program);
    for (const text of ["one", "two", "three", "four"]) send(left, right.ipv4, text);
    expect([await child.line(), await child.line()]).toEqual(["one", "two"]);
    return { there, child };
  }

  test("are handed out when others have their verdicts, in the order of these", async (t) => {
    const ending = `
      await next();
      held.splice(1, 1)[0]("accept");
      await next();
      for (let i = 0; i < 3; await later(20)) if (held.length > 0) { held.shift()("accept"); i++; }
      await interceptor.stop();`;
    const { there, child } = await sent(t, waiting("", ending));
    await expect(child.line(100)).rejects.toThrow("no line came");
    child.write("second\n");
    expect(await there.line()).toBe("two");
    expect(await child.line()).toBe("three");
    child.write("others\n");
    expect(await child.line()).toBe("four");
    for (const text of ["one", "three", "four"]) expect(await there.line()).toBe(text);
    const stats = { received: 4, verdicts: { accept: 4 }, failed: 0 };
    expect(JSON.parse(await child.line())).toMatchObject(stats);
    expect(await child.done).toBe(0);
  });

  test("are dropped by stop, when no verdict comes in time", async (t) => {
    const { there, child } = await sent(
      t,
      waiting(
        "",
        `await next();
        const before = performance.now();
        await interceptor.stop({ timeout: 100 });
        say(performance.now() - before > 90);
        held[0]("accept"); // too late
        await later(20);`,
      ),
    );
    child.write("end\n");
    expect(await child.line()).toBe("true");
    const stats = { received: 2, pending: 0, failed: 2, verdicts: { accept: 0 }, kernel: null };
    expect(JSON.parse(await child.line())).toMatchObject(stats);
    expect(await child.done).toBe(0);
    expect(there.out()).toBe("ready\n");
  });

  test("may be accepted by stop, and verdicts that come soon are waited for", async (t) => {
    const { there, child } = await sent(
      t,
      waiting(
        "",
        `await next();
        const stopped = interceptor.stop({ waiting: "accept" });
        held[0]("drop");
        await later(50);
        held[1]("accept");
        await stopped;`,
      ),
    );
    child.write("end\n");
    const stats = { received: 2, failed: 0, verdicts: { accept: 1, drop: 1 } };
    expect(JSON.parse(await child.line())).toMatchObject(stats);
    for (const text of ["two", "three", "four"]) expect(await there.line()).toBe(text);
    expect(await child.done).toBe(0);
  });

  test("go on where the queue is full and may be passed, else they are dropped", async (t) => {
    for (const open of [true, false]) {
      const options = `maxLength: 3, failOpen: ${open}`;
      const ending = `await next();
        say(interceptor.stats()[0].kernel);
        await interceptor.stop({ timeout: 0 });`;
      const { there, child } = await sent(t, waiting(options, ending));
      if (open) expect(await there.line()).toBe("four");
      child.write("end\n");
      const kernel = { waiting: 3, dropped: open ? 0 : 1, notTaken: 0 };
      expect(JSON.parse(await child.line())).toEqual(kernel);
      expect(await child.done).toBe(0);
      expect(there.out()).toBe(open ? "ready\nfour\n" : "ready\n");
    }
  });

  test("are counted when they found no room, and then it goes on", async (t) => {
    const { left, right } = await lab(t);
    queueTo(left, 0);
    const there = await listen(right);
    const child = await intercept(
      left,
      `import { createSocket } from "node:dgram";
      const interceptor = new Interceptor({ bufferSize: 10_000 });
      interceptor.start(() => "accept");
      say("ready");
      await next();
      const socket = createSocket("udp4");
      await new Promise((resolve) => {
        let left = 300;
        const done = () => --left === 0 && resolve();
        // All of them leave in one turn: nothing is read meanwhile.
        for (let i = 0; i < 300; i++) socket.send("x".repeat(1000), ${PORT}, "${right.ipv4}", done);
      });
      await later(200);
      const { overruns, received, kernel } = interceptor.stats()[0];
      say([overruns > 0, received < 300, kernel.notTaken + received, kernel.waiting]);
      await new Promise((resolve) => socket.send("last", ${PORT}, "${right.ipv4}", resolve));
      await next();
      process.exit();`,
    );
    child.write("send\n");
    expect(JSON.parse(await child.line())).toEqual([true, true, 300, 0]);
    for (let text = ""; text !== "last"; ) text = await there.line();
    child.write("end\n");
    expect(await child.done).toBe(0);
  });

  test("may be gone when their verdict comes, with their interface", async (t) => {
    const { left, right } = await lab(t);
    queueTo(left, 0);
    const child = await intercept(
      left,
      `const interceptor = new Interceptor();
      let give;
      interceptor.start(() => {
        say("held");
        return new Promise((resolve) => (give = resolve));
      });
      say("ready");
      await next();
      give("accept");
      await later(50);
      ${untilEnd.replace('say("ready");', "")}`,
    );
    send(left, right.ipv4, "x");
    expect(await child.line()).toBe("held");
    left.exec(["ip", "link", "set", "left0", "down"]);
    child.write("give\n");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await end(child)).toMatchObject({ received: 1, vanished: 1, failed: 0 });
  });

  test("may be longer than the kernel hands over, and pass unchanged only", async (t) => {
    const { left } = await lab(t);
    queueTo(left, 0);
    const there = await listen(left);
    const child = await intercept(
      left,
      `import { createSocket } from "node:dgram";
      const interceptor = new Interceptor({ onError: ({ message }) => say(message) });
      interceptor.start((packet) => {
        say([packet.length, packet.originalLength]);
        return packet.number === 1 ? "accept" : { verdict: "accept", bytes: packet };
      });
      const socket = createSocket("udp4");
      say("ready");
      for (let i = 0; i < 2; i++) {
        await next();
        socket.send("x".repeat(65507), ${PORT}, "127.0.0.1");
      }
      ${untilEnd.replace('say("ready");', "")}`,
    );
    child.write("send\n");
    expect(JSON.parse(await child.line())).toEqual([65531, 65535]);
    expect((await there.line()).length).toBe(65507);
    child.write("send\n");
    expect(JSON.parse(await child.line())).toEqual([65531, 65535]);
    expect(await child.line()).toMatch(/^bytes: the packet is too long to be changed/);
    expect(await end(child)).toMatchObject({ verdicts: { accept: 1 }, failed: 1 });
  });

  test("come through by the thousand", async (t) => {
    const { left, right } = await lab(t);
    queueTo(left, 0);
    const there = await listen(right);
    const child = await intercept(
      left,
      `import { createSocket } from "node:dgram";
      const interceptor = new Interceptor();
      interceptor.start((packet) => (Number(textOf(packet)) % 2 ? Promise.resolve("accept") : "accept"));
      const socket = createSocket("udp4");
      say("ready");
      await next();
      for (let i = 0; i < 3000; i++)
        await new Promise((resolve) => socket.send(String(i), ${PORT}, "${right.ipv4}", resolve));
      socket.close();
      while (interceptor.stats()[0].verdicts.accept < 3000) await later(5);
      ${untilEnd.replace('say("ready");', "")}`,
    );
    child.write("send\n");
    const seen = new Set<string>();
    while (seen.size < 3000) seen.add(await there.line());
    const stats = { received: 3000, overruns: 0, vanished: 0, verdicts: { accept: 3000 } };
    expect(await end(child)).toMatchObject(stats);
  });
});
