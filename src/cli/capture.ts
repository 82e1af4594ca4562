import { release, type } from "node:os";
import { extname } from "node:path";
import { PcapWriter } from "../files/pcap-writer.ts";
import { PcapngWriter } from "../files/pcapng-writer.ts";
import type { LiveBatch } from "../live/batch.ts";
import type { LiveCapture } from "../live/capture.ts";
import { firstInterface } from "../live/devices.ts";
import { capture as openLive } from "../live/open.ts";
import { ClosedPipe, type Output, openOutput } from "../node/output.ts";
import { RotatingOutput, type Rotation } from "../node/rotating-output.ts";
import { formatLine, packetLine } from "../report/list/line.ts";
import { wholeNumber } from "./input.ts";
import { captureOptions, type LiveOptions, onInterrupt, seconds } from "./live-options.ts";
import { complain, describeError, UsageError } from "./run.ts";

interface Options extends LiveOptions {
  readonly output?: string;
  readonly format?: string;
  readonly rotateSize?: string;
  readonly rotateTime?: string;
  readonly rotateCount?: string;
  readonly files?: string;
  readonly quiet?: boolean;
}

/** Where packets go: lines on the screen, or a capture. */
interface Sink {
  take(batch: LiveBatch): void;
  finish(): void;
  abandon(): void;
}

/**
 * `wirecraft capture`: packets of an interface as lines, or into a capture file. Ctrl-C ends it cleanly; figures come on
 * standard error at the end, as tcpdump gives them.
 */
export async function capture(options: Options): Promise<void> {
  const rotation = rotationOf(options);
  const asked = captureOptions(options);
  const format = formatOf(options);
  const device = options.interface ?? firstInterface().name;
  const live = await openLive(device, asked);
  const forget = onInterrupt(() => live.breakLoop());
  complain(`${device}, link type ${live.linkType}, by ${live.backend} (${live.reason})`);
  const sink = format === "text" ? new Lines() : new CaptureFile(live, options, format, rotation);
  let fault: unknown = null;
  try {
    try {
      for await (const batch of live.batches()) sink.take(batch);
    } catch (error) {
      if (error instanceof ClosedPipe) throw error;
      fault = error;
    }
    sink.finish();
  } catch (error) {
    sink.abandon();
    throw error;
  } finally {
    forget();
    live.close();
    complain(figures(live));
  }
  if (fault === null) return;
  complain(describeError(fault));
  process.exitCode = 1;
}

function figures(live: LiveCapture): string {
  const { delivered, received, dropped, interfaceDropped } = live.stats();
  const lost = `${dropped} dropped by the system, ${interfaceDropped} by the interface`;
  return `${delivered} packets captured, ${received} received by the filter, ${lost}`;
}

function formatOf({ format, output }: Options): "text" | "pcap" | "pcapng" {
  if (format !== undefined) {
    const known = (["text", "pcap", "pcapng"] as const).find((f) => f === format.toLowerCase());
    if (known !== undefined) return known;
    throw new UsageError(`--format: '${format}' is not known; there are text, pcap, pcapng`);
  }
  if (output === undefined) return "text";
  if (output === "-") return "pcapng";
  const ending = extname(output).toLowerCase();
  return ending === ".pcap" || ending === ".cap" ? "pcap" : ending === ".txt" ? "text" : "pcapng";
}

function rotationOf(options: Options): Rotation | null {
  const size = wholeNumber("--rotate-size", options.rotateSize, 1);
  const time = seconds("--rotate-time", options.rotateTime);
  const packets = wholeNumber("--rotate-count", options.rotateCount, 1);
  const files = wholeNumber("--files", options.files, 1);
  const isAsked = size !== undefined || time !== undefined || packets !== undefined;
  if (!isAsked && files !== undefined)
    throw new UsageError("--files: say with --rotate-size, --rotate-time or --rotate-count when");
  if (!isAsked) return null;
  if (options.output === undefined || options.output === "-")
    throw new UsageError("--rotate-...: name the files with --output");
  return {
    ...(size === undefined ? {} : { size: size * 1_000_000 }),
    ...(time === undefined ? {} : { time }),
    ...(packets === undefined ? {} : { packets }),
    ...(files === undefined ? {} : { files }),
  };
}

/** One line a packet, shown when its batch is there. */
class Lines implements Sink {
  private readonly out = openOutput("-");
  private start: bigint | undefined;

  take(batch: LiveBatch): void {
    let text = "";
    for (const packet of batch) {
      this.start ??= packet.time;
      text += `${formatLine(packetLine(packet, this.start))}\n`;
    }
    this.out.write(text);
    this.out.flush();
  }

  finish(): void {
    this.out.finish();
  }

  abandon(): void {}
}

/** A capture file, or a row of them. */
class CaptureFile implements Sink {
  private readonly live: LiveCapture;
  private readonly options: Options;
  private readonly isPcapng: boolean;
  private readonly out: Output | RotatingOutput;
  private readonly started: Date;
  private writer: PcapWriter | PcapngWriter;

  constructor(
    live: LiveCapture,
    options: Options,
    format: "pcap" | "pcapng",
    rotation: Rotation | null,
  ) {
    this.live = live;
    this.options = options;
    this.isPcapng = format === "pcapng";
    this.started = new Date();
    this.writer = this.fresh();
    this.out =
      rotation === null
        ? openOutput(options.output)
        : new RotatingOutput(options.output!, rotation);
    if (this.out instanceof RotatingOutput) return;
    this.out.write(this.writer.take());
    this.out.flush();
  }

  /** A writer at the start of a file, its headers written. */
  private fresh(): PcapWriter | PcapngWriter {
    const { linkType, name } = this.live;
    const { filter } = this.options;
    const snaplen = Number(this.options.snaplen ?? 262_144);
    if (!this.isPcapng) return new PcapWriter({ linkType, snaplen, nanoseconds: true });
    const writer = new PcapngWriter({
      section: { os: `${type()} ${release()}`, application: "wirecraft" },
    });
    writer.interface({ linkType, snaplen, name, ...(filter === undefined ? {} : { filter }) });
    return writer;
  }

  take(batch: LiveBatch): void {
    const { out } = this;
    if (!(out instanceof RotatingOutput)) {
      for (const packet of batch) this.writer.add(packet);
      out.write(this.writer.take());
      out.flush();
      return;
    }
    for (const packet of batch) {
      if (out.isFull) {
        const last = this.last();
        this.writer = this.fresh();
        out.turn(this.writer.take(), last);
      }
      this.writer.add(packet);
      out.write(this.writer.take(), 1);
    }
  }

  /** What ends a file: in pcapng, what was counted. */
  private last(): Uint8Array {
    const { writer } = this;
    if (!(writer instanceof PcapngWriter)) return writer.take();
    const { received, dropped, interfaceDropped, delivered } = this.live.stats();
    const time = (date: Date): { seconds: number; nanoseconds: number } => ({
      seconds: Math.floor(date.getTime() / 1000),
      nanoseconds: date.getMilliseconds() * 1_000_000,
    });
    const now = new Date();
    writer.statistics({
      time: time(now),
      startTime: time(this.started),
      endTime: time(now),
      received,
      dropped: interfaceDropped,
      systemDropped: dropped,
      delivered,
    });
    return writer.take();
  }

  finish(): void {
    const last = this.last();
    if (this.out instanceof RotatingOutput) this.out.finish(last);
    else {
      this.out.write(last);
      this.out.finish();
    }
  }

  abandon(): void {
    this.out.abandon();
  }
}
