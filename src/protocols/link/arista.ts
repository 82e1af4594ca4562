import { u16, u32 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { etherTypes } from "./ethernet.ts";

/** The digit of the version that says how wide the timestamp is; the one before it chooses TAI or UTC. */
const isWide = (h: { readonly version: number }): boolean => (h.version & 0xf0) === 0x10;
const isNarrow = (h: { readonly version: number }): boolean => (h.version & 0xf0) === 0x20;

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
    subType: u16("Sub-type", { default: 1 }),
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
    type: u16("EtherType", {
      filter: "etype",
      base: "hex",
      names: etherTypeNames,
    }),
  })
  .payload({ next: { table: etherTypes, by: "type" } });
