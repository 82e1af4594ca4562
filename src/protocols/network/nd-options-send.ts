import { coded, octets, u8 } from "../../schema/field.ts";
import { names } from "../../schema/names.ts";
import type { RandomSource } from "../../schema/random-source.ts";
import { plainName } from "./domain-name.ts";
import { option, reserved } from "./nd-option-base.ts";

/** A value as DER writes it (X.690 §8.1): its tag, the length of its contents, and these. */
function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const bytes = contents.flatMap((one) => [...one]);
  const { length } = bytes;
  const head =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length];
  return Uint8Array.of(tag, ...head, ...bytes);
}
const INTEGER = 2;
const BITS = 3;
const OID = 6;
const PRINTABLE = 0x13;
const TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const octetsOf = (...numbers: readonly number[]): Uint8Array => Uint8Array.from(numbers);
const textOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** What kind of key or signature it is: RSA, which has no parameters (RFC 3279 §2.2.1, §2.3.1). */
const rsa = (last: number): Uint8Array =>
  der(SEQUENCE, der(OID, octetsOf(42, 134, 72, 134, 247, 13, 1, 1, last)), octetsOf(5, 0));

/** An RSA key too short to be of use, as a certificate has it: 43 bytes, with which the CGA option needs no padding. */
function aKey(random: RandomSource): Uint8Array {
  const modulus = octetsOf(0x40 + random.upTo(0x3f), ...random.bytes(13));
  const numbers = der(SEQUENCE, der(INTEGER, modulus), der(INTEGER, octetsOf(1, 0, 1)));
  return der(SEQUENCE, rsa(1), der(BITS, octetsOf(0), numbers));
}

/** An X.501 name that says only what somebody is commonly called. */
function aName(random: RandomSource): Uint8Array {
  const text = random.text(1 + random.upTo(7), "abcdefghijklmnopqrstuvwxyz");
  const attribute = [der(OID, octetsOf(0x55, 4, 3)), der(PRINTABLE, textOf(text))];
  return der(SEQUENCE, der(SET, der(SEQUENCE, ...attribute)));
}

/** An X.509 certificate that nobody signed (RFC 5280 §4.1). */
function aCertificate(random: RandomSource): Uint8Array {
  const version = der(0xa0, der(INTEGER, octetsOf(2)));
  const serial = der(INTEGER, octetsOf(random.upTo(127)));
  const times = ["200101000000Z", "491231235959Z"].map((time) => der(TIME, textOf(time)));
  const names = [rsa(11), aName(random), der(SEQUENCE, ...times), aName(random)];
  const signed = der(SEQUENCE, version, serial, ...names, aKey(random));
  return der(SEQUENCE, signed, rsa(11), der(BITS, octetsOf(0), random.bytes(16)));
}

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
      valid: aKey,
    },
  )
  .bytes(
    "padding",
    "Padding",
    { field: "padLength" },
    {
      filter: null,
      valid: () => new Uint8Array(0),
      fills: true,
    },
  );

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
    nameType: u8("Name Type", { filter: "opt.name_type", names: nameTypes, valid: [1, 2] }),
    padLength: u8("Pad Length", { filter: "opt.cga.pad_length" }),
  })
  .bytes("name", "Name", (o) => o.layer.end - o.layer.start - 4 - o.padLength, {
    filter: "opt.name_x501",
    when: (o) => o.nameType !== 2,
    valid: aName,
  })
  .when(
    { field: "nameType", is: 2 },
    {
      fqdn: coded(plainName, "FQDN", { filter: "opt.name_type.fqdn" }),
    },
  )
  .bytes("padding", "Padding", { field: "padLength" }, { filter: null, fills: true });

const certificateTypes = /* @__PURE__ */ names("1=X.509v3 Certificate");

/** Certificate option. */
export const certificate = option
  .fields({
    certificateType: u8("Cert Type", { filter: null, names: certificateTypes }),
    reserved: reserved(1),
  })
  .bytes("certificate", "Certificate and Padding", "rest", {
    filter: null,
    valid: aCertificate,
  });
