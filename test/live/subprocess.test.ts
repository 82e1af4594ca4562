import { createSocket, type Socket } from "node:dgram";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { DeviceError } from "../../src/live/errors.ts";
import { permissions } from "../../src/live/permissions.ts";
import type { PacketFilter, PacketSink } from "../../src/live/source.ts";
import { findProgram, messages, programError } from "../../src/live/subprocess-program.ts";
import { type SubprocessOptions, SubprocessSource } from "../../src/live/subprocess-source.ts";

const { tcpdump, dumpcap } = permissions();
const loopback = process.platform === "linux" ? "lo" : "lo0";
if (!tcpdump.usable) console.log(`skipped: captures with tcpdump (${tcpdump.detail})`);
if (!dumpcap.usable) console.log(`skipped: captures with dumpcap (${dumpcap.detail})`);

/** Opened for the length of a test. */
async function opened(options: SubprocessOptions = {}): Promise<SubprocessSource> {
  const source = await SubprocessSource.open(loopback, options);
  onTestFinished(() => source.close());
  return source;
}

/** A socket of this test alone, whose datagrams nobody takes. */
class Talker {
  readonly port: number;
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.port = socket.address().port;
  }

  static async open(): Promise<Talker> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    onTestFinished(() => void socket.close());
    return new Talker(socket);
  }

  /** The filter that takes what this one says, and nothing else. */
  get filter(): string {
    return `udp src port ${this.port} and dst port 9`;
  }

  /** Says something; it is under way when this is done. */
  say(text: string, port = 9): Promise<void> {
    return new Promise((resolve, reject) =>
      this.socket.send(text, port, "127.0.0.1", (error) => (error ? reject(error) : resolve())),
    );
  }
}

/** Keeps the texts of UDP datagrams, and the rest of the last packet. */
class Texts implements PacketSink {
  readonly all: string[] = [];
  last: { length: number; seconds: number; nanoseconds: number; kind: number } | null = null;

  packet(...args: Parameters<PacketSink["packet"]>): void {
    const [bytes, start, end, length, seconds, nanoseconds, kind] = args;
    this.all.push(Buffer.from(bytes.subarray(start + 42, end)).toString());
    this.last = { length, seconds, nanoseconds, kind };
  }
}

/** Reads until so many are there, or nothing comes for two seconds. */
async function take(source: SubprocessSource, count: number, most = 100): Promise<Texts> {
  const texts = new Texts();
  while (texts.all.length < count)
    if (source.read(texts, most) === 0 && !(await source.ready(2000))) break;
  return texts;
}

/** What opening fails with. */
async function refusal(device: string, options: SubprocessOptions = {}): Promise<Error> {
  try {
    (await SubprocessSource.open(device, options)).close();
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${device} was opened`);
}

/** Children of this process, also those that ended and were not taken leave of. */
function children(): string[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return stat.slice(stat.lastIndexOf(")")).split(" ")[2] === `${process.pid}`;
    } catch {
      return false;
    }
  });
}

/** Looks again until it is so, at most five seconds. */
async function until(isSo: () => boolean): Promise<boolean> {
  for (const end = performance.now() + 5000; performance.now() < end; ) {
    if (isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

describe.skipIf(!tcpdump.usable)("a capture through tcpdump", () => {
  test("has every packet from the moment it is open", async () => {
    const talker = await Talker.open();
    for (let i = 0; i < 10; i++) {
      const source = await opened({ filter: talker.filter });
      await talker.say(`number ${i}`);
      const { all, last } = await take(source, 1);
      expect(all).toEqual([`number ${i}`]);
      expect(last).toMatchObject({ length: 50, kind: -1 });
      const now = last!.seconds * 1000 + last!.nanoseconds / 1e6;
      expect(Math.abs(Date.now() - now)).toBeLessThan(10_000);
      source.close();
    }
  });

  test("tells what it is", async () => {
    const source = await opened();
    expect(source).toMatchObject({
      ...{ backend: "subprocess", name: loopback, program: "tcpdump", linkType: 1, warning: null },
    });
  });

  test("hands out as many as are wanted, in order, and keeps the others", async () => {
    const talker = await Talker.open();
    const source = await opened({ filter: talker.filter });
    for (let i = 0; i < 25; i++) await talker.say(`${i}`);
    const { all } = await take(source, 25, 1);
    expect(all).toEqual(Array.from({ length: 25 }, (_, i) => `${i}`));
    expect(source.read(new Texts(), 10)).toBe(0);
    const { received, dropped } = source.stats();
    expect(received).toBeGreaterThanOrEqual(25);
    expect(dropped).toBe(0);
  });

  test("cuts packets at the snaplen and tells their length", async () => {
    const talker = await Talker.open();
    const source = await opened({ filter: talker.filter, snaplen: 45 });
    await talker.say("a long text");
    const { all, last } = await take(source, 1);
    expect(all).toEqual(["a l"]);
    expect(last!.length).toBe(53);
  });

  test("can be waited for without the event loop", async () => {
    const talker = await Talker.open();
    const source = await opened({ filter: talker.filter });
    const before = performance.now();
    expect(source.wait(30)).toBe(false);
    expect(performance.now() - before).toBeGreaterThan(25);
    for (const text of ["one", "two", "three"]) await talker.say(text);
    const texts = new Texts();
    // No turn of the event loop from here on.
    for (const end = performance.now() + 5000; texts.all.length < 3 && performance.now() < end; )
      if (source.wait(1000)) source.read(texts, 1);
    expect(texts.all).toEqual(["one", "two", "three"]);
    await talker.say("four");
    expect((await take(source, 1)).all).toEqual(["four"]);
  });

  test("is woken, and ends whoever waits when it is closed", async () => {
    const source = await opened({ filter: "udp port 1 and udp port 2" });
    const waiting = source.ready(Number.POSITIVE_INFINITY);
    source.wake();
    expect(await waiting).toBe(false);
    source.wake();
    expect(source.wait(10_000)).toBe(false);
    expect(await source.ready(20)).toBe(false);
    const last = [source.ready(60_000), source.ready(Number.POSITIVE_INFINITY)];
    source.close();
    source.close();
    expect(await Promise.all(last)).toEqual([false, false]);
    expect(await source.ready(1000)).toBe(false);
    for (const call of [
      () => source.read(new Texts(), 1),
      () => source.wait(1),
      () => source.setFilter(null),
    ])
      expect(call).toThrow(expect.objectContaining({ code: "ERR_DEVICE_CLOSED" }));
    expect(source.stats().dropped).toBe(0);
  });

  test("changes its filter: functions at once, words by starting anew", async () => {
    const talker = await Talker.open();
    const source = await opened();
    const first = source.pid;
    const own: PacketFilter = { filter: (bytes) => Buffer.from(bytes).includes("wanted") };
    source.setFilter(own);
    expect(source.pid).toBe(first);
    await talker.say("not this");
    await talker.say("wanted");
    expect((await take(source, 1)).all.filter((text) => text === "wanted")).toEqual(["wanted"]);
    source.setFilter(`udp src port ${talker.port} and dst port 10`);
    expect(source.pid).not.toBe(first);
    expect(() => source.setFilter("no such thing as this")).toThrow(TypeError);
    // Until the new one has opened the interface packets are missed.
    let heard: string[] = [];
    expect(
      await until(() => {
        void talker.say("by nine");
        void talker.say("by ten", 10);
        const texts = new Texts();
        source.read(texts, 100);
        heard = [...heard, ...texts.all];
        return heard.length > 2;
      }),
    ).toBe(true);
    expect(new Set(heard)).toEqual(new Set(["by ten"]));
    expect(source.stats().received).toBeGreaterThanOrEqual(heard.length + 1);
    expect(await until(() => !children().includes(`${first}`))).toBe(true);
  });

  test("changes its direction by starting anew", async () => {
    const talker = await Talker.open();
    const source = await opened({ filter: talker.filter });
    const first = source.pid;
    source.setDirection("both");
    expect(source.pid).toBe(first);
    source.setDirection("in");
    expect(source.pid).not.toBe(first);
    const texts = new Texts();
    const isHeard = await until(() => {
      void talker.say("again");
      return source.read(texts, 1) > 0;
    });
    expect([isHeard, texts.all, source.linkType]).toEqual([true, ["again"], 1]);
  });

  test("takes a filter that begins like an option for a filter", async () => {
    for (const filter of ["-z/bin/true", "--help", "-w /tmp/x", "- 1"]) {
      const error = await refusal(loopback, { filter });
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(`filter '${filter}'`);
    }
    const source = await opened({ filter: "-1 < len" });
    expect(() => source.setFilter("-V /etc/passwd")).toThrow(TypeError);
  });

  test("refuses filters that are none, before it is open and after", async () => {
    expect(await refusal(loopback, { filter: "tcp port nonsense and" })).toBeInstanceOf(TypeError);
    const source = await opened({ filter: "tcp" });
    expect(() => source.setFilter("tcp and and")).toThrow(/filter 'tcp and and'/);
    expect(source.read(new Texts(), 1)).toBe(0);
  });

  test("cannot send, and says what can", async () => {
    const source = await opened();
    const fault = expect.objectContaining({ code: "ERR_DEVICE_SUPPORT" });
    expect(() => source.inject(new Uint8Array(60))).toThrow(fault);
    expect(() => source.sendBatch([new Uint8Array(60)])).toThrow(/ring, socket and pcap/);
    expect(source.sendBatch([])).toBe(0);
  });

  test.each(["ready", "wait"] as const)("fails when the program dies (%s)", async (way) => {
    const talker = await Talker.open();
    const source = await opened({ filter: talker.filter });
    await talker.say("the last");
    expect(await source.ready(2000)).toBe(true);
    process.kill(source.pid, "SIGKILL");
    const texts = new Texts();
    const read = async () => {
      for (let i = 0; i < 100; i++) {
        source.read(texts, 1);
        if (way === "wait") source.wait(2000);
        else await source.ready(2000);
      }
    };
    await expect(read()).rejects.toThrow(DeviceError);
    expect(texts.all).toEqual(["the last"]);
    // Not once only, and waiting for it does not hang.
    expect(await source.ready(60_000)).toBe(true);
    const fault = expect.objectContaining({ code: "ERR_DEVICE_FAILED", device: loopback });
    expect(() => source.read(texts, 1)).toThrow(fault);
    if (way === "ready") expect(() => source.read(texts, 1)).toThrow(/SIGKILL/);
  });

  test.skipIf(process.platform !== "linux")(
    "leaves no child and no descriptor behind",
    async () => {
      const talker = await Talker.open();
      (await SubprocessSource.open(loopback)).close();
      expect(await until(() => children().length === 0)).toBe(true);
      const before = readdirSync("/proc/self/fd").length;
      for (let i = 0; i < 100; i++) {
        const source = await SubprocessSource.open(loopback, { filter: talker.filter });
        if (i % 10 === 0) {
          await talker.say("something");
          await source.ready(2000);
        }
        source.close();
      }
      expect(await until(() => children().length === 0)).toBe(true);
      expect(await until(() => readdirSync("/proc/self/fd").length <= before)).toBe(true);
    },
  );
});

describe.skipIf(!dumpcap.usable)("a capture through dumpcap", () => {
  test("has packets, filters and statistics", async () => {
    const talker = await Talker.open();
    const source = await opened({ filter: talker.filter, program: "dumpcap" });
    expect(source).toMatchObject({ program: "dumpcap", linkType: 1 });
    for (const text of ["one", "two"]) await talker.say(text);
    expect((await take(source, 2)).all).toEqual(["one", "two"]);
    expect(source.stats()).toMatchObject({ received: 2, dropped: 0 });
    const fault = expect.objectContaining({ code: "ERR_DEVICE_SUPPORT" });
    expect(() => source.setDirection("in")).toThrow(fault);
  });

  test("refuses what it cannot do", async () => {
    const program = "dumpcap" as const;
    expect(await refusal(loopback, { program, filter: "-z" })).toBeInstanceOf(TypeError);
    const missing = { code: "ERR_DEVICE_MISSING" };
    expect(await refusal("nowhere0", { program })).toMatchObject(missing);
    const support = { code: "ERR_DEVICE_SUPPORT" };
    expect(await refusal(loopback, { program, direction: "in" })).toMatchObject(support);
  });
});

describe("opening", () => {
  test("fails by name where no program is installed", async () => {
    const { PATH } = process.env;
    process.env["PATH"] = "/nowhere";
    onTestFinished(() => void (process.env["PATH"] = PATH));
    for (const program of ["tcpdump", "dumpcap"] as const) {
      // Some systems keep it where it is found without being in the PATH.
      if (findProgram(program) !== null) continue;
      const error = await refusal(loopback, { program });
      expect(error).toMatchObject({ code: "ERR_DEVICE_SUPPORT", device: loopback });
      expect(error.message).toContain(program);
    }
    if (findProgram("tcpdump") !== null || findProgram("dumpcap") !== null) return;
    expect((await refusal(loopback)).message).toContain("apt install tcpdump");
  });

  test.skipIf(findProgram("tcpdump") === null)(
    "fails for names that no interface has",
    async () => {
      const codes = ["ERR_DEVICE_MISSING"];
      // Whoever may not capture is told only that.
      if (!tcpdump.usable) codes.push("ERR_DEVICE_PERMISSION");
      for (const name of ["nowhere0", "-w", "", "1", "a\0b"]) {
        const error = (await refusal(name)) as DeviceError;
        expect(codes).toContain(error.code);
        expect(error.device).toBe(name);
      }
    },
  );

  test.skipIf(!/permission/.test(tcpdump.detail))("says that it may not", async () => {
    const error = await refusal(loopback);
    expect(error).toMatchObject({ code: "ERR_DEVICE_PERMISSION", device: loopback });
    expect(error.message).toContain("CAP_NET_RAW");
  });

  test.skipIf(findProgram("tcpdump") === null)("fails for options that cannot be", async () => {
    expect(await refusal(loopback, { linkType: 60_000 })).toBeInstanceOf(RangeError);
  });

  test("tells faults apart by what programs say", () => {
    const code = (said: string) => programError("tcpdump", "eth0", said, "").code;
    expect(code("eth0: You don't have permission to perform this capture")).toBe(
      "ERR_DEVICE_PERMISSION",
    );
    expect(code("eth0: That device is not up")).toBe("ERR_DEVICE_DOWN");
    expect(code("pcap_loop: The interface disappeared")).toBe("ERR_DEVICE_MISSING");
    expect(code("eth0: That device doesn't support monitor mode")).toBe("ERR_DEVICE_SUPPORT");
    expect(code("out of memory")).toBe("ERR_DEVICE_FAILED");
    const said = "tcpdump: listening on lo, link-type EN10MB\ntcpdump: pcap_loop: recvfrom\n";
    expect(messages("tcpdump", said)).toBe("pcap_loop: recvfrom");
    expect(programError("tcpdump", "eth0", "", ", ended by SIGKILL").message).toBe(
      "eth0: tcpdump ended, ended by SIGKILL",
    );
  });
});
