import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra } from "./context.ts";

const MPTCP = 30;
const CAPABLE = 0;
const JOIN = 1;
const PRIORITY = 5;
const RESET = 8;

/** Where the options of Multipath TCP lie in a segment. */
export function mptcpOptions(layer: Layer): number[] {
  const { bytes, headerEnd } = layer;
  const found: number[] = [];
  for (let at = layer.start + 20; at < headerEnd; ) {
    const kind = bytes[at]!;
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = at + 1 < headerEnd ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > headerEnd) break;
    if (kind === MPTCP && length > 2) found.push(at);
    at += length;
  }
  return found;
}

/** Parts of Multipath TCP's options that Wireshark cuts in its own way: flags with the subtype before them. */
export const mptcpExtra: Extra = {
  protocol: "tcp",
  names: [
    "tcp.options.mptcp.flags",
    "tcp.options.mptcp.reserved.flag",
    "tcp.options.mptcp.sha1.flag",
  ],
  cells(layer, emit) {
    const { bytes } = layer;
    for (const at of mptcpOptions(layer)) {
      const first = bytes[at + 2]!;
      const subtype = first >> 4;
      const length = bytes[at + 1]!;
      if (
        subtype === RESET ||
        subtype === PRIORITY ||
        (subtype === JOIN && (length === 12 || length === 16))
      )
        emit("tcp.options.mptcp.flags", hexCell(first, 2));
      if (subtype !== CAPABLE || length < 4) continue;
      const flags = bytes[at + 3]!;
      const old = (first & 0xf) === 0;
      emit("tcp.options.mptcp.reserved.flag", hexCell((flags & (old ? 0x3e : 0x1e)) >> 1, 2));
      if (old) emit("tcp.options.mptcp.sha1.flag", String(flags & 1));
    }
  },
};
