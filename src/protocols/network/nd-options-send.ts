import { coded, octets, u8 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import { plainName } from "./domain-name.ts";
import { option, reserved } from "./nd-option-base.ts";

/** The options of Secure Neighbor Discovery (RFC 3971) and of its proxies (RFC 6496). */

/** CGA option, with the CGA Parameters of RFC 3972 §3. */
export const cga = option
  .fields({
    padLength: u8("Pad Length", { filter: "opt.cga.pad_length" }),
    reserved: reserved(1),
    modifier: octets(16, "Modifier", { filter: "opt.cga.modifier" }),
    subnetPrefix: octets(8, "Subnet Prefix", { filter: "opt.cga.subnet_prefix" }),
    collisionCount: octets(1, "Collision Count", { filter: "opt.cga.count" }),
  })
  .bytes(
    "publicKey",
    "Public Key and Extension Fields",
    (o) => o.layer.end - o.layer.start - 29 - o.padLength,
    {
      filter: null,
    },
  )
  .bytes("padding", "Padding", { field: "padLength" }, { filter: null });

/** RSA Signature option. */
export const rsaSignature = option
  .fields({
    reserved: reserved(2),
    keyHash: octets(16, "Key Hash", { filter: "opt.rsa.key_hash" }),
  })
  .bytes("signature", "Digital Signature and Padding", "rest", { filter: null });

/** Proxy Signature option. */
export const proxySignature = option
  .fields({ reserved: reserved(2), keyHash: octets(16, "Key Hash", { filter: "opt.ps.key_hash" }) })
  .bytes("signature", "Digital Signature and Padding", "rest", { filter: null });

const nameTypes = /* @__PURE__ */ names(`
1=DER Encoded X.501 Name
2=FQDN
3=SHA-1 Subject Key Identifier
4=SHA-224 Subject Key Identifier
5=SHA-256 Subject Key Identifier
6=SHA-384 Subject Key Identifier
7=SHA-512 Subject Key Identifier`);

/** Trust Anchor option. */
export const trustAnchor = option
  .fields({
    nameType: u8("Name Type", { filter: "opt.name_type", names: nameTypes }),
    padLength: u8("Pad Length", { filter: "opt.cga.pad_length" }),
  })
  .bytes("name", "Name", (o) => o.layer.end - o.layer.start - 4 - o.padLength, {
    filter: "opt.name_x501",
    when: (o) => o.nameType !== 2,
  })
  .when(
    { field: "nameType", is: 2 },
    {
      fqdn: coded(plainName, "FQDN", { filter: "opt.name_type.fqdn" }),
    },
  )
  .bytes("padding", "Padding", { field: "padLength" }, { filter: null });

const certificateTypes = /* @__PURE__ */ names("1=X.509v3 Certificate");

/** Certificate option. */
export const certificate = option
  .fields({
    certificateType: u8("Cert Type", { filter: null, names: certificateTypes }),
    reserved: reserved(1),
  })
  .bytes("certificate", "Certificate and Padding", "rest", { filter: null });
