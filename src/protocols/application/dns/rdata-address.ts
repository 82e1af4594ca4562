import {
  bits,
  coded,
  eui64,
  flags,
  ipv4Address,
  ipv6Address,
  mac,
  octets,
  part,
  u8,
  u16,
  u32,
  u64,
} from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at } from "../../../schema/variants.ts";
import { ipProtocolNames } from "../../iana/ip-protocols.ts";
import { wholeDomainName } from "./name.ts";
import { type Ordinary, plainString } from "./parts.ts";

const name = (title: string, filter: string | null) => coded(wholeDomainName, title, { filter });

const winsServer = record("dns.winsServer", "WINS Server").fields({
  address: ipv4Address("Address", { filter: "wins.wins_server" }),
});

/** An ISDN subaddress is there when the data goes on behind the address (RFC 1183 §3.2). */
const hasSubaddress = (h: { readonly rdlength: number; readonly addressLength: number }): boolean =>
  h.rdlength > 1 + h.addressLength;

/** What a WINS record is for (MS-DNSP): for this server alone, or for all of the zone. */
const mapping = flags(
  32,
  {
    scope: part(1, "Scope", { filter: null }),
    reservedHigh: part(14, "Reserved", { filter: null }),
    local: part(1, "Local", { filter: null }),
    reservedLow: part(16, "Reserved", { filter: null }),
  },
  "Mapping Flags",
  { filter: null, base: "hex" },
);

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
      .when(hasSubaddress, {
        subaddressLength: u8("Subaddress Length", { filter: "idsn.sa.length" }),
      })
      .text(
        "subaddress",
        "Subaddress",
        { field: "subaddressLength" },
        {
          when: hasSubaddress,
          filter: "idsn.sa.address",
        },
      ),
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
        mapping,
        lookupTimeout: u32("Lookup Timeout", { filter: "wins.lookup_timeout" }),
        cacheTimeout: u32("Cache Timeout", { filter: "wins.cache_timeout" }),
        serverCount: u32("Number of Servers", { filter: "wins.nb_wins_servers" }),
      })
      .list("servers", "Servers", winsServer, { count: { field: "serverCount" } }),
  ),
  winsr: at(
    65282,
    rr.fields({
      mapping,
      lookupTimeout: u32("Lookup Timeout", { filter: "winsr.lookup_timeout" }),
      cacheTimeout: u32("Cache Timeout", { filter: "winsr.cache_timeout" }),
      resultDomain: name("Result Domain", "winsr.name_result_domain"),
    }),
  ),
  xpf: at(
    65422,
    rr
      .fields({
        unused: bits(4, "Unused", { filter: null }),
        ipVersion: bits(4, "IP Version", { filter: "xpf.ip_version" }),
        protocol: u8("Protocol", { filter: "xpf.protocol", names: ipProtocolNames }),
      })
      .when(
        { field: "ipVersion", is: 4 },
        {
          srcIpv4: ipv4Address("Source Address", { filter: "xpf.source_ipv4" }),
          dstIpv4: ipv4Address("Destination Address", { filter: "xpf.destination_ipv4" }),
        },
      )
      .when(
        { field: "ipVersion", is: 6 },
        {
          srcIpv6: ipv6Address("Source Address", { filter: "xpf.source_ipv6" }),
          dstIpv6: ipv6Address("Destination Address", { filter: "xpf.destination_ipv6" }),
        },
      )
      .fields({
        srcPort: u16("Source Port", { filter: "xpf.sport" }),
        dstPort: u16("Destination Port", { filter: "xpf.dport" }),
      }),
  ),
});
