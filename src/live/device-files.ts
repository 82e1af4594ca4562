import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { formatIpv6, parseIpv4, parseIpv6 } from "../bytes/address.ts";
import { parseHex } from "../bytes/hex.ts";
import { type ListedAddress, type ListedInterface, prefixOf } from "./native/interfaces.ts";

/** Bits of netdevice(7). */
export const Iff = {
  UP: 1,
  BROADCAST: 2,
  LOOPBACK: 8,
  RUNNING: 0x40,
  PROMISC: 0x100,
  MULTICAST: 0x1000,
} as const;

const SYS = "/sys/class/net";

function contents(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

/** Names of the interfaces in the network namespace of this process; `null` where the system has no such file. */
function namesOfNamespace(): string[] | null {
  const lines = contents("/proc/self/net/dev")?.split("\n").slice(2);
  return lines?.map((line) => line.slice(0, line.lastIndexOf(":")).trim()) ?? null;
}

/**
 * What Linux tells of interfaces in `/sys/class/net`. It is that of the network namespace that it was mounted in, which need not
 * be this process's: then nothing is read.
 */
export class DeviceFiles {
  private readonly names: ReadonlySet<string>;

  constructor() {
    const here = new Set(namesOfNamespace() ?? []);
    const listed = new Set(existsSync(SYS) ? readdirSync(SYS) : []);
    const isOurs = [...here].every((name) => listed.has(name));
    this.names = isOurs ? here : new Set();
  }

  private read(name: string, file: string): string | null {
    return this.names.has(name) ? contents(`${SYS}/${name}/${file}`) : null;
  }

  /** Bits of {@link Iff}, `RUNNING` not among them; `null` where it is not told. */
  flags(name: string): number | null {
    const text = this.read(name, "flags");
    return text === null ? null : Number(text);
  }

  isRunning(name: string): boolean {
    return this.read(name, "carrier") === "1";
  }

  mtu(name: string): number | null {
    const text = this.read(name, "mtu");
    return text === null ? null : Number(text);
  }

  isWireless(name: string): boolean {
    if (!this.names.has(name)) return false;
    return existsSync(`${SYS}/${name}/wireless`) || existsSync(`${SYS}/${name}/phy80211`);
  }

  /** What the administrator calls it. */
  alias(name: string): string | null {
    return this.read(name, "ifalias") || null;
  }

  mac(name: string): string | null {
    const text = this.read(name, "address");
    return text !== null && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text) ? text : null;
  }

  hardware(name: string): number {
    return Number(this.read(name, "type") ?? -1);
  }
}

/** What Node tells of interfaces that are up; nothing where the system does not let it ask. */
export function nodeInterfaces(): NodeJS.Dict<NetworkInterfaceInfo[]> {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}

/**
 * The interfaces as files and Node tell of them, where the C library cannot be asked. IPv4 addresses of interfaces that are
 * down are not among what is told.
 */
export function filedInterfaces(files: DeviceFiles): ListedInterface[] {
  const ipv6 = filedIpv6();
  const told = nodeInterfaces();
  const names = namesOfNamespace() ?? Object.keys(told);
  return names.map((name) => {
    const own = told[name] ?? [];
    const addresses = own.map(addressOfNode);
    const known = new Set(addresses.map(({ address }) => address));
    addresses.push(...(ipv6.get(name) ?? []).filter(({ address }) => !known.has(address)));
    const isLoopback = own[0]?.internal ?? false;
    // Node tells only of interfaces that are up and running.
    const guess = own.length === 0 ? 0 : Iff.UP | (isLoopback ? Iff.LOOPBACK : Iff.BROADCAST);
    const isRunning = own.length > 0 || files.isRunning(name);
    return {
      name,
      description: null,
      flags: (files.flags(name) ?? guess) | (isRunning ? Iff.RUNNING : 0),
      mac: files.mac(name) ?? own[0]?.mac ?? null,
      hardware: files.hardware(name),
      addresses,
    };
  });
}

function addressOfNode({ family, address, netmask }: NetworkInterfaceInfo): ListedAddress {
  const mask = family === "IPv4" ? parseIpv4(netmask) : parseIpv6(netmask);
  return { family, address, netmask, prefix: prefixOf(mask) };
}

/** IPv6 addresses by interface, also of those without a cable: address, index, prefix, scope, flags and name, in hex. */
function filedIpv6(): Map<string, ListedAddress[]> {
  const found = new Map<string, ListedAddress[]>();
  for (const line of contents("/proc/self/net/if_inet6")?.split("\n") ?? []) {
    const [digits, , length, , , name] = line.split(/\s+/);
    if (name === undefined || digits?.length !== 32) continue;
    const prefix = Number.parseInt(length!, 16);
    const address: ListedAddress = {
      family: "IPv6",
      address: formatIpv6(parseHex(digits), 0),
      netmask: ipv6Mask(prefix),
      prefix,
    };
    found.set(name, [...(found.get(name) ?? []), address]);
  }
  return found;
}

function ipv6Mask(prefix: number): string {
  const mask = new Uint8Array(16);
  for (let bit = 0; bit < prefix; bit++) mask[bit >> 3]! |= 0x80 >> (bit & 7);
  return formatIpv6(mask, 0);
}
