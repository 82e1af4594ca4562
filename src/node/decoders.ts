import { brotliDecompressSync, constants } from "node:zlib";
import { commonDecoders, type Decoder, type Decoders } from "../bytes/content-coding.ts";

/** A decoder of Node's: it gives all of the output or, where that is longer than the limit or damaged, nothing. */
const decodeBrotli: Decoder = (bytes, limit) => {
  try {
    // What the bytes still hold is wanted, also where the end is missing.
    const finishFlush = constants.BROTLI_OPERATION_FLUSH;
    const plain = brotliDecompressSync(bytes, { maxOutputLength: limit, finishFlush });
    return { bytes: new Uint8Array(plain), fault: null };
  } catch (error) {
    return { bytes: new Uint8Array(0), fault: (error as Error).message };
  }
};

/** Decoders of content codings in Node: those of every engine, and Brotli (RFC 7932). */
export const nodeDecoders: Decoders = { ...commonDecoders, br: decodeBrotli };
