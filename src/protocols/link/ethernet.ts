import { mac, u16 } from "../../schema/field.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { linkTypeNames } from "../iana/link-types.ts";

/** Link types of capture files, as tcpdump.org lists them. */
export const linkTypes = table("wtap_encap", linkTypeNames);

/** IEEE 802 EtherType numbers. */
export const etherTypes = table("ethertype", etherTypeNames);

/** What follows a length instead of an EtherType: key 0 is IEEE 802.2 LLC. */
export const lengthPayloads = table("eth.len");

/** Below this the field after the addresses is a length (IEEE 802.3 §3.2.6). */
const FIRST_ETHERTYPE = 0x0600;

/** Ethernet II and IEEE 802.3 frames without preamble; the frame check sequence, where captured, is in the trailer. */
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
  .payload({
    length: { field: "type", below: FIRST_ETHERTYPE },
    next: {
      table: etherTypes,
      by: "type",
      otherwise: (h, lookup) => (h.type < FIRST_ETHERTYPE ? lookup(lengthPayloads, 0) : undefined),
    },
  })
  .trailer(record("ethernet.trailer", "Trailer", { filter: "eth" }).bytes("trailer", "Trailer"));
