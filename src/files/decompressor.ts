/** What gzip and Zstandard have in common here: a coroutine between compressed and plain bytes. */

/**
 * A decompressor as a coroutine, so that sources that wait and sources that do not share it: it
 * yields decompressed bytes, or undefined to be given the next compressed ones (undefined for the
 * end of them).
 */
export type Decompressor = Generator<Uint8Array | undefined, void, Uint8Array | undefined>;

/** A part of a {@link Decompressor} that asks for bytes and has a result of its own. */
export type Asking<T> = Generator<Uint8Array | undefined, T, Uint8Array | undefined>;
