import { transportChecksum } from "../../schema/checksum.ts";
import { bits, flag, u8, u16, u24, u32, u48 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { at, variants } from "../../schema/variants.ts";
import { dccpPacketNames, dccpResetNames } from "../iana/dccp.ts";
import { dccpServiceNames } from "../iana/services.ts";
import { ipProtocols } from "../network/ipv4.ts";
import { dccpOption } from "./dccp-options.ts";

/** IANA service names: DCCP ports. */
export const dccpPorts = table("dccp.port", dccpServiceNames);

/** Bytes that the checksum covers: header and options always, of the data what CsCov says, in words (RFC 4340 §9.2). */
function coverage(layer: Layer): number {
  const whole = layer.end - layer.start;
  const words = layer.bytes[layer.start + 5]! & 0xf;
  if (words === 0) return whole;
  return Math.min(whole, layer.headerEnd - layer.start + (words - 1) * 4);
}

/** The generic header (RFC 4340 §5.1): with X the long form, of a sequence number of 48 bits; without it 24 bits. */
const base = protocol({
  name: "dccp",
  title: "Datagram Congestion Control Protocol",
  spec: "RFC 4340",
  over: [ipProtocols.at(33)],
})
  .fields({
    srcPort: u16("Source Port", {
      filter: "srcport",
      also: ["dccp.port"],
      names: dccpServiceNames,
    }),
    dstPort: u16("Destination Port", {
      filter: "dstport",
      also: ["dccp.port"],
      names: dccpServiceNames,
    }),
    dataOffset: u8("Data Offset"),
    ccval: bits(4, "CCVal"),
    checksumCoverage: bits(4, "Checksum Coverage", { filter: "cscov" }),
    checksum: u16("Checksum", { base: "hex", checksum: transportChecksum(33, { coverage }) }),
    reserved: bits(3, "Reserved", { filter: "res1", base: "hex", digits: 2 }),
    type: bits(4, "Type", { names: dccpPacketNames }),
    extended: flag("Extended Sequence Numbers (X)", { filter: "x", default: true }),
  })
  .when((h) => !h.extended, { shortSeq: u24("Sequence Number, Low Bits", { filter: "seq" }) })
  .when("extended", {
    reserved2: u8("Reserved", { filter: "res2", base: "hex" }),
    seq: u48("Sequence Number", { filter: "seq_raw" }),
  })
  .header({ field: "dataOffset", unit: 4 })
  .endpoints("srcPort", "dstPort");

/** The acknowledgment subheader, short or long as the sequence number (RFC 4340 §5.3). */
const acknowledging = base
  .when((h) => !h.extended, {
    shortAckReserved: u8("Reserved", { filter: "ack_res", base: "hex", digits: 4 }),
    shortAck: u24("Acknowledgment Number, Low Bits", { filter: "ack_raw" }),
  })
  .when("extended", {
    ackReserved: u16("Reserved", { filter: "ack_res", base: "hex" }),
    ack: u48("Acknowledgment Number", { filter: "ack_raw" }),
  });

const serviceCode = u32("Service Code");
const payload = { next: { table: dccpPorts, by: ["dstPort", "srcPort"], lowest: true } } as const;
const plain = base.list("options", "Options", dccpOption, { filter: null }).payload(payload);
const withAck = acknowledging
  .list("options", "Options", dccpOption, { filter: null })
  .payload(payload);

/** Datagram Congestion Control Protocol: ten kinds of packets over one generic header (RFC 4340 §5). */
export const dccp = variants(
  base,
  "type",
  {
    request: at(
      0,
      base
        .fields({ serviceCode })
        .list("options", "Options", dccpOption, { filter: null })
        .payload(payload),
    ),
    response: at(
      1,
      acknowledging
        .fields({ serviceCode })
        .list("options", "Options", dccpOption, { filter: null })
        .payload(payload),
    ),
    data: at(2, plain),
    ack: at(3, withAck),
    dataAck: at(4, withAck),
    closeRequest: at(5, withAck),
    close: at(6, withAck),
    reset: at(
      7,
      acknowledging
        .fields({
          resetCode: u8("Reset Code", { names: dccpResetNames }),
          data1: u8("Data 1"),
          data2: u8("Data 2"),
          data3: u8("Data 3"),
        })
        .list("options", "Options", dccpOption, { filter: null })
        .payload(payload),
    ),
    sync: at(8, withAck),
    syncAck: at(9, withAck),
  },
  plain,
);
