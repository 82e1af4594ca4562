import { foldSum, sum16 } from "../bytes/checksum.ts";
import type { Checksum } from "./field.ts";
import type { Layer } from "./layer.ts";
import { segmentAt } from "./layout.ts";

/**
 * Bytes of a checksum field count as zero while it is computed: the sum over `[start, end)` less what the field of two
 * bytes at `at` holds now. `at` must be an even number of bytes after `start`.
 */
function sumWithout(bytes: Uint8Array, start: number, end: number, at: number, sum = 0): number {
  return sum16(bytes, at + 2, end, sum16(bytes, start, at, sum));
}

/** The offset of a layer's checksum field: the one whose options hold this computation. */
function fieldAt(layer: Layer, self: Checksum): number {
  const { checksums } = layer.schema;
  for (let i = 0; i < checksums.length; i++) {
    const { item, segment, bit } = checksums[i]!;
    if (item.options.checksum !== self) continue;
    const from = segmentAt(layer, segment);
    return from < 0 ? -1 : from + (bit >> 3);
  }
  return -1;
}

/** Whether bytes of the layer were not captured, so that nothing can be said of its checksum. */
export const isCut = (layer: Layer): boolean => {
  for (let l: Layer | null = layer; l !== null; l = l.lower) {
    const fault = l.more === null ? null : l.more.fault;
    if (fault === null || fault.kind !== "truncated") continue;
    // A header above that has no room in a payload which is all there does not make that payload less.
    if (fault.limitedBy === null || fault.offset < l.headerEnd) return true;
  }
  return false;
};

/** RFC 1071 checksum over the header alone (IPv4). */
export const headerChecksum: Checksum = {
  compute(layer) {
    const at = fieldAt(layer, headerChecksum);
    if (at < 0 || layer.more?.fault?.field === "header") return null;
    return foldSum(sumWithout(layer.bytes, layer.start, layer.headerEnd, at));
  },
  adjust: (layer, before) => adjusted(before, layer.more === null ? 0 : layer.more.delta),
};

/** RFC 1071 checksum over the whole layer, header and payload (ICMP, IGMP). */
export const layerChecksum: Checksum = {
  compute(layer) {
    const at = fieldAt(layer, layerChecksum);
    if (at < 0 || isCut(layer)) return null;
    return foldSum(sumWithout(layer.bytes, layer.start, layer.end, at));
  },
  adjust: (layer, before) => adjusted(before, deltaFrom(layer)),
};

/** A checksum after the sum that it covers changed by `delta` (RFC 1624 §3, equation 3). */
function adjusted(before: number, delta: number | null): number | null {
  if (delta === null) return null;
  const change = delta % 0xffff;
  return foldSum((before ^ 0xffff) + (change < 0 ? change + 0xffff : change));
}

/** By how much the sum over a layer and all in it changed; `null` where that is not known. */
function deltaFrom(layer: Layer): number | null {
  let delta = 0;
  for (let l: Layer | null = layer; l !== null; l = l.upper) {
    const own = l.more === null ? 0 : l.more.delta;
    // At an odd place the words of the one layer are not those of the other.
    if (own === null || (own !== 0 && ((l.start - layer.start) & 1) !== 0)) return null;
    delta += own;
  }
  return delta;
}

/** As {@link deltaFrom}, with the addresses of the layer that carries it, where these are the ones that it covers. */
function deltaWithEnds(layer: Layer): number | null {
  const { lower } = layer;
  const delta = deltaFrom(layer);
  if (delta === null || lower === null || lower.schema.spec.pseudo === null) return null;
  const ends = lower.more === null ? 0 : lower.more.endsDelta;
  // Behind a source route or another header the last destination is not the one in the header.
  if (ends === null || lower.headerEnd - lower.start !== lower.schema.minLength) return null;
  return delta + ends;
}

/** What differs between the checksums of transports. */
export interface TransportChecksumOptions {
  /**
   * Zero says "not computed", and a computed zero is sent as all ones (UDP, RFC 768). Over a network layer that wants
   * checksums only tunnels may say so (RFC 6935 §5).
   */
  readonly zeroIsNone?: boolean;
  /** Bytes covered from the start of the layer, where that is less than all (UDP-Lite, RFC 3828). */
  readonly coverage?: (layer: Layer) => number;
}

/**
 * RFC 9293 §3.1, RFC 8200 §8.1: over a pseudo-header (addresses of the network layer below, length, protocol number) and
 * the whole layer.
 */
export function transportChecksum(
  number: number,
  options: TransportChecksumOptions = {},
): Checksum {
  const { zeroIsNone = false, coverage } = options;
  const self: Checksum = {
    pseudoHeader: true,
    compute(layer) {
      const at = fieldAt(layer, self);
      const addresses = at < 0 || isCut(layer) ? null : pseudoSum(layer);
      if (addresses === null) return null;
      const length = layer.end - layer.start;
      const covered = coverage === undefined ? length : coverage(layer);
      if (covered < 0 || covered > length) return null;
      const high = Math.floor(length / 65536);
      const sum = addresses + number + high + (length & 0xffff);
      const value = foldSum(sumWithout(layer.bytes, layer.start, layer.start + covered, at, sum));
      return zeroIsNone && value === 0 ? 0xffff : value;
    },
    ...(coverage === undefined
      ? {
          adjust: (layer: Layer, before: number) => {
            const value = adjusted(before, deltaWithEnds(layer));
            return zeroIsNone && value === 0 ? 0xffff : value;
          },
        }
      : {}),
    ...(zeroIsNone
      ? { absent: (stored: number, layer: Layer) => stored === 0 && mayLeaveOut(layer) }
      : {}),
  };
  return self;
}

/** Whether a layer may be without a checksum over the network layer below it. */
function mayLeaveOut({ lower, upper }: Layer): boolean {
  if (upper?.schema.about.tunnel) return true;
  for (let l = lower; l !== null; l = l.lower)
    if (l.schema.spec.pseudo !== null) return !l.schema.spec.wantsChecksums;
  return true;
}

/** The sum of the addresses in the pseudo-header of a layer; `null` where no layer below has them. */
export function pseudoSum(layer: Layer): number | null {
  for (let l = layer.lower; l !== null; l = l.lower) {
    const { pseudo } = l.schema.spec;
    if (pseudo !== null) return pseudo(l, layer);
  }
  return null;
}
