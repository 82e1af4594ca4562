import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Piece, Split, SplitOptions, Splits } from "../../schema/split.ts";

/** Bytes of a packet that any link of today takes. */
export const DEFAULT_SIZE = 1500;
/** Offsets count words of this many bytes (RFC 791 §3.1, RFC 8200 §4.5). */
export const WORD = 8;
const FIXED_HEADER = 20;
const DONT_FRAGMENT = 2;
const MORE_FRAGMENTS = 1;
const COPIED = 0x80;
const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;

/** The most bytes of data that leave a fragment within `size`: a multiple of 8. Throws where there is no room for any. */
export function roomIn(size: number, header: number): number {
  const room = Math.floor((size - header) / WORD) * WORD;
  if (room < WORD)
    throw new RangeError(`fragment: size ${size} is too small, ${header + WORD} bytes are needed`);
  return room;
}

/** The options that each fragment has (RFC 791 §3.1: those with the copied flag), without padding. */
function copiedOptions({ bytes, start, headerEnd }: Layer): Uint8Array {
  const copied: number[] = [];
  for (let o = start + FIXED_HEADER; o < headerEnd; ) {
    const type = bytes[o]!;
    if (type === END_OF_OPTIONS) break;
    const length = type === NO_OPERATION ? 1 : (bytes[o + 1] ?? 0);
    if (length === 0 || o + length > headerEnd) break;
    if (type & COPIED) copied.push(...bytes.subarray(o, o + length));
    o += length;
  }
  return Uint8Array.from(copied);
}

/**
 * RFC 791 §3.2: cuts the data at multiples of 8 bytes. Offsets count from where the packet's own data lay, so that a
 * fragment can be cut again; only the last piece of a last fragment is a last one.
 */
function fragment(layer: Layer, options: SplitOptions): Split {
  const { size = DEFAULT_SIZE, id, force = false } = options;
  const { bytes, start, headerEnd, end } = layer;
  const whole = { from: headerEnd, to: end, values: {} };
  if (end - start <= size) return { layer, pieces: [whole] };
  const word = readU16(bytes, start + 6);
  const flags = word >> 13;
  if (flags & DONT_FRAGMENT && !force)
    throw new RangeError(
      `fragment: Don't Fragment is set in a packet of ${end - start} bytes, ${size} fit; { force: true } splits it`,
    );
  const offset = (word & 0x1fff) * WORD;
  const copied = copiedOptions(layer);
  const header = headerEnd - start;
  const laterHeader = FIXED_HEADER + Math.ceil(copied.length / 4) * 4;
  const pieces: Piece[] = [];
  for (let from = headerEnd; from < end; ) {
    const isFirst = from === headerEnd;
    const own = isFirst ? header : laterHeader;
    const isLast = own + end - from <= size;
    const to = isLast ? end : from + roomIn(size, own);
    const more = !isLast || (flags & MORE_FRAGMENTS) !== 0;
    const values = {
      flags: (flags & ~MORE_FRAGMENTS) | Number(more),
      fragmentOffset: (offset + from - headerEnd) / WORD,
      ...(id === undefined ? {} : { id }),
      ...(isFirst ? {} : { options: copied, rest: undefined }),
    };
    pieces.push({ from, to, values });
    from = to;
  }
  return { layer, pieces };
}

/** How IPv4 datagrams are cut, and that each segment of a transport is a datagram with a number of its own (RFC 6864). */
export const ipv4Splits: Splits = {
  fragment,
  perSegment: ({ bytes, start }, index) => ({ id: (readU16(bytes, start + 4) + index) & 0xffff }),
};
