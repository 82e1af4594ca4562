import { learnScale, type TcpSide } from "../../analysis/tcp-side.ts";
import { formatHex } from "../../bytes/hex.ts";
import { readU16, readU32 } from "../../bytes/numbers.ts";
import { reportedEnd } from "../../packet/reported.ts";
import type { Layer } from "../../schema/layer.ts";
import { textCell } from "./cell.ts";
import type { Emit, Extra, Override } from "./context.ts";
import { tcpAnalysis } from "./tcp-analysis.ts";
import { emitOptions, optionNames } from "./tcp-options.ts";

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
    const { streams } = session.of(tcpAnalysis);
    const { index, state: stream } = streams.find(layer);
    const { forward, backward } = stream.state;
    const [own, other] = streams.isForward ? [forward, backward] : [backward, forward];
    const { forwardBase, backwardBase } = stream;
    const [base, otherBase] = streams.isForward
      ? [forwardBase, backwardBase]
      : [backwardBase, forwardBase];
    if ((flags & SYN) !== 0) learnScale(layer, (flags & ACK) !== 0, own, other);
    const length = Math.max(0, reportedEnd(layer, packet) - layer.headerEnd);
    emit("tcp.stream", String(index));
    emit("tcp.len", String(length));
    emit("tcp.seq", String(relative(seq, base)));
    const next = length + ((flags & (SYN | FIN)) !== 0 ? 1 : 0);
    emit("tcp.nxtseq", String(relative((seq + next) >>> 0, base)));
    emit("tcp.ack", String((flags & ACK) !== 0 ? relative(ack, otherBase) : ack));
    emit("tcp.flags.str", flagText(flags));
    emitWindow(layer, flags, own, emit);
    emitConnection(flags, own, other, emit);
    emitRemarks(layer, flags, emit);
    emitOptions(layer, Math.max(otherBase, 0), emit);
    if (layer.headerEnd > start + 20)
      emit("tcp.options", formatHex(bytes, start + 20, layer.headerEnd));
    // What stands behind a reset is its cause.
    if (layer.headerEnd < layer.end && (flags & RST) === 0)
      emit("tcp.payload", formatHex(bytes, layer.headerEnd, layer.end));
  },
};

/** What begins or ends a connection; the side of the first FIN is the active one. */
function emitConnection(flags: number, own: TcpSide, other: TcpSide, emit: Emit): void {
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

function emitWindow(layer: Layer, flags: number, own: TcpSide, emit: Emit): void {
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
