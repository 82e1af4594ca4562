import { formatHex } from "../../bytes/hex.ts";
import { readU16 } from "../../bytes/numbers.ts";
import { ConversationTable } from "../../flow/conversations.ts";
import type { Packet } from "../../packet/packet.ts";
import { reportedEnd } from "../../packet/reported.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";

const conversations = (): ConversationTable<null> => new ConversationTable(() => null);

/** Ports that traceroute counts its probes with: three for each of thirty hops. */
const FIRST_PROBE = 33434;
const PROBES = 90;

/** What is wrong with a length: RFC 768 wants all of the datagram, RFC 2675 allows zero for jumbograms only. */
function emitLength(layer: Layer, packet: Packet, emit: Emit): void {
  const { bytes, start, lower } = layer;
  const length = readU16(bytes, start + 4);
  const room = lower === null ? 0 : reportedEnd(lower, packet) - start;
  if (length === 0 && overIpv6(layer)) {
    if (room < 0x10000) emit("udp.length.bad_zero", "1");
  } else if (length > room) emit("udp.length.bad", "1");
}

function overIpv6(layer: Layer): boolean {
  for (let l = layer.lower; l !== null; l = l.lower) {
    if (l.schema.root.name === "ipv6") return true;
    if (l.schema.root.name === "ipv4") return false;
  }
  return false;
}

/** Whether a datagram says that it is shorter than its header: behind the length Wireshark then shows nothing. */
export function isShortUdp(layer: Layer): boolean {
  const length = readU16(layer.bytes, layer.start + 4);
  return length < 8 && !(length === 0 && overIpv6(layer));
}

/** The number of the UDP conversation, the payload as bytes, and remarks. */
export const udpExtra: Extra = {
  protocol: "udp",
  names: [
    "udp.stream",
    "udp.payload",
    "udp.length.bad",
    "udp.length.bad_zero",
    "udp.checksum.zero",
    "udp.possible_traceroute",
  ],
  cells(layer, emit, { packet, session }) {
    const { bytes, start } = layer;
    if (isShortUdp(layer)) {
      emit("udp.length.bad", "1");
      return;
    }
    emit("udp.stream", String(session.of(conversations).find(layer).index));
    if (layer.headerEnd < layer.end)
      emit("udp.payload", formatHex(bytes, layer.headerEnd, layer.end));
    emitLength(layer, packet, emit);
    if (readU16(bytes, start + 6) === 0 && overIpv6(layer)) emit("udp.checksum.zero", "1");
    const probe = readU16(bytes, start + 2) - FIRST_PROBE;
    if (readU16(bytes, start) > 0x8000 && probe >= 0 && probe < PROBES)
      emit("udp.possible_traceroute", "1");
  },
};

/** UDP-Lite shows the same names; its length is that of the layer. */
export const udpLiteExtra: Extra = {
  protocol: "udpLite",
  names: ["udp.length", "udp.payload", "udp.stream"],
  cells(layer, emit, { packet, session }) {
    emit("udp.length", String(reportedEnd(layer, packet) - layer.start));
    emit("udp.stream", String(session.of(conversations).find(layer).index));
    if (layer.headerEnd < layer.end)
      emit("udp.payload", formatHex(layer.bytes, layer.headerEnd, layer.end));
  },
};

export const udpOverrides: readonly Override[] = [
  {
    name: "udp.checksum",
    cell: (value, layer) =>
      layer.schema.name === "udp" && isShortUdp(layer) ? null : hexCell(value as number, 4),
  },
];
