/** A thread of the engines `server` and `pipeline`: renders pieces of a capture. */
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { ChunkCollector, PacketCollector } from "../../capture/collector.ts";
import { createReader } from "../../files/detect.ts";
import type { RecordReader } from "../../files/record.ts";
import type { Piece, Report } from "../../report/report.ts";
import { dissectorOf } from "../dissection.ts";
import { formatNamed, reportOptionsOf } from "../report-plan.ts";
import type { ThreadJob, ThreadResult, ThreadSetup } from "./parallel-job.ts";

const MEGABYTE = 1 << 20;

/** Collects a piece of the report as bytes: texts kept for long would be copied about by the garbage collector. */
class PieceBuffer {
  private bytes: Buffer = Buffer.allocUnsafeSlow(2 * MEGABYTE);
  private filled = 0;

  add(piece: Piece): void {
    const isText = typeof piece === "string";
    // No character of a string takes more than three bytes.
    const most = isText ? piece.length * 3 : piece.length;
    if (most > this.bytes.length - this.filled) this.grow(most);
    if (isText) this.filled += this.bytes.write(piece, this.filled, "utf8");
    else {
      this.bytes.set(piece, this.filled);
      this.filled += piece.length;
    }
  }

  private grow(more: number): void {
    const larger = Buffer.allocUnsafeSlow(2 * this.bytes.length + more);
    larger.set(this.bytes.subarray(0, this.filled));
    this.bytes = larger;
  }

  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.filled);
    taken.set(this.bytes.subarray(0, this.filled));
    this.filled = 0;
    return taken;
  }
}

/** What a thread does, job by job. */
class Renderer {
  private readonly setup: ThreadSetup;
  private readonly packets: PacketCollector;
  private readonly collector: ChunkCollector;
  private readonly out: PieceBuffer;
  private readonly file: number;
  private reader: RecordReader | null;

  constructor(setup: ThreadSetup) {
    this.setup = setup;
    this.packets = new PacketCollector(dissectorOf(setup.rules));
    this.collector = new ChunkCollector(this.packets);
    this.out = new PieceBuffer();
    this.file = setup.path === null ? -1 : openSync(setup.path, "r");
    this.reader = null;
  }

  render(job: ThreadJob): Uint8Array<ArrayBuffer> {
    this.reader ??= createReader(job.format, { maxRecordLength: Number.MAX_SAFE_INTEGER });
    const { reader, collector } = this;
    for (const header of job.headers) {
      reader.read(header, 0, header.length, 0, collector);
      collector.take(header, 0);
    }
    const bytes = job.bytes ?? this.read(job);
    collector.goOn(job.place.packets);
    const read = reader.read(bytes, 0, bytes.length, job.offset, collector);
    if (read !== bytes.length) throw new Error(`${bytes.length - read} bytes of a piece are left`);
    const { format, title, fields } = this.setup;
    const report = formatNamed(format).create(reportOptionsOf(title, fields));
    report.resume!(job.place);
    this.write(report, bytes, job.offset);
    return this.out.take();
  }

  private write(report: Report, bytes: Uint8Array, base: number): void {
    const { packets, blocks } = this.collector.take(bytes, base) ?? { packets: [], blocks: [] };
    let next = 0;
    for (let i = 0; i <= packets.length; i++) {
      for (; next < blocks.length && blocks[next]!.at <= i; next++)
        this.out.add(report.block?.(blocks[next]!.block) ?? "");
      if (i === packets.length) return;
      const packet = packets[i]!;
      this.out.add(report.packet(packet, this.packets.optionsOf(packet)));
      // What was read of a packet goes with it: see the loop of the Extractor.
      delete packets[i];
    }
  }

  /** The bytes of a job from the file. */
  private read({ offset, length }: ThreadJob): Uint8Array {
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    for (let at = 0; at < length; ) {
      const count = readSync(this.file, bytes, at, length - at, offset + at);
      if (count === 0) throw new Error("the capture became shorter while it was read");
      at += count;
    }
    return bytes;
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
  }
}

const port = parentPort!;
const renderer = new Renderer(workerData as ThreadSetup);
port.on("message", (job: ThreadJob | null) => {
  if (job === null) {
    renderer.close();
    port.close();
    return;
  }
  try {
    const bytes = renderer.render(job);
    port.postMessage({ is: "piece", bytes } satisfies ThreadResult, [bytes.buffer]);
  } catch (error) {
    const { message, stack } = error as Error;
    port.postMessage({ is: "fault", message, stack } satisfies ThreadResult);
  }
});
