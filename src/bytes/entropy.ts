/**
 * Shannon entropy of bytes, in bits a symbol: 0 where all are equal, at most `width`. Bytes are cut into symbols of
 * `width` bits; small ones tell more of few bytes. What is compressed or encrypted comes near `width`.
 *
 * @throws RangeError for a width that is not 1, 2, 4 or 8.
 * @example entropy(packet.raw) > 7.5
 */
export function entropy(bytes: Uint8Array, width = 8): number {
  if (width !== 1 && width !== 2 && width !== 4 && width !== 8)
    throw new RangeError(`width: 1, 2, 4 or 8 bits are wanted, not ${width}`);
  const counts = new Array<number>(2 ** width).fill(0);
  const mask = 2 ** width - 1;
  for (const byte of bytes)
    for (let shift = 0; shift < 8; shift += width) counts[(byte >> shift) & mask]! += 1;
  const total = (bytes.length * 8) / width;
  let sum = 0;
  for (const n of counts) if (n > 0) sum -= (n / total) * Math.log2(n / total);
  return sum === 0 ? 0 : sum;
}
