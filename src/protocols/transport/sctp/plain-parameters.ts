import { flags, ipv4Address, ipv6Address, part, u16, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { sctpParameterNames } from "../../iana/sctp.ts";

/**
 * What every parameter begins with (RFC 9260 §3.2.1). The two highest bits of the type tell a receiver that does not know
 * it what to do; the length counts type and length, and leaves out the padding to four bytes.
 */
export const parameterBase = record("sctp.parameter", "Parameter", { spec: "RFC 9260 §3.2.1" })
  .fields({
    type: flags(
      16,
      {
        skip: part(1, "Skip it and go on", { filter: ".sctp.parameter_bit_1" }),
        report: part(1, "Report it", { filter: ".sctp.parameter_bit_2" }),
        number: part(14, "Number", { filter: null }),
      },
      "Type",
      { filter: "parameter_type", base: "hex", names: sctpParameterNames },
    ),
    length: u16("Length", { filter: "parameter_length" }),
  })
  .header({ field: "length" });

const addressType = record("sctp.addressType", "Address Type").fields({
  type: u16("Address Type", {
    filter: "parameter_supported_address_type",
    names: sctpParameterNames,
  }),
});

/** The parameters that hold no other parameters nor causes: those that may stand inside both. */
export const plainCases = {
  heartbeatInfo: at(
    1,
    parameterBase.bytes("info", "Heartbeat Information", "rest", {
      filter: "parameter_heartbeat_information",
    }),
  ),
  ipv4Address: at(
    5,
    parameterBase.fields({
      address: ipv4Address("IPv4 Address", { filter: "parameter_ipv4_address" }),
    }),
  ),
  ipv6Address: at(
    6,
    parameterBase.fields({
      address: ipv6Address("IPv6 Address", { filter: "parameter_ipv6_address" }),
    }),
  ),
  stateCookie: at(
    7,
    parameterBase.bytes("cookie", "State Cookie", "rest", { filter: "parameter_state_cookie" }),
  ),
  cookiePreservative: at(
    9,
    parameterBase.fields({
      increment: u32("Suggested Cookie Life-Span Increment", {
        filter: "parameter_cookie_preservative_incr",
      }),
    }),
  ),
  hostName: at(
    11,
    parameterBase.text("name", "Host Name", "rest", { filter: "parameter_hostname" }),
  ),
  supportedAddressTypes: at(12, parameterBase.list("types", "Address Types", addressType)),
} as const;

const made = variants(
  parameterBase,
  "type",
  plainCases,
  parameterBase.bytes("value", "Value", "rest", { filter: "parameter_value" }),
);

type Made = typeof made;
/** The type of {@link address}, under a name: spelled out in every use it would fill files. */
export interface SctpAddress extends Made {}
/** A parameter inside another or inside a cause: mostly an address. */
export const address: SctpAddress = made;
