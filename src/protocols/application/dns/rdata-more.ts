import {
  coded,
  eui64,
  flags,
  ipv4Address,
  ipv6Address,
  mac,
  octets,
  part,
  u16,
  u32,
  u64,
  u8,
} from "../../../schema/field.ts";
import { at } from "../../../schema/variants.ts";
import { afsdbSubtypeNames, amtRelayNames, dnsTypeNames, dsyncSchemeNames } from "../../iana/dns.ts";
import { addressPrefix } from "./apl.ts";
import { wholeDomainName } from "./name.ts";
import { type Ordinary, plainString } from "./parts.ts";
import { suffixIpv6 } from "./prefix.ts";
import { serviceParameter } from "./service-parameter.ts";

const name = (title: string, filter: string | null) => coded(wholeDomainName, title, { filter });

/** Records that say where services, networks and people are found. */
export const serviceCases = (rr: Ordinary) => ({
  rp: at(
    17,
    rr.fields({ mailbox: name("Mailbox", "rp.mailbox"), txtName: name("TXT Name", "rp.txt_rr") }),
  ),
  afsdb: at(
    18,
    rr.fields({
      subtype: u16("Subtype", { filter: "afsdb.subtype", names: afsdbSubtypeNames }),
      host: name("Host", "afsdb.hostname"),
    }),
  ),
  rt: at(
    21,
    rr.fields({
      preference: u16("Preference", { filter: "rt.subtype" }),
      host: name("Intermediate Host", "rt.intermediate_host"),
    }),
  ),
  px: at(
    26,
    rr.fields({
      preference: u16("Preference", { filter: "px.preference" }),
      map822: name("RFC 822 Domain", "px.map822"),
      mapx400: name("X.400 Domain", "px.map400"),
    }),
  ),
  srv: at(
    33,
    rr.fields({
      priority: u16("Priority", { filter: "srv.priority" }),
      weight: u16("Weight", { filter: "srv.weight" }),
      port: u16("Port", { filter: "srv.port" }),
      target: name("Target", "srv.target"),
    }),
  ),
  naptr: at(
    35,
    rr
      .fields({
        order: u16("Order", { filter: "naptr.order" }),
        preference: u16("Preference", { filter: "naptr.preference" }),
        flagsLength: u8("Flags Length", { filter: "naptr.flags_length" }),
      })
      .text("flags", "Flags", { field: "flagsLength" }, { filter: "naptr.flags" })
      .fields({ serviceLength: u8("Services Length", { filter: "naptr.service_length" }) })
      .text("services", "Services", { field: "serviceLength" }, { filter: "naptr.service" })
      .fields({ regexpLength: u8("Regular Expression Length", { filter: "naptr.regex_length" }) })
      .text("regexp", "Regular Expression", { field: "regexpLength" }, { filter: "naptr.regex" })
      .fields({ replacement: name("Replacement", "naptr.replacement") }),
  ),
  kx: at(
    36,
    rr.fields({
      preference: u16("Preference", { filter: "kx.preference" }),
      exchanger: name("Key Exchanger", "kx.key_exchange"),
    }),
  ),
  a6: at(
    38,
    rr
      .fields({
        prefixLength: u8("Prefix Length", { filter: "a6.prefix_len" }),
        suffix: coded(suffixIpv6, "Address Suffix", { filter: "a6.address_suffix" }),
      })
      .when("prefixLength", { prefixName: name("Prefix Name", "a6.prefix_name") }),
  ),
  dname: at(39, rr.fields({ target: name("Target", "dname") })),
  apl: at(42, rr.list("items", "Prefixes", addressPrefix)),
  talink: at(
    58,
    rr.fields({ previous: name("Previous Name", null), next: name("Next Name", null) }),
  ),
  svcb: at(64, service(rr)),
  https: at(65, service(rr)),
  dsync: at(
    66,
    rr.fields({
      rrtype: u16("Type", { filter: null, names: dnsTypeNames }),
      scheme: u8("Scheme", { filter: null, names: dsyncSchemeNames }),
      port: u16("Port", { filter: null }),
      target: name("Target", null),
    }),
  ),
  uri: at(
    256,
    rr
      .fields({
        priority: u16("Priority", { filter: null }),
        weight: u16("Weight", { filter: null }),
      })
      .text("target", "Target", "rest", { filter: null }),
  ),
  amtrelay: at(
    260,
    rr
      .fields({
        precedence: u8("Precedence", { filter: null }),
        relay: flags(
          8,
          {
            discoveryOptional: "Discovery Optional",
            type: part(7, "Relay Type", { names: amtRelayNames }),
          },
          "Relay",
          { filter: null },
        ),
      })
      .when({ field: "relay.type", is: 1 }, { relayIpv4: ipv4Address("Relay", { filter: null }) })
      .when({ field: "relay.type", is: 2 }, { relayIpv6: ipv6Address("Relay", { filter: null }) })
      .when({ field: "relay.type", is: 3 }, { relayName: name("Relay", null) }),
  ),
});

/** Service bindings (RFC 9460 §2.2): priority 0 makes the record an alias. */
const service = (rr: Ordinary) =>
  rr
    .fields({
      priority: u16("Priority", { filter: "svcb.svcpriority" }),
      target: name("Target Name", "svcb.targetname"),
    })
    .list("params", "Service Parameters", serviceParameter);

/** Records of other networks' addresses, of places, and of what hosts say about themselves. */
export const addressCases = (rr: Ordinary) => ({
  x25: at(
    19,
    rr
      .fields({ length: u8("Length", { filter: "x25.length" }) })
      .text("address", "PSDN Address", { field: "length" }, { filter: "x25.psdn_address" }),
  ),
  isdn: at(
    20,
    rr
      .fields({ addressLength: u8("Address Length", { filter: "idsn.length" }) })
      .text("address", "ISDN Address", { field: "addressLength" }, { filter: "idsn.address" })
      .when((h) => h.rdlength > 1 + h.addressLength, {
        subaddressLength: u8("Subaddress Length", { filter: "idsn.sa.length" }),
      })
      .text("subaddress", "Subaddress", (h) => h.subaddressLength ?? 0, {
        when: (h) => h.subaddressLength !== undefined,
        filter: "idsn.sa.address",
      }),
  ),
  nsap: at(22, rr.bytes("address", "NSAP Address", "rest", { filter: "nsap.rdata" })),
  nsapPtr: at(23, rr.fields({ owner: name("Owner", "nsap_ptr.owner") })),
  gpos: at(
    27,
    rr
      .fields({ longitudeLength: u8("Longitude Length", { filter: "gpos.longitude_length" }) })
      .text("longitude", "Longitude", { field: "longitudeLength" }, { filter: "gpos.longitude" })
      .fields({ latitudeLength: u8("Latitude Length", { filter: "gpos.latitude_length" }) })
      .text("latitude", "Latitude", { field: "latitudeLength" }, { filter: "gpos.latitude" })
      .fields({ altitudeLength: u8("Altitude Length", { filter: "gpos.altitude_length" }) })
      .text("altitude", "Altitude", { field: "altitudeLength" }, { filter: "gpos.altitude" }),
  ),
  loc: at(
    29,
    rr.fields({
      version: u8("Version", { filter: "loc.version" }),
      size: u8("Size", { filter: "loc.size" }),
      horizontalPrecision: u8("Horizontal Precision", { filter: "loc.horizontal_precision" }),
      verticalPrecision: u8("Vertical Precision", { filter: "loc.vertical_precision" }),
      latitude: u32("Latitude", { filter: "loc.latitude" }),
      longitude: u32("Longitude", { filter: "loc.longitude" }),
      altitude: u32("Altitude", { filter: "loc.altitude" }),
    }),
  ),
  eid: at(31, rr.bytes("identifier", "Endpoint Identifier", "rest", { filter: null })),
  nimloc: at(32, rr.bytes("locator", "Nimrod Locator", "rest", { filter: null })),
  atma: at(
    34,
    rr
      .fields({ format: u8("Format", { filter: null }) })
      .bytes("address", "ATM Address", "rest", { filter: null }),
  ),
  sink: at(
    40,
    rr
      .fields({
        coding: u8("Coding", { filter: null }),
        subcoding: u8("Subcoding", { filter: null }),
      })
      .bytes("data", "Data", "rest", { filter: null }),
  ),
  ninfo: at(56, rr.list("strings", "Strings", plainString)),
  nid: at(
    104,
    rr.fields({
      preference: u16("Preference", { filter: "ilnp.nid.preference" }),
      nodeId: octets(8, "Node Identifier", { filter: "ilnp.nid" }),
    }),
  ),
  l32: at(
    105,
    rr.fields({
      preference: u16("Preference", { filter: "ilnp.l32.preference" }),
      locator: ipv4Address("Locator", { filter: "ilnp.l32" }),
    }),
  ),
  l64: at(
    106,
    rr.fields({
      preference: u16("Preference", { filter: "ilnp.l64.preference" }),
      locator: octets(8, "Locator", { filter: "ilnp.l64" }),
    }),
  ),
  lp: at(
    107,
    rr.fields({
      preference: u16("Preference", { filter: "ilnp.lp.preference" }),
      fqdn: name("Locator Name", "ilnp.lp"),
    }),
  ),
  eui48: at(108, rr.fields({ address: mac("EUI-48 Address", { filter: "eui48" }) })),
  eui64: at(109, rr.fields({ address: eui64("EUI-64 Address", { filter: "eui64" }) })),
  avc: at(258, rr.list("strings", "Strings", plainString)),
  doa: at(
    259,
    rr
      .fields({
        enterprise: u32("Enterprise", { filter: null }),
        doaType: u32("DOA Type", { filter: null }),
        location: u8("Location", { filter: null }),
        mediaTypeLength: u8("Media Type Length", { filter: null }),
      })
      .text("mediaType", "Media Type", { field: "mediaTypeLength" }, { filter: null })
      .bytes("data", "Data", "rest", { filter: null }),
  ),
  resinfo: at(261, rr.list("strings", "Strings", plainString)),
  wallet: at(262, rr.list("strings", "Strings", plainString)),
  cla: at(263, rr.list("strings", "Strings", plainString)),
  ipn: at(264, rr.fields({ node: u64("Node", { filter: null }) })),
  wins: at(
    65281,
    rr
      .fields({
        localFlag: u32("Local Flag", { filter: "wins.local_flag" }),
        lookupTimeout: u32("Lookup Timeout", { filter: "wins.lookup_timeout" }),
        cacheTimeout: u32("Cache Timeout", { filter: "wins.cache_timeout" }),
        serverCount: u32("Number of Servers", { filter: "wins.nb_wins_servers" }),
      })
      .list("servers", "Servers", winsServer, { count: { field: "serverCount" } }),
  ),
  winsr: at(
    65282,
    rr.fields({
      localFlag: u32("Local Flag", { filter: "winsr.local_flag" }),
      lookupTimeout: u32("Lookup Timeout", { filter: "winsr.lookup_timeout" }),
      cacheTimeout: u32("Cache Timeout", { filter: "winsr.cache_timeout" }),
      resultDomain: name("Result Domain", "winsr.name_result_domain"),
    }),
  ),
});
