import { readU16, readU32 } from "../../../bytes/numbers.ts";

/** Opcodes of frames (RFC 6455 §11.8). */
export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** Bytes of a header's head: all headers have it. */
export const WEBSOCKET_HEAD = 2;
/** What a frame's header says of its size. */
export interface FrameExtent {
  /** Bytes up to the payload. */
  readonly header: number;
  /** Bytes of the payload: exact up to 2^53, far more than anybody has. */
  readonly payload: number;
}

/** Bytes of a header, by the second of them. */
export function headerLength(second: number): number {
  const short = second & 0x7f;
  return WEBSOCKET_HEAD + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second >> 7) * 4;
}

/** Where the payload of a frame lies; `null` where the bytes end before its header does. */
export function frameExtent(bytes: Uint8Array, start: number, end: number): FrameExtent | null {
  if (end - start < WEBSOCKET_HEAD) return null;
  const second = bytes[start + 1]!;
  const short = second & 0x7f;
  const header = headerLength(second);
  if (end - start < header) return null;
  const at = start + WEBSOCKET_HEAD;
  if (short < 126) return { header, payload: short };
  if (short === 126) return { header, payload: readU16(bytes, at) };
  return { header, payload: readU32(bytes, at) * 2 ** 32 + readU32(bytes, at + 4) };
}

/** Whether an opcode has a meaning. */
export const isKnownOpcode = (opcode: number): boolean =>
  opcode <= opcodes.binary || (opcode >= opcodes.close && opcode <= opcodes.pong);

/** What is wrong with a frame by its header (RFC 6455 §5.2, §5.5); empty where nothing is. */
export function websocketFault(bytes: Uint8Array, start: number, extent: FrameExtent): string {
  const first = bytes[start]!;
  if (!isKnownOpcode(first & 15)) return `the opcode ${first & 15} is reserved`;
  if ((first & 0x30) !== 0) return "reserved bits are set";
  return websocketLengthFault(bytes, start, extent);
}

/** What is wrong with a frame so that its length cannot be believed; empty where nothing is. */
export function websocketLengthFault(
  bytes: Uint8Array,
  start: number,
  { payload }: FrameExtent,
): string {
  const first = bytes[start]!;
  const short = bytes[start + 1]! & 0x7f;
  const opcode = first & 15;
  if (opcode >= opcodes.close && (first & 0x80) === 0) return "a control frame in fragments";
  if (opcode >= opcodes.close && short > 125) return "a control frame of more than 125 bytes";
  if (short === 126 && payload < 126) return "a length in more bytes than it needs";
  if (short === 127 && payload < 65_536) return "a length in more bytes than it needs";
  return payload >= 2 ** 53 ? "a length of more bytes than anybody has" : "";
}

/** Whether a whole frame begins here, which nothing is wrong with. */
export function isWebsocketFrame(bytes: Uint8Array, start: number, end: number): boolean {
  const extent = frameExtent(bytes, start, end);
  if (extent === null || websocketFault(bytes, start, extent) !== "") return false;
  return start + extent.header + extent.payload <= end;
}

/** Takes the mask off bytes, in place; `phase` is how many of the payload stand before them (RFC 6455 §5.3). */
export function unmask(bytes: Uint8Array, key: number, phase = 0): Uint8Array {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= key >>> (24 - (((i + phase) & 3) << 3));
  return bytes;
}
