import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Child, home, lab, type Namespace, noLab } from "./lab.ts";

const run = (end: Namespace, file: string, ...args: string[]): Child =>
  end.spawn([process.execPath, join(home, "examples/live", file), ...args]);
const good = async (child: Child): Promise<string[]> => {
  expect([await child.done, child.err()]).toEqual([0, ""]);
  return child.out().trimEnd().split("\n");
};
/** Sends datagrams by the system. */
const datagrams = ({ left, right }: { left: Namespace; right: Namespace }, ...texts: string[]) => {
  const program = `
    import { createSocket } from "node:dgram";
    const [address, ...texts] = process.argv.slice(1);
    const socket = createSocket("udp4");
    for (const text of texts) await new Promise((done) => socket.send(text, 9, address, done));
    socket.close();`;
  return left.spawnNode(program, [right.ipv4, ...texts]).done;
};

describe.skipIf(noLab !== null)("examples on interfaces", () => {
  test("sniff", async (t) => {
    const one = await lab(t);
    const sniffing = run(one.right, "sniff.mjs", one.right.device, "2", "udp");
    expect(await sniffing.line()).toBe("listening on right0 by ring");
    await datagrams(one, "one", "two");
    expect((await good(sniffing)).slice(1, 3)).toEqual([
      "1 Ethernet:IPv4:UDP 45 bytes",
      "2 Ethernet:IPv4:UDP 45 bytes",
    ]);
  });

  test("ping, IPv4 and IPv6", async (t) => {
    const { left, right } = await lab(t);
    for (const address of [right.ipv4, right.ipv6]) {
      const lines = await good(run(left, "ping.mjs", left.device, address, "2"));
      expect(lines.map((line) => line.replace(/[\d.]+ ms/, "T"))).toEqual([
        `1: ${address} in T`,
        `2: ${address} in T`,
      ]);
    }
    expect(await good(run(left, "ping.mjs", left.device, "10.77.0.9", "1"))).toEqual([
      "1: no answer",
    ]);
  });

  test("receive", async (t) => {
    const one = await lab(t);
    const receiving = run(one.right, "receive.mjs", one.right.device, "9");
    expect(await receiving.line()).toBe("listening");
    await datagrams(one, "wanted", "this too");
    expect((await good(receiving)).slice(1)).toEqual(["UDP wanted", "UDP this too"]);
  });

  test("answer and talk", async (t) => {
    const { left, right } = await lab(t);
    const server = run(right, "answer.mjs", right.device);
    expect(await server.line()).toBe("serving on right0");
    expect(await good(run(left, "talk.mjs", left.device))).toEqual([
      `${right.mac} == 0x88b5 => ${left.mac} - OK hello everybody`,
      "hello you",
      "02:00:00:00:00:cc",
    ]);
    server.process.kill("SIGTERM");
    const lines = await good(server);
    expect(lines.filter((line) => line.startsWith("begin"))).toEqual([
      ...[`begin ${left.mac}`, `begin ${left.mac}`, "begin 02:00:00:00:00:cc"],
    ]);
    expect(lines.at(-1)).toBe("3 guests");
  });

  test("libpcap", async (t) => {
    const one = await lab(t);
    const calling = run(one.right, "libpcap.mjs", one.right.device);
    for (let line = await calling.line(); line !== "listening"; ) line = await calling.line();
    await datagrams(one, "1", "2", "3", "4", "5", "6");
    expect(await good(calling)).toEqual([
      ...["true 10.77.0.0", "true 14 udp", "now: null", "listening"],
      ...["next: bigint 43 43 true", "call: 43", "call: 43", "dispatch: 2"],
      ...["call: 43", "call: 43", "loop: 2", "bpf: true false", "stats: 0"],
    ]);
  });
});
