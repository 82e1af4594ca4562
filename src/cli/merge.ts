import type { CaptureError } from "../files/errors.ts";
import { mergeCaptures } from "../files/merge.ts";
import type { ByteSource } from "../files/source.ts";
import { FilePool } from "../node/file-pool.ts";
import { Progress } from "../node/progress.ts";
import {
  captureFormat,
  captureSource,
  refuseOverwriting,
  snaplenOf,
  writePieces,
} from "./capture-file.ts";
import { complain, describeError, UsageError } from "./run.ts";

interface MergeOptions {
  readonly output: string;
  readonly format?: string;
  readonly append?: boolean;
  readonly snaplen?: string;
}

/** `wirecraft merge`: several captures as one, by time or one behind the other. */
export async function merge(paths: readonly string[], options: MergeOptions): Promise<void> {
  const { output, append = false } = options;
  const format = captureFormat(options.format, output) ?? "pcapng";
  const snaplen = snaplenOf(options.snaplen);
  if (paths.filter((path) => path === "-").length > 1)
    throw new UsageError("standard input (-) can be read once only");
  refuseOverwriting(paths, output);
  const faults = new Set<CaptureError>();
  // Of several files, packets are counted.
  const progress = new Progress(paths.length === 1 ? paths[0]! : "-", output !== "-");
  const pieces = mergeCaptures(await openAll(paths), {
    format,
    append,
    ...(snaplen === undefined ? {} : { snaplen }),
    onPacket: (captured) => progress.add(captured),
    onFault: (input, fault) => {
      faults.add(fault);
      complain(`${paths[input]}: ${describeError(fault)}`);
    },
  });
  try {
    await writePieces(output, pieces, () => new Uint8Array(0));
  } catch (error) {
    // What is wrong with an input was said when it was found, with its name.
    if (!faults.has(error as CaptureError)) throw error;
    process.exitCode = 1;
  } finally {
    progress.stop();
  }
}

/** Opens all inputs, or none. */
async function openAll(paths: readonly string[]): Promise<ByteSource[]> {
  const sources: ByteSource[] = [];
  const pool = new FilePool();
  try {
    for (const path of paths) sources.push(path === "-" ? captureSource(path) : pool.source(path));
  } catch (error) {
    for (const source of sources) await source.close();
    throw error;
  }
  return sources;
}
