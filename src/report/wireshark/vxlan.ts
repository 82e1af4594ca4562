import { readU16 } from "../../bytes/numbers.ts";
import { hexCell } from "./cell.ts";
import type { Extra } from "./context.ts";

/** The reserved bits, that are scattered between the others, as one number. */
export const vxlanExtra: Extra = {
  protocol: "vxlan",
  names: ["vxlan.flags_reserved"],
  cells({ bytes, start }, emit) {
    emit("vxlan.flags_reserved", hexCell(readU16(bytes, start) & 0x77b7, 4));
  },
};

/** With the protocol extension they are together, and shown as one truth. */
export const vxlanGpeExtra: Extra = {
  protocol: "vxlanGpe",
  names: ["vxlan.flags_reserved"],
  cells({ bytes, start }, emit) {
    emit("vxlan.flags_reserved", (bytes[start]! & 0xc2) === 0 ? "0" : "1");
  },
};
