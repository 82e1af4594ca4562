import type { CaptureChunk } from "../../capture/chunk.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { Packet } from "../../packet/packet.ts";
import type { Piece, Report } from "../../report/report.ts";

/** What most pieces have room in. */
const SIZE = 4 << 20;
/** Rooms that wait for being used again; more than that are given up. */
const SPARE = 8;

/**
 * Collects a piece of the report as bytes: texts kept for long would be copied about by the garbage collector. The room of a
 * piece goes with it, and comes back when that is written: getting memory anew takes longer than filling it.
 */
export class PieceBuffer {
  private readonly spare: Buffer<ArrayBuffer>[];
  private room: Buffer<ArrayBuffer>;
  private filled: number;

  constructor() {
    this.spare = [];
    this.room = Buffer.allocUnsafeSlow(SIZE);
    this.filled = 0;
  }

  add(piece: Piece): void {
    const isText = typeof piece === "string";
    // No character of a string takes more than three bytes.
    const most = isText ? piece.length * 3 : piece.length;
    if (most > this.room.length - this.filled) this.grow(most);
    if (isText) this.filled += this.room.write(piece, this.filled, "utf8");
    else {
      this.room.set(piece, this.filled);
      this.filled += piece.length;
    }
  }

  private grow(more: number): void {
    const larger = Buffer.allocUnsafeSlow(2 * this.room.length + more);
    larger.set(this.room.subarray(0, this.filled));
    this.room = larger;
  }

  /** What was added since the last call, in a room of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.room.subarray(0, this.filled);
    this.room = this.spare.pop() ?? Buffer.allocUnsafeSlow(SIZE);
    this.filled = 0;
    return taken;
  }

  /** Takes back the room of a piece that nobody wants any more. */
  giveBack(room: ArrayBuffer): void {
    if (this.spare.length < SPARE) this.spare.push(Buffer.from(room));
  }
}

/** Renders the first packets and blocks of a chunk, in their order. The packets are gone then. */
export function renderChunk(
  report: Report,
  chunk: Pick<CaptureChunk, "packets" | "blocks">,
  packetCount: number,
  blockCount: number,
  optionsOf: (packet: Packet) => PacketOptions | undefined,
  out: PieceBuffer,
): void {
  const { packets, blocks } = chunk;
  let next = 0;
  for (let i = 0; i <= packetCount; i++) {
    for (; next < blockCount && blocks[next]!.at <= i; next++)
      out.add(report.block?.(blocks[next]!.block) ?? "");
    if (i === packetCount) return;
    const packet = packets[i]!;
    out.add(report.packet(packet, optionsOf(packet)));
    // What was read of a packet goes with it: see the loop of the Extractor.
    delete packets[i];
  }
}
