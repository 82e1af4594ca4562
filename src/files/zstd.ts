/**
 * Zstandard files (RFC 8878): any number of frames one after the other. The frames are taken apart
 * here, which bounds their memory and says where a fault is; fzstd decodes the blocks.
 */

import { joined } from "../bytes/joined.ts";
import type { Asking, Decompressor } from "./decompressor.ts";
import { CaptureError } from "./errors.ts";

const MAGIC = 0xfd2fb528;

/** Bytes a match may reach back at most, 128 MiB: the limit of the zstd program. */
const MAX_WINDOW = 2 ** 27;

type Fzstd = typeof import("fzstd");

/**
 * A decompressor of Zstandard frames; skippable ones are passed over. Frames with a dictionary or
 * a window beyond 128 MiB are refused; the checksums of the content are not looked at.
 */
export async function unzstd(): Promise<Decompressor> {
  return frames(new Input(), await import("fzstd"));
}

function* frames(input: Input, fzstd: Fzstd): Decompressor {
  while (!(yield* input.ended())) {
    const start = input.offset;
    const magic = little(yield* input.take(4), 0, 4);
    if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
      yield* input.skip(little(yield* input.take(4), 0, 4));
    } else if (magic === MAGIC) {
      yield* frame(input, start, fzstd);
    } else {
      throw damaged(start, "no Zstandard frame begins here");
    }
  }
}

function* frame(input: Input, start: number, fzstd: Fzstd): Asking<void> {
  const { bytes, hasChecksum } = yield* frameHeader(input, start);
  const plain: Uint8Array[] = [];
  const decoder = new fzstd.Decompress((piece) => plain.push(piece));
  let head: Uint8Array | undefined = bytes;
  for (let last = false; !last; ) {
    const at = input.offset;
    const header = yield* input.take(3);
    const word = little(header, 0, 3);
    last = (word & 1) === 1;
    const type = (word >> 1) & 3;
    // A run-length block has one byte, which stands for as many as its size says.
    const size = type === 1 ? 1 : word >> 3;
    if (type === 3 || word >> 3 > 128 * 1024) throw damaged(at, "a block is of an unknown kind");
    const body = yield* input.take(size);
    const checksum = last && hasChecksum ? yield* input.take(4) : new Uint8Array(0);
    try {
      decoder.push(joined([head ?? new Uint8Array(0), header, body, checksum]), last);
    } catch (error) {
      throw damaged(at, error instanceof Error ? error.message : String(error), error);
    }
    head = undefined;
    for (const piece of plain) if (piece.length > 0) yield piece;
    plain.length = 0;
  }
}

/** The header of a frame with its magic number (RFC 8878 §3.1.1.1). */
function* frameHeader(
  input: Input,
  start: number,
): Asking<{ bytes: Uint8Array; hasChecksum: boolean }> {
  const descriptor = yield* input.take(1);
  const flags = descriptor[0] ?? 0;
  const single = (flags & 0x20) !== 0;
  const sizeLength = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const dictionaryLength = [0, 1, 2, 4][flags & 3] ?? 0;
  const rest = yield* input.take((single ? 0 : 1) + dictionaryLength + sizeLength);
  const window = rest[0] ?? 0;
  const windowSize = single
    ? little(rest, dictionaryLength, sizeLength)
    : 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8);
  if (windowSize > MAX_WINDOW) {
    throw damaged(start, `it wants a window of ${windowSize} bytes, more than ${MAX_WINDOW}`);
  }
  if (little(rest, single ? 0 : 1, dictionaryLength) !== 0) {
    throw damaged(start, "it needs a dictionary");
  }
  const magic = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
  return { bytes: joined([magic, descriptor, rest]), hasChecksum: (flags & 4) !== 0 };
}

/** A number with its low byte first; exact up to 2^53. */
function little(b: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (b[at + i] ?? 0);
  return value;
}

function damaged(offset: number, what: string, cause?: unknown): CaptureError {
  const message = `Zstandard data is damaged near offset ${offset}: ${what}`;
  return new CaptureError("ERR_ZSTD", message, offset, { cause });
}

/** The compressed bytes, a few at a time. */
class Input {
  /** Bytes taken so far. */
  offset = 0;
  private chunk: Uint8Array = new Uint8Array(0);
  private final = false;

  /** Whether there are no more bytes. */
  *ended(): Asking<boolean> {
    while (this.chunk.length === 0 && !this.final) {
      const chunk: Uint8Array | undefined = yield undefined;
      if (chunk === undefined) this.final = true;
      else this.chunk = chunk;
    }
    return this.chunk.length === 0;
  }

  /** The next `size` bytes, which must be there. */
  *take(size: number): Asking<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let missing = size;
    while (missing > 0) {
      const piece = yield* this.some(missing);
      pieces.push(piece);
      missing -= piece.length;
    }
    return pieces.length === 1 ? (pieces[0] ?? joined(pieces)) : joined(pieces);
  }

  *skip(size: number): Asking<void> {
    let missing = size;
    while (missing > 0) missing -= (yield* this.some(missing)).length;
  }

  /** At least one byte, `most` at most. */
  private *some(most: number): Asking<Uint8Array> {
    if (yield* this.ended()) {
      const message = `Zstandard data ends too early, at offset ${this.offset}`;
      throw new CaptureError("ERR_ZSTD_TRUNCATED", message, this.offset);
    }
    const piece = this.chunk.subarray(0, most);
    this.chunk = this.chunk.subarray(piece.length);
    this.offset += piece.length;
    return piece;
  }
}
