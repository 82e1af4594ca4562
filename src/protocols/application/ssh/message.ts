import { u8, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { kexInit } from "./kex-init.ts";
import {
  groupExchangeInit,
  groupExchangeReply,
  groupExchangeRequest,
  keyExchangeInit,
  keyExchangeReply,
} from "./key-exchange.ts";
import { messageBase } from "./message-base.ts";
import { sshDisconnectNames } from "./names.ts";

const none = { filter: null } as const;
const text = { valid: (): string => "text" };

/** Ends the connection (RFC 4253 §11.1). */
const disconnect = messageBase
  .fields({
    reason: u32("Reason", { filter: "disconnect_reason", names: sshDisconnectNames }),
    descriptionLength: u32("Description Length", { filter: "disconnect_description_length" }),
  })
  .text(
    "description",
    "Description",
    { field: "descriptionLength" },
    { filter: "disconnect_description", ...text },
  )
  .fields({ languageLength: u32("Language Length", { filter: "lang_tag_length" }) })
  .text("language", "Language", { field: "languageLength" }, { filter: "lang_tag", ...text });

/** To be left out by who receives it (RFC 4253 §11.2). */
const ignore = messageBase
  .fields({ dataLength: u32("Data Length", { filter: "ignore_data_length" }) })
  .bytes("data", "Data", { field: "dataLength" }, { filter: "ignore_data" });

/** Says which packet was not understood (RFC 4253 §11.4). */
const unimplemented = messageBase.fields({ sequence: u32("Sequence Number of the Packet", none) });

/** Text for who looks for faults (RFC 4253 §11.3). */
const debug = messageBase
  .fields({
    alwaysDisplay: u8("Always Display", { filter: "debug_always_display", valid: [0, 1] }),
    messageLength: u32("Message Length", { filter: "debug_name_length" }),
  })
  .text("message", "Message", { field: "messageLength" }, { filter: "debug_name", ...text })
  .fields({ languageLength: u32("Language Length", { filter: "lang_tag_length" }) })
  .text("language", "Language", { field: "languageLength" }, { filter: "lang_tag", ...text });

/** Asks for a service, or grants it (RFC 4253 §10). */
const service = messageBase
  .fields({ nameLength: u32("Service Name Length", { filter: "service_name_length" }) })
  .text(
    "name",
    "Service Name",
    { field: "nameLength" },
    { filter: "service_name", valid: (random) => random.pick(["ssh-userauth", "ssh-connection"]) },
  );

/** What a side can do beyond its algorithms (RFC 8308 §2.3). */
const extension = record("ssh.extension", "Extension", { spec: "RFC 8308 §2.3" })
  .fields({ nameLength: u32("Name Length", none) })
  .text("name", "Name", { field: "nameLength" }, none)
  .fields({ valueLength: u32("Value Length", none) })
  .bytes("value", "Value", { field: "valueLength" }, none);

const extensionInfo = messageBase
  .fields({ count: u32("Number of Extensions", none) })
  .list("extensions", "Extensions", extension, { count: { field: "count" }, filter: null });

const made = /* @__PURE__ */ variants(
  messageBase,
  "code",
  {
    disconnect: at(1, disconnect),
    ignore: at(2, ignore),
    unimplemented: at(3, unimplemented),
    debug: at(4, debug),
    serviceRequest: at(5, service),
    serviceAccept: at(6, service),
    extensionInfo: at(7, extensionInfo),
    kexInit: at(20, kexInit),
    newKeys: at(21, messageBase),
    keyExchangeInit: at(30, keyExchangeInit),
    keyExchangeReply: at(31, keyExchangeReply),
    groupExchangeInit: at(32, groupExchangeInit),
    groupExchangeReply: at(33, groupExchangeReply),
    groupExchangeRequest: at(34, groupExchangeRequest),
  },
  messageBase.bytes("data", "Data", "rest", { filter: "payload" }),
);
type Made = typeof made;
/** The type of {@link sshMessage}, under a name. */
export interface SshMessage extends Made {}

/** The messages that are sent before keys are in use: those of the transport layer (RFC 4253 §7 to §11). */
export const sshMessage: SshMessage = made;
