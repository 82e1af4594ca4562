import { u8 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { sshMessageNames } from "./names.ts";

/** What all messages begin with: their number (RFC 4250 §4.1). */
export const messageBase = record("ssh.message", "Message", { spec: "RFC 4250 §4.1" }).fields({
  code: u8("Message Code", { filter: "message_code", names: sshMessageNames }),
});
