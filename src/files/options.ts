/** The options of pcapng blocks (draft-ietf-opsawg-pcapng §3.5): the list, and those of packets. */

import {
  readBigUint,
  readBigUintLe,
  readU16,
  readU16le,
  readU32,
  readU32le,
} from "../bytes/numbers.ts";

/** One option as it stands in the file. */
export interface BlockOption {
  /** Option code; its meaning depends on the kind of block except for comments and custom ones. */
  readonly code: number;
  /** The value without padding; a view of the bytes that were read. */
  readonly value: Uint8Array;
}

const OPTION_END = 0;
export const OPTION_COMMENT = 1;

/** The four codes of custom options: UTF-8 or binary, to be copied by editors or not. */
const CUSTOM_OPTIONS: ReadonlySet<number> = new Set([2988, 2989, 19372, 19373]);

const utf8 = new TextDecoder();

/** The text of an option. Some writers end it with NUL although the format does not ask for it. */
export function optionText(value: Uint8Array): string {
  const nul = value.indexOf(0);
  return utf8.decode(nul < 0 ? value : value.subarray(0, nul));
}

/**
 * The options in b[start, end) in order, without opt_endofopt, which may be missing. The list ends
 * before an option that does not fit; unknown options are kept.
 */
export function readOptions(
  b: Uint8Array,
  start: number,
  end: number,
  littleEndian: boolean,
): BlockOption[] {
  const options: BlockOption[] = [];
  let at = start;
  while (at + 4 <= end) {
    const code = littleEndian ? readU16le(b, at) : readU16(b, at);
    const length = littleEndian ? readU16le(b, at + 2) : readU16(b, at + 2);
    if (code === OPTION_END || at + 4 + length > end) break;
    options.push({ code, value: b.subarray(at + 4, at + 4 + length) });
    at += 4 + ((length + 3) & ~3);
  }
  return options;
}

/** An option of somebody's own, by the number IANA gave them (private enterprise number). */
export interface CustomOption {
  readonly code: number;
  readonly pen: number;
  /** Whether programs that change the file may copy the option. */
  readonly copyable: boolean;
  /** Text for the codes 2988 and 19372, bytes for 2989 and 19373. */
  readonly value: string | Uint8Array;
}

/** Decodes a custom option; undefined when it is none or has no room for its number. */
export function readCustomOption(
  { code, value }: BlockOption,
  littleEndian: boolean,
): CustomOption | undefined {
  if (!CUSTOM_OPTIONS.has(code) || value.length < 4) return undefined;
  const data = value.subarray(4);
  return {
    code,
    pen: littleEndian ? readU32le(value, 0) : readU32(value, 0),
    copyable: code < 19372,
    value: code === 2988 || code === 19372 ? utf8.decode(data) : data,
  };
}

/** What epb_flags and pack_flags say of a packet (draft-ietf-opsawg-pcapng §4.3.1). */
export interface PacketFlags {
  /** The whole 32-bit word. */
  readonly value: number;
  readonly direction: "unknown" | "inbound" | "outbound" | "reserved";
  /** How it was addressed; the number when it is none of the known ones. */
  readonly reception: "unknown" | "unicast" | "multicast" | "broadcast" | "promiscuous" | number;
  /** Bytes of frame check sequence the packet ends with, or -1 when not said. */
  readonly fcsLength: number;
  readonly checksumNotReady: boolean;
  readonly checksumValid: boolean;
  readonly segmentationOffloaded: boolean;
  readonly crcError: boolean;
  readonly tooLong: boolean;
  readonly tooShort: boolean;
  readonly gapError: boolean;
  readonly unalignedError: boolean;
  readonly delimiterError: boolean;
  readonly preambleError: boolean;
  readonly symbolError: boolean;
}

const DIRECTIONS = ["unknown", "inbound", "outbound", "reserved"] as const;
const RECEPTIONS = ["unknown", "unicast", "multicast", "broadcast", "promiscuous"] as const;

/** Takes the word of epb_flags apart. */
export function readPacketFlags(value: number): PacketFlags {
  const reception = (value >>> 2) & 7;
  const fcs = (value >>> 5) & 15;
  const bit = (index: number): boolean => ((value >>> index) & 1) === 1;
  return {
    value,
    direction: DIRECTIONS[value & 3] ?? "unknown",
    reception: RECEPTIONS[reception] ?? reception,
    fcsLength: fcs === 0 ? -1 : fcs,
    checksumNotReady: bit(9),
    checksumValid: bit(10),
    segmentationOffloaded: bit(11),
    crcError: bit(24),
    tooLong: bit(25),
    tooShort: bit(26),
    gapError: bit(27),
    unalignedError: bit(28),
    delimiterError: bit(29),
    preambleError: bit(30),
    symbolError: bit(31),
  };
}

/** A value with the number of the method or source it comes from (epb_hash, epb_verdict). */
export interface TaggedBytes {
  readonly type: number;
  readonly data: Uint8Array;
}

/** The options of one packet, decoded. */
export interface PacketOptions {
  readonly comments: readonly string[];
  readonly flags?: PacketFlags;
  /** Hashes of the packet: 0 two's complement, 1 XOR, 2 CRC32, 3 MD5, 4 SHA-1, 5 Toeplitz. */
  readonly hashes: readonly TaggedBytes[];
  /** Packets lost between this one and the one before on the same interface. */
  readonly dropCount?: bigint;
  /** The same packet has the same number on every interface it was captured on. */
  readonly packetId?: bigint;
  /** The queue of the interface that received it. */
  readonly queue?: number;
  /** What became of it: 0 hardware, 1 Linux eBPF TC, 2 Linux eBPF XDP. */
  readonly verdicts: readonly TaggedBytes[];
  readonly custom: readonly CustomOption[];
  /** Options of codes that are not known, and known ones of a wrong length. */
  readonly unknown: readonly BlockOption[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Decodes the options of a packet that a sink got as b[optionsStart, optionsEnd). */
export function readPacketOptions(
  b: Uint8Array,
  optionsStart: number,
  optionsEnd: number,
  littleEndian: boolean,
): PacketOptions {
  const comments: string[] = [];
  const hashes: TaggedBytes[] = [];
  const verdicts: TaggedBytes[] = [];
  const custom: CustomOption[] = [];
  const unknown: BlockOption[] = [];
  const found: Mutable<PacketOptions> = { comments, hashes, verdicts, custom, unknown };
  const word = littleEndian ? readU32le : readU32;
  const long = littleEndian ? readBigUintLe : readBigUint;
  for (const option of readOptions(b, optionsStart, optionsEnd, littleEndian)) {
    const { code, value } = option;
    const size = value.length;
    const own = readCustomOption(option, littleEndian);
    if (own !== undefined) custom.push(own);
    else if (code === OPTION_COMMENT) comments.push(optionText(value));
    else if (code === 2 && size === 4) found.flags = readPacketFlags(word(value, 0));
    else if (code === 3 && size > 0) hashes.push({ type: value[0]!, data: value.subarray(1) });
    else if (code === 4 && size === 8) found.dropCount = long(value, 0, 8);
    else if (code === 5 && size === 8) found.packetId = long(value, 0, 8);
    else if (code === 6 && size === 4) found.queue = word(value, 0);
    else if (code === 7 && size > 0) verdicts.push({ type: value[0]!, data: value.subarray(1) });
    else unknown.push(option);
  }
  return found;
}

/**
 * The packets lost before a record of an obsolete packet block (its drops_count field; 0..65534),
 * or undefined for records of any other block and where the writer did not know. For pcapng files
 * only; `recordStart` is what the sink got.
 */
export function readObsoleteDropCount(
  b: Uint8Array,
  recordStart: number,
  littleEndian: boolean,
): number | undefined {
  const type = littleEndian ? readU32le(b, recordStart) : readU32(b, recordStart);
  if (type !== 2) return undefined;
  const count = littleEndian ? readU16le(b, recordStart + 10) : readU16(b, recordStart + 10);
  return count === 0xffff ? undefined : count;
}
