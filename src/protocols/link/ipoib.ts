import { bits, ipv6Address, octets, u8, u16, u24 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol } from "../../schema/protocol.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { etherTypes, linkTypes } from "./ethernet.ts";
import { byteAt } from "./keys.ts";

/** Whether the frame was captured with its global route header: without it, its place holds zeros. */
const hasRoute = ({ layer }: { readonly layer: Layer }): boolean =>
  [0, 1, 2, 3].some((n) => (byteAt(layer, n) ?? 0) !== 0);

/**
 * IP over InfiniBand as capture files hold it: the place of a global route header, where the destination's link address
 * stands in the last 20 bytes, and RFC 4391's header of four.
 */
export const ipoib = protocol({
  name: "ipoib",
  label: "IPoIB",
  title: "IP over InfiniBand",
  spec: "RFC 4391 §6, tcpdump.org LINKTYPE_IPOIB",
  over: [linkTypes.at(242)],
})
  .when(hasRoute, {
    ipVersion: bits(4, "IP Version", { filter: "grh.ipver", default: 6 }),
    trafficClass: bits(8, "Traffic Class", { filter: "grh.tclass" }),
    flowLabel: bits(20, "Flow Label", { filter: "grh.flowlabel" }),
    reservedGrh: u8("Reserved", { filter: null }),
    sourceQpn: u24("Source Queue Pair Number", { filter: "grh.sqpn", base: "hex" }),
    sgid: ipv6Address("Source Global Identifier", { filter: "grh.sgid" }),
  })
  .when((h) => !hasRoute(h), {
    unused: octets(20, "Unused", { filter: null }),
    reservedAddress: u8("Reserved", { filter: null }),
    qpn: u24("Destination Queue Pair Number", { filter: "daddr.qpn", base: "hex" }),
  })
  .fields({
    dgid: ipv6Address("Destination Global Identifier"),
    type: u16("EtherType", { base: "hex", names: etherTypeNames }),
    reserved: u16("Reserved", { base: "hex" }),
  })
  .endpoints(["sgid", "dgid"])
  .payload({ next: { table: etherTypes, by: "type" } });
