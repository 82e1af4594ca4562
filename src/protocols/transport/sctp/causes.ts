import { u8, u16, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { sctpErrorCauseNames, sctpHmacNames, sctpParameterNames } from "../../iana/sctp.ts";
import { strangeChunkType } from "./chunk-type.ts";
import { address } from "./plain-parameters.ts";

/** What every error cause begins with (RFC 9260 §3.3.10); its length leaves out the padding to four bytes. */
const base = record("sctp.cause", "Error Cause", { spec: "RFC 9260 §3.3.10" })
  .fields({
    code: u16("Cause Code", { filter: "cause_code", base: "hex", names: sctpErrorCauseNames }),
    length: u16("Cause Length", { filter: "cause_length" }),
  })
  .header({ field: "length" });

const information = base.bytes("info", "Information", "rest", { filter: "cause_information" });
const withParameters = base.list("parameters", "Parameters", address, { pad: 4 });
const withAddress = base.list("parameters", "Parameters", address, {
  pad: 4,
  valid: { needs: [["ipv4Address", "ipv6Address"]], only: [] },
});

const missing = record("sctp.missing", "Missing Parameter").fields({
  type: u16("Parameter Type", {
    filter: "cause_missing_parameter_type",
    base: "hex",
    names: sctpParameterNames,
  }),
});

/** A chunk as its receiver did not know it. */
const strangeChunk = record("sctp.strangeChunk", "Chunk")
  .fields({
    type: strangeChunkType,
    flags: u8("Chunk Flags", { filter: "chunk_flags", base: "hex" }),
    length: u16("Chunk Length", { filter: "chunk_length" }),
  })
  .header({ field: "length" })
  .bytes("value", "Chunk Value", "rest", { filter: "chunk_value" });

const made = variants(
  base,
  "code",
  {
    invalidStream: at(
      1,
      base.fields({
        sid: u16("Stream Identifier", { filter: "cause_stream_identifier" }),
        reserved: u16("Reserved", { filter: "cause_reserved" }),
      }),
    ),
    missingParameter: at(
      2,
      base
        .fields({
          count: u32("Number of Missing Parameters", { filter: "cause_nr_of_missing_parameters" }),
        })
        .list("types", "Missing Parameters", missing, { count: { field: "count" } }),
    ),
    staleCookie: at(
      3,
      base.fields({
        staleness: u32("Measure of Staleness", { filter: "cause_measure_of_staleness" }),
      }),
    ),
    outOfResource: at(4, base),
    unresolvableAddress: at(5, withAddress),
    unrecognizedChunk: at(6, base.record("chunk", "Unrecognized Chunk", strangeChunk)),
    invalidMandatoryParameter: at(7, base),
    unrecognizedParameters: at(8, withParameters),
    noUserData: at(9, base.fields({ tsn: u32("TSN", { filter: "cause_tsn" }) })),
    cookieWhileShuttingDown: at(10, base),
    restartWithNewAddresses: at(11, withAddress),
    userInitiatedAbort: at(12, information),
    protocolViolation: at(13, information),
    lastAddressDeletion: at(0xa0, withAddress),
    resourceShortage: at(0xa1, withAddress),
    sourceAddressDeletion: at(0xa2, withAddress),
    illegalAsconfAck: at(0xa3, base),
    noAuthorization: at(0xa4, withAddress),
    unsupportedHmac: at(
      0x105,
      base.fields({ hmacId: u16("HMAC Identifier", { filter: "hmac_id", names: sctpHmacNames }) }),
    ),
  },
  information,
);

type Made = typeof made;
/** The type of {@link sctpCause}, under a name: spelled out in every use it would fill files. */
export interface SctpCause extends Made {}
/** Why a chunk was refused or an association ended: RFC 9260 §3.3.10, RFC 5061 §4.3, RFC 4895 §4.1. */
export const sctpCause: SctpCause = made;
