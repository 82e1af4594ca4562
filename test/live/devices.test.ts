import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { DeviceFiles, filedInterfaces, Iff } from "../../src/live/device-files.ts";
import {
  firstInterface,
  hardwareAddress,
  type InterfaceInfo,
  interfaces,
  lookupNet,
} from "../../src/live/devices.ts";
import { DeviceError } from "../../src/live/errors.ts";
import { pcapInterfaces, prefixOf, systemInterfaces } from "../../src/live/native/interfaces.ts";
import { effectiveCapabilities, permissionLines, permissions } from "../../src/live/permissions.ts";
import { findProgram } from "../../src/live/subprocess-program.ts";
import { home, lab, noLab } from "./lab.ts";

const isLinux = process.platform === "linux";
const hasLibpcap = ((): boolean => {
  try {
    return pcapInterfaces().length > 0;
  } catch {
    return false;
  }
})();
if (!hasLibpcap) console.log("skipped: what libpcap lists (it is not installed)");
const tcpdump = findProgram("tcpdump");
if (tcpdump === null) console.log("skipped: what tcpdump lists (it is not installed)");

/** What a call throws. */
function thrown(call: () => unknown): DeviceError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(DeviceError);
    return error as DeviceError;
  }
  throw new Error("nothing was thrown");
}

const addresses = (one: { readonly addresses: InterfaceInfo["addresses"] }): string[] =>
  one.addresses.map(({ address, prefix }) => `${address}/${prefix}`).sort();

describe("interfaces", () => {
  test("has what Node tells of interfaces that are up", () => {
    const found = new Map(interfaces().map((one) => [one.name, one]));
    const told = Object.entries(networkInterfaces());
    expect(told.length).toBeGreaterThan(0);
    for (const [name, all] of told) {
      const one = found.get(name)!;
      expect(addresses(one)).toEqual(all!.map(({ cidr }) => cidr).sort());
      expect(one.flags).toMatchObject({ up: true, running: true, loopback: all![0]!.internal });
      for (const { address, netmask, family } of all!)
        expect(one.addresses).toContainEqual(expect.objectContaining({ address, netmask, family }));
      if (one.mac !== null) expect(one.mac).toBe(all![0]!.mac);
    }
  });

  test.skipIf(!isLinux)(
    "has every interface of the system, with what the kernel says of it",
    () => {
      const names = readFileSync("/proc/self/net/dev", "utf8")
        .trim()
        .split("\n")
        .slice(2)
        .map((line) => line.split(":")[0]!.trim());
      const found = new Map(interfaces().map((one) => [one.name, one]));
      for (const name of names) {
        const one = found.get(name)!;
        const file = (of: string) => readFileSync(`/sys/class/net/${name}/${of}`, "utf8").trim();
        expect(one.mtu).toBe(Number(file("mtu")));
        const flags = Number(file("flags"));
        expect(one.flags.up).toBe((flags & Iff.UP) !== 0);
        expect(one.flags.broadcast).toBe((flags & Iff.BROADCAST) !== 0);
        expect(one.flags.multicast).toBe((flags & Iff.MULTICAST) !== 0);
        if (file("type") === "1")
          expect(one).toMatchObject({ mac: file("address"), linkTypes: [1] });
      }
    },
  );

  test.skipIf(!hasLibpcap || tcpdump === null)("begins as tcpdump's list, in its order", () => {
    const { stdout } = spawnSync(tcpdump!, ["-D"], { encoding: "utf8" });
    const listed = stdout.matchAll(/^\d+\.(\S+)(?: \((.*)\))? \[/gm);
    const expected = [...listed].map(([, name, description]) => ({
      name,
      description: description ?? null,
    }));
    expect(expected.length).toBeGreaterThan(0);
    const found = interfaces().map(({ name, description }) => ({ name, description }));
    expect(found.slice(0, expected.length)).toEqual(expected);
  });

  test.skipIf(!isLinux)(
    "says the same without a library, but for addresses of what is down",
    () => {
      const bare = filedInterfaces(new DeviceFiles());
      const whole = systemInterfaces();
      expect(bare.map(({ name }) => name).sort()).toEqual(whole.map(({ name }) => name).sort());
      for (const one of bare) {
        const other = whole.find(({ name }) => name === one.name)!;
        expect(one).toMatchObject({ mac: other.mac, hardware: other.hardware });
        const shown = Iff.UP | Iff.RUNNING | Iff.LOOPBACK | Iff.BROADCAST | Iff.MULTICAST;
        expect(one.flags & shown).toBe(other.flags & shown);
        if ((one.flags & Iff.UP) !== 0) expect(addresses(one)).toEqual(addresses(other));
      }
    },
  );

  test("takes no descriptor", () => {
    if (!isLinux) return expect(interfaces()).toBeInstanceOf(Array);
    interfaces();
    const before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 20; i++) interfaces();
    expect(readdirSync("/proc/self/fd")).toHaveLength(before);
  });
});

describe("what is asked of one interface", () => {
  const loopback = interfaces().find(({ flags }) => flags.loopback && flags.up);

  test.skipIf(loopback === undefined)("is right for the loopback", () => {
    const { name } = loopback!;
    expect(lookupNet(name)).toEqual({ network: "127.0.0.0", netmask: "255.0.0.0" });
    if (isLinux) expect(hardwareAddress(name)).toBe("00:00:00:00:00:00");
  });

  test("names the first that a program would take", () => {
    const usable = Object.entries(networkInterfaces()).filter(([, all]) => !all![0]!.internal);
    if (usable.length === 0) expect(thrown(firstInterface).code).toBe("ERR_DEVICE_MISSING");
    else {
      const { name, flags } = firstInterface();
      expect(usable.map(([one]) => one)).toContain(name);
      expect(flags).toMatchObject({ up: true, loopback: false });
    }
  });

  test("fails by name for what is not there", () => {
    for (const call of [lookupNet, hardwareAddress]) {
      const error = thrown(() => call("nowhere0"));
      expect(error).toMatchObject({ code: "ERR_DEVICE_MISSING", device: "nowhere0" });
      expect(error.message).toContain("nowhere0");
    }
    expect(lookupNet("any")).toEqual({ network: "0.0.0.0", netmask: "0.0.0.0" });
  });

  test("counts the bits of netmasks", () => {
    expect(prefixOf(Uint8Array.of(255, 255, 255, 0))).toBe(24);
    expect(prefixOf(Uint8Array.of(255, 255, 240, 0))).toBe(20);
    expect(prefixOf(new Uint8Array(4))).toBe(0);
    expect(prefixOf(new Uint8Array(16).fill(255))).toBe(128);
  });
});

describe("permissions", () => {
  test("agrees with what can be done", () => {
    const found = permissions();
    expect(found.uid).toBe(process.getuid!());
    expect(found.capabilities).toEqual(effectiveCapabilities());
    expect(found.libpcap.usable).toBe(hasLibpcap);
    expect(found.tcpdump.detail.includes("/tcpdump")).toBe(tcpdump !== null);
    const { backends } = found;
    expect(found.canCapture).toBe(Object.values(backends).some(({ usable }) => usable));
    expect(found.canSend).toBe(backends.socket.usable || backends.pcap.usable);
    if (found.capabilities?.netRaw === false) expect(backends.ring.usable).toBe(false);
  });

  test("says it in lines, each reason once", () => {
    const fault = { usable: false, detail: "packet socket: Operation not permitted" };
    const there = { usable: true, detail: "/usr/bin/tcpdump" };
    const lines = permissionLines({
      system: "linux 6.1",
      uid: 1000,
      capabilities: { netRaw: false, netAdmin: false },
      koffi: { usable: true, detail: "installed" },
      libpcap: { usable: false, detail: "libpcap is not installed" },
      packetSockets: fault,
      tcpdump: there,
      dumpcap: { usable: false, detail: "not installed" },
      backends: { ring: fault, pcap: fault, socket: fault, subprocess: there },
      canCapture: true,
      canSend: false,
    });
    expect(lines).toEqual([
      "system: linux 6.1",
      "user: 1000",
      "CAP_NET_RAW: no",
      "CAP_NET_ADMIN: no",
      "koffi: yes (installed)",
      "libpcap: no (libpcap is not installed)",
      "packet sockets: no (packet socket: Operation not permitted)",
      "tcpdump: yes (/usr/bin/tcpdump)",
      "dumpcap: no (not installed)",
      "backend ring: no (see packet sockets)",
      "backend pcap: no (see packet sockets)",
      "backend socket: no (see packet sockets)",
      "backend subprocess: yes",
      "can capture: yes",
      "can send: no",
    ]);
  });
});

/** Prints what a call gives, from a namespace. */
const printing = (call: string): string => `
  import * as live from "wirecraft/live";
  console.log(JSON.stringify(${call}));`;

describe.skipIf(noLab !== null)("in a network namespace of its own", () => {
  test("tells of interfaces that are up and down, whichever /sys is seen", async (t) => {
    const { left } = await lab(t);
    const { device, name } = left;
    left.exec(["ip", "addr", "add", "10.78.0.1/20", "broadcast", "10.78.15.255", "dev", device]);
    left.exec(["ip", "link", "set", "lo", "down"]);
    const cable = ["type", "veth", "peer", "name", "bare0", "mtu", "1300"];
    left.exec(["ip", "link", "add", "sleepy0", ...cable]);
    left.exec(["ip", "addr", "add", "10.79.0.1/30", "dev", "sleepy0"]);
    const program = ["--input-type=module", "-e", printing("live.interfaces()")];
    const there = await left.spawnNode(printing("live.interfaces()")).line();
    // Entered without ip, /sys stays that of the namespace the tests run in.
    const enter = [`--net=/run/netns/${name}`, process.execPath, ...program];
    const here = spawnSync("nsenter", enter, { cwd: home, encoding: "utf8" }).stdout;
    for (const text of [there, here]) {
      const found: InterfaceInfo[] = JSON.parse(text);
      const by = (wanted: string) => found.find((one) => one.name === wanted)!;
      expect(by(device)).toMatchObject({
        mac: left.mac,
        mtu: 1500,
        flags: { up: true, running: true, loopback: false, broadcast: true },
        linkTypes: [1],
        canCapture: true,
      });
      expect(by(device).addresses).toEqual([
        expect.objectContaining({ address: "10.77.0.1", prefix: 24 }),
        {
          ...{ family: "IPv4", address: "10.78.0.1", netmask: "255.255.240.0", prefix: 20 },
          broadcast: "10.78.15.255",
        },
        expect.objectContaining({ address: "fd77::1", prefix: 64, family: "IPv6" }),
      ]);
      expect(by("lo").flags).toMatchObject({ up: false, loopback: true });
      expect(by("sleepy0").flags.up).toBe(false);
      expect(addresses(by("sleepy0"))).toEqual(["10.79.0.1/30"]);
      expect(by("bare0")).toMatchObject({ mtu: 1300, addresses: [] });
    }
    const one = await left.spawnNode(printing("live.firstInterface().name")).line();
    expect(JSON.parse(one)).toBe(device);
    const net = await left.spawnNode(printing(`live.lookupNet("sleepy0")`)).line();
    expect(JSON.parse(net)).toEqual({ network: "10.79.0.0", netmask: "255.255.255.252" });
    const none = left.spawnNode(printing(`live.lookupNet("bare0")`));
    expect(await none.done).toBe(1);
    expect(none.err()).toContain("bare0: no IPv4 address assigned");
  });

  test("finds no first interface where there is none", async (t) => {
    const { left } = await lab(t);
    left.exec(["ip", "link", "set", left.device, "down"]);
    const child = left.spawnNode(printing("live.firstInterface()"));
    expect(await child.done).toBe(1);
    expect(child.err()).toContain("ERR_DEVICE_MISSING");
  });

  test("says without rights what is missing", async (t) => {
    const { left } = await lab(t);
    const nobody = ["setpriv", "--reuid", "65534", "--clear-groups"];
    const found = JSON.parse(
      await left.spawnNode(printing("live.permissions()"), [], nobody).line(),
    );
    expect(found).toMatchObject({
      uid: 65534,
      capabilities: { netRaw: false, netAdmin: false },
      packetSockets: { usable: false },
      canCapture: false,
      canSend: false,
    });
    expect(found.packetSockets.detail).toContain("CAP_NET_RAW");
    const listed = await left.spawnNode(printing("live.interfaces()"), [], nobody).line();
    const own = (JSON.parse(listed) as InterfaceInfo[]).find((one) => one.name === left.device)!;
    expect(own).toMatchObject({ mac: left.mac, canCapture: false });
    const raw = ["--inh-caps", "+net_raw", "--ambient-caps", "+net_raw"];
    const able = left.spawnNode(printing("live.permissions()"), [], [...nobody, ...raw]);
    expect(JSON.parse(await able.line())).toMatchObject({
      capabilities: { netRaw: true, netAdmin: false },
      backends: { ring: { usable: true } },
      canCapture: true,
      canSend: true,
    });
  });
});
