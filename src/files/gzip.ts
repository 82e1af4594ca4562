/** Gzip files (RFC 1952): any number of members one after the other. */

import { crc32 } from "../bytes/checksum.ts";
import { InflateError, Inflater, TRUNCATED } from "../bytes/inflate.ts";
import type { Asking, Decompressor } from "./decompressor.ts";
import { CaptureError } from "./errors.ts";

const HAS_HEADER_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/** Decompresses the members of a gzip file; zeros that pad its end are passed over. */
export function* gunzip(): Decompressor {
  const inflater = new Inflater();
  for (let member = 0; ; member++) {
    let first = yield* nextByte(inflater);
    while (member > 0 && first === 0) first = yield* nextByte(inflater);
    if (first < 0 && member > 0) return;
    yield* header(inflater, first);
    inflater.reset();
    let checksum = 0;
    let size = 0;
    for (let status: string | InflateError = "output"; status !== "end"; ) {
      status = attempt(inflater);
      const plain = inflater.output();
      if (plain.length > 0) {
        checksum = crc32(plain, 0, plain.length, checksum);
        size += plain.length;
        yield plain;
      }
      if (status instanceof InflateError) throw damaged(inflater, status.message, status);
      if (status === "input") inflater.feed(yield undefined);
    }
    const wanted = yield* number(inflater);
    if (wanted !== checksum) throw damaged(inflater, "the checksum of the data is wrong");
    const length = yield* number(inflater);
    if (length !== size % 2 ** 32) throw damaged(inflater, "the length of the data is wrong");
  }
}

/** What {@link Inflater.run} gives or throws, so that its good output can go out first. */
function attempt(inflater: Inflater): string | InflateError {
  try {
    return inflater.run();
  } catch (error) {
    if (error instanceof InflateError) return error;
    throw error;
  }
}

function damaged(inflater: Inflater, what: string, cause?: unknown): CaptureError {
  const code = what === TRUNCATED ? "ERR_GZIP_TRUNCATED" : "ERR_GZIP";
  const message = `gzip data is damaged near offset ${inflater.offset}: ${what}`;
  return new CaptureError(code, message, inflater.offset, { cause });
}

/** The next byte outside of the compressed data, or -1 at the end of the input. */
function* nextByte(inflater: Inflater): Asking<number> {
  for (;;) {
    const value = inflater.byte();
    if (value >= 0 || inflater.finished) return value;
    inflater.feed(yield undefined);
  }
}

/** The next byte, which must be there. */
function* byte(inflater: Inflater): Asking<number> {
  const value = yield* nextByte(inflater);
  if (value < 0) throw damaged(inflater, TRUNCATED);
  return value;
}

/** A 32-bit number with its low byte first. */
function* number(inflater: Inflater): Asking<number> {
  let value = 0;
  for (let shift = 0; shift < 32; shift += 8) value |= (yield* byte(inflater)) << shift;
  return value >>> 0;
}

function* header(inflater: Inflater, first: number): Asking<void> {
  if (first < 0) throw damaged(inflater, TRUNCATED);
  const start = inflater.offset - 1;
  if (first !== 0x1f || (yield* byte(inflater)) !== 0x8b || (yield* byte(inflater)) !== 8) {
    const message = `no gzip member begins at offset ${start}`;
    throw new CaptureError("ERR_GZIP", message, start);
  }
  const flags = yield* byte(inflater);
  // Modification time, compression level and operating system.
  for (let i = 0; i < 6; i++) yield* byte(inflater);
  if (flags & HAS_EXTRA) {
    const low = yield* byte(inflater);
    const length = low | ((yield* byte(inflater)) << 8);
    for (let i = 0; i < length; i++) yield* byte(inflater);
  }
  if (flags & HAS_NAME) while ((yield* byte(inflater)) !== 0);
  if (flags & HAS_COMMENT) while ((yield* byte(inflater)) !== 0);
  if (flags & HAS_HEADER_CRC) for (let i = 0; i < 2; i++) yield* byte(inflater);
}
