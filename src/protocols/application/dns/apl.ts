import { bits, coded, flag, u8, u16 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { addressFamilyNames } from "../../iana/link.ts";
import { prefixIpv4, prefixIpv6 } from "./prefix.ts";

/** One prefix of an APL record (RFC 3123 §4). */
export const addressPrefix = record("dns.addressPrefix", "Address Prefix", { spec: "RFC 3123 §4" })
  .fields({
    family: u16("Address Family", {
      filter: "apl.address_family",
      names: addressFamilyNames,
      default: 1,
    }),
    prefixLength: u8("Prefix Length", { filter: "apl.coded_prefix" }),
    negation: flag("Negation", { filter: "apl.negation" }),
    length: bits(7, "Address Length", { filter: "apl.afdlength" }),
  })
  .header({ field: "length", plus: 4 })
  .when(
    { field: "family", is: 1 },
    { ipv4: coded(prefixIpv4, "Address", { filter: "apl.afdpart.ipv4" }) },
  )
  .when(
    { field: "family", is: 2 },
    { ipv6: coded(prefixIpv6, "Address", { filter: "apl.afdpart.ipv6" }) },
  )
  .bytes("address", "Address", "rest", {
    when: (h) => h.family !== 1 && h.family !== 2,
    filter: "apl.afdpart.data",
  });
