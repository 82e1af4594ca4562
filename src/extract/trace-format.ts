import { joined } from "../bytes/joined.ts";
import { PcapWriter } from "../files/pcap-writer.ts";
import { PcapngWriter } from "../files/pcapng-writer.ts";
import type { Packet } from "../packet/packet.ts";
import type { Piece, Report, ReportFormat } from "../report/report.ts";
import { reports } from "../report/reports.ts";

/** What the first packet says of all that go into one file. */
export interface TraceSource {
  /** LINKTYPE_ number of the frames. */
  readonly linkType: number;
  /** Bytes that the capture kept of a frame at most; 0 where it does not say. */
  readonly snaplen: number;
  /** Whether its times are finer than microseconds. */
  readonly nanoseconds: boolean;
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

/** What Wireshark takes for the longest frame: readers want no smaller limit than the longest frame has. */
const LONGEST_FRAME = 262_144;
/** The last second that pcap holds, and the last that 64 bits of nanoseconds do. */
const LAST_SECOND = 0xffff_ffff;
const LAST_NANOSECOND_TIME = 18_446_744_072;

class PcapEncoder implements TraceEncoder {
  private readonly writer: PcapWriter;

  constructor({ linkType, snaplen, nanoseconds }: TraceSource) {
    this.writer = new PcapWriter({
      linkType,
      nanoseconds,
      snaplen: Math.min(Math.max(snaplen, LONGEST_FRAME), 0x7fff_ffff),
    });
  }
  add(packet: Packet): void {
    const { data, start, end, originalLength, seconds, nanoseconds } = packet;
    // The format has no times before 1970 or after 2106; the frames are worth more than that.
    const time = Math.min(Math.max(seconds, 0), LAST_SECOND);
    this.writer.write(data, start, end, originalLength, time, Math.max(nanoseconds, 0));
  }
  end(): void {}
  get size(): number {
    return this.writer.size;
  }
  take(): Uint8Array {
    return this.writer.take();
  }
}

/** One interface for each link type, described when its first frame comes. */
class PcapngEncoder implements TraceEncoder {
  private readonly writer: PcapngWriter;
  private readonly interfaces: Map<number, number>;
  private readonly linkType: number;

  constructor({ linkType }: TraceSource) {
    this.writer = new PcapngWriter();
    this.interfaces = new Map();
    this.linkType = linkType;
  }
  add(packet: Packet): void {
    const { data, start, end, originalLength, seconds, nanoseconds, origin } = packet;
    const linkType = origin.linkType < 0 ? this.linkType : origin.linkType;
    let index = this.interfaces.get(linkType);
    if (index === undefined) {
      index = this.writer.interface({ linkType });
      this.interfaces.set(linkType, index);
    }
    const time = Math.min(Math.max(seconds, 0), LAST_NANOSECOND_TIME);
    this.writer.write(data, start, end, originalLength, time, nanoseconds, index);
  }
  end(): void {}
  get size(): number {
    return this.writer.size;
  }
  take(): Uint8Array {
    return this.writer.take();
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
  oneLinkType: false,
  encoder: () => new ReportEncoder(format.create()),
});

/**
 * The formats of a flow trace by name: `pcap`, `pcapng` and every report. For one more, make a map of these and yours.
 */
export const traceFormats: ReadonlyMap<string, TraceFormat> = new Map<string, TraceFormat>([
  ["pcap", { extension: "pcap", oneLinkType: true, encoder: (source) => new PcapEncoder(source) }],
  [
    "pcapng",
    { extension: "pcapng", oneLinkType: false, encoder: (source) => new PcapngEncoder(source) },
  ],
  ...[...reports].map(([name, format]) => [name, ofReport(format)] as const),
]);
