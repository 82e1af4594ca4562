import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { OutputError } from "./output.ts";

/**
 * Makes a folder, and those that it lies in: step by step, since Node's own way never ends below `/proc`.
 *
 * @throws OutputError where it cannot be made.
 */
export function makeFolder(path: string): void {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeFolder(above);
  if (existsSync(path)) return;
  try {
    mkdirSync(path);
  } catch (error) {
    throw new OutputError(path, error as NodeJS.ErrnoException);
  }
}
