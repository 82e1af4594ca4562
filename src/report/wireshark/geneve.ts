import { formatHex } from "../../bytes/hex.ts";
import type { Extra } from "./context.ts";

/** Options as bytes, and parts of them that are reserved. */
export const geneveExtra: Extra = {
  protocol: "geneve",
  names: [
    "geneve.option",
    "geneve.option.flags.reserved",
    "geneve.option.length",
    "geneve.options",
  ],
  cells({ bytes, start, headerEnd }, emit) {
    if (headerEnd <= start + 8) return;
    emit("geneve.options", formatHex(bytes, start + 8, headerEnd));
    for (let at = start + 8; at + 4 <= headerEnd; ) {
      const length = 4 + 4 * (bytes[at + 3]! & 0x1f);
      emit("geneve.option", formatHex(bytes, at, Math.min(headerEnd, at + length)));
      emit("geneve.option.flags.reserved", bytes[at + 3]! >> 5 === 0 ? "0" : "1");
      emit("geneve.option.length", String(length));
      at += length;
    }
  },
};
