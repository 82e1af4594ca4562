import { basename, join } from "node:path";
import type { RecordTime } from "../files/blocks.ts";
import { CaptureError } from "../files/errors.ts";
import { parseTime } from "../files/select.ts";
import { type PartPiece, RecordSplitter } from "../files/split.ts";
import { readRecords } from "../files/stream.ts";
import { Progress } from "../node/progress.ts";
import { type NodeTraceFolder, traceFolder } from "../node/trace-folder.ts";
import { captureSource, fromOption, refuseOverwriting } from "./capture-file.ts";
import { wholeNumber } from "./input.ts";
import { complain, UsageError } from "./run.ts";

interface SplitOptions {
  readonly output: string;
  readonly count?: string;
  readonly seconds?: string;
  readonly bytes?: string;
}

/** `wirecraft split`: one capture as several files in a folder. */
export async function split(path: string, options: SplitOptions): Promise<void> {
  const progress = new Progress(path, true);
  const splitter = splitterFor(options, progress);
  const source = captureSource(path);
  const parts = new PartFiles(path, options.output);
  let fault: CaptureError | null = null;
  try {
    try {
      for await (const pieces of readRecords(source, splitter)) parts.write(pieces);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      fault = error;
    }
    parts.write(splitter.finish());
    parts.finish();
  } catch (error) {
    parts.abandon();
    throw error;
  } finally {
    progress.stop();
  }
  if (splitter.dropped > 0)
    complain(`${splitter.dropped} blocks of names and keys are too large to stand in every part`);
  if (fault !== null) throw fault;
}

function splitterFor(options: SplitOptions, progress: Progress): RecordSplitter {
  const count = wholeNumber("--count", options.count, 1);
  const bytes = wholeNumber("--bytes", options.bytes, 1);
  if (options.seconds === undefined && (count ?? bytes) === undefined)
    throw new UsageError("one of --count, --seconds and --bytes is wanted");
  const interval = options.seconds === undefined ? undefined : secondsOf(options.seconds);
  return new RecordSplitter({
    onPacket: (captured) => progress.add(captured),
    ...(count === undefined ? {} : { count }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(interval === undefined ? {} : { interval }),
  });
}

function secondsOf(text: string): RecordTime {
  if (!/^\d+(?:\.\d+)?$/.test(text))
    throw new UsageError(`--seconds: a number above 0 is wanted, not '${text}'`);
  const time = fromOption("--seconds", () => parseTime(text));
  if (time.seconds > 0 || time.nanoseconds > 0) return time;
  throw new UsageError(`--seconds: a number above 0 is wanted, not '${text}'`);
}

/** The files of the parts: each gets its name when it is whole. */
class PartFiles {
  private readonly input: string;
  private readonly path: string;
  private readonly base: string;
  private folder: NodeTraceFolder | undefined = undefined;
  private name: string | undefined = undefined;
  private part = 0;

  constructor(input: string, path: string) {
    this.input = input;
    this.path = path;
    this.base = baseName(input);
  }

  write(pieces: readonly PartPiece[]): void {
    for (const piece of pieces) {
      const isFirst = piece.part !== this.part;
      if (isFirst) this.begin(piece);
      this.folder!.append(this.name!, piece.bytes, isFirst);
    }
  }

  finish(): void {
    if (this.name !== undefined) this.folder!.finish(this.name);
    this.name = undefined;
  }

  /** The part that is not whole goes away; those before it stay. */
  abandon(): void {
    this.folder?.abandon();
  }

  private begin({ part, time, format }: PartPiece): void {
    this.finish();
    this.folder ??= traceFolder(this.path);
    const number = String(part).padStart(5, "0");
    const name = `${this.base}_${number}${stamp(time)}.${format}`;
    refuseOverwriting([this.input], join(this.path, name));
    this.name = name;
    this.part = part;
  }
}

/** The name of a capture without what says that it is one. */
function baseName(path: string): string {
  const name = basename(path).replace(/(?:\.(?:pcapng|pcap|ntar|cap|dmp|gz|zst))+$/i, "");
  return path === "-" ? "stdin" : name === "" ? "capture" : name;
}

/** The last second that has a year of four digits. */
const LAST = 253_402_300_799;

/** `_YYYYMMDDhhmmss`, UTC; nothing for a time that is not known, or that no such stamp can say. */
function stamp(time: RecordTime | undefined): string {
  if (time === undefined || time.seconds < 0 || time.seconds > LAST) return "";
  const digits = new Date(time.seconds * 1000).toISOString().replace(/\D/g, "");
  return `_${digits.slice(0, 14)}`;
}
