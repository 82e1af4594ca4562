/** Writes pcapng files (draft-ietf-opsawg-pcapng): numbers, bytes and recipes in, the bytes of the file out. */

import { readU32, readU32le } from "../bytes/numbers.ts";
import { type Block, blockTypes, type PcapHeaderBlock } from "./blocks.ts";
import { checkRange } from "./check.ts";
import type { PacketOptions } from "./options.ts";
import { OutputBuffer } from "./output-buffer.ts";
import type { WritablePacket } from "./pcap-writer.ts";
import {
  beyond,
  type CustomBlockRecipe,
  customBlock,
  interfaceStatistics,
  type NamesRecipe,
  nameResolution,
  type StatisticsRecipe,
  type UnknownBlockRecipe,
  unknownBlock,
} from "./pcapng-write-blocks.ts";
import { checkFrame, checkPlace, interfaceOf } from "./pcapng-write-check.ts";
import {
  type InterfaceRecipe,
  interfaceDescription,
  type SectionRecipe,
  sectionHeader,
} from "./pcapng-write-interface.ts";
import {
  type ObsoletePacketOptionsRecipe,
  obsoletePacketOptions,
  type PacketOptionsRecipe,
  packetOptions,
} from "./pcapng-write-packet.ts";
import {
  beginPacket,
  endPacket,
  simplePacketBlock,
  simplePacketHolds,
} from "./pcapng-write-packet-block.ts";
import {
  decryptionSecrets,
  type JournalRecipe,
  journalBlock,
  type SecretsRecipe,
} from "./pcapng-write-secrets.ts";
import { NO_TIME } from "./record.ts";
import { MICROSECONDS, NANOSECONDS, type TimeResolution, UnitCounter } from "./timestamp.ts";

/** How a {@link PcapngWriter} begins a file of which nothing else is said. */
export interface PcapngWriterOptions extends InterfaceRecipe {
  /** Whether the low byte of numbers comes first; true unless told. A section can say otherwise. */
  readonly littleEndian?: boolean;
  /** What the first section header says. */
  readonly section?: SectionRecipe;
}

/** What the writer knows of an interface of the current section. */
interface Described {
  readonly counter: UnitCounter;
  /** Bytes that the description says are kept of a frame; 0 for all. */
  readonly snaplen: number;
  /** Bytes that are written of a frame. */
  readonly limit: number;
}

const NO_OPTIONS = new Uint8Array(0);
/** What pcapng calls a drop count that is not known. */
const UNKNOWN_DROPS = 0xffff;

/**
 * Collects the bytes of a pcapng file. Write records until {@link size} is worth a write, then {@link take} the
 * bytes. Packets need a section and an interface; what has not been written when it is needed is written as the options
 * of the constructor say, which describe an Ethernet with nanoseconds unless told. A file without packets needs a
 * {@link section} of its own.
 *
 * @example
 * const writer = new PcapngWriter({ linkType: 1, name: "eth0" });
 * writer.write(bytes, 0, bytes.length, bytes.length, 1_700_000_000, 0, 0, { comment: "the first" });
 * const file = writer.take();
 */
export class PcapngWriter {
  private readonly out: OutputBuffer;
  private readonly defaults: PcapngWriterOptions;
  private sections = 0;
  /** The interfaces of the current section by their id, and the number in the file of the first. */
  private interfaces: Described[] = [];
  private first = 0;

  constructor(options: PcapngWriterOptions = {}) {
    this.defaults = options;
    this.out = new OutputBuffer(options.littleEndian !== false);
  }

  /** Bytes that {@link take} would give now. */
  get size(): number {
    return this.out.size;
  }

  /** The bytes written since the last call. They are the caller's: the writer starts a new buffer. */
  take(): Uint8Array {
    return this.out.take();
  }

  /**
   * Begins a section: interfaces have to be described anew.
   *
   * @throws TypeError or RangeError for a value that does not fit, naming it.
   */
  section(recipe: SectionRecipe = {}): void {
    const littleEndian = recipe.littleEndian ?? this.defaults.littleEndian !== false;
    this.begin(sectionHeader(recipe, littleEndian), littleEndian);
  }

  /**
   * Describes an interface and gives its number in the file, counted over all sections as readers count. Times are
   * stored in nanoseconds unless told; longer frames than its snaplen are cut.
   *
   * @throws TypeError or RangeError for a value that does not fit, naming it.
   */
  interface(recipe: InterfaceRecipe = {}): number {
    this.open();
    const { resolution = NANOSECONDS, timeOffset = 0, snaplen = 0 } = recipe;
    this.put(interfaceDescription({ ...recipe, resolution }, this.out.littleEndian));
    return this.describe(resolution, timeOffset, snaplen, snaplen === 0 ? Infinity : snaplen);
  }

  /**
   * Adds the packet b[start, end) with its length on the wire, its time (seconds since 1970 and 0..999999999
   * nanoseconds) and the number of its interface, the section's first unless told, as an enhanced packet block. What
   * the interface's unit cannot hold of the time is cut off. Options are a recipe, what a reader says of a packet, or
   * bytes in the section's byte order, such as {@link packetOptions} gives.
   *
   * With {@link NO_TIME} for nanoseconds it becomes a simple packet block, which has no time, where such a block can
   * hold it; it then has to be of the section's first interface, without options. Otherwise its time is 0.
   *
   * @throws RangeError for a number out of its range or an interface that the section has not.
   */
  write(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex = this.first,
    options?: Uint8Array | PacketOptionsRecipe | PacketOptions,
  ): void {
    const { counter, limit, snaplen } = this.described(interfaceIndex);
    checkPlace(b, start, end, originalLength);
    const { out } = this;
    const captured = Math.min(end - start, limit);
    const optionBytes = options === undefined ? NO_OPTIONS : this.optionsOf(options);
    if (nanoseconds === NO_TIME) {
      const plain = interfaceIndex === this.first && optionBytes.length === 0;
      if (plain && simplePacketHolds(captured, originalLength, snaplen)) {
        simplePacketBlock(this.out, b, start, captured, originalLength);
        return;
      }
      if (!counter.set(Math.max(counter.first, 0), 0)) throw beyond("seconds", counter, 0);
    } else {
      checkRange("nanoseconds", nanoseconds, 0, 999_999_999);
      if (!counter.set(seconds, nanoseconds)) throw beyond("seconds", counter, seconds);
    }
    const length = beginPacket(out, blockTypes.enhancedPacket, captured, optionBytes.length);
    out.put32(interfaceIndex - this.first);
    out.put32(counter.high);
    out.put32(counter.low);
    endPacket(out, b, start, captured, originalLength, optionBytes, length);
  }

  /**
   * Adds a packet as {@link write} does. Of a `Packet` whose fields were changed, call `bytes()` first, which brings
   * lengths and checksums up to date.
   *
   * @throws RangeError as {@link write}.
   */
  add(
    { data, start, end, originalLength, seconds, nanoseconds }: WritablePacket,
    interfaceIndex = this.first,
    options?: Uint8Array | PacketOptionsRecipe | PacketOptions,
  ): void {
    this.write(data, start, end, originalLength, seconds, nanoseconds, interfaceIndex, options);
  }

  /**
   * Adds b[start, end) as a simple packet block, which says nothing but the length on the wire; it belongs to the
   * section's first interface, whose snaplen tells readers where a cut packet ends.
   *
   * @throws RangeError where a reader would take the packet for longer or shorter.
   */
  simplePacket(b: Uint8Array, start: number, end: number, originalLength: number): void {
    const { limit, snaplen } = this.described(this.first);
    checkPlace(b, start, end, originalLength);
    const captured = Math.min(end - start, limit);
    if (!simplePacketHolds(captured, originalLength, snaplen)) {
      throw new RangeError(
        `originalLength must be ${captured}, or the interface's snaplen must be, got ${originalLength}: ` +
          "a simple packet block does not say how many bytes were captured",
      );
    }
    simplePacketBlock(this.out, b, start, captured, originalLength);
  }

  /**
   * Adds a packet as an obsolete packet block, which only old programs write: as {@link write}, with the packets
   * dropped before it, 0..65534, or undefined where that is not known.
   *
   * @throws RangeError as {@link write}.
   */
  obsoletePacket(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex = this.first,
    dropCount?: number,
    options: ObsoletePacketOptionsRecipe = {},
  ): void {
    const { counter, limit } = this.described(interfaceIndex);
    const { out } = this;
    checkPlace(b, start, end, originalLength);
    checkRange("interfaceIndex", interfaceIndex, this.first, this.first + 0xffff);
    if (dropCount !== undefined) checkRange("dropCount", dropCount, 0, UNKNOWN_DROPS - 1);
    checkRange("nanoseconds", nanoseconds, 0, 999_999_999);
    if (!counter.set(seconds, nanoseconds)) throw beyond("seconds", counter, seconds);
    const captured = Math.min(end - start, limit);
    const optionBytes = obsoletePacketOptions(options, out.littleEndian);
    const length = beginPacket(out, blockTypes.packet, captured, optionBytes.length);
    out.put16(interfaceIndex - this.first);
    out.put16(dropCount ?? UNKNOWN_DROPS);
    out.put32(counter.high);
    out.put32(counter.low);
    endPacket(out, b, start, captured, originalLength, optionBytes, length);
  }

  /** Adds names of addresses. @throws TypeError or RangeError for a value that does not fit, naming it. */
  names(recipe: NamesRecipe): void {
    this.open();
    this.put(nameResolution(recipe, this.out.littleEndian));
  }

  /** Adds what an interface counted. @throws TypeError or RangeError for a value that does not fit, naming it. */
  statistics(recipe: StatisticsRecipe): void {
    const { interfaceIndex = this.first } = recipe;
    const { counter } = this.described(interfaceIndex);
    const id = interfaceIndex - this.first;
    this.put(interfaceStatistics(recipe, id, counter, this.out.littleEndian));
  }

  /** Adds keys. @throws TypeError or RangeError for a value that does not fit, naming it. */
  secrets(recipe: SecretsRecipe): void {
    this.open();
    this.put(decryptionSecrets(recipe, this.out.littleEndian));
  }

  /** Adds an entry of the systemd journal. @throws RangeError for a field that does not fit, naming it. */
  journal(recipe: JournalRecipe): void {
    this.open();
    this.put(journalBlock(recipe, this.out.littleEndian));
  }

  /** Adds a block of somebody's own. @throws RangeError for a value that does not fit, naming it. */
  custom(recipe: CustomBlockRecipe): void {
    this.open();
    this.put(customBlock(recipe, this.out.littleEndian));
  }

  /** Adds a block of any type by its number. @throws RangeError for a value that does not fit, naming it. */
  unknown(recipe: UnknownBlockRecipe): void {
    this.open();
    this.put(unknownBlock(recipe, this.out.littleEndian));
  }

  /**
   * Writes a block that a reader found, byte for byte as it stood in its file (its `raw`). Section headers begin a
   * section of their byte order; interfaces are described by them, and packets of theirs are not cut. The header of a
   * pcap file becomes the description of its interface. A section length stays as it was, even if you leave blocks out.
   *
   * Gives the number in this file of the interface that the block describes, or -1 for all other blocks.
   *
   * @throws RangeError for a block of another byte order than the section's, or whose bytes are none.
   */
  block(block: Block): number {
    const { raw, littleEndian } = block;
    if (block.kind === "pcapHeader") return this.pcapInterface(block);
    checkFrame(raw, 0, raw.length, littleEndian);
    if (block.kind === "sectionHeader") {
      this.begin(raw, littleEndian);
      return -1;
    }
    this.checkOrder(littleEndian);
    this.put(raw);
    if (block.kind !== "interfaceDescription") return -1;
    const { resolution, timeOffset, snaplen } = block.interface;
    return this.describe(resolution, timeOffset, snaplen, Infinity);
  }

  /**
   * Writes a packet that a reader of a pcapng file gave to its sink, byte for byte with all that its block has: the
   * block begins at b[recordStart], and its section and interfaces have been written with {@link block}.
   *
   * @throws RangeError where there is no such block, or its byte order or interface is none of this section.
   */
  copy(b: Uint8Array, recordStart: number, littleEndian: boolean): void {
    const id = interfaceOf(b, recordStart, littleEndian);
    if (id < 0) {
      throw new RangeError(`recordStart must be where a packet block begins, got ${recordStart}`);
    }
    this.checkOrder(littleEndian);
    checkRange("the packet's interface in its section", id, 0, this.interfaces.length - 1);
    const length = (littleEndian ? readU32le : readU32)(b, recordStart + 4);
    checkFrame(b, recordStart, length, littleEndian);
    this.out.reserve(length);
    this.out.append(b, recordStart, recordStart + length);
  }

  private checkOrder(littleEndian: boolean): void {
    if (this.sections === 0) throw new RangeError("a section header has to be written first");
    if (littleEndian === this.out.littleEndian) return;
    const order = littleEndian ? "low byte first" : "high byte first";
    throw new RangeError(`a block with the ${order} cannot stand in a section of the other order`);
  }

  /** The interface of a pcap file, whose records may be longer than its header says. */
  private pcapInterface({ linkType, snaplen, fcsLength, nanoseconds }: PcapHeaderBlock): number {
    this.open();
    const resolution = nanoseconds ? NANOSECONDS : MICROSECONDS;
    const recipe = { linkType, snaplen, fcsLength, resolution };
    this.put(interfaceDescription(recipe, this.out.littleEndian));
    return this.describe(resolution, 0, snaplen, Infinity);
  }

  /** Sees to it that there is a section. */
  private open(): void {
    if (this.sections === 0) this.section(this.defaults.section);
  }

  private begin(header: Uint8Array, littleEndian: boolean): void {
    this.out.littleEndian = littleEndian;
    this.sections++;
    this.first += this.interfaces.length;
    this.interfaces = [];
    this.put(header);
  }

  private describe(
    resolution: TimeResolution,
    timeOffset: number,
    snaplen: number,
    limit: number,
  ): number {
    const counter = new UnitCounter(resolution, timeOffset);
    return this.first + this.interfaces.push({ counter, snaplen, limit }) - 1;
  }

  /** An interface of the current section; the first one is described when there is none yet. */
  private described(index: number): Described {
    const { first, interfaces } = this;
    const found = interfaces[index - first];
    if (found !== undefined) return found;
    const last = first + Math.max(interfaces.length - 1, 0);
    if (index !== first) checkRange("interfaceIndex", index, first, last);
    this.interface(this.defaults);
    return this.interfaces[0]!;
  }

  private optionsOf(options: Uint8Array | PacketOptionsRecipe | PacketOptions): Uint8Array {
    if (!(options instanceof Uint8Array)) return packetOptions(options, this.out.littleEndian);
    if (options.length % 4 === 0) return options;
    throw new RangeError(`options must have a multiple of 4 bytes, got ${options.length}`);
  }

  private put(bytes: Uint8Array): void {
    this.out.reserve(bytes.length);
    this.out.append(bytes, 0, bytes.length);
  }
}
