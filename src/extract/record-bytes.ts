import { readU32, readU32le } from "../bytes/numbers.ts";
import type { CaptureChunk } from "../capture/chunk.ts";
import type { CaptureOrigin } from "../capture/collector.ts";
import type { PacketRecord } from "../report/report.ts";

/** Where the record of the packet number `i` of a chunk ends in its bytes. */
export function recordEnd({ packets, starts, bytes }: CaptureChunk, i: number): number {
  const { origin, end } = packets[i]!;
  const start = starts[i]!;
  if (start < 0) return end;
  const { format, littleEndian } = (origin as CaptureOrigin).info;
  if (format === "pcap") return end;
  return start + (littleEndian ? readU32le : readU32)(bytes, start + 4);
}

/** The record of the packet number `i` of a chunk; `undefined` of a block that counts as a packet. */
export function recordOf(chunk: CaptureChunk, i: number): PacketRecord | undefined {
  const start = chunk.starts[i]!;
  if (start < 0) return undefined;
  const { littleEndian } = (chunk.packets[i]!.origin as CaptureOrigin).info;
  return { bytes: chunk.bytes.subarray(start, recordEnd(chunk, i)), littleEndian };
}
