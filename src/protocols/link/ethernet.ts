import { mac, u16, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import type { View } from "../../schema/protocol.ts";
import { protocol, record } from "../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { linkTypeNames } from "../iana/link-types.ts";
import { endsWithFcs, frameCheckSequence, paddingSize, trailerSize } from "./tail.ts";

/** Link types of capture files, as tcpdump.org lists them. */
export const linkTypes = table("wtap_encap", linkTypeNames);

/** IEEE 802 EtherType numbers. */
export const etherTypes = table("ethertype", etherTypeNames);

/**
 * What follows a length instead of an EtherType: key 0 is IEEE 802.2 LLC, key 0xffff is Novell's IPX without LLC, which is
 * known by the checksum field that it begins with.
 */
export const lengthPayloads = table(
  "eth.len",
  /* @__PURE__ */ names("0=IEEE 802.2 LLC\n65535=IPX without LLC"),
);

/** From this on the field after the addresses is no length any more (IEEE 802.3 §3.2.6). */
export const LENGTH_LIMIT = 1501;

/** The protocol after a length field: 802.2 LLC, or IPX that begins with 0xffff. */
export const lengthPayloadKey = (bytes: Uint8Array, at: number, end: number): number =>
  at + 1 < end && bytes[at] === 0xff && bytes[at + 1] === 0xff ? 0xffff : 0;

/** What follows a field that is a length and no EtherType. */
export function afterLength(h: View<{ type: number }>, lookup: Lookup): AnySchema | undefined {
  if (h.type >= LENGTH_LIMIT) return undefined;
  const { bytes, headerEnd, end } = h.layer;
  return lookup(lengthPayloads, lengthPayloadKey(bytes, headerEnd, end));
}

/** What stands behind the payload: padding, octets of nobody's, and the frame check sequence where it was captured. */
const tail = record("ethernet.trailer", "Trailer", { filter: "eth", spec: "IEEE 802.3 §3.2.8" })
  .bytes("padding", "Padding", paddingSize)
  .bytes("trailer", "Trailer", trailerSize)
  .when(endsWithFcs, {
    fcs: u32("Frame Check Sequence", { base: "hex", checksum: frameCheckSequence }),
  });

/** Ethernet II and IEEE 802.3 frames without preamble. */
export const ethernet = protocol({
  name: "ethernet",
  label: "Ethernet",
  title: "Ethernet",
  spec: "IEEE 802.3",
  filter: "eth",
  over: [linkTypes.at(1)],
})
  .fields({
    dst: mac("Destination", { also: ["eth.addr"] }),
    src: mac("Source", { also: ["eth.addr"] }),
    type: u16("EtherType", { base: "hex", names: etherTypeNames }),
  })
  .endpoints("src", "dst")
  .payload({
    // A type of zero is none; some send it, and nobody an empty frame.
    length: { field: "type", below: LENGTH_LIMIT, zero: "rest" },
    next: {
      table: etherTypes,
      by: "type",
      otherwise: (h, lookup) => (h.type === 0 ? undefined : afterLength(h, lookup)),
    },
  })
  .trailer(tail);
