import { ipv4Address, mac, octets, u8, u16, u32 } from "../../schema/field.ts";
import { protocol, type View } from "../../schema/protocol.ts";
import type { AnySchema, Lookup } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { at, variants } from "../../schema/variants.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { linuxHardwareNames, sllPacketTypeNames, sllProtocolNames } from "../iana/link.ts";
import { etherTypes, lengthPayloadKey, lengthPayloads, linkTypes } from "./ethernet.ts";
import { innerTail } from "./tail.ts";

/** Linux's own protocol numbers below 0x0600, of links that have no EtherType: CAN and others. */
export const sllProtocols = table("sll.ltype", sllProtocolNames);

/** From this on the protocol is an EtherType. */
const FIRST_ETHERTYPE = 0x0600;
/** Linux's numbers for IPX without LLC, a whole Ethernet frame, and IEEE 802.2. */
const NOVELL = 1;
const ETHERNET = 3;
const IEEE_802_2 = 4;

function otherwise(
  { protocol: number, layer }: View<{ readonly protocol: number }>,
  lookup: Lookup,
): AnySchema | undefined {
  if (number >= FIRST_ETHERTYPE) return undefined;
  if (number === ETHERNET) return lookup(linkTypes, 1);
  if (number !== NOVELL && number !== IEEE_802_2) return lookup(sllProtocols, number);
  return lookup(lengthPayloads, lengthPayloadKey(layer.bytes, layer.headerEnd, layer.end));
}

const after = { next: { table: etherTypes, by: "protocol", otherwise } } as const;

/** Padding that the link had is captured too. */
const tail = innerTail("sll.trailer", "sll");

const protocolNumber = { filter: "etype", base: "hex", names: etherTypeNames } as const;

const head = protocol({
  name: "sll",
  title: "Linux Cooked Capture",
  spec: "tcpdump.org LINKTYPE_LINUX_SLL",
  over: [linkTypes.at(113)],
}).fields({
  packetType: u16("Packet Type", { filter: "pkttype", names: sllPacketTypeNames }),
  hwType: u16("Link Layer Hardware Type", {
    filter: "hatype",
    names: linuxHardwareNames,
    default: 1,
    // Ethernet, IEEE 802, PPP, loopback: others have protocol numbers of their own.
    valid: (random) => random.pick([1, 6, 512, 772]),
  }),
  addressLength: u16("Link Layer Address Length", { filter: "halen" }),
});
const last = { protocol: u16("Protocol", protocolNumber) };

/** Linux cooked capture, version 1; the cases are kinds of sender's addresses, in a field of eight bytes. */
export const sll = variants(
  head,
  "addressLength",
  {
    mac: at(
      6,
      head
        .fields({
          src: mac("Source Address", { filter: "src.eth" }),
          unused: octets(2, "Unused"),
          ...last,
        })
        .payload(after)
        .trailer(tail),
    ),
    ipv4: at(
      4,
      head
        .fields({
          src: ipv4Address("Source Address", { filter: "src.ipv4" }),
          unused: octets(4, "Unused"),
          ...last,
        })
        .payload(after)
        .trailer(tail),
    ),
    none: at(
      0,
      head
        .fields({ unused: octets(8, "Unused"), ...last })
        .payload(after)
        .trailer(tail),
    ),
  },
  head
    .fields({ address: octets(8, "Source Address", { filter: "src.other" }), ...last })
    .payload(after)
    .trailer(tail),
);

const head2 = protocol({
  name: "sll2",
  title: "Linux Cooked Capture v2",
  spec: "tcpdump.org LINKTYPE_LINUX_SLL2",
  filter: "sll",
  over: [linkTypes.at(276)],
}).fields({
  protocol: u16("Protocol", protocolNumber),
  reserved: u16("Reserved", { filter: null }),
  interfaceIndex: u32("Interface Index", { filter: "ifindex" }),
  hwType: u16("Link Layer Hardware Type", {
    filter: "hatype",
    names: linuxHardwareNames,
    default: 1,
    valid: (random) => random.pick([1, 6, 512, 772]),
  }),
  packetType: u8("Packet Type", { filter: "pkttype", names: sllPacketTypeNames }),
  addressLength: u8("Link Layer Address Length", { filter: "halen" }),
});

/** Linux cooked capture, version 2; the cases are kinds of sender's addresses, in a field of eight bytes. */
export const sll2 = variants(
  head2,
  "addressLength",
  {
    mac: at(
      6,
      head2
        .fields({ src: mac("Source Address", { filter: "src.eth" }), unused: octets(2, "Unused") })
        .payload(after)
        .trailer(tail),
    ),
    ipv4: at(
      4,
      head2
        .fields({
          src: ipv4Address("Source Address", { filter: "src.ipv4" }),
          unused: octets(4, "Unused"),
        })
        .payload(after)
        .trailer(tail),
    ),
    none: at(
      0,
      head2
        .fields({ unused: octets(8, "Unused") })
        .payload(after)
        .trailer(tail),
    ),
  },
  head2
    .fields({ address: octets(8, "Source Address", { filter: "src.other" }) })
    .payload(after)
    .trailer(tail),
);
