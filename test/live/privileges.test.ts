import { describe, expect, test } from "vitest";
import { lab, noLab } from "./lab.ts";
import { sending } from "./programs.ts";

const own = "02770000000202770000000188b5";
const frames = [`${own}${"01".repeat(46)}`, `${own}${"02".repeat(46)}`];

describe.skipIf(noLab !== null)("giving rights up", () => {
  test("what is open goes on, and nothing more can be opened", async (t) => {
    const { left, right } = await lab(t);
    const program = `
      import { capture, dropPrivileges, bpf } from "wirecraft/live";
      const device = process.argv[1];
      for (const backend of ["ring", "pcap", "socket"]) {
        globalThis[backend] = await capture(device, { backend, count: 1, duration: 5000 });
      }
      dropPrivileges("nobody");
      console.log("ready");
      const found = {};
      for (const backend of ["ring", "pcap", "socket"]) {
        const live = globalThis[backend];
        live.setFilter("ether[14] == 2");
        for await (const packet of live) found[backend] = packet.bytes()[14];
        live.inject(Buffer.alloc(60, 0xff));
        found[backend + " stats"] = live.stats().delivered;
        found[backend + " again"] = await capture(device, { backend }).then(() => "open", (e) => e.code);
        live.close();
      }
      found.user = process.getuid();
      console.log(JSON.stringify(found));`;
    const child = right.spawnNode(program, [right.device]);
    expect(await child.line()).toBe("ready");
    await new Promise((r) => setTimeout(r, 100));
    const sender = left.spawnNode(sending, [left.device]);
    await sender.line();
    for (let i = 0; i < 40 && !child.out().includes("{"); i++) {
      sender.write(`${frames.join("\n")}\n`);
      await new Promise((r) => setTimeout(r, 100));
    }
    expect([await child.done, child.err()]).toEqual([0, ""]);
    const found = JSON.parse(child.out().split("\n")[1]!);
    expect(found.user).toBe(65534);
    for (const backend of ["ring", "pcap", "socket"]) {
      expect(found[`${backend} stats`]).toBe(1);
      expect(found[`${backend} again`]).toBe("ERR_DEVICE_PERMISSION");
    }
  }, 20_000);

  test("refuses root, and users that there are not", async () => {
    const { dropPrivileges } = await import("../../src/live/privileges.ts");
    expect(() => dropPrivileges("root")).toThrow(RangeError);
    expect(() => dropPrivileges("no such user")).toThrow(/no such user/);
  });

  test("a socket handed to a child without rights shows what its filter lets through, and nothing else", async (t) => {
    const { left, right } = await lab(t);
    const child = `
      import { capture, HANDED, RingSource, SocketSource } from "wirecraft/live";
      const [device, kind] = process.argv.slice(1);
      const Source = kind === "ring" ? RingSource : SocketSource;
      const source = new Source(device, { fd: HANDED, promiscuous: false });
      const locked = (() => { try { source.setFilter({ filter: () => true, program: { toBytes: () => Buffer.from("0600000000000400", "hex") } }); return "open"; } catch (e) { return e.code; } })();
      const again = await capture(device).then(() => "open", (e) => e.code);
      const live = await capture(source, { count: 2, duration: 5000 });
      console.log("ready");
      const seen = [];
      for await (const packet of live) seen.push(packet.bytes()[14]);
      live.inject(Buffer.alloc(60, 0xff));
      console.log(JSON.stringify({ seen, locked, again, user: process.getuid() }));`;
    const parent = `
      import { spawnWithSocket } from "wirecraft/live";
      const [device, kind, child] = process.argv.slice(1);
      const argv = [process.execPath, "--input-type=module", "-e", child, "--", device, kind];
      const started = spawnWithSocket(device, { filter: "ether[14] == 2" }, argv);
      started.on("close", (code) => process.exit(code));`;
    for (const kind of ["ring", "socket"]) {
      const one = right.spawnNode(parent, [right.device, kind, child]);
      expect(await one.line()).toBe("ready");
      const sender = left.spawnNode(sending, [left.device]);
      await sender.line();
      sender.write(`${[...frames, ...frames].join("\n")}\n`);
      expect([await one.done, one.err()]).toEqual([0, ""]);
      expect(JSON.parse(one.out().split("\n")[1]!)).toEqual({
        seen: [2, 2],
        locked: "ERR_DEVICE_PERMISSION",
        again: "ERR_DEVICE_PERMISSION",
        user: 65534,
      });
    }
  }, 20_000);
});

describe.skipIf(noLab !== null)("without libpcap", () => {
  test("what needs it names the package, and a ring without a filter does without", async (t) => {
    const { right } = await lab(t);
    const program = `
      import { bpf, capture } from "wirecraft/live";
      const device = process.argv[1];
      const said = async (what) => { try { return await what(); } catch (e) { return [e.code, e.message]; } };
      console.log(JSON.stringify([
        await said(() => bpf("udp")),
        await said(async () => { const live = await capture(device, { backend: "pcap" }); }),
        await said(async () => { const live = await capture(device); const { backend } = live; live.close(); return backend; }),
        await said(async () => { const live = await capture(device, { filter: "udp" }); const { backend } = live; live.close(); return backend; }),
      ]));`;
    const node = right.spawn([
      ...["env", "WIRECRAFT_LIBPCAP=/nowhere/libpcap.so"],
      ...[process.execPath, "--input-type=module", "-e", program, "--", right.device],
    ]);
    expect([await node.done, node.err()]).toEqual([0, ""]);
    const [compiled, opened, ring, filtered] = JSON.parse(node.out());
    for (const [code, message] of [compiled, opened]) {
      expect(code).toBe("ERR_DEVICE_SUPPORT");
      expect(message).toContain("apt install libpcap0.8");
    }
    expect(ring).toBe("ring");
    expect(filtered).toBe("subprocess");
  });
});
