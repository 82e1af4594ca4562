import { dns, llmnr, mdns } from "../../protocols/application/dns/dns.ts";
import { dnsTcp } from "../../protocols/application/dns/tcp.ts";
import { http } from "../../protocols/application/http/http.ts";
import { stp } from "../../protocols/link/stp.ts";
import type { Values } from "./python-content.ts";
import { dhcp } from "./python-dhcp.ts";
import {
  dnsClass,
  domain,
  domainText,
  type Fields,
  halves,
  items,
  latin1,
  numberOf,
  packed,
  paddedText,
  stackedLayers,
} from "./python-maps.ts";
import { type ItemMap, type LayerMap, recordOf, type To } from "./python-shape.ts";
import type { Foreign } from "./python-values.ts";

const MULTICAST_PORT = 5353;

const questionOf = (isMulticast: boolean): Fields => ({
  qname: domain("name"),
  qtype: "type",
  qclass: dnsClass(isMulticast, "unicastResponse"),
});

const record: Fields = {
  rrname: domain("name"),
  type: "type",
  rclass: "class",
  cacheflush: null,
  ttl: "ttl",
  rdlen: "rdlength",
};

/** What the data of a record that has no class of its own is called, by type (RFC 1035 §3.3). */
const nameData: Readonly<Record<number, string>> = {
  2: "nsdname",
  3: "madname",
  4: "madname",
  5: "cname",
  12: "ptrdname",
};
const addressTypes = [1, 28];
const TEXT = 16;

function recordData(type: number, value: Foreign): Values {
  if (addressTypes.includes(type) && typeof value === "string") return { address: value };
  const name = nameData[type];
  if (name !== undefined) return { [name]: domainText(value) };
  if (type === TEXT && Array.isArray(value))
    return { strings: value.map(textOf).filter((one) => one !== null) };
  return { data: value, is: "unknown" };
}

const textOf = (value: Foreign): Values | null =>
  value instanceof Uint8Array ? { length: value.length, text: latin1(value) } : null;

const records: Readonly<Record<string, Fields>> = {
  DNSRRSOA: {
    ...record,
    mname: domain("mname"),
    rname: domain("rname"),
    serial: "serial",
    refresh: "refresh",
    retry: "retry",
    expire: "expire",
    minimum: "minimum",
  },
  DNSRRMX: { ...record, preference: "preference", exchange: domain("exchange") },
  DNSRRSRV: {
    ...record,
    priority: "priority",
    weight: "weight",
    port: "port",
    target: domain("target"),
  },
  DNSRRDS: {
    ...record,
    keytag: "keyTag",
    algorithm: "algorithm",
    digesttype: "digestType",
    digest: "digest",
  },
  DNSRRDNSKEY: {
    ...record,
    flags: "flags",
    protocol: "protocol",
    algorithm: "algorithm",
    publickey: "publicKey",
  },
  DNSRRRSIG: {
    ...record,
    typecovered: "typeCovered",
    algorithm: "algorithm",
    labels: "labels",
    originalttl: "originalTtl",
    expiration: "expiration",
    inception: "inception",
    keytag: "keyTag",
    signersname: domain("signer"),
    signature: "signature",
  },
  DNSRRNSEC: { ...record, nextname: domain("next"), typebitmaps: null },
  DNSRROPT: {
    ...record,
    rclass: "udpPayloadSize",
    extrcode: "extendedRcode",
    version: "version",
    z: "flags",
    rdata: items(
      "options",
      {},
      { optcode: "code", optlen: "length", optdata: (data) => ({ data, is: "unknown" }) },
    ),
  },
};

const anyRecord: Fields = {
  ...record,
  rdata: (value, { fields }) => recordData(numberOf(fields.get("type")), value),
};

const section =
  (to: string, isMulticast: boolean): To =>
  (value) => ({
    [to]: stackedLayers(value).map((one) => {
      const fields = records[one.name] ?? anyRecord;
      const isShared = isMulticast && fields !== records["DNSRROPT"];
      return recordOf(one, isShared ? { ...fields, rclass: dnsClass(true, "cacheFlush") } : fields);
    }),
  });

/** Of a section without records Scapy gives nothing. */
const counted =
  (count: string, list: string): To =>
  (value) => ({ [count]: value, [list]: [] });

const dnsFields = (isMulticast: boolean): Fields => ({
  id: "id",
  qdcount: counted("qdcount", "questions"),
  ancount: counted("ancount", "answers"),
  nscount: counted("nscount", "authorities"),
  arcount: counted("arcount", "additionals"),
  qd: items("questions", {}, questionOf(isMulticast)),
  an: section("answers", isMulticast),
  ns: section("authorities", isMulticast),
  ar: section("additionals", isMulticast),
});

const PAD = 0;
const MESSAGE_TYPE = 53;
const END = 255;

/** The bridge puts the number of each option before Scapy's name of it; a name alone is an option without value. */
const dhcpOptions: To = (value) => ({
  options: (Array.isArray(value) ? value : []).map((one) => {
    const [number = null, , ...values] = Array.isArray(one) ? (one as readonly Foreign[]) : [one];
    const type = numberOf(number);
    const first = values[0] ?? null;
    if (type === PAD || type === END) return { type };
    if (type === MESSAGE_TYPE && typeof first === "number") return { type, messageType: first };
    if (first instanceof Uint8Array) return { type, length: first.length, value: first };
    return { type, shown: values.map(String).join(", ") };
  }),
});

/** Over TCP a length stands before the message (RFC 1035 §4.2.2). */
const inMessage = [
  ...["id", "qr", "opcode", "aa", "tc", "rd", "ra", "z", "ad", "cd", "rcode"],
  ...["qdcount", "ancount", "nscount", "arcount", "qd", "an", "ns", "ar"],
];
const dnsLength: Fields = {
  ...Object.fromEntries(inMessage.map((name) => [name, null])),
  length: "length",
};

/** Scapy gives the times of STP in seconds, which the protocol counts in parts of 256 (IEEE 802.1D §9.2.8). */
const seconds =
  (to: string): To =>
  (value) => ({ [to]: Math.round(Number(value) * 256) });

const httpLine = (record: string, names: Readonly<Record<string, string>>): Fields => {
  const whole: To = (_, { fields }) => {
    const values: Record<string, unknown> = {};
    for (const [theirs, ours] of Object.entries(names)) {
      const value = fields.get(theirs);
      if (value instanceof Uint8Array) values[ours] = latin1(value);
    }
    return { [record]: values };
  };
  return Object.fromEntries(Object.keys(names).map((name, i) => [name, i === 0 ? whole : null]));
};

/** What lies on transport, and bridges' protocols, by Scapy's names. */
export const applicationLayers: Readonly<Record<string, LayerMap | ItemMap>> = {
  DNS: {
    protocol: (_, below) =>
      [below["srcPort"], below["dstPort"]].includes(MULTICAST_PORT) ? mdns : dns,
    before: { field: "length", map: { protocol: dnsTcp, fields: dnsLength } },
    fields: (protocol) => ({
      ...dnsFields(protocol === mdns),
      length: null,
      ...packed("flags", {
        qr: 15,
        opcode: 11,
        aa: 10,
        tc: 9,
        rd: 8,
        ra: 7,
        z: 6,
        ad: 5,
        cd: 4,
        rcode: 0,
      }),
    }),
  },
  // Two bits of the flags are one field to Scapy (RFC 4795 §2.1.1).
  LLMNRQuery: {
    protocol: llmnr,
    fields: {
      ...dnsFields(false),
      ...packed("flags", { qr: 15, opcode: 11, c: 9, tc: 8, z: 4, rcode: 0 }),
    },
  },
  BOOTP: {
    protocol: dhcp,
    fields: {
      op: "op",
      htype: "hwType",
      hlen: "hwSize",
      hops: "hops",
      xid: "id",
      secs: "secs",
      flags: "flags",
      ciaddr: "clientAddress",
      yiaddr: "yourAddress",
      siaddr: "serverAddress",
      giaddr: "relayAddress",
      chaddr: (value) =>
        value instanceof Uint8Array && value.length === 16
          ? { clientMac: value.subarray(0, 6), padding: value.subarray(6) }
          : {},
      sname: paddedText("server"),
      file: paddedText("file"),
      // The magic cookie, and what comes behind it in DHCP's own layer.
      options: (value) =>
        value instanceof Uint8Array && value.length === 4 ? { cookie: value } : {},
    },
  },
  DHCP: { protocol: dhcp, continues: true, fields: { options: dhcpOptions } },
  STP: {
    protocol: stp,
    fields: {
      proto: "protocol",
      version: "version",
      bpdutype: "type",
      bpduflags: "flags",
      rootid: halves("rootPriority", "rootExtension", 12),
      rootmac: "root",
      pathcost: "rootCost",
      bridgeid: halves("bridgePriority", "bridgeExtension", 12),
      bridgemac: "bridge",
      portid: "port",
      age: seconds("messageAge"),
      maxage: seconds("maxAge"),
      hellotime: seconds("helloTime"),
      fwddelay: seconds("forwardDelay"),
    },
  },
  HTTPRequest: {
    protocol: http,
    continues: true,
    fields: httpLine("request", { Method: "method", Path: "uri", Http_Version: "version" }),
  },
  HTTPResponse: {
    protocol: http,
    continues: true,
    fields: httpLine("response", {
      Http_Version: "version",
      Status_Code: "code",
      Reason_Phrase: "phrase",
    }),
  },
  HTTP: { protocol: http, fields: {} },
};
