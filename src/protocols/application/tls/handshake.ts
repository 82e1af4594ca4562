import { readUint } from "../../../bytes/numbers.ts";
import { octets, u8, u16, u24, u32 } from "../../../schema/field.ts";
import type { Layer } from "../../../schema/layer.ts";
import { record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import {
  tlsCertificateCompressionNames,
  tlsCipherSuiteNames,
  tlsClientCertificateTypeNames,
  tlsCompressionNames,
  tlsHandshakeNames,
  tlsKeyUpdateNames,
  tlsStatusTypeNames,
  tlsVersionNames,
} from "../../iana/tls.ts";
import { tlsClientExtension } from "./client-extension.ts";
import { distinguishedName, signatureScheme } from "./extension.ts";
import { tlsServerExtension } from "./server-extension.ts";

const handshake = record("tls.handshake", "Handshake Message", { spec: "RFC 8446 §4" })
  .fields({
    type: u8("Type", { filter: "handshake.type", names: tlsHandshakeNames }),
    length: u24("Length", { filter: "handshake.length" }),
  })
  .header({ field: "length", plus: 4 });

const cipherSuite = record("tls.cipherSuite", "Cipher Suite").fields({
  suite: u16("Cipher Suite", {
    filter: "handshake.ciphersuite",
    base: "hex",
    names: tlsCipherSuiteNames,
  }),
});
const compressionMethod = record("tls.compressionMethod", "Compression Method").fields({
  method: u8("Method", { filter: "handshake.comp_method", names: tlsCompressionNames }),
});
const certificate = record("tls.certificate", "Certificate")
  .fields({ length: u24("Length", { filter: "handshake.certificate_length" }) })
  .bytes("certificate", "Certificate", { field: "length" }, { filter: "handshake.certificate" });
const clientCertificateType = record("tls.clientCertificateType", "Certificate Type").fields({
  type: u8("Type", { filter: "handshake.cert_type", names: tlsClientCertificateTypeNames }),
});

const version = u16("Version", {
  filter: "handshake.version",
  base: "hex",
  names: tlsVersionNames,
  default: 0x0303,
});
const random = octets(32, "Random", { filter: "handshake.random" });
const extensionsLength = u16("Length of Extensions", { filter: "handshake.extensions_length" });

/** Bytes of a message before its first variable part: type, length, version and random. */
const HELLO = 38;
/** The versions of drafts of TLS 1.3 begin so. */
const DRAFT = 0x7f;
/** The drafts that a ServerHello told of in its version had neither session nor compression in it. */
const isDraft = (version: number): boolean => version >> 8 === DRAFT;

const left = ({ start, headerEnd }: Layer, used: number): boolean => start + used + 2 <= headerEnd;

const clientHello = handshake
  .fields({ version, random })
  .fields({ sessionIdLength: u8("Session ID Length", { filter: "handshake.session_id_length" }) })
  .bytes(
    "sessionId",
    "Session ID",
    { field: "sessionIdLength" },
    { filter: "handshake.session_id", valid: (source) => source.bytes(32) },
  )
  .fields({
    cipherSuitesLength: u16("Length of Cipher Suites", {
      filter: "handshake.cipher_suites_length",
    }),
  })
  .list("cipherSuites", "Cipher Suites", cipherSuite, {
    size: { field: "cipherSuitesLength" },
    filter: null,
  })
  .fields({
    compressionMethodsLength: u8("Length of Compression Methods", {
      filter: "handshake.comp_methods_length",
    }),
  })
  .list("compressionMethods", "Compression Methods", compressionMethod, {
    size: { field: "compressionMethodsLength" },
    filter: null,
  })
  // SSL 3.0 knows no extensions, and later versions need not have any.
  .when(
    (h) =>
      left(
        h.layer,
        HELLO +
          4 +
          h.sessionIdLength +
          (h.cipherSuitesLength ?? 0) +
          (h.compressionMethodsLength ?? 0),
      ),
    { extensionsLength },
  )
  .list("extensions", "Extensions", tlsClientExtension, {
    size: { field: "extensionsLength" },
    when: (h) => h.extensionsLength !== undefined,
    filter: null,
  });

const serverHello = handshake
  .fields({ version, random })
  .when((h) => !isDraft(h.version), {
    sessionIdLength: u8("Session ID Length", { filter: "handshake.session_id_length" }),
  })
  .bytes(
    "sessionId",
    "Session ID",
    { field: "sessionIdLength" },
    {
      filter: "handshake.session_id",
      when: (h) => h.sessionIdLength !== undefined,
      valid: (source) => source.bytes(32),
    },
  )
  .fields({
    cipherSuite: u16("Cipher Suite", {
      filter: "handshake.ciphersuite",
      base: "hex",
      names: tlsCipherSuiteNames,
    }),
  })
  .when((h) => !isDraft(h.version), {
    compressionMethod: u8("Compression Method", {
      filter: "handshake.comp_method",
      names: tlsCompressionNames,
    }),
  })
  .when((h) => left(h.layer, HELLO + 2 + (isDraft(h.version) ? 0 : 2 + (h.sessionIdLength ?? 0))), {
    extensionsLength,
  })
  .list("extensions", "Extensions", tlsServerExtension, {
    size: { field: "extensionsLength" },
    when: (h) => h.extensionsLength !== undefined,
    filter: null,
  });

/**
 * Whether a CertificateRequest tells signature algorithms, as from TLS 1.2 on: where it does not, the list of authorities
 * takes all that follows the types.
 */
function tellsAlgorithms(layer: Layer, types: number): boolean {
  const at = layer.start + 5 + types;
  if (at + 2 > layer.headerEnd) return false;
  return at + 2 + readUint(layer.bytes, at, 2) !== layer.headerEnd;
}

const certificateRequest = handshake
  .fields({ typesLength: u8("Number of Types", { filter: "handshake.cert_types_count" }) })
  .list("types", "Certificate Types", clientCertificateType, {
    size: { field: "typesLength" },
    filter: null,
  })
  .when((h) => tellsAlgorithms(h.layer, h.typesLength), {
    schemesLength: u16("Length of Schemes", { filter: "handshake.sig_hash_alg_len" }),
  })
  .list("schemes", "Signature Schemes", signatureScheme, {
    size: { field: "schemesLength" },
    when: (h) => h.schemesLength !== undefined,
    filter: null,
  })
  .fields({ authoritiesLength: u16("Length of Authorities", { filter: "handshake.dnames_len" }) })
  .list("authorities", "Authorities", distinguishedName, {
    size: { field: "authoritiesLength" },
    filter: null,
  });

const made = variants(
  handshake,
  "type",
  {
    helloRequest: at(0, handshake),
    clientHello: at(1, clientHello),
    serverHello: at(2, serverHello),
    newSessionTicket: at(
      4,
      handshake
        .fields({
          lifetime: u32("Lifetime Hint", { filter: "handshake.session_ticket_lifetime_hint" }),
          ticketLength: u16("Length of Ticket", { filter: "handshake.session_ticket_length" }),
        })
        .bytes(
          "ticket",
          "Ticket",
          { field: "ticketLength" },
          { filter: "handshake.session_ticket" },
        ),
    ),
    endOfEarlyData: at(5, handshake),
    encryptedExtensions: at(
      8,
      handshake.fields({ extensionsLength }).list("extensions", "Extensions", tlsServerExtension, {
        size: { field: "extensionsLength" },
        filter: null,
      }),
    ),
    certificate: at(
      11,
      handshake
        .fields({
          certificatesLength: u24("Length of Certificates", {
            filter: "handshake.certificates_length",
          }),
        })
        .list("certificates", "Certificates", certificate, {
          size: { field: "certificatesLength" },
          filter: null,
        }),
    ),
    // What these hold depends on the cipher suite, which the message does not tell (RFC 5246 §7.4.3, §7.4.7).
    serverKeyExchange: at(
      12,
      handshake.bytes("parameters", "Parameters", "rest", { filter: null }),
    ),
    certificateRequest: at(13, certificateRequest),
    serverHelloDone: at(14, handshake),
    certificateVerify: at(15, handshake.bytes("signed", "Signature", "rest", { filter: null })),
    clientKeyExchange: at(
      16,
      handshake.bytes("parameters", "Parameters", "rest", { filter: null }),
    ),
    finished: at(20, handshake.bytes("verifyData", "Verify Data", "rest", { filter: null })),
    certificateStatus: at(
      22,
      handshake
        .fields({
          statusType: u8("Status Type", {
            filter: "handshake.extensions_status_request_type",
            names: tlsStatusTypeNames,
          }),
          responseLength: u24("Length of Response", { filter: "handshake.ocsp_response_len" }),
        })
        .bytes("response", "Response", { field: "responseLength" }, { filter: null }),
    ),
    keyUpdate: at(
      24,
      handshake.fields({
        request: u8("Request", {
          filter: "handshake.key_update.request_update",
          names: tlsKeyUpdateNames,
        }),
      }),
    ),
    compressedCertificate: at(
      25,
      handshake
        .fields({
          algorithm: u16("Algorithm", {
            filter: "compress_certificate.algorithm",
            names: tlsCertificateCompressionNames,
          }),
          uncompressedLength: u24("Uncompressed Length", {
            filter: "compress_certificate.uncompressed_length",
          }),
          compressedLength: u24("Compressed Length", {
            filter: "compress_certificate.compressed_certificate_message.length",
          }),
        })
        .bytes(
          "compressed",
          "Compressed Certificate",
          { field: "compressedLength" },
          { filter: "compress_certificate.compressed_certificate_message" },
        ),
    ),
  },
  handshake.bytes("body", "Body", "rest", { filter: null }),
);

type Made = typeof made;
/** The declaration of {@link tlsHandshake}; a name that types can be read by. */
export interface TlsHandshake extends Made {}
/** A handshake message, by type (RFC 8446 §4, RFC 5246 §7.4): a record may have many, and a message many records. */
export const tlsHandshake: TlsHandshake = made;

/** Bytes of a message's type and length. */
const HEAD = 4;

/** Whether bytes are the start of a handshake message: a type in use, and a length that such messages may have. */
export function isHandshakeStart(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < HEAD) return false;
  const type = bytes[at]!;
  if (tlsHandshakeNames.get(type) === undefined) return false;
  // A request to begin again is empty. Random bytes begin with zeros more often than a client is asked this.
  return type !== 0 || readUint(bytes, at + 1, 3) === 0;
}
