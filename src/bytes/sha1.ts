import { digestOf, paddedMessage, SHA_BLOCK } from "./sha-message.ts";

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** The eighty words that a block is spread out to (RFC 3174 §6.1). */
function spread(message: DataView, at: number, words: Int32Array): void {
  for (let t = 0; t < 16; t++) words[t] = message.getInt32(at + 4 * t);
  for (let t = 16; t < 80; t++)
    words[t] = rotate(words[t - 3]! ^ words[t - 8]! ^ words[t - 14]! ^ words[t - 16]!, 1);
}

/** The function and constant of a round (RFC 3174 §5). */
function mixed(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

/**
 * The SHA-1 digest of bytes (RFC 3174): for formats that are defined by it, where an answer is wanted at once and browsers
 * give one only later. It protects nothing: collisions can be made.
 */
export function sha1(bytes: Uint8Array): Uint8Array {
  const message = paddedMessage(bytes);
  const words = new Int32Array(80);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  for (let at = 0; at < message.byteLength; at += SHA_BLOCK) {
    spread(message, at, words);
    let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
    for (let t = 0; t < 80; t++) {
      const next = (rotate(a, 5) + mixed(t, b, c, d) + e + words[t]!) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    [a, b, c, d, e].forEach((word, i) => {
      state[i] = (state[i]! + word) | 0;
    });
  }
  return digestOf(state);
}
