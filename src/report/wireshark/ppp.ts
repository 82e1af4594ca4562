import { readU16 } from "../../bytes/numbers.ts";
import type { Packet } from "../../packet/packet.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Extra } from "./context.ts";
import { reportedEnd } from "./reported.ts";

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
    if (readU16(bytes, start) === VENDOR_SPECIFIC) emit("pppoed.tags.vendorspecific.tags", "1");
  },
};
const VENDOR_SPECIFIC = 0x0105;

const ENCAPSULATION = 144;
const lineTagExtra: Extra = {
  protocol: "pppoeDiscovery.lineTag",
  names: ["pppoed.tags.access_loop_encap"],
  cells({ bytes, start }, emit) {
    if (bytes[start] === ENCAPSULATION) emit("pppoed.tags.access_loop_encap", "1");
  },
};

/** The heading under which Wireshark puts a protocol's data. */
const heading = (protocol: string): Extra => ({
  protocol,
  names: [`${protocol}.data`],
  cells(_layer, emit) {
    emit(`${protocol}.data`, "1");
  },
});

/** What Wireshark adds to PPP over Ethernet and to PPP's authentication. */
export const pppExtras: readonly Extra[] = [
  pppoeExtra,
  discoveryExtra,
  tagExtra,
  lineTagExtra,
  heading("pap"),
  heading("chap"),
];
