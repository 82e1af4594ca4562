import { u8, u16 } from "../../../schema/field.ts";
import type { Names } from "../../../schema/names.ts";
import type { Buildable, ProtocolAbout } from "../../../schema/protocol.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import { at } from "../../../schema/variants.ts";
import { pppCodeNames } from "../../iana/ppp.ts";

/** What every packet of LCP and of the network control protocols begins with (RFC 1661 §5). */
const controlHead = {
  code: u8("Code", { filter: ".ppp.code", names: pppCodeNames }),
  identifier: u8("Identifier", { filter: ".ppp.identifier" }),
  length: u16("Length", { filter: ".ppp.length" }),
};

/** All of a control packet is its header; what follows its length is padding of the link. */
export const wholePacket = { field: "length" } as const;

/** The beginning of a control protocol, of which the cases are the codes (RFC 1661 §5). */
export const controlProtocol = (about: ProtocolAbout) =>
  protocol(about).fields(controlHead).header(wholePacket).payload({ whole: wholePacket });

/** The codes that all control protocols have: those that agree on options, and those that end (RFC 1661 §5.1-5.6). */
export const negotiation = <CV, CI, OV, OI>(
  configure: Buildable<CV, CI>,
  other: Buildable<OV, OI>,
) => ({
  configureRequest: at(1, configure),
  configureAck: at(2, configure),
  configureNak: at(3, configure),
  configureReject: at(4, configure),
  terminateRequest: at(5, other),
  terminateAck: at(6, other),
  codeReject: at(7, other),
});

/** The beginning of a configuration option (RFC 1661 §6): its length counts all of it. */
export const configurationOption = (name: string, filter: string, names: Names) =>
  record(name, "Option", { filter, spec: "RFC 1661 §6" })
    .fields({
      type: u8("Type", { filter: "opt.type", names }),
      length: u8("Length", { filter: "opt.length" }),
    })
    .header({ field: "length" });
