import {
  type DerElement,
  DerTag,
  derChildren,
  derOid,
  derText,
  readDer,
} from "../../analysis/tls/der.ts";
import { formatHex } from "../../bytes/hex.ts";
import { emitTimestamps } from "./tls-extensions.ts";
import { type CertificateSink, emitBits, emitGeneralName, emitGeneralNames } from "./x509-names.ts";

/** The uses of a key from the first bit on (RFC 5280 §4.2.1.3). */
const keyUses = [
  "digitalSignature",
  "contentCommitment",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

/** The strings that a notice may be written in, by their tags, with the number of the alternative (RFC 5280 §4.2.1.4). */
const displayTexts: ReadonlyMap<number, readonly [number, string]> = new Map([
  [DerTag.ia5String, [0, "ia5String"]],
  [DerTag.visibleString, [1, "visibleString"]],
  [DerTag.bmpString, [2, "bmpString"]],
  [DerTag.utf8String, [3, "utf8String"]],
]);

type Reader = (bytes: Uint8Array, value: DerElement, sink: CertificateSink) => void;

/** What is in an extension, and which protocol Wireshark hands it to. */
interface Known {
  readonly protocol: string;
  readonly read: Reader;
}

const keyUsage: Reader = (bytes, value, { emit }) => {
  emitBits(bytes, value, "x509ce.KeyUsage", emit);
  for (const [i, use] of keyUses.entries()) {
    const byte = value.from + 1 + (i >> 3);
    const isSet = byte < value.end && (bytes[byte]! & (0x80 >> (i & 7))) !== 0;
    emit(`x509ce.KeyUsage.${use}`, isSet ? "1" : "0");
  }
};

const basicConstraints: Reader = (bytes, value, { emit }) => {
  emit("x509ce.BasicConstraintsSyntax_element", "1");
  for (const one of derChildren(bytes, value))
    if (one.tag === DerTag.boolean) emit("x509ce.cA", bytes[one.from] === 0 ? "0" : "1");
    else if (one.tag === DerTag.integer) emit("x509ce.pathLenConstraint", integerText(bytes, one));
};

/** A whole number in decimal, however long. */
export function integerText(bytes: Uint8Array, { from, end }: DerElement): string {
  if (from >= end) return "0";
  const whole = BigInt(`0x${formatHex(bytes, from, end)}`);
  return String(BigInt.asIntN((end - from) * 8, whole));
}

const authorityKey: Reader = (bytes, value, sink) => {
  sink.emit("x509ce.AuthorityKeyIdentifier_element", "1");
  for (const one of derChildren(bytes, value)) {
    const number = one.tag & 0x1f;
    if (number === 0) sink.emit("x509ce.keyIdentifier", formatHex(bytes, one.from, one.end));
    else if (number === 1) emitGeneralNames(bytes, one, "x509ce.authorityCertIssuer", sink);
    else if (number === 2)
      sink.emit("x509ce.authorityCertSerialNumber", formatHex(bytes, one.from, one.end));
  }
};

const distributionPoints: Reader = (bytes, value, sink) => {
  const points = derChildren(bytes, value);
  sink.emit("x509ce.CRLDistPointsSyntax", String(points.length));
  for (const point of points) {
    sink.emit("x509ce.DistributionPoint_element", "1");
    for (const part of derChildren(bytes, point)) {
      const number = part.tag & 0x1f;
      if (number === 2) emitGeneralNames(bytes, part, "x509ce.cRLIssuer", sink);
      if (number !== 0) continue;
      const name = readDer(bytes, part.from, part.end);
      if (name === null) continue;
      sink.emit("x509ce.distributionPoint", String(name.tag & 0x1f));
      if ((name.tag & 0x1f) === 0) emitGeneralNames(bytes, name, "x509ce.fullName", sink);
    }
  }
};

const policies: Reader = (bytes, value, sink) => {
  const { emit } = sink;
  const list = derChildren(bytes, value);
  emit("x509ce.CertificatePoliciesSyntax", String(list.length));
  for (const policy of list) {
    emit("x509ce.PolicyInformation_element", "1");
    const [id, qualifiers] = derChildren(bytes, policy);
    if (id?.tag === DerTag.oid) emit("x509ce.policyIdentifier", derOid(bytes, id));
    if (qualifiers === undefined) continue;
    const found = derChildren(bytes, qualifiers);
    emit("x509ce.policyQualifiers", String(found.length));
    for (const one of found) qualifier(bytes, one, sink);
  }
};

const CPS = "1.3.6.1.5.5.7.2.1";
const USER_NOTICE = "1.3.6.1.5.5.7.2.2";

function qualifier(bytes: Uint8Array, one: DerElement, sink: CertificateSink): void {
  const { emit, enter } = sink;
  emit("x509ce.PolicyQualifierInfo_element", "1");
  const [id, value] = derChildren(bytes, one);
  if (id?.tag !== DerTag.oid) return;
  const oid = derOid(bytes, id);
  emit("x509ce.id", oid);
  if (value === undefined) return;
  if (oid === CPS) {
    enter("pkix1explicit");
    emit("pkix1explicit.DirectoryString", derText(bytes, value));
  } else if (oid === USER_NOTICE) {
    enter("pkix1implicit");
    notice(bytes, value, sink);
  }
}

function notice(bytes: Uint8Array, value: DerElement, { emit }: CertificateSink): void {
  emit("pkix1implicit.UserNotice_element", "1");
  const text = (field: string, one: DerElement): void => {
    const known = displayTexts.get(one.tag);
    if (known === undefined) return;
    emit(`pkix1implicit.${field}`, String(known[0]));
    emit(`pkix1implicit.${known[1]}`, derText(bytes, one));
  };
  for (const part of derChildren(bytes, value)) {
    if (part.tag !== DerTag.sequence) {
      text("explicitText", part);
      continue;
    }
    emit("pkix1implicit.noticeRef_element", "1");
    const [organization, numbers] = derChildren(bytes, part);
    if (organization !== undefined) text("organization", organization);
    if (numbers === undefined) continue;
    const list = derChildren(bytes, numbers);
    emit("pkix1implicit.noticeNumbers", String(list.length));
    for (const one of list) emit("pkix1implicit.noticeNumbers_item", integerText(bytes, one));
  }
}

const informationAccess: Reader = (bytes, value, sink) => {
  const { emit } = sink;
  const list = derChildren(bytes, value);
  emit("pkix1implicit.AuthorityInfoAccessSyntax", String(list.length));
  for (const description of list) {
    emit("pkix1implicit.AccessDescription_element", "1");
    const [method, location] = derChildren(bytes, description);
    if (method?.tag === DerTag.oid) emit("pkix1implicit.accessMethod", derOid(bytes, method));
    if (location !== undefined)
      emitGeneralName(bytes, location, sink, "pkix1implicit.accessLocation");
  }
};

const proxy: Reader = (bytes, value, { emit }) => {
  emit("pkixproxy.ProxyCertInfoExtension_element", "1");
  for (const part of derChildren(bytes, value)) {
    if (part.tag === DerTag.integer)
      emit("pkixproxy.pCPathLenConstraint", integerText(bytes, part));
    if (part.tag !== DerTag.sequence) continue;
    emit("pkixproxy.proxyPolicy_element", "1");
    const [language] = derChildren(bytes, part);
    if (language?.tag === DerTag.oid) emit("pkixproxy.policyLanguage", derOid(bytes, language));
  }
};

const keyPurposes: Reader = (bytes, value, { emit }) => {
  const list = derChildren(bytes, value);
  emit("x509ce.KeyPurposeIDs", String(list.length));
  for (const one of list) emit("x509ce.KeyPurposeId", derOid(bytes, one));
};

const names: Reader = (bytes, value, sink) =>
  emitGeneralNames(bytes, value, "x509ce.GeneralNames", sink);

/** An extension that is one text. */
const text =
  (field: string): Reader =>
  (bytes, value, { emit }) =>
    emit(field, derText(bytes, value));

const x509ce = (read: Reader): Known => ({ protocol: "x509ce", read });
const netscape = (read: Reader): Known => ({ protocol: "ns_cert_exts", read });

/** Texts in the extensions of Netscape, by the last number of their identifiers. */
const netscapeTexts: readonly (readonly [number, string])[] = [
  [2, "BaseUrl"],
  [3, "RevocationUrl"],
  [4, "CaRevocationUrl"],
  [7, "CertRenewalUrl"],
  [8, "CaPolicyUrl"],
  [12, "SslServerName"],
  [13, "Comment"],
];

const known: ReadonlyMap<string, Known> = new Map([
  [
    "2.5.29.14",
    x509ce((bytes, { from, end }, { emit }) =>
      emit("x509ce.SubjectKeyIdentifier", formatHex(bytes, from, end)),
    ),
  ],
  ["2.5.29.15", x509ce(keyUsage)],
  ["2.5.29.17", x509ce(names)],
  ["2.5.29.18", x509ce(names)],
  ["2.5.29.19", x509ce(basicConstraints)],
  ["2.5.29.31", x509ce(distributionPoints)],
  ["2.5.29.32", x509ce(policies)],
  ["2.5.29.35", x509ce(authorityKey)],
  ["2.5.29.37", x509ce(keyPurposes)],
  ["1.3.6.1.5.5.7.1.1", { protocol: "pkix1implicit", read: informationAccess }],
  ["1.3.6.1.5.5.7.1.14", { protocol: "pkixproxy", read: proxy }],
  [
    "1.3.6.1.4.1.11129.2.4.2",
    {
      protocol: "tls",
      read: (bytes, { from, end }, { emit }) => emitTimestamps(bytes, from, end, emit),
    },
  ],
  [
    "2.16.840.1.113730.1.1",
    netscape((bytes, value, { emit }) => emitBits(bytes, value, "ns_cert_exts.CertType", emit)),
  ],
  ...netscapeTexts.map(([number, name]): [string, Known] => [
    `2.16.840.1.113730.1.${number}`,
    netscape(text(`ns_cert_exts.${name}`)),
  ]),
]);

export const extensionFields: readonly string[] = [
  "x509ce.SubjectKeyIdentifier",
  "x509ce.KeyUsage",
  ...keyUses.map((use) => `x509ce.KeyUsage.${use}`),
  "x509ce.GeneralNames",
  "x509ce.BasicConstraintsSyntax_element",
  "x509ce.cA",
  "x509ce.pathLenConstraint",
  "x509ce.CRLDistPointsSyntax",
  "x509ce.DistributionPoint_element",
  "x509ce.distributionPoint",
  "x509ce.fullName",
  "x509ce.cRLIssuer",
  "x509ce.CertificatePoliciesSyntax",
  "x509ce.PolicyInformation_element",
  "x509ce.policyIdentifier",
  "x509ce.policyQualifiers",
  "x509ce.PolicyQualifierInfo_element",
  "x509ce.id",
  "x509ce.AuthorityKeyIdentifier_element",
  "x509ce.keyIdentifier",
  "x509ce.authorityCertIssuer",
  "x509ce.authorityCertSerialNumber",
  "x509ce.KeyPurposeIDs",
  "x509ce.KeyPurposeId",
  "pkix1explicit.DirectoryString",
  "pkix1implicit.UserNotice_element",
  "pkix1implicit.noticeRef_element",
  "pkix1implicit.organization",
  "pkix1implicit.explicitText",
  ...[...displayTexts.values()].map(([, name]) => `pkix1implicit.${name}`),
  "pkix1implicit.noticeNumbers",
  "pkix1implicit.noticeNumbers_item",
  "pkix1implicit.AuthorityInfoAccessSyntax",
  "pkix1implicit.AccessDescription_element",
  "pkix1implicit.accessMethod",
  "pkix1implicit.accessLocation",
  "pkixproxy.ProxyCertInfoExtension_element",
  "pkixproxy.pCPathLenConstraint",
  "pkixproxy.proxyPolicy_element",
  "pkixproxy.policyLanguage",
  "ns_cert_exts.CertType",
  ...netscapeTexts.map(([, name]) => `ns_cert_exts.${name}`),
];

/** The extensions of a certificate (RFC 5280 §4.2). */
export function emitExtensions(
  bytes: Uint8Array,
  extensions: readonly DerElement[],
  sink: CertificateSink,
): void {
  const { emit, enter } = sink;
  emit("x509af.extensions", String(extensions.length));
  for (const extension of extensions) {
    emit("x509af.Extension_element", "1");
    const [id, ...rest] = derChildren(bytes, extension);
    if (id?.tag !== DerTag.oid) continue;
    const oid = derOid(bytes, id);
    emit("x509af.extension.id", oid);
    const critical = rest.find(({ tag }) => tag === DerTag.boolean);
    if (critical !== undefined) emit("x509af.critical", bytes[critical.from] === 0 ? "0" : "1");
    const value = rest.at(-1);
    const one = known.get(oid);
    if (one === undefined || value?.tag !== DerTag.octetString) continue;
    const inner = readDer(bytes, value.from, value.end);
    if (inner === null) continue;
    enter(one.protocol);
    one.read(bytes, inner, sink);
  }
}
