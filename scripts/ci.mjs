// Everything that must hold, from a clean checkout with Node and npm. All steps run; the last line counts tests and steps.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { env, exit, stdout } from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "wirecraft-ci-"));
const report = join(place, "tests.json");

const environment = { ...env, CI: "1", WIRECRAFT_TEST_REPORT: report };
if (!env.WIRECRAFT_CORPUS)
  stdout.write(
    "WIRECRAFT_CORPUS is not set: the tests over a folder of real captures are skipped.\n",
  );

/** The commands of README.md, exactly as they stand there: the first two that a shell is given. */
const commands = [
  ...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```sh\n(.+)\n```$/gm),
].map((m) => m[1]);
const [build = "false", test = "false"] = commands;

const steps = [
  ["Install", "npm ci"],
  ["Tests, by the README's second command", test],
  ["Lint", "npm run --silent lint"],
  ["Types", "npm run --silent types"],
  ["Package", "npm run --silent build && node scripts/check-package.mjs"],
  ["The main job, by the README's first command", build],
  ["Pages made from the declarations", "node scripts/docs.mjs --check"],
  ["Tables made from the registries", "node scripts/iana.mjs --check"],
  ["The example made by its script", "node scripts/example.mjs --check"],
];

const results = [];
for (const [name, command] of steps) {
  stdout.write(`\n==== ${name}\n     ${command}\n`);
  const begun = Date.now();
  const { status } = spawnSync("sh", ["-c", command], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: environment,
  });
  results.push({ name, good: status === 0, seconds: (Date.now() - begun) / 1000 });
}

stdout.write("\n==== Steps\n");
for (const { name, good, seconds } of results)
  stdout.write(`${good ? "passed" : "FAILED"}  ${name} (${seconds.toFixed(1)} s)\n`);

const tests = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
rmSync(place, { recursive: true, force: true });
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = tests;

// What failed is said again here, where whoever sees only the end of a long log still finds it.
for (const file of tests.testResults ?? []) {
  const where = relative(root, file.name);
  if (file.status === "failed" && file.assertionResults.length === 0)
    stdout.write(`FAILED  ${where}: ${firstLines(file.message ?? "")}\n`);
  for (const { status, fullName, failureMessages } of file.assertionResults)
    if (status === "failed")
      stdout.write(`FAILED  ${where}: ${fullName}\n${firstLines(failureMessages.join("\n"))}\n`);
}
stdout.write(
  `Tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped\n\n`,
);

const good = results.filter((result) => result.good).length;
const passed = numPassedTests + good;
const failed = numFailedTests + results.length - good;
const skipped = numPendingTests + numTodoTests;
stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
exit(failed > 0 ? 1 : 0);

/** The beginning of a message, indented. */
function firstLines(text) {
  const lines = text.split("\n").slice(0, 12);
  return lines.map((line) => `        ${line.slice(0, 200)}`).join("\n");
}
