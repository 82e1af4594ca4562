import type { ScapyMade, ScapyRecord } from "./scapy-compare.ts";

const bare = "Scapy has the bytes of the data alone, in which names may be compressed";

const question: ScapyRecord = { fields: { name: "qname", type: "qtype", class: "qclass" } };
/** The highest bit of the class means something of its own in multicast DNS (RFC 6762 §10.2, §5.4). */
const withBit = (bit: string, rest = "class"): ScapyMade => ({
  from: [bit, rest],
  make: (set: boolean, value: number) => (set ? 0x8000 : 0) + value,
});

/** What a record begins with; those that the dispatcher of Scapy knows have a class of their own. */
const rdata = (fields: Readonly<Record<string, string>>, layer = "DNSRR"): ScapyRecord => ({
  layer,
  fields,
});
const value = rdata({});
const delegation = rdata({
  keyTag: "keytag",
  algorithm: "algorithm",
  digestType: "digesttype",
  digest: "digest",
});
const texts: ScapyRecord = {
  ...value,
  lists: [
    {
      ours: "strings",
      theirs: "rdata",
      item: { fields: { text: "value" }, left: { length: "Scapy has the texts alone" } },
    },
  ],
};

const option: ScapyRecord = {
  layer: ["EDNS0TLV", "EDNS0ClientSubnet"],
  fields: { code: "optcode", length: "optlen" },
  left: { "*": "Scapy has the bytes of an option alone" },
  cases: {
    nsid: { fields: { nsid: "optdata" } },
    padding: { fields: { padding: "optdata" } },
    umbrella: { fields: { identity: "optdata" } },
    deviceId: { fields: { identifier: "optdata" } },
    expire: { fields: { expire: "optdata" } },
    tcpKeepalive: { fields: { timeout: "optdata" } },
    clientTag: { fields: { tag: "optdata" } },
    serverTag: { fields: { tag: "optdata" } },
    clientSubnet: {
      ends: "Scapy takes the options behind it for its payload",
      layer: "EDNS0ClientSubnet",
      fields: {
        family: "family",
        sourcePrefix: "source_plen",
        scopePrefix: "scope_plen",
        ipv4: "address",
        ipv6: "address",
      },
      left: { address: "of other families there are none in random packets" },
    },
  },
};

const known: Readonly<Record<string, ScapyRecord>> = {
  a: rdata({ address: "rdata" }),
  aaaa: rdata({ address: "rdata" }),
  ns: rdata({ nsdname: "rdata" }),
  cname: rdata({ cname: "rdata" }),
  ptr: rdata({ ptrdname: "rdata" }),
  dname: { ...value, left: { target: "Scapy has its bytes" } },
  txt: texts,
  soa: rdata(
    {
      mname: "mname",
      rname: "rname",
      serial: "serial",
      refresh: "refresh",
      retry: "retry",
      expire: "expire",
      minimum: "minimum",
    },
    "DNSRRSOA",
  ),
  mx: rdata({ preference: "preference", exchange: "exchange" }, "DNSRRMX"),
  srv: rdata(
    { priority: "priority", weight: "weight", port: "port", target: "target" },
    "DNSRRSRV",
  ),
  ds: { ...delegation, layer: "DNSRRDS" },
  dlv: { ...delegation, layer: "DNSRRDLV" },
  rrsig: rdata(
    {
      typeCovered: "typecovered",
      algorithm: "algorithm",
      labels: "labels",
      originalTtl: "originalttl",
      expiration: "expiration",
      inception: "inception",
      keyTag: "keytag",
      signer: "signersname",
      signature: "signature",
    },
    "DNSRRRSIG",
  ),
  nsec: {
    ...rdata({ next: "nextname" }, "DNSRRNSEC"),
    left: { types: "Scapy has the numbers, our text the names of the types" },
  },
  dnskey: rdata(
    {
      "flags.value": "flags",
      protocol: "protocol",
      algorithm: "algorithm",
      publicKey: "publickey",
    },
    "DNSRRDNSKEY",
  ),
  nsec3: {
    ...rdata(
      {
        hashAlgorithm: "hashalg",
        "flags.value": "flags",
        iterations: "iterations",
        saltLength: "saltlength",
        salt: "salt",
        hashLength: "hashlength",
        nextHash: "nexthashedownername",
      },
      "DNSRRNSEC3",
    ),
    left: { types: "Scapy has the numbers, our text the names of the types" },
  },
  nsec3param: rdata(
    {
      hashAlgorithm: "hashalg",
      "flags.value": "flags",
      iterations: "iterations",
      saltLength: "saltlength",
      salt: "salt",
    },
    "DNSRRNSEC3PARAM",
  ),
  tsig: {
    ...rdata(
      {
        algorithm: "algo_name",
        fudge: "fudge",
        macSize: "mac_len",
        mac: "mac_data",
        originalId: "original_id",
        error: "error",
        otherLength: "other_len",
        other: "other_data",
      },
      "DNSRRTSIG",
    ),
    left: { timeSigned: "Scapy reads a part of the 48 bits" },
  },
  null: rdata({ data: "rdata" }),
  eid: rdata({ identifier: "rdata" }),
  nimloc: rdata({ locator: "rdata" }),
  nsap: rdata({ address: "rdata" }),
  openpgpkey: rdata({ key: "rdata" }),
};

const records = (multicast: boolean): ScapyRecord => {
  const body: ScapyRecord = multicast
    ? { fields: { ttl: "ttl", rdlength: "rdlen" }, made: { rclass: withBit("cacheFlush") } }
    : { fields: { class: "rclass", ttl: "ttl", rdlength: "rdlen" } };
  return {
    fields: { name: "rrname", type: "type" },
    left: { "*": bare },
    cases: {
      ...Object.fromEntries(
        Object.entries(known).map(([name, one]) => [
          name,
          { ...one, made: body.made ?? {}, fields: { ...body.fields, ...one.fields } },
        ]),
      ),
      opt: {
        layer: "DNSRROPT",
        fields: {
          extendedRcode: "extrcode",
          version: "version",
          "flags.value": "z",
          rdlength: "rdlen",
        },
        made: {
          rclass: multicast
            ? withBit("cacheFlush", "udpPayloadSize")
            : { from: ["udpPayloadSize"], make: (size: number) => size },
        },
        lists: [{ ours: "options", theirs: "rdata", item: option }],
      },
    },
  };
};

const counts = { qdcount: "qdcount", ancount: "ancount", nscount: "nscount", arcount: "arcount" };
const sections = (multicast: boolean): ScapyRecord["lists"] => [
  {
    ours: "questions",
    theirs: "qd",
    item: multicast
      ? { fields: { name: "qname", type: "qtype" }, made: { qclass: withBit("unicastResponse") } }
      : question,
  },
  { ours: "answers", theirs: "an", item: records(multicast) },
  { ours: "authorities", theirs: "ns", item: records(multicast) },
  { ours: "additionals", theirs: "ar", item: records(multicast) },
];
const flags = Object.fromEntries(
  ["qr", "opcode", "aa", "tc", "rd", "ra", "z", "ad", "cd", "rcode"].map((name) => [
    `flags.${name}`,
    name,
  ]),
);

/** The domain name system as Scapy 2.5 knows it. */
export const scapyDns: Readonly<Record<string, ScapyRecord>> = {
  dns: {
    layer: "DNS",
    fields: { id: "id", ...flags, ...counts },
    lists: sections(false) ?? [],
    left: { tlvs: "Scapy does not know stateful operations" },
  },
  mdns: { layer: "DNS", fields: { id: "id", ...flags, ...counts }, lists: sections(true) ?? [] },
  llmnr: {
    layer: ["LLMNRQuery", "LLMNRResponse"],
    fields: {
      id: "id",
      "flags.qr": "qr",
      "flags.opcode": "opcode",
      "flags.c": "c",
      "flags.z": "z",
      "flags.rcode": "rcode",
      ...counts,
    },
    // Scapy's field has two bits, of which the second is the tentative one.
    made: {
      tc: { from: ["flags.tc", "flags.t"], make: (tc: boolean, t: boolean) => +tc * 2 + +t },
    },
    lists: sections(false) ?? [],
  },
};
