import { coded, u8, u16, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { dnsClassNames, dnsTypeNames } from "../../iana/dns.ts";
import { domainName, wholeDomainName } from "./name.ts";

/** What all resource records begin with (RFC 1035 §3.2.1); the class's place has another meaning in some. */
export const resource = record("dns.record", "Resource Record", { spec: "RFC 1035 §3.2.1" }).fields(
  {
    name: coded(domainName, "Name", { filter: "resp.name" }),
    type: u16("Type", { filter: "resp.type", names: dnsTypeNames }),
  },
);

/** The head of a resource record: its data follows, as many bytes as `rdlength` says. */
export const ordinary = resource
  .fields({
    class: u16("Class", { filter: "resp.class", base: "hex", names: dnsClassNames, default: 1 }),
    ttl: u32("Time to Live", { filter: "resp.ttl" }),
    rdlength: u16("Data Length", { filter: "resp.len" }),
  })
  .header({ field: "rdlength", after: true });

/** What the cases of records are made of. */
export type Ordinary = typeof ordinary;
/** A `<character-string>` (RFC 1035 §3.3): a length and as many characters. */
const characterString = (name: string, title: string, filter: string | null) =>
  record(`dns.${name}`, title)
    .fields({ length: u8("Length", { filter: filter === null ? null : `${filter}.length` }) })
    .text("text", "Text", { field: "length" }, { filter });

/** The strings of a TXT record. */
export const txtString = characterString("txtString", "TXT String", "txt");
/** The strings of an SPF record (RFC 7208 §3.1). */
export const spfString = characterString("spfString", "SPF String", "spf");
/** The strings of records that are like TXT and that Wireshark has no names for. */
export const plainString = characterString("string", "String", null);

/** A name in a list of names. */
export const namedServer = record("dns.rendezvousServer", "Rendezvous Server").fields({
  name: coded(wholeDomainName, "Name", { filter: "hip.rendezvous_server" }),
});

/** The number of a record type in a list of such. */
export const typeNumber = record("dns.typeNumber", "Type").fields({
  type: u16("Type", { filter: null, names: dnsTypeNames }),
});
