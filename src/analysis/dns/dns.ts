import { readU16 } from "../../bytes/numbers.ts";
import { dns } from "../../protocols/application/dns/dns.ts";
import { dnsTcp } from "../../protocols/application/dns/tcp.ts";
import { type Layer, viewOf } from "../../schema/layer.ts";
import type { ViewOf } from "../../schema/protocol.ts";
import type { Application, Connection, FirstBytes, Verdict } from "../application.ts";
import type { StreamEvent } from "../event.ts";
import type { SideInput, Waiting } from "../input.ts";

/** A message of DNS over TCP. */
export interface DnsMessageEvent extends StreamEvent {
  readonly type: "dns.message";
  /** The message, as the declaration of DNS shows it. */
  readonly message: ViewOf<typeof dns>;
}

/** Bytes of the length, and of the least message. */
const PREFIX = 2;
const HEADER = 12;
/** QUERY, NOTIFY, UPDATE and what else is in use (RFC 6895 §2.2). */
const LAST_OPCODE = 6;

/** Whether the bytes after a length look like a message's header: an operation in use, and few questions. */
function isHeader(bytes: Uint8Array, at: number): boolean {
  const opcode = (bytes[at + 2]! >> 3) & 15;
  return opcode <= LAST_OPCODE && readU16(bytes, at + 4) <= 1;
}

function guess({ inputs, isExpected }: FirstBytes): Verdict {
  let verdict: Verdict = "more";
  for (const { bytes, start, available, side } of inputs) {
    if (available < PREFIX + HEADER) continue;
    const length = readU16(bytes, start);
    const isAnswer = (bytes[start + 4]! & 0x80) !== 0;
    if (length < HEADER || !isHeader(bytes, start + PREFIX)) return "no";
    if (!isExpected && isAnswer !== (side === 1)) return "no";
    if (!isExpected && available < PREFIX + length) continue;
    verdict = "yes";
  }
  return verdict;
}

/** Messages of one side: a length of two bytes before each (RFC 1035 §4.2.2). */
function* read(connection: Connection, input: SideInput): Waiting {
  const { side } = input;
  for (;;) {
    input.begin();
    const from = input.offset;
    if (!(yield* input.has(PREFIX))) {
      if (!(yield* recover(connection, input))) return;
      continue;
    }
    const size = PREFIX + readU16(input.bytes, input.start);
    if (size > input.limit) {
      const what = `a message of ${size - PREFIX} bytes is left out`;
      connection.note("dns", "limit", input.place(from, from), what);
      yield* input.each(size);
      continue;
    }
    if (!(yield* input.has(size))) {
      if (!(yield* recover(connection, input))) return;
      continue;
    }
    const place = input.place(from, from + size);
    if (size < PREFIX + HEADER)
      connection.note("dns", "garbage", place, `a message of ${size - PREFIX} bytes`);
    else {
      const layer = connection.dissect(dnsTcp, input.bytes, input.start, input.start + size);
      const message = layer.upper;
      if (message?.schema.root === dns.schema) emit(connection, place, message);
      if (connection.shows) connection.show(side, [layer], from, from + size);
    }
    input.skip(size);
  }
}

function emit(connection: Connection, place: DnsMessageEvent["place"], layer: Layer): void {
  const message = viewOf(layer) as ViewOf<typeof dns>;
  connection.emit({ type: "dns.message", connection: connection.info, place, message });
}

/** Says what was cut off by a gap or the end, and goes on behind a gap; false at the end. */
function* recover(connection: Connection, input: SideInput): Waiting<boolean> {
  const { offset, available } = input;
  const place = input.place(offset, offset + available);
  if (available > 0) connection.note("dns", "incomplete", place, "a message was cut off");
  const missing = input.pass();
  if (missing === 0) return false;
  connection.note("dns", "gap", place, `${missing} bytes are missing`);
  // A segment often begins with a message.
  while (yield* input.has(PREFIX + HEADER)) {
    const size = readU16(input.bytes, input.start);
    if (size >= HEADER && isHeader(input.bytes, input.start + PREFIX)) return true;
    input.skip(input.available);
  }
  return true;
}

/** DNS over TCP (RFC 7766). */
export const dnsApplication: Application = {
  name: "dns",
  ports: [53],
  protocols: [dnsTcp],
  guess,
  read: (connection) => [
    read(connection, connection.inputs[0]),
    read(connection, connection.inputs[1]),
  ],
};
