import { formatHex } from "../../bytes/hex.ts";
import { readBigUint, readU16 } from "../../bytes/numbers.ts";
import { viewOf } from "../../schema/layer.ts";
import { bytesCell, formatTime, hexCell } from "./cell.ts";
import type { Emit, Extra } from "./context.ts";

/** Lists in extensions that Wireshark counts, by the case of the extension. */
const lists: Readonly<Record<string, string>> = {
  supportedGroups: "tls.handshake.extensions_supported_groups",
  ecPointFormats: "tls.handshake.extensions_ec_point_formats",
  alpn: "tls.handshake.extensions_alpn_list",
  applicationSettings: "tls.handshake.extensions_alps_alpn_list",
  signatureAlgorithms: "tls.handshake.sig_hash_algs",
  signatureAlgorithmsCert: "tls.handshake.sig_hash_algs",
  delegatedCredential: "tls.handshake.sig_hash_algs",
  preSharedKey: "tls.handshake.extensions.psk.binders",
  clientCertificateType: "tls.handshake.cert_type.types",
  serverCertificateType: "tls.handshake.cert_type.types",
};

const EXTENSION_HEAD = 4;

const extension: Extra = {
  protocol: "tls.extension",
  names: [...new Set(Object.values(lists)), "tls.handshake.dnames"],
  cells(layer, emit) {
    const is = layer.schema.caseName ?? "";
    const data = layer.start + EXTENSION_HEAD;
    // What a server answers with holds no list.
    const isChosen = layer.end - data <= 2 && /^(preSharedKey|\w+CertificateType)$/.test(is);
    const name = lists[is];
    if (name !== undefined && !isChosen && layer.end > data) emit(name, "1");
    if (is === "certificateAuthorities" && layer.end > data + 2) emit("tls.handshake.dnames", "1");
    if (is === "encryptedClientHello" || is === "truncatedHmac")
      emit("tls.handshake.extension.data", bytesCell(layer.bytes.subarray(data, layer.end)));
  },
};

/** Bytes of a timestamp before its extensions: version, log and time. */
const TIMESTAMP_HEAD = 41;

/** Emits a signed certificate timestamp (RFC 6962 §3.2). */
export function emitTimestamp(bytes: Uint8Array, start: number, end: number, emit: Emit): void {
  if (start + TIMESTAMP_HEAD + 2 > end) return;
  emit("tls.sct.sct_version", String(bytes[start]));
  emit("tls.sct.sct_logid", formatHex(bytes, start + 1, start + 33));
  const time = Number(readBigUint(bytes, start + 33, 8));
  emit("tls.sct.sct_timestamp", formatTime(Math.floor(time / 1000), (time % 1000) * 1e6));
  const length = readU16(bytes, start + TIMESTAMP_HEAD);
  emit("tls.sct.sct_extensions_length", String(length));
  const at = start + TIMESTAMP_HEAD + 2 + length;
  if (at + 4 > end) return;
  emit("tls.handshake.sig_hash_alg", hexCell(readU16(bytes, at), 4));
  emit("tls.handshake.sig_hash_hash", String(bytes[at]));
  emit("tls.handshake.sig_hash_sig", String(bytes[at + 1]));
  const size = readU16(bytes, at + 2);
  emit("tls.sct.sct_signature_length", String(size));
  if (at + 4 + size <= end && size > 0)
    emit("tls.sct.sct_signature", formatHex(bytes, at + 4, at + 4 + size));
}

export const timestampNames: readonly string[] = [
  "tls.sct.sct_version",
  "tls.sct.sct_logid",
  "tls.sct.sct_timestamp",
  "tls.sct.sct_extensions_length",
  "tls.sct.sct_signature_length",
  "tls.sct.sct_signature",
  "tls.sct.scts_length",
  "tls.sct.sct_length",
];

/** Emits a list of timestamps with their lengths, as certificates have one too (RFC 6962 §3.3). */
export function emitTimestamps(bytes: Uint8Array, start: number, end: number, emit: Emit): void {
  if (start + 2 > end) return;
  emit("tls.sct.scts_length", String(readU16(bytes, start)));
  for (let at = start + 2; at + 2 <= end; ) {
    const size = readU16(bytes, at);
    if (at + 2 + size > end) return;
    emit("tls.sct.sct_length", String(size));
    emitTimestamp(bytes, at + 2, at + 2 + size, emit);
    at += 2 + size;
  }
}

const timestamp: Extra = {
  protocol: "tls.signedCertificateTimestamp",
  names: timestampNames,
  cells({ bytes, start, end }, emit) {
    emitTimestamp(bytes, start + 2, end, emit);
  },
};

/** Transport parameters that are a number, and those that are bytes (RFC 9000 §18.2). */
const numbers: ReadonlyMap<number, string> = new Map([
  [1, "max_idle_timeout"],
  [3, "max_udp_payload_size"],
  [4, "initial_max_data"],
  [5, "initial_max_stream_data_bidi_local"],
  [6, "initial_max_stream_data_bidi_remote"],
  [7, "initial_max_stream_data_uni"],
  [8, "initial_max_streams_bidi"],
  [9, "initial_max_streams_uni"],
  [10, "ack_delay_exponent"],
  [11, "max_ack_delay"],
  [14, "active_connection_id_limit"],
  [0x20, "max_datagram_frame_size"],
]);
const byteStrings: ReadonlyMap<number, string> = new Map([
  [0, "original_destination_connection_id"],
  [2, "stateless_reset_token"],
  [15, "initial_source_connection_id"],
  [16, "retry_source_connection_id"],
]);

/** A variable-length integer that takes all of the bytes (RFC 9000 §16). */
function integerOf(bytes: Uint8Array): string | null {
  if (bytes.length === 0 || bytes.length !== 1 << (bytes[0]! >> 6)) return null;
  const whole = readBigUint(bytes, 0, bytes.length);
  return String(BigInt.asUintN(bytes.length * 8 - 2, whole));
}

const quicParameter: Extra = {
  protocol: "tls.quicParameter",
  names: [
    "tls.quic.parameter.length",
    ...[...numbers.values(), ...byteStrings.values()].map((name) => `tls.quic.parameter.${name}`),
  ],
  cells(layer, emit) {
    const { type, value } = viewOf(layer) as {
      readonly type?: bigint;
      readonly value?: Uint8Array;
    };
    if (type === undefined || value === undefined) return;
    emit("tls.quic.parameter.length", String(value.length));
    const number = numbers.get(Number(type));
    const cell = number === undefined ? null : integerOf(value);
    if (cell !== null) emit(`tls.quic.parameter.${number}`, cell);
    const name = byteStrings.get(Number(type));
    if (name !== undefined) emit(`tls.quic.parameter.${name}`, bytesCell(value));
  },
};

export const tlsExtensionExtras: readonly Extra[] = [extension, timestamp, quicParameter];
