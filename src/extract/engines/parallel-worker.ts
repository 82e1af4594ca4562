/** A thread of the engines `server` and `pipeline`: renders pieces of a capture. */
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { ChunkCollector, PacketCollector } from "../../capture/collector.ts";
import { createReader } from "../../files/detect.ts";
import type { PacketOptions } from "../../files/options.ts";
import type { RecordReader } from "../../files/record.ts";
import type { Packet } from "../../packet/packet.ts";
import { dissectorOf } from "../dissection.ts";
import { formatNamed, reportOptionsOf } from "../report-plan.ts";
import type { ThreadJob, ThreadResult, ThreadSetup } from "./parallel-job.ts";
import { PieceBuffer, renderChunk } from "./piece-buffer.ts";

/** What a thread does, job by job. */
class Renderer {
  private readonly setup: ThreadSetup;
  private readonly packets: PacketCollector;
  private readonly collector: ChunkCollector;
  private readonly out: PieceBuffer;
  private readonly file: number;
  private readonly optionsOf: (packet: Packet) => PacketOptions | undefined;
  private reader: RecordReader | null;

  constructor(setup: ThreadSetup) {
    this.setup = setup;
    this.packets = new PacketCollector(dissectorOf(setup.rules));
    this.collector = new ChunkCollector(this.packets);
    this.out = new PieceBuffer();
    this.optionsOf = (packet) => this.packets.optionsOf(packet);
    this.file = setup.path === null ? -1 : openSync(setup.path, "r");
    this.reader = null;
  }

  render(job: ThreadJob): Uint8Array<ArrayBuffer> {
    if (job.room !== null) this.out.giveBack(job.room);
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
    const chunk = collector.take(bytes, job.offset) ?? { packets: [], blocks: [] };
    const { packets, blocks } = chunk;
    renderChunk(report, chunk, packets.length, blocks.length, this.optionsOf, this.out);
    return this.out.take();
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
port.postMessage({ is: "ready" } satisfies ThreadResult);
