/** Which addresses are special, and how: the registries of RFC 6890 and RFC 9542, and what their forms say. */

import { parseIpv4, parseIpv6, parseMac } from "./address.ts";

/** A MAC, IPv4 or IPv6 address, as text or as its 6, 4 or 16 bytes. */
export type Address = string | Uint8Array;

/** A block of addresses with a special purpose, as the registries of RFC 6890 §2.2 list them. */
export interface SpecialBlock {
  /** `10.0.0.0/8`. */
  readonly block: string;
  readonly name: string;
  readonly spec: string;
  /** Whether such an address may be the source or the destination of a packet. */
  readonly source: boolean;
  readonly destination: boolean;
  /** Whether routers may pass such packets on. */
  readonly forwardable: boolean;
  /** Whether it means the same host everywhere. */
  readonly global: boolean;
  /** Whether protocols themselves depend on it. */
  readonly reserved: boolean;
}

/** Block, its five properties in the order of {@link SpecialBlock}, specification, name. Multicast is not of RFC 6890. */
const IPV4_BLOCKS = `
0.0.0.0/8 10001 RFC 791 §3.2|This network
0.0.0.0/32 10001 RFC 1122 §3.2.1.3|This host on this network
10.0.0.0/8 11100 RFC 1918|Private-Use
100.64.0.0/10 11100 RFC 6598|Shared Address Space
127.0.0.0/8 00001 RFC 1122 §3.2.1.3|Loopback
169.254.0.0/16 11001 RFC 3927|Link Local
172.16.0.0/12 11100 RFC 1918|Private-Use
192.0.0.0/24 00000 RFC 6890 §2.1|IETF Protocol Assignments
192.0.0.0/29 11100 RFC 7335|IPv4 Service Continuity Prefix
192.0.0.8/32 10000 RFC 7600|IPv4 dummy address
192.0.0.9/32 11110 RFC 7723|Port Control Protocol Anycast
192.0.0.10/32 11110 RFC 8155|Traversal Using Relays around NAT Anycast
192.0.0.170/31 00001 RFC 8880|NAT64/DNS64 Discovery
192.0.2.0/24 00000 RFC 5737|Documentation (TEST-NET-1)
192.31.196.0/24 11110 RFC 7535|AS112-v4
192.52.193.0/24 11110 RFC 7450|AMT
192.88.99.0/24 11110 RFC 7526|Deprecated (6to4 Relay Anycast)
192.168.0.0/16 11100 RFC 1918|Private-Use
192.175.48.0/24 11110 RFC 7534|Direct Delegation AS112 Service
198.18.0.0/15 11100 RFC 2544|Benchmarking
198.51.100.0/24 00000 RFC 5737|Documentation (TEST-NET-2)
203.0.113.0/24 00000 RFC 5737|Documentation (TEST-NET-3)
224.0.0.0/4 01110 RFC 5771|Multicast
233.252.0.0/24 00000 RFC 6676|Documentation (MCAST-TEST-NET)
240.0.0.0/4 00001 RFC 1112 §4|Reserved
255.255.255.255/32 01001 RFC 919 §7|Limited Broadcast`;

const IPV6_BLOCKS = `
::1/128 00001 RFC 4291 §2.5.3|Loopback Address
::/128 10001 RFC 4291 §2.5.2|Unspecified Address
::ffff:0:0/96 00001 RFC 4291 §2.5.5.2|IPv4-mapped Address
64:ff9b::/96 11110 RFC 6052|IPv4-IPv6 Translation
64:ff9b:1::/48 11100 RFC 8215|IPv4-IPv6 Translation
100::/64 11100 RFC 6666|Discard-Only Address Block
100:0:0:1::/64 10000 RFC 9780|Dummy IPv6 Prefix
2001::/23 00000 RFC 2928|IETF Protocol Assignments
2001::/32 11100 RFC 4380|TEREDO
2001:1::1/128 11110 RFC 7723|Port Control Protocol Anycast
2001:1::2/128 11110 RFC 8155|Traversal Using Relays around NAT Anycast
2001:1::3/128 11110 RFC 9665|DNS-SD Service Registration Protocol Anycast
2001:2::/48 11100 RFC 5180|Benchmarking
2001:3::/32 11110 RFC 7450|AMT
2001:4:112::/48 11110 RFC 7535|AS112-v6
2001:10::/28 00000 RFC 4843|Deprecated (previously ORCHID)
2001:20::/28 11110 RFC 7343|ORCHIDv2
2001:30::/28 11110 RFC 9374|Drone Remote ID Protocol Entity Tags
2001:db8::/32 00000 RFC 3849|Documentation
2002::/16 11100 RFC 3056|6to4
2620:4f:8000::/48 11110 RFC 7534|Direct Delegation AS112 Service
3fff::/20 00000 RFC 9637|Documentation
5f00::/16 11100 RFC 9602|Segment Routing (SRv6) SIDs
fc00::/7 11100 RFC 4193|Unique-Local
fe80::/10 11001 RFC 4291 §2.5.6|Link-Local Unicast
ff00::/8 01110 RFC 4291 §2.7|Multicast`;

/** Prefixes of MAC addresses with a meaning of their own. */
const MAC_BLOCKS = `
ff:ff:ff:ff:ff:ff/48 01001 IEEE 802|Broadcast
01:80:c2:00:00:00/44 01001 IEEE 802.1Q|Bridges
00:00:5e:00:01:00/40 11001 RFC 9568 §7.3|VRRP over IPv4
00:00:5e:00:02:00/40 11001 RFC 9568 §7.3|VRRP over IPv6
00:00:5e:00:53:00/40 00000 RFC 9542 §2.1.2|Documentation
01:00:5e:90:10:00/40 00000 RFC 9542 §2.1.2|Documentation (multicast)
01:00:5e:00:00:00/25 01100 RFC 1112 §6.4|IPv4 Multicast
33:33:00:00:00:00/16 01100 RFC 2464 §7|IPv6 Multicast`;

interface Known extends SpecialBlock {
  readonly prefix: Uint8Array;
  readonly bits: number;
}

/** The bytes of an address; which kind it is, their number tells. */
export function addressBytes(address: Address): Uint8Array {
  if (typeof address !== "string") {
    if (address.length === 4 || address.length === 6 || address.length === 16) return address;
    throw new RangeError(`an address of 4, 6 or 16 bytes is wanted, not of ${address.length}`);
  }
  if (/^[\d.]+$/.test(address) && address.split(".").length === 4) return parseIpv4(address);
  if (/^[0-9a-f]{2}[:-](?:[0-9a-f]{2}[:-]){4}[0-9a-f]{2}$/i.test(address)) return parseMac(address);
  if (/^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$|^[0-9a-f]{12}$/i.test(address)) return parseMac(address);
  return parseIpv6(address);
}

/** `192.0.2.0/24` as the bytes of its first address and the number of bits that count. */
export function parsePrefix(text: string): { readonly bytes: Uint8Array; readonly bits: number } {
  const slash = text.indexOf("/");
  const bytes = addressBytes(slash < 0 ? text : text.slice(0, slash));
  const given = slash < 0 ? String(bytes.length * 8) : text.slice(slash + 1);
  const bits = Number(given);
  if (!/^\d+$/.test(given) || bits > bytes.length * 8)
    throw new RangeError(`${text}: 0 to ${bytes.length * 8} bits are wanted behind the slash`);
  return { bytes, bits };
}

/** Whether the first `bits` bits of two addresses are equal. */
function begins(address: Uint8Array, prefix: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== prefix[i]) return false;
  const left = bits & 7;
  return left === 0 || (address[whole]! ^ prefix[whole]!) >> (8 - left) === 0;
}

const known = new Map<number, readonly Known[]>();

/** The blocks of addresses of so many bytes, read from their table when first asked; the longest prefix first. */
function blocksOf(length: number): readonly Known[] {
  let blocks = known.get(length);
  if (blocks === undefined) {
    const table = length === 4 ? IPV4_BLOCKS : length === 16 ? IPV6_BLOCKS : MAC_BLOCKS;
    blocks = table.trim().split("\n").map(blockOf);
    blocks = blocks.toSorted((a, b) => b.bits - a.bits);
    known.set(length, blocks);
  }
  return blocks;
}

function blockOf(line: string): Known {
  const [block = "", properties = "", ...rest] = line.split(" ");
  const [spec = "", name = ""] = rest.join(" ").split("|");
  const [source, destination, forwardable, global, reserved] = [...properties].map(
    (c) => c === "1",
  ) as [boolean, boolean, boolean, boolean, boolean];
  const { bytes, bits } = parsePrefix(block);
  const says = { block, name, spec, source, destination, forwardable, global, reserved };
  return { ...says, prefix: bytes, bits };
}

/**
 * The smallest block with a special purpose that holds an address: of IP the IANA registries of RFC 6890 and multicast, of
 * MAC the groups and prefixes of RFC 9542 §2; `undefined` of an ordinary one.
 *
 * @throws TypeError for text that is no address.
 */
export function specialBlock(address: Address): SpecialBlock | undefined {
  const bytes = addressBytes(address);
  const found = blocksOf(bytes.length).find((one) => begins(bytes, one.prefix, one.bits));
  if (found === undefined) return undefined;
  const { prefix: _, bits: __, ...block } = found;
  return block;
}

const isCalled = (address: Address, name: RegExp): boolean =>
  name.test(specialBlock(address)?.name ?? "");

/** Whether it is sent to everybody: `ff:ff:ff:ff:ff:ff`, `255.255.255.255` (RFC 919 §7). IPv6 has none. */
export const isBroadcast = (address: Address): boolean => isCalled(address, /broadcast$/i);

/** Whether it is sent to a group; of MAC addresses the broadcast one is a group too. */
export function isMulticast(address: Address): boolean {
  const bytes = addressBytes(address);
  if (bytes.length === 6) return (bytes[0]! & 1) === 1;
  return bytes.length === 4 ? bytes[0]! >> 4 === 14 : bytes[0] === 0xff;
}

/** Whether it is for use within one organisation: RFC 1918, and the unique local addresses of RFC 4193. */
export const isPrivate = (address: Address): boolean =>
  isCalled(address, /^(?:private-use|unique-local)$/i);

/** Whether it stays within one host (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export const isLoopback = (address: Address): boolean => isCalled(address, /^loopback/i);

/** Whether it stays on one link: RFC 3927, RFC 4291 §2.5.6, and the multicast groups of that scope. */
export function isLinkLocal(address: Address): boolean {
  const bytes = addressBytes(address);
  if (bytes.length === 16 && bytes[0] === 0xff) return (bytes[1]! & 15) === 2;
  if (bytes.length === 4 && bytes[0] === 224) return bytes[1] === 0 && bytes[2] === 0;
  return isCalled(bytes, /^link.local/i);
}

/** Whether it is meant for examples: RFC 5737, RFC 3849, RFC 9637, RFC 6676, RFC 9542 §2.1.2. */
export const isDocumentation = (address: Address): boolean => isCalled(address, /^documentation/i);

/** Whether all its bits are zero: no address, or any. */
export const isUnspecified = (address: Address): boolean =>
  addressBytes(address).every((byte) => byte === 0);

/** Whether a single host anywhere may have it: neither multicast nor in a block that is not globally reachable. */
export function isGlobal(address: Address): boolean {
  const bytes = addressBytes(address);
  if (isMulticast(bytes)) return false;
  if (bytes.length === 6) return !isLocallyAdministered(bytes) && specialBlock(bytes) === undefined;
  // Of IPv6 only 2000::/3 is given out so far (RFC 4291 §2.4); beside it, blocks say themselves that they are global.
  const special = specialBlock(bytes);
  if (special !== undefined) return special.global;
  return bytes.length === 4 || bytes[0]! >> 5 === 1;
}

/** Whether a MAC address was made up by whoever uses it, and not by a vendor (IEEE 802 §8.4); groups are no such. */
export function isLocallyAdministered(mac: Address): boolean {
  const bytes = addressBytes(mac);
  return bytes.length === 6 && (bytes[0]! & 3) === 2;
}
