import { readU32, readUint } from "../../../bytes/numbers.ts";

/** Bytes of the header that every frame has (RFC 9113 §4.1). */
export const FRAME_HEADER = 9;

/** Numbers of frame types: RFC 9113 §6, RFC 7838 §4, RFC 8336 §2, RFC 9218 §7.1. */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
  altsvc: 10,
  origin: 12,
  priorityUpdate: 16,
} as const;

/** Flags of frames (RFC 9113 §6); ACK and END_STREAM are one bit, of different frames. */
export const frameFlags = {
  endStream: 1,
  ack: 1,
  endHeaders: 4,
  padded: 8,
  priority: 0x20,
} as const;

/** What a type says of its frames: the flags that it has, where it may lie, and its lengths. */
interface FrameRule {
  readonly flags: number;
  /** On the connection, on a stream, or either. */
  readonly stream: "connection" | "stream" | "any";
  readonly least: number;
  readonly most: number;
  /** The length is a multiple of this. */
  readonly unit: number;
}

const ANY_LENGTH = 0xffffff;
const rule = (
  flags: number,
  stream: FrameRule["stream"],
  least: number,
  most = ANY_LENGTH,
  unit = 1,
): FrameRule => ({ flags, stream, least, most, unit });

const rules: ReadonlyMap<number, FrameRule> = new Map([
  [frameTypes.data, rule(0x09, "stream", 0)],
  [frameTypes.headers, rule(0x2d, "stream", 0)],
  [frameTypes.priority, rule(0, "stream", 5, 5)],
  [frameTypes.rstStream, rule(0, "stream", 4, 4)],
  [frameTypes.settings, rule(0x01, "connection", 0, ANY_LENGTH, 6)],
  [frameTypes.pushPromise, rule(0x0c, "stream", 4)],
  [frameTypes.ping, rule(0x01, "connection", 8, 8)],
  [frameTypes.goaway, rule(0, "connection", 8)],
  [frameTypes.windowUpdate, rule(0, "any", 4, 4)],
  [frameTypes.continuation, rule(0x04, "stream", 0)],
  [frameTypes.altsvc, rule(0, "any", 2)],
  [frameTypes.origin, rule(0, "connection", 0)],
  [frameTypes.priorityUpdate, rule(0, "connection", 4)],
]);

/** What is wrong with a frame's header by its type; empty where nothing is, and for types that nobody knows. */
export function frameFault(bytes: Uint8Array, at: number): string {
  const length = readUint(bytes, at, 3);
  const one = rules.get(bytes[at + 3]!);
  if (one === undefined) return "";
  if (length < one.least || length > one.most || length % one.unit !== 0)
    return `a length of ${length} bytes`;
  const isStream = (readU32(bytes, at + 5) & 0x7fffffff) !== 0;
  if (one.stream === "stream" && !isStream) return "of no stream";
  if (one.stream === "connection" && isStream) return "of a stream";
  return "";
}

/**
 * Whether a frame's header stands here, as far as nine bytes tell: a known type at a place and of a length that it may
 * have, without flags that it has not. Others are frames too, but not such as bytes of unknown beginning are taken for.
 */
export function isFrameHeader(bytes: Uint8Array, at: number): boolean {
  const one = rules.get(bytes[at + 3]!);
  if (one === undefined || (bytes[at + 4]! & ~one.flags) !== 0) return false;
  return (bytes[at + 5]! & 0x80) === 0 && frameFault(bytes, at) === "";
}

/** Whether a whole frame begins here, which nothing is wrong with. */
export function isFrame(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < FRAME_HEADER || !isFrameHeader(bytes, start)) return false;
  return start + FRAME_HEADER + readUint(bytes, start, 3) <= end;
}

/** Whether a whole frame follows another here: also one of a type that nobody knows, which receivers ignore (RFC 9113 §5.5). */
export function followsFrame(bytes: Uint8Array, start: number, end: number): boolean {
  if (isFrame(bytes, start, end)) return true;
  if (end - start < FRAME_HEADER || rules.has(bytes[start + 3]!)) return false;
  return start + FRAME_HEADER + readUint(bytes, start, 3) <= end && bytes[start + 5]! < 0x80;
}
