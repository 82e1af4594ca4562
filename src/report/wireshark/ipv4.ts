import { formatIpv4 } from "../../bytes/address.ts";
import { readU16 } from "../../bytes/numbers.ts";
import type { Packet } from "../../packet/packet.ts";
import { reportedEnd } from "../../packet/reported.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Emit, Extra, Override } from "./context.ts";

const RECORD_ROUTE = 7;
const QUICK_START = 25;
const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;
const OSPF = 89;
const PIM = 103;

const isSourceRoute = (type: number): boolean =>
  type === LOOSE_SOURCE_ROUTE || type === STRICT_SOURCE_ROUTE;

/** Of a header of another version Wireshark shows the version only. */
const isVersion4 = ({ bytes, start }: Layer): boolean => bytes[start]! >> 4 === 4;

/** Whether it is part of a packet that an error message quotes. */
const isQuoted = (layer: Layer): boolean =>
  (layer.lower?.schema.root.name ?? "").startsWith("icmp");

/** Bytes on the wire from the header's first one on. */
const wireLength = (layer: Layer, packet: Packet): number =>
  (layer.lower === null ? packet.start + packet.originalLength : reportedEnd(layer.lower, packet)) -
  layer.start;

/** The TTL that a group of 224.0.0.0/24 is sent with; 0 where any will do. */
function groupTtl(group: number): number {
  switch (group) {
    case 18: // VRRP
    case 102: // GLBP
    case 251: // mDNS
      return 255;
    case 252: // LLMNR
      return 0;
    default:
      return 1;
  }
}

function emitTtl({ bytes, start }: Layer, emit: Emit): void {
  const ttl = bytes[start + 8]!;
  const dst = start + 16;
  if (readU16(bytes, dst) === 0xe000 && bytes[dst + 2] === 0) {
    const usual = groupTtl(bytes[dst + 3]!);
    if (usual !== 0 && ttl !== usual) emit("ip.ttl.lncb", "1");
    return;
  }
  const protocol = bytes[start + 9]!;
  const isMulticast = bytes[dst]! >> 4 === 0xe;
  if (ttl < 5 && !isMulticast && protocol !== PIM && protocol !== OSPF)
    emit("ip.ttl.too_small", "1");
}

/** What Wireshark finds wrong with a header. */
export const ipv4Extra: Extra = {
  protocol: "ipv4",
  names: ["ip.bogus_ip_version", "ip.bogus_ip_length", "ip.ttl.too_small", "ip.ttl.lncb"],
  cells(layer, emit, { packet }) {
    if (!isVersion4(layer)) {
      emit("ip.bogus_ip_version", "1");
      return;
    }
    const { bytes, start } = layer;
    const header = (bytes[start]! & 15) * 4;
    const length = readU16(bytes, start + 2);
    if (
      length !== 0 &&
      (length < header || (length > wireLength(layer, packet) && !isQuoted(layer)))
    )
      emit("ip.bogus_ip_length", "1");
    if (length === 0 || length >= header) emitTtl(layer, emit);
  },
};

/** The addresses of route options, by the side of the pointer that they are on (RFC 791 §3.1). */
export const ipv4OptionExtra: Extra = {
  protocol: "ipv4.option",
  names: ["ip.rec_rt", "ip.empty_rt", "ip.cur_rt", "ip.src_rt", "ip.opt.qs_ttl_diff"],
  cells(layer, emit) {
    const { bytes, start, headerEnd, lower } = layer;
    const type = bytes[start]!;
    if (lower === null) return;
    if (type === QUICK_START && headerEnd - start >= 4 && bytes[start + 2]! >> 4 === 0) {
      emit("ip.opt.qs_ttl_diff", String((bytes[lower.start + 8]! - bytes[start + 3]!) & 0xff));
      return;
    }
    if (type !== RECORD_ROUTE && !isSourceRoute(type)) return;
    const pointer = start + bytes[start + 2]! - 1;
    const isOpen = isSourceRoute(type) && pointer < headerEnd;
    if (isOpen) emit("ip.cur_rt", formatIpv4(bytes, lower.start + 16));
    // The last address of an open source route is the destination.
    const end = isOpen ? headerEnd - 4 : headerEnd;
    for (let at = start + 3; at + 4 <= end; at += 4) {
      const name = at < pointer ? "rec_rt" : type === RECORD_ROUTE ? "empty_rt" : "src_rt";
      emit(`ip.${name}`, formatIpv4(bytes, at));
    }
  },
};

/** Where the last address of an open source route is; -1 without one. */
function lastOfRoute({ bytes, start, headerEnd }: Layer): number {
  for (let o = start + 20; o + 3 < headerEnd; ) {
    const type = bytes[o]!;
    const length = type === 1 ? 1 : bytes[o + 1]!;
    if (type === 0 || length === 0 || o + length > headerEnd) break;
    if (isSourceRoute(type) && length >= 7 && bytes[o + 2]! <= length) return o + length - 4;
    o += length;
  }
  return -1;
}

/** Behind a length that is less than the header's Wireshark shows nothing. */
export function isWhole4(layer: Layer): boolean {
  const { bytes, start } = layer;
  const length = readU16(bytes, start + 2);
  return isVersion4(layer) && (length === 0 || length >= (bytes[start]! & 15) * 4);
}

const shown = (
  name: string,
  print: (value: unknown) => string = String,
  isShown = isWhole4,
): Override => ({
  name: `ip.${name}`,
  cell: (value, layer) => (isShown(layer) ? print(value) : null),
});
const hex = (digits: number) => (value: unknown) =>
  `0x${(value as number).toString(16).padStart(digits, "0")}`;

export const ipv4Overrides: readonly Override[] = [
  shown("hdr_len", (value) => String((value as number) * 4), isVersion4),
  shown("dsfield", String, isVersion4),
  shown("dsfield.dscp", String, isVersion4),
  shown("dsfield.ecn", String, isVersion4),
  {
    // Zero where the network card was to cut the segment: Wireshark takes all there is.
    name: "ip.len",
    cell: (value, layer, { packet }) =>
      isVersion4(layer) ? String(value === 0 ? wireLength(layer, packet) : value) : null,
  },
  shown("id", hex(4)),
  shown("flags", hex(2)),
  shown("flags.rb"),
  shown("flags.df"),
  shown("flags.mf"),
  shown("frag_offset"),
  shown("ttl"),
  shown("proto"),
  shown("checksum", hex(4)),
  shown("src"),
  {
    name: "ip.dst",
    cell(value, layer) {
      if (!isWhole4(layer)) return null;
      const last = lastOfRoute(layer);
      return last < 0 ? String(value) : formatIpv4(layer.bytes, last);
    },
  },
];
