import { formatIpv4, formatIpv6 } from "../bytes/address.ts";
import { foldSum, sum16 } from "../bytes/checksum.ts";
import type { Entry } from "../packet/dissector.ts";
import { Packet } from "../packet/packet.ts";
import type { Extent } from "./overlap.ts";
import type { Pending } from "./pending.ts";
import type { Piece } from "./pieces.ts";

/** What the fragments of a datagram have in common. */
export interface DatagramId {
  readonly version: 4 | 6;
  readonly src: string;
  readonly dst: string;
  readonly id: number;
  /** The number of what the datagram carries: IPv4's Protocol, the Next Header of IPv6's fragment header. */
  readonly protocol: number;
}

/** A fragment whose bytes differ from those that were there: `number` is its packet, `with` the one that came before. */
export interface Conflict extends Extent {
  readonly number: number;
  readonly with: number;
}

interface Common {
  readonly id: DatagramId;
  /** Numbers of the packets that were its fragments, in the order in which they came. */
  readonly index: readonly number[];
  /** Where the first byte of each of them lies in the payload. */
  readonly offsets: readonly number[];
  /** Fragments that contradict earlier ones, in the order in which they came: a sign that somebody hides something. */
  readonly conflicts: readonly Conflict[];
}

/** A datagram whose fragments all came. */
export interface CompletedDatagram extends Common {
  readonly completed: true;
  /** The headers as those of a whole datagram: length, flags, offset, next header and checksum are right. */
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  /** Header and payload dissected, with the time and the number of the packet that completed them. */
  readonly packet: Packet;
}

/** Why a datagram was given up. */
export type GivenUp =
  /** Its time was over. */
  | "timeout"
  /** It made room for newer ones. */
  | "evicted"
  /** Fragments overlap where none may ({@link OverlapPolicy}, `"discard"`). */
  | "overlap"
  /** It has more fragments than are allowed. */
  | "fragments"
  /** With the header of its first fragment it is longer than a length field can say. */
  | "length"
  /** Its owner wanted what there was. */
  | "flushed";

/** A datagram some of whose fragments are missing, or that was given up for another reason. */
export interface IncompleteDatagram extends Common {
  readonly completed: false;
  readonly reason: GivenUp;
  /** The headers of the first fragment, as they were; `null` where that is missing. */
  readonly header: Uint8Array | null;
  /** What there is, in order; never filled up with zeros. */
  readonly payload: readonly Piece[];
  /** What is missing, as far as that is known. */
  readonly holes: readonly Extent[];
  /** Bytes of the whole payload; `null` where the last fragment is missing. */
  readonly total: number | null;
  readonly packet: null;
}

/** A datagram put together from fragments, or what there is of one. */
export type Datagram = CompletedDatagram | IncompleteDatagram;

const FIXED_IPV6 = 40;
/** Where the fixed header ends in front of which a length field counts nothing. */
const uncounted = (version: 4 | 6): number => (version === 4 ? 0 : FIXED_IPV6);

function idOf({ version, key, id, protocol }: Pending): DatagramId {
  // A key has version, protocol and number in front of the addresses: see `key.ts`.
  return version === 4
    ? { version, src: formatIpv4(key, 6), dst: formatIpv4(key, 10), id, protocol }
    : { version, src: formatIpv6(key, 5), dst: formatIpv6(key, 21), id, protocol };
}

/** What there is of a datagram that is given up. */
export function incomplete(pending: Pending, reason: GivenUp): IncompleteDatagram {
  const { index, offsets, conflicts, header, pieces, total } = pending;
  return {
    completed: false,
    id: idOf(pending),
    index,
    offsets,
    header,
    payload: pieces.list,
    packet: null,
    conflicts,
    reason,
    total,
    holes: pieces.holes(total),
  };
}

/** What a length field would say of a datagram that has all its bytes. */
export const lengthOf = ({ version, header, pieces }: Pending): number =>
  header!.length + pieces.size - uncounted(version);

/** A datagram that has all its bytes, of which the packet `last` brought the last. */
export function complete(pending: Pending, last: Packet, entry: Entry): CompletedDatagram {
  const { index, offsets, conflicts, version, pieces } = pending;
  const room = pending.header!.length;
  const whole = pieces.join(room);
  whole.set(pending.header!);
  if (version === 4) finishIpv4(whole, room, pending);
  else finishIpv6(whole, pending);
  const { seconds, nanoseconds, number, origin } = last;
  const { length } = whole;
  const own = { entry, linkType: -1, interfaceIndex: origin.interfaceIndex };
  const packet = new Packet(whole, 0, length, length, seconds, nanoseconds, number, own, null);
  return {
    completed: true,
    id: idOf(pending),
    index,
    offsets,
    header: whole.subarray(0, room),
    payload: whole.subarray(room),
    packet,
    conflicts,
  };
}

/** RFC 791 §3.2. Where one fragment met congestion the datagram did (RFC 3168 §5.3), unless its sender knows of none. */
function finishIpv4(whole: Uint8Array, headerLength: number, pending: Pending): void {
  put16(whole, 2, whole.length);
  // Neither more fragments nor an offset; Don't Fragment stays what the sender said.
  whole[6]! &= 0xc0;
  whole[7] = 0;
  if (pending.congested && (whole[1]! & 3) !== 0) whole[1]! |= 3;
  put16(whole, 10, 0);
  put16(whole, 10, foldSum(sum16(whole, 0, headerLength)));
}

/** RFC 8200 §4.5: the headers before the fragment header, the last of which now names what follows that. */
function finishIpv6(whole: Uint8Array, pending: Pending): void {
  put16(whole, 4, whole.length - FIXED_IPV6);
  whole[pending.nextAt] = pending.protocol;
  if (pending.congested && (whole[1]! & 0x30) !== 0) whole[1]! |= 0x30;
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
}
