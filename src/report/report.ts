import type { Block } from "../files/blocks.ts";
import type { PacketOptions } from "../files/options.ts";
import type { Packet } from "../packet/packet.ts";
import type { Names } from "../schema/names.ts";

/**
 * What writes packets out: every call gives the next piece of the text, in order. A report has no other side effect, so it
 * goes to a file, a stream or a page alike.
 */
export interface Report {
  /** As in `--format`. */
  readonly format: string;
  /** What its files usually end with, without the dot. */
  readonly extension: string;
  start(): string;
  /** What a capture holds besides packets; left out where the format has no place for it. */
  block?(block: Block): string;
  /** `options` are what a pcapng says of the packet: comments, flags, hashes. */
  packet(packet: Packet, options?: PacketOptions): string;
  end(): string;
}

export interface ReportOptions {
  /** Names of the link types of interfaces; the numbers stand alone without. */
  readonly linkTypeNames?: Names;
}

/** Begins a report. One is for one capture. */
export type ReportFactory = (options?: ReportOptions) => Report;
