import type { ScapyRecord } from "./scapy-compare.ts";

const tag: ScapyRecord = { fields: { priority: "prio", dei: "id", id: "vlan", type: "type" } };
/** Why some parts of ours stand in no table. */
const noField = "Scapy has no field for it";

const bpdu: ScapyRecord = {
  fields: {
    "flags.value": "bpduflags",
    root: "rootmac",
    rootCost: "pathcost",
    bridge: "bridgemac",
    port: "portid",
  },
  made: {
    rootid: { from: ["rootPriority", "rootExtension"], make: bridgeId },
    bridgeid: { from: ["bridgePriority", "bridgeExtension"], make: bridgeId },
  },
  left: {
    messageAge: "Scapy makes a decimal fraction of it, which JSON cannot tell",
    maxAge: "as the age of the message",
    helloTime: "as the age of the message",
    forwardDelay: "as the age of the message",
    padding: noField,
    tlvs: noField,
    version1Length: noField,
    version3Length: noField,
    multiple: noField,
    version4Length: noField,
    shortestPath: noField,
  },
};
function bridgeId(priority: number, extension: number): number {
  return priority * 0x1000 + extension;
}

const cooked = {
  packetType: "pkttype",
  hwType: "lladdrtype",
  addressLength: "lladdrlen",
  protocol: "proto",
};
/** Scapy takes all eight octets for the address. */
const cookedCases: ScapyRecord["cases"] = {
  mac: { made: { src: { from: ["src", "unused"], make: eightOctets } } },
  ipv4: { left: { src: "Scapy has it as bytes", unused: noField } },
  none: { left: { unused: noField } },
};

function eightOctets(address: string, unused: Uint8Array): Uint8Array {
  return Uint8Array.of(...address.split(":").map((one) => Number.parseInt(one, 16)), ...unused);
}

const lacpEnd = (name: string): ScapyRecord => ({
  fields: {
    type: `${name}_type`,
    length: `${name}_length`,
    systemPriority: `${name}_system_priority`,
    system: `${name}_system`,
    key: `${name}_key`,
    portPriority: `${name}_port_priority`,
    port: `${name}_port_number`,
    "state.value": `${name}_state`,
    reserved: `${name}_reserved`,
  },
});

const markerFields = {
  type: "marker_type",
  length: "marker_length",
  port: "requester_port",
  system: "requester_system",
  transaction: "requester_transaction_id",
  padding: "marker_reserved",
};

/** The headers of the link layer that Scapy 2.5 knows too, by our names. */
export const scapyLink: Readonly<Record<string, ScapyRecord>> = {
  ethernet: {
    layer: "Ether",
    fields: { dst: "dst", src: "src", type: "type" },
    or: { layer: "Dot3", fields: { dst: "dst", src: "src", type: "len" } },
  },
  vlan: { ...tag, layer: "Dot1Q" },
  serviceVlan: { ...tag, layer: "Dot1AD" },
  llc: {
    layer: "LLC",
    fields: { "dsap.value": "dsap", "ssap.value": "ssap" },
    left: {
      information: "Scapy's control field has one octet, ours two for this format",
      supervisory: "as information",
      control: "a name of its own for each of the formats",
    },
  },
  snap: {
    layer: "SNAP",
    fields: { oui: "OUI", pid: "code", type: "code" },
    left: { padding: noField },
  },
  arp: {
    layer: "ARP",
    fields: {
      hwType: "hwtype",
      protoType: "ptype",
      hwSize: "hwlen",
      protoSize: "plen",
      opcode: "op",
      sha: "hwsrc",
      spa: "psrc",
      tha: "hwdst",
      tpa: "pdst",
      senderHardware: "hwsrc",
      senderProtocol: "psrc",
      targetHardware: "hwdst",
      targetProtocol: "pdst",
    },
  },
  sll: { layer: "CookedLinux", fields: cooked, cases: cookedCases },
  sll2: {
    layer: "CookedLinuxV2",
    fields: { ...cooked, reserved: "reserved", interfaceIndex: "ifindex" },
    cases: cookedCases,
  },
  chdlc: {
    layer: "CHDLC",
    fields: { address: "address", control: "control", protocol: "proto" },
    left: { padding: noField },
  },
  slarp: {
    layer: "SLARP",
    fields: { type: "type" },
    cases: {
      request: { fields: { address: "address", netmask: "mask" }, left: { unused: noField } },
      reply: { fields: { address: "address", netmask: "mask" }, left: { unused: noField } },
      keepalive: {
        fields: { mySeq: "mysequence", yourSeq: "yoursequence", reliability: "reliability" },
        left: { unused: noField },
      },
    },
  },
  stp: {
    layer: "STP",
    fields: { protocol: "proto", version: "version", type: "bpdutype" },
    cases: { configuration: bpdu, rapid: bpdu, topologyChange: {} },
  },
  slow: { layer: "SlowProtocol", fields: { subtype: "subtype" } },
  lacp: {
    layer: "LACP",
    fields: { version: "version", padding: "reserved" },
    lists: [
      {
        ours: "tlvs",
        theirs: "",
        item: {
          cases: {
            actor: lacpEnd("actor"),
            partner: lacpEnd("partner"),
            collector: {
              fields: {
                type: "collector_type",
                length: "collector_length",
                maxDelay: "collector_max_delay",
                reserved: "collector_reserved",
              },
            },
            terminator: { fields: { type: "terminator_type", length: "terminator_length" } },
          },
        },
      },
    ],
  },
  marker: {
    layer: "MarkerProtocol",
    fields: { version: "version", reserved: "reserved" },
    lists: [
      {
        ours: "tlvs",
        theirs: "",
        item: {
          cases: {
            information: { fields: markerFields },
            response: { fields: markerFields },
            terminator: { fields: { type: "terminator_type", length: "terminator_length" } },
          },
        },
      },
    ],
  },
  macsec: {
    layer: "MACsec",
    fields: {
      "tci.version": "Ver",
      "tci.endStation": "ES",
      "tci.sci": "SC",
      "tci.singleCopy": "SCB",
      "tci.encrypted": "E",
      "tci.changed": "C",
      an: "AN",
      reserved: "reserved",
      shortLength: "SL",
      pn: "PN",
      system: "SCI.0.1.system_identifier",
      port: "SCI.0.1.port_identifier",
    },
    left: { type: "Scapy has it in the payload" },
  },
};
