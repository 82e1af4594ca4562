import { type Backend, backends, type CaptureOptions } from "../live/open.ts";
import type { CaptureDirection } from "../live/source.ts";
import { wholeNumber } from "./input.ts";
import { UsageError } from "./run.ts";

/** What commands that open an interface are told alike. */
export interface LiveOptions {
  readonly interface?: string;
  readonly filter?: string;
  readonly count?: string;
  readonly duration?: string;
  readonly backend?: string;
  readonly snaplen?: string;
  readonly promiscuous?: boolean;
  readonly direction?: string;
  readonly buffer?: string;
  readonly thread?: boolean;
  readonly monitor?: boolean;
}

const DIRECTIONS: readonly CaptureDirection[] = ["in", "out", "both"];

/** Seconds, also with a fraction, as milliseconds. */
export function seconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0) || value === Number.POSITIVE_INFINITY)
    throw new UsageError(`${option}: a number of seconds is wanted, not '${text}'`);
  return value * 1000;
}

/** The options of `capture` that the command line gives. */
export function captureOptions(options: LiveOptions): CaptureOptions {
  const { backend, direction, filter } = options;
  if (backend !== undefined && !backends.includes(backend as Backend))
    throw new UsageError(`--backend: '${backend}' is not known; there are ${backends.join(", ")}`);
  if (direction !== undefined && !DIRECTIONS.includes(direction as CaptureDirection))
    throw new UsageError(`--direction: '${direction}' is none of ${DIRECTIONS.join(", ")}`);
  const count = wholeNumber("--count", options.count);
  const duration = seconds("--duration", options.duration);
  const snaplen = wholeNumber("--snaplen", options.snaplen, 1);
  const buffer = wholeNumber("--buffer", options.buffer, 1);
  return {
    promiscuous: options.promiscuous ?? true,
    thread: options.thread ?? false,
    monitor: options.monitor ?? false,
    ...(backend === undefined ? {} : { backend: backend as Backend }),
    ...(direction === undefined ? {} : { direction: direction as CaptureDirection }),
    ...(filter === undefined ? {} : { filter }),
    ...(count === undefined ? {} : { count }),
    ...(duration === undefined ? {} : { duration }),
    ...(snaplen === undefined ? {} : { snaplen }),
    ...(buffer === undefined ? {} : { bufferSize: buffer << 20 }),
  };
}

/** Calls `stop` at the first Ctrl-C or request to end; the second one ends the process at once. */
export function onInterrupt(stop: () => void): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const forget = (): void => {
    for (const signal of signals) process.off(signal, heard);
  };
  const heard = (): void => {
    forget();
    stop();
  };
  for (const signal of signals) process.on(signal, heard);
  return forget;
}
