import { coded, mac, octets, u8, u16, u32, u64 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import {
  dnsEdnsOptionNames,
  dnsExtendedErrorNames,
  dnssecAlgorithmNames,
  dnssecDigestNames,
  llqErrorNames,
  llqOpcodeNames,
  nsec3HashNames,
} from "../../iana/dns.ts";
import { addressFamilyNames } from "../../iana/link.ts";
import { wholeDomainName } from "./name.ts";
import { typeNumber } from "./parts.ts";
import { subnetIpv4, subnetIpv6 } from "./prefix.ts";

const option = record("dns.option", "EDNS Option", { spec: "RFC 6891 §6.1.2" })
  .fields({
    code: u16("Option Code", { filter: "opt.code", names: dnsEdnsOptionNames }),
    length: u16("Option Length", { filter: "opt.len" }),
  })
  .header({ field: "length", plus: 4 });

const dauAlgorithm = record("dns.dauAlgorithm", "Algorithm").fields({
  algorithm: u8("Algorithm", { filter: "opt.dau", names: dnssecAlgorithmNames }),
});
const dhuAlgorithm = record("dns.dhuAlgorithm", "Digest Type").fields({
  algorithm: u8("Digest Type", { filter: "opt.dhu", names: dnssecDigestNames }),
});
const n3uAlgorithm = record("dns.n3uAlgorithm", "Hash Algorithm").fields({
  algorithm: u8("Hash Algorithm", { filter: "opt.n3u", names: nsec3HashNames }),
});
const keyTag = record("dns.keyTag", "Key Tag").fields({
  tag: u16("Key Tag", { filter: null }),
});

/** Whose address an answer should suit (RFC 7871 §6). */
const clientSubnet = option
  .fields({
    family: u16("Family", {
      filter: "opt.client.family",
      names: addressFamilyNames,
      default: 1,
      // RFC 7871 §6 has the addresses of IP alone.
      valid: [1, 2],
    }),
    sourcePrefix: u8("Source Prefix Length", { filter: "opt.client.netmask", default: 24 }),
    scopePrefix: u8("Scope Prefix Length", { filter: "opt.client.scope" }),
  })
  .when(
    { field: "family", is: 1 },
    { ipv4: coded(subnetIpv4, "Address", { filter: "opt.client.addr4" }) },
  )
  .when(
    { field: "family", is: 2 },
    { ipv6: coded(subnetIpv6, "Address", { filter: "opt.client.addr6" }) },
  )
  .bytes("address", "Address", "rest", {
    when: (h) => h.family !== 1 && h.family !== 2,
    filter: "opt.client.addr",
  });

/** Who sleeps, and how to wake it: of mDNS sleep proxies (draft-cheshire-edns0-owner-option). */
const owner = option
  .fields({
    version: u8("Version", { filter: null }),
    sequence: u8("Sequence Number", { filter: null }),
    primary: mac("Primary MAC Address", { filter: null }),
  })
  .when((h) => h.length >= 14, { wakeup: mac("Wakeup MAC Address", { filter: null }) })
  .bytes("password", "Password", "rest", { filter: null });

const tag = option.fields({ tag: u16("Tag", { filter: null }) });

const made = variants(
  option,
  "code",
  {
    llq: at(
      1,
      option.fields({
        version: u16("Version", { filter: null, default: 1 }),
        opcode: u16("LLQ Opcode", { filter: null, names: llqOpcodeNames }),
        error: u16("Error", { filter: null, names: llqErrorNames }),
        llqId: u64("LLQ ID", { filter: null }),
        lease: u32("Lease Life", { filter: null }),
      }),
    ),
    updateLease: at(
      2,
      option
        .fields({ lease: u32("Lease", { filter: null }) })
        .when({ field: "length", is: 8 }, { keyLease: u32("Key Lease", { filter: null }) }),
    ),
    nsid: at(3, option.bytes("nsid", "Name Server Identifier", "rest", { filter: null })),
    owner: at(4, owner),
    dau: at(5, option.list("algorithms", "Algorithms", dauAlgorithm)),
    dhu: at(6, option.list("algorithms", "Digest Types", dhuAlgorithm)),
    n3u: at(7, option.list("algorithms", "Hash Algorithms", n3uAlgorithm)),
    clientSubnet: at(8, clientSubnet),
    expire: at(
      9,
      option.when({ field: "length", is: 4 }, { expire: u32("Expire", { filter: null }) }),
    ),
    cookie: at(
      10,
      option
        .fields({ client: octets(8, "Client Cookie", { filter: "opt.cookie.client" }) })
        .bytes("server", "Server Cookie", "rest", { filter: "opt.cookie.server" }),
    ),
    tcpKeepalive: at(
      11,
      option.when(
        { field: "length", is: 2 },
        {
          timeout: u16("Timeout", {
            filter: "opt.edns_tcp_keepalive.timeout",
            note: "In units of 100 milliseconds.",
          }),
        },
      ),
    ),
    padding: at(12, option.bytes("padding", "Padding", "rest", { filter: "opt.padding" })),
    chain: at(
      13,
      option.fields({
        trustPoint: coded(wholeDomainName, "Closest Trust Point", { filter: null }),
      }),
    ),
    keyTag: at(14, option.list("tags", "Key Tags", keyTag)),
    extendedError: at(
      15,
      option
        .fields({
          infoCode: u16("Info Code", {
            filter: "opt.ext_error.info_code",
            names: dnsExtendedErrorNames,
          }),
        })
        .text("extraText", "Extra Text", "rest", { filter: "opt.ext_error.extra_text" }),
    ),
    clientTag: at(16, tag),
    serverTag: at(17, tag),
    reportChannel: at(
      18,
      option.fields({ agent: coded(wholeDomainName, "Agent Domain", { filter: null }) }),
    ),
    zoneVersion: at(
      19,
      option
        .when("length", {
          labels: u8("Label Count", { filter: null }),
          versionType: u8("Version Type", { filter: null }),
        })
        .bytes("version", "Version", "rest", { filter: null }),
    ),
    moreTypesQuery: at(20, option.list("types", "Types", typeNumber)),
    moreTypesResponse: at(21, option.list("types", "Types", typeNumber)),
    umbrella: at(20292, option.bytes("identity", "Identity", "rest", { filter: null })),
    deviceId: at(26946, option.bytes("identifier", "Device Identifier", "rest", { filter: null })),
  },
  option.bytes("data", "Data", "rest", { filter: null }),
);

type Made = typeof made;
/** The declaration of {@link dnsOption}; a name that types can be read by. */
export interface DnsOption extends Made {}
/** EDNS options of the OPT record, by code. */
export const dnsOption: DnsOption = made;
