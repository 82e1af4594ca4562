/** What records go to on their way into another file. */

import { readU32, readU32le } from "../bytes/numbers.ts";
import { type Block, blockTypes } from "./blocks.ts";
import type { RecordFormat, RecordSink } from "./record.ts";

/** A sink that collects the bytes of a file. */
export interface RecordTarget extends RecordSink {
  /** Bytes that {@link take} would give now. */
  readonly size: number;
  /** The bytes since the last call. */
  take(): Uint8Array;
  /** The input is over: what has not been written yet, such as the header of a file without packets. */
  finish(): void;
}

/** How a {@link RecordTarget} writes. */
export interface TargetOptions {
  /** Bytes kept of a packet at most; all unless told. */
  readonly snaplen?: number;
  /** Whether records may be missing from what comes: lengths of sections are not true then. */
  readonly isPartial?: boolean;
}

/** Bytes that a record or packet block takes in its file. */
export function recordSize(
  format: RecordFormat,
  b: Uint8Array,
  recordStart: number,
  end: number,
  littleEndian: boolean,
): number {
  if (format === "pcap") return end - recordStart;
  return (littleEndian ? readU32le : readU32)(b, recordStart + 4);
}

/** Whether a block says what later packets need: interfaces, names and keys. */
export const isLasting = ({ type }: Block): boolean =>
  type === 0 ||
  type === blockTypes.sectionHeader ||
  type === blockTypes.interfaceDescription ||
  type === blockTypes.nameResolution ||
  type === blockTypes.decryptionSecrets;
