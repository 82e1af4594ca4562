import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const isHere = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Whether a program is installed; what is left out without is said. */
export function have(program: string, what: string): boolean {
  const found = isHere(program);
  if (!found) console.log(`skipped: ${what} (${program} is not installed)`);
  return found;
}

/** What a program printed, from the input that it was given. */
export function run(
  program: string,
  given: readonly string[],
  input: string | Uint8Array = "",
): Buffer {
  const { status, stdout, stderr } = spawnSync(program, given, {
    ...{ input, maxBuffer: 1 << 28 },
    env: { ...process.env, PYTHONIOENCODING: "utf-8" },
  });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

/** What a Python program found in a report, which it gets as bytes called `data`; it prints JSON of `found`. */
export function python(program: string, report: Uint8Array): unknown {
  const whole = `import json, sys\ndata = sys.stdin.buffer.read()\n${program}\nprint(json.dumps(found))`;
  return JSON.parse(run("python3", ["-c", whole], report).toString("utf8"));
}
