/** The headers of pcap files made of values (draft-ietf-opsawg-pcap §4 and §5). */

import { checkLength, checkRange } from "./check.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { PCAP_MICROSECONDS, PCAP_MODIFIED, PCAP_NANOSECONDS } from "./pcap-reader.ts";

/** The global header of a pcap file; what a reader says of one can be given as it is. */
export interface PcapHeaderRecipe {
  /** Whether the low byte comes first; true unless told. */
  readonly littleEndian?: boolean;
  /** Whether time stamps count nanoseconds; microseconds unless told. */
  readonly nanoseconds?: boolean;
  /** Whether records have the longer headers of the patched libpcap; false unless told. */
  readonly modified?: boolean;
  /** 2 unless told, and 4. */
  readonly majorVersion?: number;
  readonly minorVersion?: number;
  /** Seconds the times are east of UTC; 0 unless told. */
  readonly thisZone?: number;
  /** Accuracy of the time stamps; 0 unless told. */
  readonly sigFigs?: number;
  /** Bytes kept of a frame, 0..2^32-1; 262144 unless told. */
  readonly snaplen?: number;
  /** LINKTYPE_ number of the frames, 0..65535; 1 (Ethernet) unless told. */
  readonly linkType?: number;
  /** Bytes of frame check sequence the frames end with (even, 0..30), or -1: not stated, as unless told. */
  readonly fcsLength?: number;
}

/**
 * The 24 bytes of the global header of a pcap file.
 *
 * @throws RangeError for a value outside its range.
 */
export function pcapHeader({
  littleEndian = true,
  nanoseconds = false,
  modified = false,
  majorVersion = 2,
  minorVersion = 4,
  thisZone = 0,
  sigFigs = 0,
  snaplen = 262_144,
  linkType = 1,
  fcsLength = -1,
}: PcapHeaderRecipe = {}): Uint8Array {
  if (nanoseconds && modified) {
    throw new RangeError("nanoseconds and modified cannot both be true: no magic number says so");
  }
  checkRange("majorVersion", majorVersion, 0, 0xffff);
  checkRange("minorVersion", minorVersion, 0, 0xffff);
  checkRange("thisZone", thisZone, -0x8000_0000, 0x7fff_ffff);
  checkRange("sigFigs", sigFigs, 0, 0xffff_ffff);
  checkRange("snaplen", snaplen, 0, 0xffff_ffff);
  checkRange("linkType", linkType, 0, 0xffff);
  if (fcsLength !== -1) checkRange("fcsLength / 2", fcsLength / 2, 0, 15);
  const magic = nanoseconds ? PCAP_NANOSECONDS : PCAP_MICROSECONDS;
  const out = new OutputBuffer(littleEndian, 24);
  out.put32(modified ? PCAP_MODIFIED : magic);
  out.put16(majorVersion);
  out.put16(minorVersion);
  out.put32(thisZone);
  out.put32(sigFigs);
  out.put32(snaplen);
  // Bit 26 says that the top four bits count the 16-bit words of the frame check sequence.
  out.put32((fcsLength < 0 ? 0 : (fcsLength / 2) * 0x1000_0000 + 0x0400_0000) + linkType);
  return out.take();
}

/** One record of a pcap file. */
export interface PcapRecordRecipe {
  /** The captured bytes; their number is what the header says. */
  readonly data: Uint8Array;
  /** Bytes on the wire; as many as `data` has unless told. */
  readonly originalLength?: number;
  /** Whole seconds since 1970; 0 unless told. */
  readonly seconds?: number;
  /** 0..999999999; 0 unless told. Cut off to microseconds unless the file counts nanoseconds. */
  readonly nanoseconds?: number;
}

/** Of the file that a record is for: what its header says. */
export type PcapRecordFormat = Pick<PcapHeaderRecipe, "littleEndian" | "nanoseconds">;

/**
 * A record of a pcap file with its header (draft-ietf-opsawg-pcap §5). `PcapWriter` writes many.
 *
 * @throws RangeError for a value outside its range.
 */
export function pcapRecord(
  { data, originalLength = data.length, seconds = 0, nanoseconds = 0 }: PcapRecordRecipe,
  format: PcapRecordFormat = {},
): Uint8Array {
  checkRange("seconds", seconds, 0, 0xffff_ffff);
  checkRange("nanoseconds", nanoseconds, 0, 999_999_999);
  checkRange("originalLength", originalLength, 0, 0xffff_ffff);
  checkLength("data", data, 0xffff_ffff);
  const out = new OutputBuffer(format.littleEndian !== false, 16 + data.length);
  out.put32(seconds);
  out.put32(format.nanoseconds === true ? nanoseconds : Math.floor(nanoseconds / 1000));
  out.put32(data.length);
  out.put32(originalLength);
  out.append(data, 0, data.length);
  return out.take();
}
