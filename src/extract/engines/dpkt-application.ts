import { dns, mdns } from "../../protocols/application/dns/dns.ts";
import { http } from "../../protocols/application/http/http.ts";
import { u8, u16 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import type { Values } from "./python-content.ts";
import { dhcp } from "./python-dhcp.ts";
import {
  dnsClass,
  domain,
  type Fields,
  items,
  latin1,
  numberOf,
  paddedText,
} from "./python-maps.ts";
import type { LayerMap, To } from "./python-shape.ts";
import type { Foreign } from "./python-values.ts";

const MULTICAST_PORT = 5353;

const record: Fields = {
  name: domain("name"),
  type: "type",
  rlen: "rdlength",
  ip: "address",
  ip6: "address",
  nsname: domain("nsdname"),
  cname: domain("cname"),
  ptrname: domain("ptrdname"),
  mname: domain("mname"),
  rname: domain("rname"),
  serial: "serial",
  refresh: "refresh",
  retry: "retry",
  expire: "expire",
  minimum: "minimum",
  preference: "preference",
  mxname: domain("exchange"),
  priority: "priority",
  weight: "weight",
  port: "port",
  srvname: domain("target"),
  text: (value) => ({
    strings: (Array.isArray(value) ? value : []).map((one) => ({ text: textOf(one) })),
  }),
};
const OPT = 41;
/** Types of which dpkt reads the data. */
const readTypes = [1, 2, 5, 6, 12, 13, 15, 16, 28, 33];

const textOf = (value: Foreign): string =>
  value instanceof Uint8Array ? latin1(value) : String(value);

/** The bytes of data of which dpkt made nothing. */
const other: To = (value, { fields }) => {
  const type = numberOf(fields.get("type"));
  // It leaves the options of the pseudo-record as they are.
  if (type === OPT)
    return { options: value instanceof Uint8Array && value.length > 0 ? [value] : [] };
  return readTypes.includes(type) ? {} : { data: value, is: "unknown" };
};

/** Of the pseudo-record it is a code, a version and flags (RFC 6891 §6.1.3). */
const timeToLive: To = (value, { fields }) => {
  if (fields.get("type") !== OPT) return { ttl: value };
  const n = numberOf(value);
  return { extendedRcode: n >>> 24, version: (n >>> 16) & 0xff, flags: n & 0xffff };
};

const section = (to: string, isMulticast: boolean): To => {
  const shared = dnsClass(isMulticast, "cacheFlush");
  const cls: To = (value, layer) =>
    layer.fields.get("type") === OPT ? { udpPayloadSize: value } : shared(value, layer);
  return items(to, {}, { ...record, cls, ttl: timeToLive, rdata: other });
};

const dnsFields = (isMulticast: boolean): Fields => ({
  id: "id",
  op: "flags",
  qd: items(
    "questions",
    {},
    { name: domain("name"), type: "type", cls: dnsClass(isMulticast, "unicastResponse") },
  ),
  an: section("answers", isMulticast),
  ns: section("authorities", isMulticast),
  ar: section("additionals", isMulticast),
});

const PAD = 0;
const MESSAGE_TYPE = 53;
const LAST = 255;

const dhcpOptions: To = (value) => ({
  options: (Array.isArray(value) ? value : []).map((one): Values => {
    const [type, data] = Array.isArray(one) ? (one as readonly Foreign[]) : [];
    if (!(data instanceof Uint8Array) || type === PAD || type === LAST) return { type };
    const isMessage = type === MESSAGE_TYPE && data.length === 1;
    return { type, length: data.length, value: data, ...(isMessage && { messageType: data[0] }) };
  }),
});

/** Virtual Router Redundancy Protocol, whose fields dpkt knows (RFC 3768 §5.1). */
const vrrp = protocol({
  name: "vrrp",
  title: "Virtual Router Redundancy Protocol",
  spec: "RFC 3768 §5.1",
}).fields({
  version: u8("Version", { filter: null }),
  type: u8("Type"),
  virtualRouterId: u8("Virtual Router Identifier", { filter: "virt_rtr_id" }),
  priority: u8("Priority", { filter: "prio" }),
  count: u8("Address Count", { filter: "addr_count" }),
  authType: u8("Authentication Type"),
  interval: u8("Advertisement Interval", { filter: "adver_int" }),
  checksum: u16("Checksum", { base: "hex" }),
});

/** Cisco Discovery Protocol as far as dpkt knows it. */
const cdp = protocol({ name: "cdp", title: "Cisco Discovery Protocol", spec: "Cisco" }).fields({
  version: u8("Version"),
  ttl: u8("Time to Live"),
  checksum: u16("Checksum", { base: "hex" }),
});

/** What lies on transport, by dpkt's names. */
export const dpktApplications: Readonly<Record<string, LayerMap>> = {
  "dns.DNS": {
    protocol: (_, below) =>
      [below["srcPort"], below["dstPort"]].includes(MULTICAST_PORT) ? mdns : dns,
    fields: (protocol) => dnsFields(protocol === mdns),
  },
  "dhcp.DHCP": {
    protocol: dhcp,
    fields: {
      op: "op",
      hrd: "hwType",
      hln: "hwSize",
      hops: "hops",
      xid: "id",
      secs: "secs",
      flags: "flags",
      ciaddr: "clientAddress",
      yiaddr: "yourAddress",
      siaddr: "serverAddress",
      giaddr: "relayAddress",
      chaddr: "clientMac",
      sname: paddedText("server"),
      file: paddedText("file"),
      magic: "cookie",
      opts: dhcpOptions,
    },
  },
  "http.Request": {
    protocol: http,
    fields: {
      method: (method, { fields }) => ({
        request: { method, uri: fields.get("uri"), version: versionOf(fields.get("version")) },
      }),
      uri: null,
      version: null,
    },
  },
  "http.Response": {
    protocol: http,
    fields: {
      status: (code, { fields }) => ({
        response: {
          version: versionOf(fields.get("version")),
          code,
          phrase: fields.get("reason"),
        },
      }),
      reason: null,
      version: null,
    },
  },
  "vrrp.VRRP": {
    protocol: vrrp,
    fields: {
      v: "version",
      type: "type",
      vrid: "virtualRouterId",
      priority: "priority",
      count: "count",
      atype: "authType",
      advtime: "interval",
      sum: "checksum",
    },
  },
  "cdp.CDP": { protocol: cdp, fields: { version: "version", ttl: "ttl", sum: "checksum" } },
};

function versionOf(value: Foreign | undefined): string {
  return `HTTP/${String(value)}`;
}
