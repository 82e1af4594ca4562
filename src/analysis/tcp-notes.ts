import type { Packet } from "../packet/packet.ts";
import { tcp } from "../protocols/transport/tcp.ts";
import { ShownLayers } from "./shown-layers.ts";
import { TcpAnalysis, type TcpFindings, TcpMark } from "./tcp-analysis.ts";

/** What may be noted of a TCP segment; the rules are those of {@link TcpAnalysis}. */
export type TcpNoteKind = keyof typeof TcpMark;

/** One thing that is worth a look, and the packets that show it. */
export interface TcpNote {
  readonly kind: TcpNoteKind;
  /** The packet that it is about. */
  readonly number: number;
  /** `tcp.stream` of its connection. */
  readonly stream: number;
  /** Numbers of the packets before it that it rests on: the segment sent first, the acknowledgment that is repeated. */
  readonly evidence: readonly number[];
  /** In words. */
  readonly text: string;
}

/** What is told of each note; `n` stands for a number that it has. */
const texts: Readonly<Record<TcpNoteKind, string>> = {
  retransmission: "sent again",
  fastRetransmission: "sent again at once, asked for by duplicate acknowledgments",
  spuriousRetransmission: "sent again, though it was acknowledged",
  outOfOrder: "overtaken by a later segment",
  lostSegment: "a segment before it was not captured",
  ackLostSegment: "acknowledges what was not captured",
  duplicateAck: "repeats an acknowledgment",
  zeroWindow: "takes no more data: its window is zero",
  zeroWindowProbe: "asks whether a window is open again",
  zeroWindowProbeAck: "answers that its window is still zero",
  windowFull: "fills the window of the other side",
  windowUpdate: "tells a new window",
  keepAlive: "asks whether the other side is still there",
  keepAliveAck: "answers that it is still there",
  reusedPorts: "begins a connection on ports that had another one",
  fastOpenSyn: "begins with a cookie of Fast Open",
  fastOpenAck: "takes the data of Fast Open",
  fastOpenIgnored: "does not take the data of Fast Open",
};

/** The kinds of notes, in the order in which they are told. */
export const tcpNoteKinds = Object.keys(TcpMark) as readonly TcpNoteKind[];

/**
 * Watches TCP connections and tells what is odd about them, as Wireshark's expert notes do: what was sent again, lost,
 * repeated, held up. Packets are to be given in order, each once.
 *
 * @example
 * const notes = new TcpNotes();
 * for (const packet of openCapture("capture.pcap"))
 *   for (const { number, kind, evidence } of notes.add(packet)) console.log(number, kind, evidence);
 */
export class TcpNotes {
  /** How often each kind was noted so far. */
  readonly counts: Readonly<Record<TcpNoteKind, number>>;
  private readonly counted: Record<TcpNoteKind, number>;
  private readonly analysis: TcpAnalysis;
  private readonly layers: ShownLayers;

  constructor() {
    this.counted = Object.fromEntries(tcpNoteKinds.map((kind) => [kind, 0])) as Record<
      TcpNoteKind,
      number
    >;
    this.counts = this.counted;
    this.analysis = new TcpAnalysis();
    this.layers = new ShownLayers();
  }

  /** The notes of a packet: none of most. What an ICMP error quotes was sent before, and is not noted again. */
  add(packet: Packet): TcpNote[] {
    const notes: TcpNote[] = [];
    this.see(packet, (found) => this.tell(found, packet.number, notes));
    return notes;
  }

  /** All that is known of each segment of a packet: also round trips, bytes in flight, what was seen of the connection. */
  findings(packet: Packet): TcpFindings[] {
    const all: TcpFindings[] = [];
    this.see(packet, (found) => all.push(found));
    return all;
  }

  private see(packet: Packet, take: (found: TcpFindings) => void): void {
    this.layers.visit(packet, (layer, isQuoted, inner) => {
      if (layer.schema.root !== tcp.schema) return;
      if (isQuoted) this.analysis.streams.find(layer);
      else take(this.analysis.see(layer, inner, packet));
    });
  }

  private tell(found: TcpFindings, number: number, notes: TcpNote[]): void {
    if (found.marks === 0) return;
    const { stream, marks } = found;
    for (const kind of tcpNoteKinds) {
      if ((marks & TcpMark[kind]) === 0) continue;
      this.counted[kind]++;
      const evidence = found.evidence?.get(TcpMark[kind]) ?? [];
      const times = kind === "duplicateAck" ? `, number ${found.duplicate} of its kind` : "";
      notes.push({ kind, number, stream, evidence, text: texts[kind] + times });
    }
  }
}
