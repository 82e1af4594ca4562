import {
  type DerElement,
  DerTag,
  derChildren,
  derOid,
  derText,
  readDer,
} from "../../analysis/tls/der.ts";
import { formatIpv4, formatIpv6 } from "../../bytes/address.ts";
import { formatHex } from "../../bytes/hex.ts";
import type { Emit } from "./context.ts";

/** Takes what a certificate says: cells, and the names of protocols that Wireshark would hand its parts to. */
export interface CertificateSink {
  readonly emit: Emit;
  readonly enter: (protocol: string) => void;
}

/** The strings that a name may be written in, by their tags, with the number of the alternative (RFC 5280 §4.1.2.4). */
const directoryStrings: ReadonlyMap<number, readonly [number, string]> = new Map([
  [DerTag.teletexString, [0, "teletexString"]],
  [DerTag.printableString, [1, "printableString"]],
  [DerTag.universalString, [2, "universalString"]],
  [DerTag.bmpString, [3, "bmpString"]],
  [DerTag.utf8String, [4, "uTF8String"]],
]);

/** Attributes that have a form of their own, some without a field; the others of X.520 are a choice of strings. */
const plainAttributes: ReadonlyMap<string, string | null> = new Map([
  ["2.5.4.5", null],
  ["2.5.4.6", "CountryName"],
  ["2.5.4.46", null],
  ["0.9.2342.19200300.100.1.25", "IA5String"],
  ["1.2.840.113549.1.9.1", "IA5String"],
  ["1.3.6.1.4.1.311.60.2.1.3", "CountryName"],
]);

const isDirectoryString = (oid: string): boolean =>
  /^2\.5\.4\.(3|4|7|8|9|1[0-24-9]|41|42|43|44|65)$/.test(oid) ||
  /^1\.3\.6\.1\.4\.1\.311\.60\.2\.1\.[12]$/.test(oid) ||
  oid === "0.9.2342.19200300.100.1.1";

export const nameFields: readonly string[] = [
  ...[...directoryStrings.values()].map(([, name]) => `x509sat.${name}`),
  "x509sat.CountryName",
  "x509sat.IA5String",
  "x509sat.DirectoryString",
  "x509if.oid",
  "x509if.RDNSequence_item",
  "x509if.RelativeDistinguishedName_item_element",
  "x509if.rdnSequence",
  "x509af.rdnSequence",
  "x509ce.GeneralName",
  "x509ce.rfc822Name",
  "x509ce.dNSName",
  "x509ce.directoryName",
  "x509ce.uniformResourceIdentifier",
  "x509ce.registeredID",
  "x509ce.IPAddress.ipv4",
  "x509ce.IPAddress.ipv6",
];

/** A distinguished name; the number of its parts has a field by where the name is, or none. */
export function emitName(
  bytes: Uint8Array,
  name: DerElement,
  sink: CertificateSink,
  countField: string | null = "x509if.rdnSequence",
): void {
  const { emit } = sink;
  const sets = derChildren(bytes, name);
  if (countField !== null) emit(countField, String(sets.length));
  for (const set of sets) {
    const pairs = derChildren(bytes, set);
    emit("x509if.RDNSequence_item", String(pairs.length));
    for (const pair of pairs) emitAttribute(bytes, pair, sink);
  }
}

function emitAttribute(bytes: Uint8Array, pair: DerElement, sink: CertificateSink): void {
  const { emit, enter } = sink;
  emit("x509if.RelativeDistinguishedName_item_element", "1");
  const [type, value] = derChildren(bytes, pair);
  if (type?.tag !== DerTag.oid || value === undefined) return;
  const oid = derOid(bytes, type);
  emit("x509if.oid", oid);
  const plain = plainAttributes.get(oid);
  if (plain !== undefined) {
    enter("x509sat");
    if (plain !== null) emit(`x509sat.${plain}`, derText(bytes, value));
  } else if (isDirectoryString(oid)) {
    enter("x509sat");
    const known = directoryStrings.get(value.tag);
    if (known === undefined) return;
    emit("x509sat.DirectoryString", String(known[0]));
    emit(`x509sat.${known[1]}`, derText(bytes, value));
  }
}

/** The alternatives of a general name that are text, by their number (RFC 5280 §4.2.1.6). */
const generalTexts: ReadonlyMap<number, string> = new Map([
  [1, "x509ce.rfc822Name"],
  [2, "x509ce.dNSName"],
  [6, "x509ce.uniformResourceIdentifier"],
]);

/** A general name; `field` has the number of its alternative. */
export function emitGeneralName(
  bytes: Uint8Array,
  name: DerElement,
  sink: CertificateSink,
  field = "x509ce.GeneralName",
): void {
  const { emit } = sink;
  const alternative = name.tag & 0x1f;
  emit(field, String(alternative));
  const text = generalTexts.get(alternative);
  if (text !== undefined) emit(text, derText(bytes, name));
  else if (alternative === 4) {
    emit("x509ce.directoryName", "0");
    const inner = readDer(bytes, name.from, name.end);
    if (inner !== null) emitName(bytes, inner, sink);
  } else if (alternative === 7) emitAddress(bytes, name, emit);
  else if (alternative === 8) emit("x509ce.registeredID", derOid(bytes, name));
}

function emitAddress(bytes: Uint8Array, { from, end }: DerElement, emit: Emit): void {
  if (end - from === 4) emit("x509ce.IPAddress.ipv4", formatIpv4(bytes, from));
  else if (end - from === 16) emit("x509ce.IPAddress.ipv6", formatIpv6(bytes, from));
}

/** A list of general names, with their number. */
export function emitGeneralNames(
  bytes: Uint8Array,
  list: DerElement,
  field: string,
  sink: CertificateSink,
): void {
  const names = derChildren(bytes, list);
  sink.emit(field, String(names.length));
  for (const name of names) emitGeneralName(bytes, name, sink);
}

/** The bits of a bit string as hexadecimal, without the byte that says how many of the last are unused. */
export function emitBits(
  bytes: Uint8Array,
  { from, end }: DerElement,
  field: string,
  emit: Emit,
): void {
  if (from >= end) return;
  emit("ber.bitstring.padding", String(bytes[from]));
  if (from + 1 < end) emit(field, formatHex(bytes, from + 1, end));
}
