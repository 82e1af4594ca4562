import { bits, flag, u16 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { afterLength, etherTypes, LENGTH_LIMIT } from "./ethernet.ts";
import { innerTail } from "./tail.ts";

/** VN-Tag: which virtual interface of a network interface a frame comes from or goes to. */
export const vntag = protocol({
  name: "vntag",
  label: "VN-Tag",
  title: "Virtual Network Interface Tag",
  spec: "Cisco VN-Tag (IEEE 802.1Qbh proposal)",
  over: [etherTypes.at(0x8926)],
})
  .fields({
    direction: flag("Direction: from the bridge", { filter: "dir" }),
    pointer: flag("Destination is a list", { filter: "ptr" }),
    dst: bits(14, "Destination Virtual Interface"),
    looped: flag("Looped back to its bridge"),
    reserved: bits(1, "Reserved", { filter: "r" }),
    version: bits(2, "Version"),
    src: bits(12, "Source Virtual Interface"),
    type: u16("EtherType", { filter: "etype", base: "hex", names: etherTypeNames }),
  })
  .payload({
    length: { field: "type", below: LENGTH_LIMIT },
    next: { table: etherTypes, by: "type", otherwise: afterLength },
  })
  .trailer(innerTail("vntag.trailer", "vntag"));
