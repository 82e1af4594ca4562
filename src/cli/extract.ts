import { extname } from "node:path";
import type { Block } from "../files/blocks.ts";
import { CaptureError } from "../files/errors.ts";
import { openCapture } from "../node/open.ts";
import { ClosedPipe, type Output, openOutput } from "../node/output.ts";
import { Progress } from "../node/progress.ts";
import { linkTypes } from "../protocols/link/ethernet.ts";
import type { Piece, Report } from "../report/report.ts";
import { reports } from "../report/reports.ts";
import { dissectorFor, forPackets, wholeNumber } from "./input.ts";
import { complain, describeError, UsageError } from "./run.ts";

interface ExtractOptions {
  readonly format?: string;
  readonly output?: string;
  readonly count?: string;
  readonly decodeAs?: readonly string[];
}

/** Formats by what a file's name ends with. */
const byExtension: Readonly<Record<string, string>> = {
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".txt": "tree",
  ".tree": "tree",
};

function chooseReport(options: ExtractOptions): Report {
  const named = options.format?.toLowerCase();
  const format = named ?? byExtension[extname(options.output ?? "").toLowerCase()] ?? "json";
  const make = reports.get(format);
  if (make === undefined)
    throw new UsageError(
      `--format: '${format}' is not known; there are ${[...reports.keys()].join(", ")}`,
    );
  return make.create(linkTypes.names === null ? {} : { linkTypeNames: linkTypes.names });
}

/**
 * `wirecraft extract`: a report of every packet. A fault of the input ends the report properly and gives exit code 1, with
 * all good packets before it in the report; a fault of the output leaves nothing under its name.
 */
export async function extract(path: string, options: ExtractOptions): Promise<void> {
  const report = chooseReport(options);
  const count = wholeNumber("--count", options.count);
  let out: Output | null = null;
  const write = (text: Piece): void => {
    out ??= openOutput(options.output);
    out.write(text);
  };
  const onBlock = (block: Block): void => {
    if (report.block !== undefined) write(report.block(block));
  };
  const capture = openCapture(path, { dissector: dissectorFor(options.decodeAs), onBlock });
  const progress = new Progress(path, options.output !== undefined);
  let fault: unknown = null;
  try {
    write(report.start());
    try {
      await forPackets(capture, count, (packet) => {
        write(report.packet(packet, capture.optionsOf(packet)));
        progress.add(packet.length);
      });
    } catch (error) {
      if (!isFaultOfInput(error)) throw error;
      fault = error;
    }
    write(report.end());
    (out as Output | null)?.finish();
  } catch (error) {
    if (!(error instanceof ClosedPipe)) (out as Output | null)?.abandon();
    throw error;
  } finally {
    progress.stop();
  }
  if (fault !== null) {
    complain(describeError(fault));
    process.exitCode = 1;
  }
}

const isFaultOfInput = (error: unknown): boolean => error instanceof CaptureError;
