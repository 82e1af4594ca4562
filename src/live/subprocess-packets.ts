import { PcapReader } from "../files/pcap-reader.ts";
import type { CaptureInterface, RecordSink } from "../files/record.ts";
import type { PacketFilter, PacketSink } from "./source.ts";

/** The longest packet that capture programs write, and what they keep of one unless told. */
export const LONGEST = 262_144;
/** Room for the longest packet and what follows it. */
const WINDOW = 1 << 19;
const UNKNOWN_KIND = -1;
/** Numbers kept of a packet that waits. */
const PARTS = 5;

/**
 * A pcap file that comes in pieces, cut anywhere: the packets of one piece, until they are handed out. They lie in memory that
 * the next piece overwrites.
 */
export class PacketWindow implements RecordSink {
  /** Number of the link type; -1 before the header of the file has come. */
  linkType: number;
  private readonly reader: PcapReader;
  /** `bytes[at, end)` are the beginning of a packet. */
  private bytes: Buffer;
  private at: number;
  private end: number;
  /** Where in the file the window begins. */
  private base: number;
  /** Of each packet where it lies, how long it was, and its time. */
  private readonly numbers: number[];
  private next: number;

  constructor(linkType = -1) {
    this.linkType = linkType;
    this.reader = new PcapReader({ maxRecordLength: LONGEST });
    this.bytes = Buffer.allocUnsafeSlow(WINDOW);
    this.at = this.end = this.base = 0;
    this.numbers = [];
    this.next = 0;
  }

  /** Whether all packets were handed out. */
  get isEmpty(): boolean {
    return this.next === this.numbers.length;
  }

  /**
   * Takes the next piece, and gives how many packets are whole now. All packets before must have been handed out.
   *
   * @throws CaptureError when it is no pcap file; good packets before the fault can be handed out.
   */
  push(piece: Buffer): number {
    const { bytes, at, end } = this;
    const length = end - at;
    // Only where a piece is longer than streams give them.
    if (length + piece.length > bytes.length)
      this.bytes = Buffer.allocUnsafeSlow(2 * (length + piece.length));
    bytes.copy(this.bytes, 0, at, end);
    piece.copy(this.bytes, length);
    this.base += at;
    this.at = 0;
    this.end = length + piece.length;
    this.numbers.length = this.next = 0;
    this.at = this.reader.read(this.bytes, 0, this.end, this.base, this);
    return this.numbers.length / PARTS;
  }

  /** Hands out packets that a filter wants, at most `most`, and gives how many. */
  hand(sink: PacketSink, most: number, filter: PacketFilter | null): number {
    const { bytes, numbers } = this;
    let count = 0;
    while (count < most && this.next < numbers.length) {
      const at = this.next;
      const start = numbers[at]!;
      const end = numbers[at + 1]!;
      const length = numbers[at + 2]!;
      this.next = at + PARTS;
      if (filter !== null && !filter.filter(bytes.subarray(start, end), length)) continue;
      sink.packet(bytes, start, end, length, numbers[at + 3]!, numbers[at + 4]!, UNKNOWN_KIND);
      count++;
    }
    return count;
  }

  interface(info: CaptureInterface): void {
    this.linkType = info.linkType;
  }

  record(
    _bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.numbers.push(start, end, originalLength, seconds, nanoseconds);
  }

  /** The header of the file; what matters of it is the interface. */
  block(): void {}
}
