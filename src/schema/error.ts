/** What went wrong: the capture ended, the packet contradicts itself, or it says something that is not known here. */
export type PacketErrorKind = "truncated" | "malformed" | "unsupported";

/** Why a part of a packet could not be read: a value, never thrown. */
export interface PacketError {
  readonly kind: PacketErrorKind;
  /** Name of the protocol or record that could not be read whole. */
  readonly protocol: string;
  /** The field where reading stopped; `null` for the fixed part of a header. */
  readonly field: string | null;
  /** Byte offset of that place in `Layer.bytes`. */
  readonly offset: number;
  /** Bytes that were wanted from `offset` on; -1 where only "more" is known. */
  readonly needed: number;
  /** Bytes that were there. */
  readonly available: number;
  /** Name of the protocol whose length field ended the bytes; `null` for the end of the capture. */
  readonly limitedBy: string | null;
}

/** One English sentence for a person. `base` is the offset of the packet in its array, to count from its start. */
export function formatPacketError(error: PacketError, base = 0): string {
  const where = error.field === null ? error.protocol : `${error.protocol}.${error.field}`;
  const at = `at byte ${error.offset - base}`;
  const limit = error.limitedBy === null ? "the capture" : `the length given by ${error.limitedBy}`;
  if (error.kind === "truncated") {
    const wanted = error.needed < 0 ? "more bytes are needed" : `${error.needed} bytes are needed`;
    return `${where} is cut off ${at}: ${wanted}, ${limit} leaves ${error.available}`;
  }
  return error.kind === "malformed"
    ? `${where} is malformed ${at}`
    : `${where} is not supported ${at}`;
}
