import { readU16 } from "../../bytes/numbers.ts";
import { isSsl2Message, SSL2_HEADER, ssl2 } from "../../protocols/application/tls/ssl2.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import type { Connection } from "../application.ts";
import type { Place, SideInput, Waiting } from "../input.ts";
import { type ClientOffer, emptyOffer } from "./hello.ts";
import { ja3, ja3Hash } from "./ja3.ts";
import { ja4 } from "./ja4.ts";
import { show, type TlsSession } from "./state.ts";
import { readCertificate } from "./x509.ts";

type View = ViewOf<typeof ssl2>;
type Hello = Extract<View, { readonly is: "clientHello" }>;

/** Bytes of a hello before its lists. */
const HELLO_HEAD = 11;
const SSL2 = 0x0002;

/** Whether a side begins with a hello of SSL 2.0, as far as its first bytes tell. */
export function looksLikeSsl2({ bytes, start, available, side }: SideInput): "yes" | "no" | "more" {
  if (available === 0) return "more";
  if (bytes[start]! < 0x80) return "no";
  if (available >= 3 && bytes[start + 2] !== (side === 0 ? 1 : 4)) return "no";
  if (available < HELLO_HEAD) return "more";
  const size = SSL2_HEADER + (readU16(bytes, start) & 0x7fff);
  if (available < size) return size < 4096 ? "more" : "no";
  return isSsl2Message(bytes, start, start + size) ? "yes" : "no";
}

/** Reads the hello at the start of a side; false where there is none. Nothing is read then. */
export function* readSsl2Hello(
  connection: Connection,
  session: TlsSession,
  input: SideInput,
): Waiting<boolean> {
  for (;;) {
    const verdict = looksLikeSsl2(input);
    if (verdict === "yes") break;
    if (verdict === "no" || !(yield* input.has(input.available + 1))) return false;
  }
  takeRecord2(connection, session, input, true);
  return true;
}

/** Records that follow the hellos of SSL 2.0. All but the client's next are encrypted. */
export function* readSsl2(connection: Connection, session: TlsSession, input: SideInput): Waiting {
  for (let count = 0; ; count++) {
    input.begin();
    if (!(yield* input.has(3))) break;
    const size = sizeAt(input.bytes, input.start);
    if (!(yield* input.has(size))) break;
    takeRecord2(connection, session, input, count === 0 && input.side === 0);
  }
  const place = input.place(input.offset, input.offset + input.available);
  if (input.available > 0)
    connection.note("tls", "incomplete", place, "a record of SSL 2.0 was cut off");
}

/** Bytes of a record: its header has a third byte for the number of padding bytes where its first bit is not set. */
function sizeAt(bytes: Uint8Array, at: number): number {
  const word = readU16(bytes, at);
  return word >= 0x8000 ? SSL2_HEADER + (word & 0x7fff) : 3 + (word & 0x3fff);
}

/** Takes the record that stands, whole, at the start of the input. */
function takeRecord2(
  connection: Connection,
  session: TlsSession,
  input: SideInput,
  isPlain: boolean,
): void {
  const { bytes, start, offset } = input;
  const size = sizeAt(bytes, start);
  const place = input.place(offset, offset + size);
  const layer = connection.dissect(ssl2, bytes, start, start + size);
  const base = { connection: connection.info, place };
  const view = viewOf(layer) as View;
  if (!isPlain || !view.isShort) {
    const length = size - SSL2_HEADER;
    connection.emit({ type: "tls.applicationData", ...base, length });
  } else if (view.is === "clientHello") emitHello(connection, session, view, place);
  else {
    if (view.is === "serverHello") {
      session.isSsl2 = true;
      const one = readCertificate(view.certificate?.slice() ?? new Uint8Array(0));
      if (one !== null) connection.emit({ type: "tls.certificate", ...base, certificates: [one] });
    }
    connection.emit({
      type: "tls.handshake",
      ...base,
      messageType: view.type,
      length: view.length,
    });
  }
  if (connection.shows) showRecord(connection, session, input, layer, size, isPlain);
  input.skip(size);
}

function showRecord(
  connection: Connection,
  session: TlsSession,
  input: SideInput,
  layer: Layer,
  size: number,
  isPlain: boolean,
): void {
  if (!isPlain && ssl2.schema.cases !== null) {
    layer.schema = ssl2.schema.cases.unknown;
    layer.view = null;
    layer.more = null;
  }
  show(connection, session, input, layer, size, { isEncrypted: !isPlain, messages: [] });
}

/** Tells of the ClientHello: cipher specifications whose first byte is zero are suites of later versions. */
function emitHello(connection: Connection, session: TlsSession, hello: Hello, place: Place): void {
  const offer: ClientOffer = {
    ...emptyOffer,
    version: hello.version,
    cipherSuites: hello.cipherSpecs.map(({ spec }) => spec).filter((spec) => spec <= 0xffff),
  };
  const text = ja3(offer);
  session.clientVersion = hello.version;
  if (hello.version === SSL2) session.isSsl2 = true;
  connection.emit({
    type: "tls.clientHello",
    connection: connection.info,
    place,
    ...offer,
    random: hello.challenge ?? new Uint8Array(0),
    sessionId: hello.sessionId ?? new Uint8Array(0),
    ja3: text,
    ja3Hash: ja3Hash(text),
    ja4: ja4(offer),
  });
}
