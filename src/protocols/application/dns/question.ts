import { bits, coded, flag, u16 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { dnsClassNames, dnsTypeNames } from "../../iana/dns.ts";
import { domainName } from "./name.ts";

const asked = record("dns.question", "Question", { spec: "RFC 1035 §4.1.2" }).fields({
  name: coded(domainName, "Name", { filter: "qry.name" }),
  type: u16("Type", { filter: "qry.type", names: dnsTypeNames, default: 1 }),
});

/** A question; in an update the zone that it is about (RFC 2136 §2.3). */
export const dnsQuestion = asked.fields({
  class: u16("Class", { filter: "qry.class", base: "hex", names: dnsClassNames, default: 1 }),
});

/** A question of multicast DNS, which may ask for an answer by unicast (RFC 6762 §5.4). */
export const mdnsQuestion = asked.fields({
  unicastResponse: flag("Unicast Response", { filter: "qry.qu" }),
  class: bits(15, "Class", { filter: "qry.class", base: "hex", names: dnsClassNames, default: 1 }),
});
