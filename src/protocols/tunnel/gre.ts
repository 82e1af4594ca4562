import { layerChecksum } from "../../schema/checksum.ts";
import { bits, flag, flags, part, u8, u16, u32 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { type AnyProtocol, protocol, record } from "../../schema/protocol.ts";
import type { Lookup } from "../../schema/schema.ts";
import { etherTypeNames } from "../iana/ethertypes.ts";
import { ethernet, etherTypes } from "../link/ethernet.ts";
import { ipProtocols } from "../network/ipv4.ts";
import { udpPorts } from "../transport/udp.ts";

/** Numbers in the place of an EtherType that only tunnels use. */
const TRANSPARENT_BRIDGING = 0x6558;
const ERSPAN = 0x88be;
const WCCP = 0x883e;

/** A source route entry; the one without address family and length ends the list (RFC 1701). */
const sourceRoute = record("gre.sourceRoute", "Source Route Entry", { spec: "RFC 1701" })
  .fields({
    addressFamily: u16("Address Family", { filter: "routing.address_family" }),
    offset: u8("SRE Offset", { filter: "routing.sre_offset" }),
    length: u8("SRE Length", { filter: "routing.src_length" }),
  })
  .bytes("routing", "Routing Information", { field: "length" }, { filter: "routing.information" });

/** What a WCCP router puts before the packet that it redirects (draft-wilson-wrec-wccp-v2-01 §4.12). */
const redirect = record("gre.redirect", "Redirect Header").fields({
  reserved: bits(5, "Reserved", { filter: null }),
  headerValid: flag("Redirect header is valid", { filter: "wccp.redirect_header_valid" }),
  alternativeUsed: flag("Alternative bucket is used", { filter: "wccp.alternative_bucket_used" }),
  dynamicService: flag("Dynamic service", { filter: "wccp.dynamic_service" }),
  serviceId: u8("Service ID", { filter: "wccp.service_id" }),
  alternativeBucket: u8("Alternative Bucket", { filter: "wccp.alternative_bucket" }),
  primaryBucket: u8("Primary Bucket", { filter: "wccp.primary_bucket" }),
});

/** WCCP version 1 has no redirect header: the redirected IPv4 packet follows at once, and tells by its version. */
function hasRedirect(layer: Layer): boolean {
  const { bytes, start, end } = layer;
  if (start + 4 > end || ((bytes[start + 2]! << 8) | bytes[start + 3]!) !== WCCP) return false;
  const present = bytes[start]!;
  const at =
    start +
    4 +
    ((present & 0xc0) === 0 ? 0 : 4) +
    ((present & 0x20) === 0 ? 0 : 4) +
    ((present & 0x10) === 0 ? 0 : 4);
  return at < end && bytes[at]! >> 4 !== 4;
}

/** Protocols in the payload that no EtherType of a link names. */
function payloadOf(number: number, sequenced: boolean, lookup: Lookup): AnyProtocol | undefined {
  // ERSPAN without sequence numbers is its first version, which has no header of its own.
  if (number === TRANSPARENT_BRIDGING || (number === ERSPAN && !sequenced)) return ethernet;
  return number === WCCP ? (lookup(etherTypes, 0x0800) as AnyProtocol | undefined) : undefined;
}

/** The flags that both versions begin with. */
const common = {
  checksum: part(1, "Checksum is present (C)", { filter: ".gre.flags.checksum" }),
  routing: part(1, "Routing is present (R)", { filter: ".gre.flags.routing" }),
  key: part(1, "Key is present (K)", { filter: ".gre.flags.key" }),
  sequence: part(1, "Sequence number is present (S)", {
    filter: ".gre.flags.sequence_number",
  }),
  strictSourceRoute: part(1, "Strict source route (s)", {
    filter: ".gre.flags.strict_source_route",
  }),
  recursion: part(3, "Recursion control", { filter: ".gre.flags.recursion_control" }),
} as const;

/**
 * Generic Routing Encapsulation, version 0: the parts that the flags announce follow in this order (RFC 2784 §2, RFC 2890
 * §2; routing as in RFC 1701).
 */
export const gre = protocol({
  name: "gre",
  title: "Generic Routing Encapsulation",
  spec: "RFC 2784",
  over: [ipProtocols.at(47), udpPorts.at(4754)],
  tunnel: true,
})
  .fields({
    flags: flags(
      16,
      {
        ...common,
        reserved: part(5, "Reserved", { filter: ".gre.flags.reserved" }),
        version: part(3, "Version", { filter: ".gre.flags.version" }),
      },
      "Flags and Version",
      {
        filter: "flags_and_version",
        base: "hex",
        // The other bits are no longer sent (RFC 2784 §2.1).
        valid: (random) => ({
          checksum: random.chance(50),
          key: random.chance(50),
          sequence: random.chance(50),
        }),
      },
    ),
    protocol: u16("Protocol Type", {
      filter: "proto",
      base: "hex",
      names: etherTypeNames,
      default: TRANSPARENT_BRIDGING,
    }),
  })
  .when((h) => h.flags.checksum || h.flags.routing, {
    checksum: u16("Checksum", { base: "hex", checksum: layerChecksum }),
    offset: u16("Offset", { valid: [0, 0] }),
  })
  .when("flags.key", { key: u32("Key", { base: "hex" }) })
  .when("flags.sequence", { seq: u32("Sequence Number", { filter: "sequence_number" }) })
  .list("routing", "Routing", sourceRoute, {
    when: "flags.routing",
    until: (entry) => entry.addressFamily === 0 && entry.length === 0,
  })
  .record("redirect", "Redirect Header", redirect, { when: (h) => hasRedirect(h.layer) })
  .payload({
    next: {
      table: etherTypes,
      by: "protocol",
      otherwise: (h, lookup) => payloadOf(h.protocol, h.flags.sequence, lookup),
    },
  });

/**
 * The GRE header of PPTP, version 1: the key holds the payload's length and the call, and data are acknowledged (RFC 2637
 * §4.1).
 */
export const pptpGre = protocol({
  name: "pptpGre",
  label: "GRE",
  title: "Enhanced Generic Routing Encapsulation",
  spec: "RFC 2637",
  filter: "gre",
  over: [ipProtocols.at(47)],
  test: (bytes, start, end) => start + 2 <= end && (bytes[start + 1]! & 7) === 1,
})
  .fields({
    flags: flags(
      16,
      {
        ...common,
        ack: part(1, "Acknowledgment number is present (A)", { filter: ".gre.flags.ack" }),
        reserved: part(4, "Reserved", { filter: ".gre.flags.reserved" }),
        version: part(3, "Version", { filter: ".gre.flags.version" }),
      },
      "Flags and Version",
      {
        filter: "flags_and_version",
        base: "hex",
        default: { key: true, version: 1 },
        valid: (random) => ({ sequence: random.chance(50), ack: random.chance(50) }),
      },
    ),
    protocol: u16("Protocol Type", {
      filter: "proto",
      base: "hex",
      names: etherTypeNames,
      default: 0x880b,
    }),
    payloadLength: u16("Payload Length", { filter: "key.payload_length" }),
    callId: u16("Call ID", { filter: "key.call_id" }),
  })
  .when("flags.sequence", { seq: u32("Sequence Number", { filter: "sequence_number" }) })
  .when("flags.ack", { ack: u32("Acknowledgment Number", { filter: "ack_number" }) })
  .payload({
    length: { field: "payloadLength" },
    next: { table: etherTypes, by: "protocol" },
  });
