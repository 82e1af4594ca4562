import { crc32c } from "../../../bytes/checksum.ts";
import { writeUintLe } from "../../../bytes/numbers.ts";
import { type FlagGroup, flags, part, u16, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import type { RandomSource } from "../../../schema/random-source.ts";
import { at, variants } from "../../../schema/variants.ts";
import { sctpHmacNames, sctpPayloadProtocolNames } from "../../iana/sctp.ts";
import { sctpCause } from "./causes.ts";
import { chunkType } from "./chunk-type.ts";
import { sctpParameter } from "./parameters.ts";

const base = record("sctp.chunk", "Chunk", { spec: "RFC 9260 §3.2" }).fields({ type: chunkType });

/** A kind of chunk by what its flags mean; the length leaves out the padding to four bytes. */
const withFlags = <const G extends FlagGroup>(group: G) =>
  base
    .fields({
      flags: flags(8, group, "Flags", { filter: "chunk_flags", base: "hex" }),
      length: u16("Length", { filter: "chunk_length" }),
    })
    .header({ field: "length" });

const plain = withFlags({});

const dataChunk = withFlags({
  immediate: part(1, "Acknowledge at once (I)", { filter: ".sctp.data_i_bit" }),
  unordered: part(1, "Unordered (U)", { filter: ".sctp.data_u_bit" }),
  beginning: part(1, "First fragment (B)", { filter: ".sctp.data_b_bit" }),
  ending: part(1, "Last fragment (E)", { filter: ".sctp.data_e_bit" }),
});

const ppid = u32("Payload Protocol Identifier", {
  // Not said: random data are of no protocol.
  valid: [0, 0],
  filter: "data_payload_proto_id",
  names: sctpPayloadProtocolNames,
});

const gapBlock = record("sctp.gapBlock", "Gap Ack Block").fields({
  start: u16("Gap Ack Block Start", { filter: "sack_gap_block_start" }),
  end: u16("Gap Ack Block End", { filter: "sack_gap_block_end" }),
});
const duplicate = record("sctp.duplicate", "Duplicate TSN").fields({
  tsn: u32("Duplicate TSN", { filter: "sack_duplicate_tsn" }),
});
const nrSackGapBlock = record("sctp.nrSackGapBlock", "Gap Ack Block").fields({
  start: u16("Gap Ack Block Start", { filter: "nr_sack_gap_block_start" }),
  end: u16("Gap Ack Block End", { filter: "nr_sack_gap_block_end" }),
});
const nrGapBlock = record("sctp.nrGapBlock", "NR Gap Ack Block").fields({
  start: u16("NR Gap Ack Block Start", { filter: "nr_sack_nr_gap_block_start" }),
  end: u16("NR Gap Ack Block End", { filter: "nr_sack_nr_gap_block_end" }),
});
const nrDuplicate = record("sctp.nrDuplicate", "Duplicate TSN").fields({
  tsn: u32("Duplicate TSN", { filter: "nr_sack_duplicate_tsn" }),
});
const skipped = record("sctp.skipped", "Skipped Stream").fields({
  sid: u16("Stream Identifier", { filter: "forward_tsn_sid" }),
  ssn: u16("Stream Sequence Number", { filter: "forward_tsn_ssn" }),
});
const skippedMessage = record("sctp.skippedMessage", "Skipped Message").fields({
  sid: u16("Stream Identifier", { filter: "i_forward_tsn_sid" }),
  flags: flags(
    16,
    {
      reserved: part(15, "Reserved", { filter: ".sctp.i_forward_tsn_res" }),
      unordered: part(1, "Unordered (U)", { filter: ".sctp.i_forward_tsn_u_bit" }),
    },
    "Flags",
    { filter: "i_forward_tsn_flags", base: "hex" },
  ),
  mid: u32("Message Identifier", { filter: "forward_tsn_mid" }),
});

const initiation = plain;
const sackFlags = withFlags({
  nonceSum: part(1, "ECN Nonce Sum", { filter: ".sctp.sack_nounce_sum" }),
});
const nrSackFlags = withFlags({
  nonceSum: part(1, "ECN Nonce Sum", { filter: ".sctp.nr_sack_nounce_sum" }),
});
const abortFlags = withFlags({
  reflected: part(1, "Verification tag is reflected (T)", { filter: ".sctp.abort_t_bit" }),
});
const completeFlags = withFlags({
  reflected: part(1, "Verification tag is reflected (T)", {
    filter: ".sctp.shutdown_complete_t_bit",
  }),
});
const dropFlags = withFlags({
  truncated: part(1, "Truncated (T)", { filter: ".sctp.pckdrop_t_bit" }),
  badChecksum: part(1, "Bad checksum (B)", { filter: ".sctp.pckdrop_b_bit" }),
  middlebox: part(1, "From a middlebox (M)", { filter: ".sctp.pckdrop_m_bit" }),
});

/** What a side may say of itself when an association begins (RFC 9260 §3.3.2, 3758, 4895, 5061, 9653). */
const initParameters = [
  "ipv4Address",
  "ipv6Address",
  "cookiePreservative",
  "hostName",
  "supportedAddressTypes",
  "ecnCapable",
  "zeroChecksumAcceptable",
  "random",
  "chunkList",
  "requestedHmac",
  "padding",
  "supportedExtensions",
  "forwardTsnSupported",
  "setPrimaryAddress",
  "adaptationLayer",
] as const;

/** RFC 9260 §3.3.5: one parameter, which the other side sends back. */
const heartbeat = plain.list("parameters", "Parameters", sctpParameter, {
  pad: 4,
  valid: { needs: ["heartbeatInfo"], only: [] },
});

/** An SCTP packet of a header alone, from one random port to another. */
function aPacket(random: RandomSource): Uint8Array {
  const packet = new Uint8Array(12);
  packet.set(random.bytes(8));
  // The checksum counts as zero where it is summed up, and is written as SCTP writes it (RFC 9260 §6.8).
  writeUintLe(packet, 8, 4, crc32c(packet));
  return packet;
}

const made = variants(
  base,
  "type",
  {
    data: at(
      0,
      dataChunk
        .fields({
          tsn: u32("Transmission Sequence Number", { filter: "data_tsn_raw" }),
          sid: u16("Stream Identifier", { filter: "data_sid", base: "hex" }),
          ssn: u16("Stream Sequence Number", { filter: "data_ssn" }),
          ppid,
        })
        .bytes("data", "User Data", "rest", { filter: null }),
    ),
    init: at(
      1,
      initiation
        .fields({
          initiateTag: u32("Initiate Tag", {
            filter: "init_initiate_tag",
            also: ["sctp.initiate_tag"],
            base: "hex",
          }),
          receiverWindow: u32("Advertised Receiver Window Credit", { filter: "init_credit" }),
          outboundStreams: u16("Number of Outbound Streams", { filter: "init_nr_out_streams" }),
          inboundStreams: u16("Number of Inbound Streams", { filter: "init_nr_in_streams" }),
          initialTsn: u32("Initial TSN", { filter: "init_initial_tsn" }),
        })
        .list("parameters", "Parameters", sctpParameter, {
          pad: 4,
          valid: { only: initParameters },
        }),
    ),
    initAck: at(
      2,
      initiation
        .fields({
          initiateTag: u32("Initiate Tag", {
            filter: "initack_initiate_tag",
            also: ["sctp.initiate_tag"],
            base: "hex",
          }),
          receiverWindow: u32("Advertised Receiver Window Credit", { filter: "initack_credit" }),
          outboundStreams: u16("Number of Outbound Streams", { filter: "initack_nr_out_streams" }),
          inboundStreams: u16("Number of Inbound Streams", { filter: "initack_nr_in_streams" }),
          initialTsn: u32("Initial TSN", { filter: "initack_initial_tsn" }),
        })
        .list("parameters", "Parameters", sctpParameter, {
          pad: 4,
          valid: { needs: ["stateCookie"], only: ["unrecognizedParameters", ...initParameters] },
        }),
    ),
    sack: at(
      3,
      sackFlags
        .fields({
          cumulativeTsn: u32("Cumulative TSN Ack", { filter: "sack_cumulative_tsn_ack_raw" }),
          receiverWindow: u32("Advertised Receiver Window Credit", { filter: "sack_a_rwnd" }),
          gapCount: u16("Number of Gap Ack Blocks", { filter: "sack_number_of_gap_blocks" }),
          duplicateCount: u16("Number of Duplicate TSNs", {
            filter: "sack_number_of_duplicated_tsns",
          }),
        })
        .list("gaps", "Gap Ack Blocks", gapBlock, { count: { field: "gapCount" } })
        .list("duplicates", "Duplicate TSNs", duplicate, { count: { field: "duplicateCount" } }),
    ),
    heartbeat: at(4, heartbeat),
    heartbeatAck: at(5, heartbeat),
    abort: at(6, abortFlags.list("causes", "Error Causes", sctpCause, { pad: 4 })),
    shutdown: at(
      7,
      plain.fields({
        cumulativeTsn: u32("Cumulative TSN Ack", { filter: "shutdown_cumulative_tsn_ack" }),
      }),
    ),
    shutdownAck: at(8, plain),
    error: at(9, plain.list("causes", "Error Causes", sctpCause, { pad: 4 })),
    cookieEcho: at(10, plain.bytes("cookie", "Cookie", "rest", { filter: "cookie" })),
    cookieAck: at(11, plain),
    ecnEcho: at(12, plain.fields({ lowestTsn: u32("Lowest TSN", { filter: "ecne_lowest_tsn" }) })),
    congestionWindowReduced: at(
      13,
      plain.fields({ lowestTsn: u32("Lowest TSN", { filter: "cwr_lowest_tsn" }) }),
    ),
    shutdownComplete: at(14, completeFlags),
    authentication: at(
      15,
      plain
        .fields({
          sharedKeyId: u16("Shared Key Identifier", { filter: "shared_key_id" }),
          hmacId: u16("HMAC Identifier", { filter: "hmac_id", names: sctpHmacNames }),
        })
        .bytes("hmac", "HMAC", "rest", { filter: "hmac" }),
    ),
    nrSack: at(
      16,
      nrSackFlags
        .fields({
          cumulativeTsn: u32("Cumulative TSN Ack", { filter: "nr_sack_cumulative_tsn_ack" }),
          receiverWindow: u32("Advertised Receiver Window Credit", { filter: "nr_sack_a_rwnd" }),
          gapCount: u16("Number of Gap Ack Blocks", { filter: "nr_sack_number_of_gap_blocks" }),
          nrGapCount: u16("Number of NR Gap Ack Blocks", {
            filter: "nr_sack_number_of_nr_gap_blocks",
          }),
          duplicateCount: u16("Number of Duplicate TSNs", {
            filter: "nr_sack_number_of_duplicated_tsns",
          }),
          reserved: u16("Reserved", { filter: "nr_sack_reserved", base: "hex" }),
        })
        .list("gaps", "Gap Ack Blocks", nrSackGapBlock, { count: { field: "gapCount" } })
        .list("nrGaps", "NR Gap Ack Blocks", nrGapBlock, { count: { field: "nrGapCount" } })
        .list("duplicates", "Duplicate TSNs", nrDuplicate, { count: { field: "duplicateCount" } }),
    ),
    interleavedData: at(
      64,
      dataChunk
        .fields({
          tsn: u32("Transmission Sequence Number", { filter: "data_tsn_raw" }),
          sid: u16("Stream Identifier", { filter: "data_sid", base: "hex" }),
          reserved: u16("Reserved", { filter: "data_reserved" }),
          mid: u32("Message Identifier", { filter: "data_mid" }),
        })
        .when("flags.beginning", { ppid })
        .when((c) => !c.flags.beginning, {
          fsn: u32("Fragment Sequence Number", { filter: "data_fsn" }),
        })
        .bytes("data", "User Data", "rest", { filter: null }),
    ),
    addressConfigurationAck: at(
      128,
      plain
        .fields({
          seq: u32("Sequence Number", { filter: "asconf_ack_seq_nr_number", base: "hex" }),
        })
        .list("parameters", "Parameters", sctpParameter, {
          pad: 4,
          valid: { only: ["errorCauseIndication", "successIndication"] },
        }),
    ),
    packetDrop: at(
      129,
      dropFlags
        .fields({
          bandwidth: u32("Bandwidth", { filter: "pktdrop_bandwidth" }),
          queueSize: u32("Queue Size", { filter: "pktdrop_queuesize" }),
          truncatedLength: u16("Truncated Length", { filter: "pktdrop_truncated_length" }),
          reserved: u16("Reserved", { filter: "pktdrop_reserved" }),
        })
        .bytes("data", "Dropped Packet", "rest", {
          filter: "pktdrop_datafield",
          valid: aPacket,
        }),
    ),
    reconfiguration: at(
      130,
      plain.list("parameters", "Parameters", sctpParameter, {
        pad: 4,
        valid: {
          only: [
            "outgoingReset",
            "incomingReset",
            "tsnReset",
            "reconfigurationResponse",
            "addOutgoingStreams",
            "addIncomingStreams",
          ],
        },
      }),
    ),
    padding: at(132, plain.bytes("data", "Padding Data", "rest", { filter: "padding_data" })),
    forwardTsn: at(
      192,
      plain
        .fields({ cumulativeTsn: u32("New Cumulative TSN", { filter: "forward_tsn_tsn" }) })
        .list("streams", "Skipped Streams", skipped),
    ),
    addressConfiguration: at(
      193,
      plain
        .fields({ seq: u32("Sequence Number", { filter: "asconf_seq_nr_number", base: "hex" }) })
        .list("parameters", "Parameters", sctpParameter, {
          pad: 4,
          valid: {
            needs: [
              ["ipv4Address", "ipv6Address"],
              ["addAddress", "deleteAddress", "setPrimaryAddress"],
            ],
            only: ["addAddress", "deleteAddress", "setPrimaryAddress"],
          },
        }),
    ),
    interleavedForwardTsn: at(
      194,
      plain
        .fields({ cumulativeTsn: u32("New Cumulative TSN", { filter: "i_forward_tsn_tsn" }) })
        .list("streams", "Skipped Messages", skippedMessage),
    ),
  },
  plain.bytes("value", "Value", "rest", { filter: "chunk_value" }),
);

type Made = typeof made;
/** The type of {@link sctpChunk}, under a name: spelled out in every use it would fill files. */
export interface SctpChunk extends Made {}
/** Chunks: RFC 9260 §3.3, 8260 (interleaving), 4895 (AUTH), 5061 (ASCONF), 6525 (RE-CONFIG), 3758, 4820 and drafts in use. */
export const sctpChunk: SctpChunk = made;
