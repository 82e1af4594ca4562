import { readU16, readU32 } from "../bytes/numbers.ts";
import type { Packet } from "../packet/packet.ts";
import { ipv4 } from "../protocols/network/ipv4.ts";
import { ipv6 } from "../protocols/network/ipv6.ts";
import { ipv6Fragment } from "../protocols/network/ipv6-extensions.ts";
import { isCut } from "../schema/checksum.ts";
import type { Layer } from "../schema/layer.ts";
import { isWholeChain } from "./header-chain.ts";

/** The most that a length field of IP can say. */
export const LONGEST = 65_535;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_WORDS = 0x1fff;
/** Offset and "more" of the fragment header of IPv6. */
const PART_6 = 0xfff9;

/** One fragment: where its header and its data lie in the packet's bytes. */
export interface Fragment {
  readonly ip: Layer;
  readonly version: 4 | 6;
  /** The number of what is above: of IPv4's header, or of the fragment header. */
  readonly protocol: number;
  readonly id: number;
  /** Where the data belongs in the datagram, in bytes. */
  readonly offset: number;
  /** Whether more fragments follow. */
  readonly more: boolean;
  /** Where the headers end that the datagram keeps: IPv4's, or what is before the fragment header (RFC 8200 §4.5). */
  readonly keptEnd: number;
  /** Where the byte lies that says what follows the headers kept. */
  readonly nextAt: number;
  readonly dataStart: number;
  readonly dataEnd: number;
}

/** What keeps a fragment from being used. */
export type Refusal = "atomic" | "cut" | "malformed";

/** The fragment that a packet is, of its lowest layer that is one; `null` for one that is none. */
export function fragmentOf(packet: Packet, wholeChain: boolean): Fragment | Refusal | null {
  for (let l = packet.first; l !== null; l = l.upper) {
    // What an error message quotes is a copy of a packet, not a packet.
    if (l.schema.spec.quotes) return null;
    const { root } = l.schema;
    if (root === ipv4.schema) {
      const found = ofIpv4(l);
      if (found !== null) return found;
    } else if (root === ipv6Fragment.schema) {
      const found = ofIpv6(l, wholeChain);
      if (found !== null) return found;
    }
  }
  return null;
}

function ofIpv4(ip: Layer): Fragment | Refusal | null {
  const { bytes, start, headerEnd, end } = ip;
  const word = readU16(bytes, start + 6);
  if ((word & (MORE_FRAGMENTS | OFFSET_WORDS)) === 0) return null;
  if (isCut(ip)) return "cut";
  // A length that was left to the network card (zero) does not say where the data ends.
  if (hasFault(ip) || readU16(bytes, start + 2) === 0) return "malformed";
  const fragment: Fragment = {
    ip,
    version: 4,
    protocol: bytes[start + 9]!,
    id: readU16(bytes, start + 4),
    offset: (word & OFFSET_WORDS) * 8,
    more: (word & MORE_FRAGMENTS) !== 0,
    keptEnd: headerEnd,
    nextAt: start + 9,
    dataStart: headerEnd,
    dataEnd: end,
  };
  return fits(fragment, headerEnd - start) ? fragment : "malformed";
}

function ofIpv6(header: Layer, wholeChain: boolean): Fragment | Refusal | null {
  const below = header.lower;
  let ip = below;
  while (ip !== null && ip.schema.root !== ipv6.schema) ip = ip.lower;
  if (ip === null || below === null) return null;
  const { bytes, start, headerEnd } = header;
  const word = readU16(bytes, start + 2);
  // All of a packet in one fragment is read as it is, apart from all others of its number (RFC 6946 §4).
  if ((word & PART_6) === 0) return "atomic";
  if (isCut(ip)) return "cut";
  if (hasFault(ip) || readU16(bytes, ip.start + 4) === 0) return "malformed";
  const fragment: Fragment = {
    ip,
    version: 6,
    protocol: bytes[start]!,
    id: readU32(bytes, start + 4),
    offset: word & 0xfff8,
    more: (word & 1) !== 0,
    keptEnd: start,
    nextAt: below === ip ? ip.start + 6 : below.start,
    dataStart: headerEnd,
    dataEnd: ip.end,
  };
  if (!fits(fragment, start - ip.start - 40)) return "malformed";
  const isShort =
    wholeChain &&
    fragment.offset === 0 &&
    !isWholeChain(fragment.protocol, bytes, headerEnd, ip.end);
  return isShort ? "malformed" : fragment;
}

/**
 * The faults of RFC 8200 §4.5, which are such in RFC 791 too: data that is no whole number of words though more follows,
 * and data that lies where no length field reaches. `counted` bytes of header are in the length field. A fragment without
 * data adds nothing.
 */
function fits({ offset, more, dataStart, dataEnd }: Fragment, counted: number): boolean {
  const length = dataEnd - dataStart;
  return length > 0 && !(more && length % 8 !== 0) && counted + offset + length <= LONGEST;
}

/** Whether the header itself is wrong; what is above a first fragment may well be, being cut in two. */
const hasFault = ({ more, start }: Layer): boolean =>
  more !== null &&
  more.fault !== null &&
  more.fault.kind === "malformed" &&
  more.fault.offset === start;

/** Whether a header says that what it carries is a part of a datagram (RFC 791 §3.1, RFC 8200 §4.5). */
export function isFragment({ schema, bytes, start }: Layer): boolean {
  const { root } = schema;
  if (root === ipv4.schema)
    return (readU16(bytes, start + 6) & (MORE_FRAGMENTS | OFFSET_WORDS)) !== 0;
  return root === ipv6Fragment.schema && (readU16(bytes, start + 2) & PART_6) !== 0;
}

/**
 * Whether what it carries has to wait for the whole datagram. Not so of a first fragment that the capture cut: it is read as
 * it is, since no datagram will be made of it.
 */
export function isAwaited(layer: Layer): boolean {
  if (!isFragment(layer)) return false;
  const { schema, bytes, start } = layer;
  const isFirst =
    schema.root === ipv4.schema
      ? (readU16(bytes, start + 6) & OFFSET_WORDS) === 0
      : readU16(bytes, start + 2) >>> 3 === 0;
  return !isFirst || !isCut(layer);
}

/** The lowest layer of a datagram that the packet of the fragment has not shown of itself; `null` where there is none. */
export function aboveFragment(fragment: Layer, datagram: Packet): Layer | null {
  let shown = datagram.first;
  // Headers of IPv6 before that of the fragment belong to each fragment; the header of the fragment to none of the whole.
  if (fragment.schema.root !== ipv4.schema)
    for (let l = fragment.lower; l !== null && l.schema.root !== ipv6.schema; l = l.lower)
      shown = shown?.upper ?? null;
  return shown?.upper ?? null;
}
