import { u32 } from "../../../schema/field.ts";
import { record } from "../../../schema/protocol.ts";
import { typeOf } from "./type-of.ts";

const none = { filter: null } as const;

const rsaValue = record("ssh.rsaSignature", "RSA Signature", { spec: "RFC 4253 §6.6" })
  .fields({ length: u32("Length", { filter: "mpint_length" }) })
  .bytes("s", "S", { field: "length" }, { filter: "host_sig.rsa" });

const dsaValue = record("ssh.dsaSignature", "DSA Signature", { spec: "RFC 4253 §6.6" })
  .fields({ length: u32("Length", { filter: "mpint_length" }) })
  .bytes("rs", "R and S", { field: "length" }, { filter: "host_sig.dsa" });

const ecdsaValue = record("ssh.ecdsaSignature", "ECDSA Signature", { spec: "RFC 5656 §3.1.2" })
  .fields({ length: u32("Length", none), rLength: u32("Length of R", none) })
  .bytes("r", "R", { field: "rLength" }, none)
  .fields({ sLength: u32("Length of S", none) })
  .bytes("s", "S", { field: "sLength" }, none)
  .header({ field: "length", plus: 4 });

/** Types by what their signatures are made of; a type that is not here has its data as bytes. */
export const isRsaSignature = (type: string): boolean =>
  /^(ssh-rsa|rsa-sha2-(256|512))$/.test(type);
const isDsaSignature = (type: string): boolean => type === "ssh-dss";
const isEcdsaSignature = (type: string): boolean => type.startsWith("ecdsa-sha2-");
const isOther = (type: string): boolean =>
  !isRsaSignature(type) && !isDsaSignature(type) && !isEcdsaSignature(type);

const signatureTypes = ["ssh-rsa", "rsa-sha2-256", "ssh-dss", "ecdsa-sha2-nistp256", "ssh-ed25519"];

/** A signature with its type (RFC 4253 §6.6): the host's over the exchange hash, or a certifier's. */
export const sshSignature = record("ssh.signature", "Signature", { spec: "RFC 4253 §6.6" })
  .fields({ typeLength: u32("Type Length", { filter: "host_sig.type_length" }) })
  .text(
    "type",
    "Type",
    { field: "typeLength" },
    {
      filter: "host_sig.type",
      default: "ssh-ed25519",
      valid: (random) => random.pick(signatureTypes),
    },
  )
  .record("rsa", "RSA Signature", rsaValue, { when: (s) => isRsaSignature(typeOf(s.layer)) })
  .record("dsa", "DSA Signature", dsaValue, { when: (s) => isDsaSignature(typeOf(s.layer)) })
  .record("ecdsa", "ECDSA Signature", ecdsaValue, {
    when: (s) => isEcdsaSignature(typeOf(s.layer)),
  })
  .bytes("data", "Data", "rest", { when: (s) => isOther(typeOf(s.layer)), filter: null });
