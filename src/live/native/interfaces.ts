import { formatIpv4, formatIpv6, formatMac } from "../../bytes/address.ts";
import { DeviceError } from "../errors.ts";
import { type Memory, type Native, pinned } from "./ffi.ts";
import { processLibrary, systemError } from "./libc.ts";
import { libpcap, PCAP_ERRBUF_SIZE, textIn } from "./libpcap.ts";

/** An address as the system lists it. */
export interface ListedAddress {
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
  readonly netmask: string;
  /** How many bits of it are the network's. */
  readonly prefix: number;
  /** IPv4 only, and left out where it has none. */
  readonly broadcast?: string;
}

/** An interface as one list has it. */
export interface ListedInterface {
  readonly name: string;
  readonly description: string | null;
  /** Bits of that list: `IFF_` of netdevice(7), or `PCAP_IF_` of pcap_findalldevs(3PCAP). */
  readonly flags: number;
  readonly mac: string | null;
  /** `ARPHRD_` number; -1 where the list does not have it. */
  readonly hardware: number;
  readonly addresses: readonly ListedAddress[];
}

const isMac = process.platform === "darwin";
const AF_INET = 2;
const AF_INET6 = isMac ? 30 : 10;
const AF_PACKET = 17;
const AF_LINK = 18;
const SOCKADDR_IN = 16;
const SOCKADDR_IN6 = 28;
const SOCKADDR_LL = 20;
const IFF_BROADCAST = 2;
/** `struct ifaddrs`, `struct pcap_if` and `struct pcap_addr`. */
const IFADDRS = 48;
const PCAP_IF = 40;
const PCAP_ADDR = 40;
/** A list that is longer than this goes in circles. */
const MOST = 65_536;

interface Reading {
  readonly memcpy: Native<[to: Memory, from: bigint, length: number], bigint>;
  readonly strlen: Native<[text: bigint], number>;
  readonly getifaddrs: Native<[into: Memory], number>;
  readonly freeifaddrs: Native<[list: bigint], void>;
}

let known: Reading | null = null;

function reading(): Reading {
  if (known !== null) return known;
  const library = processLibrary();
  known = {
    memcpy: library.func("void *memcpy(void *to, const void *from, size_t length)"),
    strlen: library.func("size_t strlen(const void *text)"),
    getifaddrs: library.func("int getifaddrs(void *into)"),
    freeifaddrs: library.func("void freeifaddrs(void *list)"),
  };
  return known;
}

/** Memory of C, copied: what it lies in is given back soon. */
function copied(from: bigint, length: number): Buffer {
  const memory = pinned(length);
  if (length > 0) reading().memcpy(memory, from, length);
  return memory;
}

const textAt = (at: bigint): string | null =>
  at === 0n ? null : copied(at, Number(reading().strlen(at))).toString("utf8");

/** The family of a `struct sockaddr`: on BSD systems its length comes first. */
const familyOf = (address: Buffer): number => (isMac ? address[1]! : address.readUInt16LE(0));

/** `struct sockaddr` at an address, as long as its family is; zeros where it ends before. */
function socketAddress(at: bigint, size: number): Buffer {
  if (!isMac) return copied(at, size);
  const memory = pinned(size);
  copied(at, Math.min(size, copied(at, 1)[0]!)).copy(memory);
  return memory;
}

/** The bytes of an IP address; `null` where there is none. A netmask may lack its family: it is told. */
function ipAt(at: bigint, family: number): Buffer | null {
  if (at === 0n) return null;
  if (family === AF_INET) return socketAddress(at, SOCKADDR_IN).subarray(4, 8);
  const bytes = socketAddress(at, SOCKADDR_IN6).subarray(8, 24);
  // BSD systems keep the interface inside link-local addresses.
  if (isMac && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80) bytes.fill(0, 2, 4);
  return bytes;
}

const ipText = (bytes: Uint8Array): string =>
  bytes.length === 4 ? formatIpv4(bytes, 0) : formatIpv6(bytes, 0);

/** How many bits of a netmask are set. */
export function prefixOf(mask: Uint8Array): number {
  let bits = 0;
  for (let byte of mask) for (; byte !== 0; byte &= byte - 1) bits++;
  return bits;
}

/** What a list says of one interface, put together entry by entry. */
class Listing {
  private readonly found = new Map<string, ListedInterface>();

  add(one: ListedInterface): void {
    const before = this.found.get(one.name);
    this.found.set(one.name, {
      ...one,
      mac: one.mac ?? before?.mac ?? null,
      hardware: Math.max(one.hardware, before?.hardware ?? -1),
      addresses: [...(before?.addresses ?? []), ...one.addresses],
    });
  }

  get all(): ListedInterface[] {
    return [...this.found.values()];
  }
}

/** What the three pointers of an entry tell, as far as it is understood. */
function decode(
  at: bigint,
  mask: bigint,
  broadcast: bigint,
): Pick<ListedInterface, "mac" | "hardware" | "addresses"> {
  const none = { mac: null, hardware: -1, addresses: [] };
  if (at === 0n) return none;
  const family = familyOf(copied(at, 2));
  if (family === AF_PACKET && !isMac) {
    const link = copied(at, SOCKADDR_LL);
    const mac = link[11] === 6 ? formatMac(link, 12) : null;
    return { mac, hardware: link.readUInt16LE(8), addresses: [] };
  }
  if (family === AF_LINK && isMac) {
    const link = copied(at, copied(at, 1)[0]!);
    return { ...none, mac: link[6] === 6 ? formatMac(link, 8 + link[5]!) : null };
  }
  if (family !== AF_INET && family !== AF_INET6) return none;
  const bytes = ipAt(at, family)!;
  // Without a netmask it is alone in its network.
  const netmask = ipAt(mask, family) ?? Buffer.alloc(bytes.length, 0xff);
  const other = family === AF_INET ? ipAt(broadcast, family) : null;
  const address: ListedAddress = {
    family: family === AF_INET ? "IPv4" : "IPv6",
    address: ipText(bytes),
    netmask: ipText(netmask),
    prefix: prefixOf(netmask),
    ...(other === null ? {} : { broadcast: ipText(other) }),
  };
  return { ...none, addresses: [address] };
}

/** What the C library lists (getifaddrs(3)): all interfaces of the system with all their addresses, also those that are down. */
export function systemInterfaces(): ListedInterface[] {
  const place = pinned(8);
  if (reading().getifaddrs(place) < 0) throw systemError("", "the list of interfaces");
  const list = place.readBigUInt64LE(0);
  const listing = new Listing();
  try {
    for (let at = list, n = 0; at !== 0n && n < MOST; n++) {
      const entry = copied(at, IFADDRS);
      const pointer = (offset: number): bigint => entry.readBigUInt64LE(offset);
      at = pointer(0);
      const flags = entry.readUInt32LE(16);
      // The same place holds the other end's address where an interface has no broadcast.
      const broadcast = (flags & IFF_BROADCAST) !== 0 ? pointer(40) : 0n;
      const told = decode(pointer(24), pointer(32), broadcast);
      listing.add({ name: textAt(pointer(8)) ?? "", description: null, flags, ...told });
    }
  } finally {
    if (list !== 0n) reading().freeifaddrs(list);
  }
  return listing.all;
}

/** What libpcap lists, in its order: what it could capture from, also what is no interface of the system. */
export function pcapInterfaces(): ListedInterface[] {
  const place = pinned(8);
  const error = pinned(PCAP_ERRBUF_SIZE);
  if (libpcap().findalldevs(place, error) < 0)
    throw new DeviceError("ERR_DEVICE_FAILED", "", `the list of interfaces: ${textIn(error)}`);
  const list = place.readBigUInt64LE(0);
  const listing = new Listing();
  try {
    for (let at = list, n = 0; at !== 0n && n < MOST; n++) {
      const entry = copied(at, PCAP_IF);
      at = entry.readBigUInt64LE(0);
      const name = textAt(entry.readBigUInt64LE(8)) ?? "";
      const description = textAt(entry.readBigUInt64LE(16));
      const flags = entry.readUInt32LE(32);
      const none = { mac: null, hardware: -1, addresses: [] };
      listing.add({ name, description, flags, ...none });
      for (const told of pcapAddresses(entry.readBigUInt64LE(24)))
        listing.add({ name, description, flags, ...told });
    }
  } finally {
    if (list !== 0n) libpcap().freealldevs(list);
  }
  return listing.all;
}

function* pcapAddresses(list: bigint): Generator<ReturnType<typeof decode>> {
  for (let at = list, n = 0; at !== 0n && n < MOST; n++) {
    const entry = copied(at, PCAP_ADDR);
    at = entry.readBigUInt64LE(0);
    const [address, mask, broadcast] = [8, 16, 24].map((offset) => entry.readBigUInt64LE(offset));
    yield decode(address!, mask!, broadcast!);
  }
}
