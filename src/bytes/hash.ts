/**
 * A number to begin a hash from that nobody outside can know: who makes packets cannot aim at one bucket of a table by trying
 * hashes beforehand.
 */
export const hashBasis = (): number => (Math.random() * 2 ** 32) | 0;

/** FNV-1a over the first `length` bytes: 32 bits, with a sign, since a map finds small integers fastest. */
export function hashBytes(bytes: Uint8Array, length: number, basis: number): number {
  let hash = basis;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}
