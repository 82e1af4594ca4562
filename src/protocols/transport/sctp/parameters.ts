import { u8, u16, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import {
  sctpAdaptationNames,
  sctpChunkNames,
  sctpHmacNames,
  sctpReconfigurationResultNames,
} from "../../iana/sctp.ts";
import { sctpCause } from "./causes.ts";
import { address, parameterBase as base, plainCases } from "./plain-parameters.ts";

const stream = record("sctp.stream", "Stream").fields({
  sid: u16("Stream Identifier", { filter: "parameter_reconfig_sid" }),
});

const chunkType = record("sctp.supportedChunk", "Chunk Type").fields({
  type: u8("Chunk Type", { filter: "supported_chunk_type", names: sctpChunkNames }),
});

const authenticatedChunk = record("sctp.authenticatedChunk", "Chunk Type").fields({
  type: u8("Chunk Type", { filter: "chunk_type_to_auth", names: sctpChunkNames }),
});

const hmac = record("sctp.hmac", "HMAC Identifier").fields({
  id: u16("HMAC Identifier", { filter: "hmac_id", names: sctpHmacNames }),
});

/** A request to change addresses, answered under its correlation identifier (RFC 5061 §4.2). */
const addressRequest = base
  .fields({ correlationId: u32("Correlation ID", { filter: "correlation_id", base: "hex" }) })
  .record("address", "Address", address, { valid: { only: ["ipv4Address", "ipv6Address"] } });

const made = variants(
  base,
  "type",
  {
    ...plainCases,
    unrecognizedParameters: at(8, base.list("parameters", "Parameters", address, { pad: 4 })),
    outgoingReset: at(
      13,
      base
        .fields({
          requestSeq: u32("Request Sequence Number", {
            filter: "parameter_reconfig_request_sequence_number",
          }),
          responseSeq: u32("Response Sequence Number", {
            filter: "parameter_reconfig_response_sequence_number",
          }),
          lastTsn: u32("Sender's Last Assigned TSN", {
            filter: "parameter_senders_last_assigned_tsn",
          }),
        })
        .list("streams", "Streams", stream),
    ),
    incomingReset: at(
      14,
      base
        .fields({
          requestSeq: u32("Request Sequence Number", {
            filter: "parameter_reconfig_request_sequence_number",
          }),
        })
        .list("streams", "Streams", stream),
    ),
    tsnReset: at(
      15,
      base.fields({
        requestSeq: u32("Request Sequence Number", {
          filter: "parameter_reconfig_request_sequence_number",
        }),
      }),
    ),
    reconfigurationResponse: at(
      16,
      base
        .fields({
          responseSeq: u32("Response Sequence Number", {
            filter: "parameter_reconfig_response_sequence_number",
          }),
          result: u32("Result", {
            filter: "parameter_reconfig_response_result",
            names: sctpReconfigurationResultNames,
          }),
        })
        // Only the answer to an SSN/TSN reset has them (RFC 6525 §4.4).
        .when((p) => p.length >= 20, {
          senderNextTsn: u32("Sender's Next TSN", { filter: "parameter_senders_next_tsn" }),
          receiverNextTsn: u32("Receiver's Next TSN", { filter: "parameter_receivers_next_tsn" }),
        }),
    ),
    addOutgoingStreams: at(
      17,
      base.fields({
        requestSeq: u32("Request Sequence Number", {
          filter: "parameter_reconfig_request_sequence_number",
        }),
        count: u16("Number of New Streams", { filter: "parameter_add_outgoing_streams_number" }),
        reserved: u16("Reserved", { filter: "parameter_add_outgoing_streams_reserved" }),
      }),
    ),
    addIncomingStreams: at(
      18,
      base.fields({
        requestSeq: u32("Request Sequence Number", {
          filter: "parameter_reconfig_request_sequence_number",
        }),
        count: u16("Number of New Streams", { filter: "parameter_add_incoming_streams_number" }),
        reserved: u16("Reserved", { filter: "parameter_add_incoming_streams_reserved" }),
      }),
    ),
    ecnCapable: at(0x8000, base),
    zeroChecksumAcceptable: at(
      0x8001,
      base.fields({
        method: u32("Error Detection Method Identifier", { filter: "parameter_value" }),
      }),
    ),
    random: at(0x8002, base.bytes("random", "Random Number", "rest", { filter: "random_number" })),
    chunkList: at(0x8003, base.list("chunks", "Chunks to Authenticate", authenticatedChunk)),
    requestedHmac: at(0x8004, base.list("hmacs", "HMAC Identifiers", hmac)),
    padding: at(0x8005, base.bytes("data", "Padding Data", "rest", { filter: "parameter_value" })),
    supportedExtensions: at(0x8008, base.list("chunks", "Supported Chunks", chunkType)),
    forwardTsnSupported: at(0xc000, base),
    addAddress: at(0xc001, addressRequest),
    deleteAddress: at(0xc002, addressRequest),
    errorCauseIndication: at(
      0xc003,
      base
        .fields({ correlationId: u32("Correlation ID", { filter: "correlation_id", base: "hex" }) })
        .list("causes", "Error Causes", sctpCause, { pad: 4 }),
    ),
    setPrimaryAddress: at(0xc004, addressRequest),
    successIndication: at(
      0xc005,
      base.fields({
        correlationId: u32("Correlation ID", { filter: "correlation_id", base: "hex" }),
      }),
    ),
    adaptationLayer: at(
      0xc006,
      base.fields({
        indication: u32("Adaptation Code Point", {
          filter: "adaptation_layer_indication",
          base: "hex",
          names: sctpAdaptationNames,
        }),
      }),
    ),
  },
  base.bytes("value", "Value", "rest", { filter: "parameter_value" }),
);

type Made = typeof made;
/** The type of {@link sctpParameter}, under a name: spelled out in every use it would fill files. */
export interface SctpParameter extends Made {}
/** Parameters of chunks: RFC 9260, 5061 (addresses), 4895 (authentication), 6525 (streams), 3758 and 9653. */
export const sctpParameter: SctpParameter = made;
