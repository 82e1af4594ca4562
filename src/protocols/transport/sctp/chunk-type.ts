import { flags, part } from "../../../schema/field.ts";
import { sctpChunkNames } from "../../iana/sctp.ts";

/** Of a chunk's type the highest two bits tell a receiver that does not know it what to do (RFC 9260 §3.2). */
export const chunkType = flags(
  8,
  {
    skip: part(1, "Skip it and go on", { filter: ".sctp.chunk_bit_1" }),
    report: part(1, "Report it", { filter: ".sctp.chunk_bit_2" }),
    number: part(6, "Number", { filter: null }),
  },
  "Type",
  { filter: "chunk_type", base: "decimal", names: sctpChunkNames },
);
