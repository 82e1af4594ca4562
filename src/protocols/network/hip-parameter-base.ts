import { u16 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { hipParameterNames } from "../iana/hip.ts";

/** What selects a HIP parameter. Its lowest bit says that a packet must not be taken by those who do not know it. */
export const type = record("hip.parameter", "HIP Parameter", {
  filter: "hip",
  spec: "RFC 7401 §5.2",
}).fields({ type: u16("Type", { filter: "type", names: hipParameterNames }) });

/** What they all begin with; the length counts the contents without the padding that follows. */
export const parameter = type
  .fields({ length: u16("Length", { filter: null }) })
  .header({ field: "length", plus: 4 });
