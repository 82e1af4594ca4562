import { crc32c } from "../../../bytes/checksum.ts";
import { isCut } from "../../../schema/checksum.ts";
import type { Checksum } from "../../../schema/field.ts";

/** Where the field lies in the common header. */
const AT = 8;
const zeros = /* @__PURE__ */ new Uint8Array(4);

/**
 * The CRC32c of RFC 9260 §6.8 over the whole packet with the field as zero. It stands in the packet with its low byte
 * first (Appendix A), unlike every other field; the value here is that of the field read as the others are.
 */
export const sctpChecksum: Checksum = {
  compute(layer) {
    const { bytes, start, end } = layer;
    if (isCut(layer) || end - start < AT + 4) return null;
    let crc = crc32c(bytes, start, start + AT);
    crc = crc32c(zeros, 0, 4, crc);
    crc = crc32c(bytes, start + AT + 4, end, crc);
    const swapped = (crc << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24);
    return swapped >>> 0;
  },
};
