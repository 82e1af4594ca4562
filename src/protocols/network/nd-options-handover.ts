import { bits, coded, flag, flags, ipv6Address, part, u8, u16, u32 } from "../../schema/field.ts";
import { plainName } from "./domain-name.ts";
import { option, reserved } from "./nd-option-base.ts";

/** The options of fast and hierarchical handovers (RFC 5568, RFC 4140, RFC 5269, RFC 5271), and those that look like them. */

/** IP Address/Prefix option (RFC 5568 §6.4.1). */
export const addressPrefix = option.fields({
  code: u8("Option-Code", { filter: "opt.ipa.option_code" }),
  prefixLength: u8("Prefix Length", { filter: "opt.ipa.prefix_len" }),
  reserved: reserved(4),
  address: ipv6Address("IPv6 Address", { filter: "opt.ipa.ipv6_address" }),
});

/** New Router Prefix Information option (RFC 4068 §6.4.2). */
export const newRouterPrefix = option.fields({
  code: u8("Option-Code", { filter: "opt.nrpi.option_code" }),
  prefixLength: u8("Prefix Length", { filter: "opt.nrpi.prefix_len" }),
  reserved: reserved(4),
  prefix: ipv6Address("Prefix", { filter: "opt.nrpi.prefix" }),
});

/** Link-Layer Address option (RFC 5568 §6.4.3). */
export const linkLayerAddress = option
  .fields({ code: u8("Option-Code", { filter: "opt.lla.option_code" }) })
  .bytes("address", "Link-Layer Address", "rest", { filter: "opt.lla.bytes" });

/** Neighbor Advertisement Acknowledgment option (RFC 5568 §6.4.5). */
export const acknowledgment = option
  .fields({
    code: u8("Option-Code", { filter: "opt.naack.option_code" }),
    status: u8("Status", { filter: "opt.naack.status" }),
    reserved: reserved(4),
  })
  .when((o) => o.length > 2, {
    careOf: ipv6Address("Supplied new care-of address", { filter: "opt.naack.supplied_ncoa" }),
  });

/** PvD ID Router Advertisement option (RFC 8801 §3.1). */
export const pvdId = option
  .fields({
    h: flag("HTTP", { filter: null }),
    l: flag("Legacy", { filter: null }),
    r: flag("Router Advertisement", { filter: null }),
    reserved: bits(9, "Reserved", { filter: null }),
    delay: bits(4, "Delay", { filter: null }),
    sequence: u16("Sequence Number", { filter: null }),
    id: coded(plainName, "PvD ID", { filter: null }),
  })
  .bytes("options", "Padding, Router Advertisement header and options", "rest", { filter: null });

/** MAP option (RFC 5380 §5). */
export const map = option.fields({
  distance: bits(4, "Distance", { filter: "opt.map.distance" }),
  preference: bits(4, "Preference", { filter: "opt.map.preference" }),
  flags: flags(8, { r: "Regional care-of addresses", reserved: part(7, "Reserved") }, "Flags", {
    filter: "opt.map.flag",
    base: "hex",
  }),
  lifetime: u32("Valid Lifetime", { filter: "opt.map.valid_lifetime" }),
  address: ipv6Address("Global Address", { filter: "opt.map.global_address" }),
});

const key = option.fields({
  padLength: u8("Pad Length", { filter: "opt.hkr.pad_length" }),
  algorithm: bits(4, "Algorithm Type", { filter: "opt.hkr.at" }),
  reserved: bits(4, "Reserved", { filter: "opt.hkr.reserved" }),
});

/** Handover Key Request option (RFC 5269 §5.1). */
export const keyRequest = key
  .bytes(
    "publicKey",
    "Handover Key Encryption Public Key",
    (o) => o.layer.end - o.layer.start - 4 - o.padLength,
    {
      filter: "opt.hkr.encryption_public_key",
    },
  )
  .bytes("padding", "Padding", { field: "padLength" }, { filter: "opt.hkr.padding", fills: true });

/** Handover Key Reply option (RFC 5269 §5.1). */
export const keyReply = key
  .fields({ lifetime: u16("Key Lifetime", { filter: "opt.hkr.lifetime" }) })
  .bytes("key", "Encrypted Handover Key", (o) => o.layer.end - o.layer.start - 6 - o.padLength, {
    filter: "opt.hkr.encrypted_handover_key",
  })
  .bytes("padding", "Padding", { field: "padLength" }, { filter: "opt.hkr.padding", fills: true });

/** Handover Assist Information option (RFC 5271 §4.1). */
export const assist = option
  .fields({
    code: u8("Option-Code", { filter: "opt.hai.option_code" }),
    valueLength: u8("HAI-Length", { filter: "opt.hai.length" }),
  })
  .bytes("value", "HAI-Value", { field: "valueLength" }, { filter: "opt.hai.value" });

/** Mobile Node Identifier option (RFC 5271 §4.2). */
export const mobileNode = option
  .fields({
    code: u8("Option-Code", { filter: "opt.mn.option_code" }),
    valueLength: u8("MN-ID-Length", { filter: "opt.mn.length" }),
  })
  .bytes("value", "MN-ID-Value", { field: "valueLength" }, { filter: "opt.mn.value" });
