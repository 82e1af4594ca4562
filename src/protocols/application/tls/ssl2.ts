import { readU16 } from "../../../bytes/numbers.ts";
import { bits, flag, u8, u16, u24 } from "../../../schema/field.ts";
import { protocol, record } from "../../../schema/protocol.ts";
import { at, variants } from "../../../schema/variants.ts";
import { tlsVersionNames } from "../../iana/tls.ts";
import { tcpPorts } from "../../transport/tcp.ts";

/** Bytes of a record's header where no padding follows. */
export const SSL2_HEADER = 2;

const CLIENT_HELLO = 1;
const CLIENT_KEY = 2;
const SERVER_HELLO = 4;

/**
 * Whether a whole message in clear is here: it has a header of two bytes, and what its lengths count fills it (RFC 6101 Appendix E.2).
 */
export function isSsl2Message(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 12 || bytes[start]! < 0x80) return false;
  const length = readU16(bytes, start) & 0x7fff;
  if (start + SSL2_HEADER + length > end) return false;
  const type = bytes[start + 2]!;
  const at = start + (type === SERVER_HELLO ? 7 : type === CLIENT_KEY ? 6 : 5);
  const [one, two, three] = [readU16(bytes, at), readU16(bytes, at + 2), readU16(bytes, at + 4)];
  if (type === CLIENT_HELLO)
    return one % 3 === 0 && one > 0 && three >= 8 && 9 + one + two + three === length;
  if (type === CLIENT_KEY) return two > 0 && 10 + one + two + three === length;
  return type === SERVER_HELLO && two % 3 === 0 && 11 + one + two + three === length;
}

const base = protocol({
  name: "ssl2",
  label: "SSLv2",
  title: "Secure Sockets Layer 2.0",
  spec: "RFC 6101 Appendix E",
  filter: "tls",
  over: [tcpPorts.guess()],
  test: isSsl2Message,
})
  .fields({
    isShort: flag("Header of Two Bytes", { filter: null, default: true, valid: () => true }),
    length: bits(15, "Length", { filter: "record.length" }),
    type: u8("Type", { filter: "handshake.type" }),
  })
  .header({ field: "length", plus: SSL2_HEADER });

const version = u16("Version", {
  filter: "handshake.version",
  base: "hex",
  names: tlsVersionNames,
  default: 2,
});
const cipherSpec = record("ssl2.cipherSpec", "Cipher Specification", { filter: "tls" }).fields({
  spec: u24("Cipher Specification", { filter: "handshake.cipherspec", base: "hex" }),
});
const cipherSpecsLength = u16("Length of Cipher Specifications", {
  filter: "handshake.cipher_spec_len",
});
const none = { filter: null } as const;

const made = variants(
  base,
  "type",
  {
    clientHello: at(
      CLIENT_HELLO,
      base
        .fields({
          version,
          cipherSpecsLength,
          sessionIdLength: u16("Length of Session ID", {
            filter: "handshake.session_id_length",
          }),
          challengeLength: u16("Length of Challenge", { filter: "handshake.challenge_length" }),
        })
        .list("cipherSpecs", "Cipher Specifications", cipherSpec, {
          size: { field: "cipherSpecsLength" },
          filter: null,
        })
        .bytes(
          "sessionId",
          "Session ID",
          { field: "sessionIdLength" },
          { filter: "handshake.session_id", valid: (source) => source.bytes(16) },
        )
        .bytes(
          "challenge",
          "Challenge",
          { field: "challengeLength" },
          { filter: null, valid: (source) => source.bytes(16) },
        ),
    ),
    clientMasterKey: at(
      CLIENT_KEY,
      base
        .fields({
          cipherKind: u24("Cipher Kind", { filter: "handshake.cipherspec", base: "hex" }),
          clearKeyLength: u16("Length of Clear Key", { filter: "handshake.clear_key_length" }),
          encryptedKeyLength: u16("Length of Encrypted Key", {
            filter: "handshake.encrypted_key_length",
          }),
          argumentLength: u16("Length of Key Argument", { filter: "handshake.key_arg_length" }),
        })
        .bytes("clearKey", "Clear Key", { field: "clearKeyLength" }, none)
        .bytes("encryptedKey", "Encrypted Key", { field: "encryptedKeyLength" }, none)
        .bytes("argument", "Key Argument", { field: "argumentLength" }, none),
    ),
    serverHello: at(
      SERVER_HELLO,
      base
        .fields({
          sessionIdHit: u8("Session ID Hit", {
            filter: "handshake.session_id_hit",
            valid: [0, 1],
          }),
          certificateType: u8("Certificate Type", { filter: "handshake.cert_type" }),
          version,
          certificateLength: u16("Length of Certificate", {
            filter: "handshake.certificate_length",
          }),
          cipherSpecsLength,
          connectionIdLength: u16("Length of Connection ID", {
            filter: "handshake.connection_id_length",
          }),
        })
        .bytes(
          "certificate",
          "Certificate",
          { field: "certificateLength" },
          { filter: "handshake.certificate", valid: () => new Uint8Array(0) },
        )
        .list("cipherSpecs", "Cipher Specifications", cipherSpec, {
          size: { field: "cipherSpecsLength" },
          filter: null,
        })
        .bytes("connectionId", "Connection ID", { field: "connectionIdLength" }, none),
    ),
  },
  base.bytes("data", "Data", "rest", none),
);

type Made = typeof made;
/** The declaration of {@link ssl2}; a name that types can be read by. */
export interface Ssl2 extends Made {}
/**
 * A record of SSL 2.0, which clients of later versions also began with (RFC 5246 Appendix E.2). It has no port of its own:
 * messages in clear are known by their content.
 */
export const ssl2: Ssl2 = made;
