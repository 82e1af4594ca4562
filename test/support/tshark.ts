import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const folders = (process.env.PATH ?? "").split(delimiter);

/** Whether tshark is installed; tests that compare with it are skipped where it is not. */
export const hasTshark: boolean = folders.some((folder) => existsSync(join(folder, "tshark")));

/** What tshark did with one capture: the cells of each frame, and the names that it does not know (then no frames). */
export interface TsharkCells {
  readonly frames: readonly (readonly string[])[];
  readonly unknown: readonly string[];
}

const argumentsFor = (file: string, names: readonly string[]): string[] => [
  ...["-n", "-r", file, "-T", "fields"],
  ...names.flatMap((name) => ["-e", name]),
];

/** Preferences of whoever runs the tests, and their time zone, play no part. */
const optionsFor = (file: string) => ({
  encoding: "utf8" as const,
  maxBuffer: 1 << 28,
  env: {
    ...process.env,
    TZ: "UTC",
    LC_ALL: "C.UTF-8",
    HOME: dirname(file),
    XDG_CONFIG_HOME: dirname(file),
  },
});

function outcome(file: string, good: boolean, out: string, remarks: string): TsharkCells {
  if (!good) {
    const [, unknown] = remarks.split("Some fields aren't valid:");
    if (unknown === undefined) throw new Error(`tshark ${file}: ${remarks}`);
    return { frames: [], unknown: unknown.trim().split(/\s+/) };
  }
  const lines = out.split("\n").slice(0, -1);
  return { frames: lines.map((line) => line.split("\t")), unknown: [] };
}

/** Runs tshark once over a capture file. */
export function tsharkCells(file: string, names: readonly string[]): TsharkCells {
  const done = spawnSync("tshark", argumentsFor(file, names), optionsFor(file));
  return outcome(file, done.status === 0, done.stdout, done.stderr);
}

/** Runs tshark once over a capture file, while others run. */
export function tsharkCellsLater(file: string, names: readonly string[]): Promise<TsharkCells> {
  return new Promise((resolve, reject) => {
    execFile("tshark", argumentsFor(file, names), optionsFor(file), (error, out, remarks) => {
      try {
        resolve(outcome(file, error === null, out, remarks));
      } catch (fault) {
        reject(fault);
      }
    });
  });
}
