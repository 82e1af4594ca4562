import {
  flags,
  int,
  ipv4Address,
  ipv6Address,
  octets,
  part,
  u8,
  u16,
  u32,
  u64,
} from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { at } from "../../schema/variants.ts";
import { nodeInformationTypeNames } from "../iana/icmpv6.ts";
import { nameItem } from "./domain-name.ts";
import { message, reserved } from "./icmpv6-base.ts";

/** Node Information Queries (RFC 4620) and Router Renumbering (RFC 2894). */

const nodeInformation = (type: number) =>
  message(type).fields({
    qtype: u16("Qtype", { filter: "ni.qtype", names: nodeInformationTypeNames }),
    flags: flags(
      16,
      {
        reserved: part(10, "Reserved", { filter: "rsv", base: "hex" }),
        g: "Global-scope addresses",
        s: "Site-local addresses",
        l: "Link-local addresses",
        c: "IPv4-compatible and IPv4-mapped addresses",
        a: "All unicast addresses",
        t: "Truncated",
      },
      "Flags",
      { filter: "ni.flag", base: "hex" },
    ),
    nonce: u64("Nonce", { filter: "ni.nonce", base: "hex" }),
  });

/** Node Information Query: the code says what its subject is. */
const nodeQuery = nodeInformation(139)
  .when(
    { field: "code", is: 0 },
    {
      subject: ipv6Address("Subject IPv6 Address", { filter: "ni.query.subject_ipv6" }),
    },
  )
  .list(
    "subjectNames",
    "Subject Names",
    nameItem("icmpv6.niSubject", "icmpv6.ni.query.subject_fqdn"),
    {
      when: { field: "code", is: 1 },
    },
  )
  .when(
    { field: "code", is: 2 },
    {
      subjectIpv4: ipv4Address("Subject IPv4 Address", { filter: "ni.query.subject_ipv4" }),
    },
  );

const nodeAddress = record("icmpv6.niAddress", "Node Address").fields({
  ttl: int(32, "TTL", { filter: "ni.reply.node_ttl" }),
  address: ipv6Address("IPv6 Node Address", { filter: "ni.reply.node_address" }),
});
const nodeIpv4 = record("icmpv6.niIpv4", "Node IPv4 Address").fields({
  ttl: int(32, "TTL", { filter: "ni.reply.node_ttl" }),
  address: ipv4Address("IPv4 Node Address", { filter: "ni.reply.ipv4_address" }),
});

/** Node Information Reply, by its Qtype. */
const nodeReply = nodeInformation(140)
  .answers((own, request) => request.type === 139 && own.nonce === request.nonce)
  .when({ field: "qtype", is: 2 }, { ttl: int(32, "TTL", { filter: "ni.reply.node_ttl" }) })
  .list("names", "Node Names", nameItem("icmpv6.niName", "icmpv6.ni.reply.node_name"), {
    when: { field: "qtype", is: 2 },
  })
  .list("addresses", "Node Addresses", nodeAddress, { when: { field: "qtype", is: 3 } })
  .list("ipv4Addresses", "IPv4 Addresses", nodeIpv4, { when: { field: "qtype", is: 4 } });

/** RFC 2894 §3.2.1.2. */
const usePrefix = record("icmpv6.usePrefix", "Use-Prefix Part", {
  filter: "icmpv6.rr.pco.up",
}).fields({
  useLength: u8("UseLen", { filter: "uselen" }),
  keepLength: u8("KeepLen", { filter: "keeplen" }),
  flagMask: flags(
    8,
    {
      l: "On-link",
      a: "Autonomous",
      reserved: part(6, "Reserved"),
    },
    "FlagMask",
    { filter: "flagmask", base: "hex" },
  ),
  raFlags: flags(
    8,
    {
      l: part(1, "On-link", { filter: ".icmpv6.rr.pco.up.flagmask.l" }),
      a: part(1, "Autonomous", { filter: ".icmpv6.rr.pco.up.flagmask.a" }),
      reserved: part(6, "Reserved", { filter: ".icmpv6.rr.pco.up.flagmask.reserved" }),
    },
    "RAFlags",
    { filter: "raflags", base: "hex" },
  ),
  validLifetime: u32("Valid Lifetime", { filter: "validlifetime" }),
  preferredLifetime: u32("Preferred Lifetime", { filter: "preferredlifetime" }),
  flags: flags(
    32,
    {
      v: "Decrement valid lifetime",
      p: "Decrement preferred lifetime",
      reserved: part(30, "Reserved"),
    },
    "Flags",
    { filter: "flag", base: "hex" },
  ),
  prefix: ipv6Address("UsePrefix", { filter: "useprefix" }),
});

/** RFC 2894 §3.2.1: a Prefix Control Operation. */
const prefixControl = record("icmpv6.prefixControl", "Prefix Control Operation", {
  filter: "icmpv6.rr.pco.mp",
})
  .fields({
    opcode: u8("OpCode"),
    length: u8("OpLength", { filter: "oplength", note: "In words of 8 bytes." }),
    ordinal: u8("Ordinal", { base: "hex" }),
    matchLength: u8("MatchLen", { filter: "matchlen", valid: [0, 128] }),
    minLength: u8("MinLen", { filter: "minlen" }),
    maxLength: u8("MaxLen", { filter: "maxlen" }),
    reserved: octets(2, "Reserved", { filter: ".icmpv6.reserved" }),
    prefix: ipv6Address("MatchPrefix", { filter: "matchprefix" }),
  })
  .list("usePrefixes", "Use-Prefix Parts", usePrefix)
  .header({ field: "length", unit: 8 });

/** RFC 2894 §3.3. */
const result = record("icmpv6.renumberingResult", "Result Message", {
  filter: "icmpv6.rr.rm",
}).fields({
  flags: flags(
    16,
    { reserved: part(14, "Reserved"), b: "Out of bounds", f: "Forbidden" },
    "Flags",
    { filter: "flag", base: "hex" },
  ),
  ordinal: u8("Ordinal", { base: "hex" }),
  matchedLength: u8("MatchedLen", { filter: "matchedlen" }),
  interfaceIndex: u32("InterfaceIndex", { filter: "interfaceindex" }),
  prefix: ipv6Address("MatchedPrefix", { filter: "matchedprefix" }),
});

const renumberingHead = message(138).fields({
  sequence: u32("SequenceNumber", { filter: "rr.sequence_number" }),
  segment: u8("SegmentNumber", { filter: "rr.segment_number" }),
  flags: flags(
    8,
    {
      t: "Test command",
      r: "Result requested",
      a: "All interfaces",
      s: "Site-specific",
      p: "Processed previously",
      reserved: part(3, "Reserved", { filter: "rsv" }),
    },
    "Flags",
    { filter: "rr.flag", base: "hex" },
  ),
  maxDelay: u16("MaxDelay", { filter: "rr.maxdelay" }),
  reserved: reserved(4),
});

/** Router Renumbering: a command, a result, or a reset of the sequence number. */
const routerRenumbering = renumberingHead
  .list("operations", "Prefix Control Operations", prefixControl, {
    when: { field: "code", is: 0 },
  })
  .list("results", "Result Messages", result, { when: { field: "code", is: 1 } });

/** Node information and router renumbering. */
export const informationMessages = {
  routerRenumbering: at(138, routerRenumbering),
  nodeInformationQuery: at(139, nodeQuery),
  nodeInformationReply: at(140, nodeReply),
};
