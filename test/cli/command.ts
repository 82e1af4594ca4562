/** Runs the command line that `npm run build` makes. */
import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The command's file. */
export const main = resolve("dist/cli/main.js");

/** Whether there is one; says so where tests are skipped since there is none. */
export const built = existsSync(main);
if (!built) console.log("skipped: the command line (npm run build makes dist/)");

/** How a command ended, and what it said. */
export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end. */
export function run(args: readonly string[], options: SpawnSyncOptions = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    maxBuffer: 1 << 28,
    ...options,
    encoding: "utf8",
  });
  return { status, out: stdout, err: stderr };
}

/** Runs a line of bash in which `$wirecraft` is the command; the exit code is that of the first part of a pipe. */
export function bash(line: string, options: SpawnSyncOptions = {}): Outcome {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `${line}; exit \${PIPESTATUS[0]}`], {
    maxBuffer: 1 << 28,
    ...options,
    env: { ...(options.env ?? process.env), wirecraft: `${process.execPath} ${main}` },
    encoding: "utf8",
  });
  return { status, out: stdout, err: stderr };
}
