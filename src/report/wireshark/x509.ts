import {
  type DerElement,
  DerTag,
  derChildren,
  derOid,
  derTime,
  readDer,
} from "../../analysis/tls/der.ts";
import { formatHex } from "../../bytes/hex.ts";
import { formatTime } from "./cell.ts";
import type { Emit } from "./context.ts";
import { emitExtensions, extensionFields, integerText } from "./x509-extensions.ts";
import { type CertificateSink, emitBits, emitName, nameFields } from "./x509-names.ts";

/** Names of the fields of certificates. */
export const certificateNames: readonly string[] = [
  "x509af.signedCertificate_element",
  "x509af.version",
  "x509af.serialNumber",
  "x509af.signature_element",
  "x509af.algorithm.id",
  "x509af.issuer",
  "x509af.validity_element",
  "x509af.notBefore",
  "x509af.notAfter",
  "x509af.utcTime",
  "x509af.generalizedTime",
  "x509af.subject",
  "x509af.subjectPublicKeyInfo_element",
  "x509af.algorithm_element",
  "x509af.subjectPublicKey",
  "x509af.DSS_Params_element",
  "x509af.p",
  "x509af.q",
  "x509af.g",
  "x509af.extensions",
  "x509af.Extension_element",
  "x509af.extension.id",
  "x509af.critical",
  "x509af.algorithmIdentifier_element",
  "x509af.encrypted",
  "pkcs1.modulus",
  "pkcs1.publicExponent",
  "pkcs1.ECParameters",
  "pkcs1.namedCurve",
  "ber.bitstring.padding",
  ...nameFields,
  ...extensionFields,
];

const RSA = "1.2.840.113549.1.1.1";
const DSA = "1.2.840.10040.4.1";
const EC = "1.2.840.10045.2.1";

const two = (n: number): string => String(n).padStart(2, "0");

/** `2014-04-09 12:05:08 (UTC)` */
function shortTime(seconds: number): string {
  const t = new Date(seconds * 1000);
  const day = `${t.getUTCFullYear()}-${two(t.getUTCMonth() + 1)}-${two(t.getUTCDate())}`;
  return `${day} ${two(t.getUTCHours())}:${two(t.getUTCMinutes())}:${two(t.getUTCSeconds())} (UTC)`;
}

/** Emits the cells of a certificate (RFC 5280 §4.1). */
export function emitCertificate(bytes: Uint8Array, start: number, end: number, emit: Emit): void {
  walkCertificate(bytes, start, end, { emit, enter: () => {} });
}

/** The protocols that Wireshark hands parts of a certificate to, in its chain. */
export function certificateChain(bytes: Uint8Array, start: number, end: number): string[] {
  const found: string[] = [];
  walkCertificate(bytes, start, end, { emit: () => {}, enter: (one) => found.push(one) });
  return found;
}

/** Emits the cells of a distinguished name that stands for itself. */
export function emitDistinguishedName(
  bytes: Uint8Array,
  start: number,
  end: number,
  emit: Emit,
): void {
  walkDistinguishedName(bytes, start, end, { emit, enter: () => {} });
}

/** Emits the cells of a name that fills its bytes, with the number of its parts. */
export function emitWholeName(bytes: Uint8Array, emit: Emit): void {
  const name = readDer(bytes, 0, bytes.length);
  if (name?.tag === DerTag.sequence) emitName(bytes, name, { emit, enter: () => {} });
}

/** Emits the cells of a public key with its algorithm (RFC 5280 §4.1.2.7) outside of a certificate. */
export function emitPublicKey(bytes: Uint8Array, emit: Emit): void {
  const key = readDer(bytes, 0, bytes.length);
  if (key?.tag === DerTag.sequence) emitKeyParts(bytes, key, { emit, enter: () => {} });
}

/** The protocols that Wireshark hands parts of a distinguished name to. */
export function distinguishedNameChain(bytes: Uint8Array, start: number, end: number): string[] {
  const found: string[] = [];
  walkDistinguishedName(bytes, start, end, { emit: () => {}, enter: (one) => found.push(one) });
  return found;
}

function walkDistinguishedName(
  bytes: Uint8Array,
  start: number,
  end: number,
  sink: CertificateSink,
): void {
  const name = readDer(bytes, start, end);
  if (name?.tag === DerTag.sequence) emitName(bytes, name, sink, null);
}

function walkCertificate(
  bytes: Uint8Array,
  start: number,
  end: number,
  sink: CertificateSink,
): void {
  const { emit } = sink;
  const whole = readDer(bytes, start, end);
  if (whole?.tag !== DerTag.sequence) return;
  const [signed, algorithm, signature] = derChildren(bytes, whole);
  if (signed?.tag !== DerTag.sequence) return;
  emit("x509af.signedCertificate_element", "1");
  walkSigned(bytes, derChildren(bytes, signed), sink);
  if (algorithm === undefined) return;
  emit("x509af.algorithmIdentifier_element", "1");
  emitAlgorithm(bytes, algorithm, emit);
  if (signature?.tag === DerTag.bitString) emitBits(bytes, signature, "x509af.encrypted", emit);
}

function walkSigned(bytes: Uint8Array, parts: DerElement[], sink: CertificateSink): void {
  const { emit } = sink;
  const version = parts[0]?.tag === 0xa0 ? parts.shift() : undefined;
  const number = version && readDer(bytes, version.from, version.end);
  if (number) emit("x509af.version", integerText(bytes, number));
  const [serial, signature, issuer, validity, subject, key, ...others] = parts;
  if (serial !== undefined) emit("x509af.serialNumber", formatHex(bytes, serial.from, serial.end));
  if (signature !== undefined) {
    emit("x509af.signature_element", "1");
    emitAlgorithm(bytes, signature, emit);
  }
  if (issuer !== undefined) {
    emit("x509af.issuer", "0");
    emitName(bytes, issuer, sink);
  }
  if (validity !== undefined) emitValidity(bytes, validity, emit);
  if (subject !== undefined) {
    emit("x509af.subject", "0");
    emitName(bytes, subject, sink, "x509af.rdnSequence");
  }
  if (key !== undefined) emitKey(bytes, key, sink);
  const wrapped = others.find(({ tag }) => tag === 0xa3);
  const list = wrapped && readDer(bytes, wrapped.from, wrapped.end);
  if (list) emitExtensions(bytes, derChildren(bytes, list), sink);
}

/** The identifier of an algorithm; gives it, and its parameters. */
function emitAlgorithm(
  bytes: Uint8Array,
  sequence: DerElement,
  emit: Emit,
): { readonly oid: string; readonly parameters: DerElement | undefined } {
  const [id, parameters] = derChildren(bytes, sequence);
  const oid = id?.tag === DerTag.oid ? derOid(bytes, id) : "";
  if (oid !== "") emit("x509af.algorithm.id", oid);
  return { oid, parameters };
}

function emitValidity(bytes: Uint8Array, validity: DerElement, emit: Emit): void {
  emit("x509af.validity_element", "1");
  for (const [i, one] of derChildren(bytes, validity).slice(0, 2).entries()) {
    const isShort = one.tag === DerTag.utcTime;
    emit(i === 0 ? "x509af.notBefore" : "x509af.notAfter", isShort ? "0" : "1");
    const time = derTime(bytes, one);
    if (time === null) continue;
    if (isShort) emit("x509af.utcTime", shortTime(time));
    else emit("x509af.generalizedTime", formatTime(time));
  }
}

function emitKey(bytes: Uint8Array, key: DerElement, { emit, enter }: CertificateSink): void {
  emit("x509af.subjectPublicKeyInfo_element", "1");
  emitKeyParts(bytes, key, { emit, enter });
}

function emitKeyParts(bytes: Uint8Array, key: DerElement, { emit, enter }: CertificateSink): void {
  const [algorithm, bits] = derChildren(bytes, key);
  if (algorithm === undefined) return;
  emit("x509af.algorithm_element", "1");
  const { oid, parameters } = emitAlgorithm(bytes, algorithm, emit);
  if (oid === DSA && parameters?.tag === DerTag.sequence) {
    enter("x509af");
    emit("x509af.DSS_Params_element", "1");
    for (const [i, one] of derChildren(bytes, parameters).slice(0, 3).entries())
      emit(`x509af.${"pqg"[i]}`, formatHex(bytes, one.from, one.end));
  }
  if (oid === EC && parameters?.tag === DerTag.oid) {
    enter("pkcs-1");
    emit("pkcs1.ECParameters", "1");
    emit("pkcs1.namedCurve", derOid(bytes, parameters));
  }
  if (bits?.tag !== DerTag.bitString) return;
  if (oid !== RSA) emit("ber.bitstring.padding", String(bytes[bits.from]));
  if (bits.from + 1 < bits.end)
    emit("x509af.subjectPublicKey", formatHex(bytes, bits.from + 1, bits.end));
  const inner = oid === RSA ? readDer(bytes, bits.from + 1, bits.end) : null;
  if (inner?.tag !== DerTag.sequence) return;
  const [modulus, exponent] = derChildren(bytes, inner);
  if (modulus !== undefined) emit("pkcs1.modulus", formatHex(bytes, modulus.from, modulus.end));
  if (exponent !== undefined) emit("pkcs1.publicExponent", integerText(bytes, exponent));
}
