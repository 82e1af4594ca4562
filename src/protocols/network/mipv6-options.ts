import { bits, flag, ipv4Address, ipv6Address, u8, u16, u32, u64 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import {
  accessTechnologyNames,
  bindingStatusNames,
  handoffIndicatorNames,
  mobileNodeIdentifierNames,
  mobilityAuthenticationNames,
} from "../iana/mobility.ts";
import { option, type } from "./mipv6-option-base.ts";
import * as proxy from "./mipv6-options-proxy.ts";

const empty = option;
const bytes = (title: string, filter: string | null) =>
  option.bytes("data", title, "rest", { filter });
const prefix = option.fields({
  reserved: u8("Reserved", { filter: null }),
  prefixLength: u8("Prefix Length", { filter: "nemo.mnp.pfl" }),
  prefix: ipv6Address("Prefix", { filter: "nemo.mnp.mnp" }),
});
const ipv4Prefix = bits(6, "Prefix-len", { filter: "ipv4ha.preflen" });
const ipv4Home = ipv4Address("IPv4 Home Address", { filter: "ipv4ha.ha" });
/** What a home agent grants (RFC 5555 §3.2.1) and an anchor (RFC 5844 §3.3.2). */
const homeAddressAnswer = option.fields({
  status: u8("Status", { filter: "ipv4aa.sts", names: bindingStatusNames }),
  prefixLength: ipv4Prefix,
  reserved: bits(2, "Reserved", { filter: null }),
  address: ipv4Home,
});

/** RFC 5648 §4.1: the care-of address may be of either kind, or left out. */
const bindingIdentifier = option
  .fields({
    id: u16("Binding ID", { filter: "bi.bid" }),
    status: u8("Status", { filter: "bi.status", names: bindingStatusNames }),
    h: flag("Simultaneous home and foreign binding", { filter: "bi.h_flag" }),
    priority: bits(7, "BID-PRI", { filter: null }),
  })
  .when(
    { field: "length", is: 8 },
    {
      ipv4: ipv4Address("IPv4 care-of address", { filter: "bi.coa_ipv4" }),
    },
  )
  .when(
    { field: "length", is: 20 },
    {
      ipv6: ipv6Address("Care-of address", { filter: "bi.coa_ipv6" }),
    },
  );

/** Of mobile node identifiers: a network access identifier is text (RFC 4283 §3), those of RFC 8371 are binary. */
const IPV6_ADDRESS = 2;
const isText = (o: { readonly subtype: number }): boolean => o.subtype < IPV6_ADDRESS;

const flow = record("mipv6.flow", "Flow", { filter: "mip6" }).fields({
  id: u16("FID", { filter: null }),
});

const context = record("mipv6.context", "Requested Context", { filter: "mip6.cr" })
  .fields({
    type: u8("Req-type", { filter: "req_type" }),
    length: u8("Req-length", { filter: "req_length" }),
  })
  .bytes("data", "Req-data", { field: "length" }, { filter: ".mip6.vsm.req_data" });

const made = variants(
  type,
  "type",
  {
    pad1: at(0, type),
    padN: at(1, option.bytes("padding", "PadN", "rest", { filter: "padn" })),
    bindingRefreshAdvice: at(
      2,
      option.fields({
        interval: u16("Refresh Interval", {
          filter: "bra.interval",
          note: "In units of four seconds.",
        }),
      }),
    ),
    alternateCareOf: at(
      3,
      option.fields({ address: ipv6Address("Alternate Care-of Address", { filter: "acoa.acoa" }) }),
    ),
    nonceIndices: at(
      4,
      option.fields({
        home: u16("Home Nonce Index", { filter: "ni.hni" }),
        careOf: u16("Care-of Nonce Index", { filter: "ni.cni" }),
      }),
    ),
    authorizationData: at(
      5,
      option.bytes("authenticator", "Authenticator", "rest", { filter: "bad.auth" }),
    ),
    mobileNetworkPrefix: at(6, prefix),
    linkLayerAddress: at(
      7,
      option
        .fields({ code: u8("Option-Code", { filter: "lla.optcode" }) })
        .bytes("address", "Link-Layer Address", "rest", { filter: "lla" }),
    ),
    mobileNodeIdentifier: at(
      8,
      option
        .fields({
          subtype: u8("Subtype", { filter: "mnid.subtype", names: mobileNodeIdentifierNames }),
        })
        .text("identifier", "Identifier", "rest", { filter: "mnid.identifier", when: isText })
        .when(
          { field: "subtype", is: IPV6_ADDRESS },
          { address: ipv6Address("IPv6 Address", { filter: null }) },
        )
        .bytes("data", "Identifier", "rest", {
          filter: null,
          when: (o) => o.subtype > IPV6_ADDRESS,
        }),
    ),
    authentication: at(
      9,
      option
        .fields({
          subtype: u8("Subtype", { filter: "auth.subtype", names: mobilityAuthenticationNames }),
          spi: u32("Mobility SPI", { filter: "auth.mobility_spi" }),
        })
        .bytes("data", "Authentication Data", "rest", { filter: "auth.auth_data" }),
    ),
    messageIdentification: at(
      10,
      option.fields({
        timestamp: u64("Timestamp", {
          filter: "mseg_id.timestamp",
          note: "As in NTP: seconds since 1900 and fractions of 2^-32.",
        }),
      }),
    ),
    cgaParametersRequest: at(11, empty),
    cgaParameters: at(12, bytes("CGA Parameters", "cgar.cga_par")),
    signature: at(13, bytes("Signature", "sign.sign")),
    permanentHomeKeygenToken: at(14, bytes("Permanent Home Keygen Token", "phkt.phkt")),
    careOfTestInit: at(15, empty),
    careOfTest: at(16, bytes("Care-of Keygen Token", "mocot.co_keygen_tok")),
    dnsUpdate: at(
      17,
      option
        .fields({
          status: u8("Status", { filter: "dnsu.status" }),
          r: flag("Remove", { filter: "dnsu.flag.r" }),
          reserved: bits(7, "Reserved", { filter: null }),
        })
        .bytes("identity", "Mobile Node Identity", "rest", { filter: "dnsu.mn_id" }),
    ),
    experimental: at(18, bytes("Data", "em.data")),
    vendorSpecific: at(
      19,
      option
        .fields({
          vendor: u32("Vendor ID", { filter: "vsm.vendorId" }),
          subtype: u8("Subtype", { filter: "vsm.subtype" }),
        })
        .bytes("data", "Data", "rest", { filter: "vsm.data" }),
    ),
    serviceSelection: at(
      20,
      option.text("identifier", "Identifier", "rest", { filter: "ss.identifier" }),
    ),
    fastAuthorizationData: at(
      21,
      option
        .fields({ spi: u32("SPI", { filter: "badff.spi" }) })
        .bytes("authenticator", "Authenticator", "rest", { filter: "badff.auth" }),
    ),
    homeNetworkPrefix: at(22, prefix),
    handoffIndicator: at(
      23,
      option.fields({
        reserved: u8("Reserved", { filter: "hi.reserved" }),
        indicator: u8("Handoff Indicator", { filter: "hi", names: handoffIndicatorNames }),
      }),
    ),
    accessTechnology: at(
      24,
      option.fields({
        reserved: u8("Reserved", { filter: "att.reserved" }),
        technology: u8("Access Technology Type", { filter: "att", names: accessTechnologyNames }),
      }),
    ),
    linkLayerIdentifier: at(
      25,
      option
        .fields({ reserved: u16("Reserved", { filter: "mnlli.reserved" }) })
        .bytes("identifier", "Link-layer Identifier", "rest", { filter: "mnlli.lli" }),
    ),
    linkLocalAddress: at(
      26,
      option.fields({ address: ipv6Address("Link-local Address", { filter: "lila_lla" }) }),
    ),
    timestamp: at(
      27,
      option.fields({
        timestamp: u64("Timestamp", {
          filter: "timestamp_tmp",
          note: "Seconds since 1970 in the 48 high-order bits, fractions of 1/65536 below.",
        }),
      }),
    ),
    restartCounter: at(28, option.fields({ counter: u32("Restart Counter", { filter: "rc" }) })),
    ipv4HomeAddress: at(
      29,
      option.fields({
        prefixLength: ipv4Prefix,
        p: flag("Prefix requested", { filter: "ipv4ha.p_flag" }),
        reserved: bits(9, "Reserved", { filter: null }),
        address: ipv4Home,
      }),
    ),
    ipv4AddressAck: at(30, homeAddressAnswer),
    natDetection: at(
      31,
      option.fields({
        f: flag("UDP encapsulation required", { filter: "natd.f_flag" }),
        reserved: bits(15, "Reserved", { filter: "natd.reserved" }),
        refresh: u32("Refresh Time", { filter: "natd.refresh_t" }),
      }),
    ),
    ipv4CareOf: at(
      32,
      option.fields({
        reserved: u16("Reserved", { filter: "ipv4coa.reserved" }),
        address: ipv4Address("IPv4 Care-of Address", { filter: "ipv4coa.addr" }),
      }),
    ),
    greKey: at(
      33,
      option
        .fields({ reserved: u16("Reserved", { filter: "ipv4dra.reserved" }) })
        .when((o) => o.length > 2, { key: u32("GRE Key Identifier", { filter: "gre_key" }) }),
    ),
    addressPrefix: at(
      34,
      option.fields({
        code: u8("Option-Code", { filter: "mhipv6ap.opt_code" }),
        prefixLength: u8("Prefix Length", { filter: "mhipv6ap.len" }),
        address: ipv6Address("IPv6 Address or Prefix", { filter: "mhipv6ap.ipv6_address" }),
      }),
    ),
    bindingIdentifier: at(35, bindingIdentifier),
    ipv4HomeAddressRequest: at(
      36,
      option.fields({
        prefixLength: ipv4Prefix,
        reserved: bits(10, "Reserved", { filter: null }),
        address: ipv4Home,
      }),
    ),
    ipv4HomeAddressReply: at(37, homeAddressAnswer),
    ipv4DefaultRouter: at(
      38,
      option.fields({
        reserved: u16("Reserved", { filter: "ipv4dra.reserved" }),
        address: ipv4Address("IPv4 Default-Router Address", { filter: "ipv4dra.dra" }),
      }),
    ),
    dhcpSupportMode: at(
      39,
      option.fields({
        reserved: bits(15, "Reserved", { filter: "ipv4dsm.reserved" }),
        s: flag("DHCP Support Mode", { filter: "ipv4dsm.s_flag" }),
      }),
    ),
    contextRequest: at(
      40,
      option
        .fields({ reserved: u16("Reserved", { filter: "cr.reserved" }) })
        .list("contexts", "Requested Contexts", context),
    ),
    localMobilityAnchor: at(41, proxy.localMobilityAnchor),
    linkLocalInterface: at(
      42,
      option.fields({
        reserved: u16("Reserved", { filter: null }),
        interface: u64("Interface Identifier", { filter: null, base: "hex" }),
      }),
    ),
    transientBinding: at(
      43,
      option.fields({
        l: flag("Late path switch", { filter: null }),
        reserved: bits(7, "Reserved", { filter: null }),
        lifetime: u8("Lifetime", { filter: null, note: "In units of 100 milliseconds." }),
      }),
    ),
    flowSummary: at(44, option.list("flows", "Flows", flow)),
    flowIdentification: at(
      45,
      option
        .fields({
          id: u16("FID", { filter: null }),
          priority: u16("FID-PRI", { filter: null }),
          reserved: u16("Reserved", { filter: null }),
          status: u8("Status", { filter: null }),
        })
        .bytes("subOptions", "Sub-options", "rest", { filter: null }),
    ),
    redirectCapability: at(
      46,
      option.fields({ reserved: u16("Reserved", { filter: "recap.reserved", base: "hex" }) }),
    ),
    redirect: at(47, proxy.redirect),
    loadInformation: at(48, proxy.loadInformation),
    alternateIpv4CareOf: at(
      49,
      option.fields({
        address: ipv4Address("Alternate IPv4 Care-of Address", { filter: "alt_ip4" }),
      }),
    ),
    nodeGroup: at(50, proxy.nodeGroup),
    accessGatewayAddress: at(51, proxy.accessGatewayAddress),
    accessNetwork: at(52, proxy.accessNetwork),
    delegatedPrefix: at(55, proxy.delegatedPrefix),
    qualityOfService: at(58, proxy.qualityOfService),
    userPlaneAddress: at(59, proxy.userPlaneAddress),
  },
  option.bytes("data", "Data", "rest", { filter: null }),
);
type Made = typeof made;
/** The declaration of {@link mipv6Option}. */
export interface Mipv6Option extends Made {}
/** An option of the Mobility Header. */
export const mipv6Option: Mipv6Option = made;
