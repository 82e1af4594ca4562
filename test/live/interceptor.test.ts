import { describe, expect, test } from "vitest";
import { Interceptor } from "../../src/live/interceptor.ts";
import {
  end,
  intercept,
  listen,
  missing,
  PORT,
  prelude,
  queueTo,
  send,
  untilEnd,
} from "./interception.ts";
import { lab } from "./lab.ts";

describe.skipIf(missing !== null)("an interceptor", () => {
  test("accepts, drops and steals, by what is in the packet", async (t) => {
    const { left, right } = await lab(t);
    queueTo(left, 0);
    const there = await listen(right);
    const child = await intercept(
      left,
      `const interceptor = new Interceptor();
      interceptor.start(async (packet, context) => {
        const { queue, id, hook, inInterface, outInterface, mark, timestamp } = context;
        const { hardwareAddress } = context;
        say({ queue, id, hook, inInterface, outInterface, mark, timestamp, hardwareAddress });
        say([String(packet.chain), packet.number, textOf(packet), packet.nanoseconds >= 0]);
        const word = textOf(packet).split(" ")[0];
        if (word === "later") await later(20);
        return { later: "accept", number: 1, zero: 0 }[word] ?? word;
      });
      ${untilEnd}`,
    );
    const words = ["drop 1", "accept 2", "stolen 3", "later 4", "number 5", "zero 6", "stop 7"];
    for (const text of words) {
      send(left, right.ipv4, text);
      const context = JSON.parse(await child.line());
      expect(context).toMatchObject({ queue: 0, hook: "output", mark: 0, hardwareAddress: null });
      expect(context).toMatchObject({ inInterface: null, outInterface: "left0", timestamp: null });
      expect(JSON.parse(await child.line())).toEqual(["IPv4:UDP", context.id, text, true]);
    }
    const arrived = ["accept 2", "number 5", "stop 7", "later 4"];
    for (const _ of arrived) await there.line();
    expect(there.out().trim().split("\n").slice(1).sort()).toEqual(arrived.sort());
    expect(await end(child)).toMatchObject({
      received: 7,
      pending: 0,
      failed: 0,
      verdicts: { drop: 2, accept: 3, stolen: 1, stop: 1, queue: 0, repeat: 0 },
    });
  });

  test("changes payloads; lengths and checksums are right at the other end", async (t) => {
    const { left, right } = await lab(t);
    queueTo(left, 0);
    const there = await listen(right);
    const child = await intercept(
      left,
      `const interceptor = new Interceptor();
      interceptor.start((packet) => {
        const text = textOf(packet);
        const changed = packet.copy().replaceRaw(text.toUpperCase().repeat(text.length));
        if (text === "wrong") {
          packet.bytes().set([1, 2], packet.require(udp).layer.start + 6);
          return { verdict: "accept", bytes: packet.bytes({ update: false }) };
        }
        if (text === "bytes") return { verdict: "accept", bytes: changed.bytes() };
        return { verdict: "accept", bytes: changed };
      });
      ${untilEnd}`,
    );
    for (const to of [right.ipv4, right.ipv6]) {
      for (const text of ["wrong", "abc", "bytes", "x"]) send(left, to, text);
      expect(await there.line()).toBe("ABCABCABC");
      expect(await there.line()).toBe("BYTES".repeat(5));
      expect(await there.line()).toBe("X");
    }
    expect(await end(child)).toMatchObject({ received: 8, verdicts: { accept: 8 }, vanished: 0 });
  });

  test("takes IPv6, and packets that come in, with who sent them", async (t) => {
    const { left, right } = await lab(t);
    queueTo(right, 3, "-A", "INPUT", "-p", "udp", "--dport", PORT);
    const there = await listen(right);
    const child = await intercept(
      right,
      `const interceptor = new Interceptor({ queues: 3 });
      interceptor.start((packet, { hook, inInterface, outInterface, hardwareAddress }) => {
        say([packet.require("ip").src, hook, inInterface, outInterface, hardwareAddress]);
        return "accept";
      });
      ${untilEnd}`,
    );
    for (const one of ["ipv4", "ipv6"] as const) {
      send(left, right[one], one);
      const seen = JSON.parse(await child.line());
      expect(seen).toEqual([left[one], "input", "right0", null, left.mac]);
      expect(await there.line()).toBe(one);
    }
    await end(child);
  });

  test("marks packets; marks lead past the rule that sent them here", async (t) => {
    const { left, right } = await lab(t);
    const rule = "-A OUTPUT -p udp -m mark ! --mark 9".split(" ");
    queueTo(left, 0, ...rule);
    left.exec("iptables -t raw -A OUTPUT -p udp -j MARK --set-mark 0x80000001".split(" "));
    left.exec("iptables -t mangle -A POSTROUTING -m mark --mark 9 -p udp".split(" "));
    const there = await listen(right);
    const child = await intercept(
      left,
      `const interceptor = new Interceptor();
      interceptor.start((packet, { mark }) => {
        say(mark);
        return { verdict: textOf(packet), mark: textOf(packet) === "repeat" ? 9 : 8 };
      });
      ${untilEnd}`,
    );
    send(left, right.ipv4, "repeat");
    expect(await child.line()).toBe(String(0x80000001));
    expect(await there.line()).toBe("repeat");
    send(left, right.ipv4, "accept");
    expect(await child.line()).toBe(String(0x80000001));
    expect(await there.line()).toBe("accept");
    const counters = left.exec("iptables -t mangle -nvxL POSTROUTING".split(" "));
    expect(counters.split("\n")[2]?.trim().split(/\s+/)[0]).toBe("1");
    expect(await end(child)).toMatchObject({ received: 2, verdicts: { repeat: 1, accept: 1 } });
  });

  test("drops packets on which the verdict function throws, and reports it", async (t) => {
    const { left, right } = await lab(t);
    queueTo(left, 0);
    const there = await listen(right);
    const child = await intercept(
      left,
      `const interceptor = new Interceptor({
        onError: (error, packet) => say(error.name + ": " + error.message + " of " + textOf(packet)),
      });
      interceptor.start((packet) => {
        const text = textOf(packet);
        if (text === "throw") throw new Error("thrown");
        if (text === "reject") return Promise.reject(new Error("rejected"));
        if (text === "short") return { verdict: "accept", bytes: new Uint8Array(19) };
        if (text === "long") return { verdict: "accept", bytes: new Uint8Array(65536) };
        if (text === "mark") return { verdict: "accept", mark: -1 };
        if (text === "nothing") return undefined;
        return text;
      });
      ${untilEnd}`,
    );
    const expected = {
      throw: "Error: thrown",
      reject: "Error: rejected",
      short: "RangeError: bytes: 19, and there must be 20 to 65531",
      long: "RangeError: bytes: 65536, and there must be 20 to 65531",
      mark: "RangeError: mark: -1 is not an integer from 0 to 4294967295",
      nothing: "TypeError: verdict: undefined is none; there are drop, accept, stolen, queue",
      perhaps: "TypeError: verdict: perhaps is none; there are drop, accept, stolen, queue",
    };
    for (const [text, message] of Object.entries(expected)) {
      send(left, right.ipv4, text);
      const line = await child.line();
      expect(line).toMatch(new RegExp(` of ${text}$`));
      expect(line.startsWith(message), line).toBe(true);
    }
    send(left, right.ipv4, "accept");
    expect(await there.line()).toBe("accept");
    expect(await end(child)).toMatchObject({ received: 8, failed: 7, verdicts: { accept: 1 } });
  });

  test("stops with the exception where nobody wants it reported", async (t) => {
    const { left, right } = await lab(t);
    queueTo(left, 0);
    const child = await intercept(
      left,
      `const interceptor = new Interceptor();
      interceptor.start(() => { throw new Error("thrown"); });
      say("ready");
      await interceptor.finished;`,
    );
    send(left, right.ipv4, "x");
    expect(await child.done).toBe(1);
    expect(child.err()).toContain("Error: thrown");
  });

  test("sees packets as they will be sent, also those that the network card would cut", async (t) => {
    const { left, right } = await lab(t);
    queueTo(left, 0, "-A", "OUTPUT", "-p", "tcp");
    const server = right.spawnNode(`
      import { createServer } from "node:net";
      let bytes = 0;
      createServer((socket) => {
        socket.on("data", ({ length }) => (bytes += length));
        socket.on("end", () => { console.log(bytes); process.exit(); });
      }).listen(${PORT}, "::", () => console.log("ready"));`);
    expect(await server.line()).toBe("ready");
    const child = await intercept(
      left,
      `import { connect } from "node:net";
      import { tcp } from "wirecraft/protocols";
      const interceptor = new Interceptor();
      let [longest, wrong] = [0, 0];
      interceptor.start((packet) => {
        longest = Math.max(longest, packet.length);
        const again = packet.copy();
        again.require(tcp).checksum ^= 1;
        again.automatic(tcp, { checksum: true });
        if (Buffer.compare(again.bytes(), packet.data) !== 0) wrong++;
        return "accept";
      });
      say("ready");
      connect(${PORT}, "${right.ipv6}").end(new Uint8Array(300_000));
      await next();
      say([longest, wrong]);
      ${untilEnd.replace('say("ready");', "")}`,
    );
    expect(await server.line()).toBe("300000");
    child.write("results\n");
    expect(JSON.parse(await child.line())).toEqual([1500, 0]);
    expect(await end(child)).toMatchObject({ failed: 0 });
  });

  test("serves several queues, and moves packets from one to another", async (t) => {
    const { left, right } = await lab(t);
    const there = [await listen(right, "7777"), await listen(right, "7778")];
    for (const [queue, port] of [
      [10, "7777"],
      [11, "7778"],
    ] as const)
      queueTo(left, queue, "-A", "OUTPUT", "-p", "udp", "--dport", port);
    const child = await intercept(
      left,
      `const interceptor = new Interceptor({ queues: [10, 11, 12] });
      interceptor.start((packet, { queue }) => {
        say([queue, packet.require(udp).dstPort]);
        return queue === 11 ? { verdict: "queue", queue: 12 } : "accept";
      });
      ${untilEnd.replace("[0]", "")}`,
    );
    send(left, right.ipv4, "a", "7777");
    expect(JSON.parse(await child.line())).toEqual([10, 7777]);
    send(left, right.ipv6, "b", "7778");
    expect(JSON.parse(await child.line())).toEqual([11, 7778]);
    expect(JSON.parse(await child.line())).toEqual([12, 7778]);
    expect(await there[0]!.line()).toBe("a");
    expect(await there[1]!.line()).toBe("b");
    const stats = Object.values(await end(child)) as { queue: number; verdicts: object }[];
    expect(stats.map(({ queue }) => queue)).toEqual([10, 11, 12]);
    expect(stats[1]!.verdicts).toMatchObject({ queue: 1, accept: 0 });
  });

  test("keeps the rules after the verdict stop from being asked", async (t) => {
    const { left, right } = await lab(t);
    const there = await listen(right);
    queueTo(left, 0, "-t", "mangle", "-A", "OUTPUT", "-p", "udp");
    left.exec("iptables -A OUTPUT -p udp -j DROP".split(" "));
    const child = await intercept(
      left,
      `const interceptor = new Interceptor();
      interceptor.start((packet) => textOf(packet));
      ${untilEnd}`,
    );
    for (const text of ["accept", "stop"]) {
      // What a rule drops the sender is told at times.
      expect(() => send(left, right.ipv4, text)).not.toThrow(/killed/);
    }
    expect(await there.line()).toBe("stop");
    expect(await end(child)).toMatchObject({ received: 2, verdicts: { accept: 1, stop: 1 } });
  });
});

describe.skipIf(missing !== null)("what keeps an interceptor from starting", () => {
  const start = `const interceptor = new Interceptor({ queues: [5, 6] });
    try {
      interceptor.start(() => "accept");
    } catch (error) {
      say([error.name, error.code, error.message]);
      process.exit();
    }
    say("ready");
    await next();
    await interceptor.stop();
    process.exit();`;

  test("are missing rights, and it says which", async (t) => {
    const { left } = await lab(t);
    const nobody = ["setpriv", "--reuid", "65534", "--clear-groups"];
    const child = left.spawnNode(prelude + start, [], nobody);
    const [name, code, message] = JSON.parse(await child.line());
    expect([name, code]).toEqual(["DeviceError", "ERR_DEVICE_PERMISSION"]);
    expect(message).toMatch(/packet queues: .*; run as root, or with the capability CAP_NET_ADMIN/);
    expect(await child.done).toBe(0);
  });

  test("is another that has the queue; the right alone is enough", async (t) => {
    const { left } = await lab(t);
    const caps = ["--inh-caps", "+net_admin", "--ambient-caps", "+net_admin"];
    const nobody = ["setpriv", "--reuid", "65534", "--clear-groups", ...caps];
    const first = await intercept(left, start, ...nobody);
    const second = left.spawnNode(prelude + start);
    const [, code, message] = JSON.parse(await second.line());
    expect([code, message]).toEqual([
      "ERR_DEVICE_FAILED",
      "packet queue 5 is used already, by this program or another",
    ]);
    first.write("end\n");
    expect([await first.done, first.err()]).toEqual([0, ""]);
    await intercept(left, start);
  });

  test("is that it runs; afterwards it may start again", async (t) => {
    const { left } = await lab(t);
    const child = left.spawnNode(
      `${prelude}
      const interceptor = new Interceptor();
      for (let i = 0; i < 2; i++) {
        interceptor.start(() => "accept");
        try { interceptor.start(() => "drop"); } catch (error) { say(error.message); }
        await interceptor.stop();
        await interceptor.stop();
        await interceptor.finished;
      }`,
    );
    expect(await child.line()).toBe("start: it runs already");
    expect(await child.line()).toBe("start: it runs already");
    expect([await child.done, child.err()]).toEqual([0, ""]);
  });
});

describe("an interceptor's options", () => {
  test("are checked", () => {
    for (const options of [
      { queues: [] },
      { queues: 65536 },
      { queues: [0, 0] },
      { queues: 1.5 },
      { queues: -1 },
      { maxLength: 0 },
      { pending: 0 },
      { bufferSize: 0 },
    ])
      expect(() => new Interceptor(options), JSON.stringify(options)).toThrow(RangeError);
  });
});
