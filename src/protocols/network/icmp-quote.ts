import { checksum16 } from "../../bytes/checksum.ts";
import { readU16 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";

/** What implementations that do not know the length field cut a quoted datagram to (RFC 4884 §5.5). */
const OLD_QUOTE = 128;

/**
 * Bytes of the datagram that an error message quotes; what follows are extensions. Messages from before RFC 4884 have no
 * length: their extensions are recognised behind 128 bytes, by version and checksum.
 */
export function quotedLength(message: Layer, words: number, unit: number): number {
  const { bytes, headerEnd, end } = message;
  if (words > 0) return Math.min(words * unit, end - headerEnd);
  const at = headerEnd + OLD_QUOTE;
  if (at + 4 >= end || bytes[at]! >> 4 !== 2) return end - headerEnd;
  const intact = readU16(bytes, at + 2) === 0 || checksum16(bytes, at, end) === 0;
  return intact ? OLD_QUOTE : end - headerEnd;
}

/** The length field of a message that is built: that of the quoted datagram where extensions follow it, otherwise zero. */
export function quotedWords(message: Layer, unit: number): number {
  const { upper, end, headerEnd } = message;
  if (upper === null || upper.end === end) return 0;
  return Math.min(255, Math.ceil((upper.end - headerEnd) / unit));
}
