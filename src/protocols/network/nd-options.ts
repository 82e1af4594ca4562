import {
  bits,
  eui64,
  flag,
  flags,
  ipv6Address,
  mac,
  octets,
  part,
  u8,
  u16,
  u32,
  u64,
} from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import type { RandomSource } from "../../schema/random-source.ts";
import { at, variants } from "../../schema/variants.ts";
import { addressRegistrationStatusNames, ndRouterPreferenceNames } from "../iana/icmpv6.ts";
import { nameItem } from "./domain-name.ts";
import { option, reserved, type } from "./nd-option-base.ts";
import * as handover from "./nd-options-handover.ts";
import * as send from "./nd-options-send.ts";

/** RFC 4861 §4.6.1. Of an Ethernet the address fills one word; any other keeps its bytes, with the zeros that fill up. */
const linkLayer = (filter: string) => {
  const names = { filter, also: ["icmpv6.opt.linkaddr"] };
  return option
    .when({ field: "length", is: 1 }, { address: mac("Link-Layer Address", names) })
    .bytes("addressBytes", "Link-Layer Address", "rest", { ...names, when: (o) => o.length !== 1 });
};

/** RFC 4861 §4.6.2, RFC 6275 §7.2. */
const prefixInformation = option.fields({
  prefixLength: u8("Prefix Length", { filter: "opt.prefix.length" }),
  flags: flags(
    8,
    {
      l: "On-link",
      a: "Autonomous address-configuration",
      r: "Router address",
      reserved: part(5, "Reserved"),
    },
    "Flags",
    { filter: "opt.prefix.flag", base: "hex" },
  ),
  validLifetime: u32("Valid Lifetime", { filter: "opt.prefix.valid_lifetime" }),
  preferredLifetime: u32("Preferred Lifetime", { filter: "opt.prefix.preferred_lifetime" }),
  reserved: reserved(4),
  prefix: ipv6Address("Prefix", { filter: "opt.prefix" }),
});

const listed = record("icmpv6.listedAddress", "IPv6 Address").fields({
  address: ipv6Address("IPv6 Address", { filter: "opt.ipv6_address" }),
});
/** RFC 3122 §3. */
const addressList = option
  .fields({ reserved: reserved(6) })
  .list("addresses", "IPv6 Addresses", listed, {
    stop: (_bytes, at, end) => end - at < 16,
  });

const server = record("icmpv6.rdnss", "Server").fields({
  address: ipv6Address("Address", { filter: "opt.rdnss" }),
});
const searchName = nameItem("icmpv6.dnssl", "icmpv6.opt.dnssl");

/** RFC 4191 §2.3. */
const routeInformation = option
  .fields({
    prefixLength: u8("Prefix Length", { filter: "opt.prefix.length" }),
    flags: flags(
      8,
      {
        reserved: part(3, "Reserved", { filter: null }),
        preference: part(2, "Route Preference", {
          filter: "route_preference",
          names: ndRouterPreferenceNames,
        }),
        reserved2: part(3, "Reserved", { filter: null }),
      },
      "Flags",
      { filter: "opt.route_info.flag", base: "hex" },
    ),
    lifetime: u32("Route Lifetime", { filter: "opt.route_lifetime" }),
  })
  .bytes("prefix", "Prefix", "rest", { filter: "opt.prefix" });

/** RFC 5175 §4. */
const flagsExtension = option
  .fields({
    flags: flags(
      16,
      {
        m: "Managed address configuration",
        o: "Other configuration",
        h: "Home Agent",
        preference: part(2, "Default Router Preference", {
          filter: "prf",
          names: ndRouterPreferenceNames,
        }),
        p: "Proxy",
        reserved: part(10, "Reserved", { filter: "rsv" }),
      },
      "Flags",
      { filter: "opt.efo", base: "hex" },
    ),
  })
  .bytes("reserved", "Reserved", "rest", {
    filter: "opt.reserved",
    valid: () => new Uint8Array(4),
  });

/** RFC 6775 §4.1, RFC 8505 §4.1. */
const addressRegistration = option
  .fields({
    status: u8("Status", { filter: "opt.aro.status", names: addressRegistrationStatusNames }),
    opaque: u8("Opaque", { filter: "opt.reserved" }),
    reserved: bits(4, "Reserved", { filter: null }),
    i: bits(2, "Content of the Opaque field", { filter: null }),
    r: flag("Routing services wanted", { filter: null }),
    t: flag("Transaction ID is valid", { filter: null }),
    tid: u8("Transaction ID", { filter: null }),
    lifetime: u16("Registration Lifetime", { filter: "opt.aro.registration_lifetime" }),
  })
  .when({ field: "length", is: 2 }, { eui64: eui64("EUI-64", { filter: "opt.aro.eui64" }) })
  .bytes("rovr", "Registration Ownership Verifier", "rest", {
    filter: null,
    when: (o) => o.length !== 2,
  });

/** RFC 6775 §4.2. */
const sixLowpanContext = option
  .fields({
    contextLength: u8("Context Length", { filter: "opt.6co.context_length" }),
    flags: flags(
      8,
      {
        reserved: part(3, "Reserved"),
        c: "Compression",
        cid: part(4, "Context Identifier"),
      },
      "Flags",
      { filter: "opt.6co.flag", base: "hex" },
    ),
    reserved: reserved(2),
    lifetime: u16("Valid Lifetime", { filter: "opt.6co.valid_lifetime" }),
  })
  .bytes("prefix", "Context Prefix", "rest", { filter: "opt.6co.context_prefix" });

/** RFC 7400 §3.4, RFC 8505 §4.3. */
const sixLowpanCapability = option.fields({
  reserved: bits(10, "Reserved", { filter: null }),
  d: flag("Understands Extended Duplicate Address messages", { filter: null }),
  l: flag("6LoWPAN router", { filter: null }),
  b: flag("6LoWPAN border router", { filter: null }),
  p: flag("Routing registrar", { filter: null }),
  e: flag("Understands extended address registrations", { filter: null }),
  g: flag("Understands generic header compression", { filter: "opt.6cio.flag_g" }),
  unassigned: u32("Unassigned", { filter: "opt.6cio.unassigned2", base: "hex" }),
});

/** RFC 9463 §6.1. */
const resolver = record("icmpv6.resolver", "Resolver").fields({
  address: ipv6Address("IPv6 Address", { filter: null }),
});
const encryptedDns = option
  .fields({
    priority: u16("Service Priority", { filter: null }),
    lifetime: u32("Lifetime", { filter: null }),
    nameLength: u16("ADN Length", { filter: null }),
  })
  .bytes("name", "authentication-domain-name", { field: "nameLength" }, { filter: null })
  .fields({ addressLength: u16("Addr Length", { filter: null }) })
  .list("addresses", "IPv6 Addresses", resolver, { size: { field: "addressLength" } })
  .fields({ parametersLength: u16("SvcParams Length", { filter: null }) })
  .bytes("parameters", "Service Parameters", { field: "parametersLength" }, { filter: null });

/** An IPv6 packet of a header alone, behind which nothing comes (RFC 8200 §4.7). */
const aPacket = (random: RandomSource): Uint8Array =>
  Uint8Array.of(0x60, 0, 0, 0, 0, 0, 59, 64, ...random.bytes(32));

const ndOptionCases = variants(
  type,
  "type",
  {
    sourceLinkLayerAddress: at(1, linkLayer("opt.src_linkaddr")),
    targetLinkLayerAddress: at(2, linkLayer("opt.target_linkaddr")),
    prefixInformation: at(3, prefixInformation),
    redirectedHeader: at(
      4,
      option.fields({ reserved: reserved(6) }).bytes("packet", "IP header and data", "rest", {
        filter: "opt.redirected_packet",
        valid: aPacket,
      }),
    ),
    mtu: at(5, option.fields({ reserved: reserved(2), mtu: u32("MTU", { filter: "opt.mtu" }) })),
    nbmaShortcutLimit: at(
      6,
      option.fields({
        limit: u8("Shortcut Limit", { filter: "opt.nbma.shortcut_limit" }),
        reserved: reserved(1),
        reserved2: reserved(4),
      }),
    ),
    advertisementInterval: at(
      7,
      option.fields({
        reserved: reserved(2),
        interval: u32("Advertisement Interval", { filter: "opt.advertisement_interval" }),
      }),
    ),
    homeAgentInformation: at(
      8,
      option.fields({
        reserved: reserved(2),
        preference: u16("Home Agent Preference", { filter: "opt.home_agent_preference" }),
        lifetime: u16("Home Agent Lifetime", { filter: "opt.home_agent_lifetime" }),
      }),
    ),
    sourceAddressList: at(9, addressList),
    targetAddressList: at(10, addressList),
    cga: at(11, send.cga),
    rsaSignature: at(12, send.rsaSignature),
    timestamp: at(
      13,
      option.fields({
        reserved: reserved(6),
        time: u64("Timestamp", {
          filter: "opt.timestamp",
          note: "Seconds since 1970 in the 48 high-order bits, fractions of 1/65536 below.",
        }),
      }),
    ),
    nonce: at(14, option.bytes("nonce", "Nonce", "rest", { filter: "opt.nonce" })),
    trustAnchor: at(15, send.trustAnchor),
    certificate: at(16, send.certificate),
    ipAddressPrefix: at(17, handover.addressPrefix),
    newRouterPrefix: at(18, handover.newRouterPrefix),
    linkLayerAddress: at(19, handover.linkLayerAddress),
    neighborAdvertisementAck: at(20, handover.acknowledgment),
    pvdId: at(21, handover.pvdId),
    map: at(23, handover.map),
    routeInformation: at(24, routeInformation),
    rdnss: at(
      25,
      option
        .fields({
          reserved: reserved(2),
          lifetime: u32("Lifetime", { filter: "opt.rdnss.lifetime" }),
        })
        .list("servers", "Recursive DNS Servers", server),
    ),
    flagsExtension: at(26, flagsExtension),
    handoverKeyRequest: at(27, handover.keyRequest),
    handoverKeyReply: at(28, handover.keyReply),
    handoverAssist: at(29, handover.assist),
    mobileNodeIdentifier: at(30, handover.mobileNode),
    dnssl: at(
      31,
      option
        .fields({
          reserved: reserved(2),
          lifetime: u32("Lifetime", { filter: "opt.dnssl.lifetime" }),
        })
        .list("names", "DNS Search List", searchName, {
          // Zeros fill the option up.
          stop: (bytes, at) => bytes[at] === 0,
        }),
    ),
    proxySignature: at(32, send.proxySignature),
    addressRegistration: at(33, addressRegistration),
    sixLowpanContext: at(34, sixLowpanContext),
    authoritativeBorderRouter: at(
      35,
      option.fields({
        versionLow: u16("Version Low", { filter: "opt.abro.version_low" }),
        versionHigh: u16("Version High", { filter: "opt.abro.version_high" }),
        lifetime: u16("Valid Lifetime", { filter: "opt.abro.valid_lifetime" }),
        router: ipv6Address("6LBR Address", { filter: "opt.abro.6lbr_address" }),
      }),
    ),
    sixLowpanCapability: at(36, sixLowpanCapability),
    captivePortal: at(
      37,
      option
        .text("uri", "Captive Portal", { until: "\0" }, { filter: "opt.captive_portal" })
        .bytes("padding", "Padding", "rest", { filter: null }),
    ),
    pref64: at(
      38,
      option.fields({
        scaledLifetime: bits(13, "Scaled Lifetime", {
          filter: "opt.pref64.scaled_lifetime",
          note: "In units of 8 seconds.",
        }),
        plc: bits(3, "Prefix Length Code", {
          filter: "opt.pref64.plc",
          base: "hex",
          digits: 4,
          valid: [0, 5],
        }),
        prefix: octets(12, "Prefix, highest 96 bits", { filter: "opt.pref64.prefix" }),
      }),
    ),
    encryptedDns: at(144, encryptedDns),
    experiment: at([253, 254], option.bytes("data", "Data", "rest", { filter: null })),
  },
  option.bytes("data", "Data", "rest", { filter: null }),
);
type NdOptionCases = typeof ndOptionCases;
/** The declaration of {@link ndOption}. */
export interface NdOption extends NdOptionCases {}
/** An option of Neighbor Discovery and the messages that share its options. */
export const ndOption: NdOption = ndOptionCases;
