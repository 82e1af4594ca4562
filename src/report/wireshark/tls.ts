import { derChildren, readDer } from "../../analysis/tls/der.ts";
import { isTls13, readClientOffer, readServerChoice } from "../../analysis/tls/hello.ts";
import { ja3, ja3Hash, ja3s } from "../../analysis/tls/ja3.ts";
import { type ShownRecord, shownRecord } from "../../analysis/tls/state.ts";
import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import type { tlsHandshake } from "../../protocols/application/tls/handshake.ts";
import type { ssl2 as ssl2Record } from "../../protocols/application/tls/ssl2.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import { bytesCell, formatTime } from "./cell.ts";
import type { Context, Emit, Extra, Override } from "./context.ts";
import { timestampNames, tlsExtensionExtras } from "./tls-extensions.ts";
import { emitClientKey, emitServerKey, emitVerify, keyExchangeNames } from "./tls-keys.ts";
import {
  certificateChain,
  certificateNames,
  distinguishedNameChain,
  emitCertificate,
  emitDistinguishedName,
} from "./x509.ts";

const ContentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  data: 23,
  heartbeat: 24,
} as const;

/** The record that a message is in, or ends in. */
const recordOf = (layer: Layer): ShownRecord | undefined =>
  layer.lower === null ? undefined : shownRecord(layer.lower);

/** In TLS 1.3 the type of what is encrypted is not the one in the header (RFC 8446 §5.2). */
function isHidden(layer: Layer): boolean {
  const known = shownRecord(layer);
  if (known === undefined || layer.bytes[layer.start] !== ContentType.data) return false;
  return isTls13(known.version) || (known.version === 0 && known.hasEarlyData);
}

const recordOverrides: readonly Override[] = [
  {
    name: "tls.record.content_type",
    cell: (value, layer) => (isHidden(layer) ? null : String(value)),
  },
  { name: "tls.app_data", cell: bytesCell },
  // Of an extension that is known but does not have its parts, nothing is shown.
  {
    name: "tls.handshake.extension.data",
    cell: (value, { schema, bytes, start }) =>
      schema.caseName === "unknown" && schema.root.cases?.byKey.has(readU16(bytes, start))
        ? null
        : bytesCell(value),
  },
  { name: "tls.quic.parameter.value", cell: bytesCell },
];

const record: Extra = {
  protocol: "tls",
  names: [
    "tls.record",
    "tls.record.opaque_type",
    "tls.change_cipher_spec",
    "tls.alert_message",
    "tls.heartbeat_message",
    "tls.app_data_proto",
    "tls.resumed",
  ],
  cells(layer, emit, context) {
    emit("tls.record", "1");
    const type = layer.bytes[layer.start]!;
    if (isHidden(layer)) emit("tls.record.opaque_type", String(type));
    if (type === ContentType.changeCipherSpec) {
      emit("tls.change_cipher_spec", "1");
      if (shownRecord(layer)?.isAbbreviated) emit("tls.resumed", "1");
    }
    if (type === ContentType.alert) emit("tls.alert_message", "1");
    else if (type === ContentType.heartbeat) emit("tls.heartbeat_message", "1");
    else if (type === ContentType.data) {
      const name = dataProtocol(context, shownRecord(layer)?.alpn ?? null);
      if (name !== null) emit("tls.app_data_proto", name);
    } else if (type === ContentType.handshake) emitFragment(layer, emit);
  },
};

/** Counts what of a record is no message of its own: an encrypted one, or a part of one. */
function emitFragment(layer: Layer, emit: Emit): void {
  const known = shownRecord(layer);
  const fragment = (viewOf(layer) as { readonly fragment?: Uint8Array }).fragment;
  const isOpaque = layer.schema.caseName === "unknown";
  if (isOpaque ? known === undefined || known.messages.length === 0 : (fragment?.length ?? 0) > 0)
    emit("tls.handshake", "1");
}

/** What applications are called that have a port of their own over TLS. */
const dataProtocols: ReadonlyMap<number, string> = new Map([
  [21, "File Transfer Protocol (FTP)"],
  [25, "Simple Mail Transfer Protocol"],
  [110, "Post Office Protocol"],
  [143, "Internet Message Access Protocol"],
  [587, "Simple Mail Transfer Protocol"],
  [3306, "MySQL Protocol"],
  [443, "Hypertext Transfer Protocol"],
  [465, "Simple Mail Transfer Protocol"],
  [563, "Network News Transfer Protocol"],
  [636, "Lightweight Directory Access Protocol"],
  [853, "Domain Name System"],
  [990, "File Transfer Protocol (FTP)"],
  [992, "Telnet"],
  [993, "Internet Message Access Protocol"],
  [995, "Post Office Protocol"],
  [5061, "Session Initiation Protocol"],
]);
const namedProtocols: ReadonlyMap<string, string> = new Map([
  ["h2", "HyperText Transfer Protocol 2"],
  ["http/1.1", "Hypertext Transfer Protocol"],
]);

/** What the application data is: by what was agreed on, or by a port. */
function dataProtocol({ transport }: Context, alpn: string | null): string | null {
  const named = alpn === null ? undefined : namedProtocols.get(alpn);
  if (named !== undefined) return named;
  if (transport === null) return null;
  const { bytes, start } = transport;
  const [from, to] = [readU16(bytes, start), readU16(bytes, start + 2)];
  return dataProtocols.get(Math.min(from, to)) ?? dataProtocols.get(Math.max(from, to)) ?? null;
}

type Message = ViewOf<typeof tlsHandshake>;

const handshake: Extra = {
  protocol: "tls.handshake",
  names: [
    "tls.handshake",
    "tls.handshake.random_time",
    "tls.handshake.random_bytes",
    "tls.handshake.ciphersuites",
    "tls.handshake.comp_methods",
    "tls.handshake.certificates",
    "tls.handshake.cert_types",
    "tls.handshake.dnames",
    "tls.handshake.sig_hash_algs",
    "tls.handshake.verify_data",
    "tls.handshake.ja3",
    "tls.handshake.ja3_full",
    "tls.handshake.ja3s",
    "tls.handshake.ja3s_full",
    ...keyExchangeNames,
  ],
  cells(layer, emit) {
    emit("tls.handshake", "1");
    emitMessage(viewOf(layer) as Message, layer, emit);
  },
};

function emitMessage(message: Message, layer: Layer, emit: Emit): void {
  const known = recordOf(layer);
  switch (message.is) {
    case "clientHello":
      emitRandom(message.random, emit);
      emit("tls.handshake.ciphersuites", "1");
      emit("tls.handshake.comp_methods", "1");
      emitPrint(ja3(readClientOffer(message)), "ja3", emit);
      return;
    case "serverHello": {
      const choice = readServerChoice(message);
      if (!isTls13(choice.version)) emitRandom(message.random, emit);
      emitPrint(ja3s(choice), "ja3s", emit);
      return;
    }
    case "certificate":
      if ((message.certificatesLength ?? 0) > 0) emit("tls.handshake.certificates", "1");
      return;
    case "certificateRequest":
      if (message.typesLength > 0) emit("tls.handshake.cert_types", "1");
      if (message.schemesLength !== undefined) emit("tls.handshake.sig_hash_algs", "1");
      if ((message.authoritiesLength ?? 0) > 0) emit("tls.handshake.dnames", "1");
      return;
    case "finished":
      emit("tls.handshake.verify_data", "1");
      return;
    case "serverKeyExchange":
      if (known !== undefined) emitServerKey(layer, known, emit);
      return;
    case "clientKeyExchange":
      if (known !== undefined) emitClientKey(layer, known, emit);
      return;
    case "certificateVerify":
      if (known !== undefined) emitVerify(layer, known, emit);
      return;
    default:
  }
}

/** Clients once began their random bytes with the time (RFC 5246 §7.4.1.2). */
function emitRandom(random: Uint8Array, emit: Emit): void {
  emit("tls.handshake.random_time", formatTime(readU32(random, 0)));
  emit("tls.handshake.random_bytes", formatHex(random, 4));
}

function emitPrint(text: string, name: string, emit: Emit): void {
  emit(`tls.handshake.${name}_full`, text);
  emit(`tls.handshake.${name}`, ja3Hash(text));
}

/** Before TLS 1.3 a hash and a signature algorithm, a byte each. */
const scheme: Extra = {
  protocol: "tls.signatureScheme",
  names: ["tls.handshake.sig_hash_hash", "tls.handshake.sig_hash_sig"],
  cells({ bytes, start }, emit) {
    emit("tls.handshake.sig_hash_hash", String(bytes[start]));
    emit("tls.handshake.sig_hash_sig", String(bytes[start + 1]));
  },
};

const certificate: Extra = {
  protocol: "tls.certificate",
  names: [...certificateNames, ...timestampNames],
  cells({ bytes, start, end }, emit) {
    emitCertificate(bytes, start + 3, end, emit);
  },
};

const authority: Extra = {
  protocol: "tls.distinguishedName",
  names: ["tls.handshake.dname"],
  cells({ bytes, start, end }, emit) {
    emit("tls.handshake.dname", "1");
    emitDistinguishedName(bytes, start + 2, end, emit);
  },
};

/** Where in its hello a server of SSL 2.0 has the certificate. */
const SSL2_CERTIFICATE = 13;

/** Messages of SSL 2.0 (RFC 6101 Appendix E); nothing is shown of what is encrypted. */
const ssl2: Extra = {
  protocol: "ssl2",
  names: [
    "tls.record",
    "tls.record.version",
    "tls.handshake.ciphersuites",
    "tls.handshake.challenge",
    "tls.handshake.connection_id",
    "tls.handshake.clear_key_data",
    "tls.handshake.encrypted_key",
    "tls.handshake.key_arg",
    ...certificateNames,
  ],
  cells(layer, emit) {
    emit("tls.record", "1");
    const view = viewOf(layer) as ViewOf<typeof ssl2Record>;
    emit("tls.record.version", "0x0002");
    const some = (name: string, length: number): void => {
      if (length > 0) emit(`tls.handshake.${name}`, "1");
    };
    if (view.is === "clientHello") {
      some("ciphersuites", view.cipherSpecsLength);
      some("challenge", view.challengeLength);
    } else if (view.is === "serverHello") {
      some("ciphersuites", view.cipherSpecsLength);
      some("connection_id", view.connectionIdLength);
      const { bytes } = layer;
      const at = layer.start + SSL2_CERTIFICATE;
      emitCertificate(bytes, at, Math.min(layer.end, at + view.certificateLength), emit);
    } else if (view.is === "clientMasterKey") {
      some("clear_key_data", view.clearKeyLength);
      some("encrypted_key", view.encryptedKeyLength);
      some("key_arg", view.argumentLength);
    }
  },
};

/** Of an encrypted record of SSL 2.0 Wireshark shows neither length nor type. */
const ssl2Plain = (name: string): Override => ({
  name,
  cell: (value, layer) =>
    layer.schema.root.name === "ssl2" && shownRecord(layer)?.isEncrypted === true
      ? null
      : String(value),
});

export const tlsOverrides: readonly Override[] = [
  ...recordOverrides,
  ssl2Plain("tls.record.length"),
  ssl2Plain("tls.handshake.type"),
];

export const tlsExtras: readonly Extra[] = [
  record,
  ssl2,
  handshake,
  scheme,
  certificate,
  authority,
  ...tlsExtensionExtras,
];

/** The part of a record in `frame.protocols`: Wireshark hands parts of certificates to others. */
export function recordChain(layer: Layer): string {
  const messages = [...messagesOf(layer), ...(shownRecord(layer)?.messages ?? [])];
  return messages.flatMap(messageChain).join(":");
}

/** The same of a record of SSL 2.0. */
export function ssl2Chain(layer: Layer): string {
  const view = viewOf(layer) as ViewOf<typeof ssl2Record>;
  if (view.is !== "serverHello") return "";
  const at = layer.start + SSL2_CERTIFICATE;
  const end = Math.min(layer.end, at + view.certificateLength);
  return certificateChain(layer.bytes, at, end).join(":");
}

/** The messages that lie in a record. */
function messagesOf(layer: Layer): Layer[] {
  const { messages } = viewOf(layer) as { readonly messages?: readonly { layer: Layer }[] };
  return (messages ?? []).map((one) => one.layer);
}

function messageChain(layer: Layer): string[] {
  const message = viewOf(layer) as Message;
  if (message.is === "certificate")
    return message.certificates.flatMap(({ layer: { bytes, start, end } }) =>
      certificateChain(bytes, start + 3, end),
    );
  if (message.is === "certificateStatus") return statusChain(message.response);
  return namesIn(message).flatMap(({ layer: { bytes, start, end } }) =>
    distinguishedNameChain(bytes, start + 2, end),
  );
}

/** What an answer about a certificate holds is OCSP's, where it holds anything but a status (RFC 6960 §4.2.1). */
function statusChain(response: Uint8Array | undefined): string[] {
  if (response === undefined) return [];
  const whole = readDer(response, 0, response.length);
  return whole !== null && derChildren(response, whole).length > 1 ? ["ocsp"] : [];
}

/** The names of authorities that a message lists. */
function namesIn(message: Message): readonly { readonly layer: Layer }[] {
  if (message.is === "certificateRequest") return message.authorities;
  if (message.is !== "clientHello" && message.is !== "serverHello") return [];
  return (message.extensions ?? []).flatMap((one) =>
    one.is === "certificateAuthorities" ? one.names : [],
  );
}
