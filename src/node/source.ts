import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CaptureError } from "../files/errors.ts";
import type { ByteSource, SyncByteSource } from "../files/source.ts";
import { streamSource } from "../files/source.ts";

/**
 * The bytes of a file. Regular files are read with synchronous calls: from the page cache those take less time than the
 * way through the thread pool (measured), and disks are read ahead by the kernel.
 *
 * @throws CaptureError where the path cannot be opened or is a directory.
 */
export function fileSource(path: string): SyncByteSource {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw notOpened(path, cause as NodeJS.ErrnoException);
  }
  if (fstatSync(file).isDirectory()) {
    closeSync(file);
    throw new CaptureError("ERR_CAPTURE_OPEN", `${path} is a directory`, 0);
  }
  return descriptorSource(file);
}

/** The bytes of an open file, from where it stands. */
export const descriptorSource = (file: number): SyncByteSource => ({
  read: (into, offset, length) => readSync(file, into, offset, length, null),
  close: () => closeSync(file),
  // Not filled with zeros first: a tenth of the time that reading takes (measured).
  allocate: (length) => new Uint8Array(Buffer.allocUnsafeSlow(length).buffer),
});

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "reading it is not permitted",
  EISDIR: "it is a directory",
};

function notOpened(path: string, cause: NodeJS.ErrnoException): CaptureError {
  const why = reasons[cause.code ?? ""] ?? cause.message;
  return new CaptureError("ERR_CAPTURE_OPEN", `cannot open ${path}: ${why}`, 0, { cause });
}

/**
 * Standard input, as it comes.
 *
 * @param signal Ends it, also while nothing comes.
 */
export function standardInput(signal?: AbortSignal): ByteSource {
  const source = streamSource(process.stdin as unknown as AsyncIterable<Uint8Array>);
  if (signal === undefined) return source;
  const end = (): void => void process.stdin.destroy();
  signal.addEventListener("abort", end, { once: true });
  return {
    async read(into, offset, length) {
      try {
        return signal.aborted ? 0 : await source.read(into, offset, length);
      } catch (error) {
        // A stream that is ended like this says that it ended too early.
        if (signal.aborted) return 0;
        throw error;
      }
    },
    close() {
      signal.removeEventListener("abort", end);
      return source.close();
    },
  };
}
