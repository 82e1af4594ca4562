import { readU16, readU32 } from "../../bytes/numbers.ts";
import { serialAdd } from "../../bytes/serial.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Piece, Split, SplitOptions, Splits } from "../../schema/split.ts";

/** Bytes of an IP packet that any link of today takes. */
const PACKET = 1500;
const FIXED_HEADER = 20;

const FIN = 0x001;
const SYN = 0x002;
const PSH = 0x008;
const URG = 0x020;
const CWR = 0x080;

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
/** Options that only a SYN may have: segment size, window scale, selective acknowledgment, fast open (RFC 9293 §3.2). */
const ONLY_WITH_SYN: readonly number[] = [2, 3, 4, 34];

/** The options that segments after a SYN have. */
function laterOptions({ bytes, start, headerEnd }: Layer): Uint8Array {
  const kept: number[] = [];
  for (let o = start + FIXED_HEADER; o < headerEnd; ) {
    const kind = bytes[o]!;
    if (kind === END_OF_OPTIONS) break;
    const length = kind === NO_OPERATION ? 1 : (bytes[o + 1] ?? 0);
    if (length === 0 || o + length > headerEnd) break;
    if (!ONLY_WITH_SYN.includes(kind)) kept.push(...bytes.subarray(o, o + length));
    o += length;
  }
  return Uint8Array.from(kept);
}

/** What an IP packet of the usual size has room for behind the headers of this one. */
function usualSize(layer: Layer): number {
  let network = layer.lower;
  while (network !== null && network.schema.spec.pseudo === null) network = network.lower;
  return PACKET - (layer.headerEnd - (network?.start ?? layer.start));
}

/** The flags of a piece, and how far it is from its sequence number to the urgent data's end (RFC 9293 §3.8.5). */
function flagsOf(flags: number, urgent: number, isFirst: boolean, isLast: boolean) {
  let own = flags;
  // A sender says once that it has reduced its window (RFC 3168 §6.1.2).
  if (!isFirst) own &= ~(SYN | CWR);
  if (!isLast) own &= ~(FIN | PSH);
  if (urgent <= 0) own &= ~URG;
  return { flags: own, urgentPointer: own & URG ? urgent : 0 };
}

/**
 * RFC 9293 §3.4: cuts the data of a segment, as a network card does for its host. A SYN stays with the first piece, FIN
 * and PSH with the last, and every piece has the acknowledgment and the options of all.
 */
function segment(layer: Layer, { size = usualSize(layer) }: SplitOptions): Split {
  const { bytes, start, headerEnd, end } = layer;
  if (end - headerEnd <= size) return { layer, pieces: [{ from: headerEnd, to: end, values: {} }] };
  if (size < 1)
    throw new RangeError(`segment: the headers leave ${size} bytes of ${PACKET} for data`);
  const seq = readU32(bytes, start + 4);
  const flags = readU16(bytes, start + 12) & 0xfff;
  const urgent = flags & URG ? readU16(bytes, start + 18) : 0;
  const later = flags & SYN ? { options: laterOptions(layer), rest: undefined } : {};
  const pieces: Piece[] = [];
  for (let from = headerEnd; from < end; from += size) {
    const isFirst = from === headerEnd;
    const to = Math.min(end, from + size);
    const passed = from - headerEnd + (!isFirst && flags & SYN ? 1 : 0);
    const values = {
      seq: serialAdd(seq, passed),
      ...flagsOf(flags, urgent - passed, isFirst, to === end),
      ...(isFirst ? {} : later),
    };
    // Without urgent data the pointer means nothing, and stays.
    if (!(flags & URG)) Object.assign(values, { urgentPointer: readU16(bytes, start + 18) });
    pieces.push({ from, to, values });
  }
  return { layer, pieces };
}

/** How TCP segments are cut. */
export const tcpSplits: Splits = { segment };
