import { spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { nodeInterfaces } from "./device-files.ts";
import type { DeviceError } from "./errors.ts";
import { packetSocketFault } from "./native/af-packet.ts";
import { libc } from "./native/libc.ts";
import { libpcap } from "./native/libpcap.ts";
import {
  findProgram,
  messages,
  type ProgramName,
  plainEnvironment,
  programError,
} from "./subprocess-program.ts";

/** Whether something can be used, and what there is to say of it: a version, a path, or why not. */
export interface Ability {
  readonly usable: boolean;
  readonly detail: string;
}

/** Capabilities of this process that matter here (capabilities(7)). */
export interface Capabilities {
  /** CAP_NET_RAW: to capture and to send frames. */
  readonly netRaw: boolean;
  /** CAP_NET_ADMIN: to change interfaces, and for large buffers. */
  readonly netAdmin: boolean;
}

/** What this process may do with interfaces, and why not. */
export interface Permissions {
  /** System and release. */
  readonly system: string;
  /** Number of the user; `null` where users have none. */
  readonly uid: number | null;
  /** `null` where the system knows none. */
  readonly capabilities: Capabilities | null;
  /** The package behind all calls of libraries. */
  readonly koffi: Ability;
  readonly libpcap: Ability;
  /** Packet sockets of Linux, which rings, raw sockets and servers are made of. */
  readonly packetSockets: Ability;
  readonly tcpdump: Ability;
  readonly dumpcap: Ability;
  /** The ways to an interface. */
  readonly backends: Readonly<Record<"ring" | "pcap" | "socket" | "subprocess", Ability>>;
  /** Whether any of them can capture. */
  readonly canCapture: boolean;
  /** Whether any of them can send. */
  readonly canSend: boolean;
}

/** Bits of a set of capabilities. */
const CAP_NET_ADMIN = 12n;
const CAP_NET_RAW = 13n;

/** The capabilities that are in effect now; `null` where the system has none or hides them. */
export function effectiveCapabilities(): Capabilities | null {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const set = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)![1]}`);
    const has = (bit: bigint): boolean => ((set >> bit) & 1n) === 1n;
    return { netRaw: has(CAP_NET_RAW), netAdmin: has(CAP_NET_ADMIN) };
  } catch {
    return null;
  }
}

/** Whether one of the devices of packet filters on macOS and BSD systems can be opened. */
export function mayOpenBpf(): boolean {
  try {
    const devices = readdirSync("/dev").filter((name) => /^bpf\d*$/.test(name));
    for (const name of devices) accessSync(`/dev/${name}`, constants.R_OK);
    return devices.length > 0;
  } catch {
    return false;
  }
}

/** What a call that throws when something is missing says. */
function attempt(find: () => string): Ability {
  try {
    return { usable: true, detail: find() };
  } catch (error) {
    return { usable: false, detail: (error as Error).message };
  }
}

function packetSockets(): Ability {
  if (process.platform !== "linux") return { usable: false, detail: "only Linux has them" };
  return attempt(() => {
    const fault = packetSocketFault();
    if (fault === null) return "can be opened";
    // With the capability and without the right: the network belongs to another user namespace, or a filter of calls is on.
    const isHeld = fault.code === "ERR_DEVICE_PERMISSION" && effectiveCapabilities()?.netRaw;
    throw isHeld ? new Error("CAP_NET_RAW is there, but this container forbids them") : fault;
  });
}

/** Opens the loopback interface with a program, which ends at once: only so can it be told whether it has the rights. */
function probe(name: ProgramName): Ability {
  const path = findProgram(name);
  if (path === null) return { usable: false, detail: "not installed" };
  const loopback = Object.entries(nodeInterfaces()).find(([, all]) => all?.[0]?.internal);
  const device = loopback?.[0] ?? (process.platform === "linux" ? "lo" : "lo0");
  const { status, error, stderr } = spawnSync(path, ["-i", device, "-L"], {
    env: plainEnvironment(),
    timeout: 5000,
    encoding: "utf8",
  });
  if (status === 0) return { usable: true, detail: path };
  const said = error?.message ?? messages(name, stderr);
  const fault: DeviceError = programError(name, device, said, "");
  // Whoever is told that the interface is down had the right to ask.
  return fault.code === "ERR_DEVICE_DOWN"
    ? { usable: true, detail: path }
    : { usable: false, detail: `${path}: ${said}` };
}

const both = (first: Ability, second: Ability): Ability => (first.usable ? second : first);
const either = (first: Ability, second: Ability): Ability =>
  first.usable || !second.usable ? first : second;

/**
 * Finds out what this process may do with interfaces, by trying: a packet socket is opened and closed, and tcpdump and dumpcap
 * are run for a moment where they are installed.
 */
export function permissions(): Permissions {
  const isLinux = process.platform === "linux";
  const koffi = attempt(() => (libc() ? "installed" : ""));
  const pcap = attempt(() => libpcap().version);
  const sockets = packetSockets();
  const [tcpdump, dumpcap] = [probe("tcpdump"), probe("dumpcap")];
  const device: Ability = mayOpenBpf()
    ? { usable: true, detail: "/dev/bpf can be opened" }
    : { usable: false, detail: "/dev/bpf cannot be opened: run as root" };
  const backends = {
    ring: sockets,
    pcap: both(pcap, isLinux ? sockets : device),
    socket: sockets,
    subprocess: either(tcpdump, dumpcap),
  };
  const canSend = backends.socket.usable || backends.pcap.usable;
  return {
    system: `${process.platform} ${release()}`,
    uid: process.getuid?.() ?? null,
    capabilities: effectiveCapabilities(),
    ...{ koffi, libpcap: pcap, packetSockets: sockets, tcpdump, dumpcap, backends },
    canCapture: canSend || backends.subprocess.usable,
    canSend,
  };
}

/** The same as lines of text, for people. */
export function permissionLines(found: Permissions = permissions()): string[] {
  const { system, uid, capabilities, backends } = found;
  const { koffi, libpcap: pcap, packetSockets: sockets, tcpdump, dumpcap } = found;
  const yes = (is: boolean): string => (is ? "yes" : "no");
  const lines = [`system: ${system}`];
  if (uid !== null) lines.push(`user: ${uid}${uid === 0 ? " (root)" : ""}`);
  if (capabilities !== null) {
    lines.push(`CAP_NET_RAW: ${yes(capabilities.netRaw)}`);
    lines.push(`CAP_NET_ADMIN: ${yes(capabilities.netAdmin)}`);
  }
  const parts = { koffi, libpcap: pcap, "packet sockets": sockets, tcpdump, dumpcap };
  for (const [name, { usable, detail }] of Object.entries(parts))
    lines.push(`${name}: ${yes(usable)} (${detail})`);
  for (const [name, ability] of Object.entries(backends)) {
    // A reason that stands above is not told again.
    const part = Object.entries(parts).find(([, one]) => one.detail === ability.detail)?.[0];
    const why = ability.usable ? "" : ` (${part === undefined ? ability.detail : `see ${part}`})`;
    lines.push(`backend ${name}: ${yes(ability.usable)}${why}`);
  }
  lines.push(`can capture: ${yes(found.canCapture)}`, `can send: ${yes(found.canSend)}`);
  return lines;
}
