import { joined } from "../bytes/joined.ts";
import type { Packet } from "../packet/packet.ts";
import { PcapngEncoder } from "../report/capture/pcapng-encoder.ts";
import type { Piece, Report, ReportFormat } from "../report/report.ts";
import { reports } from "../report/reports.ts";

/** What the first packet says of all that go into one file. */
export interface TraceSource {
  /** LINKTYPE_ number of the frames. */
  readonly linkType: number;
  /** Bytes that the capture kept of a frame at most; 0 where it does not say. */
  readonly snaplen: number;
  /** Whether its times are finer than microseconds, or are to be. */
  readonly nanoseconds: boolean;
  /** Whether numbers in a capture are to have their low byte first. */
  readonly littleEndian: boolean;
}

/** Makes the bytes of one file, packet by packet. */
export interface TraceEncoder {
  add(packet: Packet): void;
  /** What stands behind the last packet. */
  end(): void;
  /** Bytes, or characters, that {@link take} would give now. */
  readonly size: number;
  /** What was made since the last call. */
  take(): Uint8Array;
}

/** A way to write the packets of a flow. */
export interface TraceFormat {
  /** What its files end with, without the dot. */
  readonly extension: string;
  /** Whether one file holds frames of one link type only. */
  readonly oneLinkType: boolean;
  encoder(source: TraceSource): TraceEncoder;
}

/** One interface for each link type, and what waits is counted while it does. */
class PcapngTraceEncoder implements TraceEncoder {
  private readonly encoder: PcapngEncoder;

  constructor({ linkType, littleEndian }: TraceSource) {
    this.encoder = new PcapngEncoder({ linkType, littleEndian });
  }
  add(packet: Packet): void {
    this.encoder.add(packet);
  }
  end(): void {}
  get size(): number {
    return this.encoder.size;
  }
  take(): Uint8Array {
    return this.encoder.take();
  }
}

const utf8 = new TextEncoder();

class ReportEncoder implements TraceEncoder {
  size: number;
  private readonly report: Report;
  private pieces: Piece[];

  constructor(report: Report) {
    this.report = report;
    this.size = 0;
    this.pieces = [];
    this.put(report.start());
  }
  add(packet: Packet): void {
    this.put(this.report.packet(packet));
  }
  end(): void {
    this.put(this.report.end());
  }
  take(): Uint8Array {
    const { pieces } = this;
    this.pieces = [];
    this.size = 0;
    return joined(pieces.map((one) => (typeof one === "string" ? utf8.encode(one) : one)));
  }
  private put(piece: Piece): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.size += piece.length;
  }
}

const ofReport = (format: ReportFormat): TraceFormat => ({
  extension: format.extension,
  oneLinkType: format.oneLinkType ?? false,
  encoder: ({ linkType, nanoseconds, littleEndian }) =>
    new ReportEncoder(format.create({ linkType, nanoseconds, littleEndian })),
});

/** What can be begun at any time, and leaves something to read. */
const isForTraces = ({ name, prepare }: ReportFormat): boolean =>
  prepare === undefined && name !== "null";

/**
 * The formats of a flow trace by name: every report that needs no package. For one more, make a map of these and yours.
 */
export const traceFormats: ReadonlyMap<string, TraceFormat> = new Map<string, TraceFormat>([
  ...[...reports]
    .filter(([, format]) => isForTraces(format))
    .map(([name, format]) => [name, ofReport(format)] as const),
  [
    "pcapng",
    {
      extension: "pcapng",
      oneLinkType: false,
      encoder: (source) => new PcapngTraceEncoder(source),
    },
  ],
]);
