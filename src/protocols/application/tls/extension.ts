import { coded, u8, u16, u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { at } from "../../../schema/variants.ts";
import {
  tlsCertificateCompressionNames,
  tlsCertificateTypeNames,
  tlsExtensionNames,
  tlsFragmentLengthNames,
  tlsGroupNames,
  tlsHeartbeatModeNames,
  tlsPointFormatNames,
  tlsSignatureSchemeNames,
} from "../../iana/tls.ts";
import { quicBytes, quicInteger } from "./quic-integer.ts";

/** What all extensions begin with (RFC 8446 §4.2, RFC 5246 §7.4.1.4). */
export const extension = record("tls.extension", "Extension", { spec: "RFC 8446 §4.2" })
  .fields({
    type: u16("Type", { filter: "handshake.extension.type", names: tlsExtensionNames }),
    length: u16("Length", { filter: "handshake.extension.len" }),
  })
  .header({ field: "length", plus: 4 });

const group = record("tls.group", "Group").fields({
  group: u16("Group", {
    filter: "handshake.extensions_supported_group",
    base: "hex",
    names: tlsGroupNames,
  }),
});
const pointFormat = record("tls.pointFormat", "Point Format").fields({
  format: u8("Format", {
    filter: "handshake.extensions_ec_point_format",
    names: tlsPointFormatNames,
  }),
});
const protocolName = record("tls.protocolName", "Protocol Name")
  .fields({ length: u8("Length", { filter: "handshake.extensions_alpn_str_len" }) })
  .text("name", "Name", { field: "length" }, { filter: "handshake.extensions_alpn_str" });
const settingsName = record("tls.settingsName", "Protocol Name")
  .fields({ length: u8("Length", { filter: "handshake.extensions_alps_alpn_str_len" }) })
  .text("name", "Name", { field: "length" }, { filter: "handshake.extensions_alps_alpn_str" });
const nextProtocol = record("tls.nextProtocolName", "Protocol Name")
  .fields({ length: u8("Length", { filter: "handshake.extensions_npn_str_len" }) })
  .text("name", "Name", { field: "length" }, { filter: "handshake.extensions_npn" });
/** A signature scheme: before TLS 1.3 a hash and a signature algorithm, a byte each (RFC 5246 §7.4.1.4.1). */
export const signatureScheme = record("tls.signatureScheme", "Signature Scheme").fields({
  scheme: u16("Scheme", {
    filter: "handshake.sig_hash_alg",
    base: "hex",
    names: tlsSignatureSchemeNames,
  }),
});
const certificateType = record("tls.certificateType", "Certificate Type").fields({
  type: u8("Type", {
    filter: "handshake.cert_type.type",
    base: "hex",
    names: tlsCertificateTypeNames,
  }),
});
const compressionAlgorithm = record("tls.compressionAlgorithm", "Algorithm").fields({
  algorithm: u16("Algorithm", {
    filter: "compress_certificate.algorithm",
    names: tlsCertificateCompressionNames,
  }),
});
/** A distinguished name in DER, as lists of authorities have it (RFC 5246 §7.4.4). */
export const distinguishedName = record("tls.distinguishedName", "Distinguished Name")
  .fields({ length: u16("Length", { filter: "handshake.dname_len" }) })
  .bytes(
    "name",
    "Name",
    { field: "length" },
    // A name without parts, in DER.
    { filter: null, valid: () => Uint8Array.of(0x30, 0) },
  );
const quicParameter = record("tls.quicParameter", "Transport Parameter", {
  spec: "RFC 9000 §18",
}).fields({
  type: coded(quicInteger, "Type", { filter: "quic.parameter.type" }),
  value: coded(quicBytes, "Value", { filter: "quic.parameter.value" }),
});

/** A signed certificate timestamp (RFC 6962 §3.2). */
const timestamp = record("tls.signedCertificateTimestamp", "Signed Certificate Timestamp", {
  spec: "RFC 6962 §3.3",
})
  .fields({ length: u16("Length", { filter: "sct.sct_length" }) })
  .header({ field: "length", plus: 2 })
  .bytes("timestamp", "Timestamp", "rest", { filter: null });

/** A list of signed certificate timestamps: of the extension, and of the certificate extension with that name. */
export const timestampList = record("tls.timestampList", "Timestamps", { spec: "RFC 6962 §3.3" })
  .fields({ length: u16("Length", { filter: "sct.scts_length" }) })
  .list("timestamps", "Timestamps", timestamp, { size: { field: "length" }, filter: null });

const renegotiation = extension
  .fields({ infoLength: u8("Info Length", { filter: "handshake.extensions_reneg_info_len" }) })
  .bytes("info", "Info", { field: "infoLength" }, { filter: "handshake.extensions_reneg_info" });

const quicParameters = extension.list("parameters", "Transport Parameters", quicParameter);

/** The extensions that have one form whoever sends them. */
export const commonCases = {
  maxFragmentLength: at(
    1,
    extension.fields({
      mode: u8("Length", {
        filter: "handshake.max_fragment_length",
        names: tlsFragmentLengthNames,
      }),
    }),
  ),
  truncatedHmac: at(4, extension),
  supportedGroups: at(
    10,
    extension
      .fields({
        groupsLength: u16("Length of Groups", {
          filter: "handshake.extensions_supported_groups_length",
        }),
      })
      .list("groups", "Groups", group, { size: { field: "groupsLength" }, filter: null }),
  ),
  ecPointFormats: at(
    11,
    extension
      .fields({
        formatsLength: u8("Length of Formats", {
          filter: "handshake.extensions_ec_point_formats_length",
        }),
      })
      .list("formats", "Formats", pointFormat, { size: { field: "formatsLength" }, filter: null }),
  ),
  srp: at(
    12,
    extension
      .fields({ userLength: u8("Length of Name", { filter: "handshake.extensions_srp_len" }) })
      .text(
        "user",
        "User Name",
        { field: "userLength" },
        { filter: "handshake.extensions_srp_username" },
      ),
  ),
  signatureAlgorithms: at(
    13,
    extension
      .fields({ schemesLength: u16("Length of Schemes", { filter: "handshake.sig_hash_alg_len" }) })
      .list("schemes", "Schemes", signatureScheme, {
        size: { field: "schemesLength" },
        filter: null,
      }),
  ),
  heartbeat: at(
    15,
    extension.fields({
      mode: u8("Mode", {
        filter: "handshake.extension.heartbeat.mode",
        names: tlsHeartbeatModeNames,
      }),
    }),
  ),
  alpn: at(
    16,
    extension
      .fields({ namesLength: u16("Length of Names", { filter: "handshake.extensions_alpn_len" }) })
      .list("names", "Protocol Names", protocolName, {
        size: { field: "namesLength" },
        filter: null,
      }),
  ),
  encryptThenMac: at(22, extension),
  extendedMasterSecret: at(23, extension),
  compressCertificate: at(
    27,
    extension
      .fields({
        algorithmsLength: u8("Length of Algorithms", {
          filter: "compress_certificate.algorithms_length",
        }),
      })
      .list("algorithms", "Algorithms", compressionAlgorithm, {
        size: { field: "algorithmsLength" },
        filter: null,
      }),
  ),
  recordSizeLimit: at(
    28,
    extension.fields({
      limit: u16("Limit", { filter: "record_size_limit", valid: [64, 16_385] }),
    }),
  ),
  sessionTicket: at(
    35,
    extension.bytes("ticket", "Ticket", "rest", { filter: "handshake.extension.data" }),
  ),
  cookie: at(
    44,
    extension
      .fields({
        cookieLength: u16("Length of Cookie", { filter: "handshake.extensions.cookie_len" }),
      })
      .bytes(
        "cookie",
        "Cookie",
        { field: "cookieLength" },
        { filter: "handshake.extensions.cookie" },
      ),
  ),
  certificateAuthorities: at(
    47,
    extension
      .fields({ namesLength: u16("Length of Names", { filter: "handshake.dnames_len" }) })
      .list("names", "Distinguished Names", distinguishedName, {
        size: { field: "namesLength" },
        filter: null,
      }),
  ),
  postHandshakeAuth: at(49, extension),
  signatureAlgorithmsCert: at(
    50,
    extension
      .fields({ schemesLength: u16("Length of Schemes", { filter: "handshake.sig_hash_alg_len" }) })
      .list("schemes", "Schemes", signatureScheme, {
        size: { field: "schemesLength" },
        filter: null,
      }),
  ),
  connectionId: at(
    54,
    extension
      .fields({ idLength: u8("Length of Identifier", { filter: "connection_id_length" }) })
      .bytes("id", "Identifier", { field: "idLength" }, { filter: "connection_id" }),
  ),
  quicTransportParameters: at(57, quicParameters),
  quicTransportParametersDraft: at(0xffa5, quicParameters),
  applicationSettings: at(
    [17_513],
    extension
      .fields({ namesLength: u16("Length of Names", { filter: "handshake.extensions_alps_len" }) })
      .list("names", "Protocol Names", settingsName, {
        size: { field: "namesLength" },
        filter: null,
      }),
  ),
  nextProtocolNegotiation: at(13_172, extension.list("names", "Protocol Names", nextProtocol)),
  renegotiationInfo: at(0xff01, renegotiation),
} as const;

/** One group and the public key of its sender (RFC 8446 §4.2.8). */
export const keyShareEntry = record("tls.keyShareEntry", "Key Share Entry")
  .fields({
    group: u16("Group", {
      filter: "handshake.extensions_key_share_group",
      names: tlsGroupNames,
    }),
    length: u16("Key Length", { filter: "handshake.extensions_key_share_key_exchange_length" }),
  })
  .bytes(
    "key",
    "Key",
    { field: "length" },
    { filter: "handshake.extensions_key_share_key_exchange" },
  );

/** A session that the client would go on with (RFC 8446 §4.2.11). */
export const pskIdentity = record("tls.pskIdentity", "PSK Identity")
  .fields({
    length: u16("Length", { filter: "handshake.extensions.psk.identity.identity_length" }),
  })
  .bytes(
    "identity",
    "Identity",
    { field: "length" },
    { filter: "handshake.extensions.psk.identity.identity" },
  )
  .fields({
    obfuscatedTicketAge: u32("Obfuscated Ticket Age", {
      filter: "handshake.extensions.psk.identity.obfuscated_ticket_age",
    }),
  });

/** Certificate types that a client takes, for two extensions (RFC 7250 §3). */
export const certificateTypes = extension
  .fields({ typesLength: u8("Length of Types", { filter: "handshake.cert_type.types_len" }) })
  .list("types", "Types", certificateType, { size: { field: "typesLength" }, filter: null });

/** The certificate type that a server chose. */
export const chosenCertificateType = extension.fields({
  certificateType: u8("Certificate Type", {
    filter: "handshake.cert_type.type",
    base: "hex",
    names: tlsCertificateTypeNames,
  }),
});
