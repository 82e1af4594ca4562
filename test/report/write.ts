import { readU32, readU32le } from "../../src/bytes/numbers.ts";
import type { CaptureChunk } from "../../src/capture/chunk.ts";
import type { CaptureOrigin } from "../../src/capture/collector.ts";
import { type CaptureOptions, openCapture } from "../../src/capture/open.ts";
import { CaptureError } from "../../src/files/errors.ts";
import type { Packet } from "../../src/packet/packet.ts";
import type { PacketRecord, Piece, Report } from "../../src/report/report.ts";

const utf8 = new TextEncoder();

/** Pieces as the bytes of a file. */
export const fileOf = (pieces: readonly Piece[]): Buffer =>
  Buffer.concat(pieces.map((one) => (typeof one === "string" ? utf8.encode(one) : one)));

export const textOf = (pieces: readonly Piece[]): string => fileOf(pieces).toString("utf8");

/** The record of a packet as it stands in its file; `undefined` of a custom block that counts as one. */
function recordOf(chunk: CaptureChunk, i: number): PacketRecord | undefined {
  const start = chunk.starts[i]!;
  if (start < 0) return undefined;
  const { origin, end } = chunk.packets[i]!;
  const { format, littleEndian } = (origin as CaptureOrigin).info;
  const length = (littleEndian ? readU32le : readU32)(chunk.bytes, start + 4);
  const stop = format === "pcap" ? end : start + length;
  return { bytes: chunk.bytes.subarray(start, stop), littleEndian };
}

export interface WriteOptions extends CaptureOptions {
  /** Whether the report gets the records; true unless told. */
  readonly records?: boolean;
  /** Done with each packet before it is written. */
  readonly change?: (packet: Packet) => void;
}

/** The pieces of a report of a whole capture, blocks in their places, and the fault that ended it. */
export async function written(
  report: Report,
  capture: Uint8Array,
  { records = true, change, ...options }: WriteOptions = {},
): Promise<{ readonly pieces: Piece[]; readonly packets: number; readonly fault?: CaptureError }> {
  const pieces: Piece[] = [report.start()];
  const opened = openCapture(capture, { customBlocks: true, ...options });
  let fault: CaptureError | undefined;
  try {
    for await (const chunk of opened.chunks()) {
      let next = 0;
      const blocksUpTo = (at: number): void => {
        for (; next < chunk.blocks.length && chunk.blocks[next]!.at <= at; next++)
          pieces.push(report.block?.(chunk.blocks[next]!.block) ?? "");
      };
      for (const [i, packet] of chunk.packets.entries()) {
        blocksUpTo(i);
        // Of the packet as it was read.
        const record = records ? recordOf(chunk, i) : undefined;
        const said = opened.optionsOf(packet);
        change?.(packet);
        pieces.push(report.packet(packet, said, record));
      }
      blocksUpTo(chunk.packets.length);
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    fault = error;
  }
  pieces.push(report.end());
  return { pieces, packets: opened.count, ...(fault && { fault }) };
}
