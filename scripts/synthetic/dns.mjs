// DNS with each type of record; mDNS and LLMNR.
import { build, dns, llmnr, mdns } from "wirecraft";
import { counting, hex, IP_A, IP_B, IP6_A, IP6_B, MAC_A, over4, overUdp } from "./common.mjs";

export const NAME = "host.example.com";
const OTHER = "other.example.net";
const digest = counting(32);
const date = 1_700_000_000;
const strings = [{ text: "one=1" }, { text: "two" }];
const signature = {
  typeCovered: 1,
  algorithm: 13,
  labels: 3,
  originalTtl: 3600,
  expiration: date + 86_400,
  inception: date,
  keyTag: 0x1234,
  signer: "example.com",
  signature: counting(64),
};
const key = { protocol: 3, algorithm: 13, publicKey: counting(64) };
const digested = { keyTag: 0x1234, algorithm: 13, digestType: 2, digest };
const hashed = { hashAlgorithm: 1, flags: { optOut: true }, iterations: 5, salt: hex("aabbccdd") };
const wins = { mapping: { local: true }, lookupTimeout: 5, cacheTimeout: 600 };

/** Types of RFC 1035 and those that hold addresses, names and texts. */
const plain = [
  { is: "a", address: IP_A },
  { is: "ns", nsdname: "ns.example.com" },
  { is: "md", madname: OTHER },
  { is: "mf", madname: OTHER },
  { is: "cname", cname: OTHER },
  {
    is: "soa",
    mname: "ns.example.com",
    rname: "admin.example.com",
    serial: 2_023_111_401,
    refresh: 7200,
    retry: 900,
    expire: 1_209_600,
    minimum: 86_400,
  },
  { is: "mb", madname: OTHER },
  { is: "mg", mgmname: OTHER },
  { is: "mr", newname: OTHER },
  { is: "null", data: counting(4) },
  { is: "wks", address: IP_A, protocol: 6, bitmap: hex("000000410000") },
  { is: "ptr", ptrdname: OTHER },
  { is: "hinfo", cpu: "ARM", os: "LINUX" },
  { is: "minfo", rmailbx: NAME, emailbx: OTHER },
  { is: "mx", preference: 10, exchange: "mail.example.com" },
  { is: "txt", strings },
  { is: "rp", mailbox: "admin.example.com", txtName: "txt.example.com" },
  { is: "afsdb", subtype: 1, host: OTHER },
  { is: "x25", address: "311061700956" },
  { is: "isdn", address: "150862028003217", subaddress: "004" },
  { is: "rt", preference: 10, host: OTHER },
  { is: "nsap", address: hex("47000580005a0000000001e133ffffff00016100") },
  { is: "nsapPtr", owner: OTHER },
  { is: "px", preference: 10, map822: OTHER, mapx400: NAME },
  { is: "gpos", longitude: "-32.6882", latitude: "116.8652", altitude: "10.0" },
  { is: "aaaa", address: IP6_A },
  {
    is: "loc",
    version: 0,
    size: 0x12,
    horizontalPrecision: 0x16,
    verticalPrecision: 0x13,
    latitude: 0x89_17_2d_d0,
    longitude: 0x70_be_15_f0,
    altitude: 0x0098_9a88,
  },
  { is: "srv", priority: 1, weight: 2, port: 5060, target: OTHER },
  {
    is: "naptr",
    order: 100,
    preference: 50,
    flags: "s",
    services: "SIP+D2U",
    regexp: "",
    replacement: "_sip._udp.example.com",
  },
  {
    is: "naptr",
    order: 101,
    preference: 51,
    flags: "u",
    services: "E2U+sip",
    regexp: "!^.*$!sip:a@example.com!",
    replacement: ".",
  },
  { is: "kx", preference: 10, exchanger: OTHER },
  { is: "a6", prefixLength: 64, suffix: "::1:2:3:4", prefixName: "subnet.example.com" },
  { is: "dname", target: "example.net" },
  {
    is: "apl",
    items: [
      { prefixLength: 24, ipv4: "192.0.2.0" },
      { family: 2, prefixLength: 32, negation: true, ipv6: "2001:db8::" },
    ],
  },
  { is: "spf", strings: [{ text: "v=spf1 -all" }] },
  { is: "nid", preference: 10, nodeId: counting(8) },
  { is: "l32", preference: 11, locator: IP_B },
  { is: "l64", preference: 12, locator: counting(8, 20) },
  { is: "lp", preference: 13, fqdn: "l64.example.com" },
  { is: "eui48", address: MAC_A },
  { is: "eui64", address: "02:00:5e:ff:fe:00:53:0a" },
  { is: "wins", ...wins, servers: [{ address: IP_A }, { address: IP_B }] },
  { is: "winsr", ...wins, resultDomain: "example.com" },
  {
    is: "xpf",
    ipVersion: 4,
    protocol: 17,
    srcIpv4: IP_A,
    dstIpv4: IP_B,
    srcPort: 5353,
    dstPort: 53,
  },
  {
    is: "xpf",
    ipVersion: 6,
    protocol: 6,
    srcIpv6: IP6_A,
    dstIpv6: IP6_B,
    srcPort: 5354,
    dstPort: 54,
  },
];
const secure = [
  { is: "sig", ...signature },
  {
    is: "key",
    flags: { user: true, extension: 1 },
    protocol: 3,
    algorithm: 5,
    publicKey: counting(20),
  },
  { is: "nxt", next: OTHER, types: [1, 2, 30] },
  { is: "cert", certType: 1, keyTag: 0x1234, algorithm: 13, certificate: counting(40) },
  { is: "ds", ...digested },
  { is: "sshfp", algorithm: 4, fingerprintType: 2, fingerprint: digest },
  {
    is: "ipseckey",
    precedence: 10,
    gatewayType: 1,
    algorithm: 2,
    gatewayIpv4: IP_A,
    publicKey: counting(20),
  },
  {
    is: "ipseckey",
    precedence: 11,
    gatewayType: 2,
    algorithm: 2,
    gatewayIpv6: IP6_A,
    publicKey: counting(20),
  },
  {
    is: "ipseckey",
    precedence: 12,
    gatewayType: 3,
    algorithm: 2,
    gatewayName: OTHER,
    publicKey: counting(20),
  },
  { is: "rrsig", ...signature },
  { is: "nsec", next: OTHER, types: [1, 28, 46, 257] },
  { is: "dnskey", flags: { zoneKey: true, secureEntryPoint: true }, ...key },
  { is: "dhcid", identifierType: 2, digestType: 1, digest },
  { is: "nsec3", ...hashed, nextHash: counting(20), types: [1, 46] },
  { is: "nsec3param", ...hashed },
  { is: "tlsa", usage: 3, selector: 1, matchingType: 1, data: digest },
  {
    is: "hip",
    algorithm: 2,
    hit: counting(16),
    publicKey: counting(20, 30),
    servers: [{ name: "rvs.example.com" }, { name: "rvs2.example.com" }],
  },
  { is: "cds", ...digested },
  { is: "cdnskey", flags: { zoneKey: true, revoked: true }, ...key },
  { is: "csync", serial: 66, flags: { soaMinimum: true, immediate: true }, types: [1, 2, 28] },
  { is: "zonemd", serial: 2_023_111_401, scheme: 1, hashAlgorithm: 1, digest: counting(48) },
  { is: "dlv", ...digested },
  { is: "caa", flags: { critical: true }, tag: "issue", value: "ca.example.net" },
];
const parameters = [
  { is: "mandatory", keys: [{ key: 1 }, { key: 4 }] },
  { is: "alpn", ids: [{ id: "h2" }, { id: "h3" }] },
  { is: "noDefaultAlpn" },
  { is: "port", port: 8443 },
  { is: "ipv4Hint", addresses: [{ address: IP_A }, { address: IP_B }] },
  { is: "ipv6Hint", addresses: [{ address: IP6_A }] },
  { is: "odoh", config: counting(8) },
  { is: "unknown", key: 65_300, value: counting(4) },
];
const ech = {
  is: "ech",
  configs: [
    {
      is: "ech",
      configId: 5,
      kem: 0x20,
      publicKey: counting(32),
      suites: [{ kdf: 1, aead: 1 }],
      maximumNameLength: 64,
      publicName: "cover.example",
      extensions: [{ type: 0x1234, data: hex("0102") }],
    },
    { is: "unknown", version: 0xfe0a, contents: counting(6) },
  ],
};
const services = [
  { is: "svcb", priority: 1, target: "svc.example.com", params: parameters.slice(0, 4) },
  { is: "https", priority: 1, target: ".", params: parameters.slice(4) },
  { is: "https", priority: 0, target: OTHER, params: [] },
];
/** Parameters and types that tshark 4.0 shows as bytes, if at all. */
const recentServices = [
  [ech],
  [{ is: "dohPath", path: "/dns-query{?dns}" }],
  [{ is: "ohttp" }],
  [{ is: "tlsSupportedGroups", groups: [{ group: 29 }, { group: 23 }] }],
  [{ is: "docPath", segments: [{ text: "dns" }] }],
].map((params) => ({ is: "svcb", priority: 1, target: "svc.example.com", params }));
const recent = [
  { is: "eid", identifier: counting(4) },
  { is: "nimloc", locator: counting(4) },
  { is: "atma", format: 1, address: counting(4) },
  { is: "sink", coding: 1, subcoding: 2, data: counting(4) },
  { is: "smimea", usage: 3, selector: 1, matchingType: 1, data: digest },
  { is: "ninfo", strings },
  { is: "rkey", flags: 0, protocol: 1, algorithm: 13, publicKey: counting(20) },
  { is: "talink", previous: NAME, next: OTHER },
  { is: "openpgpkey", key: counting(20) },
  { is: "dsync", rrtype: 59, scheme: 1, port: 5359, target: OTHER },
  { is: "uri", priority: 10, weight: 1, target: "https://www.example.com/" },
  { is: "avc", strings },
  { is: "doa", enterprise: 1, doaType: 2, location: 3, mediaType: "text/plain", data: counting(4) },
  { is: "amtrelay", precedence: 10, relay: { discoveryOptional: 1, type: 1 }, relayIpv4: IP_A },
  { is: "amtrelay", precedence: 10, relay: { type: 2 }, relayIpv6: IP6_A },
  { is: "amtrelay", precedence: 10, relay: { type: 3 }, relayName: OTHER },
  { is: "resinfo", strings },
  { is: "wallet", strings },
  { is: "cla", strings },
  { is: "ipn", node: 977_000n },
  { is: "ta", ...digested },
  { is: "unknown", type: 0xff33, data: counting(6) },
];

export const respond = (id, records, more = {}) =>
  build(
    ...overUdp(49_053, 53),
    dns({
      id,
      flags: { qr: true, opcode: 0, aa: true, rd: true, ra: true },
      questions: [{ name: NAME, type: 255, class: 1 }],
      answers: records.map((one) => ({ name: NAME, ttl: 3600, ...one })),
      ...more,
    }),
  );
const each = (first, list) => () => list.map((one, i) => respond(first + i, [one]));

const transactions = () => [
  respond(4000, [], {
    additionals: [
      {
        is: "tsig",
        name: "key.example.com",
        class: 255,
        ttl: 0,
        algorithm: "hmac-sha256",
        timeSigned: date,
        fudge: 301,
        mac: counting(32),
        originalId: 4000,
        error: 18,
        other: hex("000065539101"),
      },
    ],
  }),
  respond(4001, [
    {
      is: "tkey",
      class: 255,
      ttl: 0,
      algorithm: "tkey.example.com",
      inception: date,
      expiration: date + 3600,
      mode: 2,
      error: 0,
      key: counting(16),
      other: counting(4),
    },
  ]),
];

const messages = () => [
  build(
    ...overUdp(53, 49_054),
    dns({
      id: 0x1234,
      flags: { opcode: 0, rd: true, ad: true, cd: true },
      questions: [{ name: NAME, type: 28, class: 3 }],
    }),
  ),
  build(
    ...overUdp(49_054, 53),
    dns({
      id: 0x1234,
      flags: { qr: true, aa: true, tc: true, ra: true, z: true, rcode: 3 },
      questions: [{ name: NAME, type: 28, class: 3 }],
      authorities: [{ is: "ns", name: "example.com", ttl: 60, nsdname: "ns.example.com" }],
      additionals: [{ is: "a", name: "ns.example.com", ttl: 61, address: IP_A }],
    }),
  ),
];
const updates = () => [
  build(
    ...overUdp(53, 49_055),
    dns({
      id: 0x1235,
      flags: { opcode: 5 },
      questions: [{ name: "example.com", type: 6, class: 1 }],
      answers: [{ is: "a", name: NAME, class: 254, ttl: 0, rdlength: 4, address: IP_A }],
      authorities: [{ is: "a", name: NAME, ttl: 60, address: IP_A }],
    }),
  ),
];

const local = () => [
  build(
    ...over4({ dst: "224.0.0.251", ttl: 255 }),
    ...overUdp(5353, 5353).slice(2),
    mdns({
      questions: [{ name: "_http._tcp.local", type: 12, unicastResponse: true, class: 1 }],
      answers: [
        { is: "ptr", name: "_http._tcp.local", ttl: 4500, ptrdname: "web._http._tcp.local" },
      ],
    }),
  ),
  build(
    ...over4({ dst: "224.0.0.251", ttl: 255 }),
    ...overUdp(5353, 5353).slice(2),
    mdns({
      flags: { qr: true, aa: true },
      answers: [
        {
          is: "srv",
          name: "web._http._tcp.local",
          cacheFlush: true,
          ttl: 120,
          priority: 0,
          weight: 0,
          port: 80,
          target: "host.local",
        },
      ],
    }),
  ),
  build(
    ...over4({ dst: "224.0.0.252", ttl: 1 }),
    ...overUdp(5355, 49_355).slice(2),
    llmnr({
      id: 0x1236,
      flags: { t: true },
      questions: [{ name: "printer", type: 1, class: 1 }],
    }),
  ),
];

export const names = [
  { name: "dns", linkType: 1, packets: messages },
  { name: "dns-update", linkType: 1, packets: updates },
  { name: "dns-records", linkType: 1, packets: each(1000, plain) },
  { name: "dns-security", linkType: 1, packets: each(1100, secure) },
  { name: "dns-services", linkType: 1, packets: each(1200, services) },
  { name: "dns-services-recent", linkType: 1, packets: each(1300, recentServices) },
  { name: "dns-recent", linkType: 1, packets: each(1400, recent) },
  { name: "dns-transactions", linkType: 1, packets: transactions },
  { name: "dns-local", linkType: 1, packets: local },
];
