import { u8 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { mobilityOptionNames } from "../iana/mobility.ts";

/** What selects a mobility option. */
export const type = record("mipv6.option", "Mobility Option", {
  filter: "mip6",
  spec: "RFC 6275 §6.2",
}).fields({ type: u8("Option Type", { filter: null, names: mobilityOptionNames }) });

/** What they all begin with but Pad1. */
export const option = type
  .fields({ length: u8("Option Length", { filter: "mobility_opt.len" }) })
  .header({ field: "length", plus: 2 });
