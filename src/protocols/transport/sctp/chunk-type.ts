import { flags, part } from "../../../schema/field.ts";
import { sctpChunkNames } from "../../iana/sctp.ts";

// Of a chunk's type the highest two bits tell a receiver that does not know it what to do (RFC 9260 §3.2).
const parts = {
  skip: part(1, "Skip it and go on", { filter: ".sctp.chunk_bit_1" }),
  report: part(1, "Report it", { filter: ".sctp.chunk_bit_2" }),
  number: part(6, "Number", { filter: null }),
};
const shown = { filter: "chunk_type", base: "decimal", names: sctpChunkNames } as const;

/** The type of a chunk. */
export const chunkType = flags(8, parts, "Type", shown);

/** The type of a chunk that its receiver did not know: valid are those that nobody does. */
export const strangeChunkType = flags(8, parts, "Type", { ...shown, valid: [0x20, 0x3e] });
