import { bits, coded, flags, mac, octets, part, u8, u16, u32 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { names } from "../../schema/names.ts";
import { protocol, record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { llcSaps, snapKey, snapProtocols } from "./llc.ts";
import { paddedText } from "./padded-text.ts";

const versionNames = /* @__PURE__ */ names(
  "0=Spanning Tree\n2=Rapid Spanning Tree\n3=Multiple Spanning Tree\n4=Shortest Path Tree",
);
const typeNames = /* @__PURE__ */ names(
  "0=Configuration\n2=Rapid/Multiple Spanning Tree\n128=Topology Change Notification",
);
const roleNames = /* @__PURE__ */ names("0=Master\n1=Alternate or Backup\n2=Root\n3=Designated");

/** Flags of rapid spanning tree, of the tree and of each instance (IEEE 802.1Q §14.1.2). */
const rapidFlags = (title: string, filter: string) =>
  flags(
    8,
    {
      topologyChangeAck: part(1, "Topology Change Acknowledgment", { filter: ".stp.flags.tcack" }),
      agreement: part(1, "Agreement", { filter: ".stp.flags.agreement" }),
      forwarding: part(1, "Forwarding", { filter: ".stp.flags.forwarding" }),
      learning: part(1, "Learning", { filter: ".stp.flags.learning" }),
      portRole: part(2, "Port Role", { filter: ".stp.flags.port_role", names: roleNames }),
      proposal: part(1, "Proposal", { filter: ".stp.flags.proposal" }),
      topologyChange: part(1, "Topology Change", { filter: ".stp.flags.tc" }),
    },
    title,
    { filter, base: "hex" },
  );

/** Times count in units of 1/256 second, priorities of bridges in steps of 4096. */
const TICK = 1 / 256;
const STEP = 4096;

/** The common part of configuration messages, after the flags (IEEE 802.1D-1998 §9.3.1). */
const vector = {
  rootPriority: bits(4, "Root Bridge Priority", { filter: "root.prio", scale: STEP, default: 8 }),
  rootExtension: bits(12, "Root Bridge System ID Extension", { filter: "root.ext" }),
  root: mac("Root Bridge System ID", { filter: "root.hw" }),
  rootCost: u32("Root Path Cost", { filter: "root.cost" }),
  bridgePriority: bits(4, "Bridge Priority", { filter: "bridge.prio", scale: STEP, default: 8 }),
  bridgeExtension: bits(12, "Bridge System ID Extension", { filter: "bridge.ext" }),
  bridge: mac("Bridge System ID", { filter: "bridge.hw" }),
  port: u16("Port Identifier", { base: "hex" }),
  messageAge: u16("Message Age", { filter: "msg_age", scale: TICK }),
  maxAge: u16("Max Age", { scale: TICK, default: 20 / TICK }),
  helloTime: u16("Hello Time", { filter: "hello", scale: TICK, default: 2 / TICK }),
  forwardDelay: u16("Forward Delay", { filter: "forward", scale: TICK, default: 15 / TICK }),
};

/** Octets of a name of a region. */
const NAME = 32;
/** What two bridges of one region have in common (IEEE 802.1Q §13.8). */
const configuration = {
  format: u8("Configuration Identifier Format Selector", { filter: "config_format_selector" }),
  name: coded(paddedText(NAME), "Configuration Name", { filter: "config_name" }),
  revision: u16("Revision Level", { filter: "config_revision_level" }),
  digest: octets(16, "Configuration Digest", { filter: "config_digest" }),
};

/** One spanning tree instance of a region (IEEE 802.1Q §14.4.1). */
const instance = record("stp.instance", "MSTI Configuration", { filter: "mstp" }).fields({
  flags: rapidFlags("Flags", "msti.flags"),
  priority: bits(4, "Regional Root Priority", { filter: "msti.priority", base: "hex" }),
  instance: bits(12, "Instance", { filter: "msti.msti_id" }),
  root: mac("Regional Root", { filter: "msti.root.hw" }),
  rootCost: u32("Internal Root Path Cost", { filter: "msti.root_cost" }),
  bridgePriority: bits(4, "Bridge Priority", { filter: "msti.bridge_priority" }),
  reserved1: bits(4, "Reserved", { filter: null }),
  portPriority: bits(4, "Port Priority", { filter: "msti.port_priority" }),
  reserved2: bits(4, "Reserved", { filter: null }),
  remainingHops: u8("Remaining Hops", { filter: "msti.remaining_hops" }),
});

/** What a bridge of several trees adds (IEEE 802.1Q §14.4). */
const multiple = record("stp.multiple", "MST Extension", { filter: "mstp" })
  .fields({
    ...configuration,
    rootCost: u32("CIST Internal Root Path Cost", { filter: "cist_internal_root_path_cost" }),
    bridgePriority: bits(4, "CIST Bridge Priority", {
      filter: "cist_bridge.prio",
      scale: STEP,
      default: 8,
    }),
    bridgeExtension: bits(12, "CIST Bridge System ID Extension", { filter: "cist_bridge.ext" }),
    bridge: mac("CIST Bridge System ID", { filter: "cist_bridge.hw" }),
    remainingHops: u8("CIST Remaining Hops", { filter: "cist_remaining_hops", default: 20 }),
  })
  .list("instances", "Instances", instance);

/** What shortest path bridging adds: an agreement of neighbours (IEEE 802.1Q §14.5, §28.4). */
const shortest = record("stp.shortestPath", "SPT Extension", { filter: "mstp" }).fields({
  ...configuration,
  agreement: flags(
    8,
    {
      restrictedRole: part(1, "Restricted Role", { filter: ".mstp.agree_flags.rest_role" }),
      valid: part(1, "Agreement Valid", { filter: ".mstp.agree_flags.agreement_valid" }),
      disagreementNumber: part(2, "Discarded Agreement Number", {
        filter: ".mstp.agree_flags.dagreement_num",
      }),
      number: part(2, "Agreement Number", { filter: ".mstp.agree_flags.agreement_num" }),
    },
    "Agreement Flags",
    { filter: null },
  ),
  reserved: u8("Reserved", { filter: null }),
  digestFormat: bits(4, "Agreement Digest Format", { filter: ".bpdu.agreement_digest_format_id" }),
  digestCapabilities: bits(4, "Agreement Digest Format Capabilities", {
    filter: ".bpdu.agreement_digest_format_capabilities",
  }),
  convention: bits(4, "Agreement Digest Convention", {
    filter: ".bpdu.agreement_digest_convention_id",
  }),
  conventionCapabilities: bits(4, "Agreement Digest Convention Capabilities", {
    filter: ".bpdu.agreement_digest_convention_capabilities",
  }),
  edgeCount: u16("Agreement Digest Edge Count", { filter: ".bpdu.agreement_digest_edge_count" }),
  reserved2: octets(8, "Reserved", { filter: null }),
  agreementDigest: octets(20, "Agreement Digest"),
});

const RAPID = 2;
const MULTIPLE = 3;
const SHORTEST = 4;

const head = protocol({
  name: "stp",
  title: "Spanning Tree Protocol",
  spec: "IEEE 802.1D §9, IEEE 802.1Q §14",
  // Of the protocols behind this SAP it is the one with identifier zero.
  test: (bytes, start, end) => start + 1 < end && bytes[start] === 0 && bytes[start + 1] === 0,
  over: [llcSaps.at(0x42), snapProtocols.at(snapKey(0x00000c, 0x010b))],
}).fields({
  protocol: u16("Protocol Identifier", { base: "hex", valid: [0, 0] }),
  version: u8("Protocol Version Identifier", {
    filter: "version",
    names: versionNames,
    computed: ({ schema }) => (schema.caseName === "rapid" ? RAPID : 0),
  }),
  type: u8("BPDU Type", { base: "hex", names: typeNames }),
});

/** What Cisco's bridges add that have a tree for each VLAN (PVST+). */
const tlv = record("stp.tlv", "PVST+ TLV", { filter: "stp.pvst" })
  .fields({
    type: u16("Type", { filter: "tlvtype", base: "hex" }),
    length: u16("Length", { filter: "tlvlen" }),
  })
  .header({ field: "length", plus: 4 });

/** TLVs of PVST+. */
export const stpTlv = variants(
  tlv,
  "type",
  { originatingVlan: at(0, tlv.fields({ vlan: u16("Originating VLAN", { filter: "origvlan" }) })) },
  tlv.bytes("value", "Value", "rest", { filter: "tlvval" }),
);

/** Cisco's own protocol data units come in a SNAP header. */
const isPvst = ({ layer }: { readonly layer: Layer }): boolean =>
  layer.lower?.schema.name === "snap";
const PVST_CONFIGURATION = 36;
const isPaddedPvst = (h: { readonly layer: Layer }): boolean =>
  isPvst(h) && h.layer.end - h.layer.start >= PVST_CONFIGURATION;

/** Spanning Tree Protocol in all its forms: bridge protocol data units, the cases being their types. */
export const stp = variants(
  head,
  "type",
  {
    configuration: at(
      0x00,
      head
        .fields({
          flags: flags(
            8,
            {
              topologyChangeAck: part(1, "Topology Change Acknowledgment", { filter: "tcack" }),
              unused: part(6, "Unused", { filter: null }),
              topologyChange: part(1, "Topology Change", { filter: "tc" }),
            },
            "Flags",
            { base: "hex" },
          ),
          ...vector,
        })
        .when(isPaddedPvst, { padding: u8("Padding", { filter: null }) })
        .list("tlvs", "PVST+ TLVs", stpTlv, { when: isPvst }),
    ),
    rapid: at(
      0x02,
      head
        .fields({ flags: rapidFlags("Flags", "flags"), ...vector })
        .fields({ version1Length: u8("Version 1 Length", { filter: "version_1_length" }) })
        .when(({ version }) => version >= MULTIPLE, {
          version3Length: u16("Version 3 Length", { filter: ".mstp.version_3_length" }),
        })
        .record("multiple", "MST Extension", multiple, {
          size: { field: "version3Length" },
          when: ({ version, version3Length }) => version >= MULTIPLE && version3Length !== 0,
        })
        .when(({ version }) => version >= SHORTEST, {
          version4Length: u16("Version 4 Length", { filter: ".mstp.version_4_length" }),
        })
        .record("shortestPath", "SPT Extension", shortest, {
          size: { field: "version4Length" },
          when: ({ version, version4Length }) => version >= SHORTEST && version4Length !== 0,
        })
        .list("tlvs", "PVST+ TLVs", stpTlv, { when: isPvst }),
    ),
    topologyChange: at(0x80, head),
  },
  head,
);
