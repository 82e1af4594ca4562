import { icmpv6 } from "../../protocols/network/icmpv6.ts";
import {
  destinationOptions,
  hopByHop,
  ipv6Fragment,
} from "../../protocols/network/ipv6-extensions.ts";
import { ipv6Routing } from "../../protocols/network/ipv6-routing.ts";
import { each, type Fields, items, numberOf, packed } from "./python-maps.ts";
import type { ItemMap, LayerMap, To } from "./python-shape.ts";

const option: Fields = { otype: "type", optlen: "length" };

/** Options of Hop-by-Hop and Destination headers (RFC 8200 §4.2). */
const options = items(
  "options",
  {
    Pad1: option,
    PadN: { ...option, optdata: "padding" },
    RouterAlert: { ...option, value: "value" },
    Jumbo: { ...option, jumboplen: "jumboLength" },
    HAO: { ...option, hoa: "home" },
  },
  { ...option, optdata: (data) => ({ data, is: "unknown" }) },
);

const optionsHeader: Fields = { nh: "nextHeader", len: "len", options, autopad: null };

const routing: Fields = { nh: "nextHeader", len: "len", type: "type", segleft: "segmentsLeft" };

/** Addresses of the types that hold nothing else (RFC 5095, RFC 6275 §6.4); of others Scapy's reading means nothing. */
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

const head: Fields = { type: "type", code: "code", cksum: "checksum" };
const reserved: Fields = { ...head, res: "reserved", reserved: "reserved" };
const echo: Fields = { ...head, id: "id", seq: "seq", data: "raw" };
const error: Fields = { ...head, length: "length", unused: "unused", mtu: "mtu", ptr: "pointer" };
const listener: Fields = { ...head, mrd: "maxResponse", reserved: "reserved", mladdr: "group" };

const neighborOption: Fields = { type: "type", len: "length", res: "reserved" };
const ndOption = (fields: Fields): ItemMap => ({
  list: "options",
  fields: { ...neighborOption, ...fields },
});
const message = (fields: Fields): LayerMap => ({ protocol: icmpv6, fields });

/** Options of neighbor discovery, which Scapy chains as layers (RFC 4861 §4.6 and those registered since). */
const neighborOptions: Readonly<Record<string, ItemMap>> = {
  ICMPv6NDOptSrcLLAddr: ndOption({ lladdr: "address" }),
  ICMPv6NDOptDstLLAddr: ndOption({ lladdr: "address" }),
  ICMPv6NDOptPrefixInfo: ndOption({
    prefixlen: "prefixLength",
    ...packed("flags", { L: 7, A: 6, R: 5, res1: 0 }),
    validlifetime: "validLifetime",
    preferredlifetime: "preferredLifetime",
    res2: "reserved",
    prefix: "prefix",
  }),
  ICMPv6NDOptRedirectedHdr: ndOption({ pkt: "packet" }),
  ICMPv6NDOptMTU: ndOption({ mtu: "mtu" }),
  ICMPv6NDOptShortcutLimit: ndOption({
    shortcutlim: "limit",
    res1: "reserved",
    res2: "reserved2",
  }),
  ICMPv6NDOptAdvInterval: ndOption({ advint: "interval" }),
  ICMPv6NDOptHAInfo: ndOption({ pref: "preference", lifetime: "lifetime" }),
  ICMPv6NDOptSrcAddrList: ndOption({ addrlist: each("addresses", "address") }),
  ICMPv6NDOptTgtAddrList: ndOption({ addrlist: each("addresses", "address") }),
  ICMPv6NDOptIPAddr: ndOption({ optcode: "code", plen: "prefixLength", addr: "address" }),
  ICMPv6NDOptNewRtrPrefix: ndOption({ optcode: "code", plen: "prefixLength", prefix: "prefix" }),
  ICMPv6NDOptLLA: ndOption({ optcode: "code" }),
  ICMPv6NDOptMAP: ndOption({
    dist: "distance",
    pref: "preference",
    ...packed("flags", { R: 7, res: 0 }),
    validlifetime: "lifetime",
    addr: "address",
  }),
  ICMPv6NDOptRouteInfo: ndOption({
    plen: "prefixLength",
    ...packed("flags", { res1: 5, prf: 3, res2: 0 }),
    rtlifetime: "lifetime",
  }),
  ICMPv6NDOptRDNSS: ndOption({ lifetime: "lifetime", dns: each("servers", "address") }),
  ICMPv6NDOptDNSSL: ndOption({
    lifetime: "lifetime",
    searchlist: (value) => ({
      names: (Array.isArray(value) ? value : []).map((one) => ({
        name: String(one).replace(/(?<=.)\.$/, ""),
      })),
    }),
  }),
  ICMPv6NDOptEFA: ndOption({ res: null }),
  ICMPv6NDOptUnknown: ndOption({ data: (data) => ({ data, is: "unknown" }) }),
};

const groupRecord: Fields = {
  rtype: "type",
  auxdata_len: "auxLength",
  sources_number: "sourceCount",
  dst: "group",
  sources: each("sources", "address"),
  auxdata: "auxiliary",
};

/** IPv6's extension headers and ICMPv6 by Scapy's names. */
export const ipv6Layers: Readonly<Record<string, LayerMap | ItemMap>> = {
  IPv6ExtHdrHopByHop: { protocol: hopByHop, fields: optionsHeader },
  IPv6ExtHdrDestOpt: { protocol: destinationOptions, fields: optionsHeader },
  IPv6ExtHdrFragment: {
    protocol: ipv6Fragment,
    fields: {
      nh: "nextHeader",
      res1: "reserved",
      offset: "offset",
      res2: "reservedBits",
      m: "more",
      id: "id",
    },
  },
  IPv6ExtHdrRouting: {
    protocol: ipv6Routing,
    fields: {
      ...routing,
      reserved: (value, { fields }) =>
        [0, 2].includes(numberOf(fields.get("type"))) ? { reserved: value } : {},
      addresses: routeAddresses,
    },
  },
  IPv6ExtHdrSegmentRouting: {
    protocol: ipv6Routing,
    fields: {
      ...routing,
      lastentry: "lastEntry",
      ...packed("flags", { unused1: 7, protected: 6, oam: 5, alert: 4, hmac: 3, unused2: 0 }),
      tag: "tag",
      addresses: each("segments", "address"),
    },
  },
  ...neighborOptions,
  ICMPv6Unknown: message({ ...head, msgbody: (data) => ({ data }) }),
  ICMPv6DestUnreach: message(error),
  ICMPv6PacketTooBig: message(error),
  ICMPv6TimeExceeded: message(error),
  ICMPv6ParamProblem: message(error),
  ICMPv6EchoRequest: message(echo),
  ICMPv6EchoReply: message(echo),
  ICMPv6MLQuery: message(listener),
  ICMPv6MLQuery2: message({
    ...listener,
    ...packed("flags", { Resv: 4, S: 3, QRV: 0 }),
    QQIC: "qqic",
    sources_number: "sourceCount",
    sources: each("sources", "address"),
  }),
  ICMPv6MLReport: message(listener),
  ICMPv6MLDone: message(listener),
  ICMPv6MLReport2: message({
    ...head,
    res: "code",
    reserved: "reserved",
    records_number: "count",
    records: items("records", {}, groupRecord),
  }),
  ICMPv6ND_RS: message(reserved),
  ICMPv6ND_RA: message({
    ...head,
    chlim: "hopLimit",
    ...packed("flags", { M: 7, O: 6, H: 5, prf: 3, P: 2, res: 0 }),
    routerlifetime: "lifetime",
    reachabletime: "reachableTime",
    retranstimer: "retransTimer",
  }),
  ICMPv6ND_NS: message({ ...reserved, tgt: "target" }),
  ICMPv6ND_NA: message({
    ...head,
    ...packed("flags", { R: 31, S: 30, O: 29, res: 0 }),
    tgt: "target",
  }),
  ICMPv6ND_Redirect: message({ ...reserved, tgt: "target", dst: "destination" }),
  ICMPv6ND_INDSol: message(reserved),
  ICMPv6ND_INDAdv: message(reserved),
  ICMPv6MRD_Advertisement: message({
    type: "type",
    advinter: "code",
    cksum: "checksum",
    queryint: "queryInterval",
    robustness: "robustness",
  }),
  ICMPv6MRD_Solicitation: message({ type: "type", res: "code", cksum: "checksum" }),
  ICMPv6MRD_Termination: message({ type: "type", res: "code", cksum: "checksum" }),
};
