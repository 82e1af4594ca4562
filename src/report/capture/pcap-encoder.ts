import { joined } from "../../bytes/joined.ts";
import { readU32, readU32le } from "../../bytes/numbers.ts";
import type { PcapHeaderBlock } from "../../files/blocks.ts";
import { OutputBuffer } from "../../files/output-buffer.ts";
import { pcapHeader, pcapRecord } from "../../files/pcap-write-headers.ts";
import type { CaptureInterface } from "../../files/record.ts";
import type { Packet } from "../../packet/packet.ts";
import { ReportError } from "../errors.ts";
import type { ReportOptions } from "../report.ts";
import { heldSeconds, interfaceOf, isCountedBlock, type OwnRecord, saysTheSame } from "./frame.ts";

/** What Wireshark takes for the longest frame: readers want no smaller limit than the longest frame has. */
const LONGEST_FRAME = 262_144;
const LARGEST_LIMIT = 0x7fff_ffff;
/** The last second that pcap holds. */
const LAST_SECOND = 0xffff_ffff;
/** Bytes of a record's header, and of the longer one of files that are called modified. */
const HEADER = 16;
const LONG_HEADER = 24;

const NOTHING = new Uint8Array(0);

/** What the header of the file says. */
interface Shape {
  readonly linkType: number;
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly modified: boolean;
  /** Bytes that a record may have: of a file that is copied, as many as it has. */
  readonly limit: number;
  /** Whether records of the capture can be taken as they are: it is the one that the header is of. */
  readonly isCopy: boolean;
  /** Whether records of this version of the format may have their two lengths the other way round, and whether all do. */
  readonly isOld: boolean;
  readonly isSwapped: boolean;
}

/** How a capture is written that is no copy. */
type CaptureWriting = Pick<ReportOptions, "linkType" | "littleEndian" | "nanoseconds">;

/** DG/UX calls the oldest version so. */
const DG_UX = 543;

/**
 * Makes the bytes of a pcap file. With the header and the records of one, it is that file byte for byte. Otherwise the first
 * packet and the interfaces known by then say what the header does: the link type, the check sequence, the most bytes of a
 * frame, and nanoseconds where one of them is finer than microseconds. Frames that are longer than any reader takes are cut.
 */
export class PcapEncoder {
  private readonly linkType: number;
  /** That of the first interface, where one is described. */
  private described: number | null;
  private shape: Shape | null;
  private isFine: boolean;
  private snaplen: number;

  private readonly littleEndian: boolean;
  private readonly nanoseconds: boolean | undefined;

  constructor({ linkType = 1, littleEndian = true, nanoseconds }: CaptureWriting = {}) {
    this.linkType = linkType;
    this.littleEndian = littleEndian;
    this.nanoseconds = nanoseconds;
    this.described = null;
    this.shape = null;
    this.isFine = false;
    this.snaplen = LONGEST_FRAME;
  }

  /** The header of a pcap file, to be gone on with; another one behind it says nothing. */
  header(block: PcapHeaderBlock): Uint8Array {
    if (this.shape !== null) {
      this.shape = { ...this.shape, isCopy: false };
      return NOTHING;
    }
    const { linkType, littleEndian, nanoseconds, modified, majorVersion, minorVersion } = block;
    this.shape = {
      ...{ linkType, littleEndian, nanoseconds, modified },
      ...{ limit: Number.POSITIVE_INFINITY, isCopy: true },
      isOld: majorVersion === DG_UX || (majorVersion === 2 && minorVersion < 4),
      isSwapped: majorVersion === DG_UX || (majorVersion === 2 && minorVersion < 3),
    };
    return block.raw;
  }

  /** An interface that packets may come from. */
  interface({ resolution, snaplen, linkType }: CaptureInterface): void {
    this.described ??= linkType;
    this.isFine ||= resolution.base === 2 || resolution.exponent > 6;
    this.snaplen = Math.min(Math.max(this.snaplen, snaplen), LARGEST_LIMIT);
  }

  /** The header of a file without packets, where there was none. */
  end(): Uint8Array {
    return this.shape === null ? this.begin(this.described ?? this.linkType) : NOTHING;
  }

  /**
   * The next record, the first behind the header of the file.
   *
   * @throws ReportError for a packet of another link type than the first.
   */
  record(packet: Packet, own?: OwnRecord): Uint8Array {
    if (isCountedBlock(packet)) return NOTHING;
    packet.bytes();
    const { origin } = packet;
    const linkType = origin.linkType < 0 ? this.linkType : origin.linkType;
    if (this.shape === null) {
      const info = interfaceOf(packet);
      if (info === undefined) this.isFine ||= packet.nanoseconds % 1000 > 0;
      else this.interface(info);
      const head = this.begin(linkType, info?.fcsLength);
      return joined([head, this.made(packet, this.shape!)]);
    }
    const { shape } = this;
    if (linkType !== shape.linkType) throw otherLinkType(packet, linkType, shape.linkType);
    const isOwn = own !== undefined && shape.isCopy && interfaceOf(packet)?.format === "pcap";
    return isOwn ? copied(packet, own, shape) : this.made(packet, shape);
  }

  private begin(linkType: number, fcsLength = -1): Uint8Array {
    const { littleEndian, snaplen } = this;
    const nanoseconds = this.nanoseconds ?? this.isFine;
    this.shape = {
      ...{ linkType, littleEndian, nanoseconds, modified: false },
      ...{ limit: snaplen, isCopy: false, isOld: false, isSwapped: false },
    };
    // The header counts pairs of bytes.
    const fcs = fcsLength % 2 === 0 && fcsLength <= 30 ? fcsLength : -1;
    return pcapHeader({ linkType, littleEndian, nanoseconds, snaplen, fcsLength: fcs });
  }

  private made(packet: Packet, shape: Shape): Uint8Array {
    const { data, start, end, originalLength, nanoseconds } = packet;
    const record = pcapRecord(
      {
        data: data.subarray(start, Math.min(end, start + shape.limit)),
        originalLength,
        seconds: heldSeconds(packet, LAST_SECOND),
        nanoseconds: Math.max(nanoseconds, 0),
      },
      shape,
    );
    const captured = record.slice(8, 12);
    if (shape.isSwapped) record.copyWithin(8, 12, 16).set(captured, 12);
    if (!shape.modified) return record;
    // Where the frame came from, which nobody knows.
    const unknown = new Uint8Array(LONG_HEADER - HEADER);
    return joined([record.subarray(0, HEADER), unknown, record.subarray(HEADER)]);
  }
}

/** The record as it stands in its file, or with the same header before other bytes. */
function copied(packet: Packet, { bytes, littleEndian }: OwnRecord, shape: Shape): Uint8Array {
  const at = shape.modified ? LONG_HEADER : HEADER;
  const word = littleEndian ? readU32le : readU32;
  const { data, start, end, originalLength } = packet;
  // Which of the two lengths is which in an old file only its reader knows.
  const original = shape.isOld ? originalLength : word(bytes, 12);
  if (bytes.length === at + end - start && saysTheSame(packet, bytes, at, original)) return bytes;
  const out = new OutputBuffer(littleEndian, at + end - start);
  out.append(bytes, 0, 8);
  out.put32(shape.isSwapped ? originalLength : end - start);
  out.put32(shape.isSwapped ? end - start : originalLength);
  out.append(bytes, HEADER, at);
  out.append(data, start, end);
  return out.take();
}

function otherLinkType({ number }: Packet, linkType: number, first: number): ReportError {
  return new ReportError(
    "ERR_REPORT_LINK_TYPE",
    `packet ${number} is of link type ${linkType}, and a pcap file holds those of one, here ${first}: use pcapng`,
  );
}
