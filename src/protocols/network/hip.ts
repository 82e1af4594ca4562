import { transportChecksum } from "../../schema/checksum.ts";
import { bits, flags, ipv6Address, part, u8, u16 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { hipPacketNames } from "../iana/hip.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { hipParameter } from "./hip-parameters.ts";
import { ipProtocols } from "./ipv4.ts";

/** Host Identity Protocol, versions 1 and 2. */
export const hip = protocol({
  name: "hip",
  title: "Host Identity Protocol",
  spec: "RFC 7401",
  over: [ipProtocols.at(139)],
})
  .fields({
    nextHeader: u8("Next Header", { filter: "proto", names: ipProtocolNames, default: 59 }),
    len: u8("Header Length", {
      filter: "hdr_len",
      note: "In words of 8 bytes, the first not counted.",
    }),
    fixed: bits(1, "Fixed bit, zero", { filter: "shim6_fixed_p" }),
    type: bits(7, "Packet Type", { filter: "packet_type", names: hipPacketNames }),
    version: bits(4, "Version", { default: 2 }),
    reserved: bits(3, "Reserved", { filter: null }),
    fixed2: bits(1, "Fixed bit, one", { filter: "shim6_fixed_s", default: 1 }),
    checksum: u16("Checksum", { base: "hex", checksum: transportChecksum(139) }),
    controls: flags(
      16,
      { reserved: part(15, "Reserved", { filter: null }), a: "Anonymous" },
      "Controls",
      {
        base: "hex",
      },
    ),
    sender: ipv6Address("Sender's Host Identity Tag", { filter: "hit_sndr" }),
    receiver: ipv6Address("Receiver's Host Identity Tag", { filter: "hit_rcvr" }),
  })
  .list("parameters", "Parameters", hipParameter, {
    pad: 8,
    align: 8,
    // RFC 7401 §5.2: parameters come in the order of their types.
    valid: { ordered: true },
  })
  .header({ field: "len", unit: 8, plus: 8 })
  .endpoints(["sender", "receiver"])
  .payload({ next: { table: ipProtocols, by: "nextHeader" } });
