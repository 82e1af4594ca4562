import { extname } from "node:path";
import { CaptureError } from "../files/errors.ts";
import type { RecordFormat } from "../files/record.ts";
import type { ByteSource } from "../files/source.ts";
import { ClosedPipe, type Output, openOutput } from "../node/output.ts";
import { inputAsOutput } from "../node/same-file.ts";
import { fileSource, standardInput } from "../node/source.ts";
import { wholeNumber } from "./input.ts";
import { UsageError } from "./run.ts";

/** What capture files that are written can be. */
export const captureFormats = ["pcap", "pcapng"] as const;

/** The bytes of a capture file; `-` is standard input. */
export const captureSource = (path: string): ByteSource =>
  path === "-" ? standardInput() : fileSource(path);

/** The format that an option asks for, or that the name of the output says; undefined where neither does. */
export function captureFormat(asked: string | undefined, output: string): RecordFormat | undefined {
  const ending = extname(output).toLowerCase();
  if (/^\.(?:gz|zst|zstd|bz2|xz|lz4)$/.test(ending))
    throw new UsageError(`--output: compressed files are not written, as '${output}' would be`);
  if (asked !== undefined) {
    const known = captureFormats.find((one) => one === asked);
    if (known !== undefined) return known;
    throw new UsageError(`--format: '${asked}' is none of ${captureFormats.join(", ")}`);
  }
  return captureFormats.find((one) => `.${one}` === ending);
}

/** Sees to it that no input is written over while it is read. */
export function refuseOverwriting(inputs: readonly string[], output: string): void {
  const lost = inputAsOutput(inputs, output);
  if (lost === undefined) return;
  throw new UsageError(`--output: writing ${output} would destroy the input ${lost}`);
}

/** Bytes kept of a packet, as an option gives them. */
export function snaplenOf(text: string | undefined): number | undefined {
  const snaplen = wholeNumber("--snaplen", text, 1);
  if (snaplen === undefined || snaplen <= 0xffff_ffff) return snaplen;
  throw new UsageError(`--snaplen: ${text} is more than a capture file can say`);
}

/** What makes a value out of an option's text may throw a RangeError: then the usage is wrong. */
export function fromOption<T>(flag: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${flag}: ${error.message}`);
    throw error;
  }
}

/**
 * Writes pieces to a file or standard output. A fault of the input ends the file properly, with all that was good before, and
 * is thrown then; where not even a beginning came, no file is made. A fault of the output leaves nothing under its name.
 */
export async function writePieces(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  last: () => Uint8Array,
): Promise<void> {
  let out: Output | null = null;
  let fault: CaptureError | null = null;
  try {
    try {
      for await (const piece of pieces) {
        out ??= openOutput(path);
        out.write(piece);
      }
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      fault = error;
    }
    const rest = last();
    if (rest.length > 0) {
      out ??= openOutput(path);
      out.write(rest);
    }
    out?.finish();
  } catch (error) {
    if (!(error instanceof ClosedPipe)) out?.abandon();
    throw error;
  }
  if (fault !== null) throw fault;
}
