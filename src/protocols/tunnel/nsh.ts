import { bits, octets, u8, u16, u24 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { nshMetadataNames, nshNextProtocolNames } from "../iana/geneve.ts";
import { etherTypes } from "../link/ethernet.ts";
import { keyAbove } from "../link/keys.ts";
import { overlayPayload, vxlanGpeProtocols } from "./vxlan.ts";

const metadata = record("nsh.metadata", "Metadata", { spec: "RFC 8300 §2.5.1" })
  .fields({
    metadataClass: u16("Metadata Class", { filter: "metadataclass" }),
    type: u8("Type", { filter: "metadatatype" }),
    unassigned: bits(1, "Unassigned", {
      filter: "metadataunassignedbit",
      base: "hex",
      digits: 2,
    }),
    length: bits(7, "Length", { filter: "metadatalen", base: "hex", digits: 2 }),
  })
  .bytes("data", "Data", { field: "length" }, { filter: ".nsh.metadata" });

/** The next protocol numbers of those that are found by their EtherType. */
const numberOfType: ReadonlyMap<number, number> = new Map([
  [0x0800, 1],
  [0x86dd, 2],
  [0x894f, 4],
  [0x8847, 5],
]);
const ETHERNET = 3;
const computedNext = (layer: Layer): number =>
  numberOfType.get(keyAbove(layer, etherTypes) ?? -1) ?? ETHERNET;

/** Network Service Header: the path of services that a packet takes, and metadata for them. */
export const nsh = protocol({
  name: "nsh",
  title: "Network Service Header",
  spec: "RFC 8300",
  over: [etherTypes.at(0x894f), vxlanGpeProtocols.at(4)],
})
  .fields({
    version: bits(2, "Version"),
    oam: bits(1, "OAM Packet", { filter: "Obit" }),
    unassigned: bits(1, "Unassigned", { filter: "CBit" }),
    ttl: bits(6, "Time to Live", { base: "hex", digits: 4, default: 63 }),
    length: bits(6, "Length", { note: "In words of 4 bytes." }),
    unassigned2: bits(4, "Unassigned", { filter: null }),
    mdType: bits(4, "Metadata Type", { filter: "mdtype", names: nshMetadataNames, default: 2 }),
    nextProtocol: u8("Next Protocol", {
      filter: "nextproto",
      names: nshNextProtocolNames,
      computed: computedNext,
    }),
    spi: u24("Service Path Identifier"),
    si: u8("Service Index", { default: 255 }),
  })
  .when({ field: "mdType", is: 1 }, { context: octets(16, "Context", { filter: "contextheader" }) })
  .list("metadata", "Metadata", metadata, {
    when: { field: "mdType", is: 2 },
    pad: 4,
    align: 4,
    filter: null,
  })
  .header({ field: "length", unit: 4 })
  .payload({ next: (h, lookup) => overlayPayload(h.nextProtocol, lookup) });
