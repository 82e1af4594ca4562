import type { Codec } from "../../../schema/codec.ts";
import {
  coded,
  flags,
  ipv4Address,
  ipv6Address,
  part,
  u8,
  u16,
  u32,
  u48,
} from "../../../schema/field.ts";
import { at } from "../../../schema/variants.ts";
import {
  certTypeNames,
  dhcidTypeNames,
  dnssecAlgorithmNames,
  dnssecDigestNames,
  dnssecProtocolNames,
  dnsTsigErrorNames,
  dnsTypeNames,
  ipseckeyAlgorithmNames,
  ipseckeyGatewayNames,
  nsec3HashNames,
  sshfpAlgorithmNames,
  sshfpFingerprintNames,
  tkeyModeNames,
  tlsaMatchingNames,
  tlsaSelectorNames,
  tlsaUsageNames,
  zonemdHashNames,
  zonemdSchemeNames,
} from "../../iana/dns.ts";
import { wholeDomainName } from "./name.ts";
import { namedServer, type Ordinary } from "./parts.ts";
import { plainTypeBitmap, typeBitmap } from "./type-bitmap.ts";

const name = (title: string, filter: string | null) => coded(wholeDomainName, title, { filter });
/** Wireshark lists the types of a bitmap under the name of the record's own type. */
const types = (title = "Types") =>
  coded(typeBitmap, title, { filter: "resp.type", names: dnsTypeNames });
const algorithm = (filter: string | null) =>
  u8("Algorithm", { filter, names: dnssecAlgorithmNames });

/** A signature over a record set (RFC 4034 §3; SIG of RFC 2535 §4 has the same form). */
const signature = (rr: Ordinary) =>
  rr
    .fields({
      typeCovered: u16("Type Covered", { filter: "rrsig.type_covered", names: dnsTypeNames }),
      algorithm: algorithm("rrsig.algorithm"),
      labels: u8("Labels", { filter: "rrsig.labels" }),
      originalTtl: u32("Original TTL", { filter: "rrsig.original_ttl" }),
      expiration: u32("Signature Expiration", {
        filter: "rrsig.signature_expiration",
        base: "time",
      }),
      inception: u32("Signature Inception", { filter: "rrsig.signature_inception", base: "time" }),
      keyTag: u16("Key Tag", { filter: "rrsig.key_tag" }),
      signer: name("Signer's Name", "rrsig.signers_name"),
    })
    .bytes("signature", "Signature", "rest", { filter: "rrsig.signature" });

/** A zone's key (RFC 4034 §2). */
const zoneKey = (rr: Ordinary) =>
  rr
    .fields({
      flags: flags(
        16,
        {
          reservedHigh: part(7, "Reserved", { filter: null }),
          zoneKey: "Zone Key",
          revoked: part(1, "Revoked", { filter: "key_revoked" }),
          reservedLow: part(6, "Reserved", { filter: null }),
          secureEntryPoint: "Secure Entry Point",
        },
        "Flags",
        { filter: "dnskey.flags", base: "hex" },
      ),
      protocol: u8("Protocol", {
        filter: "dnskey.protocol",
        names: dnssecProtocolNames,
        default: 3,
      }),
      algorithm: algorithm("dnskey.algorithm"),
    })
    .bytes("publicKey", "Public Key", "rest", { filter: "dnskey.public_key" });

/** The digest of a key in the zone below (RFC 4034 §5); Wireshark does not name that of a trust authority. */
const delegation = (rr: Ordinary, named = true) => {
  const filter = (name: string): string | null => (named ? `ds.${name}` : null);
  return rr
    .fields({
      keyTag: u16("Key Tag", { filter: filter("key_id"), base: "hex" }),
      algorithm: algorithm(filter("algorithm")),
      digestType: u8("Digest Type", { filter: filter("digest_type"), names: dnssecDigestNames }),
    })
    .bytes("digest", "Digest", "rest", { filter: filter("digest") });
};

/** What a certificate must be (RFC 6698 §2, RFC 8162 §2). */
const association = (rr: Ordinary, named: boolean) => {
  const filter = (name: string): string | null => (named ? `tlsa.${name}` : null);
  return rr
    .fields({
      usage: u8("Certificate Usage", {
        filter: filter("certificate_usage"),
        names: tlsaUsageNames,
      }),
      selector: u8("Selector", { filter: filter("selector"), names: tlsaSelectorNames }),
      matchingType: u8("Matching Type", {
        filter: filter("matching_type"),
        names: tlsaMatchingNames,
      }),
    })
    .bytes("data", "Certificate Association Data", "rest", {
      filter: filter("certificate_association_data"),
    });
};

/** How names are hashed (RFC 5155 §3.1, §4.1). Opt-out is a flag of NSEC3 alone. */
const hashing = (rr: Ordinary, optOut: string | null) =>
  rr
    .fields({
      hashAlgorithm: u8("Hash Algorithm", { filter: "nsec3.algo", names: nsec3HashNames }),
      flags: flags(
        8,
        {
          reserved: part(7, "Reserved", { filter: null }),
          optOut: part(1, "Opt-Out", { filter: optOut }),
        },
        "Flags",
        { filter: "nsec3.flags", base: "decimal" },
      ),
      iterations: u16("Iterations", { filter: "nsec3.iterations" }),
      saltLength: u8("Salt Length", { filter: "nsec3.salt_length" }),
    })
    .bytes("salt", "Salt", { field: "saltLength" }, { filter: "nsec3.salt_value" });

/** Keys and signatures of zones. `names` is the form of the name in NSEC, which mDNS compresses and DNS does not. */
export const zoneCases = (rr: Ordinary, names: Codec<string>) => ({
  sig: at(24, signature(rr)),
  nxt: at(
    30,
    rr.fields({
      next: name("Next Domain Name", "nxt.next_domain_name"),
      types: coded(plainTypeBitmap, "Types", { filter: "resp.type", names: dnsTypeNames }),
    }),
  ),
  ds: at(43, delegation(rr)),
  rrsig: at(46, signature(rr)),
  nsec: at(
    47,
    rr.fields({
      next: coded(names, "Next Domain Name", { filter: "nsec.next_domain_name" }),
      types: types(),
    }),
  ),
  dnskey: at(48, zoneKey(rr)),
  nsec3: at(
    50,
    hashing(rr, "opt_out")
      .fields({ hashLength: u8("Hash Length", { filter: "nsec3.hash_length" }) })
      .bytes(
        "nextHash",
        "Next Hashed Owner Name",
        { field: "hashLength" },
        // As many as SHA-1 has, the only hash in use.
        { filter: null, valid: (random) => random.bytes(20) },
      )
      .fields({ types: types() }),
  ),
  nsec3param: at(51, hashing(rr, null)),
  cds: at(59, delegation(rr)),
  cdnskey: at(60, zoneKey(rr)),
  csync: at(
    62,
    rr.fields({
      serial: u32("SOA Serial", { filter: "csync.soa" }),
      flags: flags(
        16,
        {
          reserved: part(14, "Reserved", { filter: null }),
          soaMinimum: part(1, "SOA Minimum", { filter: "soaminimum" }),
          immediate: "Immediate",
        },
        "Flags",
        { filter: "csync.flags", base: "hex" },
      ),
      types: types("Types to Copy"),
    }),
  ),
  zonemd: at(
    63,
    rr
      .fields({
        serial: u32("SOA Serial", { filter: "zonemd.serial" }),
        scheme: u8("Scheme", { filter: "zonemd.scheme", names: zonemdSchemeNames }),
        hashAlgorithm: u8("Hash Algorithm", { filter: "zonemd.hash_algo", names: zonemdHashNames }),
      })
      .bytes("digest", "Digest", "rest", { filter: "zonemd.digest" }),
  ),
  ta: at(32768, delegation(rr, false)),
  dlv: at(32769, delegation(rr)),
});

/** Keys and certificates of hosts, and what secures single messages. */
export const keyCases = (rr: Ordinary) => ({
  key: at(
    25,
    rr
      .fields({
        flags: flags(
          16,
          {
            authentication: "Authentication Prohibited",
            confidentiality: "Confidentiality Prohibited",
            required: "Key Required",
            extension: part(2, "Extended Flags", { filter: null }),
            user: part(1, "Associated with a User", { filter: "associated_user" }),
            entity: part(1, "Associated with an Entity", { filter: "associated_named_entity" }),
            reserved: part(1, "Reserved", { filter: null }),
            ipsec: "IPsec",
            mime: "MIME Security Multiparts",
            reservedLow: part(2, "Reserved", { filter: null }),
            signatory: part(4, "Signatory"),
          },
          "Flags",
          { filter: "key.flags", base: "hex" },
        ),
        protocol: u8("Protocol", { filter: "key.protocol", names: dnssecProtocolNames }),
        algorithm: algorithm("key.algorithm"),
      })
      .bytes("publicKey", "Public Key", "rest", { filter: "key.public_key" }),
  ),
  cert: at(
    37,
    rr
      .fields({
        certType: u16("Certificate Type", { filter: "cert.type", names: certTypeNames }),
        keyTag: u16("Key Tag", { filter: "cert.key_tag", base: "hex" }),
        algorithm: algorithm("cert.algorithm"),
      })
      .bytes("certificate", "Certificate", "rest", { filter: "cert.certificate" }),
  ),
  sshfp: at(
    44,
    rr
      .fields({
        algorithm: u8("Algorithm", { filter: "sshfp.algorithm", names: sshfpAlgorithmNames }),
        fingerprintType: u8("Fingerprint Type", {
          filter: "sshfp.fingerprint.type",
          names: sshfpFingerprintNames,
        }),
      })
      .bytes("fingerprint", "Fingerprint", "rest", { filter: "sshfp.fingerprint" }),
  ),
  ipseckey: at(
    45,
    rr
      .fields({
        precedence: u8("Precedence", { filter: "ipseckey.gateway_precedence" }),
        gatewayType: u8("Gateway Type", {
          filter: "ipseckey.gateway_type",
          names: ipseckeyGatewayNames,
        }),
        algorithm: u8("Algorithm", {
          filter: "ipseckey.gateway_algorithm",
          names: ipseckeyAlgorithmNames,
        }),
      })
      .when(
        { field: "gatewayType", is: 1 },
        { gatewayIpv4: ipv4Address("Gateway", { filter: "ipseckey.gateway_ipv4" }) },
      )
      .when(
        { field: "gatewayType", is: 2 },
        { gatewayIpv6: ipv6Address("Gateway", { filter: "ipseckey.gateway_ipv6" }) },
      )
      .when(
        { field: "gatewayType", is: 3 },
        { gatewayName: name("Gateway", "ipseckey.gateway_dns") },
      )
      .bytes("publicKey", "Public Key", "rest", { filter: "ipseckey.public_key" }),
  ),
  dhcid: at(
    49,
    rr
      .fields({
        identifierType: u16("Identifier Type", { filter: null, names: dhcidTypeNames }),
        digestType: u8("Digest Type", { filter: null, default: 1 }),
      })
      .bytes("digest", "Digest", "rest", { filter: null }),
  ),
  tlsa: at(52, association(rr, true)),
  smimea: at(53, association(rr, false)),
  hip: at(
    55,
    rr
      .fields({
        hitLength: u8("HIT Length", { filter: "hip.hit.length" }),
        algorithm: u8("Public Key Algorithm", {
          filter: "hip.hit.pk.algo",
          names: ipseckeyAlgorithmNames,
        }),
        publicKeyLength: u16("Public Key Length", { filter: "hip.pk.length" }),
      })
      .bytes("hit", "Host Identity Tag", { field: "hitLength" }, { filter: "hip.hit" })
      .bytes("publicKey", "Public Key", { field: "publicKeyLength" }, { filter: "hip.pk" })
      .list("servers", "Rendezvous Servers", namedServer),
  ),
  rkey: at(
    57,
    rr
      .fields({
        flags: u16("Flags", { filter: null, base: "hex" }),
        protocol: u8("Protocol", { filter: null, default: 1 }),
        algorithm: u8("Algorithm", { filter: null, names: dnssecAlgorithmNames }),
      })
      .bytes("publicKey", "Public Key", "rest", { filter: null }),
  ),
  openpgpkey: at(61, rr.bytes("key", "OpenPGP Key", "rest", { filter: null })),
  tkey: at(
    249,
    rr
      .fields({
        algorithm: name("Algorithm Name", "tkey.algo_name"),
        inception: u32("Inception", { filter: "tkey.signature_inception", base: "time" }),
        expiration: u32("Expiration", { filter: "tkey.signature_expiration", base: "time" }),
        mode: u16("Mode", {
          filter: "tkey.mode",
          names: tkeyModeNames,
          // The key of GSS-API (3) has a structure of its own.
          valid: [1, 2],
        }),
        error: u16("Error", { filter: "tkey.error", names: dnsTsigErrorNames }),
        keySize: u16("Key Size", { filter: "tkey.key_size" }),
      })
      .bytes("key", "Key", { field: "keySize" }, { filter: "tkey.key_data" })
      .fields({ otherSize: u16("Other Size", { filter: "tkey.other_size" }) })
      .bytes(
        "other",
        "Other Data",
        { field: "otherSize" },
        { when: "otherSize", filter: "tkey.other_data" },
      ),
  ),
  tsig: at(
    250,
    rr
      .fields({
        algorithm: name("Algorithm Name", "tsig.algorithm_name"),
        timeSigned: u48("Time Signed", { filter: "tsig.time_signed", base: "time" }),
        fudge: u16("Fudge", { filter: "tsig.fudge", default: 300 }),
        macSize: u16("MAC Size", { filter: "tsig.mac_size" }),
      })
      .bytes("mac", "MAC", { field: "macSize" }, { filter: null })
      .fields({
        originalId: u16("Original ID", { filter: "tsig.original_id" }),
        error: u16("Error", { filter: "tsig.error", names: dnsTsigErrorNames }),
        otherLength: u16("Other Length", { filter: "tsig.other_len" }),
      })
      .bytes(
        "other",
        "Other Data",
        { field: "otherLength" },
        { when: "otherLength", filter: "tsig.other_data" },
      ),
  ),
  caa: at(
    257,
    rr
      .fields({
        flags: flags(
          8,
          {
            critical: part(1, "Issuer Critical", { filter: "issuer_critical" }),
            reserved: part(7, "Reserved", { filter: null }),
          },
          "Flags",
          { filter: "caa.flags", base: "hex" },
        ),
        tagLength: u8("Tag Length", { filter: "caa.tag_length" }),
      })
      .text("tag", "Tag", { field: "tagLength" }, { filter: "caa.tag" })
      .text("value", "Value", "rest", { filter: "caa.value" }),
  ),
});
