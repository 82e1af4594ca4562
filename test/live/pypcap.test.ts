import { describe, expect, test } from "vitest";
import { bpf, dataLinks, interfaces, networkOffsets } from "../../src/live/index.ts";
import { openCapture } from "../../src/node/index.ts";
import { lab, noLab } from "./lab.ts";
import { flooding } from "./programs.ts";

/**
 * Runs a program on the right while frames come from the left, and gives what it found. In it, `device` is the interface and
 * `found` takes results by the name of the call of pypcap that they stand for; `started()` waits until all frames have come.
 */
async function calls(
  t: Parameters<typeof lab>[0],
  program: string,
  count = 200,
): Promise<Record<string, unknown>> {
  const { left, right } = await lab(t);
  const whole = `
    import { readSync } from "node:fs";
    import * as live from "wirecraft/live";
    const device = process.argv[1];
    const found = {};
    const open = (options) => live.capture(device, { backend: "pcap", filter: "ether proto 0x88b5", ...options });
    const started = () => { console.log("ready"); readSync(0, Buffer.alloc(8)); };
    ${program}
    console.log(JSON.stringify(found, (_, value) => (typeof value === "bigint" ? String(value) : value)));`;
  const child = right.spawnNode(whole, [right.device]);
  expect(await child.line()).toBe("ready");
  const flood = left.spawnNode(flooding, [left.device, String(count), "60"]);
  expect(await flood.done).toBe(0);
  // All packets are there, but for those that the system holds back a moment.
  await new Promise((resolve) => setTimeout(resolve, 50));
  child.write("go\n");
  expect([await child.done, child.err()]).toEqual([0, ""]);
  return JSON.parse(child.out().trim().split("\n").at(-1)!);
}

describe.skipIf(noLab !== null)("what pypcap calls", () => {
  test("findalldevs, lookupdev, lookupnet", async (t) => {
    const found = await calls(
      t,
      `found.findalldevs = live.interfaces().map(({ name }) => name);
       found.lookupdev = live.firstInterface().name;
       found.lookupnet = live.lookupNet(device);
       started();`,
    );
    expect(found["findalldevs"]).toContain("right0");
    expect(found["findalldevs"]).toContain("lo");
    expect(found["lookupdev"]).toBe("right0");
    expect(found["lookupnet"]).toEqual({ network: "10.77.0.0", netmask: "255.255.255.0" });
  });

  test("pcap(name, snaplen, promisc, timeout_ms, immediate, rfmon, timestamp_in_ns, buffer_size) and its properties", async (t) => {
    const found = await calls(
      t,
      `const one = await open({ snaplen: 96, promiscuous: true, timeout: 200, immediate: true, monitor: false,
         nanoseconds: true, bufferSize: 4 << 20 });
       started();
       found.name = one.name; found.snaplen = one.snaplen; found.dloff = one.networkOffset; found.filter = one.filter;
       found.fd = Number.isInteger(one.fd) && one.fd > 2; found.datalink = one.linkType; found.datalinks = one.dataLinks;
       found.timestamps = typeof one.next().time;
       one.close();
       found.closed = [one.fd === undefined, one.next()];`,
    );
    expect(found).toMatchObject({
      name: "right0",
      snaplen: 96,
      dloff: 14,
      filter: "ether proto 0x88b5",
      fd: true,
      datalink: 1,
      timestamps: "bigint",
      closed: [true, null],
    });
    expect(found["datalinks"]).toContain(1);
  });

  test("iteration, next(), and their time-out, which ends", async (t) => {
    const found = await calls(
      t,
      `const one = await open({ timeout: 150 });
       started();
       found.next = [one.next().length, one.next().number];
       let n = 2;
       while (one.next() !== null) n++;
       const since = Date.now();
       found.timeout = one.next();
       found.waited = Date.now() - since >= 149;
       found.count = n;
       const two = await live.capture(device, { backend: "pcap", duration: 200 });
       found.iterated = 0;
       for await (const packet of two) found.iterated++;`,
    );
    expect(found).toEqual({ next: [60, 2], timeout: null, waited: true, count: 200, iterated: 0 });
  });

  test("readpkts()", async (t) => {
    const found = await calls(
      t,
      `const one = await open({ timeout: 300 });
       started();
       const lengths = [];
       for (let some = one.readPackets(); some.length > 0; some = one.readPackets()) lengths.push(some.length);
       found.sum = lengths.reduce((a, b) => a + b);
       found.stats = one.stats();`,
    );
    expect(found["sum"]).toBe(200);
    expect(found["stats"]).toMatchObject({ delivered: 200, dropped: 0 });
  });

  test("dispatch(cnt, callback): counts 0, -1 and more, errors of the callback, breakloop", async (t) => {
    const found = await calls(
      t,
      `const one = await open({ timeout: 300 });
       started();
       let sum = 0;
       found.some = one.dispatch(7, (packet) => { sum += packet.length; });
       found.sum = sum;
       found.error = (() => { try { one.dispatch(-1, () => { throw new Error("mine"); }); } catch (e) { return e.message; } })();
       found.broken = one.dispatch(0, () => one.breakLoop());
       found.buffer = one.dispatch(-1, () => {}) > 0;
       found.rest = one.dispatch(0, () => {}) >= 0;
       found.over = one.dispatch(0, () => {});
       found.delivered = one.stats().delivered;`,
    );
    expect(found).toEqual({
      some: 7,
      sum: 420,
      buffer: true,
      error: "mine",
      broken: 1,
      rest: true,
      over: 0,
      delivered: 200,
    });
  });

  test("loop(cnt, callback) goes on until there were so many", async (t) => {
    const found = await calls(
      t,
      `const one = await open({ timeout: 1 });
       console.log("ready");
       let n = 0;
       found.loop = one.loop(150, () => { n++; });
       found.calls = n;
       found.endless = one.loop(-1, () => { if (++n === 200) one.breakLoop(); });
       found.all = n;`,
    );
    expect(found).toEqual({ loop: 150, calls: 150, endless: 50, all: 200 });
  });

  test("setnonblock(), getnonblock()", async (t) => {
    const found = await calls(
      t,
      `const one = await open({});
       one.blocking = false;
       found.before = [one.blocking, one.next(), one.dispatch(0, () => {}), one.readPackets()];
       started();
       await new Promise((r) => setTimeout(r, 200));
       found.after = one.dispatch(0, () => {});
       found.empty = one.next();`,
    );
    expect(found).toEqual({ before: [false, null, 0, []], after: 200, empty: null });
  });

  test("setfilter(), setdirection(), and their errors", async (t) => {
    const found = await calls(
      t,
      `const one = await open({ timeout: 200 });
       one.setFilter("ether proto 0x88b5 and ether[59] < 10");
       found.filter = one.filter;
       found.wrong = (() => { try { one.setFilter("no such filter"); } catch (e) { return [e.name, e.message]; } })();
       started();
       found.few = one.dispatch(0, () => {});
       one.setDirection("out");
       one.setFilter(null);
       // A handle does not see what it sends itself.
       const other = await open({});
       other.inject(Buffer.alloc(60, 0xff));
       other.inject(Buffer.alloc(60, 0xff));
       found.out = one.dispatch(0, () => {});`,
    );
    expect(found["filter"]).toBe("ether proto 0x88b5 and ether[59] < 10");
    expect((found["wrong"] as string[])[0]).toBe("TypeError");
    expect((found["wrong"] as string[])[1]).toMatch(/no such filter.*syntax error/);
    expect(found["few"]).toBe(10);
    expect(found["out"]).toBe(2);
  });

  test("sendpacket(), stats(), close()", async (t) => {
    const found = await calls(
      t,
      `const one = await open({ timeout: 200, direction: "in" });
       started();
       one.inject(Buffer.alloc(60, 0xff));
       found.batch = one.sendBatch([Buffer.alloc(60, 0xff), Buffer.alloc(1514, 0xff)]);
       one.dispatch(0, () => {});
       one.close();
       found.stats = one.stats();
       found.closed = (() => { try { one.inject(Buffer.alloc(60)); } catch (e) { return e.code; } })();`,
    );
    expect(found["batch"]).toBe(2);
    expect(found["stats"]).toEqual({
      received: 200,
      dropped: 0,
      interfaceDropped: 0,
      delivered: 200,
    });
    expect(found["closed"]).toBe("ERR_DEVICE_CLOSED");
  });
});

const hasLibpcap = ((): boolean => {
  try {
    bpf("");
    return true;
  } catch {
    process.stderr.write("skipped: filters are compiled by libpcap, which is not installed\n");
    return false;
  }
})();

describe("what pypcap calls, without an interface", () => {
  test.skipIf(!hasLibpcap)("bpf(filter, dlt).filter(buf), and bad expressions", () => {
    const found: number[] = [];
    const dns = bpf("udp port 53", dataLinks.EN10MB);
    for (const packet of openCapture("examples/session.pcap"))
      if (dns.filter(packet.bytes())) found.push(packet.number);
    expect(found).toEqual([3, 4, 5, 6]);
    expect(bpf("ip", dataLinks.RAW).filter(Uint8Array.of(0x45, 0, 0, 20))).toBe(true);
    expect(bpf("ip6", 101).filter(Uint8Array.of(0x45, 0, 0, 20))).toBe(false);
    expect(bpf("", 1).filter(new Uint8Array(0))).toBe(true);
    expect(dns.expression).toBe("udp port 53");
    expect(bpf("udp port 53", 1, { optimize: false }).program.length).toBeGreaterThan(
      dns.program.length,
    );
    expect(() => bpf("udp prt 53")).toThrow(/udp prt 53.*syntax error/);
    expect(() => bpf("ip", 9999)).toThrow(TypeError);
  });

  test("constants and dltoff", () => {
    expect(dataLinks).toMatchObject({ NULL: 0, EN10MB: 1, RAW: 12, LOOP: 108, LINUX_SLL: 113 });
    expect([...networkOffsets]).toEqual(
      expect.arrayContaining([
        ...[
          [0, 4],
          [1, 14],
          [6, 22],
          [7, 6],
          [8, 16],
          [9, 4],
          [10, 21],
        ],
        ...[
          [117, 48],
          [18, 4],
          [108, 4],
          [12, 0],
          [101, 0],
          [113, 16],
        ],
      ]),
    );
  });

  test("a savefile is opened by another call, and ends or fails where it does", () => {
    let count = 0;
    for (const _ of openCapture("examples/session.pcap")) count++;
    expect(count).toBe(34);
    expect(() => [...openCapture("examples/README.md")]).toThrow(/examples\/README.md|capture/);
    expect(interfaces().length).toBeGreaterThan(0);
  });
});
