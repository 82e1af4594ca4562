import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import type { Packet } from "../../packet/packet.ts";
import { reportedEnd } from "../../packet/reported.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra } from "./context.ts";

/** Octets of a PPPoE header. */
const HEADER = 6;
/** Octets in a frame of the least length: with so many the rest may be padding. */
const LEAST = 46;

/** Whether the length of PPPoE is not that of what its frame has for it. */
function isBadLength(layer: Layer, packet: Packet): boolean {
  const { lower, start, bytes } = layer;
  const end = lower === null ? packet.start + packet.originalLength : reportedEnd(lower, packet);
  const available = end - start;
  return available > LEAST && readU16(bytes, start + 4) !== available - HEADER;
}

const pppoeExtra: Extra = {
  protocol: "pppoe",
  names: ["pppoe.payload_length.bad"],
  cells(layer, emit, { packet }) {
    if (isBadLength(layer, packet)) emit("pppoe.payload_length.bad", "1");
  },
};

const discoveryExtra: Extra = {
  protocol: "pppoeDiscovery",
  names: ["pppoe.payload_length.bad", "pppoed.tags"],
  cells(layer, emit, { packet }) {
    if (isBadLength(layer, packet)) emit("pppoe.payload_length.bad", "1");
    if (readU16(layer.bytes, layer.start + 4) > 0) emit("pppoed.tags", "1");
  },
};

/** A tag's type and length, which Wireshark shows only of tags that it does not know. */
const tagExtra: Extra = {
  protocol: "pppoeDiscovery.tag",
  names: ["pppoed.tag", "pppoed.tag_length", "pppoed.tags.vendorspecific.tags"],
  cells({ schema, bytes, start }, emit) {
    if (schema === schema.root.cases?.unknown) {
      emit("pppoed.tag", hexCell(readU16(bytes, start), 4));
      emit("pppoed.tag_length", String(readU16(bytes, start + 2)));
    }
    if (isBroadbandForum(bytes, start)) emit("pppoed.tags.vendorspecific.tags", "1");
  },
};
const VENDOR_SPECIFIC = 0x0105;
const BROADBAND_FORUM = 3561;
const isBroadbandForum = (bytes: Uint8Array, at: number): boolean =>
  readU16(bytes, at) === VENDOR_SPECIFIC && readU32(bytes, at + 4) === BROADBAND_FORUM;

const ENCAPSULATION = 144;
const lineTagExtra: Extra = {
  protocol: "pppoeDiscovery.lineTag",
  names: [
    "pppoed.tags.access_loop_encap",
    "pppoed.tag",
    "pppoed.tag_length_8",
    "pppoed.tag.unknown_data",
  ],
  cells({ schema, bytes, start, end }, emit) {
    if (schema.caseName === "unknown") {
      emit("pppoed.tag", hexCell(bytes[start]!, 4));
      emit("pppoed.tag_length_8", String(bytes[start + 1]));
      if (end > start + 2)
        emit("pppoed.tag.unknown_data", formatHex(bytes.subarray(start + 2, end)));
    }
    if (bytes[start] === ENCAPSULATION) emit("pppoed.tags.access_loop_encap", "1");
  },
};

/** The heading under which Wireshark puts a protocol's data: of PAP always, of CHAP where there is a value. */
const heading = (protocol: string, shown: (layer: Layer) => boolean): Extra => ({
  protocol,
  names: [`${protocol}.data`],
  cells(layer, emit) {
    if (shown(layer)) emit(`${protocol}.data`, "1");
  },
});

/** What Wireshark adds to PPP over Ethernet and to PPP's authentication. */
export const pppExtras: readonly Extra[] = [
  pppoeExtra,
  discoveryExtra,
  tagExtra,
  lineTagExtra,
  heading("pap", () => true),
  heading("chap", ({ schema }) => schema.find("value") !== undefined),
];
