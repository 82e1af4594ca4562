import { bits, flag, u24 } from "../../../schema/field.ts";
import { protocol } from "../../../schema/protocol.ts";
import { pppProtocols } from "./ppp.ts";

/** One fragment of a packet that is sent over a bundle of links, with sequence numbers of 24 bits. */
export const multilink = protocol({
  name: "multilink",
  label: "MP",
  title: "PPP Multilink Protocol",
  spec: "RFC 1990 §3, RFC 2686 §4",
  filter: "mp",
  over: [pppProtocols.at(0x003d)],
})
  .fields({
    first: flag("Beginning Fragment"),
    last: flag("Ending Fragment"),
    class: bits(4, "Class", { filter: "sequence_num_cls" }),
    reserved: bits(2, "Reserved", { filter: "sequence_num_reserved" }),
    seq: u24("Sequence Number"),
  })
  .composite("frag", "Fragment", ["first", "last", "class"], { base: "hex" });
