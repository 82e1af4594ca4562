import type { Layer } from "../../schema/layer.ts";
import type { Extra, Override } from "./context.ts";

const QUERY = 0x11;

/** The version that a message is of, as its type and length say (RFC 3376 §7.1); 0 where it has none. */
function versionOf({ bytes, start, end }: Layer): number {
  switch (bytes[start]) {
    case QUERY:
      if (end - start >= 12) return 3;
      return bytes[start + 1] === 0 ? 1 : 2;
    case 0x12:
      return 1;
    case 0x16:
    case 0x17:
      return 2;
    case 0x22:
      return 3;
    default:
      return 0;
  }
}

const isQuery1 = (layer: Layer): boolean =>
  layer.bytes[layer.start] === QUERY && versionOf(layer) === 1;

/** Messages of RFC 988: eight of them, every second of which is a reply. */
const isVersion0 = ({ bytes, start }: Layer): boolean => bytes[start]! >= 1 && bytes[start]! <= 8;
const isReply0 = (layer: Layer): boolean =>
  isVersion0(layer) && (layer.bytes[layer.start]! & 1) === 0;
/** Greater codes of a reply are seconds after which to ask again (RFC 988, appendix I). */
const isPending = (code: number): boolean => code > LAST_REPLY;
const LAST_REPLY = 4;

/** The version, and what a query of version 1 has in place of a time. */
export const igmpExtra: Extra = {
  protocol: "igmp",
  names: ["igmp.version", "igmp.reserved", "igmp.reply.pending"],
  cells(layer, emit) {
    const version = versionOf(layer);
    if (version > 0 || isVersion0(layer)) emit("igmp.version", String(version));
    if (isQuery1(layer)) emit("igmp.reserved", "00");
    const { bytes, start } = layer;
    if (isReply0(layer) && isPending(bytes[start + 1]!))
      emit("igmp.reply.pending", String(bytes[start + 1]));
  },
};

export const igmpOverrides: readonly Override[] = [
  {
    name: "igmp.reply",
    cell: (value) => (isPending(value as number) ? null : String(value)),
  },
  {
    name: "igmp.max_resp",
    cell(value, layer) {
      const code = value as number;
      if (isQuery1(layer)) return null;
      // Three bits of exponent and four of mantissa (RFC 3376 §4.1.1).
      if (versionOf(layer) === 3 && code >= 128)
        return String(((code & 15) | 16) << (((code >> 4) & 7) + 3));
      return String(code);
    },
  },
];
