/**
 * Unsigned numbers in byte arrays, both byte orders. None of these functions checks bounds: a read past the end of a
 * `Uint8Array` is `undefined`, which arithmetic turns into zero, so callers check lengths first (once per header, not per
 * field).
 */

/** 16 bits, most significant byte first. */
export const readU16 = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;

/** 16 bits, least significant byte first. */
export const readU16le = (b: Uint8Array, at: number): number => b[at]! | (b[at + 1]! << 8);

/** 32 bits, most significant byte first. */
export const readU32 = (b: Uint8Array, at: number): number =>
  ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;

/** 32 bits, least significant byte first. */
export const readU32le = (b: Uint8Array, at: number): number =>
  (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;

/** `width` bytes (1 to 6), most significant first: exact, since 48 bits fit in a double. */
export function readUint(b: Uint8Array, at: number, width: number): number {
  switch (width) {
    case 1:
      return b[at]!;
    case 2:
      return (b[at]! << 8) | b[at + 1]!;
    case 3:
      return (b[at]! << 16) | (b[at + 1]! << 8) | b[at + 2]!;
    case 4:
      return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
    case 5:
      return b[at]! * 0x1_0000_0000 + readU32(b, at + 1);
    default:
      return readU16(b, at) * 0x1_0000_0000 + readU32(b, at + 2);
  }
}

/** `width` bytes (1 to 6), least significant first. */
export function readUintLe(b: Uint8Array, at: number, width: number): number {
  switch (width) {
    case 1:
      return b[at]!;
    case 2:
      return b[at]! | (b[at + 1]! << 8);
    case 3:
      return b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16);
    case 4:
      return readU32le(b, at);
    case 5:
      return readU32le(b, at) + b[at + 4]! * 0x1_0000_0000;
    default:
      return readU32le(b, at) + readU16le(b, at + 4) * 0x1_0000_0000;
  }
}

/** `width` bytes (1 to 16), most significant first, as a bigint. */
export function readBigUint(b: Uint8Array, at: number, width: number): bigint {
  if (width === 8) return (BigInt(readU32(b, at)) << 32n) | BigInt(readU32(b, at + 4));
  let value = 0n;
  for (let i = 0; i < width; i++) value = (value << 8n) | BigInt(b[at + i]!);
  return value;
}

/** `width` bytes (1 to 16), least significant first, as a bigint. */
export function readBigUintLe(b: Uint8Array, at: number, width: number): bigint {
  if (width === 8) return BigInt(readU32le(b, at)) | (BigInt(readU32le(b, at + 4)) << 32n);
  let value = 0n;
  for (let i = width - 1; i >= 0; i--) value = (value << 8n) | BigInt(b[at + i]!);
  return value;
}

/** Writes the low `width` bytes (1 to 6) of `value`, most significant first. */
export function writeUint(b: Uint8Array, at: number, width: number, value: number): void {
  let rest = value;
  for (let i = width - 1; i >= 0; i--) {
    b[at + i] = rest & 0xff;
    rest = width > 4 ? Math.floor(rest / 256) : rest >>> 8;
  }
}

/** Writes the low `width` bytes (1 to 6) of `value`, least significant first. */
export function writeUintLe(b: Uint8Array, at: number, width: number, value: number): void {
  let rest = value;
  for (let i = 0; i < width; i++) {
    b[at + i] = rest & 0xff;
    rest = width > 4 ? Math.floor(rest / 256) : rest >>> 8;
  }
}

/** Writes the low `width` bytes of a bigint, most significant first. */
export function writeBigUint(b: Uint8Array, at: number, width: number, value: bigint): void {
  let rest = value;
  for (let i = width - 1; i >= 0; i--) {
    b[at + i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** Writes the low `width` bytes of a bigint, least significant first. */
export function writeBigUintLe(b: Uint8Array, at: number, width: number, value: bigint): void {
  let rest = value;
  for (let i = 0; i < width; i++) {
    b[at + i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/**
 * `width` bits (1 to 48) that start `bit` bits (0 to 7) after the most significant bit of `b[at]`: the form of fields
 * that share bytes.
 */
export function readBits(b: Uint8Array, at: number, bit: number, width: number): number {
  if (bit + width <= 8) return (b[at]! >> (8 - bit - width)) & ((1 << width) - 1);
  const total = bit + width;
  const bytes = (total + 7) >> 3;
  const surplus = bytes * 8 - total;
  if (bytes <= 4) {
    const value = readUint(b, at, bytes) >>> surplus;
    return width >= 32 ? value : value & (2 ** width - 1);
  }
  // Five to seven bytes: split off the first, partial one, so that no intermediate exceeds 53 bits.
  const head = b[at]! & (0xff >> bit);
  const headBits = 8 - bit;
  return head * 2 ** (width - headBits) + readBits(b, at + 1, 0, width - headBits);
}

/** Writes `width` bits (1 to 48) as {@link readBits} reads them; the neighbours' bits stay. */
export function writeBits(
  b: Uint8Array,
  at: number,
  bit: number,
  width: number,
  value: number,
): void {
  // Most fields are whole bytes or lie within one.
  if (bit + width <= 8) {
    const shift = 8 - bit - width;
    const mask = ((1 << width) - 1) << shift;
    b[at] = (b[at]! & ~mask) | ((value << shift) & mask);
    return;
  }
  if (bit === 0 && width === 16) {
    b[at] = value >> 8;
    b[at + 1] = value;
    return;
  }
  if (bit + width <= 16) {
    const shift = 16 - bit - width;
    const mask = ((1 << width) - 1) << shift;
    const word = (((b[at]! << 8) | b[at + 1]!) & ~mask) | ((value << shift) & mask);
    b[at] = word >> 8;
    b[at + 1] = word;
    return;
  }
  let rest = value;
  let end = bit + width;
  while (end > bit) {
    // The last byte first: the least significant bits lie there.
    const byte = (end - 1) >> 3;
    const from = Math.max(bit, byte * 8);
    const count = end - from;
    const shift = (8 - (end & 7)) & 7;
    const mask = ((1 << count) - 1) << shift;
    const part = rest % 2 ** count;
    b[at + byte] = (b[at + byte]! & ~mask) | (part << shift);
    rest = (rest - part) / 2 ** count;
    end = from;
  }
}
