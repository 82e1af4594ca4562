import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCapture } from "../../src/node/index.ts";
import { type Child, type Lab, lab, noLab } from "./lab.ts";
import { capturing, flooding, sending } from "./programs.ts";

/** Frames of all lengths, and one with a tag. */
const frames = [
  `02770000000202770000000188b5${"01".repeat(46)}`,
  `02770000000202770000000188b5${"02".repeat(1500)}`,
  `02770000000202770000000188b5${"03".repeat(9000)}`,
  `02770000000202770000000181006064${"88b5"}${"04".repeat(46)}`,
  `ffffffffffff02770000000188b5${"05".repeat(46)}`,
  `01005e00000102770000000188b5${"06".repeat(46)}`,
];

interface Seen {
  readonly hex: string;
  readonly originalLength: number;
  readonly seconds: number;
  readonly kind?: string;
}
interface Captured {
  readonly seen: Seen[];
  readonly error?: { readonly error: string; readonly message: string };
  readonly stats: Record<"received" | "dropped" | "interfaceDropped" | "delivered", number>;
  readonly backend: string;
  readonly reason: string;
}

/** Everything that a capturing program printed. */
async function ended(child: Child): Promise<Captured> {
  const code = await child.done;
  if (code !== 0) throw new Error(`exit code ${code}: ${child.err()}`);
  const lines = child
    .out()
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line));
  const last = lines.pop();
  const error = lines.at(-1)?.error === undefined ? undefined : lines.pop();
  return { ...last, seen: lines, ...(error === undefined ? {} : { error }) };
}

/** Starts capturing on the right, and waits until it listens. */
async function listen({ right }: Lab, options: object, before?: readonly string[]): Promise<Child> {
  const child = right.spawnNode(capturing, [right.device, JSON.stringify(options)], before);
  expect(await child.line()).toBe("ready");
  return child;
}

async function send({ left }: Lab, hex: readonly string[]): Promise<void> {
  const sender = left.spawnNode(sending, [left.device]);
  expect(await sender.line()).toBe("ready");
  for (const one of hex) {
    sender.write(`${one}\n`);
    expect(await sender.line()).toBe("sent");
  }
  sender.process.stdin!.end();
  expect(await sender.done).toBe(0);
}

const jumbo = ({ left, right }: Lab): void => {
  for (const one of [left, right]) one.exec(["ip", "link", "set", one.device, "mtu", "9200"]);
};

/** How often an interface is opened to see that nothing is left over. */
const TIMES = process.env["WIRECRAFT_SLOW"] === "1" ? "400" : "120";

const ways = [
  { backend: "ring" },
  { backend: "pcap" },
  { backend: "socket" },
  { backend: "subprocess" },
  { backend: "ring", thread: true },
  { backend: "pcap", thread: true },
] as const;
const named = ways.map(
  (way) => [`${way.backend}${"thread" in way ? " in a thread" : ""}`, way] as const,
);

describe.skipIf(noLab !== null).each(named)("capturing by %s", (_, way) => {
  test("gives every frame whole, as another program sees it on the other end", async (t) => {
    const one = await lab(t);
    jumbo(one);
    const file = join(mkdtempSync(join(tmpdir(), "wirecraft-")), "left.pcap");
    const argv = ["tcpdump", "-i", one.left.device, "-U", "--immediate-mode", "-Z", "root"];
    const tcpdump = one.left.spawn([...argv, "-w", file]);
    while (!tcpdump.err().includes("listening")) await new Promise((r) => setTimeout(r, 5));
    const receiver = await listen(one, { ...way, count: frames.length, duration: 5000 });
    await send(one, frames);
    const { seen, stats, backend } = await ended(receiver);
    expect(seen.map(({ hex }) => hex)).toEqual(frames);
    expect(seen.map((s) => s.originalLength * 2)).toEqual(frames.map((hex) => hex.length));
    for (const { seconds } of seen) expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(20);
    expect(stats).toMatchObject({ dropped: 0, delivered: frames.length });
    expect(backend).toBe(way.backend);
    if (way.backend === "ring" || way.backend === "socket")
      expect(seen.map(({ kind }) => kind)).toEqual([
        ...["host", "host", "host", "host", "broadcast", "multicast"],
      ]);
    await new Promise((r) => setTimeout(r, 100));
    tcpdump.process.kill("SIGINT");
    await tcpdump.done;
    const others: string[] = [];
    for (const packet of openCapture(file))
      others.push(Buffer.from(packet.bytes()).toString("hex"));
    expect(others).toEqual(frames);
  });

  test("keeps to a filter from the first packet on, and to a direction", async (t) => {
    const one = await lab(t);
    const filter = "ether[14] == 5 or ether[14] == 1 or vlan 100";
    const receiver = await listen(one, { ...way, filter, count: 3, duration: 5000 });
    const outgoing = await listen(one, { ...way, direction: "out", duration: 2000 });
    const incoming = await listen(one, { ...way, direction: "in", count: 4, duration: 5000 });
    const short = frames.filter((hex) => hex.length < 3000);
    await send(one, short);
    expect((await ended(receiver)).seen.map(({ hex }) => hex)).toEqual(
      short.filter((hex) => /^.{28}01|^.{28}05|^.{24}8100/.test(hex)),
    );
    expect((await ended(outgoing)).seen).toEqual([]);
    expect((await ended(incoming)).seen.length).toBe(short.length);
  });

  test("cuts packets at the snapshot length and says how long they were", async (t) => {
    const one = await lab(t);
    const receiver = await listen(one, { ...way, snaplen: 96, count: 2, duration: 5000 });
    await send(one, frames.slice(0, 2));
    const { seen } = await ended(receiver);
    expect(seen.map(({ hex, originalLength }) => [hex.length / 2, originalLength])).toEqual([
      [60, 60],
      [96, 1514],
    ]);
  });

  test("ends in time when nothing comes", async (t) => {
    const one = await lab(t);
    const receiver = await listen(one, { ...way, duration: 200 });
    expect((await ended(receiver)).seen).toEqual([]);
  });

  test("counts what it delivers and what is dropped: together all that was sent", async (t) => {
    const one = await lab(t);
    const receiver = await listen(one, { ...way, filter: "ether proto 0x88b5", duration: 4000 });
    const count = 30_000;
    const flood = one.left.spawnNode(flooding, [one.left.device, String(count), "100"]);
    expect(await flood.line()).toBe(String(count));
    const { seen, stats } = await ended(receiver);
    expect(seen.length).toBe(stats.delivered);
    expect(stats.delivered + stats.dropped).toBe(count);
    const numbers = seen.map(({ hex }) => Number.parseInt(hex.slice(-8), 16));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test("goes on when the interface was down, or says so when asked", async (t) => {
    const one = await lab(t);
    const { right } = one;
    const filter = "ether proto 0x88b5";
    const patient = await listen(one, { ...way, filter, count: 2, duration: 8000 });
    const strict =
      "thread" in way ? null : await listen(one, { ...way, whenDown: "error", duration: 3000 });
    await send(one, frames.slice(0, 1));
    await new Promise((r) => setTimeout(r, 100));
    right.exec(["ip", "link", "set", right.device, "down"]);
    await new Promise((r) => setTimeout(r, 300));
    if (strict !== null && way.backend !== "subprocess")
      expect((await ended(strict)).error?.error).toBe("ERR_DEVICE_DOWN");
    right.exec(["ip", "link", "set", right.device, "up"]);
    await new Promise((r) => setTimeout(r, 300));
    await send(one, frames.slice(4, 5));
    expect((await ended(patient)).seen.map(({ hex }) => hex)).toEqual([frames[0], frames[4]]);
  });

  test("says that the interface has gone, after all that came before", async (t) => {
    const one = await lab(t);
    const receiver = await listen(one, { ...way, duration: 8000 });
    await send(one, frames.slice(0, 1));
    await new Promise((r) => setTimeout(r, 200));
    one.left.exec(["ip", "link", "del", one.left.device]);
    const { seen, error } = await ended(receiver);
    expect(seen.map(({ hex }) => hex)).toEqual(frames.slice(0, 1));
    expect(error?.error).toBe("ERR_DEVICE_MISSING");
    expect(error?.message).toContain(one.right.device);
  });

  test("is refused without rights, with what helps", async (t) => {
    const one = await lab(t);
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const child = one.right.spawnNode(
      capturing,
      [one.right.device, JSON.stringify({ ...way, duration: 100 })],
      nobody,
    );
    expect(await child.done).toBe(1);
    expect(child.err()).toContain("ERR_DEVICE_PERMISSION");
    expect(child.err()).toContain("CAP_NET_RAW");
  });

  test("needs no more than CAP_NET_RAW", async (t) => {
    const one = await lab(t);
    const raw = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    raw.push("--inh-caps=+net_raw", "--ambient-caps=+net_raw");
    const receiver = await listen(one, { ...way, count: 1, duration: 5000 }, raw);
    await send(one, frames.slice(0, 1));
    expect((await ended(receiver)).seen.length).toBe(1);
  });

  test("opens and closes again and again without anything left over", async (t) => {
    const one = await lab(t);
    const { right } = one;
    const program = `
      import { readdirSync, readFileSync } from "node:fs";
      import { capture } from "wirecraft/live";
      const [device, options, count] = process.argv.slice(1);
      const look = () => ({
        descriptors: readdirSync("/proc/self/fd").length,
        maps: readFileSync("/proc/self/maps", "utf8").split("\\n").filter((l) => l.includes("socket:")).length,
        megabytes: process.memoryUsage().rss / 2 ** 20,
      });
      let first;
      for (let i = 0; i < Number(count); i++) {
        const live = await capture(device, JSON.parse(options));
        live.inject(Buffer.alloc(60, 0xff));
        live.close();
        if (i === 20) { globalThis.gc(); first = look(); }
        if (i % 20 === 0) { globalThis.gc(); await new Promise((r) => setTimeout(r, 20)); }
      }
      globalThis.gc();
      await new Promise((r) => setTimeout(r, 300));
      console.log(JSON.stringify([first, look()]));`;
    if (way.backend === "subprocess" || "thread" in way)
      return t.skip("processes and threads: see their own tests");
    const node = right.spawn([
      ...[process.execPath, "--expose-gc", "--input-type=module", "-e", program, "--"],
      ...[right.device, JSON.stringify({ ...way, bufferSize: 2 << 20 }), TIMES],
    ]);
    expect([await node.done, node.err()]).toEqual([0, ""]);
    const [first, last] = JSON.parse(node.out());
    expect(last.descriptors).toBeLessThanOrEqual(first.descriptors);
    expect(last.maps).toBeLessThanOrEqual(first.maps + 2);
    expect(last.megabytes).toBeLessThan(first.megabytes + 40);
  }, 60_000);
});
