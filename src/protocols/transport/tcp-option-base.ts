import { u8 } from "../../schema/field.ts";
import { record } from "../../schema/protocol.ts";
import { tcpOptionNames } from "../iana/tcp.ts";

/** What every option begins with: the two of kind 0 and 1 are nothing else (RFC 9293 §3.1). */
export const tcpKind = record("tcp.option", "Option", { spec: "RFC 9293 §3.1" }).fields({
  kind: u8("Kind", { filter: "option_kind", names: tcpOptionNames }),
});

/** All others have a length, which counts kind and length too. */
export const tcpOptionBase = tcpKind
  .fields({ length: u8("Length", { filter: "option_len" }) })
  .header({ field: "length" });
