import { octets, u8 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { ndOptionNames } from "../iana/icmpv6.ts";

/** What selects a Neighbor Discovery option. */
export const type = record("icmpv6.option", "ICMPv6 Option", {
  filter: "icmpv6",
  spec: "RFC 4861 §4.6",
}).fields({ type: u8("Type", { filter: "opt.type", names: ndOptionNames }) });

/** What they all begin with; the length counts words of 8 bytes and covers all of the option. */
export const option = type
  .fields({ length: u8("Length", { filter: "opt.length" }) })
  .header({ field: "length", unit: 8 });

/** Bytes that are sent as zero and mean nothing. */
export const reserved = (count: number) => octets(count, "Reserved", { filter: "opt.reserved" });
