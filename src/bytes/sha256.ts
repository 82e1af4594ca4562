import { digestOf, paddedMessage, SHA_BLOCK } from "./sha-message.ts";

/** The first so many primes: roots of them are the constants (RFC 6234 §5.1, §6.1). */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
}

/** The first 32 bits of the fraction of a root of `n`, found by integers: a float has too few bits for the last of them. */
function fraction(n: number, root: 2 | 3): number {
  const power = BigInt(root);
  const wanted = BigInt(n) << (32n * power);
  let low = 0n;
  let high = BigInt(n + 1) << 32n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power <= wanted) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}

let rounds: Int32Array | null = null;
let beginning: Int32Array | null = null;
const roundConstants = (): Int32Array =>
  (rounds ??= Int32Array.from(primes(64), (n) => fraction(n, 3)));
const initialState = (): Int32Array =>
  (beginning ??= Int32Array.from(primes(8), (n) => fraction(n, 2)));

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The 64 words that a block is spread out to (RFC 6234 §6.2, step 1). */
function spread(message: DataView, at: number, words: Int32Array): void {
  for (let t = 0; t < 16; t++) words[t] = message.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const near = words[t - 2]!;
    const far = words[t - 15]!;
    const one = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
    const zero = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
    words[t] = one + words[t - 7]! + zero + words[t - 16]!;
  }
}

/** The SHA-256 digest of bytes (RFC 6234), for fingerprints that are wanted at once; browsers give one only later. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const message = paddedMessage(bytes);
  const constants = roundConstants();
  const words = new Int32Array(64);
  const state = Int32Array.from(initialState());
  for (let at = 0; at < message.byteLength; at += SHA_BLOCK) {
    spread(message, at, words);
    let [a, b, c, d, e, f, g, h] = state as unknown as number[] as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let t = 0; t < 64; t++) {
      const one = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const first = (h + one + ((e & f) ^ (~e & g)) + constants[t]! + words[t]!) | 0;
      const zero = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const second = (zero + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] = (state[i]! + word) | 0;
    });
  }
  return digestOf(state);
}
