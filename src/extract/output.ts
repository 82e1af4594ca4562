import { joined } from "../bytes/joined.ts";
import type { Piece } from "../report/report.ts";

/** Where a report goes. Whatever throws here is a fault of the output. */
export interface ReportOutput {
  /** What people are told of where it is: a path. */
  readonly name: string;
  write(piece: Piece): void;
  /** Writes what waits for more, for whoever reads along; left out by outputs that hold nothing back. */
  flush?(): void;
  /** All is written; a file gets its final name. */
  finish(): void;
  /** Something went wrong with the output itself: nothing is left under its final name. */
  abandon(): void;
  /**
   * Makes what was written whole with the end of the report, which the next piece takes the place of: what `keepValid` needs.
   * Left out by outputs that cannot go back.
   */
  seal?(tail: Piece): void;
}

/** Where the files of a report go that has one for each block. */
export interface ReportFolder {
  readonly name: string;
  /** Writes a file as a whole. */
  save(name: string, content: Uint8Array): void;
}

const utf8 = new TextEncoder();

/** Pieces as the bytes that they are written as. */
export const bytesOf = (pieces: readonly Piece[]): Uint8Array =>
  joined(pieces.map((one) => (typeof one === "string" ? utf8.encode(one) : one)));

/**
 * Keeps a report in memory: for tests, pages, and reports that are known to be small.
 *
 * @example
 * const output = new MemoryOutput();
 * await extract(bytes, { format: "json", output });
 * JSON.parse(output.text());
 */
export class MemoryOutput implements ReportOutput {
  readonly name = "memory";
  /** Whether the report is whole. */
  isFinished: boolean;
  private pieces: Piece[];
  private tail: Piece;

  constructor() {
    this.pieces = [];
    this.tail = "";
    this.isFinished = false;
  }

  write(piece: Piece): void {
    this.tail = "";
    this.pieces.push(piece);
  }
  seal(tail: Piece): void {
    this.tail = tail;
  }
  finish(): void {
    this.tail = "";
    this.isFinished = true;
  }
  abandon(): void {
    this.pieces = [];
    this.tail = "";
  }
  bytes(): Uint8Array {
    return bytesOf([...this.pieces, this.tail]);
  }
  text(): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes());
  }
}
