/** Writes the packets of any capture as a pcap file, which has one link type and knows packets only. */

import type { Block } from "./blocks.ts";
import { limitedSnaplen } from "./cut.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { pcapHeader } from "./pcap-write-headers.ts";
import type { CaptureInterface } from "./record.ts";
import type { RecordTarget, TargetOptions } from "./record-target.ts";

/** What a header says where the capture sets no limit. */
const SNAPLEN = 262_144;
const RECORD_HEADER = 16;
const LAST_SECOND = 0xffff_ffff;

/** Whether a pcap file has to count nanoseconds to hold the times of an interface. */
const isFine = ({ resolution: { base, exponent } }: CaptureInterface): boolean =>
  base === 10 ? exponent > 6 : exponent > 19;

/**
 * A sink that makes a pcap file. The header is written with the first packet: link type and frame check sequence are those of
 * its interface (of the first one in a file without packets), and times are counted in nanoseconds where an interface that
 * has been described by then does so.
 *
 * A packet of another link type, or of a time that pcap cannot hold, is a RangeError that says what to do.
 */
export class ToPcap implements RecordTarget {
  private readonly out = new OutputBuffer(true);
  private readonly most: number;
  /** The interfaces by their number in the file, as far as they have been described. */
  private readonly interfaces: CaptureInterface[] = [];
  private linkType = -1;
  private nanosecondsPerTick = 1000;
  private count = 0;

  constructor({ snaplen }: TargetOptions) {
    this.most = snaplen ?? Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.out.size;
  }

  take(): Uint8Array {
    return this.out.take();
  }

  interface(info: CaptureInterface): void {
    this.interfaces[info.index] = info;
  }

  block(_block: Block): void {}

  record(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex: number,
  ): void {
    this.count++;
    const { linkType } = this.interfaces[interfaceIndex]!;
    if (this.linkType < 0) this.begin(this.interfaces[interfaceIndex]);
    else if (linkType !== this.linkType) throw this.otherLinkType(linkType);
    // Converted from a file that counts otherwise, a time may lie before 1970 or after 2106.
    if (seconds < 0 || seconds > LAST_SECOND) throw this.otherTime(seconds);
    const { out } = this;
    const captured = Math.min(end - start, this.most);
    out.reserve(RECORD_HEADER + captured);
    out.put32(seconds);
    out.put32(Math.floor(Math.max(nanoseconds, 0) / this.nanosecondsPerTick));
    out.put32(captured);
    out.put32(originalLength);
    out.append(b, start, start + captured);
  }

  finish(): void {
    if (this.linkType < 0) this.begin(this.interfaces[0]);
  }

  private begin(first: CaptureInterface | undefined): void {
    const { linkType = 1, fcsLength = -1 } = first ?? {};
    const known = this.interfaces.filter((one) => one !== undefined);
    const isNano = known.some(isFine);
    const isStated = fcsLength >= 0 && fcsLength <= 30 && fcsLength % 2 === 0;
    const longest = known.reduce((most, { snaplen }) => Math.max(most, snaplen || SNAPLEN), 1);
    const header = pcapHeader({
      linkType,
      nanoseconds: isNano,
      fcsLength: isStated ? fcsLength : -1,
      snaplen: limitedSnaplen(known.length === 0 ? SNAPLEN : longest, this.most),
    });
    this.linkType = linkType;
    this.nanosecondsPerTick = isNano ? 1 : 1000;
    this.out.reserve(header.length);
    this.out.append(header, 0, header.length);
  }

  private otherLinkType(found: number): RangeError {
    return new RangeError(
      `a pcap file has one link type: packet ${this.count} has ${found} and those before it have ` +
        `${this.linkType}; choose pcapng, which can hold both`,
    );
  }

  private otherTime(seconds: number): RangeError {
    return new RangeError(
      `a pcap file cannot hold the time of packet ${this.count}, ${seconds} seconds from 1970; choose pcapng`,
    );
  }
}
