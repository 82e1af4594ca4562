import { formatMac } from "../../bytes/address.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import type { Layer } from "../../schema/layer.ts";
import { trailerOf } from "../../schema/layout.ts";
import { hexCell } from "./cell.ts";
import type { Emit, Extra } from "./context.ts";

/** Octets of an address, and of a frame check sequence. */
const MAC = 6;
const FCS = 4;
/** Where the type of the outer header lies. */
const TYPE = 12;

/** The parts of an address that is one of a switch and its ports. */
function emitAddress(b: Uint8Array, at: number, emit: Emit): void {
  const high = (b[at]! << 16) | readU16(b, at + 1);
  emit("cfp.ul", String((high >> 17) & 1));
  emit("cfp.ig", String((high >> 16) & 1));
  emit("cfp.ooodl", String((high >> 12) & 1));
  emit("cfp.swid", String(high & 0xfff));
  emit("cfp.sswid", String(b[at + 3]));
  emit("cfp.lid", String(readU16(b, at + 4)));
}

/** The outer Ethernet header, which Wireshark takes for a part of FabricPath, and always a frame check sequence. */
export const fabricPathExtra: Extra = {
  protocol: "fabricPath",
  names: [
    "cfp.d_hmac",
    "cfp.d_hmac_mc",
    "cfp.s_hmac",
    "cfp.ul",
    "cfp.ig",
    "cfp.ooodl",
    "cfp.swid",
    "cfp.sswid",
    "cfp.lid",
    "cfp.etype",
    "cfp.fcs",
  ],
  cells(layer: Layer, emit) {
    const { lower, bytes, end } = layer;
    if (lower === null) return;
    const at = lower.start;
    if ((bytes[at]! & 1) === 0) {
      emit("cfp.d_hmac", "1");
      emitAddress(bytes, at, emit);
    } else emit("cfp.d_hmac_mc", formatMac(bytes, at));
    emit("cfp.s_hmac", "1");
    emitAddress(bytes, at + MAC, emit);
    emit("cfp.etype", hexCell(readU16(bytes, at + TYPE), 4));
    if (trailerOf(layer) === null && end - layer.headerEnd >= FCS)
      emit("cfp.fcs", hexCell(readU32(bytes, end - FCS), 8));
  },
};
