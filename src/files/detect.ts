/** Tells capture files apart by their first bytes. */

import { readU32, readU32le } from "../bytes/numbers.ts";
import { CaptureError } from "./errors.ts";
import { PcapReader, pcapByteOrder } from "./pcap-reader.ts";
import { PcapngReader } from "./pcapng-reader.ts";
import type { RecordFormat, RecordReader, RecordReaderOptions } from "./record.ts";

/** Bytes that {@link detectCapture} wants to see. */
export const DETECT_LENGTH = 12;

/** What the first bytes of an input can turn out to be. */
export type CaptureFormat = RecordFormat | "gzip" | "zstd" | "unknown";

/** Tells what an input is by its first bytes; up to {@link DETECT_LENGTH} of them are looked at. */
export function detectCapture(b: Uint8Array): CaptureFormat {
  if (b.length >= 3 && b[0] === 0x1f && b[1] === 0x8b && b[2] === 8) return "gzip";
  if (b.length < 4) return "unknown";
  if (pcapByteOrder(b, 0) !== 0) return "pcap";
  if (readU32(b, 0) === 0x0a0d0d0a) return "pcapng";
  const magic = readU32le(b, 0);
  // A skippable frame may stand before the first real one (RFC 8878 §3.1.2).
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50 ? "zstd" : "unknown";
}

/** First bytes, as text with one character per byte, of files that people hand us by mistake. */
const OTHERS: readonly (readonly [string, string])[] = [
  ["snoop\0\0\0", "a Sun snoop capture"],
  ["GMBU", "a Microsoft Network Monitor 2 capture"],
  ["RTSS", "a Microsoft Network Monitor 1 capture"],
  ["\x54\x52\x00\x64", "a Novell LANalyzer capture"],
  ["XCP\0", "a NetXRay or Sniffer capture"],
  ["TRSNIFF data    \x1a", "a Network General Sniffer capture"],
  ["\x0a\x0d\x0a\x0d", "a pcapng file damaged by a transfer in text mode"],
  ["\x0d\x0a\x0d\x0a", "a pcapng file damaged by a transfer in text mode"],
  ["\x04\x22\x4d\x18", "LZ4 compressed data, which has to be decompressed first"],
  ["\xfd7zXZ\0", "XZ compressed data, which has to be decompressed first"],
  ["BZh", "bzip2 compressed data, which has to be decompressed first"],
  ["\x1f\x9d", "data of compress(1), which has to be decompressed first"],
  ["PK\x03\x04", "a ZIP archive, which has to be unpacked first"],
];

/** The error that says what an input is that no reader takes. `b` holds its first bytes. */
export function unknownFormat(b: Uint8Array): CaptureError {
  if (b.length === 0) return new CaptureError("ERR_CAPTURE_EMPTY", "the input is empty", 0);
  const text = String.fromCharCode(...b.subarray(0, 32));
  const other = OTHERS.find(([magic]) => text.startsWith(magic));
  if (other !== undefined) {
    return new CaptureError("ERR_CAPTURE_FORMAT", `the input is ${other[1]}`, 0);
  }
  const first = Array.from(b.subarray(0, 4), (value) => value.toString(16).padStart(2, "0"));
  return new CaptureError(
    "ERR_PCAP_MAGIC",
    `the input is no capture file: it begins with the bytes ${first.join(" ")}`,
    0,
  );
}

/** A reader for a capture of the given format. */
export function createReader(format: RecordFormat, options?: RecordReaderOptions): RecordReader {
  return format === "pcap" ? new PcapReader(options) : new PcapngReader(options);
}
