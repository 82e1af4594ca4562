import { ClosedPipe, OutputError, writeAll } from "./output.ts";

/**
 * Prints lines on standard output (1) or standard error (2), one after the other and at once. A reader that went away gets no
 * more of them, and nothing is wrong with that: what they accompany goes on. Nobody can be told of a fault of standard error.
 *
 * @throws OutputError where standard output cannot be written.
 */
export function linePrinter(file: 1 | 2): (line: string) => void {
  let isOpen = true;
  return (line) => {
    if (!isOpen) return;
    try {
      writeAll(file, Buffer.from(`${line}\n`));
    } catch (error) {
      isOpen = false;
      if (file === 1 && !(error instanceof ClosedPipe))
        throw new OutputError("standard output", error as NodeJS.ErrnoException);
    }
  };
}
