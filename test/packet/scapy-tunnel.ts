import type { ScapyMade, ScapyRecord } from "./scapy-compare.ts";

const noField = "Scapy has no field for it";

/** What the two protocols that begin as GRE does have in common. */
const greFlags = {
  "flags.checksum": "chksum_present",
  "flags.routing": "routing_present",
  "flags.key": "key_present",
  "flags.sequence": "seqnum_present",
  "flags.strictSourceRoute": "strict_route_source",
  "flags.recursion": "recursion_control",
  "flags.reserved": "flags",
  "flags.version": "version",
  protocol: "proto",
};

const geneveOption: ScapyRecord = {
  layer: "GeneveOptions",
  fields: { optionClass: "classid", reserved: "reserved", length: "length" },
  made: {
    type: {
      from: ["critical", "type"],
      make: (critical: boolean, type: number) => (critical ? 0x80 : 0) + type,
    },
  },
  cases: { google: { left: { "*": "Scapy has the bytes of all options alone" } } },
};

const sessionBase = {
  version: "ver",
  vlan: "vlan",
  cos: "cos",
  truncated: "t",
  sessionId: "session_id",
};

const vni: ScapyMade = { from: ["flags.value"], make: (value: number) => value >> 8 };

/** The tunnels and labels that Scapy 2.5 knows too. */
export const scapyTunnel: Readonly<Record<string, ScapyRecord>> = {
  gre: {
    layer: "GRE",
    fields: {
      ...greFlags,
      checksum: "chksum",
      offset: "offset",
      key: "key",
      seq: "sequence_number",
    },
    left: { routing: "Scapy takes the source routes for payload", redirect: noField },
  },
  pptpGre: {
    layer: "GRE_PPTP",
    fields: {
      ...greFlags,
      "flags.ack": "acknum_present",
      payloadLength: "payload_len",
      callId: "call_id",
      seq: "sequence_number",
      ack: "ack_number",
    },
  },
  erspan: {
    layer: "ERSPAN",
    cases: {
      typeTwo: {
        fields: { ...sessionBase, encap: "en", reserved: "reserved", index: "index" },
      },
      typeThree: {
        fields: {
          ...sessionBase,
          badFrame: "bso",
          timestamp: "timestamp",
          sgt: "sgt_other",
          p: "p",
          frameType: "ft",
          hardwareId: "hw",
          egress: "d",
          granularity: "gra",
          optional: "o",
        },
        left: { subheader: "Scapy has it as a layer of its own" },
      },
    },
  },
  vxlan: {
    layer: "VXLAN",
    fields: { vni: "vni", reserved: "reserved2" },
    // The other octet of the flags has a name of its own.
    made: { flags: vni },
    left: { groupPolicyId: "Scapy has it only where the flags are those of the group policy" },
  },
  geneve: {
    layer: "GENEVE",
    fields: {
      version: "version",
      optionsLength: "optionlen",
      "flags.oam": "oam",
      "flags.critical": "critical",
      "flags.reserved": "reserved",
      protocol: "proto",
      vni: "vni",
      reserved: "reserved2",
    },
    lists: [{ ours: "options", theirs: "options", item: geneveOption }],
  },
  mpls: { layer: "MPLS", fields: { label: "label", trafficClass: "cos", bottom: "s", ttl: "ttl" } },
  pwEthernet: { layer: "EoMCW", fields: { zero: "zero", reserved: "reserved", seq: "seq" } },
  gtp: {
    layer: "GTP_U_Header",
    fields: {
      "flags.version": "version",
      "flags.protocolType": "PT",
      "flags.reserved": "reserved",
      "flags.extension": "E",
      "flags.sequence": "S",
      "flags.npdu": "PN",
      message: "gtp_type",
      length: "length",
      teid: "teid",
      seq: "seq",
      npdu: "npdu",
      nextExtension: "next_ex",
    },
    left: {
      extensions: "Scapy has each as a layer; random packets have none",
      elements: "Scapy reads elements of the control plane, which has another port",
    },
  },
  l2tp: {
    layer: "L2TP",
    fields: {
      "flags.version": "version",
      length: "len",
      tunnel: "tunnel_id",
      session: "session_id",
      ns: "ns",
      nr: "nr",
      offset: "offset",
    },
    made: { hdr: { from: ["flags.value"], make: (value: number) => value >> 4 } },
    left: { offsetPadding: noField, avps: noField },
  },
  nsh: {
    layer: "NSH",
    fields: {
      version: "ver",
      oam: "oam",
      unassigned: "unused1",
      ttl: "ttl",
      length: "length",
      unassigned2: "unused2",
      mdType: "mdtype",
      nextProtocol: "nextproto",
      spi: "spi",
      si: "si",
      context: "context_header",
    },
    left: { metadata: "Scapy does not take apart metadata of variable length" },
  },
};
