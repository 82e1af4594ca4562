import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { permissions } from "../../src/live/permissions.ts";
import { lab, noLab } from "./lab.ts";

const { tcpdump } = permissions();
if (!tcpdump.usable) console.log(`skipped: captures with tcpdump (${tcpdump.detail})`);

/** Sends what its arguments say: how many frames, of which length, to whom the type 0x88b5 belongs. */
const sending = `
  import { SocketSource } from "wirecraft/live";
  const [device, count, length] = process.argv.slice(1);
  const source = new SocketSource(device);
  const frame = new Uint8Array(Number(length)).fill(7);
  frame.set([255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 9, 0x88, 0xb5]);
  for (let left = Number(count); left > 0; left -= 64)
    source.sendBatch(Array(Math.min(64, left)).fill(frame));
  source.close();
  console.log("sent");`;

/** Opens a capture and goes on with the rest of a program, which ends it. */
const capturing = (options: string, rest: string): string => `
  import { SubprocessSource } from "wirecraft/live";
  const device = process.argv[1];
  const source = await SubprocessSource.open(device, ${options});
  let count = 0;
  const sink = { packet() { count++; } };
  const line = () => new Promise((resolve) => process.stdin.once("data", resolve));
  console.log(source.pid);
  ${rest}`;

/** Whether a process runs; what has ended and was not taken leave of does not. */
const runs = (pid: string): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** Looks again until it is so, at most five seconds. */
async function until(isSo: () => boolean): Promise<boolean> {
  for (const end = performance.now() + 5000; performance.now() < end; ) {
    if (isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

describe.skipIf(noLab !== null || !tcpdump.usable)(
  "a capture through tcpdump between two namespaces",
  () => {
    test("has packets of the direction that is asked for", async (t) => {
      const { left, right } = await lab(t);
      const program = capturing(
        `{ direction: process.argv[2], filter: "ether proto 0x88b5" }`,
        `await line();
       while (count < 100 && (await source.ready(1000))) source.read(sink, 1000);
       console.log(count);
       source.close();
       process.exit();`,
      );
      const expected = { in: "20", out: "30", both: "50" };
      const started = Object.keys(expected).map((way) =>
        left.spawnNode(program, [left.device, way]),
      );
      for (const one of started) await one.line();
      await right.spawnNode(sending, [right.device, "20", "60"]).line();
      await left.spawnNode(sending, [left.device, "30", "60"]).line();
      for (const one of started) one.write("go\n");
      for (const [i, count] of Object.values(expected).entries())
        expect(await started[i]!.line()).toBe(count);
    });

    test("leaves what nobody takes with the kernel, which counts what it drops", async (t) => {
      const { left, right } = await lab(t);
      const program = capturing(
        `{ filter: "ether proto 0x88b5", bufferSize: 1 << 20, snaplen: 2000 }`,
        `await line();
       const { arrayBuffers, external } = process.memoryUsage();
       while (await source.ready(1000)) source.read(sink, 100);
       const { received, dropped } = source.stats();
       console.log(JSON.stringify({ arrayBuffers, external, received, dropped, count }));
       source.close();
       process.exit();`,
      );
      const one = right.spawnNode(program, [right.device]);
      await one.line();
      const sent = 60_000;
      await left.spawnNode(sending, [left.device, `${sent}`, "1400"]).line();
      one.write("go\n");
      const found = JSON.parse(await one.line());
      // 84 MB were sent: a queue here would show.
      expect(found.arrayBuffers).toBeLessThan(8 << 20);
      expect(found.dropped).toBeGreaterThan(0);
      expect(found.received).toBe(sent);
      expect(found.count).toBe(sent - found.dropped);
    });

    test("ends when the interface goes", async (t) => {
      const { left } = await lab(t);
      const program = capturing(
        "{}",
        `try {
         for (;;) { await source.ready(5000); source.read(sink, 100); }
       } catch (error) { console.log(error.code, error.device); }`,
      );
      const one = left.spawnNode(program, [left.device]);
      await one.line();
      left.exec(["ip", "link", "del", left.device]);
      expect(await one.line()).toBe(`ERR_DEVICE_MISSING ${left.device}`);
      expect(await one.done).toBe(0);
    });

    test("is one of the ways of a capture", async (t) => {
      const { left, right } = await lab(t);
      const program = `
      import { capture } from "wirecraft/live";
      const live = await capture(process.argv[1], { backend: "subprocess", count: 3 });
      console.log(live.backend);
      for await (const packet of live) console.log(packet.length);`;
      const one = right.spawnNode(program, [right.device]);
      expect(await one.line()).toBe("subprocess");
      await left.spawnNode(sending, [left.device, "5", "77"]).line();
      for (let i = 0; i < 3; i++) expect(await one.line()).toBe("77");
      expect(await one.done).toBe(0);
    });

    test("says without rights that it may not, and what helps", async (t) => {
      const { left } = await lab(t);
      const program = capturing("{}", "");
      const nobody = ["setpriv", "--reuid", "65534", "--clear-groups"];
      const one = left.spawnNode(program, [left.device], nobody);
      expect(await one.done).toBe(1);
      expect(one.err()).toContain("ERR_DEVICE_PERMISSION");
      expect(one.err()).toContain("CAP_NET_RAW");
      const raw = ["--inh-caps", "+net_raw", "--ambient-caps", "+net_raw"];
      const able = left.spawnNode(`${program}source.close();`, [left.device], [...nobody, ...raw]);
      expect(Number(await able.line())).toBeGreaterThan(0);
      expect(await able.done).toBe(0);
    });

    test("takes the program along when this one ends, however it does", async (t) => {
      const { left, right } = await lab(t);
      for (const end of ["process.exit(0)", "throw new Error('an end')", ""]) {
        const one = left.spawnNode(capturing("{}", end), [left.device]);
        const pid = await one.line();
        await one.done;
        expect(await until(() => !runs(pid))).toBe(true);
      }
      // Who is killed can do nothing any more: then the next packet ends it.
      const one = left.spawnNode(capturing("{}", "process.kill(process.pid, 9)"), [left.device]);
      const pid = await one.line();
      await one.done;
      await right.spawnNode(sending, [right.device, "2", "60"]).line();
      expect(await until(() => !runs(pid))).toBe(true);
    });
  },
);
