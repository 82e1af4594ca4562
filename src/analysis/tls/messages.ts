import { formatHex } from "../../bytes/hex.ts";
import { readUint } from "../../bytes/numbers.ts";
import { tlsHandshake } from "../../protocols/application/tls/handshake.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import { partsReach, readRecord } from "../../schema/layout.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import type { Connection } from "../application.ts";
import type { Place } from "../input.ts";
import {
  type ClientHelloView,
  isTls13,
  readClientOffer,
  readServerChoice,
  type ServerHelloView,
} from "./hello.ts";
import { ja3, ja3Hash, ja3s } from "./ja3.ts";
import { ja4 } from "./ja4.ts";
import type { TlsSession } from "./state.ts";
import { type Certificate, readCertificate } from "./x509.ts";

/** The extension `early_data` (RFC 8446 §4.2.10), and the message that ends a server's part before TLS 1.3. */
const EARLY_DATA = 42;
const SERVER_HELLO_DONE = 14;

/**
 * Tells of a whole handshake message, which is kept: `bytes` are nobody else's. Gives its layer over `lower`, or `null` where
 * its contents do not fit its type.
 */
export function takeMessage(
  connection: Connection,
  session: TlsSession,
  bytes: Uint8Array,
  place: Place,
  lower: Layer | null,
): Layer | null {
  const layer = readRecord(tlsHandshake.schema, bytes, 0, bytes.length, lower as Layer);
  const base = { connection: connection.info, place };
  const message = layer === null ? null : (viewOf(layer) as ViewOf<typeof tlsHandshake>);
  switch (message?.is) {
    case "clientHello":
      emitClientHello(connection, session, message, place);
      break;
    case "serverHello":
      emitServerHello(connection, session, message, place);
      break;
    case "certificate": {
      const certificates = message.certificates
        .map(({ certificate }) => readCertificate(certificate ?? new Uint8Array(0)))
        .filter((one): one is Certificate => one !== null);
      connection.emit({ type: "tls.certificate", ...base, certificates });
      break;
    }
    default: {
      const messageType = bytes[0]!;
      const length = readUint(bytes, 1, 3);
      if (messageType === SERVER_HELLO_DONE) session.isServerDone = true;
      connection.emit({ type: "tls.handshake", ...base, messageType, length });
    }
  }
  if (layer === null || !isWhole(layer))
    connection.note("tls", "malformed", place, "a handshake message does not have its parts");
  return layer;
}

/** Whether a message has all the parts of its type. */
const isWhole = (layer: Layer): boolean =>
  partsReach(layer) >= 0 &&
  (layer.schema.caseName !== "unknown" ||
    tlsHandshake.schema.cases?.byKey.has(layer.bytes[layer.start]!) === false);

function emitClientHello(
  connection: Connection,
  session: TlsSession,
  hello: ClientHelloView,
  place: Place,
): void {
  const offer = readClientOffer(hello);
  const text = ja3(offer);
  session.clientVersion = hello.version;
  session.hasEarlyData = offer.extensions.includes(EARLY_DATA);
  session.clientSession = formatHex(hello.sessionId ?? new Uint8Array(0));
  connection.emit({
    type: "tls.clientHello",
    connection: connection.info,
    place,
    ...offer,
    random: hello.random,
    sessionId: hello.sessionId ?? new Uint8Array(0),
    ja3: text,
    ja3Hash: ja3Hash(text),
    ja4: ja4(offer),
  });
}

function emitServerHello(
  connection: Connection,
  session: TlsSession,
  hello: ServerHelloView,
  place: Place,
): void {
  const choice = readServerChoice(hello);
  const text = ja3s(choice);
  const sessionId = hello.sessionId ?? new Uint8Array(0);
  session.version = choice.version;
  session.cipherSuite = choice.cipherSuite;
  session.serverSide = place.side;
  session.alpn = choice.alpn;
  session.isResumed =
    sessionId.length > 0 &&
    !isTls13(choice.version) &&
    formatHex(sessionId) === session.clientSession;
  connection.emit({
    type: "tls.serverHello",
    connection: connection.info,
    place,
    ...choice,
    random: hello.random,
    sessionId,
    ja3s: text,
    ja3sHash: ja3Hash(text),
    isResumed: session.isResumed,
  });
}
