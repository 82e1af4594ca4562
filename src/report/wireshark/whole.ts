import { formatHex } from "../../bytes/hex.ts";
import type { Extra } from "./context.ts";

/** All bytes of an option or another record, under a name of Wireshark's for its case. */
export const whole = (protocol: string, names: Readonly<Record<string, string>>): Extra => ({
  protocol,
  names: [...new Set(Object.values(names))],
  cells({ schema, bytes, start, end }, emit) {
    const name = names[schema.caseName ?? ""];
    if (name !== undefined) emit(name, formatHex(bytes.subarray(start, end)));
  },
});
