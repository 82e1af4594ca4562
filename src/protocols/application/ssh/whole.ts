import { readU32 } from "../../../bytes/numbers.ts";

/** `SSH-` */
const PREFIX = [0x53, 0x53, 0x48, 0x2d] as const;
/** Bytes before the message of a packet, and the least that a packet has (RFC 4253 §6). */
const HEAD = 5;
const LEAST_LENGTH = 12;
const LEAST_PADDING = 4;
/** What implementations take at most; the RFC asks for 35,000 at least (RFC 4253 §6.1). */
export const MOST_LENGTH = 256 * 1024;

/** Whether a line of identification begins here (RFC 4253 §4.2). */
export const isIdentification = (bytes: Uint8Array, start: number, end: number): boolean =>
  start + PREFIX.length <= end && PREFIX.every((c, i) => bytes[start + i] === c);

/**
 * Numbers of messages that a side may send before its keys are in use (RFC 4253 §7): of the transport layer, and of key
 * exchanges.
 */
const isPlainMessage = (code: number): boolean => (code >= 1 && code <= 21) || isKeyExchange(code);
const isKeyExchange = (code: number): boolean => code >= 30 && code <= 49;

/** Bytes of the packet that begins here, if these are what one may begin with; 0 where they cannot be, or are too few. */
export function packetSize(bytes: Uint8Array, start: number, end: number): number {
  if (start + HEAD + 1 > end) return 0;
  const length = readU32(bytes, start);
  const padding = bytes[start + 4]!;
  if (length > MOST_LENGTH || padding + 2 > length) return 0;
  return isPlainMessage(bytes[start + HEAD]!) ? length + 4 : 0;
}

/** The same where nothing else says that packets are to be expected: all rules for their sizes hold (RFC 4253 §6). */
export function strictPacketSize(bytes: Uint8Array, start: number, end: number): number {
  const size = packetSize(bytes, start, end);
  if (size < LEAST_LENGTH + 4 || size % 8 !== 0) return 0;
  return bytes[start + 4]! < LEAST_PADDING ? 0 : size;
}

/** Whether a line of identification begins here, or a packet that is whole. */
export function isSsh(bytes: Uint8Array, start: number, end: number): boolean {
  if (isIdentification(bytes, start, end)) return true;
  const size = strictPacketSize(bytes, start, end);
  return size > 0 && start + size <= end;
}
