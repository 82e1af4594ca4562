import { crc32 } from "../../bytes/checksum.ts";
import type { Checksum } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { record } from "../../schema/protocol.ts";

/** A view of a part, of which only the place matters here. */
interface Placed {
  readonly layer: Layer;
}

/** Octets of the shortest Ethernet frame (IEEE 802.3 §4A.2.3.2.4), without its frame check sequence. */
const SHORTEST_FRAME = 60;
/** Octets of a frame check sequence. */
export const FCS = 4;

/**
 * Zero octets at the start of a trailer that fill the frame up to the length of the shortest one. What a frame that is long
 * enough anyway, or one that was not filled with zeros, has left is no padding but a trailer.
 */
export function paddingSize({ layer }: Placed): number {
  const { bytes, start } = layer;
  let bottom = layer;
  while (bottom.lower !== null) bottom = bottom.lower;
  const filled = bottom.start + SHORTEST_FRAME;
  if (bottom.end < filled || start >= filled || filled > layer.end) return 0;
  for (let i = start; i < filled; i++) if (bytes[i] !== 0) return 0;
  return filled - start;
}

/** The octets behind the payload of a tag, or of a frame that lost its Ethernet header: padding comes first. */
export const innerTail = (name: string, filter: string) =>
  record(name, "Trailer", { filter })
    .bytes("padding", "Padding", paddingSize, { filter: ".eth.padding" })
    .bytes("trailer", "Trailer");

/** The frame check sequence of `bytes[start, end)` as the four octets that follow, read most significant first. */
function fcsOf(bytes: Uint8Array, start: number, end: number): number {
  const n = crc32(bytes, start, end);
  return ((n << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24)) >>> 0;
}

const readFcs = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

/**
 * Whether a trailer ends with a frame check sequence. A capture does not say so; four octets behind a frame that needs no
 * padding most likely are one. Of a frame in a tunnel, where most protocols leave it out, only a right one counts.
 */
export function endsWithFcs(tail: Placed): boolean {
  const { layer } = tail;
  const frame = layer.lower;
  if (frame === null || layer.end - layer.start - paddingSize(tail) < FCS) return false;
  if (frame.lower === null) return frame.end - frame.start >= SHORTEST_FRAME + FCS;
  return isRightFcs(layer.bytes, frame.start, layer.end);
}

/** Whether the last four octets of `bytes[start, end)` are the frame check sequence of those before them. */
export function isRightFcs(bytes: Uint8Array, start: number, end: number): boolean {
  const at = end - FCS;
  return at > start && readFcs(bytes, at) === fcsOf(bytes, start, at);
}

/** The octets between padding and frame check sequence. */
export const trailerSize = (tail: Placed): number =>
  tail.layer.end - tail.layer.start - paddingSize(tail) - (endsWithFcs(tail) ? FCS : 0);

/** IEEE 802.3 §3.2.9: the CRC-32 of all octets of the frame before it. */
export const frameCheckSequence: Checksum = {
  compute(layer) {
    const frame = layer.lower;
    return frame === null ? null : fcsOf(layer.bytes, frame.start, layer.end - FCS);
  },
};
