import { u16, u32 } from "../../../schema/field.ts";
import { protocol } from "../../../schema/protocol.ts";
import { table } from "../../../schema/table.ts";
import { sctpPayloadProtocolNames } from "../../iana/sctp.ts";
import { sctpServiceNames } from "../../iana/services.ts";
import { ipProtocols } from "../../network/ipv4.ts";
import { repliesTo } from "./answers.ts";
import { sctpChecksum } from "./checksum.ts";
import { sctpChunk } from "./chunks.ts";

/** IANA service names: SCTP ports. */
export const sctpPorts = table("sctp.port", sctpServiceNames);

/** IANA payload protocol identifiers: what the user data of DATA chunks is. */
export const sctpPayloads = table("sctp.ppi", sctpPayloadProtocolNames);

/** Stream Control Transmission Protocol (RFC 9260): a common header and chunks, user data among them. */
export const sctp = protocol({
  name: "sctp",
  title: "Stream Control Transmission Protocol",
  spec: "RFC 9260",
  over: [ipProtocols.at(132)],
})
  .fields({
    srcPort: u16("Source Port", {
      filter: "srcport",
      also: ["sctp.port"],
      names: sctpServiceNames,
    }),
    dstPort: u16("Destination Port", {
      filter: "dstport",
      also: ["sctp.port"],
      names: sctpServiceNames,
    }),
    verificationTag: u32("Verification Tag", { base: "hex" }),
    checksum: u32("Checksum", { base: "hex", checksum: sctpChecksum }),
  })
  .list("chunks", "Chunks", sctpChunk, {
    pad: 4,
    align: 4,
    // RFC 9260 §6.10: control chunks come before user data, and three of them are never bundled.
    valid: {
      alone: ["init", "initAck", "shutdownComplete"],
      last: ["data", "interleavedData"],
    },
  })
  .endpoints("srcPort", "dstPort")
  .answers(repliesTo);
