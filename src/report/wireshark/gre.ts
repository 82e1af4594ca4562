import { readU16 } from "../../bytes/numbers.ts";
import type { Extra } from "./context.ts";

const WCCP = 0x883e;

/** That a WCCP redirect header follows: the one thing in the header that no flag announces. */
export const greExtra: Extra = {
  protocol: "gre",
  names: ["gre.wccp.redirect_header"],
  cells({ bytes, start, headerEnd }, emit) {
    if (readU16(bytes, start + 2) !== WCCP) return;
    const present = bytes[start]!;
    const optional =
      ((present & 0xc0) !== 0 ? 4 : 0) + ((present & 0x20) >> 3) + ((present & 0x10) >> 2);
    if (headerEnd >= start + 8 + optional) emit("gre.wccp.redirect_header", "1");
  },
};
