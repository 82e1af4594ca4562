import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import { type Conversation, ConversationTable } from "../../flow/conversations.ts";
import type { Layer } from "../../schema/layer.ts";
import { textCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";
import { reportedEnd } from "./reported.ts";
import { emitOptions, optionNames } from "./tcp-options.ts";

/** What one direction of a connection showed so far. */
class Side {
  /** Sequence number that counts as zero; -1 before it is known. */
  base = -1;
  /** Shift of its window (RFC 7323 §2.2); -1 unknown, -2 known not to be used. */
  scale = -1;
  /** Whether it ended its half of the connection before the other side did. */
  closedFirst = false;
}

/** Two directions; `forward` is that of the lesser end. */
class Connection {
  readonly forward = new Side();
  readonly backward = new Side();
}

const connections = (): ConversationTable<Connection> =>
  new ConversationTable(() => new Connection());

const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;
const URG = 32;
const ECE = 64;
const CWR = 128;
const AE = 256;

/** The letters of `tcp.flags.str`: twelve places, the reserved bits as R. */
function flagText(flags: number): string {
  const letters: readonly (readonly [number, string])[] = [
    [0x800, "R"],
    [0x400, "R"],
    [0x200, "R"],
    [AE, "A"],
    [CWR, "C"],
    [ECE, "E"],
    [URG, "U"],
    [ACK, "A"],
    [PSH, "P"],
    [RST, "R"],
    [SYN, "S"],
    [FIN, "F"],
  ];
  return letters.map(([bit, letter]) => ((flags & bit) === 0 ? "·" : letter)).join("");
}

/** Shift count of a window scale option (RFC 7323 §2) among the options; -1 where there is none. */
function windowScale(layer: Layer): number {
  const { bytes, headerEnd } = layer;
  for (let at = layer.start + 20; at < headerEnd; ) {
    const kind = bytes[at]!;
    if (kind === 0) return -1;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = at + 1 < headerEnd ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > headerEnd) return -1;
    if (kind === 3 && length === 3) return bytes[at + 2]!;
    at += length;
  }
  return -1;
}

/** The connection of a segment: a SYN with another sequence number begins a new one on the same ports. */
function connectionOf(
  table: ConversationTable<Connection>,
  layer: Layer,
  forward: boolean,
  seq: number,
  flags: number,
): Conversation<Connection> {
  const known = table.find(layer);
  const side = forward ? known.state.forward : known.state.backward;
  if ((flags & (SYN | ACK)) === SYN && side.base >= 0 && side.base !== seq)
    return table.renew(layer);
  return known;
}

const relative = (n: number, base: number): number => (n - base) >>> 0;

/** Fields of TCP that depend on earlier segments, and bytes that Wireshark names. */
export const tcpExtra: Extra = {
  protocol: "tcp",
  names: [
    "tcp.stream",
    "tcp.seq",
    "tcp.ack",
    "tcp.nxtseq",
    "tcp.len",
    "tcp.window_size",
    "tcp.window_size_scalefactor",
    "tcp.flags.str",
    "tcp.options",
    "tcp.payload",
    "tcp.ack.nonzero",
    "tcp.urgent_pointer.non_zero",
    "tcp.reset_cause",
    "tcp.connection.syn",
    "tcp.connection.synack",
    "tcp.connection.fin",
    "tcp.connection.fin_active",
    "tcp.connection.fin_passive",
    "tcp.connection.rst",
    ...optionNames,
  ],
  cells(layer, emit, { packet, session }) {
    const { bytes, start } = layer;
    const seq = readU32(bytes, start + 4);
    const ack = readU32(bytes, start + 8);
    const flags = readU16(bytes, start + 12) & 0xfff;
    const table = session.of(connections);
    const forward = table.isForward(layer);
    const { index, state } = connectionOf(table, layer, forward, seq, flags);
    const own = forward ? state.forward : state.backward;
    const other = forward ? state.backward : state.forward;
    if (own.base < 0) own.base = (flags & SYN) !== 0 ? seq : (seq - 1) >>> 0;
    if (other.base < 0 && (flags & ACK) !== 0) other.base = (ack - 1) >>> 0;
    if ((flags & SYN) !== 0) learnScale(layer, flags, own, other);
    const length = Math.max(0, reportedEnd(layer, packet) - layer.headerEnd);
    emit("tcp.stream", String(index));
    emit("tcp.len", String(length));
    emit("tcp.seq", String(relative(seq, own.base)));
    const next = length + ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
    emit("tcp.nxtseq", String(relative((seq + next) >>> 0, own.base)));
    emit("tcp.ack", String((flags & ACK) !== 0 ? relative(ack, other.base) : ack));
    emit("tcp.flags.str", flagText(flags));
    emitWindow(layer, flags, own, emit);
    emitConnection(flags, own, other, emit);
    emitRemarks(layer, flags, emit);
    emitOptions(layer, Math.max(other.base, 0), emit);
    if (layer.headerEnd > start + 20)
      emit("tcp.options", formatHex(bytes, start + 20, layer.headerEnd));
    // What stands behind a reset is its cause.
    if (layer.headerEnd < layer.end && (flags & RST) === 0)
      emit("tcp.payload", formatHex(bytes, layer.headerEnd, layer.end));
  },
};

/** A SYN without the option says that neither side scales; of a SYN and its answer both must offer it (RFC 7323 §2.2). */
function learnScale(layer: Layer, flags: number, own: Side, other: Side): void {
  const scale = windowScale(layer);
  if (scale >= 0) own.scale = scale;
  if (own.scale === -1) {
    own.scale = -2;
    other.scale = -2;
  } else if ((flags & ACK) !== 0 && other.scale === -2) own.scale = -2;
}

/** What begins or ends a connection; the side of the first FIN is the active one. */
function emitConnection(flags: number, own: Side, other: Side, emit: Emit): void {
  if ((flags & SYN) !== 0)
    emit((flags & ACK) === 0 ? "tcp.connection.syn" : "tcp.connection.synack", "1");
  if ((flags & FIN) !== 0) {
    if (!other.closedFirst) own.closedFirst = true;
    emit("tcp.connection.fin", "1");
    emit(own.closedFirst ? "tcp.connection.fin_active" : "tcp.connection.fin_passive", "1");
  }
  if ((flags & RST) !== 0) emit("tcp.connection.rst", "1");
}

/** Numbers that their flag says nothing stands behind, and text that explains a reset (RFC 9293 §3.5.3). */
function emitRemarks(layer: Layer, flags: number, emit: Emit): void {
  const { bytes, start, headerEnd, end } = layer;
  if ((flags & ACK) === 0 && readU32(bytes, start + 8) !== 0) emit("tcp.ack.nonzero", "1");
  if ((flags & URG) === 0 && readU16(bytes, start + 18) !== 0)
    emit("tcp.urgent_pointer.non_zero", "1");
  if ((flags & RST) === 0 || headerEnd >= end) return;
  const zero = bytes.indexOf(0, headerEnd);
  let cause = "";
  for (let i = headerEnd; i < (zero < 0 ? end : Math.min(zero, end)); i++)
    cause += bytes[i]! < 0x80 ? String.fromCharCode(bytes[i]!) : "\u00ef\u00bf\u00bd";
  emit("tcp.reset_cause", textCell(cause));
}

function emitWindow(layer: Layer, flags: number, own: Side, emit: Emit): void {
  const window = readU16(layer.bytes, layer.start + 14);
  if ((flags & SYN) !== 0) {
    emit("tcp.window_size", String(window));
    return;
  }
  const factor = own.scale >= 0 ? 2 ** own.scale : own.scale;
  emit("tcp.window_size", String(factor > 0 ? window * factor : window));
  emit("tcp.window_size_scalefactor", String(factor));
}

/** Three bits that Wireshark shows as one truth value. */
export const tcpOverrides: readonly Override[] = [
  { name: "tcp.flags.res", cell: (value) => (value === "0" ? "0" : "1") },
];
