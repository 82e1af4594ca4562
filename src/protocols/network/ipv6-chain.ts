import { sum16 } from "../../bytes/checksum.ts";
import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const HOME_ADDRESS = 201;

/**
 * The sum of the addresses in the pseudo-header of a layer above IPv6 (RFC 8200 §8.1): the destination is the last of a
 * route that has segments left, the source the home address of a mobile node (RFC 6275 §11.3.1). `null` in a fragment
 * and where a routing header does not say the last address.
 *
 * The extension headers are those of IPv6 itself, so they are gone through here as bytes, from the fixed header to `upper`.
 */
export function upperSum(ip: Layer, upper: Layer): number | null {
  const { bytes, start } = ip;
  if (upper.start === ip.headerEnd) return sum16(bytes, start + 8, start + 40);
  let source = sum16(bytes, start + 8, start + 24);
  let destination = sum16(bytes, start + 24, start + 40);
  let next = bytes[start + 6]!;
  let at = ip.headerEnd;
  while (at + 8 <= upper.start) {
    let end = at + (bytes[at + 1]! + 1) * 8;
    if (next === FRAGMENT) {
      // Of a fragment the upper layer's bytes are not all here.
      if ((readU16(bytes, at + 2) & 0xfff9) !== 0) return null;
      end = at + 8;
    } else if (next === AUTHENTICATION) end = at + (bytes[at + 1]! + 2) * 4;
    else if (next !== HOP_BY_HOP && next !== ROUTING && next !== DESTINATION_OPTIONS) break;
    if (end > upper.start) break;
    if (next === ROUTING && bytes[at + 3] !== 0) {
      const last = lastAddress(bytes, start, at, end);
      if (last === null) return null;
      destination = sum16(last, 0, 16);
    } else if (next === DESTINATION_OPTIONS) {
      const home = homeAddress(bytes, at + 2, end);
      if (home >= 0) source = sum16(bytes, home, home + 16);
    }
    next = bytes[at]!;
    at = end;
  }
  return source + destination;
}

/** The final destination of a routing header that has segments left; `null` where it is not known. */
function lastAddress(bytes: Uint8Array, ip: number, at: number, end: number): Uint8Array | null {
  // All but compressed addresses take 16 bytes.
  if (bytes[at + 2] !== 3 && end - at < 24) return null;
  switch (bytes[at + 2]) {
    case 0:
      return bytes.subarray(end - 16, end);
    case 2:
    case 4:
      // A segment list is in reverse order: its first entry is the last segment (RFC 8754 §2).
      return bytes.subarray(at + 8, at + 24);
    case 3: {
      // The last address lacks the leading bytes that it shares with the packet's destination (RFC 6554 §3).
      const shared = bytes[at + 4]! & 15;
      const from = end - (bytes[at + 5]! >> 4) - (16 - shared);
      if (from < at + 8) return null;
      const whole = bytes.slice(ip + 24, ip + 40);
      whole.set(bytes.subarray(from, from + 16 - shared), shared);
      return whole;
    }
    default:
      return null;
  }
}

/** Offset of the address in a Home Address option; -1 where there is none. */
function homeAddress(bytes: Uint8Array, from: number, end: number): number {
  for (let o = from; o + 1 < end; ) {
    const type = bytes[o]!;
    if (type === HOME_ADDRESS && bytes[o + 1] === 16 && o + 18 <= end) return o + 2;
    o += type === 0 ? 1 : 2 + bytes[o + 1]!;
  }
  return -1;
}
