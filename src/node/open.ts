import type { Capture, CaptureInput, CaptureOptions } from "../capture/open.ts";
import { openCapture as open } from "../capture/open.ts";
import { fileSource, standardInput } from "./source.ts";

/**
 * Opens a capture from a path (`"-"` is standard input) or anything that {@link open} takes.
 *
 * @throws CaptureError where a path cannot be opened; faults of the file are thrown while reading.
 */
export function openCapture(
  input: string | URL | CaptureInput,
  options: CaptureOptions = {},
): Capture {
  if (input === "-") return open(standardInput(), options);
  if (typeof input === "string") return open(fileSource(input), options);
  if (input instanceof URL) return open(fileSource(decodeURIComponent(input.pathname)), options);
  return open(input, options);
}
