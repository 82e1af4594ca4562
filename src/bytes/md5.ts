/** Bytes of a block, and of the digest (RFC 1321 §3.2, §3.5). */
const BLOCK = 64;
const DIGEST = 16;

/** How far each of the four rounds rotates, step by step (RFC 1321 §3.4). */
const SHIFTS: readonly (readonly number[])[] = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];

/** Of each round, the word of its first step and how far the next lies. */
const ORDER: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 5],
  [5, 3],
  [0, 7],
];

/** The integer parts of the sines (RFC 1321 §3.4). */
const SINES = Int32Array.from({ length: 64 }, (_, i) =>
  Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32),
);

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** The message with what fills up its last block: a one, zeros, and its length in bits, least significant byte first. */
function padded(bytes: Uint8Array): DataView {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, (bytes.length << 3) >>> 0, true);
  view.setUint32(whole.length - 4, Math.floor(bytes.length / 2 ** 29), true);
  return view;
}

/** The function of a round (RFC 1321 §3.4: F, G, H, I). */
function mixed(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (b & d) | (c & ~d);
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d);
}

/**
 * The MD5 digest of bytes (RFC 1321): for fingerprints that are defined by it, as JA3 is. It protects nothing: collisions
 * are easily made.
 */
export function md5(bytes: Uint8Array): Uint8Array {
  const message = padded(bytes);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let at = 0; at < message.byteLength; at += BLOCK) {
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let t = 0; t < 64; t++) {
      const round = t >> 4;
      const [first, step] = ORDER[round]!;
      const word = message.getInt32(at + 4 * ((first + step * (t & 15)) & 15), true);
      const sum = (a + mixed(round, b, c, d) + word + SINES[t]!) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotate(sum, SHIFTS[round]![t & 3]!)) | 0;
    }
    [a, b, c, d].forEach((word, i) => {
      state[i] = (state[i]! + word) | 0;
    });
  }
  const digest = new DataView(new ArrayBuffer(DIGEST));
  for (let i = 0; i < 4; i++) digest.setInt32(4 * i, state[i]!, true);
  return new Uint8Array(digest.buffer);
}
