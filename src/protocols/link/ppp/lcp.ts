import { u8, u16, u24, u32 } from "../../../schema/field.ts";
import { at, variants } from "../../../schema/variants.ts";
import { pppProtocolNames } from "../../iana/ppp.ts";
import { controlProtocol, negotiation } from "./control.ts";
import { lcpOption } from "./lcp-options.ts";
import { pppPayload, pppProtocols } from "./ppp.ts";

const head = controlProtocol({
  name: "lcp",
  title: "PPP Link Control Protocol",
  spec: "RFC 1661 §5, RFC 1570, RFC 2153",
  over: [pppProtocols.at(0xc021)],
});

/** Where the rejected packet starts in a Protocol-Reject. */
const REJECTED = 6;

const configure = head.list("options", "Options", lcpOption);
const data = { filter: "data" } as const;
const other = { filter: ".ppp.data" } as const;
const terminate = head.bytes("data", "Data", "rest", other);
const magic = { magic: u32("Magic Number", { filter: "magic_number", base: "hex" }) };
const echo = head.fields(magic).bytes("data", "Data", "rest", data);

/** Link Control Protocol of PPP; the cases are its codes. */
export const lcp = variants(
  head,
  "code",
  {
    vendorSpecific: at(
      0,
      head
        .fields({
          magic: u32("Magic Number", { filter: ".ppp.magic_number", base: "hex" }),
          oui: u24("Organizationally Unique Identifier", { filter: ".ppp.oui" }),
          kind: u8("Kind", { filter: ".ppp.kind" }),
        })
        .bytes("data", "Data", "rest", other),
    ),
    ...negotiation(configure, terminate),
    codeReject: at(7, head.bytes("rejected", "Rejected Packet", "rest", other)),
    protocolReject: at(
      8,
      head
        .fields({
          protocol: u16("Rejected Protocol", {
            filter: "rej_proto",
            base: "hex",
            names: pppProtocolNames,
          }),
        })
        // What was rejected is the payload, as its protocol would have read it.
        .header(REJECTED)
        .payload({ next: ({ protocol }, lookup) => pppPayload(protocol, lookup) }),
    ),
    echoRequest: at(9, echo),
    echoReply: at(10, echo),
    discardRequest: at(11, echo),
    identification: at(12, head.fields(magic).text("message", "Message", "rest")),
    timeRemaining: at(
      13,
      head
        .fields({ ...magic, seconds: u32("Seconds Remaining", { filter: "secs_remaining" }) })
        .text("message", "Message", "rest"),
    ),
  },
  terminate,
);
