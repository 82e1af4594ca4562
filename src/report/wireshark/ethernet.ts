import { formatHex } from "../../bytes/hex.ts";
import { readU16 } from "../../bytes/numbers.ts";
import type { Packet } from "../../packet/packet.ts";
import { reportedEnd } from "../../packet/reported.ts";
import { LENGTH_LIMIT } from "../../protocols/link/ethernet.ts";
import type { Layer } from "../../schema/layer.ts";
import { trailerOf } from "../../schema/layout.ts";
import { isUnknownAristaTime } from "./arista.ts";
import { hexCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";

/** Octets of an Ethernet header. */
const HEADER = 14;
/** Where its EtherType or length is. */
const TYPE = 12;
/** Octets of the shortest frame, without its frame check sequence. */
const SHORTEST_FRAME = 60;
/** From this on the number is an EtherType (IEEE 802.3 §3.2.6). */
const FIRST_ETHERTYPE = 0x600;

/** Where the type of a frame has its place: a length, neither, or an EtherType; zero counts as one of those. */
export function typeKind(type: number): "length" | "invalid" | "type" {
  if (type === 0 || type >= FIRST_ETHERTYPE) return "type";
  return type < LENGTH_LIMIT ? "length" : "invalid";
}

/** Whether a length says more than there was on the wire. */
export const isPastEnd = (length: number, layer: Layer, packet: Packet): boolean =>
  length > reportedEnd(layer, packet) - layer.headerEnd;

/** Whether a frame carries, tags aside, PPPoE or a time that Wireshark does not know: it leaves them all octets then. */
function leavesAll(frame: Layer): boolean {
  for (let l: Layer | null = frame; l !== null; l = l.upper) {
    if (l !== frame && l.schema.root.name === "ethernet") return false;
    if (l.schema.about.prefix === "pppoe" || isUnknownAristaTime(l)) return true;
  }
  return false;
}

/** Whether Cisco's FabricPath is what a frame carries: Wireshark then takes the outer header for a part of it. */
export const carriesFabricPath = (frame: Layer): boolean =>
  frame.upper?.schema.name === "fabricPath";

/** `eth.padding_bad` where a short frame was filled with something else than zeros. */
export function emitBadPadding(layer: Layer, emit: Emit): void {
  const tail = trailerOf(layer);
  if (tail === null || leavesAll(layer) || carriesFabricPath(layer)) return;
  let bottom = layer;
  while (bottom.lower !== null) bottom = bottom.lower;
  const filled = bottom.start + SHORTEST_FRAME;
  if (tail.start >= filled || filled > tail.end) return;
  for (let i = tail.start; i < filled; i++)
    if (tail.bytes[i] !== 0) {
      emit("eth.padding_bad", "1");
      return;
    }
}

/** Lengths in the place of types, and what is wrong with a frame. */
export const ethernetExtra: Extra = {
  protocol: "ethernet",
  names: [
    "eth.len",
    "eth.len.past_end",
    "eth.invalid_lentype",
    "eth.src_not_group",
    "eth.padding_bad",
  ],
  cells(layer, emit, { packet }) {
    if (carriesFabricPath(layer)) return;
    const { bytes, start } = layer;
    const type = readU16(bytes, start + TYPE);
    const kind = typeKind(type);
    if (kind === "length") {
      emit("eth.len", String(type));
      if (isPastEnd(type, layer, packet)) emit("eth.len.past_end", "1");
    } else if (kind === "invalid") emit("eth.invalid_lentype", hexCell(type, 4));
    if ((bytes[start + 6]! & 1) !== 0) emit("eth.src_not_group", "1");
    emitBadPadding(layer, emit);
  },
};

/** Of a header that is cut short Wireshark shows nothing. */
const address = (name: string): Override => ({
  name,
  cell: (value, layer) =>
    layer.end - layer.start < HEADER || carriesFabricPath(layer) ? null : String(value),
});

/** A part behind the payload, where Wireshark has not left that to what the frame carries. */
const tailPart = (name: string, print: (value: unknown) => string): Override => ({
  name,
  cell: (value, { lower }) =>
    lower !== null && (leavesAll(lower) || carriesFabricPath(lower)) ? null : print(value),
});

const bytesCell = (value: unknown): string => formatHex(value as Uint8Array);

export const ethernetOverrides: readonly Override[] = [
  address("eth.dst"),
  address("eth.src"),
  {
    name: "eth.type",
    cell: (value, layer) =>
      typeKind(value as number) === "type" && !carriesFabricPath(layer)
        ? hexCell(value as number, 4)
        : null,
  },
  tailPart("eth.padding", bytesCell),
  tailPart("eth.trailer", bytesCell),
  tailPart("eth.fcs", (value) => hexCell(value as number, 8)),
  tailPart("vlan.trailer", bytesCell),
  tailPart("avsp.trailer", bytesCell),
];
