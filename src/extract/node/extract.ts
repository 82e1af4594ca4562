import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { CaptureInput } from "../../capture/open.ts";
import { makeFolder } from "../../node/make-folder.ts";
import { openOutput } from "../../node/output.ts";
import { linePrinter } from "../../node/print.ts";
import { inputAsOutput } from "../../node/same-file.ts";
import { traceFolder } from "../../node/trace-folder.ts";
import type { ReportFormat } from "../../report/report.ts";
import { reports } from "../../report/reports.ts";
import { ExtractionError } from "../errors.ts";
import { Extractor } from "../extractor.ts";
import type { ExtractOptions } from "../options.ts";
import type { ReportFolder, ReportOutput } from "../output.ts";
import type { OwnRenderer } from "../renderer.ts";
import { formatNamed, formatOfName } from "../report-plan.ts";
import type { FlowTraceOptions } from "../trace.ts";
import type { ParquetWriter } from "./duckdb-package.ts";
import { duckdbRenderer } from "./duckdb-renderer.ts";
import { nodeEngines } from "./engines.ts";
import { reportFolder } from "./folder.ts";
import { type InputOptions, openInput } from "./input.ts";

/** How flows are traced into a folder of the file system. */
export interface TraceIntoFolder extends FlowTraceOptions {
  /** The folder; made where there is none. */
  readonly directory?: string;
}

/** What an extraction in Node is asked for: paths, beside all of {@link ExtractOptions}. */
export interface NodeExtractOptions extends Omit<ExtractOptions, "output" | "trace"> {
  /** Where the report goes: a path (`-` is standard output), the folder of its files, or an output of your own. */
  readonly output?: string | ReportOutput | ReportFolder | null;
  /** Whether each block has a file of its own; `output` is their folder then. */
  readonly files?: boolean;
  /** Who writes a report in Parquet: DuckDB when left out, where it is installed and the report goes into a file. */
  readonly parquet?: ParquetWriter;
  /** Adds what is missing to the names of the input (`.pcap`) and the output (what the format's files end with). */
  readonly extension?: boolean;
  /** Keeps what is read: for standard input and pipes. */
  readonly buffer?: { readonly save: string };
  /** Whether to wait for more at the end of the input. */
  readonly growing?: InputOptions["growing"];
  readonly trace?: TraceIntoFolder;
}

/**
 * An {@link Extractor} over a path, with its report in a file.
 *
 * @throws CaptureError where the input cannot be opened; TypeError, RangeError, ExtractionError or OutputError for options that
 * cannot be met. Nothing has been read or written then.
 * @example
 * const extractor = openExtractor("in.pcapng", { output: "out.json", reassemble: { tcp: true } });
 * for await (const frame of extractor) console.log(String(frame.chain));
 */
export function openExtractor(
  from: string | URL | CaptureInput,
  options: NodeExtractOptions = {},
): Extractor {
  const { output, files = false, extension = false, parquet, ...more } = options;
  const { buffer, growing, trace, ...others } = more;
  const { signal } = others;
  const report = typeof output === "string" ? planOutput(output, options) : undefined;
  const own = ownRenderer(report, options);
  if (report !== undefined && buffer !== undefined && resolve(report.path) === resolve(buffer.save))
    throw new TypeError(`buffer.save: ${buffer.save} is where the report goes`);
  const { input, facts, place } = openInput(from, {
    extension,
    ...(buffer === undefined ? {} : { save: buffer.save }),
    ...(growing === undefined ? {} : { growing }),
    ...(signal === undefined ? {} : { signal }),
  });
  let target: ReportOutput | ReportFolder | null | undefined;
  try {
    const isPrinted = report?.path === "-";
    const { directory, ...traced } = trace ?? {};
    if (report !== undefined && place !== null) refuseInput(place, report.path);
    target =
      report === undefined
        ? (output as ReportOutput | ReportFolder | null | undefined)
        : files
          ? reportFolder(report.path)
          : outputAt(report.path, options.keepValid === true && report.format.isSealable);
    return new Extractor(
      input,
      {
        engines: nodeEngines,
        print: linePrinter(isPrinted ? 2 : 1),
        onWarning: ({ code, message }) => process.emitWarning(message, { code, type: "Wirecraft" }),
        ...others,
        ...(report === undefined ? {} : { format: report.format }),
        ...(target === undefined ? {} : { output: target }),
        ...(trace === undefined
          ? {}
          : { trace: { ...traced, ...(directory ? { folder: traceFolder(directory) } : {}) } }),
      },
      facts,
      own,
    );
  } catch (error) {
    if (report !== undefined && target && "abandon" in target) target.abandon();
    void (input as { close?: () => unknown }).close?.();
    throw error;
  }
}

/** Extracts a capture to the end, see {@link openExtractor}. */
export const extract = (
  from: string | URL | CaptureInput,
  options: NodeExtractOptions = {},
): Promise<Extractor> => openExtractor(from, options).run();

interface PlannedOutput {
  readonly path: string;
  readonly format: ReportFormat;
}

/** The path and format of a report: each may be told from the other. */
function planOutput(
  path: string,
  { format, formats = reports, files = false, extension = false }: NodeExtractOptions,
): PlannedOutput | undefined {
  if (format === null) return undefined;
  const named = typeof format === "string" ? formatNamed(format, formats) : format;
  const chosen = named ?? (files ? undefined : formatOfName(path, formats));
  if (chosen === undefined)
    throw new ExtractionError(
      "ERR_REPORT_FORMAT",
      `no format is named, and none can be told from the output's name '${path}'`,
    );
  const ending = `.${chosen.extension}`;
  const isWhole = files || !extension || path === "-" || path.toLowerCase().endsWith(ending);
  return { path: isWhole ? path : path + ending, format: chosen };
}

/** DuckDB writes a file by itself, so that there must be one. */
function ownRenderer(
  report: PlannedOutput | undefined,
  { parquet, files = false }: NodeExtractOptions,
): OwnRenderer | null {
  if (parquet !== undefined && parquet !== "duckdb" && parquet !== "hyparquet")
    throw new RangeError(`parquet: 'duckdb' or 'hyparquet' is wanted, not '${parquet}'`);
  if (parquet === "hyparquet" || report?.format !== reports.get("parquet")) return null;
  if (report !== undefined && !files && isFile(report.path))
    return duckdbRenderer(report.path, parquet === "duckdb");
  if (parquet === undefined) return null;
  throw new TypeError("parquet: 'duckdb' writes files only, and one for all packets");
}

/** Whether there is a regular file, or none yet. Where nobody can tell, opening it says what is wrong. */
function isFile(path: string): boolean {
  if (path === "-") return false;
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
  } catch {
    return false;
  }
}

function refuseInput(input: string, output: string): void {
  if (inputAsOutput([input], output) === undefined) return;
  throw new ExtractionError("ERR_OUTPUT_IS_INPUT", `${output} is the capture that is read`);
}

function outputAt(path: string, sealed: boolean): ReportOutput {
  if (path !== "-") makeFolder(dirname(path));
  return openOutput(path, { sealed });
}
