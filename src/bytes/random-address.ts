/** Addresses made up: by a source of numbers that the caller gives, so that a seed gives the same ones again. */

import { formatIpv4, formatIpv6, formatMac } from "./address.ts";
import { isGlobal, parsePrefix } from "./special.ts";

/** A number from 0 up to but not including 1, as `Math.random` gives. */
export type RandomNumber = () => number;

const byteOf = (random: RandomNumber): number => Math.floor(random() * 256) & 255;

/** Random bits behind a prefix. */
function fill(random: RandomNumber, prefix: Uint8Array, bits: number): Uint8Array {
  return Uint8Array.from(prefix, (fixed, i) => {
    const free = Math.min(8, Math.max(0, (i + 1) * 8 - bits));
    const mask = (1 << free) - 1;
    return (fixed & ~mask) | (byteOf(random) & mask);
  });
}

function prefixOf(within: string, length: number): ReturnType<typeof parsePrefix> {
  const prefix = parsePrefix(within);
  if (prefix.bytes.length !== length)
    throw new RangeError(`within: a prefix of ${length} bytes is wanted, not ${within}`);
  return prefix;
}

/**
 * A MAC address of one host that no vendor has given out (locally administered, IEEE 802 §8.4), or any address `within` a
 * prefix such as `00:00:5e:00:53:00/40`.
 *
 * @throws RangeError for what is no such prefix.
 */
export function randomMac(random: RandomNumber, { within }: { within?: string } = {}): string {
  if (within !== undefined) {
    const { bytes, bits } = prefixOf(within, 6);
    return formatMac(fill(random, bytes, bits), 0);
  }
  const bytes = fill(random, new Uint8Array(6), 0);
  bytes[0] = (bytes[0]! & 0xfc) | 2;
  return formatMac(bytes, 0);
}

/** A source that gives special addresses again and again does not keep anybody for ever. */
const TRIES = 100;

function randomIp(random: RandomNumber, within: string | undefined, any: string): Uint8Array {
  const { bytes, bits } = prefixOf(within ?? any, parsePrefix(any).bytes.length);
  let made = fill(random, bytes, bits);
  if (within !== undefined) return made;
  for (let n = 0; n < TRIES && !isGlobal(made); n++) made = fill(random, bytes, bits);
  return made;
}

/**
 * An IPv4 address that any host may have, none with a special purpose; or any address `within` a prefix such as
 * `192.0.2.0/24`.
 *
 * @throws RangeError for what is no such prefix.
 */
export const randomIpv4 = (random: RandomNumber, { within }: { within?: string } = {}): string =>
  formatIpv4(randomIp(random, within, "0.0.0.0/0"), 0);

/**
 * An IPv6 address that any host may have, none with a special purpose; or any address `within` a prefix such as
 * `2001:db8::/32`.
 *
 * @throws RangeError for what is no such prefix.
 */
export const randomIpv6 = (random: RandomNumber, { within }: { within?: string } = {}): string =>
  formatIpv6(randomIp(random, within, "2000::/3"), 0);
