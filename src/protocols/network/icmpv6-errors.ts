import { bits, flag, octets, u8, u16, u32 } from "../../schema/field.ts";
import type { View } from "../../schema/protocol.ts";
import { at } from "../../schema/variants.ts";
import { icmpExtendedEchoStateNames } from "../iana/icmp.ts";
import { icmpExtension } from "./icmp-extensions.ts";
import { quotedLength, quotedWords } from "./icmp-quote.ts";
import { message } from "./icmpv6-base.ts";
import { ipv6 } from "./ipv6.ts";

/** Error messages quote the packet they are about, cut to fit; extensions may follow (RFC 4884). */
const quotes = { next: ipv6 };
const extensible = (type: number) =>
  message(type)
    .quotes()
    .fields({
      length: u8("Length", {
        note: "Of the quoted packet in words of 8 bytes, where extensions follow it.",
        computed: (layer) => quotedWords(layer, 8),
      }),
      unused: octets(3, "Unused", { filter: "reserved" }),
    })
    .payload({
      ...quotes,
      length: (m: View<{ readonly length: number }>) => quotedLength(m.layer, m.length, 8),
    })
    .trailer(icmpExtension);

const echo = (type: number) =>
  message(type).fields({
    id: u16("Identifier", { filter: "echo.identifier", base: "hex" }),
    seq: u16("Sequence Number", { filter: "echo.sequence_number" }),
  });

const shortSequence = (type: number) =>
  message(type).fields({
    id: u16("Identifier", { filter: "echo.identifier", base: "hex" }),
    seq: u8("Sequence Number", { filter: "ext.echo.seq" }),
  });

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

const extendedEchoReply = shortSequence(161)
  .answers(replyTo(160))
  .fields({
    state: bits(3, "State", { filter: "ext.echo.rsp.state", names: icmpExtendedEchoStateNames }),
    reserved: bits(2, "Reserved", { filter: "ext.echo.rsp.res", base: "hex", digits: 2 }),
    active: flag("Active", { filter: "ext.echo.rsp.active" }),
    ipv4: flag("IPv4", { filter: "ext.echo.rsp.ipv4" }),
    ipv6: flag("IPv6", { filter: "ext.echo.rsp.ipv6" }),
  });

/** Errors and echoes (RFC 4443, RFC 8335). */
export const errorMessages = {
  destinationUnreachable: at(1, extensible(1)),
  packetTooBig: at(
    2,
    message(2)
      .quotes()
      .fields({ mtu: u32("MTU") })
      .payload(quotes),
  ),
  timeExceeded: at(3, extensible(3)),
  parameterProblem: at(
    4,
    message(4)
      .quotes()
      .fields({ pointer: u32("Pointer") })
      .payload(quotes),
  ),
  echoRequest: at(128, echo(128)),
  echoReply: at(129, echo(129).answers(replyTo(128))),
  extendedEchoRequest: at(
    160,
    shortSequence(160)
      .fields({
        reserved: bits(7, "Reserved", { filter: "ext.echo.req.res", base: "hex" }),
        local: flag("Local", { filter: "ext.echo.req.local" }),
      })
      .record("extension", "Extension Structure", icmpExtension),
  ),
  extendedEchoReply: at(161, extendedEchoReply),
};
