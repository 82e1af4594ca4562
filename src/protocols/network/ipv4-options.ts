import { bits, flags, ipv4Address, part, u8, u16, u32 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import {
  ipv4OptionClassNames,
  ipv4OptionNames,
  ipv4RouterAlertNames,
  ipv4SecurityLevelNames,
  ipv4TimestampFlagNames,
  quickStartFunctionNames,
} from "../iana/ipv4.ts";
import { cipsoTag } from "./cipso.ts";

const type = record("ipv4.option", "Option", { filter: "ip", spec: "RFC 791 §3.1" }).fields({
  type: flags(
    8,
    {
      copy: "Copied into all fragments",
      class: part(2, "Class", { names: ipv4OptionClassNames }),
      number: part(5, "Number"),
    },
    "Type",
    { filter: "opt.type", base: "decimal", names: ipv4OptionNames },
  ),
});
const option = type
  .fields({ length: u8("Length", { filter: "opt.len" }) })
  .header({ field: "length" });

const hop = record("ipv4.hop", "Address", { filter: "ip" }).fields({
  address: ipv4Address("Address", { filter: null }),
});
/** Record route and the two source routes: the pointer counts from 1 and starts at the option's type. */
const route = option
  .fields({ pointer: u8("Pointer", { filter: "opt.ptr", default: 4 }) })
  .list("route", "Route", hop, { stop: (_bytes, at, end) => end - at < 4 });

const time = record("ipv4.timestamp", "Timestamp", { filter: "ip" }).fields({
  time: u32("Timestamp", { filter: "opt.time_stamp" }),
});
const addressedTime = record("ipv4.addressTimestamp", "Address and timestamp", {
  filter: "ip",
}).fields({
  address: ipv4Address("Address", { filter: "opt.time_stamp_addr" }),
  time: u32("Timestamp", { filter: "opt.time_stamp" }),
});
/** RFC 791 §3.1: timestamps alone (flag 0), or with the addresses of those who set them (flags 1 and 3). */
const timestamp = option
  .fields({
    pointer: u8("Pointer", { filter: "opt.ptr", default: 5 }),
    overflow: bits(4, "Overflow", { filter: "opt.overflow" }),
    flag: bits(4, "Flag", {
      filter: "opt.flag",
      base: "hex",
      digits: 2,
      names: ipv4TimestampFlagNames,
    }),
  })
  .list("timestamps", "Timestamps", time, {
    when: { field: "flag", is: 0 },
    stop: (_bytes, at, end) => end - at < 4,
  })
  .list("entries", "Addresses and timestamps", addressedTime, {
    when: { field: "flag", is: [1, 3] },
    stop: (_bytes, at, end) => end - at < 8,
  });

const authority = record("ipv4.authority", "Protection Authority Flags", { filter: "ip" }).fields({
  flags: flags(
    8,
    {
      genser: authorityBit("GENSER", "genser"),
      siopEsi: authorityBit("SIOP-ESI", "siop_esi"),
      sci: authorityBit("SCI", "sci"),
      nsa: authorityBit("NSA", "nsa"),
      doe: authorityBit("DOE", "doe"),
      unassigned: part(2, "Unassigned", {
        filter: ".ip.opt.sec_prot_auth_unassigned",
        base: "hex",
      }),
      more: authorityBit("Field Termination Indicator", "fti"),
    },
    "Protection Authority Flags",
    { filter: "opt.sec_prot_auth_flags", base: "hex" },
  ),
});
function authorityBit(title: string, name: string) {
  return part(1, title, { filter: `.ip.opt.sec_prot_auth_${name}` });
}

/** What RFC 791 has always 11 bytes for has another content in RFC 1108. */
const isRfc791 = (o: { readonly length: number }) => o.length === 11;
const isRfc1108 = (o: { readonly length: number }) => o.length !== 11;
const security = option
  .when(isRfc791, {
    security: u16("Security", { filter: "opt.sec_rfc791_sec", base: "hex" }),
    compartments: u16("Compartments", { filter: "opt.sec_rfc791_comp" }),
    restrictions: u16("Handling Restrictions", { filter: null }),
    controlCode: bits(24, "Transmission Control Code", { filter: null }),
  })
  .when(isRfc1108, {
    level: u8("Classification Level", {
      filter: "opt.sec_cl",
      base: "hex",
      names: ipv4SecurityLevelNames,
    }),
  })
  .list("authorities", "Protection Authority Flags", authority, {
    when: isRfc1108,
    until: ({ flags }) => !flags.more,
  });

/** RFC 4782 §3.1: the function says whether a rate is asked for or reported. */
const quickStart = option
  .fields({
    function: bits(4, "Function", { filter: "opt.qs_func", names: quickStartFunctionNames }),
    rate: bits(4, "Rate", { filter: "opt.qs_rate" }),
  })
  .when({ field: "function", is: 0 }, { ttl: u8("QS TTL", { filter: "opt.qs_ttl" }) })
  .when((o) => o.function !== 0, { unused: u8("Not Used", { filter: "opt.qs_unused" }) })
  .fields({
    nonce: bits(30, "QS Nonce", { filter: "opt.qs_nonce", base: "hex" }),
    reserved: bits(2, "Reserved", { filter: "opt.qs_reserved", base: "hex", digits: 8 }),
  });

const broadcast = record("ipv4.broadcastAddress", "Address", { filter: "ip" }).fields({
  address: ipv4Address("Address", { filter: "opt.addr" }),
});

const mtu = option.fields({ mtu: u16("MTU", { filter: "opt.mtu" }) });

const variant = variants(
  type,
  "type",
  {
    endOfOptionsList: at(0, type),
    noOperation: at(1, type),
    recordRoute: at(7, route),
    mtuProbe: at(11, mtu),
    mtuReply: at(12, mtu),
    quickStart: at(25, quickStart),
    timestamp: at(68, timestamp),
    traceroute: at(
      82,
      option.fields({
        id: u16("ID Number", { filter: "opt.id_number" }),
        outboundHops: u16("Outbound Hop Count", { filter: "opt.ohc" }),
        returnHops: u16("Return Hop Count", { filter: "opt.rhc" }),
        originator: ipv4Address("Originator IP Address", { filter: "opt.originator" }),
      }),
    ),
    security: at(130, security),
    looseSourceRoute: at(131, route),
    extendedSecurity: at(
      133,
      option
        .fields({
          format: u8("Additional Security Info Format Code", {
            filter: "opt.ext_sec_add_sec_info_format_code",
            base: "hex",
          }),
        })
        .bytes("information", "Additional Security Info", "rest", {
          filter: "opt.ext_sec_add_sec_info",
        }),
    ),
    cipso: at(
      134,
      option
        .fields({ domain: u32("Domain of Interpretation", { filter: "cipso.doi" }) })
        .list("tags", "Tags", cipsoTag),
    ),
    streamId: at(136, option.fields({ id: u16("Stream ID", { filter: "opt.sid" }) })),
    strictSourceRoute: at(137, route),
    routerAlert: at(
      148,
      option.fields({
        value: u16("Router Alert", { filter: "opt.ra", names: ipv4RouterAlertNames }),
      }),
    ),
    selectiveDirectedBroadcast: at(149, option.list("addresses", "Addresses", broadcast)),
  },
  option.bytes("data", "Data", "rest", { filter: null }),
);
type Made = typeof variant;
/** The declaration of {@link ipv4Option}. */
export interface Ipv4Option extends Made {}
/** An option of an IPv4 header, by its whole type octet. */
export const ipv4Option: Ipv4Option = variant;
