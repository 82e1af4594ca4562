import { type BigIntStats, fstatSync, statSync } from "node:fs";

/** What `-` stands for, on either side. */
const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;

/** A file by where the system keeps it; undefined where there is none, or none that writing to would change. */
function identity(path: string, standard: number): BigIntStats | undefined {
  try {
    const found =
      path === "-" ? fstatSync(standard, { bigint: true }) : statSync(path, { bigint: true });
    return found.isFile() ? found : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether an input and an output are one regular file, under whatever names and through whatever links; `-` is standard
 * input and standard output. What is not there, and devices and pipes, are no same file.
 */
export function sameFile(input: string, output: string): boolean {
  const from = identity(input, STANDARD_INPUT);
  if (from === undefined) return false;
  const to = identity(output, STANDARD_OUTPUT);
  return to !== undefined && to.ino === from.ino && to.dev === from.dev;
}

/**
 * The first of several inputs that writing an output would destroy: it is the file itself, or the one that stands in for it
 * while it is written (`NAME.partial`).
 */
export const inputAsOutput = (inputs: readonly string[], output: string): string | undefined =>
  inputs.find(
    (input) => sameFile(input, output) || (output !== "-" && sameFile(input, `${output}.partial`)),
  );
