import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CaptureInput, sourceOf } from "../../capture/open.ts";
import { detectCapture } from "../../files/detect.ts";
import type { ByteSource } from "../../files/source.ts";
import { type GrowingOptions, growingSource } from "../../node/growing-source.ts";
import { inputAsOutput } from "../../node/same-file.ts";
import { savingSource } from "../../node/saving-source.ts";
import { fileSource, standardInput } from "../../node/source.ts";
import { ExtractionError } from "../errors.ts";
import type { InputFacts } from "../options.ts";

/** How an input is read. */
export interface InputOptions {
  /** Adds `.pcap` to a path that does not end as captures do and that no file has; false when left out. */
  readonly extension?: boolean;
  /** Also keeps the input, byte for byte, in a file of this path: for what can be read only once. */
  readonly save?: string;
  /** Whether to wait for more at the end of a file that is being written; how. */
  readonly growing?: boolean | GrowingOptions;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** An input and what is known of it. */
export interface OpenedInput {
  readonly input: CaptureInput;
  readonly facts: InputFacts;
  /** Its path, `-` for standard input; `null` for what is none. */
  readonly place: string | null;
}

const CAPTURE = /\.(pcap|cap|pcapng)$/i;

/** The path that is meant where `.pcap` may be left out. */
const pathOf = (path: string, extension: boolean): string =>
  extension && !CAPTURE.test(path) && !existsSync(path) ? `${path}.pcap` : path;

/** Whether a path is a regular file whose records stand in it as they are. */
function isPlain(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const file = openSync(path, "r");
    try {
      const head = new Uint8Array(12);
      const format = detectCapture(head.subarray(0, readSync(file, head, 0, 12, 0)));
      return format === "pcap" || format === "pcapng";
    } finally {
      closeSync(file);
    }
  } catch {
    // Whoever opens it to read says what is wrong with it.
    return false;
  }
}

/**
 * Opens a path (`-` is standard input), or takes whatever a capture can be read from.
 *
 * @throws CaptureError where a path cannot be opened.
 */
export function openInput(
  from: string | URL | CaptureInput,
  { extension = false, save, growing = false, signal }: InputOptions,
): OpenedInput {
  if (typeof from !== "string" && !(from instanceof URL))
    return {
      input: save === undefined ? from : savingSource(sourceOf(from), save),
      facts: { name: "memory", path: null },
      place: null,
    };
  const given = from instanceof URL ? fileURLToPath(from) : from;
  const isStandard = given === "-";
  const path = isStandard ? given : pathOf(given, extension);
  const facts = {
    name: isStandard ? "standard input" : path,
    path: !isStandard && growing === false && isPlain(path) ? path : null,
  };
  if (save !== undefined && inputAsOutput([path], save) !== undefined)
    throw new ExtractionError("ERR_OUTPUT_IS_INPUT", `${save} is the capture that is read`);
  let input: ByteSource;
  if (growing === false) input = isStandard ? standardInput(signal) : fileSource(path);
  else input = growingSource(isStandard ? null : path, growing === true ? {} : growing, signal);
  return { input: save === undefined ? input : savingSource(input, save), facts, place: path };
}
