import { flags, mac, octets, u8, u16, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { at, variants } from "../../schema/variants.ts";
import { slowProtocolNames } from "../iana/link.ts";
import { etherTypes } from "./ethernet.ts";

/** Slow protocol subtypes. */
export const slowProtocols = table("slow.subtype", slowProtocolNames);

/** IEEE 802.3 slow protocols: at most ten frames a second, never forwarded by bridges. */
export const slow = protocol({
  name: "slow",
  title: "Slow Protocols",
  spec: "IEEE 802.3 annex 57A",
  over: [etherTypes.at(0x8809)],
})
  .fields({ subtype: u8("Subtype", { base: "hex", names: slowProtocolNames }) })
  .payload({ next: { table: slowProtocols, by: "subtype" } });

const tlvNames = /* @__PURE__ */ names(
  "0=Terminator\n1=Actor Information\n2=Partner Information\n3=Collector Information",
);
const tlv = record("lacp.tlv", "TLV", { filter: "lacp" }).fields({
  type: u8("TLV Type", { filter: "tlv_type", base: "hex", names: tlvNames }),
  // Building computes it, but for the terminator, which has none.
  length: u8("TLV Length", { filter: "tlv_length", base: "hex", valid: [0, 0] }),
});
const sized = tlv.header({ field: "length" });

/** What one end says of itself or believes of the other (IEEE 802.1AX §6.4.2.3). */
const end = (name: "actor" | "partner") =>
  sized.fields({
    systemPriority: u16("System Priority", { filter: `${name}.sys_priority` }),
    system: mac("System ID", { filter: `${name}.sysid` }),
    key: u16("Key", { filter: `${name}.key` }),
    portPriority: u16("Port Priority", { filter: `${name}.port_priority` }),
    port: u16("Port", { filter: `${name}.port` }),
    state: flags(
      8,
      {
        expired: "Expired",
        defaulted: "Defaulted",
        distributing: "Distributing",
        collecting: "Collecting",
        synchronization: "Synchronization",
        aggregation: "Aggregation",
        timeout: "Short Timeout",
        activity: "Activity",
      },
      "State",
      { filter: `${name}.state`, base: "hex" },
    ),
    reserved: octets(3, "Reserved", { filter: `${name}.reserved` }),
  });

/** TLVs of LACP. */
export const lacpTlv = variants(
  tlv,
  "type",
  {
    terminator: at(0, tlv),
    actor: at(1, end("actor")),
    partner: at(2, end("partner")),
    collector: at(
      3,
      sized.fields({
        maxDelay: u16("Maximum Delay", { filter: "collector.max_delay" }),
        reserved: octets(12, "Reserved", { filter: "coll_reserved" }),
      }),
    ),
  },
  sized.bytes("value", "Value", "rest", { filter: null }),
);

/** Link Aggregation Control Protocol. */
export const lacp = protocol({
  name: "lacp",
  title: "Link Aggregation Control Protocol",
  spec: "IEEE 802.1AX §6.4",
  over: [slowProtocols.at(1)],
})
  .fields({ version: u8("Version", { base: "hex", default: 1 }) })
  .list("tlvs", "TLVs", lacpTlv, {
    until: (one) => one.is === "terminator",
    valid: { needs: ["actor", "partner", "collector", "terminator"], only: [] },
  })
  .bytes("padding", "Padding", "rest", { filter: "pad", valid: () => new Uint8Array(50) });

const markerNames = /* @__PURE__ */ names(
  "0=Terminator\n1=Marker Information\n2=Marker Response Information",
);
const markerTlv = record("marker.tlv", "TLV", { filter: "marker" }).fields({
  type: u8("TLV Type", { filter: "tlvType", base: "hex", names: markerNames }),
  length: u8("TLV Length", { filter: "tlvLen", base: "hex", valid: [0, 0] }),
});
const sizedMarker = markerTlv.header({ field: "length" });
const markerInformation = sizedMarker.fields({
  port: u16("Requester Port", { filter: "requesterPort" }),
  system: mac("Requester System", { filter: "requesterSystem" }),
  transaction: u32("Requester Transaction ID", { filter: "requesterTransId" }),
  padding: u16("Padding", { filter: "requesterPad" }),
});

/** Marker Protocol: asks whether all frames of a conversation have come over a link (IEEE 802.1AX §6.5). */
export const marker = protocol({
  name: "marker",
  label: "Marker",
  title: "Marker Protocol",
  spec: "IEEE 802.1AX §6.5",
  over: [slowProtocols.at(2)],
})
  .fields({ version: u8("Version", { base: "hex", default: 1 }) })
  .list(
    "tlvs",
    "TLVs",
    variants(
      markerTlv,
      "type",
      {
        terminator: at(0, markerTlv),
        information: at(1, markerInformation),
        response: at(2, markerInformation),
      },
      sizedMarker.bytes("value", "Value", "rest", { filter: null }),
    ),
    {
      until: (one) => one.is === "terminator",
      valid: { needs: [["information", "response"], "terminator"], only: [] },
    },
  )
  .bytes("reserved", "Reserved", "rest", { valid: () => new Uint8Array(90) });
