// Runs all tests from nothing but installed npm packages: other programs, the build, then Vitest.
//
//   node scripts/test.mjs            what every change must pass
//   node scripts/test.mjs --slow     also the long forms of property tests (WIRECRAFT_SLOW=1)
//
// Other arguments are passed on to Vitest. Tests over real interfaces share the kernel's buffers and the processors with
// whatever else the machine does: files of them that fail are run once more by themselves, and named if they pass then.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { argv, env, execPath, exit, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { setup } from "./setup.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const slow = argv.includes("--slow");
const rest = argv.slice(2).filter((argument) => argument !== "--slow");
const place = mkdtempSync(join(tmpdir(), "wirecraft-test-"));
const report = env.WIRECRAFT_TEST_REPORT ?? join(place, "tests.json");
const isLive = (file) => /^test\/(live\/|cli\/live)/.test(file);

setup();
let status = run("scripts/build.mjs", report);
if (status === 0) {
  status = vitest(report, ...rest);
  if (status !== 0) status = again();
}
rmSync(place, { recursive: true, force: true });
exit(status);

function run(script, to, ...given) {
  const own = { WIRECRAFT_TEST_REPORT: to, ...(slow ? { WIRECRAFT_SLOW: "1" } : {}) };
  const options = { cwd: root, stdio: "inherit", env: { ...env, ...own } };
  return spawnSync(execPath, [script, ...given], options).status ?? 1;
}

function vitest(to, ...given) {
  return run("node_modules/vitest/vitest.mjs", to, "run", ...given);
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { testResults: [] };
  }
}

/** Runs the live files that failed once more; 0 where nothing failed but what passes now. */
function again() {
  const first = read(report);
  const failed = first.testResults.filter((one) => one.status === "failed");
  const files = failed.map((one) => relative(root, one.name));
  if (files.length === 0 || !files.every(isLive)) return 1;
  stdout.write(`\nOnce more, by themselves: ${files.join(", ")}\n`);
  const second = join(place, "again.json");
  if (vitest(second, ...files) !== 0) return 1;
  for (const { name, assertionResults } of failed)
    for (const { status: how, fullName, failureMessages } of assertionResults)
      if (how === "failed")
        stdout.write(
          `UNSTEADY  ${relative(root, name)}: ${fullName}\n${failureMessages.join("\n").slice(0, 800)}\n`,
        );
  const redone = new Map(read(second).testResults.map((one) => [one.name, one]));
  const testResults = first.testResults.map((one) => redone.get(one.name) ?? one);
  const numFailedTests = 0;
  const numPassedTests = first.numPassedTests + first.numFailedTests;
  writeFileSync(report, JSON.stringify({ ...first, numPassedTests, numFailedTests, testResults }));
  return 0;
}
