import type { Block } from "../../files/blocks.ts";
import type { PacketOptions } from "../../files/options.ts";
import { PcapngWriter } from "../../files/pcapng-writer.ts";
import type { CaptureInterface } from "../../files/record.ts";
import { UnitCounter } from "../../files/timestamp.ts";
import type { Packet } from "../../packet/packet.ts";
import { ReportError } from "../errors.ts";
import type { ReportOptions } from "../report.ts";
import {
  heldSeconds,
  interfaceOf,
  isCountedBlock,
  type OwnRecord,
  packetBlockPlace,
  saysTheSame,
} from "./frame.ts";

/** How a capture is written that is no copy. */
type CaptureWriting = Pick<ReportOptions, "linkType" | "littleEndian">;

/** The last second that 64 bits of nanoseconds hold all of. */
const LAST_SECOND = 18_446_744_072;

const NOTHING = new Uint8Array(0);

/** An interface that was written: its number in the file, and the seconds that it can count. */
interface Place {
  readonly index: number;
  readonly linkType: number;
  readonly first: number;
  readonly last: number;
}

/** What of a section was copied, as far as packets have to fit to it. */
interface Section {
  readonly number: number;
  readonly littleEndian: boolean;
  /** Its interfaces, by their id in it. */
  readonly places: Place[];
}

/**
 * Makes the bytes of a pcapng file. With all blocks and packets of one, it is that file byte for byte; a packet that is not
 * as it was in the file gets a block of its own on the same interface, with its options but for the hashes, which it no
 * longer has. With the header of a pcap file, that is the interface. Without either there is one interface for each link
 * type, in nanoseconds, described when its first frame comes.
 */
export class PcapngEncoder {
  private readonly linkType: number;
  private readonly writer: PcapngWriter;
  /** The section that is copied; `null` where none is. */
  private section: Section | null;
  /** Interfaces of packets that are not copied, by link type. */
  private readonly made: Map<number, Place>;

  constructor({ linkType = 1, littleEndian = true }: CaptureWriting = {}) {
    this.linkType = linkType;
    this.writer = new PcapngWriter({ littleEndian });
    this.section = null;
    this.made = new Map();
  }

  /** Bytes that {@link take} would give now. */
  get size(): number {
    return this.writer.size;
  }

  /** What was made since the last call. */
  take(): Uint8Array {
    return this.writer.size === 0 ? NOTHING : this.writer.take();
  }

  /** Adds a block of a capture, or the interface that the header of a pcap file speaks of. */
  block(block: Block): void {
    const index = this.writer.block(block);
    const { kind, section: number, littleEndian } = block;
    if (kind === "pcapHeader") {
      // Behind a pcapng file it is one more interface of the last section.
      this.section = null;
      this.made.clear();
      this.made.set(block.linkType, madePlace(index, block.linkType));
    } else if (kind === "sectionHeader") {
      this.section = { number, littleEndian, places: [] };
      this.made.clear();
    } else if (kind === "interfaceDescription")
      this.section?.places.push(copiedPlace(index, block.interface));
  }

  /**
   * Adds a packet.
   *
   * @throws ReportError for one of another link type than its interface in a file that is copied.
   */
  add(packet: Packet, options?: PacketOptions, own?: OwnRecord): void {
    if (isCountedBlock(packet)) return;
    packet.bytes();
    const info = interfaceOf(packet);
    if (info !== undefined && own !== undefined && this.isCopied(packet, info, own))
      this.writer.copy(own.bytes, 0, own.littleEndian);
    else this.write(packet, info, options, own);
  }

  /** A section of its own makes a file of what has no packets. */
  end(): void {
    if (this.section === null && this.made.size === 0) this.writer.section();
  }

  /** Whether the block of a packet can be taken as it stands in the capture. */
  private isCopied(packet: Packet, info: CaptureInterface, own: OwnRecord): boolean {
    const { section } = this;
    if (section === null || info.format !== "pcapng" || section.number !== info.section)
      return false;
    if (section.littleEndian !== own.littleEndian || info.id >= section.places.length) return false;
    const length = packet.end - packet.start;
    const place = packetBlockPlace(own, length);
    return (
      place !== undefined &&
      place.captured === length &&
      saysTheSame(packet, own.bytes, place.at, place.original)
    );
  }

  private write(
    packet: Packet,
    info: CaptureInterface | undefined,
    options: PacketOptions | undefined,
    own: OwnRecord | undefined,
  ): void {
    const { data, start, end, originalLength, nanoseconds } = packet;
    const { index, first, last } = this.placeOf(packet, info);
    const seconds = Math.max(heldSeconds(packet, last), first);
    // What was edited has no longer the hashes that it had.
    const said = options && own ? { ...options, hashes: [] } : options;
    this.writer.write(data, start, end, originalLength, seconds, nanoseconds, index, said);
  }

  /** The interface that a packet goes to: its own, or one of its link type. */
  private placeOf(packet: Packet, info: CaptureInterface | undefined): Place {
    const { section, made } = this;
    const { origin } = packet;
    const linkType = origin.linkType < 0 ? this.linkType : origin.linkType;
    if (section !== null) {
      const own = section.number === info?.section ? section.places[info.id] : undefined;
      const fits = (place: Place | undefined): boolean => place?.linkType === linkType;
      const place = fits(own) ? own : section.places.find(fits);
      if (place === undefined) throw noInterface(packet, linkType);
      return place;
    }
    let place = made.get(linkType);
    if (place === undefined) {
      place = madePlace(this.writer.interface({ linkType }), linkType);
      made.set(linkType, place);
    }
    return place;
  }
}

const madePlace = (index: number, linkType: number): Place => ({
  ...{ index, linkType },
  ...{ first: 0, last: LAST_SECOND },
});

function copiedPlace(index: number, { linkType, resolution, timeOffset }: CaptureInterface): Place {
  const { first, last } = new UnitCounter(resolution, timeOffset);
  // Of the very last second not all can be counted.
  return { index, linkType, first, last: Math.max(last - 1, first) };
}

/** Another interface among those that are copied would change the numbers of the ones behind it. */
function noInterface({ number }: Packet, linkType: number): ReportError {
  return new ReportError(
    "ERR_REPORT_LINK_TYPE",
    `packet ${number} is of link type ${linkType}, and no interface of the section that is copied has it`,
  );
}
