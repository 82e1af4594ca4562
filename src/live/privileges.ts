import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { bpf } from "./bpf.ts";
import { DeviceError } from "./errors.ts";
import { AfPacket } from "./native/af-packet.ts";
import type { PacketFilter } from "./source.ts";

/** Who a process goes on as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** A user by name or number, as /etc/passwd has it. */
function accountOf(user: string | number): Account {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (uid !== undefined && (name === user || Number(uid) === user))
      return { uid: Number(uid), gid: Number(gid) };
  }
  if (typeof user === "number") return { uid: user, gid: user };
  throw new RangeError(`dropPrivileges: there is no user '${user}'`);
}

/**
 * Goes on as another user, for good: to be called once everything that needs rights is open. What is open goes on to work;
 * opening it again is refused. The groups go first, then the user, in all threads of the process.
 *
 * A process that was given capabilities without being root keeps them through this call: they are to be given with `setpriv`
 * or `AmbientCapabilities` only to what needs them, since a thread cannot take them from the others.
 *
 * @throws RangeError where there is no such user; DeviceError where it is not allowed, or rights would be left.
 */
export function dropPrivileges(user: string | number = "nobody"): void {
  if (
    process.setgroups === undefined ||
    process.setgid === undefined ||
    process.setuid === undefined
  )
    throw new DeviceError("ERR_DEVICE_SUPPORT", "", "dropPrivileges: this system has no users");
  const { uid, gid } = accountOf(user);
  if (uid === 0) throw new RangeError("dropPrivileges: root has all rights");
  try {
    process.setgroups([]);
    process.setgid(gid);
    process.setuid(uid);
  } catch (cause) {
    const message = `dropPrivileges: ${(cause as Error).message}`;
    throw new DeviceError("ERR_DEVICE_PERMISSION", "", message, { cause });
  }
  if (isRootAgain()) throw new DeviceError("ERR_DEVICE_FAILED", "", "dropPrivileges: root is left");
}

/** Whether the rights can be had back: then they were not given up. */
function isRootAgain(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return false;
  }
}

/** The descriptor under which a child finds the socket that was handed to it. */
export const HANDED = 3;

/** What a socket that is to be handed over is to receive. */
export interface HandOverOptions {
  /** Which packets, in the language of pcap-filter(7) or compiled; it cannot be changed afterwards, by nobody. */
  readonly filter: string | PacketFilter;
  readonly promiscuous?: boolean;
  /** EtherType that is received; all unless told. */
  readonly etherType?: number;
}

/**
 * Starts a program as another user, with a packet socket as its descriptor {@link HANDED} which it could not open itself. The
 * socket is bound to an interface and its filter locked, so that whatever becomes of the program it sees nothing else. There,
 * `new RingSource(device, { fd: HANDED, promiscuous: false })` or `SocketSource` alike takes it up. Linux only.
 *
 * @throws DeviceError when the socket cannot be opened.
 * @example spawnWithSocket("eth0", { filter: "udp port 53" }, [process.execPath, "watch-dns.mjs"], "nobody");
 */
export function spawnWithSocket(
  device: string,
  { filter, ...options }: HandOverOptions,
  argv: readonly string[],
  user: string | number = "nobody",
  spawning: SpawnOptions = {},
): ChildProcess {
  const [file, ...args] = argv;
  if (file === undefined) throw new TypeError("spawnWithSocket: a program is wanted");
  const { uid, gid } = accountOf(user);
  const socket = new AfPacket(device, options);
  try {
    const compiled = typeof filter === "string" ? bpf(filter, socket.linkType) : filter;
    if (compiled.program === undefined)
      throw new TypeError("spawnWithSocket: a filter that the kernel can run is wanted");
    socket.setProgram(compiled.program.toBytes());
    socket.lockProgram();
    socket.bind();
    const stdio = ["inherit", "inherit", "inherit", socket.fd] as const;
    return spawn(file, args, { ...spawning, uid, gid, stdio: [...stdio], shell: false });
  } finally {
    // The child has its own by now.
    socket.close();
  }
}
