import { bits, flag, u16, u32 } from "../../schema/field.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { ethernet, etherTypes } from "../link/ethernet.ts";

const base = protocol({
  name: "erspan",
  title: "Encapsulated Remote Switch Packet Analysis",
  spec: "draft-foschiano-erspan-03",
  over: [etherTypes.at(0x88be, 0x22eb)],
  // The first version has no header: a mirrored frame follows GRE at once. Of the second, twelve bits are always zero.
  test: (bytes, start, end) => {
    if (end - start < 8) return false;
    const version = bytes[start]! >> 4;
    return (
      version === 2 || (version === 1 && bytes[start + 4] === 0 && bytes[start + 5]! >> 4 === 0)
    );
  },
})
  .fields({
    version: bits(4, "Version"),
    vlan: bits(12, "VLAN"),
  })
  .payload({ next: ethernet });

/** Time, sender's group and direction of a type III header, before its optional subheader (§4.3). */
const typeThreeBase = base.fields({
  cos: bits(3, "Class of Service"),
  badFrame: bits(2, "Bad, Short or Oversized", { filter: "bso" }),
  truncated: flag("Truncated"),
  sessionId: bits(10, "Session ID", { filter: "spanid" }),
  timestamp: u32("Timestamp"),
  sgt: u16("Security Group Tag"),
  p: flag("Ethernet frame (P)"),
  frameType: bits(5, "Frame Type", { filter: "ft" }),
  hardwareId: bits(6, "Hardware ID", { filter: "hw" }),
  egress: flag("Direction: egress", { filter: "direction" }),
  granularity: bits(2, "Timestamp Granularity", { filter: "gra" }),
  optional: flag("Optional subheader is present", { filter: "o" }),
});

const platformBase = record("erspan.platform", "Platform Specific Subheader", {
  spec: "draft-foschiano-erspan-03 §4.5",
}).fields({ platformId: bits(6, "Platform ID", { filter: "platid" }) });

const switchPort = platformBase.fields({
  switchId: bits(10, "Switch ID", { filter: "pid5.switchid" }),
  port: u16("Port ID or Index", { filter: "pid5.port_index" }),
  timestamp: u32("Timestamp, Upper Half", { filter: "pid5.timestamp" }),
});

/** Eight bytes whose first six bits name the platform that laid the others out. */
const platform = variants(
  platformBase,
  "platformId",
  {
    vsm: at(
      1,
      platformBase.fields({
        reserved: bits(14, "Reserved", { filter: "pid1.rsvd1" }),
        domainId: bits(12, "VSM Domain ID", { filter: "pid1.vsmid" }),
        port: u32("Port ID or Index", { filter: "pid1.port_index" }),
      }),
    ),
    port: at(
      3,
      platformBase.fields({
        reserved: bits(12, "Reserved", { filter: "pid3.rsvd1" }),
        port: bits(14, "Port ID or Index", { filter: "pid3.port_index" }),
        timestamp: u32("Timestamp, Upper Half", { filter: "pid3.timestamp" }),
      }),
    ),
    empty: at(
      4,
      platformBase.fields({
        reserved: bits(12, "Reserved", { filter: "pid4.rsvd1" }),
        reserved2: bits(14, "Reserved", { filter: "pid4.rsvd2" }),
        reserved3: u32("Reserved", { filter: "pid4.rsvd3" }),
      }),
    ),
    switchPort: at([5, 6], switchPort),
    sourceIndex: at(
      7,
      platformBase.fields({
        reserved: bits(6, "Reserved", { filter: "pid7.rsvd1" }),
        sourceIndex: bits(20, "Source Index", { filter: "pid7.source_index" }),
        timestamp: u32("Timestamp, Upper Half", { filter: "pid7.timestamp" }),
      }),
    ),
  },
  platformBase.fields({
    info: bits(26, "Platform Specific Info", { filter: null }),
    info2: u32("Platform Specific Info", { filter: null }),
  }),
);

/**
 * Mirrored frames in GRE. Version 1 is type II and version 2 is type III, whose platform specific subheader is there where
 * `optional` is set (draft-foschiano-erspan-03 §4).
 */
export const erspan = variants(
  base,
  "version",
  {
    typeTwo: at(
      1,
      base.fields({
        cos: bits(3, "Class of Service"),
        encap: bits(2, "Original VLAN encapsulation"),
        truncated: flag("Truncated"),
        sessionId: bits(10, "Session ID", { filter: "spanid" }),
        reserved: bits(12, "Reserved"),
        index: bits(20, "Index"),
      }),
    ),
    typeThree: at(
      2,
      typeThreeBase.record("subheader", "Platform Specific Subheader", platform, {
        when: "optional",
      }),
    ),
  },
  base,
);
