import { u8, u16 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { tlsPskModeNames, tlsStatusTypeNames, tlsVersionNames } from "../../iana/tls.ts";
import {
  certificateTypes,
  commonCases,
  extension,
  keyShareEntry,
  pskIdentity,
  signatureScheme,
} from "./extension.ts";

const serverName = record("tls.serverName", "Server Name")
  .fields({
    type: u8("Type", { filter: "handshake.extensions_server_name_type", valid: [0, 0] }),
    length: u16("Length", { filter: "handshake.extensions_server_name_len" }),
  })
  .text("name", "Name", { field: "length" }, { filter: "handshake.extensions_server_name" });
const version = record("tls.supportedVersion", "Version").fields({
  version: u16("Version", {
    filter: "handshake.extensions.supported_version",
    base: "hex",
    names: tlsVersionNames,
  }),
});
const pskMode = record("tls.pskMode", "Key Exchange Mode").fields({
  mode: u8("Mode", { filter: "extension.psk_ke_mode", names: tlsPskModeNames }),
});
const binder = record("tls.pskBinder", "Binder")
  .fields({ length: u8("Length", { filter: null }) })
  .bytes("binder", "Binder", { field: "length" }, { filter: null });
const statusType = u8("Status Type", {
  filter: "handshake.extensions_status_request_type",
  names: tlsStatusTypeNames,
});
const statusRequest = {
  idsLength: u16("Length of Responder IDs", {
    filter: "handshake.extensions_status_request_responder_ids_len",
  }),
} as const;
const statusExtensions = {
  requestExtensionsLength: u16("Length of Request Extensions", {
    filter: "handshake.extensions_status_request_exts_len",
  }),
} as const;
const statusItem = record("tls.statusRequest", "Status Request")
  .fields({
    statusType,
    length: u16("Length", { filter: "handshake.extensions_status_request_len" }),
    ...statusRequest,
  })
  .bytes("responderIds", "Responder IDs", { field: "idsLength" }, { filter: null })
  .fields(statusExtensions)
  .bytes(
    "requestExtensions",
    "Request Extensions",
    { field: "requestExtensionsLength" },
    {
      filter: null,
    },
  )
  .header({ field: "length", plus: 3 });

const none = { filter: null } as const;

const made = variants(
  extension,
  "type",
  {
    serverName: at(
      0,
      extension
        .fields({
          namesLength: u16("Length of Names", {
            filter: "handshake.extensions_server_name_list_len",
          }),
        })
        .list("names", "Names", serverName, { size: { field: "namesLength" }, filter: null }),
    ),
    statusRequest: at(
      5,
      extension
        .fields({ statusType, ...statusRequest })
        .bytes("responderIds", "Responder IDs", { field: "idsLength" }, none)
        .fields(statusExtensions)
        .bytes(
          "requestExtensions",
          "Request Extensions",
          { field: "requestExtensionsLength" },
          none,
        ),
    ),
    statusRequestV2: at(
      17,
      extension
        .fields({
          requestsLength: u16("Length of Requests", {
            filter: "handshake.extensions_status_request_list_len",
          }),
        })
        .list("requests", "Requests", statusItem, {
          size: { field: "requestsLength" },
          filter: null,
        }),
    ),
    signedCertificateTimestamp: at(18, extension),
    clientCertificateType: at(19, certificateTypes),
    serverCertificateType: at(20, certificateTypes),
    padding: at(
      21,
      extension.bytes("padding", "Padding", "rest", {
        filter: "handshake.extensions_padding_data",
        valid: () => new Uint8Array(7),
      }),
    ),
    delegatedCredential: at(
      34,
      extension
        .fields({
          schemesLength: u16("Length of Schemes", { filter: "handshake.sig_hash_alg_len" }),
        })
        .list("schemes", "Schemes", signatureScheme, {
          size: { field: "schemesLength" },
          filter: null,
        }),
    ),
    preSharedKey: at(
      41,
      extension
        .fields({
          identitiesLength: u16("Length of Identities", {
            filter: "handshake.extensions.psk.identities.length",
          }),
        })
        .list("identities", "Identities", pskIdentity, {
          size: { field: "identitiesLength" },
          filter: null,
        })
        .fields({
          bindersLength: u16("Length of Binders", {
            filter: "handshake.extensions.psk.binders_len",
          }),
        })
        .list("binders", "Binders", binder, { size: { field: "bindersLength" }, filter: null }),
    ),
    earlyData: at(42, extension),
    supportedVersions: at(
      43,
      extension
        .fields({
          versionsLength: u8("Length of Versions", {
            filter: "handshake.extensions.supported_versions_len",
          }),
        })
        .list("versions", "Versions", version, { size: { field: "versionsLength" }, filter: null }),
    ),
    pskKeyExchangeModes: at(
      45,
      extension
        .fields({
          modesLength: u8("Length of Modes", { filter: "extension.psk_ke_modes_length" }),
        })
        .list("modes", "Modes", pskMode, { size: { field: "modesLength" }, filter: null }),
    ),
    // Drafts of TLS 1.3 before the 23rd had it at 40.
    keyShare: at(
      [51, 40],
      extension
        .fields({
          sharesLength: u16("Length of Shares", {
            filter: "handshake.extensions_key_share_client_length",
          }),
        })
        .list("shares", "Shares", keyShareEntry, {
          size: { field: "sharesLength" },
          filter: null,
        }),
    ),
    ...commonCases,
    encryptedClientHello: at(
      0xfe0d,
      extension
        .fields({
          // The inner ClientHello, which has nothing more here, only travels encrypted (RFC 9849 §5).
          helloType: u8("Hello Type", { filter: null, valid: [0, 0] }),
          kdf: u16("Key Derivation Function", none),
          aead: u16("Authenticated Encryption", none),
          configId: u8("Configuration ID", none),
          keyLength: u16("Length of Key", none),
        })
        .bytes("key", "Encapsulated Key", { field: "keyLength" }, none)
        .fields({ contentLength: u16("Length of Content", none) })
        .bytes("content", "Encrypted Content", { field: "contentLength" }, none),
    ),
  },
  extension.bytes("data", "Data", "rest", { filter: "handshake.extension.data" }),
);

type Made = typeof made;
/** The declaration of {@link tlsClientExtension}; a name that types can be read by. */
export interface TlsClientExtension extends Made {}
/** Extensions in a ClientHello, by type (RFC 8446 §4.2, RFC 6066 and others). */
export const tlsClientExtension: TlsClientExtension = made;
