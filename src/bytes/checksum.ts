/**
 * The checksums of the Internet protocols: the ones' complement sum of RFC 1071, its incremental
 * form of RFC 1624, and the two reflected 32-bit CRCs (IEEE 802.3 and Castagnoli).
 */

/**
 * Adds the 16-bit big-endian words of b[start, end) to a running sum that has not been folded yet;
 * an odd last byte counts as the high half of a word (RFC 1071 §1). Sums of several pieces can be
 * chained as long as every piece but the last has an even number of bytes. Exact up to 2^53, that
 * is far beyond any packet.
 */
export function sum16(b: Uint8Array, start: number, end: number, sum = 0): number {
  // The high and the low bytes are summed apart and joined once: the additions stay small integers.
  let high = 0;
  let low = 0;
  let i = start;
  for (const stop = end - 7; i < stop; i += 8) {
    high += b[i]! + b[i + 2]! + b[i + 4]! + b[i + 6]!;
    low += b[i + 1]! + b[i + 3]! + b[i + 5]! + b[i + 7]!;
  }
  for (const stop = end - 1; i < stop; i += 2) {
    high += b[i]!;
    low += b[i + 1]!;
  }
  if (i < end) high += b[i]!;
  return sum + high * 256 + low;
}

/**
 * Folds a sum of {@link sum16} to 16 bits and complements it: the value of a checksum field,
 * 0..0xffff. Zero means that a packet summed with its checksum in place is intact.
 */
export function foldSum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded ^ 0xffff;
}

/** The Internet checksum (RFC 1071) of b[start, end), 0..0xffff. */
export function checksum16(b: Uint8Array, start: number, end: number): number {
  return foldSum(sum16(b, start, end));
}

/**
 * The checksum after one 16-bit word that it covers changed `from` one value `to` another
 * (RFC 1624 §3, equation 3), so that rewriting an address or a port costs no pass over the packet.
 */
export function updateChecksum16(old: number, from: number, to: number): number {
  return foldSum((old ^ 0xffff) + (from ^ 0xffff) + to);
}

/** The reflected polynomial of IEEE 802.3 (Ethernet FCS, gzip, PNG). */
const IEEE = 0xedb88320;
/** The reflected Castagnoli polynomial (SCTP, iSCSI). */
const CASTAGNOLI = 0x82f63b78;

// Made at first use: 8 KiB each, and most programs need neither.
let ieeeTables: Int32Array | undefined;
let castagnoliTables: Int32Array | undefined;

/**
 * The CRC-32 of IEEE 802.3 over b[start, end), as gzip and the Ethernet frame check sequence have
 * it (the FCS stands in the frame with its low byte first). Give the result of the piece before as
 * `initial` to compute it piecewise.
 */
export function crc32(b: Uint8Array, start = 0, end = b.length, initial = 0): number {
  ieeeTables ??= crcTables(IEEE);
  return crc(ieeeTables, b, start, end, initial);
}

/**
 * The CRC-32C (Castagnoli) over b[start, end), which SCTP uses as its checksum (RFC 9260
 * Appendix A; it stands in the packet with its low byte first). Piecewise like {@link crc32}.
 */
export function crc32c(b: Uint8Array, start = 0, end = b.length, initial = 0): number {
  castagnoliTables ??= crcTables(CASTAGNOLI);
  return crc(castagnoliTables, b, start, end, initial);
}

/** Eight tables in one: table k advances a byte that has k more bytes behind it. */
function crcTables(polynomial: number): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let value = 0; value < 256; value++) {
    let state = value;
    for (let bit = 0; bit < 8; bit++) state = state & 1 ? (state >>> 1) ^ polynomial : state >>> 1;
    tables[value] = state;
  }
  for (let index = 256; index < tables.length; index++) {
    const shorter = tables[index - 256]!;
    tables[index] = (shorter >>> 8) ^ tables[shorter & 0xff]!;
  }
  return tables;
}

function crc(t: Int32Array, b: Uint8Array, start: number, end: number, initial: number): number {
  let state = ~initial;
  let i = start;
  for (const stop = end - 7; i < stop; i += 8) {
    state ^= b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24);
    state =
      t[0x700 + (state & 0xff)]! ^
      t[0x600 + ((state >>> 8) & 0xff)]! ^
      t[0x500 + ((state >>> 16) & 0xff)]! ^
      t[0x400 + (state >>> 24)]! ^
      t[0x300 + b[i + 4]!]! ^
      t[0x200 + b[i + 5]!]! ^
      t[0x100 + b[i + 6]!]! ^
      t[b[i + 7]!]!;
  }
  for (; i < end; i++) state = (state >>> 8) ^ t[(state ^ b[i]!) & 0xff]!;
  return ~state >>> 0;
}
