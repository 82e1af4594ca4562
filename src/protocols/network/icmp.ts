import { layerChecksum } from "../../schema/checksum.ts";
import { bits, flag, int, ipv4Address, octets, u8, u16, u32 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { protocol, record, type View } from "../../schema/protocol.ts";
import { at, variants } from "../../schema/variants.ts";
import { icmpCodeNames, icmpExtendedEchoStateNames, icmpTypeNames } from "../iana/icmp.ts";
import { icmpExtension } from "./icmp-extensions.ts";
import { agentExtension } from "./icmp-mobile.ts";
import { quotedLength, quotedWords } from "./icmp-quote.ts";
import { ipProtocols, ipv4 } from "./ipv4.ts";

const base = protocol({
  name: "icmp",
  title: "Internet Control Message Protocol",
  spec: "RFC 792",
  over: [ipProtocols.at(1)],
})
  .fields({ type: u8("Type", { names: icmpTypeNames }) })
  // Replies and errors say themselves what they answer; all other messages answer nothing.
  .answers(() => false)
  .flow({
    messages: {
      type: "type",
      code: "code",
      id: "id",
      pairs: [
        [8, 0],
        [13, 14],
        [15, 16],
        [10, 9],
        [17, 18],
      ],
    },
  });

const noNames = /* @__PURE__ */ names("");

/** What all messages begin with; codes have names only within a type. */
const message = (type = -1) =>
  base.fields({
    code: u8("Code", { names: icmpCodeNames[type] ?? noNames }),
    checksum: u16("Checksum", { base: "hex", checksum: layerChecksum }),
  });

const identified = (type: number) =>
  message(type).fields({
    id: u16("Identifier", { filter: "ident" }),
    seq: u16("Sequence Number"),
  });

/** What a request and its reply have in common. */
interface Numbered {
  readonly type: number;
  readonly id: number;
  readonly seq: number;
}
/** The rule of a reply: it has the identifier and the number of the request, which is of type `asked`. */
const replyTo =
  (asked: number) =>
  (own: Numbered, request: Numbered): boolean =>
    request.type === asked && own.id === request.id && own.seq === request.seq;

/** Messages that quote the datagram they are about: cut short by most senders, whole words by newer ones (RFC 4884). */
const quotes = { next: ipv4 };
const extensible = {
  ...quotes,
  length: (m: View<{ readonly length: number }>) => quotedLength(m.layer, m.length, 4),
};
const length = () =>
  u8("Length", {
    filter: "length",
    note: "Of the quoted datagram in words of 4 bytes, where extensions follow it.",
    computed: (layer) => quotedWords(layer, 4),
  });

const destinationUnreachable = message(3)
  .quotes()
  .fields({ unused: octets(1, "Unused"), length: length() })
  .when({ field: "code", is: 4 }, { mtu: u16("Next-Hop MTU") })
  .when((m) => m.code !== 4, { unused2: octets(2, "Unused", { filter: "unused" }) })
  .payload(extensible)
  .trailer(icmpExtension);

const timeExceeded = message(11)
  .quotes()
  .fields({
    unused: octets(1, "Unused"),
    length: length(),
    unused2: octets(2, "Unused", { filter: "unused" }),
  })
  .payload(extensible)
  .trailer(icmpExtension);

const parameterProblem = message(12)
  .quotes()
  .fields({
    pointer: u8("Pointer"),
    length: length(),
    unused: octets(2, "Unused"),
  })
  .payload(extensible)
  .trailer(icmpExtension);

const routerAddress = record("icmp.routerAddress", "Router Address").fields({
  address: ipv4Address("Router Address", { filter: "router_address" }),
  preference: int(32, "Preference Level", { filter: "pref_level" }),
});

/** RFC 1256 §3; with the extensions of mobility agents (RFC 5944 §2.1). */
const routerAdvertisement = message(9)
  .fields({
    count: u8("Num Addrs", { filter: "num_addrs" }),
    entrySize: u8("Addr Entry Size", { filter: "addr_entry_size", default: 2 }),
    lifetime: u16("Lifetime"),
  })
  .list("addresses", "Router Addresses", routerAddress, { count: { field: "count" } })
  .list("extensions", "Agent Advertisement Extensions", agentExtension)
  .answers((_, request) => request.type === 10);

const timestamps = (type: number) =>
  identified(type).fields({
    originate: u32("Originate Timestamp", { filter: "originate_timestamp" }),
    receive: u32("Receive Timestamp", { filter: "receive_timestamp" }),
    transmit: u32("Transmit Timestamp", { filter: "transmit_timestamp" }),
  });

const addressMask = (type: number) =>
  identified(type).fields({ mask: ipv4Address("Address Mask", { filter: "address_mask" }) });

/** RFC 1393 §2.3. */
const traceroute = message(30).fields({
  id: u16("ID Number", { filter: null }),
  unused: u16("Unused", { filter: null }),
  outboundHops: u16("Outbound Hop Count", { filter: null }),
  returnHops: u16("Return Hop Count", { filter: null }),
  speed: u32("Output Link Speed", { filter: null, note: "In bytes a second." }),
  mtu: u32("Output Link MTU", { filter: null }),
});

const shortSequence = (type: number) =>
  message(type).fields({
    id: u16("Identifier", { filter: "ident" }),
    seq: u8("Sequence Number", { filter: "ext.echo.seq" }),
  });

/** RFC 8335 §2: asks after an interface of a node that need not have the address that is asked. */
const extendedEchoRequest = shortSequence(42)
  .fields({
    reserved: bits(7, "Reserved", { filter: "ext.echo.req.res", base: "hex" }),
    local: flag("Local", { filter: "ext.echo.req.local" }),
  })
  .record("extension", "Extension Structure", icmpExtension);

/** RFC 8335 §3. */
const extendedEchoReply = shortSequence(43)
  .answers(replyTo(42))
  .fields({
    state: bits(3, "State", { filter: "ext.echo.rsp.state", names: icmpExtendedEchoStateNames }),
    reserved: bits(2, "Reserved", { filter: "ext.echo.rsp.res", base: "hex", digits: 2 }),
    active: flag("Active", { filter: "ext.echo.rsp.active" }),
    ipv4: flag("IPv4", { filter: "ext.echo.rsp.ipv4" }),
    ipv6: flag("IPv6", { filter: "ext.echo.rsp.ipv6" }),
  });

const icmpCases = variants(
  base,
  "type",
  {
    echoReply: at(0, identified(0).answers(replyTo(8))),
    destinationUnreachable: at(3, destinationUnreachable),
    sourceQuench: at(
      4,
      message(4)
        .quotes()
        .fields({ unused: octets(4, "Unused", { filter: null }) })
        .payload(quotes),
    ),
    redirect: at(
      5,
      message(5)
        .quotes()
        .fields({ gateway: ipv4Address("Gateway Internet Address", { filter: "redir_gw" }) })
        .payload(quotes),
    ),
    alternateHostAddress: at(6, message(6)),
    echo: at(8, identified(8)),
    routerAdvertisement: at(9, routerAdvertisement),
    routerSolicitation: at(
      10,
      message(10).fields({ reserved: octets(4, "Reserved", { filter: null }) }),
    ),
    timeExceeded: at(11, timeExceeded),
    parameterProblem: at(12, parameterProblem),
    timestamp: at(13, timestamps(13)),
    timestampReply: at(14, timestamps(14).answers(replyTo(13))),
    informationRequest: at(15, identified(15)),
    informationReply: at(16, identified(16).answers(replyTo(15))),
    addressMaskRequest: at(17, addressMask(17)),
    addressMaskReply: at(18, addressMask(18).answers(replyTo(17))),
    traceroute: at(30, traceroute),
    datagramConversionError: at(
      31,
      message(31)
        .quotes()
        .fields({ pointer: u32("Pointer", { filter: null }) })
        .payload(quotes),
    ),
    domainNameRequest: at(37, identified(37)),
    domainNameReply: at(
      38,
      identified(38)
        .answers(replyTo(37))
        .fields({ ttl: int(32, "Time-To-Live", { filter: null }) })
        .bytes("names", "Names", "rest", { filter: null }),
    ),
    photuris: at(
      40,
      message(40)
        .quotes()
        .fields({
          reserved: octets(2, "Reserved", { filter: null }),
          pointer: u16("Pointer", { filter: null }),
        })
        .payload(quotes),
    ),
    experimentalMobility: at(
      41,
      message(41)
        .fields({
          subtype: u8("Subtype", { filter: null }),
          reserved: octets(3, "Reserved", { filter: null }),
        })
        .bytes("options", "Options", "rest", { filter: null }),
    ),
    extendedEchoRequest: at(42, extendedEchoRequest),
    extendedEchoReply: at(43, extendedEchoReply),
  },
  message(),
);
type IcmpCases = typeof icmpCases;
/** The declaration of {@link icmp}. */
export interface Icmp extends IcmpCases {}
/** Internet Control Message Protocol, by message type: `icmp.echo({ id: 1, seq: 1 })`. */
export const icmp: Icmp = icmpCases;
