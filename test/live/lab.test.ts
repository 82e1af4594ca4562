import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { lab, noLab } from "./lab.ts";

const namespaces = (): string => spawnSync("ip", ["netns", "list"], { encoding: "utf8" }).stdout;

describe.skipIf(noLab !== null)("a lab of two namespaces", () => {
  test("carries packets from end to end, and no others", async (t) => {
    const { left, right } = await lab(t);
    const count = (): number =>
      Number(right.exec(["cat", `/sys/class/net/${right.device}/statistics/rx_packets`]));
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(count()).toBe(before);
    const program = `
      import { createSocket } from "node:dgram";
      const socket = createSocket(process.argv[1].includes(":") ? "udp6" : "udp4");
      socket.on("message", (text, { address }) => {
        console.log(text + " from " + address);
        socket.close();
      });
      socket.bind(7, process.argv[1], () => console.log("ready"));`;
    for (const address of ["ipv4", "ipv6"] as const) {
      const receiver = right.spawnNode(program, [right[address]]);
      expect(await receiver.line()).toBe("ready");
      const send = `import { createSocket } from "node:dgram";
        const socket = createSocket("udp" + process.argv[1][3]);
        socket.send("hello", 7, process.argv[2], () => socket.close());`;
      expect(await left.spawnNode(send, [address, right[address]]).done).toBe(0);
      expect(await receiver.line()).toBe(`hello from ${left[address]}`);
      expect(await receiver.done).toBe(0);
    }
    expect(count()).toBe(before + 2);
  });

  test("goes with all that runs in it", async () => {
    const one = await lab();
    const sleeper = one.left.spawn(["sleep", "100"]);
    expect(namespaces()).toContain(one.left.name);
    await one.close();
    await one.close();
    expect(await sleeper.done).toBe(-1);
    expect(namespaces()).not.toContain(one.left.name);
  });

  test("says what a command in it said", async (t) => {
    const { left } = await lab(t);
    expect(left.exec(["cat"], "text")).toBe("text");
    expect(() => left.exec(["ip", "link", "show", "nowhere0"])).toThrow(/nowhere0/);
    const child = left.spawnNode("import 'wirecraft/live'; console.log(process.argv[1])", ["x"]);
    expect(await child.line()).toBe("x");
    await expect(child.line()).rejects.toThrow("it ended");
  });
});
