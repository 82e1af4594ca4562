/**
 * Whether a number is one of those that clients send so that servers get used to unknown ones (RFC 8701 §2): they say
 * nothing of the client, and fingerprints leave them out.
 */
export const isGrease = (value: number): boolean =>
  (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
