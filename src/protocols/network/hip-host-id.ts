import { readU16 } from "../../bytes/numbers.ts";
import { bits, u8, u16 } from "../../schema/field.ts";
import type { Layer } from "../../schema/layer.ts";
import { record } from "../../schema/protocol.ts";
import {
  hipAlgorithmNames,
  hipCurveNames,
  hipDomainIdentifierNames,
  hipLowCurveNames,
} from "../iana/hip.ts";
import { parameter } from "./hip-parameter-base.ts";

/** Whether the host identity is of this algorithm: it stands in the parameter around it, behind its two lengths. */
const isOf = (algorithm: number) => (identity: { readonly layer: Layer }) => {
  const host = identity.layer.lower;
  return host !== null && readU16(host.bytes, host.start + 8) === algorithm;
};
const isDsa = isOf(3);
const isRsa = isOf(5);
const isEcdsa = isOf(7);
const isEcdsaLow = isOf(9);
type Rsa = { readonly exponentLength: number | undefined; readonly layer: Layer };
/** RFC 3110 §2: a length of zero says that two bytes with the length follow. */
const isShortRsa = (i: Rsa) => isRsa(i) && i.exponentLength !== 0;
const isLongRsa = (i: Rsa) => isRsa(i) && i.exponentLength === 0;

/** The public key as in DNSKEY records: RFC 2536 §2 (DSA), RFC 3110 §2 (RSA), RFC 7401 §5.2.9 (ECDSA). */
const identity = record("hip.hostIdentity", "Host Identity", { filter: "hip.tlv" })
  .when(isDsa, { t: u8("T", { filter: "host_identity_t" }) })
  .bytes("q", "Q", 20, { filter: "host_identity_q", when: isDsa })
  .bytes("p", "P", (i) => 64 + (i.t ?? 0) * 8, { filter: "host_id_p", when: isDsa })
  .bytes("g", "G", (i) => 64 + (i.t ?? 0) * 8, { filter: "host_id_g", when: isDsa })
  .bytes("y", "Y", (i) => 64 + (i.t ?? 0) * 8, { filter: "host_id_y", when: isDsa })
  .when(isRsa, { exponentLength: u8("Exponent length", { filter: "host_id_e_length" }) })
  .when(isLongRsa, {
    longExponentLength: u16("Exponent length, where it takes two bytes", { filter: null }),
  })
  .bytes(
    "longExponent",
    "Exponent, of more than 255 bytes",
    { field: "longExponentLength" },
    { filter: "host_id_e", when: isLongRsa },
  )
  .bytes(
    "exponent",
    "Exponent",
    { field: "exponentLength" },
    { filter: "host_id_e", when: isShortRsa },
  )
  .bytes("modulus", "Modulus", "rest", { filter: "host_id_n", when: isRsa })
  .when(isEcdsa, { curve: u16("ECC Curve", { filter: null, names: hipCurveNames }) })
  .when(isEcdsaLow, { lowCurve: u16("ECC Curve", { filter: null, names: hipLowCurveNames }) })
  .bytes("key", "Public Key", "rest", { filter: null });

/** HOST_ID parameter (RFC 7401 §5.2.9). */
export const hostId = parameter
  .fields({
    identityLength: u16("HI Length", { filter: "tlv.host_id_length" }),
    domainType: bits(4, "DI-Type", {
      filter: "tlv.host_domain_id_type",
      names: hipDomainIdentifierNames,
    }),
    domainLength: bits(12, "DI Length", { filter: "tlv.host_domain_id_length" }),
    algorithm: u16("Algorithm", { filter: null, names: hipAlgorithmNames }),
  })
  .record("identity", "Host Identity", identity, { size: { field: "identityLength" } })
  .text("domain", "Domain Identifier", { field: "domainLength" }, { filter: null });
