import { flags } from "../../../schema/field.ts";
import { protocol } from "../../../schema/protocol.ts";
import { udpPorts } from "../../transport/udp.ts";
import { isMulticastResponse, isResponse } from "./answers.ts";
import { dnsFlags, llmnrFlags, messageId, sectionCounts } from "./message.ts";
import { dnsQuestion, mdnsQuestion } from "./question.ts";
import { dnsRecord, mdnsRecord } from "./record.ts";
import { dsoTlv } from "./stateful.ts";

/** What is about the message as a whole stands in the additional section (RFC 6891 §6.1.1, RFC 8945 §5.1). */
const sectionRule = { except: ["opt", "tsig"] } as const;

/**
 * A message of the Domain Name System. The header takes all that there is: the records are found when somebody asks for
 * them, and what follows the last is its rest. In an update (RFC 2136) the four sections are zone, prerequisites, updates
 * and additional data; a stateful operation (RFC 8490) has none and TLVs after them.
 */
export const dns = protocol({
  name: "dns",
  title: "Domain Name System",
  spec: "RFC 1035",
  over: [udpPorts.at(53)],
})
  .fields({ id: messageId, flags: flags(16, dnsFlags, "Flags", { base: "hex" }), ...sectionCounts })
  .list("questions", "Questions", dnsQuestion, { count: { field: "qdcount" } })
  .list("answers", "Answers", dnsRecord, {
    count: { field: "ancount" },
    valid: sectionRule,
  })
  .list("authorities", "Authority Records", dnsRecord, {
    count: { field: "nscount" },
    valid: sectionRule,
  })
  .list("additionals", "Additional Records", dnsRecord, {
    count: { field: "arcount" },
    valid: { last: ["tsig"] },
  })
  .list("tlvs", "DSO TLVs", dsoTlv, {
    when: { field: "flags.opcode", is: 6 },
    filter: null,
    // RFC 8490 §5.4: the first says what is wanted, and padding stands behind it.
    valid: {
      needs: [["keepAlive", "retryDelay", "subscribe", "push", "unsubscribe", "reconfirm"]],
      only: ["encryptionPadding"],
    },
  })
  .header("rest")
  .answers(isResponse);

/** Multicast DNS. */
export const mdns = protocol({
  name: "mdns",
  label: "mDNS",
  title: "Multicast DNS",
  spec: "RFC 6762",
  filter: "dns",
  over: [udpPorts.at(5353)],
})
  .fields({
    id: messageId,
    flags: flags(16, dnsFlags, "Flags", {
      base: "hex",
      // A query, one whose known answers go on, or a response; all else is zero (RFC 6762 §18).
      valid: (random) => random.pick([0, 0x0200, 0x8400]),
    }),
    ...sectionCounts,
  })
  .list("questions", "Questions", mdnsQuestion, { count: { field: "qdcount" } })
  .list("answers", "Answers", mdnsRecord, {
    count: { field: "ancount" },
    valid: sectionRule,
  })
  .list("authorities", "Authority Records", mdnsRecord, {
    count: { field: "nscount" },
    valid: sectionRule,
  })
  .list("additionals", "Additional Records", mdnsRecord, { count: { field: "arcount" } })
  .header("rest")
  .answers(isMulticastResponse);

/** Link-Local Multicast Name Resolution. */
export const llmnr = protocol({
  name: "llmnr",
  title: "Link-Local Multicast Name Resolution",
  spec: "RFC 4795",
  filter: "dns",
  over: [udpPorts.at(5355)],
})
  .fields({
    id: messageId,
    flags: flags(16, llmnrFlags, "Flags", {
      base: "hex",
      // A query or a response, for a conflict or a name that is not sure yet; no operation but one (RFC 4795 §2.1.1).
      valid: (random) => random.pick([0, 0x0400, 0x8000, 0x8100]),
    }),
    ...sectionCounts,
  })
  .list("questions", "Questions", dnsQuestion, { count: { field: "qdcount" } })
  .list("answers", "Answers", dnsRecord, {
    count: { field: "ancount" },
    valid: sectionRule,
  })
  .list("authorities", "Authority Records", dnsRecord, {
    count: { field: "nscount" },
    valid: sectionRule,
  })
  .list("additionals", "Additional Records", dnsRecord, {
    count: { field: "arcount" },
    valid: { last: ["tsig"] },
  })
  .header("rest")
  .answers(isResponse);
