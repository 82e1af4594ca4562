import { coded, u16, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { dnsClassNames, dnsTypeNames, dsoTypeNames } from "../../iana/dns.ts";
import { wholeDomainName } from "./name.ts";
import { dnsRecord } from "./record.ts";

const tlv = record("dns.dso", "DSO TLV", { spec: "RFC 8490 §5.4.4" })
  .fields({
    type: u16("Type", { filter: "dso.tlv.type", names: dsoTypeNames }),
    length: u16("Length", { filter: "dso.tlv.length" }),
  })
  .header({ field: "length", plus: 4 });

const subject = tlv.fields({
  name: coded(wholeDomainName, "Name", { filter: null }),
  rrType: u16("Record Type", { filter: null, names: dnsTypeNames }),
  rrClass: u16("Record Class", { filter: null, base: "hex", names: dnsClassNames, default: 1 }),
});

/** What a DNS Stateful Operation carries in place of questions and records (RFC 8490 §7, RFC 8765 §6). */
export const dsoTlv = variants(
  tlv,
  "type",
  {
    keepAlive: at(
      1,
      tlv.fields({
        inactivity: u32("Inactivity Timeout", { filter: "dso.tlv.keepalive.inactivity" }),
        interval: u32("Keepalive Interval", { filter: "dso.tlv.keepalive.interval" }),
      }),
    ),
    retryDelay: at(
      2,
      tlv.fields({ delay: u32("Retry Delay", { filter: "dso.tlv.retrydelay.retrydelay" }) }),
    ),
    encryptionPadding: at(
      3,
      tlv.bytes("padding", "Padding", "rest", { filter: "dso.tlv.encpad.padding" }),
    ),
    subscribe: at(64, subject),
    push: at(65, tlv.list("records", "Records", dnsRecord)),
    unsubscribe: at(66, tlv.fields({ messageId: u16("Subscribe Message ID", { filter: null }) })),
    reconfirm: at(67, subject.bytes("rdata", "Record Data", "rest", { filter: null })),
  },
  tlv.bytes("data", "Data", "rest", { filter: "dso.tlv.data" }),
);
