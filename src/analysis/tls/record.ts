import { joined } from "../../bytes/joined.ts";
import { readU16, readUint } from "../../bytes/numbers.ts";
import { isHandshakeStart } from "../../protocols/application/tls/handshake.ts";
import { TLS_HEADER, tls } from "../../protocols/application/tls/tls.ts";
import type { Layer } from "../../schema/layer.ts";
import type { Connection } from "../application.ts";
import type { Place, SideInput } from "../input.ts";
import { takeMessage } from "./messages.ts";
import { isEncrypted, show, type TlsSession, type TlsSide } from "./state.ts";

const ContentType = { changeCipherSpec: 20, alert: 21, handshake: 22, heartbeat: 24 } as const;
/** Bytes of a handshake message's type and length. */
const HEAD = 4;

/** One record, whole, at the start of an input. */
class RecordTask {
  readonly connection: Connection;
  readonly session: TlsSession;
  readonly side: TlsSide;
  readonly input: SideInput;
  readonly size: number;
  readonly from: number;
  /** The record as those see it who are shown messages; its bytes are a copy. */
  layer: Layer | null;
  /** Messages of several records that end here, and those behind them. */
  readonly messages: Layer[];
  /** Whether its contents are no messages of their own: encrypted, or parts of some that other records have too. */
  isOpaque: boolean;

  constructor(connection: Connection, session: TlsSession, input: SideInput, size: number) {
    this.connection = connection;
    this.session = session;
    this.side = session.sides[input.side];
    this.input = input;
    this.size = size;
    this.from = input.offset;
    const { bytes, start } = input;
    this.layer = connection.shows ? connection.dissect(tls, bytes, start, start + size) : null;
    this.messages = [];
    this.isOpaque = false;
  }

  /** The bytes of the record behind its header, as places in the input. */
  get content(): readonly [from: number, to: number] {
    const { start } = this.input;
    return [start + TLS_HEADER, start + this.size];
  }

  place(from = this.from): Place {
    return this.input.place(from, this.from + this.size);
  }
}

/** Takes the record of `size` bytes that stands at the start of the input: tells what it says, and shows it. */
export function takeRecord(
  connection: Connection,
  session: TlsSession,
  input: SideInput,
  size: number,
): void {
  const task = new RecordTask(connection, session, input, size);
  const wasEncrypted = isEncrypted(session, task.side);
  const type = input.bytes[input.start];
  if (type === ContentType.handshake) takeHandshake(task);
  else {
    if (task.side.partial !== null) dropPartial(task, "another record came before its end");
    takeOther(task, type ?? 0);
  }
  if (task.layer === null) return;
  if (task.isOpaque) makeOpaque(task.layer);
  const { messages } = task;
  show(connection, session, input, task.layer, size, { isEncrypted: wasEncrypted, messages });
}

function takeOther(task: RecordTask, type: number): void {
  const { connection, session, side, input, size } = task;
  const base = { connection: connection.info, place: task.place() };
  const [from, to] = task.content;
  const length = size - TLS_HEADER;
  const { bytes } = input;
  if (type === ContentType.changeCipherSpec) {
    side.hasChanged = true;
    connection.emit({ type: "tls.changeCipherSpec", ...base });
  } else if (type === ContentType.alert) {
    task.isOpaque = length !== 2 || isEncrypted(session, side);
    const [level, description] = task.isOpaque ? [null, null] : [bytes[from]!, bytes[from + 1]!];
    connection.emit({ type: "tls.alert", ...base, level, description });
  } else if (type === ContentType.heartbeat) {
    task.isOpaque = isEncrypted(session, side) || to - from < 3 || bytes[from]! > 2;
    const [messageType, payloadLength] = task.isOpaque
      ? [null, null]
      : [bytes[from]!, readU16(bytes, from + 1)];
    // The padding takes sixteen bytes at least (RFC 6520 §4).
    const isOverlong = payloadLength !== null && payloadLength + 3 > length;
    connection.emit({ type: "tls.heartbeat", ...base, messageType, payloadLength, isOverlong });
  } else connection.emit({ type: "tls.applicationData", ...base, length });
}

function takeHandshake(task: RecordTask): void {
  const { connection, session, side, input } = task;
  let [at, to] = task.content;
  if (side.skipped > 0) {
    task.isOpaque = true;
    const skipped = Math.min(side.skipped, to - at);
    side.skipped -= skipped;
    at += skipped;
  }
  if (side.partial !== null) at = goOn(task, side.partial, at, to);
  // A renegotiation that nobody can read looks like this too, and so does the answer to a HelloRetryRequest where the
  // server's side is missing: that one is plain.
  const mayBePlain = !isEncrypted(session, side) || isPlainHello(input.bytes, at, to);
  while (at < to) {
    if (!mayBePlain || !isMessageStart(input.bytes, at, to)) {
      task.isOpaque ||= at === task.content[0];
      const place = task.place();
      const length = to - at;
      connection.emit({
        type: "tls.handshake",
        connection: connection.info,
        place,
        messageType: null,
        length,
      });
      return;
    }
    at = take(task, at, to);
  }
}

/** Whether the bytes begin a message; of a few that end the record, whether they may. */
function isMessageStart(bytes: Uint8Array, at: number, to: number): boolean {
  return to - at >= HEAD ? isHandshakeStart(bytes, at, to) : bytes[at]! <= 25;
}

/** Whether a record is one ClientHello and nothing else. */
const isPlainHello = (bytes: Uint8Array, at: number, to: number): boolean =>
  to - at > 40 &&
  bytes[at] === 1 &&
  at + HEAD + readUint(bytes, at + 1, 3) === to &&
  bytes[at + HEAD] === 3;

/** Takes the message that begins here, or what there is of it; gives where the next begins. */
function take(task: RecordTask, at: number, to: number): number {
  const { connection, session, side, input, from } = task;
  const { bytes, start } = input;
  const offset = from + at - start;
  const size = to - at < HEAD ? Number.POSITIVE_INFINITY : HEAD + readUint(bytes, at + 1, 3);
  if (at + size <= to) {
    const place = input.place(offset, offset + size);
    const layer = takeMessage(connection, session, bytes.slice(at, at + size), place, task.layer);
    if (task.isOpaque && layer !== null) task.messages.push(layer);
    return at + size;
  }
  task.isOpaque ||= at === start + TLS_HEADER;
  if (Number.isFinite(size) && size > input.limit) {
    connection.note("tls", "limit", task.place(), `a handshake message of ${size} bytes`);
    side.skipped = size - (to - at);
    return to;
  }
  side.partial = { from: offset, pieces: [bytes.slice(at, to)], size: to - at };
  return to;
}

/** Goes on with a message that an earlier record began; gives where in this one it ends. */
function goOn(
  task: RecordTask,
  partial: NonNullable<TlsSide["partial"]>,
  at: number,
  to: number,
): number {
  const { connection, session, side, input } = task;
  task.isOpaque = true;
  let from = at;
  // The head may be cut too.
  while (partial.size < HEAD && from < to) {
    partial.pieces.push(input.bytes.slice(from, from + 1));
    partial.size++;
    from++;
  }
  if (partial.size < HEAD) return to;
  const head = headOf(partial.pieces);
  const size = HEAD + readUint(head, 1, 3);
  if (!isHandshakeStart(head, 0, HEAD) || size > input.limit) {
    const isLong = size > input.limit;
    if (isLong) side.skipped = size - partial.size;
    dropPartial(task, isLong ? `it has ${size} bytes` : "it is none");
    const skipped = Math.min(side.skipped, to - from);
    side.skipped -= skipped;
    return isLong ? from + skipped : to;
  }
  const more = Math.min(size - partial.size, to - from);
  partial.pieces.push(input.bytes.slice(from, from + more));
  partial.size += more;
  from += more;
  if (partial.size < size) return from;
  side.partial = null;
  const end = task.from + from - input.start;
  const whole = joined(partial.pieces);
  const place = input.place(partial.from, end);
  const layer = takeMessage(connection, session, whole, place, task.layer);
  if (layer !== null) task.messages.push(layer);
  return from;
}

/** The first bytes of pieces: as many as a head has. */
function headOf(pieces: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(HEAD);
  let size = 0;
  for (const piece of pieces) {
    head.set(piece.subarray(0, HEAD - size), size);
    size += Math.min(piece.length, HEAD - size);
    if (size === HEAD) break;
  }
  return head;
}

/** Forgets a message that was begun. */
function dropPartial({ connection, side, input }: RecordTask, why: string): void {
  const { partial } = side;
  if (partial === null) return;
  side.partial = null;
  const place = input.place(partial.from, partial.from + partial.size);
  connection.note("tls", "incomplete", place, `a handshake message was left out: ${why}`);
}

/** Makes a record one whose contents nobody knows, so that what only looks like messages is not shown as such. */
function makeOpaque(layer: Layer): void {
  const { cases } = tls.schema;
  if (cases === null) return;
  layer.schema = cases.unknown;
  layer.view = null;
  layer.more = null;
}
