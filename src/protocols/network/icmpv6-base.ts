import { transportChecksum } from "../../schema/checksum.ts";
import { octets, u8, u16 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { protocol } from "../../schema/protocol.ts";
import { icmpv6CodeNames, icmpv6TypeNames } from "../iana/icmpv6.ts";
import { ipProtocols } from "./ipv4.ts";

/** What selects an ICMPv6 message. */
export const base = protocol({
  name: "icmpv6",
  label: "ICMPv6",
  title: "Internet Control Message Protocol Version 6",
  spec: "RFC 4443",
  over: [ipProtocols.at(58)],
})
  .fields({ type: u8("Type", { names: icmpv6TypeNames }) })
  // Replies and errors say themselves what they answer; all other messages answer nothing.
  .answers(() => false)
  .flow({
    messages: {
      type: "type",
      code: "code",
      id: "id",
      pairs: [
        [128, 129],
        [130, 131],
        [133, 134],
        [135, 136],
        [139, 140],
        [144, 145],
      ],
    },
  });

const checksum = transportChecksum(58);
const noNames = /* @__PURE__ */ names("");

/** What all messages begin with; codes have names only within a type. */
export const message = (type = -1) =>
  base.fields({
    code: u8("Code", { names: icmpv6CodeNames[type] ?? noNames }),
    checksum: u16("Checksum", { base: "hex", checksum }),
  });

/** Bytes that are sent as zero and mean nothing. */
export const reserved = (count: number) => octets(count, "Reserved", { filter: "reserved" });
