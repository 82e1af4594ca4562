import type { Block } from "../files/blocks.ts";
import type { PacketOptions } from "../files/options.ts";
import type { Packet } from "../packet/packet.ts";
import type { Names } from "../schema/names.ts";
import type { AnyProtocol } from "../schema/protocol.ts";
import type { BlockCounts } from "./blocks.ts";
import type { Fields } from "./content.ts";
import type { Source } from "./frame.ts";

/** A part of a report, in order: text, to be written as UTF-8, or bytes as they are. It may be empty. */
export type Piece = string | Uint8Array;

/** What another program took apart of a packet: its layers, in the shape that a report has for ours. */
export interface ForeignLayers {
  /** What the program calls the protocols, the lowest first; the names of ours where it is one of ours. */
  readonly chain: readonly string[];
  /** The lowest layer under its key; in each layer its fields, and the layer above under its own key. */
  readonly content: Fields;
  /** Values by Wireshark's field names, written as `tshark -n -T fields` does, of repeated ones a text with commas. */
  readonly cells: ReadonlyMap<string, string>;
}

/** What is known of a packet besides its bytes. */
export interface PacketRecord {
  /** Its record or block as it stands in the capture file, with all headers; left out for packets of no file. */
  readonly bytes?: Uint8Array;
  /** Whether the numbers in `bytes` have their low byte first. */
  readonly littleEndian?: boolean;
  /** Layers of another program, to be shown instead of ours. */
  readonly layers?: ForeignLayers;
}

/** Where in a capture a report goes on that another one began: what the names of blocks and frames depend on. */
export interface ReportPlace {
  /** The number of the last packet before it; 0 at the beginning. */
  readonly packets: number;
  /** How many blocks of each kind come before it. */
  readonly blocks: BlockCounts;
  /** What the capture is, as far as is known. */
  readonly source: Source;
}

/**
 * What writes packets out: every call gives the next piece, in order. A report has no other side effect, so it goes to a
 * file, a stream or a page alike. It may hold pieces back until they are worth a write; `end` gives what is left.
 */
export interface Report {
  /** As in `--format`. */
  readonly format: string;
  /** What its files usually end with, without the dot. */
  readonly extension: string;
  /** What stands before everything else; also called of a report that goes on, which passes over it. */
  start(): Piece;
  /** What a capture holds besides packets; left out where the format has no place for it. */
  block?(block: Block): Piece;
  /** `options` are what a pcapng says of the packet: comments, flags, hashes. */
  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): Piece;
  end(): Piece;
  /** What is held back, for whoever reads along; left out by reports that hold nothing back, or must. */
  flush?(): Piece;
  /** Goes on at a place: what was before it is counted as written. Independent formats have it. */
  resume?(place: ReportPlace): void;
}

/** What reports may be told. Each format takes what concerns it. */
export interface ReportOptions {
  /** Names of the link types of interfaces; the numbers stand alone without. */
  readonly linkTypeNames?: Names;
  /** Columns by Wireshark's field names, for formats with columns. */
  readonly fields?: readonly string[];
  /** The declarations that `fields` are looked up in at once; those of the first packet's dissector when left out. */
  readonly protocols?: readonly AnyProtocol[];
  /** Whether columns are for a spreadsheet: cells that it would take for formulas are made texts. */
  readonly forSpreadsheet?: boolean;
  /** The name of the capture, for formats with a title. */
  readonly title?: string;
  /** LINKTYPE_ number of packets that come from no capture, for captures; 1 (Ethernet) when left out. */
  readonly linkType?: number;
  /** Whether numbers in a capture that is written anew have their low byte first; true when left out. */
  readonly littleEndian?: boolean;
  /** Whether times in a pcap that is written anew count nanoseconds; as fine as where packets come from when left out. */
  readonly nanoseconds?: boolean;
}

/** A format by what is to be known of it before a report begins. */
export interface ReportFormat {
  /** As in `--format`. */
  readonly name: string;
  /** Other names that it goes by. */
  readonly also: readonly string[];
  /** What its files usually end with, without the dot. */
  readonly extension: string;
  /** What it is, in one line for people. */
  readonly about: string;
  /**
   * Whether the piece of a packet depends on nothing but the packet and its place, so that several threads may make the
   * pieces side by side: its reports have {@link Report.resume}.
   */
  readonly isIndependent: boolean;
  /** Whether {@link Report.end} may be asked for after every packet without changing what comes: what `keepValid` needs. */
  readonly isSealable: boolean;
  /** Whether one file holds packets of one link type only; left out where any go together. */
  readonly oneLinkType?: boolean;
  /** Whether it wants the bytes of {@link PacketRecord}. */
  readonly wantsRecords: boolean;
  /** Loads what the format needs beyond this package; called before the first report is made. */
  prepare?(): Promise<void>;
  /** Begins a report. One is for one capture. */
  create(options?: ReportOptions): Report;
}
