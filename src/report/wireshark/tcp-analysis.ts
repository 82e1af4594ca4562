import { formatSpan, isZero, type Span } from "../../analysis/span.ts";
import { TcpAnalysis, type TcpFindings, TcpMark } from "../../analysis/tcp-analysis.ts";
import type { Emit, Extra } from "./context.ts";

/** One for all columns of a capture: what numbers connections and what judges segments is the same. */
export const tcpAnalysis = (): TcpAnalysis => new TcpAnalysis();

/** Wireshark's names of the notes. */
const marks: readonly (readonly [mark: number, name: string])[] = [
  [TcpMark.retransmission, "tcp.analysis.retransmission"],
  [TcpMark.fastRetransmission, "tcp.analysis.fast_retransmission"],
  [TcpMark.spuriousRetransmission, "tcp.analysis.spurious_retransmission"],
  [TcpMark.outOfOrder, "tcp.analysis.out_of_order"],
  [TcpMark.reusedPorts, "tcp.analysis.reused_ports"],
  [TcpMark.lostSegment, "tcp.analysis.lost_segment"],
  [TcpMark.ackLostSegment, "tcp.analysis.ack_lost_segment"],
  [TcpMark.windowUpdate, "tcp.analysis.window_update"],
  [TcpMark.windowFull, "tcp.analysis.window_full"],
  [TcpMark.keepAlive, "tcp.analysis.keep_alive"],
  [TcpMark.keepAliveAck, "tcp.analysis.keep_alive_ack"],
  [TcpMark.duplicateAck, "tcp.analysis.duplicate_ack"],
  [TcpMark.zeroWindow, "tcp.analysis.zero_window"],
  [TcpMark.zeroWindowProbe, "tcp.analysis.zero_window_probe"],
  [TcpMark.zeroWindowProbeAck, "tcp.analysis.zero_window_probe_ack"],
  [TcpMark.fastOpenAck, "tcp.analysis.tfo_ack"],
  [TcpMark.fastOpenIgnored, "tcp.analysis.tfo_ignored"],
];

/** What is shown with the options, not with the analysis: it counts for no flag. */
const FAST_OPEN = TcpMark.fastOpenSyn | TcpMark.fastOpenAck | TcpMark.fastOpenIgnored;

/** Kinds that are retransmissions too. */
const RETRANSMISSIONS = TcpMark.fastRetransmission | TcpMark.spuriousRetransmission;

/** What Wireshark's sequence analysis says of a segment. */
export const tcpAnalysisExtra: Extra = {
  protocol: "tcp",
  names: [
    "tcp.analysis",
    "tcp.analysis.flags",
    ...marks.map(([, name]) => name),
    "tcp.analysis.tfo_syn",
    "tcp.analysis.duplicate_ack_num",
    "tcp.analysis.duplicate_ack_frame",
    "tcp.analysis.acks_frame",
    "tcp.analysis.ack_rtt",
    "tcp.analysis.initial_rtt",
    "tcp.analysis.rto",
    "tcp.analysis.rto_frame",
    "tcp.analysis.bytes_in_flight",
    "tcp.analysis.push_bytes_sent",
    "tcp.completeness",
    "tcp.time_relative",
    "tcp.time_delta",
  ],
  cells(layer, emit, { packet, session }) {
    const findings = session.of(tcpAnalysis).see(layer, packet, packet);
    emit("tcp.completeness", String(findings.seen));
    emit("tcp.time_relative", formatSpan(findings.sinceStart));
    emit("tcp.time_delta", formatSpan(findings.sinceLast));
    for (let i = 0; i < findings.cookies; i++) emit("tcp.analysis.tfo_syn", "1");
    for (const [mark, name] of marks) if ((findings.marks & mark) !== 0) emit(name, "1");
    emitAnalysis(findings, emit);
  },
};

function emitAnalysis(found: TcpFindings, emit: Emit): void {
  const noted = found.marks & ~FAST_OPEN;
  const isAnalysed = noted !== 0 || found.acks > 0 || found.inFlight > 0 || found.pushed > 0;
  if (!isAnalysed) return;
  const number = (name: string, value: number): void => {
    if (value > 0) emit(name, String(value));
  };
  const time = (name: string, value: Span | null): boolean => {
    if (value === null || isZero(value)) return false;
    emit(name, formatSpan(value));
    return true;
  };
  emit("tcp.analysis", "1");
  number("tcp.analysis.acks_frame", found.acks);
  time("tcp.analysis.ack_rtt", found.roundTrip);
  time("tcp.analysis.initial_rtt", found.handshake);
  number("tcp.analysis.bytes_in_flight", found.inFlight);
  number("tcp.analysis.push_bytes_sent", found.pushed);
  if (noted !== 0) emit("tcp.analysis.flags", "1");
  if ((noted & RETRANSMISSIONS) !== 0) emit("tcp.analysis.retransmission", "1");
  // Shown by the number and by the remark.
  if ((noted & TcpMark.duplicateAck) !== 0) emit("tcp.analysis.duplicate_ack", "1");
  number("tcp.analysis.duplicate_ack_num", found.duplicate);
  number("tcp.analysis.duplicate_ack_frame", found.duplicateOf);
  if (time("tcp.analysis.rto", found.timeout)) number("tcp.analysis.rto_frame", found.timeoutFrame);
}
