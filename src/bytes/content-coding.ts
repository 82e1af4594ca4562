import { type InflateError, Inflater, TRUNCATED } from "./inflate.ts";
import { joined } from "./joined.ts";

/** What became of coded bytes. */
export interface Decoded {
  /** What could be decoded, up to the limit. */
  readonly bytes: Uint8Array;
  /** Why that is not all; `null` where it is. */
  readonly fault: string | null;
}

/** Takes a content coding (RFC 9110 §8.4.1) off: gives `limit` bytes at most, and does not throw. */
export type Decoder = (bytes: Uint8Array, limit: number) => Decoded;

/** Decoders by the name of their coding, lower case. */
export type Decoders = Readonly<Record<string, Decoder>>;

/** What is said of output beyond the limit. */
export const TOO_LONG = "the output is longer than what is kept";

/** Bytes behind the data of a member: a checksum and a length. */
const TRAILER = 8;
const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** Where the data of a gzip member begins (RFC 1952 §2.3); -1 where there is none. */
function gzipHeader(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b || bytes[at + 2] !== 8) return -1;
  const flags = bytes[at + 3] ?? 0;
  let o = at + 10;
  if (flags & FLAG_EXTRA) o += 2 + (bytes[o] ?? 0) + 256 * (bytes[o + 1] ?? 0);
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, o);
    if (zero < 0) return -1;
    o = zero + 1;
  }
  if (flags & FLAG_CRC) o += 2;
  return o <= bytes.length ? o : -1;
}

/** Output in pieces, up to a limit. */
class Output {
  private readonly pieces: Uint8Array[] = [];
  private size = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether it was all taken. */
  add(piece: Uint8Array): boolean {
    const room = this.limit - this.size;
    const taken = piece.length > room ? piece.subarray(0, room) : piece;
    this.pieces.push(taken);
    this.size += taken.length;
    return taken === piece;
  }

  joined(): Uint8Array {
    if (this.pieces.length === 1) return this.pieces[0]!;
    return joined(this.pieces);
  }
}

/** Inflates one DEFLATE stream into `output`; gives what is wrong, or `null`. */
function inflateInto(inflater: Inflater, output: Output): string | null {
  for (;;) {
    let status: string;
    let fault: string | null = null;
    try {
      status = inflater.run();
    } catch (error) {
      status = "end";
      fault = (error as InflateError).message;
    }
    if (!output.add(inflater.output())) return TOO_LONG;
    if (status === "input") {
      if (inflater.finished) return TRUNCATED;
      inflater.feed(undefined);
    } else if (status === "end") return fault;
  }
}

/** The members of gzip (RFC 1952), one after the other. Their checksums are not looked at: what is there is wanted. */
export const decodeGzip: Decoder = (bytes, limit) => {
  const output = new Output(limit);
  const inflater = new Inflater();
  inflater.feed(bytes);
  let fault: string | null = null;
  while (inflater.offset < bytes.length && fault === null) {
    const at = inflater.offset;
    const from = gzipHeader(bytes, at);
    if (from < 0) {
      if (at === 0) fault = "no gzip header";
      break;
    }
    for (let i = at; i < from; i++) inflater.byte();
    inflater.reset();
    fault = inflateInto(inflater, output);
    for (let i = 0; i < TRAILER; i++) inflater.byte();
  }
  return { bytes: output.joined(), fault };
};

/** Whether a header of zlib begins the bytes (RFC 1950 §2.2). */
const hasZlibHeader = (bytes: Uint8Array): boolean =>
  bytes.length >= 2 && (bytes[0]! & 15) === 8 && (bytes[0]! * 256 + bytes[1]!) % 31 === 0;

/** The coding `deflate`: zlib's format, or bare DEFLATE as some send it (RFC 9110 §8.4.1.2). */
export const decodeDeflate: Decoder = (bytes, limit) => {
  const output = new Output(limit);
  const inflater = new Inflater();
  inflater.feed(hasZlibHeader(bytes) ? bytes.subarray(2) : bytes);
  const fault = bytes.length === 0 ? null : inflateInto(inflater, output);
  return { bytes: output.joined(), fault };
};

/** Codings that every engine has. */
export const commonDecoders: Decoders = {
  gzip: decodeGzip,
  "x-gzip": decodeGzip,
  deflate: decodeDeflate,
};
