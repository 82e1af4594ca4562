import { u32, u64 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { typeOf } from "./type-of.ts";

const none = { filter: null } as const;
const mpint = { filter: "mpint_length" } as const;

/** Public key of RSA (RFC 4253 §6.6). */
const rsaKey = record("ssh.rsaKey", "RSA Key", { spec: "RFC 4253 §6.6" })
  .fields({ eLength: u32("Length of the Exponent", mpint) })
  .bytes("e", "Public Exponent", { field: "eLength" }, { filter: "host_key.rsa.e" })
  .fields({ nLength: u32("Length of the Modulus", mpint) })
  .bytes("n", "Modulus", { field: "nLength" }, { filter: "host_key.rsa.n" });

/** Public key of DSA (RFC 4253 §6.6). */
const dsaKey = record("ssh.dsaKey", "DSA Key", { spec: "RFC 4253 §6.6" })
  .fields({ pLength: u32("Length of P", mpint) })
  .bytes("p", "P", { field: "pLength" }, { filter: "host_key.dsa.p" })
  .fields({ qLength: u32("Length of Q", mpint) })
  .bytes("q", "Q", { field: "qLength" }, { filter: "host_key.dsa.q" })
  .fields({ gLength: u32("Length of G", mpint) })
  .bytes("g", "G", { field: "gLength" }, { filter: "host_key.dsa.g" })
  .fields({ yLength: u32("Length of Y", mpint) })
  .bytes("y", "Y", { field: "yLength" }, { filter: "host_key.dsa.y" });

/** Public key of ECDSA (RFC 5656 §3.1). */
const ecdsaKey = record("ssh.ecdsaKey", "ECDSA Key", { spec: "RFC 5656 §3.1" })
  .fields({ idLength: u32("Length of the Curve", { filter: "host_key.ecdsa.id_length" }) })
  .text(
    "id",
    "Curve",
    { field: "idLength" },
    { filter: "host_key.ecdsa.id", default: "nistp256", valid: () => "nistp256" },
  )
  .fields({ qLength: u32("Length of Q", { filter: "host_key.ecdsa.q_length" }) })
  .bytes("q", "Q", { field: "qLength" }, { filter: "host_key.ecdsa.q" });

/** Public key of Ed25519 or Ed448 (RFC 8709 §4). */
const eddsaKey = record("ssh.eddsaKey", "EdDSA Key", { spec: "RFC 8709 §4" })
  .fields({ length: u32("Length", { filter: "host_key.eddsa.key_length" }) })
  .bytes("key", "Key", { field: "length" }, { filter: "host_key.eddsa.key" });

/** What a certificate of OpenSSH has between its type and the key: so that nobody can foresee the whole. */
const nonce = record("ssh.nonce", "Nonce")
  .fields({ length: u32("Length", none) })
  .bytes("nonce", "Nonce", { field: "length" }, none);

/** What a certificate of OpenSSH says of its key (draft-miller-ssh-cert §2.1). */
const certificate = record("ssh.certificate", "Certificate", { spec: "draft-miller-ssh-cert §2.1" })
  .fields({
    serial: u64("Serial Number", none),
    kind: u32("Kind: 1 of a User, 2 of a Host", none),
    keyIdLength: u32("Length of the Key Identifier", none),
  })
  .text("keyId", "Key Identifier", { field: "keyIdLength" }, none)
  .fields({ principalsLength: u32("Length of the Principals", none) })
  .bytes("principals", "Principals", { field: "principalsLength" }, none)
  .fields({
    validAfter: u64("Valid After", none),
    validBefore: u64("Valid Before", none),
    criticalLength: u32("Length of the Critical Options", none),
  })
  .bytes("critical", "Critical Options", { field: "criticalLength" }, none)
  .fields({ extensionsLength: u32("Length of the Extensions", none) })
  .bytes("extensions", "Extensions", { field: "extensionsLength" }, none)
  .fields({ reservedLength: u32("Length of Reserved", none) })
  .bytes("reserved", "Reserved", { field: "reservedLength" }, none)
  .fields({ certifierLength: u32("Length of the Certifier's Key", none) })
  .bytes("certifier", "Certifier's Key", { field: "certifierLength" }, none)
  .fields({ signatureLength: u32("Length of the Signature", none) })
  .bytes("signature", "Signature", { field: "signatureLength" }, none);

const keyTypes = ["ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ssh-ed25519"];

const CERTIFICATE = /-cert-v0[01]@openssh\.com$/;

/** Whether a key of this type is a certificate of OpenSSH's. */
export const isCertificateType = (type: string): boolean => CERTIFICATE.test(type);

type KeyKind = "rsa" | "dsa" | "ecdsa" | "eddsa" | "other";

/** Which numbers a key of a type is made of, in a certificate or not. */
function kindOf(type: string): KeyKind {
  const plain = type.replace(CERTIFICATE, "");
  if (plain === "ssh-rsa") return "rsa";
  if (plain === "ssh-dss") return "dsa";
  if (plain.startsWith("ecdsa-sha2-")) return "ecdsa";
  return plain === "ssh-ed25519" || plain === "ssh-ed448" ? "eddsa" : "other";
}

/** Only the later version of certificates begins with a nonce. */
const hasNonce = (type: string): boolean =>
  isCertificateType(type) && kindOf(type) !== "other" && !type.includes("-v00@");

/** A server's public key or certificate (RFC 4253 §6.6): what its fingerprint is made of. */
export const sshHostKey = record("ssh.hostKey", "Host Key", { spec: "RFC 4253 §6.6" })
  .fields({ typeLength: u32("Type Length", { filter: "host_key.type_length" }) })
  .text(
    "type",
    "Type",
    { field: "typeLength" },
    { filter: "host_key.type", default: "ssh-ed25519", valid: (random) => random.pick(keyTypes) },
  )
  .record("nonce", "Nonce", nonce, { when: (k) => hasNonce(typeOf(k.layer)) })
  .record("rsa", "RSA Key", rsaKey, { when: (k) => kindOf(typeOf(k.layer)) === "rsa" })
  .record("dsa", "DSA Key", dsaKey, { when: (k) => kindOf(typeOf(k.layer)) === "dsa" })
  .record("ecdsa", "ECDSA Key", ecdsaKey, { when: (k) => kindOf(typeOf(k.layer)) === "ecdsa" })
  .record("eddsa", "EdDSA Key", eddsaKey, { when: (k) => kindOf(typeOf(k.layer)) === "eddsa" })
  .record("certificate", "Certificate", certificate, { when: (k) => hasNonce(typeOf(k.layer)) })
  .bytes("data", "Data", "rest", {
    when: (k) => kindOf(typeOf(k.layer)) === "other",
    filter: "host_key.data",
  });
