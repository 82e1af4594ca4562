import { spawnSync } from "node:child_process";
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

/** Runs tshark once over a capture file. Preferences of whoever runs the tests, and their time zone, play no part. */
export function tsharkCells(file: string, names: readonly string[]): TsharkCells {
  const wanted = names.flatMap((name) => ["-e", name]);
  const folder = dirname(file);
  const done = spawnSync("tshark", ["-n", "-r", file, "-T", "fields", ...wanted], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", HOME: folder, XDG_CONFIG_HOME: folder },
  });
  if (done.status !== 0) {
    const [, unknown] = done.stderr.split("Some fields aren't valid:");
    if (unknown === undefined) throw new Error(`tshark ${file}: ${done.stderr}`);
    return { frames: [], unknown: unknown.trim().split(/\s+/) };
  }
  const lines = done.stdout.split("\n").slice(0, -1);
  return { frames: lines.map((line) => line.split("\t")), unknown: [] };
}
