import { ExtractionError } from "../extract/errors.ts";
import type { Extractor } from "../extract/extractor.ts";
import { type NodeExtractOptions, openExtractor } from "../extract/node/extract.ts";
import type { ExtractionWarning } from "../extract/options.ts";
import { linePrinter } from "../node/print.ts";
import { Progress } from "../node/progress.ts";
import { wholeNumber } from "./input.ts";
import { seconds } from "./live-options.ts";
import { complain, UsageError } from "./run.ts";

/** The flags of `extract`, as they were given. */
export interface ExtractFlags {
  readonly output?: string;
  readonly format?: string;
  readonly json?: boolean;
  readonly plist?: boolean;
  readonly tree?: boolean;
  readonly autoExtension?: boolean;
  readonly verbose?: boolean;
  readonly files?: boolean;
  readonly engine?: string;
  readonly fallback?: boolean;
  readonly workers?: string;
  readonly protocol?: readonly string[];
  readonly layer?: string;
  readonly bufferSave?: boolean;
  readonly bufferPath?: string;
  readonly field?: readonly string[];
  readonly count?: string;
  readonly keepValid?: boolean;
  readonly growing?: boolean;
  readonly growingTimeout?: string;
  readonly lenient?: boolean;
  readonly decodeAs?: readonly string[];
}

/** Where the input is kept when no path is given. */
const BUFFER = "buffer.pcap";

/**
 * `wirecraft extract`: a report of every packet. A fault of the input ends the report properly and gives exit code 1, with
 * all good packets before it in the report; a fault of the output leaves nothing under its name.
 */
export async function extract(path: string, flags: ExtractFlags): Promise<void> {
  const progress = new Progress(path, flags.output !== undefined && flags.verbose !== true);
  const stop = new AbortController();
  // A capture that is still coming is ended by Ctrl-C, and its report is whole.
  if (path === "-" || flags.growing) process.once("SIGINT", () => stop.abort());
  const passed = new PassedOver();
  const options = optionsOf(path, flags, progress, passed, stop.signal);
  const say = sayer(flags);
  const extractor = open(path, options);
  say("🚨", `Loading file '${extractor.input}'`);
  try {
    await extractor.run();
  } finally {
    progress.stop();
    passed.tell();
  }
  tellStored(extractor, flags, say);
}

/** What a lenient reader left out. */
class PassedOver {
  private bytes = 0;
  private places = 0;

  add(length: number): void {
    this.places++;
    this.bytes += length;
  }

  tell(): void {
    if (this.places > 0)
      complain(`${this.bytes} bytes in ${this.places} places were no records and were passed over`);
  }
}

/** Wrong values of options are wrong usage. */
function open(path: string, options: NodeExtractOptions): Extractor {
  try {
    return openExtractor(path, options);
  } catch (error) {
    const isUsage =
      error instanceof TypeError ||
      error instanceof RangeError ||
      (error instanceof ExtractionError && error.code !== "ERR_ENGINE_MISSING");
    throw isUsage ? new UsageError((error as Error).message) : error;
  }
}

/** `-f` comes before `-j`, that before `-p`, and that before `-t`. */
function formatOf({ format, json, plist, tree, output }: ExtractFlags): string | undefined {
  if (format !== undefined) return format;
  if (json) return "json";
  if (plist) return "plist";
  if (tree) return "tree";
  return output === undefined || output === "-" ? "json" : undefined;
}

function optionsOf(
  path: string,
  flags: ExtractFlags,
  progress: Progress,
  passed: PassedOver,
  signal: AbortSignal,
): NodeExtractOptions {
  const { output = "-", files, workers, protocol, layer, field } = flags;
  if (files && output === "-")
    throw new UsageError("--files: a folder is wanted for the files: --output <folder>");
  if (flags.bufferPath !== undefined && !flags.bufferSave)
    throw new UsageError("--buffer-path: only with --buffer-save");
  const format = formatOf(flags);
  const threads = wholeNumber("--workers", workers, 1);
  const count = wholeNumber("--count", flags.count);
  return {
    ...given({ format, count, engine: engineFor(path, flags.engine, threads) }),
    ...given({ workers: threads, fields: field, decodeAs: flags.decodeAs }),
    ...given({ files, extension: flags.autoExtension, keepValid: flags.keepValid }),
    ...given({ lenient: flags.lenient, fallback: flags.fallback }),
    output,
    limit: given({
      layer: layer as "link" | undefined,
      protocol: protocol?.flatMap((one) => one.split(/[,\s]+/).filter((name) => name !== "")),
    }),
    verbose: flags.verbose === true,
    onWarning: ({ message }: ExtractionWarning) => complain(`warning: ${message}`),
    onSkip: ({ length }) => passed.add(length),
    onProgress: (packets, bytes) => progress.reach(packets, bytes),
    ...given({ growing: growingOf(flags), signal }),
    ...(flags.bufferSave ? { buffer: { save: flags.bufferPath ?? BUFFER } } : {}),
  };
}

/** Only what is given: options that are not there have defaults. */
const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** Several threads are wanted by an engine that has them. */
function engineFor(
  path: string,
  engine: string | undefined,
  workers: number | undefined,
): string | undefined {
  if (engine !== undefined || workers === undefined || workers === 1) return engine;
  return path === "-" ? "pipeline" : "server";
}

function growingOf({ growing, growingTimeout }: ExtractFlags): NodeExtractOptions["growing"] {
  const timeout = seconds("--growing-timeout", growingTimeout);
  if (timeout !== undefined) return { timeout: timeout / 1000 };
  return growing;
}

type Say = (sign: string, text: string) => void;

/** Lines of `--verbose`; on standard error where the report goes to standard output. */
function sayer({ verbose, output = "-" }: ExtractFlags): Say {
  if (!verbose) return () => {};
  const print = linePrinter(output === "-" ? 2 : 1);
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  const locale = LC_ALL || LC_CTYPE || LANG || "";
  const isUnicode = /utf-?8/i.test(locale);
  return (sign, text) => print(`${isUnicode ? sign : "[*]"} ${text}`);
}

function tellStored(extractor: Extractor, flags: ExtractFlags, say: Say): void {
  if (flags.output !== undefined && flags.output !== "-")
    say("🍺", `Report file${flags.files ? "s" : ""} stored in '${extractor.output}'`);
}
