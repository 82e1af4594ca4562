/** Compressed captures: gzip (RFC 1952) and Zstandard (RFC 8878), decompressed as they are read. */

import { gunzip } from "./gzip.ts";
import type { ByteSource, SyncByteSource } from "./source.ts";
import { unzstd } from "./zstd.ts";

/** The compressions that are undone on the way. */
export type CompressedFormat = "gzip" | "zstd";

const CHUNK_SIZE = 64 * 1024;
const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * The decompressed bytes of a source whose first bytes, `head`, were read already. Memory does not
 * grow with the data; nothing is decompressed before it is asked for.
 *
 * @throws CaptureError for damaged data, after what could be decompressed before it.
 */
export async function* decompress(
  format: CompressedFormat,
  source: ByteSource,
  head: Uint8Array = NOTHING,
): AsyncGenerator<Uint8Array, void, undefined> {
  const steps = format === "gzip" ? gunzip() : await unzstd();
  let pending = head;
  for (let next = steps.next(); next.done !== true; ) {
    if (next.value !== undefined) {
      yield next.value;
      next = steps.next();
    } else if (pending.length > 0) {
      next = steps.next(pending);
      pending = NOTHING;
    } else {
      const chunk = new Uint8Array(CHUNK_SIZE);
      const count = await source.read(chunk, 0, CHUNK_SIZE);
      next = steps.next(count === 0 ? undefined : chunk.subarray(0, count));
    }
  }
}

/** Like {@link decompress}, for gzip data of a source that never waits. */
export function* gunzipSync(
  source: SyncByteSource,
  head: Uint8Array = NOTHING,
): Generator<Uint8Array, void, undefined> {
  const steps = gunzip();
  let pending = head;
  for (let next = steps.next(); next.done !== true; ) {
    if (next.value !== undefined) {
      yield next.value;
      next = steps.next();
    } else if (pending.length > 0) {
      next = steps.next(pending);
      pending = NOTHING;
    } else {
      const chunk = new Uint8Array(CHUNK_SIZE);
      const count = source.read(chunk, 0, CHUNK_SIZE);
      next = steps.next(count === 0 ? undefined : chunk.subarray(0, count));
    }
  }
}
