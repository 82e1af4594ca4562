import { transportChecksum } from "../../schema/checksum.ts";
import { bits, flags, part, u16, u32 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { tcpServiceNames } from "../iana/services.ts";
import { ipProtocols } from "../network/ipv4.ts";
import { acknowledges } from "./tcp-answers.ts";
import { tcpOption } from "./tcp-options.ts";
import { tcpSplits } from "./tcp-split.ts";

/** IANA service names: TCP ports. */
export const tcpPorts = table("tcp.port", tcpServiceNames);

/** Transmission Control Protocol (RFC 9293). */
export const tcp = protocol({
  name: "tcp",
  title: "Transmission Control Protocol",
  spec: "RFC 9293",
  over: [ipProtocols.at(6)],
})
  .fields({
    srcPort: u16("Source Port", { filter: "srcport", also: ["tcp.port"], names: tcpServiceNames }),
    dstPort: u16("Destination Port", {
      filter: "dstport",
      also: ["tcp.port"],
      names: tcpServiceNames,
    }),
    seq: u32("Sequence Number", { filter: "seq_raw" }),
    ack: u32("Acknowledgment Number", { filter: "ack_raw" }),
    dataOffset: bits(4, "Data Offset", { filter: "hdr_len", scale: 4 }),
    flags: flags(
      12,
      {
        reserved: part(3, "Reserved", { filter: "res" }),
        ae: "Accurate ECN",
        cwr: "Congestion Window Reduced",
        ece: "ECN-Echo",
        urg: "Urgent pointer field is significant",
        ack: "Acknowledgment field is significant",
        psh: part(1, "Push function", { filter: "push" }),
        rst: part(1, "Reset the connection", { filter: "reset" }),
        syn: "Synchronize sequence numbers",
        fin: "No more data from sender",
      },
      "Flags",
      { base: "hex", digits: 4 },
    ),
    window: u16("Window", { filter: "window_size_value", default: 65535, valid: [0, 65535] }),
    checksum: u16("Checksum", { base: "hex", checksum: transportChecksum(6) }),
    urgentPointer: u16("Urgent Pointer"),
  })
  // The end mark ends the options, not their bytes: those go up to the data offset (RFC 9293 §3.2).
  .list("options", "Options", tcpOption, {
    size: "rest",
    until: (option) => option.is === "endOfOptionList",
  })
  .header({ field: "dataOffset", unit: 4 })
  .endpoints("srcPort", "dstPort")
  .answers(acknowledges)
  .splits(tcpSplits)
  .flow({
    connection: {
      flags: "flags",
      syn: "flags.syn",
      ack: "flags.ack",
      fin: "flags.fin",
      rst: "flags.rst",
    },
  })
  .payload({ next: { table: tcpPorts, by: ["dstPort", "srcPort"], lowest: true } });
