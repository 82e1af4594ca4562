import { setTimeout as sleep } from "node:timers/promises";
import type { ByteSource } from "../files/source.ts";
import { descriptorSource, fileSource } from "./source.ts";

/** How long to wait for a file that is being written. */
export interface GrowingOptions {
  /** Milliseconds between two looks; 100 when left out. */
  readonly interval?: number;
  /** Seconds without anything new after which the file is over; never when left out. */
  readonly timeout?: number;
}

const STANDARD_INPUT = 0;

/**
 * A file that somebody still writes: at its end it is looked at again now and then, until the signal or the time-out says that
 * it is over. `null` is standard input, for one that is a file (`< file`).
 *
 * @throws RangeError for a time that is none.
 */
export function growingSource(
  path: string | null,
  { interval = 100, timeout = Number.POSITIVE_INFINITY }: GrowingOptions = {},
  signal?: AbortSignal,
): ByteSource {
  if (!(interval > 0)) throw new RangeError(`growing: interval is not above 0: ${interval}`);
  if (!(timeout > 0)) throw new RangeError(`growing: timeout is not above 0: ${timeout}`);
  const file = path === null ? descriptorSource(STANDARD_INPUT) : fileSource(path);
  const wait = async (into: Uint8Array, offset: number, length: number): Promise<number> => {
    const since = performance.now();
    while (signal?.aborted !== true && performance.now() - since < timeout * 1000) {
      await sleep(interval, undefined, signal === undefined ? {} : { signal }).catch(() => {});
      const count = file.read(into, offset, length);
      if (count > 0) return count;
    }
    return 0;
  };
  return {
    ...file,
    read: (into, offset, length) => file.read(into, offset, length) || wait(into, offset, length),
  };
}
