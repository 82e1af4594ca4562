import { arp } from "../../protocols/link/arp.ts";
import { ethernet } from "../../protocols/link/ethernet.ts";
import { llc, snap } from "../../protocols/link/llc.ts";
import { bsdNull } from "../../protocols/link/loopback.ts";
import { ppp } from "../../protocols/link/ppp/ppp.ts";
import { pppoe } from "../../protocols/link/pppoe.ts";
import { pppoeDiscovery } from "../../protocols/link/pppoe-discovery.ts";
import { sll, sll2 } from "../../protocols/link/sll.ts";
import { serviceVlan, vlan } from "../../protocols/link/vlan.ts";
import { ah, esp } from "../../protocols/network/ipsec.ts";
import { ipv4 } from "../../protocols/network/ipv4.ts";
import { ipv6 } from "../../protocols/network/ipv6.ts";
import { gre, pptpGre } from "../../protocols/tunnel/gre.ts";
import { mpls } from "../../protocols/tunnel/mpls.ts";
import { vxlan, vxlanGpe } from "../../protocols/tunnel/vxlan.ts";
import type { Values } from "./python-content.ts";
import {
  each,
  type Fields,
  halves,
  items,
  lengthCells,
  llcControl,
  numberOf,
  packed,
  snapCells,
  snapType,
  stackedLayers,
} from "./python-maps.ts";
import { type ItemMap, type LayerMap, recordOf, type To } from "./python-shape.ts";

const ethernetFields: Fields = { dst: "dst", src: "src", type: "type", len: "type" };
const tag: Fields = { prio: "priority", id: "dei", dei: "dei", vlan: "id", type: "type" };

/** Addresses of ARP: Scapy gives text of those it knows, bytes of others. */
const either =
  (known: string, other: string): To =>
  (value) => ({ [value instanceof Uint8Array ? other : known]: value });

const optionType = packed("type", { copy_flag: 7, optclass: 5, option: 0 });
const route: Fields = {
  ...optionType,
  length: "length",
  pointer: "pointer",
  routers: each("route", "address"),
};

/** IPv4's options by Scapy's names for them (RFC 791 §3.1 and those registered since). */
const ipv4Options: Readonly<Record<string, Fields>> = {
  IPOption_EOL: optionType,
  IPOption_NOP: optionType,
  IPOption_RR: route,
  IPOption_LSRR: route,
  IPOption_SSRR: route,
  IPOption_MTU_Probe: { ...optionType, length: "length", mtu: "mtu" },
  IPOption_MTU_Reply: { ...optionType, length: "length", mtu: "mtu" },
  IPOption_Router_Alert: { ...optionType, length: "length", alert: "value" },
  IPOption_Stream_Id: { ...optionType, length: "length", security: "id" },
  IPOption_SDBM: { ...optionType, length: "length", addresses: each("addresses", "address") },
  IPOption_Traceroute: {
    ...optionType,
    length: "length",
    id: "id",
    outbound_hops: "outboundHops",
    return_hops: "returnHops",
    originator_ip: "originator",
  },
  IPOption_Security: {
    ...optionType,
    length: "length",
    security: "security",
    compartment: "compartments",
    handling_restrictions: "restrictions",
    transmission_control_code: (value) => ({
      controlCode: value instanceof Uint8Array ? value.reduce((n, b) => n * 256 + b, 0) : value,
    }),
  },
  IPOption_Timestamp: {
    ...optionType,
    length: "length",
    pointer: "pointer",
    oflw: "overflow",
    flg: "flag",
    internet_address: null,
    timestamp: (time, { fields }) => {
      const address = fields.get("internet_address") ?? null;
      return address === null ? { timestamps: [{ time }] } : { entries: [{ address, time }] };
    },
  },
};

/** Of an option without a class of its own Scapy gives the bytes. */
const otherOption: Fields = {
  ...optionType,
  length: "length",
  value: (data) => ({ data, is: "unknown" }),
};

/** Scapy shows each zero behind the end of the options as an end of its own. */
const optionsOfIpv4: To = (value) => {
  const made: Values[] = [];
  for (const one of stackedLayers(value)) {
    made.push(recordOf(one, ipv4Options[one.name] ?? otherOption));
    if (one.name === "IPOption_EOL") break;
  }
  return { options: made };
};

const ipv4Fields: Fields = {
  version: "version",
  ihl: "ihl",
  tos: halves("dscp", "ecn", 2),
  len: "len",
  id: "id",
  flags: "flags",
  frag: "fragmentOffset",
  ttl: "ttl",
  proto: "protocol",
  chksum: "checksum",
  src: "src",
  dst: "dst",
  options: optionsOfIpv4,
};

const ipv6Fields: Fields = {
  version: "version",
  tc: halves("dscp", "ecn", 2),
  fl: "flowLabel",
  plen: "len",
  nh: "nextHeader",
  hlim: "hopLimit",
  src: "src",
  dst: "dst",
};

const greFlags = {
  chksum_present: 15,
  routing_present: 14,
  key_present: 13,
  seqnum_present: 12,
  strict_route_source: 11,
  recursion_control: 8,
  version: 0,
} as const;

const greFields: Fields = {
  ...packed("flags", { ...greFlags, flags: 3 }),
  proto: "protocol",
  chksum: "checksum",
  offset: "offset",
  key: "key",
  sequence_number: "seq",
};

/** The flags of VXLAN are the first of two bytes of ours, whose second ones are those of group policies. */
const vxlanFields: Fields = {
  flags: (value, { fields }) => {
    const flags = numberOf(value);
    if (fields.has("NextProtocol")) return { flags };
    return { flags: flags * 256 + numberOf(fields.get("gpflags")) };
  },
  reserved0: "reserved",
  reserved1: null,
  gpflags: null,
  gpid: "groupPolicyId",
  NextProtocol: "nextProtocol",
  vni: "vni",
  reserved2: (value, { fields }) =>
    fields.has("NextProtocol") ? { reserved2: value } : { reserved: value },
};

const pppoeFields: Fields = {
  version: "version",
  type: "type",
  code: "code",
  sessionid: "sessionId",
  len: "length",
};

const sllFields: Fields = {
  pkttype: "packetType",
  lladdrtype: "hwType",
  lladdrlen: "addressLength",
  proto: "protocol",
  reserved: "reserved",
  ifindex: "interfaceIndex",
  src: (value, { fields }) => {
    if (!(value instanceof Uint8Array)) return {};
    const length = numberOf(fields.get("lladdrlen"));
    if (length !== 6 && length !== 4) return length === 0 ? { unused: value } : { address: value };
    return { src: value.subarray(0, length), unused: value.subarray(length) };
  },
};

/** Link and network layers by Scapy's names. */
export const networkLayers: Readonly<Record<string, LayerMap | ItemMap>> = {
  Ether: { protocol: ethernet, fields: ethernetFields },
  // Wireshark has a field of its own for a length in the place of a type.
  Dot3: { protocol: ethernet, fields: ethernetFields, cells: { type: ["eth.len"] } },
  Dot1Q: { protocol: vlan, fields: tag, cells: lengthCells("vlan") },
  Dot1AD: { protocol: serviceVlan, fields: tag },
  Loopback: { protocol: bsdNull, fields: { type: "family" } },
  CookedLinux: { protocol: sll, fields: sllFields },
  CookedLinuxV2: { protocol: sll2, fields: sllFields },
  LLC: {
    protocol: llc,
    fields: { dsap: "dsap", ssap: "ssap", ctrl: llcControl },
  },
  SNAP: { protocol: snap, fields: { OUI: "oui", code: snapType("OUI") }, cells: snapCells },
  ARP: {
    protocol: arp,
    fields: {
      hwtype: "hwType",
      ptype: "protoType",
      hwlen: "hwSize",
      plen: "protoSize",
      op: "opcode",
      hwsrc: either("sha", "senderHardware"),
      psrc: either("spa", "senderProtocol"),
      hwdst: either("tha", "targetHardware"),
      pdst: either("tpa", "targetProtocol"),
    },
  },
  MPLS: {
    protocol: mpls,
    fields: { label: "label", cos: "trafficClass", s: "bottom", ttl: "ttl" },
  },
  PPPoE: { protocol: pppoe, fields: pppoeFields },
  PPPoED: { protocol: pppoeDiscovery, fields: pppoeFields },
  PPPoED_Tags: {
    protocol: pppoeDiscovery,
    continues: true,
    fields: {
      tag_list: items(
        "tags",
        {},
        { tag_type: "type", tag_len: "length", tag_value: (data) => ({ data, is: "unknown" }) },
      ),
    },
  },
  HDLC: { protocol: ppp, fields: { address: "address", control: "control" } },
  PPP: { protocol: ppp, fields: { proto: "protocol" }, continues: true },
  IP: { protocol: ipv4, fields: ipv4Fields },
  IPerror: { protocol: ipv4, fields: ipv4Fields },
  IPv6: { protocol: ipv6, fields: ipv6Fields },
  IPerror6: { protocol: ipv6, fields: ipv6Fields },
  AH: {
    protocol: ah,
    fields: {
      nh: "nextHeader",
      payloadlen: "len",
      reserved: "reserved",
      spi: "spi",
      seq: "seq",
      icv: "icv",
      padding: null,
    },
  },
  ESP: { protocol: esp, fields: { spi: "spi", seq: "seq", data: "raw" } },
  GRE: { protocol: gre, fields: greFields },
  GRErouting: {
    list: "routing",
    fields: {
      address_family: "addressFamily",
      SRE_offset: "offset",
      SRE_len: "length",
      routing_info: "routing",
    },
  },
  GRE_PPTP: {
    protocol: pptpGre,
    fields: {
      ...packed("flags", { ...greFlags, flags: 3, acknum_present: 7 }),
      proto: "protocol",
      payload_len: "payloadLength",
      call_id: "callId",
      sequence_number: "seq",
      ack_number: "ack",
    },
  },
  VXLAN: {
    protocol: ({ fields }) => (fields.has("NextProtocol") ? vxlanGpe : vxlan),
    fields: vxlanFields,
  },
};
