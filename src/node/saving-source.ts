import type { ByteSource } from "../files/source.ts";
import { openOutput } from "./output.ts";

/**
 * Keeps all that is read of a source in a file, byte for byte. The file is whole, and gets its name, when the source is closed:
 * also where the reader stopped early, with what was read until then. Where nothing was read there is none.
 *
 * @throws OutputError where the file cannot be written.
 */
export function savingSource(source: ByteSource, path: string): ByteSource {
  const output = openOutput(path);
  let isKept = false;
  /** What cannot be written is given up at once, and told once. */
  const writing = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      isKept = false;
      output.abandon();
      throw error;
    }
  };
  const kept = (into: Uint8Array, offset: number, count: number): number => {
    isKept = true;
    writing(() => output.write(into.subarray(offset, offset + count)));
    return count;
  };
  return {
    ...(source.allocate === undefined ? {} : { allocate: source.allocate }),
    read(into, offset, length) {
      const count = source.read(into, offset, length);
      return typeof count === "number"
        ? kept(into, offset, count)
        : count.then((n) => kept(into, offset, n));
    },
    async close() {
      try {
        if (isKept) writing(() => output.finish());
        else output.abandon();
      } finally {
        await source.close();
      }
    },
  };
}
