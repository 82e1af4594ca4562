import { bits, flag, ipv6Address, octets, u8, u16, u32 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { ipProtocolNames } from "../iana/ip-protocols.ts";
import { ipv6RoutingTypeNames, segmentRoutingTlvNames } from "../iana/ipv6.ts";
import { ipProtocols } from "./ipv4.ts";

const base = protocol({
  name: "ipv6Routing",
  label: "IPv6-Route",
  title: "IPv6 Routing Header",
  spec: "RFC 8200 §4.4",
  filter: "ipv6.routing",
  over: [ipProtocols.at(43)],
})
  .fields({
    nextHeader: u8("Next Header", { filter: "nxt", names: ipProtocolNames, default: 59 }),
    len: u8("Hdr Ext Len", { note: "In words of 8 bytes, the first not counted." }),
    type: u8("Routing Type", { names: ipv6RoutingTypeNames }),
    // A random route is used up: how many addresses it has, the type says.
    segmentsLeft: u8("Segments Left", { filter: "segleft", valid: [0, 0] }),
  })
  .header({ field: "len", unit: 8, plus: 8 })
  .identity("nextHeader", "len", "type")
  .payload({ next: { table: ipProtocols, by: "nextHeader" } });

const hop = record("ipv6Routing.hop", "Address", { filter: "ipv6.routing.src" }).fields({
  address: ipv6Address("Address", { filter: "addr" }),
});

/** An address without the leading bytes that it shares with the packet's destination. */
const compressedHop = record("ipv6Routing.compressedHop", "Address", {
  filter: "ipv6.routing.rpl",
}).bytes("address", "Address", (hop) => 16 - sharedBytes(hop.layer.lower));

const sharedBytes = (routing: Layer | null): number =>
  routing === null ? 0 : routing.bytes[routing.start + 4]! >> 4;

/** Bytes of all addresses. */
const routeLength = (h: { readonly layer: Layer; readonly pad: number }): number =>
  Math.max(0, h.layer.headerEnd - h.layer.start - 8 - h.pad);

/** RFC 6554 §3. Every address but the last lacks `cmprI` bytes, the last `cmprE`. */
const sourceRouteRpl = base
  .fields({
    // Random addresses lack half, so that they fill whole words of 8 bytes.
    cmprI: bits(4, "CmprI", { filter: "rpl.cmprI", valid: [8, 8] }),
    cmprE: bits(4, "CmprE", { filter: "rpl.cmprE", valid: [8, 8] }),
    pad: bits(4, "Pad", { filter: "rpl.pad" }),
    reserved: bits(20, "Reserved", { filter: "rpl.reserved" }),
  })
  .list("addresses", "Addresses", compressedHop, {
    size: (h) => Math.max(0, routeLength(h) - (16 - h.cmprE)),
  })
  .bytes("last", "Last Address", (h) => Math.min(routeLength(h), 16 - h.cmprE), {
    filter: "rpl.address",
    valid: (random) => random.bytes(8),
  })
  .bytes(
    "padding",
    "Padding",
    { field: "pad" },
    { filter: null, valid: () => new Uint8Array(), fills: true },
  );

const tlvType = record("ipv6Routing.tlv", "TLV", { spec: "RFC 8754 §2.1" }).fields({
  type: u8("Type", { filter: null, names: segmentRoutingTlvNames }),
});
const tlv = tlvType
  .fields({ length: u8("Length", { filter: null }) })
  .header({ field: "length", plus: 2 });
const nodeTlv = tlv.fields({
  reserved: u8("Reserved", { filter: null }),
  flags: u8("Flags", { filter: null }),
  node: ipv6Address("Node", { filter: null }),
});

const segmentRoutingTlvCases = variants(
  tlvType,
  "type",
  {
    pad1: at(0, tlvType),
    ingressNode: at(1, nodeTlv),
    egressNode: at(2, nodeTlv),
    padN: at(4, tlv.bytes("padding", "Padding", "rest", { filter: null })),
    hmac: at(
      5,
      tlv
        .fields({
          d: flag("Destination Address verification disabled", { filter: null }),
          reserved: bits(15, "Reserved", { filter: null }),
          keyId: u32("HMAC Key ID", { filter: null }),
        })
        .bytes("hmac", "HMAC", "rest", { filter: null }),
    ),
  },
  tlv.bytes("data", "Data", "rest", { filter: null }),
);
type SegmentRoutingTlvCases = typeof segmentRoutingTlvCases;
/** The declaration of {@link segmentRoutingTlv}. */
export interface SegmentRoutingTlv extends SegmentRoutingTlvCases {}
/** What may follow the segment list of a Segment Routing Header. */
export const segmentRoutingTlv: SegmentRoutingTlv = segmentRoutingTlvCases;

const segment = record("ipv6Routing.segment", "Segment", { filter: "ipv6.routing.srh" }).fields({
  address: ipv6Address("Segment", { filter: "addr" }),
});

/** RFC 8754 §2. The segment list is in reverse order: its first entry is the last segment. */
const segmentRouting = base
  .fields({
    lastEntry: u8("Last Entry", { filter: "srh.last_entry" }),
    flags: u8("Flags", { filter: "srh.flags", base: "hex" }),
    tag: u16("Tag", { filter: "srh.tag", base: "hex" }),
  })
  .list("segments", "Segment List", segment, { count: { field: "lastEntry", plus: 1 } })
  .list("tlvs", "TLVs", segmentRoutingTlv);

const sid16 = record("ipv6Routing.sid16", "SID", { filter: "ipv6.routing.crh16" }).fields({
  sid: u16("SID"),
});
const sid32 = record("ipv6Routing.sid32", "SID", { filter: "ipv6.routing.crh32" }).fields({
  sid: u32("SID"),
});

const ipv6RoutingCases = variants(
  base,
  "type",
  {
    sourceRoute: at(
      0,
      base
        .fields({ reserved: octets(4, "Reserved", { filter: "src.reserved" }) })
        .list("addresses", "Addresses", hop),
    ),
    type2: at(
      2,
      base.fields({
        reserved: octets(4, "Reserved", { filter: "mipv6.reserved" }),
        home: ipv6Address("Home Address", { filter: "mipv6.home_address" }),
      }),
    ),
    rpl: at(3, sourceRouteRpl),
    segmentRouting: at(4, segmentRouting),
    crh16: at(5, base.list("sids", "SIDs", sid16)),
    crh32: at(6, base.list("sids", "SIDs", sid32)),
  },
  base.bytes("data", "Data", "rest", { filter: "unknown_data" }),
);
type Ipv6RoutingCases = typeof ipv6RoutingCases;
/** The declaration of {@link ipv6Routing}. */
export interface Ipv6Routing extends Ipv6RoutingCases {}
/** Routing header, by its type. */
export const ipv6Routing: Ipv6Routing = ipv6RoutingCases;
