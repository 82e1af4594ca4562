import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const corpus = process.env["WIRECRAFT_CORPUS"];

/** The folder of real captures; `undefined` where nobody says where they are, and then `what` is said to be skipped. */
export function realCaptures(what: string): string | undefined {
  if (corpus !== undefined) return join(corpus, "captures");
  console.log(`skipped: ${what} (WIRECRAFT_CORPUS names the folder that holds captures/)`);
  return undefined;
}

/** The files of a folder and of those in it, each folder's by name. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
