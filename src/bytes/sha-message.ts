/** Bytes of a block, both of SHA-1 and of SHA-256 (RFC 6234 §4). */
export const SHA_BLOCK = 64;

/** The message with what fills up its last block: a one, zeros, and its length in bits (RFC 6234 §4.1, RFC 3174 §4). */
export function paddedMessage(bytes: Uint8Array): DataView {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / SHA_BLOCK) * SHA_BLOCK);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(whole.length - 4, (bytes.length << 3) >>> 0);
  return view;
}

/** The words that are left after the last block as bytes: the digest. */
export function digestOf(state: Int32Array): Uint8Array {
  const digest = new DataView(new ArrayBuffer(4 * state.length));
  state.forEach((word, i) => {
    digest.setInt32(4 * i, word);
  });
  return new Uint8Array(digest.buffer);
}
