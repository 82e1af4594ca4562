import { arp } from "../../protocols/link/arp.ts";
import { ethernet } from "../../protocols/link/ethernet.ts";
import { llc } from "../../protocols/link/llc.ts";
import { bsdNull } from "../../protocols/link/loopback.ts";
import { ppp } from "../../protocols/link/ppp/ppp.ts";
import { pppoe } from "../../protocols/link/pppoe.ts";
import { sll, sll2 } from "../../protocols/link/sll.ts";
import { stp } from "../../protocols/link/stp.ts";
import { serviceVlan, vlan } from "../../protocols/link/vlan.ts";
import { ah, esp } from "../../protocols/network/ipsec.ts";
import { ipv4 } from "../../protocols/network/ipv4.ts";
import { ipv6 } from "../../protocols/network/ipv6.ts";
import {
  destinationOptions,
  hopByHop,
  ipv6Fragment,
} from "../../protocols/network/ipv6-extensions.ts";
import { ipv6Routing } from "../../protocols/network/ipv6-routing.ts";
import { gre, pptpGre } from "../../protocols/tunnel/gre.ts";
import { mpls } from "../../protocols/tunnel/mpls.ts";
import {
  type Fields,
  halves,
  items,
  lengthCells,
  llcControl,
  numberOf,
  packed,
} from "./python-maps.ts";
import type { LayerMap, To } from "./python-shape.ts";
import { ForeignTable } from "./python-values.ts";

const SERVICE_TAG = 0x88a8;

/** Of a bridge's identifier the first two bytes are its priority, the others its address (IEEE 802.1D §9.2.5). */
const bridgeId =
  (priority: string, extension: string, address: string): To =>
  (value) => {
    if (!(value instanceof Uint8Array) || value.length !== 8) return {};
    const first = value[0]! * 256 + value[1]!;
    return {
      [priority]: first >> 12,
      [extension]: first & 0xfff,
      [address]: value.subarray(2),
    };
  };

const cooked: Fields = {
  type: "packetType",
  hrd: "hwType",
  hlen: "addressLength",
  ethtype: "protocol",
  mbz: "reserved",
  intindex: "interfaceIndex",
  hdr: (value, { fields }) => {
    const length = numberOf(fields.get("hlen"));
    if (!(value instanceof Uint8Array)) return {};
    if (length !== 6 && length !== 4) return length === 0 ? { unused: value } : { address: value };
    return { src: value.subarray(0, length), unused: value.subarray(length) };
  },
};

/** dpkt passes over padding, and gives the other options as tables. */
const options: To = (value) => ({
  options: (Array.isArray(value) ? value : []).flatMap((one) => {
    if (!(one instanceof ForeignTable)) return [];
    const { type, opt_length: length, data } = Object.fromEntries(one.entries);
    return [{ type, length, data, is: "unknown" }];
  }),
});
const optionsHeader: Fields = { nxt: "nextHeader", len: "len", length: null, options };

const routeAddresses: To = (value, { fields }) => {
  const list = Array.isArray(value) ? value : [];
  switch (fields.get("type")) {
    case 0:
      return { addresses: list.map((address) => ({ address })) };
    case 2:
      return { home: list[0] };
    default:
      return {};
  }
};

/** Link and network layers by dpkt's names. */
export const dpktNetworks: Readonly<Record<string, LayerMap>> = {
  "ethernet.Ethernet": {
    protocol: ethernet,
    fields: { dst: "dst", src: "src", type: "type", len: null, priority: null, cfi: null },
    // Wireshark has a field of its own for a length in the place of a type.
    cells: ({ fields }) => (fields.has("len") ? { type: ["eth.len"] } : {}),
  },
  "ethernet.VLANtag8021Q": {
    protocol: (_, below) => (below["type"] === SERVICE_TAG ? serviceVlan : vlan),
    fields: { pri: "priority", cfi: "dei", id: "id", type: "type" },
    cells: lengthCells("vlan"),
  },
  "ethernet.MPLSlabel": {
    protocol: mpls,
    fields: { val: "label", exp: "trafficClass", s: "bottom", ttl: "ttl" },
  },
  "sll.SLL": { protocol: sll, fields: cooked },
  "sll2.SLL2": { protocol: sll2, fields: cooked },
  "loopback.Loopback": { protocol: bsdNull, fields: { family: "family" } },
  "llc.LLC": {
    protocol: llc,
    fields: { dsap: "dsap", ssap: "ssap", ctl: llcControl },
  },
  "stp.STP": {
    protocol: stp,
    fields: {
      proto_id: "protocol",
      v: "version",
      type: "type",
      flags: "flags",
      root_id: bridgeId("rootPriority", "rootExtension", "root"),
      root_path: "rootCost",
      bridge_id: bridgeId("bridgePriority", "bridgeExtension", "bridge"),
      port_id: "port",
      _age: "messageAge",
      _max_age: "maxAge",
      _hello: "helloTime",
      _fd: "forwardDelay",
    },
  },
  "arp.ARP": {
    protocol: arp,
    fields: {
      hrd: "hwType",
      pro: "protoType",
      hln: "hwSize",
      pln: "protoSize",
      op: "opcode",
      sha: "sha",
      spa: "spa",
      tha: "tha",
      tpa: "tpa",
    },
  },
  "pppoe.PPPoE": {
    protocol: pppoe,
    fields: { v: "version", type: "type", code: "code", session: "sessionId", len: "length" },
  },
  "pppoe.PPP": { protocol: ppp, fields: { p: "protocol" } },
  "ppp.PPP": { protocol: ppp, fields: { addr: "address", cntrl: "control", p: "protocol" } },
  "ip.IP": {
    protocol: ipv4,
    fields: {
      v: "version",
      hl: "ihl",
      tos: halves("dscp", "ecn", 2),
      len: "len",
      id: "id",
      ...packed("flags", { rf: 2, df: 1, mf: 0 }),
      offset: "fragmentOffset",
      ttl: "ttl",
      p: "protocol",
      sum: "checksum",
      src: "src",
      dst: "dst",
      // It leaves the options as they are.
      opts: (value) => ({
        options: value instanceof Uint8Array && value.length > 0 ? [value] : [],
      }),
    },
  },
  "ip6.IP6": {
    protocol: ipv6,
    fields: {
      v: "version",
      fc: halves("dscp", "ecn", 2),
      flow: "flowLabel",
      plen: "len",
      nxt: "nextHeader",
      hlim: "hopLimit",
      src: "src",
      dst: "dst",
      // What the last extension header says comes next.
      p: null,
    },
  },
  "ip6.IP6HopOptsHeader": { protocol: hopByHop, fields: optionsHeader },
  "ip6.IP6DstOptsHeader": { protocol: destinationOptions, fields: optionsHeader },
  "ip6.IP6RoutingHeader": {
    protocol: ipv6Routing,
    fields: {
      nxt: "nextHeader",
      len: "len",
      type: "type",
      segs_left: "segmentsLeft",
      sl_bits: null,
      _rsvd: null,
      length: null,
      addresses: routeAddresses,
    },
  },
  "ip6.IP6FragmentHeader": {
    protocol: ipv6Fragment,
    fields: {
      nxt: "nextHeader",
      _resv: "reserved",
      frag_off: "offset",
      m_flag: "more",
      id: "id",
      length: null,
    },
  },
  "ip6.IP6AHHeader": {
    protocol: ah,
    fields: {
      nxt: "nextHeader",
      len: "len",
      _resv: "reserved",
      spi: "spi",
      seq: "seq",
      length: null,
      auth_data: "icv",
    },
  },
  "ah.AH": {
    protocol: ah,
    fields: {
      nxt: "nextHeader",
      len: "len",
      rsvd: "reserved",
      spi: "spi",
      seq: "seq",
      auth: "icv",
    },
  },
  "esp.ESP": { protocol: esp, fields: { spi: "spi", seq: "seq" } },
  "gre.GRE": {
    // Version 1 is that of PPTP (RFC 2637 §4.1).
    protocol: ({ fields }) => ((numberOf(fields.get("flags")) & 7) === 1 ? pptpGre : gre),
    fields: {
      flags: "flags",
      p: "protocol",
      sum: "checksum",
      off: "offset",
      key: "key",
      seq: "seq",
      ack: "ack",
      callid: "callId",
      len: "payloadLength",
      sre: items("routing", {}, { family: "addressFamily", off: "offset", len: "length" }),
    },
  },
};
