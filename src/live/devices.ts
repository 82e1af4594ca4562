import { accessSync, constants } from "node:fs";
import { formatIpv4, parseIpv4 } from "../bytes/address.ts";
import { DeviceFiles, filedInterfaces, Iff } from "./device-files.ts";
import { DeviceError } from "./errors.ts";
import { interfaceFacts, linkTypeOfHardware } from "./native/af-packet.ts";
import {
  type ListedAddress,
  type ListedInterface,
  pcapInterfaces,
  systemInterfaces,
} from "./native/interfaces.ts";
import { type Capabilities, effectiveCapabilities, mayOpenBpf } from "./permissions.ts";
import { capturePrograms, findProgram } from "./subprocess-program.ts";

/** An address of an interface. */
export type InterfaceAddress = ListedAddress;

/** What an interface is and does. */
export interface InterfaceFlags {
  /** Somebody switched it on. */
  readonly up: boolean;
  /** It is on and connected. */
  readonly running: boolean;
  readonly loopback: boolean;
  readonly wireless: boolean;
  readonly broadcast: boolean;
  readonly multicast: boolean;
  /** It takes packets to others now, for whoever asked it to. */
  readonly promiscuous: boolean;
}

/** An interface, or something else that packets can be captured from. */
export interface InterfaceInfo {
  readonly name: string;
  /** For people; `null` for none. */
  readonly description: string | null;
  readonly flags: InterfaceFlags;
  /** Its hardware address, zeros for the loopback; `null` where it has none. */
  readonly mac: string | null;
  /** Most bytes of a packet behind the link's header; `null` where it has no such limit. */
  readonly mtu: number | null;
  readonly addresses: readonly InterfaceAddress[];
  /** Numbers of the link types its packets can have in capture files, the usual one first; empty where that is not known. */
  readonly linkTypes: readonly number[];
  /** Whether this process may capture from it, as far as can be told without trying. */
  readonly canCapture: boolean;
}

/** Bits of pcap_findalldevs(3PCAP). */
const PCAP_IF_LOOPBACK = 1;
const PCAP_IF_UP = 2;
const PCAP_IF_RUNNING = 4;
const PCAP_IF_WIRELESS = 8;
const NO_FLAGS = 0;
/** Link type of what packet sockets do not know: libpcap puts a header of its own before each packet (LINUX_SLL). */
const COOKED = 113;

/** What libpcap lists on Linux beside interfaces: link types, and what it takes to capture from it. */
const special: readonly {
  readonly name: RegExp;
  readonly linkTypes: readonly number[];
  readonly needs: "netRaw" | "netAdmin" | "file" | null;
}[] = [
  { name: /^any$/, linkTypes: [113, 276], needs: "netRaw" },
  { name: /^nflog(?::|$)/, linkTypes: [239, 228], needs: "netAdmin" },
  { name: /^nfqueue(?::|$)/, linkTypes: [228], needs: "netAdmin" },
  { name: /^usbmon\d+$/, linkTypes: [220, 189], needs: "file" },
  { name: /^bluetooth-monitor$/, linkTypes: [254], needs: "netRaw" },
  { name: /^bluetooth\d+$/, linkTypes: [201, 187], needs: "netRaw" },
  { name: /^dbus-/, linkTypes: [231], needs: null },
];

/** A list, or `null` where what makes it is missing or fails: another one will do. */
function listOrNull(list: () => ListedInterface[]): ListedInterface[] | null {
  try {
    return list();
  } catch {
    return null;
  }
}

/**
 * What packets can be captured from, the likeliest first: the interfaces of the system with all their addresses, and where libpcap
 * is installed what else that knows (`any`, `nflog`, USB). Needs no rights.
 */
export function interfaces(): InterfaceInfo[] {
  const isLinux = process.platform === "linux";
  const pcap = listOrNull(pcapInterfaces);
  const native = isLinux ? listOrNull(systemInterfaces) : null;
  const files = new DeviceFiles();
  const system = native ?? (isLinux || pcap === null ? filedInterfaces(files) : []);
  const context: Context = {
    files,
    hasLibpcap: pcap !== null,
    // Without koffi only a program can capture.
    hasWay:
      native !== null || pcap !== null || capturePrograms.some((one) => findProgram(one) !== null),
    capabilities: effectiveCapabilities(),
  };
  const systemByName = new Map(system.map((one) => [one.name, one]));
  const pcapByName = new Map((pcap ?? []).map((one) => [one.name, one]));
  const names = new Set([...pcapByName.keys(), ...inOrder(system).map(({ name }) => name)]);
  return [...names].map((name) =>
    described(name, systemByName.get(name), pcapByName.get(name), context),
  );
}

/** What is the same for all interfaces. */
interface Context {
  readonly files: DeviceFiles;
  readonly hasLibpcap: boolean;
  readonly hasWay: boolean;
  readonly capabilities: Capabilities | null;
}

/** Those that most likely have packets first: running, then up, the loopback behind others; else as the system has them. */
function inOrder(list: readonly ListedInterface[]): ListedInterface[] {
  const rank = ({ flags }: ListedInterface): number =>
    (flags & Iff.RUNNING ? 0 : 4) + (flags & Iff.UP ? 0 : 2) + (flags & Iff.LOOPBACK ? 1 : 0);
  return [...list].sort((a, b) => rank(a) - rank(b));
}

function described(
  name: string,
  system: ListedInterface | undefined,
  pcap: ListedInterface | undefined,
  context: Context,
): InterfaceInfo {
  const { files } = context;
  const linkTypes = linkTypesOf(name, system, context);
  return {
    name,
    description: pcap?.description ?? files.alias(name),
    flags: flagsOf(name, system, pcap?.flags ?? NO_FLAGS, files),
    mac: system?.mac ?? pcap?.mac ?? null,
    mtu: files.mtu(name) ?? (system === undefined ? null : mtuOf(name)),
    // The system's own list is whole; libpcap's is the one where that cannot be had.
    addresses: system?.addresses ?? pcap?.addresses ?? [],
    linkTypes,
    canCapture: canCapture(name, linkTypes.length > 0, context),
  };
}

/** Asked of the kernel; an interface may have gone since it was listed. */
function mtuOf(name: string): number | null {
  try {
    return interfaceFacts(name).mtu;
  } catch {
    return null;
  }
}

function flagsOf(
  name: string,
  system: ListedInterface | undefined,
  pcap: number,
  files: DeviceFiles,
): InterfaceFlags {
  const bits = system?.flags ?? NO_FLAGS;
  // Only the file tells of promiscuous mode that a socket asked for.
  const filed = files.flags(name) ?? NO_FLAGS;
  const is = (iff: number, pcapIf: number): boolean =>
    system === undefined ? (pcap & pcapIf) !== 0 : (bits & iff) !== 0;
  return {
    up: is(Iff.UP, PCAP_IF_UP),
    running: is(Iff.RUNNING, PCAP_IF_RUNNING),
    loopback: is(Iff.LOOPBACK, PCAP_IF_LOOPBACK),
    wireless: (pcap & PCAP_IF_WIRELESS) !== 0 || files.isWireless(name),
    broadcast: (bits & Iff.BROADCAST) !== 0,
    multicast: (bits & Iff.MULTICAST) !== 0,
    promiscuous: ((bits | filed) & Iff.PROMISC) !== 0,
  };
}

function linkTypesOf(
  name: string,
  system: ListedInterface | undefined,
  { hasLibpcap }: Context,
): readonly number[] {
  if (process.platform !== "linux") return [];
  if (system === undefined) return special.find((one) => one.name.test(name))?.linkTypes ?? [];
  const linkType = linkTypeOfHardware(system.hardware);
  if (linkType !== undefined) return [linkType];
  return hasLibpcap && system.hardware >= 0 ? [COOKED] : [];
}

function canCapture(name: string, isKnown: boolean, context: Context): boolean {
  const { capabilities, hasLibpcap, hasWay } = context;
  if (!hasWay) return false;
  if (capabilities === null) return mayOpenBpf();
  const { needs } = special.find((one) => one.name.test(name)) ?? { needs: "netRaw" as const };
  if (needs === "file") return mayRead(`/dev/${name}`);
  return (isKnown || hasLibpcap) && (needs === null || capabilities[needs]);
}

function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the list says of a name; an error for one that it does not have. */
function find(name: string): InterfaceInfo {
  const found = interfaces().find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new DeviceError("ERR_DEVICE_MISSING", name, `${name}: no such interface`);
}

/**
 * The interface that a program takes when nobody names one: the first that is up, has an address and is not the loopback; for lack
 * of one, the first that is up.
 *
 * @throws DeviceError with the code ERR_DEVICE_MISSING where there is none.
 */
export function firstInterface(): InterfaceInfo {
  const usable = interfaces().filter(
    ({ name, flags }) => flags.up && !flags.loopback && !special.some((one) => one.name.test(name)),
  );
  const first = usable.find(({ addresses }) => addresses.length > 0) ?? usable[0];
  if (first !== undefined) return first;
  const message = "no interface is up but the loopback";
  throw new DeviceError("ERR_DEVICE_MISSING", "", message);
}

/**
 * The IPv4 network of an interface, as text: that of its first address. `any` has all networks, `0.0.0.0`.
 *
 * @throws DeviceError where there is no such interface (ERR_DEVICE_MISSING), or it has no IPv4 address (ERR_DEVICE_FAILED).
 */
export function lookupNet(name: string): { readonly network: string; readonly netmask: string } {
  if (name === "any") return { network: "0.0.0.0", netmask: "0.0.0.0" };
  const own = find(name).addresses.find(({ family }) => family === "IPv4");
  if (own === undefined)
    throw new DeviceError("ERR_DEVICE_FAILED", name, `${name}: no IPv4 address assigned`);
  const mask = parseIpv4(own.netmask);
  const network = parseIpv4(own.address).map((byte, i) => byte & mask[i]!);
  return { network: formatIpv4(network, 0), netmask: own.netmask };
}

/**
 * The hardware address of an interface: zeros for the loopback, `null` where it has none.
 *
 * @throws DeviceError with the code ERR_DEVICE_MISSING where there is no such interface.
 */
export const hardwareAddress = (name: string): string | null => find(name).mac;
