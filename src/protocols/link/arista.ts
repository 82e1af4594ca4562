import { u16, u32 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { etherTypes } from "./ethernet.ts";
import { innerTail } from "./tail.ts";

/** A header of another sub-type is not of a timestamp. */
const TIMESTAMP = 1;

/** What a header says of itself before its time. */
interface Kind {
  readonly subType: number;
  readonly version: number;
}

/**
 * The version's third hexadecimal digit says how wide the timestamp is. The second chooses TAI or UTC, and the last the
 * generation of the hardware, which changes nothing in the header.
 */
const width = ({ subType, version }: Kind): number =>
  subType === TIMESTAMP ? (version & 0xf0) >> 4 : 0;
const isWide = (h: Kind): boolean => width(h) === 1;
const isNarrow = (h: Kind): boolean => width(h) === 2;

/** Arista's header of mirrored frames: the time at which a switch saw them. */
export const arista = protocol({
  name: "arista",
  label: "Arista",
  title: "Arista Vendor Specific Header",
  spec: "Arista EOS, Timestamping",
  filter: "avsp",
  over: [etherTypes.at(0xd28b)],
})
  .fields({
    subType: u16("Sub-type", { default: TIMESTAMP }),
    version: u16("Version", { filter: "ver", base: "hex", default: 0x0010 }),
  })
  .when(isWide, {
    seconds: u32("Seconds", { filter: "64sec" }),
    nanoseconds: u32("Nanoseconds", { filter: "64ns" }),
  })
  .when(isNarrow, {
    lowSeconds: u16("Seconds, Low 16 Bits", { filter: "48sec" }),
    lowNanoseconds: u32("Nanoseconds", { filter: "48ns" }),
  })
  .when((h) => isWide(h) || isNarrow(h), {
    type: u16("EtherType", { filter: "etype", base: "hex", names: etherTypeNames }),
  })
  .payload({ next: { table: etherTypes, by: "type" } })
  .trailer(innerTail("arista.trailer", "avsp"));
