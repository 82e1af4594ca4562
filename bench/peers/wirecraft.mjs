// The jobs with Wirecraft: node wirecraft.mjs JOB FILE [--passes N] [--polluted] [--dist DIR].
// Prints `packets sum milliseconds` for every pass.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { work } from "../jobs.mjs";
import { distFolder } from "../lib.mjs";
import { pollute } from "../pollute.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { passes: { type: "string" }, polluted: { type: "boolean" }, dist: { type: "string" } },
});
const [job, file] = positionals;
const wirecraft = await import(
  pathToFileURL(resolve(values.dist ?? distFolder, "node/index.js")).href
);
if (values.polluted) console.error(`${pollute(wirecraft)} protocols used before`);
for (let pass = 0; pass < Number(values.passes ?? 1); pass++) {
  const started = performance.now();
  const { packets, sum } = await work(wirecraft, job, file);
  console.log(packets, sum, performance.now() - started);
}
