/** What a capture file holds, and the two sides of reading one: the reader and the sink. */

import type { Block } from "./blocks.ts";
import type { BlockOption } from "./options.ts";
import type { TimeResolution } from "./timestamp.ts";

/** One interface of a capture; a classic pcap file has exactly one. */
export interface CaptureInterface {
  /** Its number over the whole file, from 0, in order of appearance. */
  readonly index: number;
  /** What the file is: only pcapng has sections and numbers its interfaces. */
  readonly format: "pcap" | "pcapng";
  /** Its number within its section, from 0: what blocks of that section call it. */
  readonly id: number;
  /** The number of its section, from 1. */
  readonly section: number;
  /** LINKTYPE_ number of the frames, 0..65535. */
  readonly linkType: number;
  /** Bytes kept of a frame at most; 0 means no limit. */
  readonly snaplen: number;
  /** The name in the operating system, when the file has it (if_name). */
  readonly name?: string;
  /** A description for people, when the file has it (if_description). */
  readonly description?: string;
  /** Bytes of frame check sequence that the frames end with, or -1 when the file does not say. */
  readonly fcsLength: number;
  /** The unit of its time stamps in the file. */
  readonly resolution: TimeResolution;
  /** Seconds that were added to its time stamps (if_tsoffset); records have them in already. */
  readonly timeOffset: number;
  /** Whether the numbers in `options` have their low byte first. */
  readonly littleEndian: boolean;
  /** All options of its description, known or not; empty for pcap. */
  readonly options: readonly BlockOption[];
}

/** The `nanoseconds` of a record that carries no time (simple packet blocks); `seconds` is 0 then. */
export const NO_TIME = -1;

/** Takes what a reader finds, in the order of the file. */
export interface RecordSink {
  /** An interface, before its first record. */
  interface(info: CaptureInterface): void;
  /**
   * One captured packet: the bytes b[start, end), which had `originalLength` bytes on the wire.
   *
   * The time is `seconds` since 1970, UTC (negative or beyond 2^32 in odd files), and `nanoseconds`
   * 0..999999999, or {@link NO_TIME}. b[optionsStart, optionsEnd) are the raw pcapng options of the
   * packet, empty when there are none; `readPacketOptions` decodes them. `recordStart` is where the
   * header of the record or block begins in b. A sink may leave out parameters it does not need.
   */
  record(
    b: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    interfaceIndex: number,
    optionsStart: number,
    optionsEnd: number,
    littleEndian: boolean,
    recordStart: number,
  ): void;
  /** The header of a pcap file, or a block of a pcapng file that is not a packet. */
  block(block: Block): void;
}

/** The two capture formats that are read. */
export type RecordFormat = "pcap" | "pcapng";

/** Options of every reader of records. */
export interface RecordReaderOptions {
  /**
   * Bytes that one record or block may take, 64 MiB unless told. A longer one is a fault: nearly
   * always its length field is damaged, and the limit bounds the memory a file can ask for.
   */
  readonly maxRecordLength?: number;
}

/** The default of {@link RecordReaderOptions.maxRecordLength}, in bytes. */
export const MAX_RECORD_LENGTH = 64 * 1024 * 1024;

/** Finds the records in consecutive pieces of one capture file. Holds no bytes itself. */
export interface RecordReader {
  readonly format: RecordFormat;
  /**
   * Passes every whole record of b[at, end) to the sink and gives the offset in b of the first byte
   * it did not consume; the next call must begin with that byte. `base` is the file offset of b[0].
   *
   * @throws CaptureError at the first fault, after all records before it were passed on.
   */
  read(b: Uint8Array, at: number, end: number, base: number, sink: RecordSink): number;
  /** Bytes the next record takes in all, as far as its header is known; at least 1. */
  readonly needed: number;
  /**
   * To be called when the input has ended with b[at, end) unconsumed.
   *
   * @throws CaptureError when these bytes are the beginning of a record.
   */
  finish(b: Uint8Array, at: number, end: number, base: number): void;
  /**
   * After {@link read} or {@link finish} threw: looks in b[at, end), which lies behind the start of
   * the faulty record, for a place to go on from. Gives its offset in b, or ~keep when there is none
   * yet: the bytes before `keep` are ruled out and those from it on must be given again with more
   * behind them, unless `final` says that no more will come.
   */
  resync(b: Uint8Array, at: number, end: number, base: number, final: boolean): number;
}
