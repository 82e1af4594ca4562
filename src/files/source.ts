/** Where the bytes of a capture come from. */

/**
 * Something to read bytes from, once and in order. `read` puts up to `length` bytes at
 * into[offset] and gives their number, 0 at the end; a short read is no end. Its user calls `close`
 * exactly once, whatever happened before.
 */
export interface ByteSource {
  read(into: Uint8Array, offset: number, length: number): number | Promise<number>;
  close(): void | Promise<void>;
  /**
   * Room for bytes, where the source knows a quicker way than `new Uint8Array`: what it holds need not be zero, since only
   * bytes that were read are ever shown.
   */
  allocate?(length: number): Uint8Array;
  /** All the bytes, for a source that has them in memory: then nothing is copied. */
  readonly whole?: Uint8Array;
}

/** A source that never has to wait, such as a file read with synchronous calls. */
export interface SyncByteSource extends ByteSource {
  read(into: Uint8Array, offset: number, length: number): number;
  close(): void;
}

/** Reads an array where it stands: records are views of it, so it must not be changed. */
export function bytesSource(bytes: Uint8Array): SyncByteSource {
  let position = 0;
  return {
    whole: bytes,
    read(into, offset, length) {
      const piece = bytes.subarray(position, position + length);
      into.set(piece, offset);
      position += piece.length;
      return piece.length;
    },
    close() {},
  };
}

/** Reads a Blob, for example a File that somebody chose in a browser. */
export function blobSource(blob: Blob): ByteSource {
  let position = 0;
  return {
    async read(into, offset, length) {
      const piece = await blob.slice(position, position + length).arrayBuffer();
      into.set(new Uint8Array(piece), offset);
      position += piece.byteLength;
      return piece.byteLength;
    },
    close() {},
  };
}

/** Reads a stream of chunks of any size, for example the body of a fetch. */
export function streamSource(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): ByteSource {
  const chunks = iterate(stream);
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    async read(into, offset, length) {
      while (chunk.length === 0) {
        const next = await chunks.next();
        if (next.done === true) return 0;
        chunk = next.value;
      }
      const piece = chunk.subarray(0, length);
      into.set(piece, offset);
      chunk = chunk.subarray(piece.length);
      return piece.length;
    },
    async close() {
      await chunks.return?.();
    },
  };
}

/** Reads chunks that are there without waiting. */
export function chunksSource(chunks: Iterator<Uint8Array>): SyncByteSource {
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    read(into, offset, length) {
      while (chunk.length === 0) {
        const next = chunks.next();
        if (next.done === true) return 0;
        chunk = next.value;
      }
      const piece = chunk.subarray(0, length);
      into.set(piece, offset);
      chunk = chunk.subarray(piece.length);
      return piece.length;
    },
    close() {
      chunks.return?.();
    },
  };
}

/** Browsers without async iteration of streams still have their readers. */
function iterate(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncIterator<Uint8Array> {
  if (!("getReader" in stream)) return stream[Symbol.asyncIterator]();
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? { done: true, value: undefined } : { done: false, value };
    },
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
