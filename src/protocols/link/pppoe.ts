import { bits, u8, u16 } from "../../schema/field.ts";
import { protocol } from "../../schema/protocol.ts";
import { table } from "../../schema/table.ts";
import { pppoeCodeNames } from "../iana/ppp.ts";
import { etherTypes, linkTypes } from "./ethernet.ts";

/** What PPPoE carries in a session, by code: 0 is PPP. */
export const pppoeCodes = table("pppoe.code", pppoeCodeNames);

/** What both stages begin with (RFC 2516 §4). */
export const pppoeHead = {
  version: bits(4, "Version", { default: 1 }),
  type: bits(4, "Type", { default: 1 }),
  code: u8("Code", { base: "hex", names: pppoeCodeNames }),
  sessionId: u16("Session Identifier", { base: "hex" }),
  length: u16("Payload Length", { filter: "payload_length" }),
};

/** PPP over Ethernet, session stage. */
export const pppoe = protocol({
  name: "pppoe",
  label: "PPPoE",
  title: "PPP-over-Ethernet Session",
  spec: "RFC 2516 §4, §6",
  also: ["pppoes"],
  over: [etherTypes.at(0x8864), linkTypes.at(51)],
})
  .fields(pppoeHead)
  .payload({
    whole: { field: "length", plus: 6 },
    next: { table: pppoeCodes, by: "code" },
  });
