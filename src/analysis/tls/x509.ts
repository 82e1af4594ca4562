import { formatIpv4, formatIpv6 } from "../../bytes/address.ts";
import { formatHex } from "../../bytes/hex.ts";
import { sha1 } from "../../bytes/sha1.ts";
import { sha256 } from "../../bytes/sha256.ts";
import { type DerElement, DerTag, derChildren, derOid, derText, derTime, readDer } from "./der.ts";

/** One attribute of a name, `{ type: "2.5.4.3", value: "example.com" }` (RFC 5280 §4.1.2.4). */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

/** What a certificate says (RFC 5280 §4.1). Nothing of it is checked. */
export interface Certificate {
  /** The certificate itself, DER. */
  readonly bytes: Uint8Array;
  /** 1 to 3. */
  readonly version: number;
  /** Serial number in hexadecimal, as it is written. */
  readonly serial: string;
  /** The algorithm of the signature by its identifier, and by name where it is a common one: `sha256WithRSAEncryption`. */
  readonly signatureAlgorithm: string;
  readonly issuer: string;
  readonly subject: string;
  readonly issuerAttributes: readonly NameAttribute[];
  readonly subjectAttributes: readonly NameAttribute[];
  /** Seconds since 1970; `null` where the time cannot be read. */
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  /** Alternative names (RFC 5280 §4.2.1.6): domains and addresses as text. */
  readonly names: readonly string[];
  /** `rsa`, `ec`, `ed25519` ..., or the identifier of the algorithm. */
  readonly keyType: string;
  /** Bits of the key; 0 where they are not known. */
  readonly keyBits: number;
  /** Whether it says that it signs others (RFC 5280 §4.2.1.9). */
  readonly isAuthority: boolean;
  /** Fingerprints: digests of all of its bytes, in hexadecimal. */
  readonly sha1: string;
  readonly sha256: string;
}

const attributeNames: ReadonlyMap<string, string> = new Map([
  ["2.5.4.3", "CN"],
  ["2.5.4.4", "SN"],
  ["2.5.4.5", "serialNumber"],
  ["2.5.4.6", "C"],
  ["2.5.4.7", "L"],
  ["2.5.4.8", "ST"],
  ["2.5.4.9", "street"],
  ["2.5.4.10", "O"],
  ["2.5.4.11", "OU"],
  ["2.5.4.12", "title"],
  ["2.5.4.42", "GN"],
  ["0.9.2342.19200300.100.1.1", "UID"],
  ["0.9.2342.19200300.100.1.25", "DC"],
  ["1.2.840.113549.1.9.1", "emailAddress"],
]);

const algorithmNames: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.2", "md2WithRSAEncryption"],
  ["1.2.840.113549.1.1.4", "md5WithRSAEncryption"],
  ["1.2.840.113549.1.1.5", "sha1WithRSAEncryption"],
  ["1.2.840.113549.1.1.10", "rsassaPss"],
  ["1.2.840.113549.1.1.11", "sha256WithRSAEncryption"],
  ["1.2.840.113549.1.1.12", "sha384WithRSAEncryption"],
  ["1.2.840.113549.1.1.13", "sha512WithRSAEncryption"],
  ["1.2.840.113549.1.1.14", "sha224WithRSAEncryption"],
  ["1.2.840.10040.4.3", "dsaWithSHA1"],
  ["2.16.840.1.101.3.4.3.2", "dsaWithSHA256"],
  ["1.2.840.10045.4.1", "ecdsaWithSHA1"],
  ["1.2.840.10045.4.3.2", "ecdsaWithSHA256"],
  ["1.2.840.10045.4.3.3", "ecdsaWithSHA384"],
  ["1.2.840.10045.4.3.4", "ecdsaWithSHA512"],
  ["1.3.101.112", "ed25519"],
  ["1.3.101.113", "ed448"],
]);

const keyTypes: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.1", "rsa"],
  ["1.2.840.113549.1.1.10", "rsa"],
  ["1.2.840.10040.4.1", "dsa"],
  ["1.2.840.10045.2.1", "ec"],
  ["1.3.101.110", "x25519"],
  ["1.3.101.111", "x448"],
  ["1.3.101.112", "ed25519"],
  ["1.3.101.113", "ed448"],
]);

/** Bits of the keys of named curves, and of those that have one size. */
const curveBits: ReadonlyMap<string, number> = new Map([
  ["1.2.840.10045.3.1.1", 192],
  ["1.2.840.10045.3.1.7", 256],
  ["1.3.132.0.10", 256],
  ["1.3.132.0.33", 224],
  ["1.3.132.0.34", 384],
  ["1.3.132.0.35", 521],
  ["1.3.36.3.3.2.8.1.1.7", 256],
  ["1.3.36.3.3.2.8.1.1.11", 384],
  ["1.3.36.3.3.2.8.1.1.13", 512],
  ["1.3.101.112", 256],
  ["1.3.101.113", 456],
]);

const ALTERNATIVE_NAMES = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";

/** A name as text, attributes in their order: `C=US, O=Example, CN=example.com`. */
const nameText = (attributes: readonly NameAttribute[]): string =>
  attributes
    .map(({ type, value }) => `${attributeNames.get(type) ?? type}=${quoted(value)}`)
    .join(", ");

/** A value with the characters escaped that would end it (RFC 4514 §2.4). */
const quoted = (value: string): string => value.replace(/[,+"\\<>;=]/g, "\\$&");

/** Attributes of a distinguished name. */
export function readName(bytes: Uint8Array, name: DerElement): NameAttribute[] {
  return derChildren(bytes, name).flatMap((set) =>
    derChildren(bytes, set).flatMap((pair) => {
      const [type, value] = derChildren(bytes, pair);
      if (type?.tag !== DerTag.oid || value === undefined) return [];
      return [{ type: derOid(bytes, type), value: derText(bytes, value) }];
    }),
  );
}

/** The parts of a certificate that are signed, each where it lies. */
interface Parts {
  readonly version: number;
  readonly serial: DerElement;
  readonly issuer: DerElement;
  readonly validity: DerElement;
  readonly subject: DerElement;
  readonly key: DerElement;
  readonly extensions: readonly DerElement[];
  readonly algorithm: DerElement;
}

/** The parts of a certificate (RFC 5280 §4.1); `null` where the bytes are none. */
function partsOf(bytes: Uint8Array): Parts | null {
  const whole = readDer(bytes, 0, bytes.length);
  if (whole?.tag !== DerTag.sequence) return null;
  const [signed, algorithm] = derChildren(bytes, whole);
  if (signed?.tag !== DerTag.sequence || algorithm?.tag !== DerTag.sequence) return null;
  const list = derChildren(bytes, signed);
  const hasVersion = list[0]?.tag === 0xa0;
  const [serial, , issuer, validity, subject, key, ...others] = hasVersion ? list.slice(1) : list;
  if (!serial || !issuer || !validity || !subject || !key) return null;
  const number = hasVersion ? readDer(bytes, list[0]!.from, list[0]!.end) : null;
  const wrapped = others.find(({ tag }) => tag === 0xa3);
  const inner = wrapped === undefined ? null : readDer(bytes, wrapped.from, wrapped.end);
  return {
    version: number === null ? 1 : bytes[number.end - 1]! + 1,
    serial,
    issuer,
    validity,
    subject,
    key,
    extensions: inner === null ? [] : derChildren(bytes, inner),
    algorithm,
  };
}

/** The identifier that an algorithm's sequence begins with. */
function algorithmOf(bytes: Uint8Array, sequence: DerElement): string {
  const id = readDer(bytes, sequence.from, sequence.end);
  return id?.tag === DerTag.oid ? derOid(bytes, id) : "";
}

/** Bits of a number that is written as an integer. */
function integerBits(bytes: Uint8Array, { from, end }: DerElement): number {
  let at = from;
  while (at < end && bytes[at] === 0) at++;
  return at === end ? 0 : (end - at) * 8 - Math.clz32(bytes[at]!) + 24;
}

/** Kind and size of a public key (RFC 3279, RFC 5480, RFC 8410). */
function keyOf(bytes: Uint8Array, key: DerElement): Pick<Certificate, "keyType" | "keyBits"> {
  const [algorithm, bits] = derChildren(bytes, key);
  if (algorithm === undefined) return { keyType: "", keyBits: 0 };
  const [id, parameters] = derChildren(bytes, algorithm);
  const oid = id?.tag === DerTag.oid ? derOid(bytes, id) : "";
  const keyType = keyTypes.get(oid) ?? oid;
  const sized = (keyBits: number) => ({ keyType, keyBits });
  if (curveBits.has(oid)) return sized(curveBits.get(oid)!);
  if (keyType === "ec")
    return sized(
      parameters?.tag === DerTag.oid ? (curveBits.get(derOid(bytes, parameters)) ?? 0) : 0,
    );
  const holder = keyType === "rsa" && bits ? readDer(bytes, bits.from + 1, bits.end) : parameters;
  if ((keyType !== "rsa" && keyType !== "dsa") || !holder) return sized(0);
  const first = readDer(bytes, holder.from, holder.end);
  return sized(first?.tag === DerTag.integer ? integerBits(bytes, first) : 0);
}

/** The contents of an extension; `null` where it is not there. */
function extensionOf(bytes: Uint8Array, { extensions }: Parts, wanted: string): DerElement | null {
  for (const one of extensions) {
    const [id, ...rest] = derChildren(bytes, one);
    if (id?.tag !== DerTag.oid || derOid(bytes, id) !== wanted) continue;
    const value = rest.at(-1);
    return value?.tag === DerTag.octetString ? readDer(bytes, value.from, value.end) : null;
  }
  return null;
}

/** An address of 4 or 16 bytes as text; others in hexadecimal. */
function addressText(bytes: Uint8Array, { from, end }: DerElement): string {
  if (end - from === 4) return formatIpv4(bytes, from);
  return end - from === 16 ? formatIpv6(bytes, from) : formatHex(bytes, from, end);
}

/** Domains, addresses, mail addresses and URIs among the alternative names. */
function namesOf(bytes: Uint8Array, parts: Parts): string[] {
  const list = extensionOf(bytes, parts, ALTERNATIVE_NAMES);
  if (list === null) return [];
  return derChildren(bytes, list).flatMap((name) => {
    if (name.tag === 0x81 || name.tag === 0x82 || name.tag === 0x86) return [derText(bytes, name)];
    return name.tag === 0x87 ? [addressText(bytes, name)] : [];
  });
}

function isAuthority(bytes: Uint8Array, parts: Parts): boolean {
  const constraints = extensionOf(bytes, parts, BASIC_CONSTRAINTS);
  if (constraints === null) return false;
  const first = readDer(bytes, constraints.from, constraints.end);
  return first?.tag === DerTag.boolean && bytes[first.from] !== 0 && first.end > first.from;
}

/** Reads a certificate; `null` where the bytes are none. The work is bounded by their number. */
export function readCertificate(bytes: Uint8Array): Certificate | null {
  const parts = partsOf(bytes);
  if (parts === null) return null;
  const [notBefore, notAfter] = derChildren(bytes, parts.validity);
  const issuerAttributes = readName(bytes, parts.issuer);
  const subjectAttributes = readName(bytes, parts.subject);
  const algorithm = algorithmOf(bytes, parts.algorithm);
  return {
    bytes,
    version: parts.version,
    serial: formatHex(bytes, parts.serial.from, parts.serial.end),
    signatureAlgorithm: algorithmNames.get(algorithm) ?? algorithm,
    issuer: nameText(issuerAttributes),
    subject: nameText(subjectAttributes),
    issuerAttributes,
    subjectAttributes,
    notBefore: notBefore === undefined ? null : derTime(bytes, notBefore),
    notAfter: notAfter === undefined ? null : derTime(bytes, notAfter),
    names: namesOf(bytes, parts),
    ...keyOf(bytes, parts.key),
    isAuthority: isAuthority(bytes, parts),
    sha1: formatHex(sha1(bytes)),
    sha256: formatHex(sha256(bytes)),
  };
}
