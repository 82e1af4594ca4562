import { coded, ipv4Address, ipv6Address, u8, u16, u32 } from "../../../schema/field.ts";
import { at } from "../../../schema/variants.ts";
import { ipProtocolNames } from "../../iana/ip-protocols.ts";
import { domainName } from "./name.ts";
import { type Ordinary, spfString, txtString } from "./parts.ts";

const name = (title: string, filter: string) => coded(domainName, title, { filter });

/** The records of RFC 1035 and RFC 3596: the only ones whose names may be compressed (RFC 3597 §4). */
export const hostCases = (rr: Ordinary) => ({
  a: at(1, rr.fields({ address: ipv4Address("Address", { filter: "a" }) })),
  ns: at(2, rr.fields({ nsdname: name("Name Server", "ns") })),
  md: at(3, rr.fields({ madname: name("Mail Destination", "md") })),
  mf: at(4, rr.fields({ madname: name("Mail Forwarder", "mf") })),
  cname: at(5, rr.fields({ cname: name("Canonical Name", "cname") })),
  soa: at(
    6,
    rr.fields({
      mname: name("Primary Name Server", "soa.mname"),
      rname: name("Mailbox of the Person Responsible", "soa.rname"),
      serial: u32("Serial Number", { filter: "soa.serial_number" }),
      refresh: u32("Refresh Interval", { filter: "soa.refresh_interval" }),
      retry: u32("Retry Interval", { filter: "soa.retry_interval" }),
      expire: u32("Expire Limit", { filter: "soa.expire_limit" }),
      minimum: u32("Minimum TTL", { filter: "soa.minimum_ttl" }),
    }),
  ),
  mb: at(7, rr.fields({ madname: name("Mailbox Host", "mb") })),
  mg: at(8, rr.fields({ mgmname: name("Mail Group Member", "mg") })),
  mr: at(9, rr.fields({ newname: name("Mailbox Rename", "mr") })),
  null: at(10, rr.bytes("data", "Data", "rest", { filter: "null" })),
  wks: at(
    11,
    rr
      .fields({
        address: ipv4Address("Address", { filter: "wks.address" }),
        protocol: u8("Protocol", { filter: "wks.protocol", names: ipProtocolNames }),
      })
      .bytes("bitmap", "Bitmap of Ports", "rest", { filter: null }),
  ),
  ptr: at(12, rr.fields({ ptrdname: name("Pointer", "ptr.domain_name") })),
  hinfo: at(
    13,
    rr
      .fields({ cpuLength: u8("CPU Length", { filter: "hinfo.cpu_length" }) })
      .text("cpu", "CPU", { field: "cpuLength" }, { filter: "hinfo.cpu" })
      .fields({ osLength: u8("Operating System Length", { filter: "hinfo.os_length" }) })
      .text("os", "Operating System", { field: "osLength" }, { filter: "hinfo.os" }),
  ),
  minfo: at(
    14,
    rr.fields({
      rmailbx: name("Responsible Mailbox", "minfo.r"),
      emailbx: name("Error Mailbox", "minfo.e"),
    }),
  ),
  mx: at(
    15,
    rr.fields({
      preference: u16("Preference", { filter: "mx.preference" }),
      exchange: name("Mail Exchange", "mx.mail_exchange"),
    }),
  ),
  txt: at(16, rr.list("strings", "Strings", txtString)),
  aaaa: at(28, rr.fields({ address: ipv6Address("Address", { filter: "aaaa" }) })),
  spf: at(99, rr.list("strings", "Strings", spfString)),
});
