import type { CaptureChunk } from "../capture/chunk.ts";
import type { Block } from "../files/blocks.ts";
import type { PacketOptions } from "../files/options.ts";
import type { Packet } from "../packet/packet.ts";
import { BlockNames } from "../report/blocks.ts";
import type { PacketRecord, Piece, Report, ReportFormat, ReportOptions } from "../report/report.ts";
import { bytesOf, type ReportFolder, type ReportOutput } from "./output.ts";
import { PlaceCounter } from "./place.ts";

/** Brings what an extraction passes into its report. */
export interface Renderer {
  block(block: Block): void;
  packet(
    packet: Packet,
    options: PacketOptions | undefined,
    record: PacketRecord | undefined,
  ): void;
  /**
   * So many packets and blocks of a chunk have been passed, and no more of them will be. What renders elsewhere takes them now
   * instead of one by one, and is waited for where too much is under way.
   */
  flush?(chunk: CaptureChunk, packets: number, blocks: number): Promise<void> | undefined;
  /** A piece of the input is over, and the next may be long in coming: what is held back is written. */
  pause?(): void;
  /** Nothing more comes: the report is brought to its end. */
  end(): Promise<void> | undefined;
  /** The output is at fault: nothing is left under its final name. */
  abandon(): void;
}

/**
 * A way of its own to bring a report to its output, where pieces are not good enough: `null` where that is not to be had, and
 * the usual way serves.
 */
export type OwnRenderer = (
  options: ReportOptions,
  output: ReportOutput,
) => Promise<Renderer | null>;

/** Writes nothing: for what is of interest beside a report. */
export const noRenderer: Renderer = {
  block() {},
  packet() {},
  end: () => undefined,
  abandon() {},
};

/** One report, to one output. */
export class StreamRenderer implements Renderer {
  private readonly report: Report;
  private readonly output: ReportOutput;

  constructor(report: Report, output: ReportOutput) {
    this.report = report;
    this.output = output;
    this.write(report.start());
  }

  private write(piece: Piece): void {
    if (piece.length > 0) this.output.write(piece);
  }

  block(block: Block): void {
    if (this.report.block !== undefined) this.write(this.report.block(block));
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): void {
    this.write(this.report.packet(packet, options, record));
  }

  pause(): void {
    if (this.report.flush !== undefined) this.write(this.report.flush());
    this.output.flush?.();
  }

  end(): undefined {
    this.write(this.report.end());
    this.output.finish();
  }

  abandon(): void {
    this.output.abandon();
  }
}

/** One report that is whole after every block and packet. */
export class SealedRenderer implements Renderer {
  private readonly report: Report;
  private readonly output: ReportOutput;

  constructor(report: Report, output: ReportOutput) {
    this.report = report;
    this.output = output;
    this.write(report.start());
  }

  private write(piece: Piece): void {
    this.output.write(piece);
    this.output.seal!(this.report.end());
  }

  block(block: Block): void {
    if (this.report.block !== undefined) this.write(this.report.block(block));
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): void {
    this.write(this.report.packet(packet, options, record));
  }

  end(): undefined {
    this.output.write(this.report.end());
    this.output.finish();
  }

  abandon(): void {
    this.output.abandon();
  }
}

/** A report of its own for every block and packet, each in a file that is called as they are: `Frame 1.json`. */
export class FilesRenderer implements Renderer {
  private readonly format: ReportFormat;
  private readonly options: ReportOptions;
  private readonly folder: ReportFolder;
  private readonly names: BlockNames;
  private readonly place: PlaceCounter;
  /** What describes the capture, in formats whose files want it before a packet. */
  private readonly headers: Block[];

  constructor(format: ReportFormat, options: ReportOptions, folder: ReportFolder) {
    this.format = format;
    this.options = options;
    this.folder = folder;
    this.names = new BlockNames();
    this.place = new PlaceCounter();
    this.headers = [];
  }

  private begin(): { report: Report; pieces: Piece[] } {
    const report = this.format.create(this.options);
    report.resume?.(this.place.place);
    const pieces = [report.start()];
    if (this.format.wantsRecords)
      for (const block of this.headers) pieces.push(report.block?.(block) ?? "");
    return { report, pieces };
  }

  block(block: Block): void {
    const { name } = this.names.block(block);
    if (!this.format.wantsRecords) {
      const { report, pieces } = this.begin();
      if (report.block === undefined) return;
      pieces.push(report.block(block), report.end());
      this.save(name, pieces);
    }
    this.place.block(block);
    if (isHeader(block)) {
      // A section begins anew: its interfaces are its own.
      if (block.kind === "sectionHeader") this.headers.length = 0;
      this.headers.push(block);
    }
  }

  packet(packet: Packet, options?: PacketOptions, record?: PacketRecord): void {
    const { report, pieces } = this.begin();
    pieces.push(report.packet(packet, options, record), report.end());
    this.save(this.names.frame(packet.number), pieces);
    this.place.packets = packet.number;
  }

  private save(name: string, pieces: readonly Piece[]): void {
    this.folder.save(`${name}.${this.format.extension}`, bytesOf(pieces));
  }

  end(): undefined {}
  abandon(): void {}
}

/** Whether packets cannot be read without it. */
export const isHeader = ({ kind }: Block): boolean =>
  kind === "pcapHeader" || kind === "sectionHeader" || kind === "interfaceDescription";
