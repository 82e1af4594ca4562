import { readU16, readUint } from "../../bytes/numbers.ts";
import { isTlsHeader, TLS_HEADER, tls } from "../../protocols/application/tls/tls.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import type { SideInput, Waiting } from "../input.ts";
import { takeRecord } from "./record.ts";
import { looksLikeSsl2, readSsl2, readSsl2Hello } from "./ssl2.ts";
import { newSession, type TlsSession } from "./state.ts";

const HANDSHAKE = 22;
/** Bytes of a record's header, a message's head and the version in a hello. */
const HELLO = TLS_HEADER + 6;

/** Whether the first record of a side begins with the hello that belongs there. */
function isHello(bytes: Uint8Array, at: number, side: number): boolean {
  if (bytes[at] !== HANDSHAKE || bytes[at + TLS_HEADER] !== side + 1) return false;
  const length = readUint(bytes, at + TLS_HEADER + 1, 3);
  const major = bytes[at + TLS_HEADER + 4]!;
  return length >= 38 && length < 2 ** 18 && (major === 3 || major === 0x7f);
}

function guess({ inputs, isExpected }: FirstBytes): Verdict {
  let verdict: Verdict = "no";
  for (const input of inputs) {
    if (input.available === 0) continue;
    const one = guessSide(input, isExpected);
    if (one !== "more") return one;
    verdict = one;
  }
  return verdict;
}

/** What the bytes of one side say: a hello, in a record or in the form of SSL 2.0; in the middle of it, whole records. */
function guessSide(input: SideInput, isExpected: boolean): Verdict {
  const { bytes, start, end, available, side } = input;
  if (bytes[start]! >= 0x80) return looksLikeSsl2(input);
  if (available < TLS_HEADER) {
    const isBegun = bytes[start]! >= 20 && bytes[start]! <= 24;
    return isBegun && (available < 2 || bytes[start + 1] === 3) ? "more" : "no";
  }
  if (!isTlsHeader(bytes, start)) return "no";
  if (isExpected) return "yes";
  if (bytes[start] === HANDSHAKE) {
    if (available < HELLO) return "more";
    if (isHello(bytes, start, side)) return "yes";
  }
  const next = start + TLS_HEADER + readU16(bytes, start + 3);
  if (next === end) return "yes";
  if (next + TLS_HEADER > end) return "more";
  return isTlsHeader(bytes, next) ? "yes" : "no";
}

/** Records of one side (RFC 8446 §5.1). */
function* read(connection: Connection, session: TlsSession, input: SideInput): Waiting {
  if (yield* readSsl2Hello(connection, session, input))
    if (session.isSsl2) return yield* readSsl2(connection, session, input);
  for (;;) {
    if (session.sides[input.side].partial === null) input.begin();
    if (!(yield* input.has(TLS_HEADER))) {
      if (!(yield* recover(connection, session, input))) return;
    } else if (!isTlsHeader(input.bytes, input.start)) {
      if (!(yield* resynchronise(connection, session, input))) return;
    } else {
      const size = TLS_HEADER + readU16(input.bytes, input.start + 3);
      if (yield* input.has(size)) {
        takeRecord(connection, session, input, size);
        input.skip(size);
      } else if (!(yield* recover(connection, session, input))) return;
    }
  }
}

/** Says what was cut off by a gap or the end, and goes on behind a gap; false at the end. */
function* recover(connection: Connection, session: TlsSession, input: SideInput): Waiting<boolean> {
  const { offset, available } = input;
  forget(connection, session, input);
  const place = input.place(offset, offset + available);
  if (available > 0) connection.note("tls", "incomplete", place, "a record was cut off");
  const missing = input.pass();
  if (missing === 0) return false;
  connection.note("tls", "gap", place, `${missing} bytes are missing`);
  return yield* find(connection, session, input);
}

/** Leaves out what is no record, up to what is one. */
function* resynchronise(
  connection: Connection,
  session: TlsSession,
  input: SideInput,
): Waiting<boolean> {
  forget(connection, session, input);
  return yield* find(connection, session, input);
}

/** Forgets the message that the next record would have gone on with. */
function forget(connection: Connection, session: TlsSession, input: SideInput): void {
  const side = session.sides[input.side];
  side.skipped = 0;
  if (side.partial === null) return;
  const { from, size } = side.partial;
  side.partial = null;
  const place = input.place(from, from + size);
  connection.note("tls", "incomplete", place, "a handshake message was cut off");
}

/**
 * Skips to the next place where a record begins that another follows, or the end of what there is. A header alone is not
 * trusted: in encrypted bytes one of a few million places looks like that.
 */
function* find(connection: Connection, session: TlsSession, input: SideInput): Waiting<boolean> {
  input.begin();
  const from = input.offset;
  let found = false;
  while (!found && (yield* input.has(TLS_HEADER))) {
    const at = nextHeader(input.bytes, input.start, input.end, session.version);
    input.skip(at - input.start);
    if (input.available >= TLS_HEADER) found = yield* isFollowed(input);
    if (!found) input.skip(1);
    // Where it all came from need not be known of so much.
    if (!found && input.offset - from > 65_536) input.begin();
  }
  if (!found) input.skip(input.available);
  if (input.offset > from)
    connection.note(
      "tls",
      "garbage",
      input.place(from, input.offset),
      `${input.offset - from} bytes that are no records`,
    );
  return found || input.gap > 0;
}

/** Where the next header stands whose version is near that of the connection; at the end, where one may begin. */
function nextHeader(bytes: Uint8Array, start: number, end: number, version: number): number {
  let at = start;
  for (; at + TLS_HEADER <= end; at++)
    if (isTlsHeader(bytes, at) && isLikely(bytes[at + 2]!, version)) break;
  return at;
}

/** Records have the version of the connection; those of TLS 1.3 that of TLS 1.2, or 1.0 (RFC 8446 §5.1). */
const isLikely = (minor: number, version: number): boolean =>
  version === 0 || version >> 8 !== 3 || version === 0x0304 ? true : minor === (version & 0xff);

/** Whether behind the record that begins here another begins, or nothing comes. */
function* isFollowed(input: SideInput): Waiting<boolean> {
  const size = TLS_HEADER + readU16(input.bytes, input.start + 3);
  if (yield* input.has(size + TLS_HEADER)) return isTlsHeader(input.bytes, input.start + size);
  return input.available === size;
}

/** Transport Layer Security, and SSL 3.0 (RFC 8446, RFC 5246, RFC 6101). */
export const tlsApplication: Application = {
  name: "tls",
  ports: [443, 465, 563, 614, 636, 853, 989, 990, 992, 993, 994, 995, 5061],
  protocols: [tls],
  guess,
  read: (connection) => {
    const session = newSession();
    return [
      read(connection, session, connection.inputs[0]),
      read(connection, session, connection.inputs[1]),
    ];
  },
};
