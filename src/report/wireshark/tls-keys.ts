import { isTls13 } from "../../analysis/tls/hello.ts";
import type { ShownRecord } from "../../analysis/tls/state.ts";
import { formatHex } from "../../bytes/hex.ts";
import { readUint } from "../../bytes/numbers.ts";
import { tlsCipherSuiteNames } from "../../protocols/iana/tls.ts";
import type { Layer } from "../../schema/layer.ts";
import { hexCell } from "./cell.ts";
import type { Emit } from "./context.ts";

const vectors = [
  "p",
  "g",
  "ys",
  "yc",
  "server_point",
  "client_point",
  "epms",
  "modulus",
  "exponent",
  "sig",
  "hint",
  "identity",
  "client_cert_vrfy.sig",
] as const;

/** Names of fields in messages that the cipher suite gives their form. */
export const keyExchangeNames: readonly string[] = [
  ...vectors.flatMap((name) => [`tls.handshake.${name}`, `tls.handshake.${name}_len`]),
  "tls.handshake.server_curve_type",
  "tls.handshake.server_named_curve",
];

/** Bytes of a handshake message's type and length. */
const HEAD = 4;
const NAMED_CURVE = 3;
const TLS12 = 0x0303;
const SSL3 = 0x0300;

/** Reads a message from left to right; what does not fit is left out. */
class Parts {
  private at: number;
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private readonly emit: Emit;

  constructor({ bytes, start, end }: Layer, emit: Emit) {
    this.bytes = bytes;
    this.at = start + HEAD;
    this.end = end;
    this.emit = emit;
  }

  get left(): number {
    return this.end - this.at;
  }

  number(width: number): number {
    if (this.left < width) return -1;
    const value = readUint(this.bytes, this.at, width);
    this.at += width;
    return value;
  }

  /** A length and so many bytes. */
  vector(name: (typeof vectors)[number], width: number): void {
    const length = this.number(width);
    if (length < 0) return;
    this.emit(`tls.handshake.${name}_len`, String(length));
    this.rest(name, length);
  }

  /** Bytes without a length of their own. */
  rest(name: (typeof vectors)[number], length = this.left): void {
    const size = Math.min(length, this.left);
    if (size > 0)
      this.emit(`tls.handshake.${name}`, formatHex(this.bytes, this.at, this.at + size));
    this.at += size;
  }

  /** The algorithm of a signature, which TLS 1.2 tells. */
  scheme(): void {
    const value = this.number(2);
    if (value < 0) return;
    this.emit("tls.handshake.sig_hash_alg", hexCell(value, 4));
    this.emit("tls.handshake.sig_hash_hash", String(value >> 8));
    this.emit("tls.handshake.sig_hash_sig", String(value & 255));
  }
}

const suiteOf = ({ cipherSuite }: ShownRecord): string =>
  (tlsCipherSuiteNames.get(cipherSuite) ?? "").replace(/^TLS_/, "").replace(/_WITH_.*/, "");

/** The server's half of a key exchange (RFC 5246 §7.4.3, RFC 8422 §5.4, RFC 4279 §2). */
export function emitServerKey(layer: Layer, record: ShownRecord, emit: Emit): void {
  const parts = new Parts(layer, emit);
  const suite = suiteOf(record);
  if (/PSK/.test(suite)) parts.vector("hint", 2);
  if (/^ECDHE?_/.test(suite) || suite === "ECDHE_PSK") {
    const form = parts.number(1);
    if (form < 0) return;
    emit("tls.handshake.server_curve_type", hexCell(form, 2));
    if (form !== NAMED_CURVE) return;
    const curve = parts.number(2);
    if (curve < 0) return;
    emit("tls.handshake.server_named_curve", hexCell(curve, 4));
    parts.vector("server_point", 1);
  } else if (/^DHE?_/.test(suite)) {
    for (const name of ["p", "g", "ys"] as const) parts.vector(name, 2);
  } else if (/^RSA_EXPORT|^RSA$/.test(suite)) {
    for (const name of ["modulus", "exponent"] as const) parts.vector(name, 2);
  } else return;
  if (/anon|PSK/.test(suite) || parts.left === 0) return;
  if (record.version >= TLS12) parts.scheme();
  parts.vector("sig", 2);
}

/** The client's half (RFC 5246 §7.4.7, RFC 8422 §5.7, RFC 4279 §2). SSL 3.0 has no length before the encrypted secret. */
export function emitClientKey(layer: Layer, record: ShownRecord, emit: Emit): void {
  const parts = new Parts(layer, emit);
  const suite = suiteOf(record);
  if (/PSK/.test(suite)) parts.vector("identity", 2);
  if (/^ECDH/.test(suite)) parts.vector("client_point", 1);
  else if (/^DHE?_/.test(suite)) parts.vector("yc", 2);
  else if (/^RSA/.test(suite)) {
    if (record.version === SSL3) parts.rest("epms");
    else parts.vector("epms", 2);
  }
}

/** What a client signs the handshake with (RFC 5246 §7.4.8). */
export function emitVerify(layer: Layer, { version }: ShownRecord, emit: Emit): void {
  const parts = new Parts(layer, emit);
  if (version >= TLS12 || isTls13(version)) parts.scheme();
  parts.vector("client_cert_vrfy.sig", 2);
}
