import { bits, flags, mac, octets, part, u16, u32 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { etherTypes } from "./ethernet.ts";

/** Bytes of the integrity check value of the cipher suites of IEEE 802.1AE. */
const ICV = 16;
/** Secure data of this length or more have no short length. */
const SHORT = 48;
/** The E and C bits: encrypted, or changed. */
const isPlain = (layer: Layer): boolean => (layer.bytes[layer.start]! & 0x0c) === 0;
/** The EtherType is the first of the secure data; in plain ones it is read as part of the header. */
const typeSize = (layer: Layer): number => (isPlain(layer) ? 2 : 0);

function computedLength(layer: Layer): number {
  const secure = layer.end - layer.headerEnd - ICV + typeSize(layer);
  return secure < SHORT && secure > 0 ? secure : 0;
}

const trailer = record("macsec.trailer", "Trailer", { spec: "IEEE 802.1AE §9.11" }).fields({
  icv: octets(ICV, "Integrity Check Value", { filter: "ICV" }),
});

/** Media Access Control Security: the tag of frames that are authenticated, and encrypted where `tci.e` is set. */
export const macsec = protocol({
  name: "macsec",
  label: "MACsec",
  title: "Media Access Control Security",
  spec: "IEEE 802.1AE §9",
  over: [etherTypes.at(0x88e5)],
})
  .fields({
    tci: flags(
      6,
      {
        version: part(1, "Version", { filter: "V", base: "hex" }),
        endStation: part(1, "End Station", { filter: "ES" }),
        sci: part(1, "Secure Channel Identifier present", { filter: "SC" }),
        singleCopy: part(1, "Single Copy Broadcast", { filter: "SCB" }),
        encrypted: part(1, "Encrypted", { filter: "E" }),
        changed: part(1, "Changed", { filter: "C" }),
      },
      "Tag Control Information",
      {
        filter: "TCI",
        base: "hex",
        digits: 2,
        // What is encrypted is changed too.
        valid: (random) => {
          const encrypted = random.chance(50);
          return { sci: random.chance(50), encrypted, changed: encrypted };
        },
      },
    ),
    an: bits(2, "Association Number", { filter: "AN", base: "hex", digits: 2 }),
    reserved: bits(2, "Reserved", { filter: null }),
    shortLength: bits(6, "Short Length", { filter: "SL", computed: computedLength }),
    pn: u32("Packet Number", { filter: "PN", default: 1 }),
  })
  .when("tci.sci", {
    system: mac("System Identifier", { filter: "SCI.system_identifier" }),
    port: u16("Port Identifier", { filter: "SCI.port_identifier" }),
  })
  .when((h) => isPlain(h.layer), {
    type: u16("EtherType", { filter: "etype", base: "hex", names: etherTypeNames }),
  })
  .payload({
    length: ({ layer, shortLength }) =>
      shortLength > 0
        ? shortLength - typeSize(layer)
        : Math.max(0, layer.end - layer.headerEnd - ICV),
    next: { table: etherTypes, by: "type" },
  })
  .trailer(trailer);
