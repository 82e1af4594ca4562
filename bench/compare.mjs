// Compares the library as it is built here with that of another commit, in one run.
//
//   node bench/compare.mjs <git-ref> [--rounds N] [--dist DIR]
//
// The other commit is unpacked under bench/build/ and built there with the packages of this checkout; git's own state is not
// touched. What a commit cannot do yet is shown as not measured.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pollutedEntrant, warmEntrant, wirecraftEntrant } from "./entrants.mjs";
import { libraryCases } from "./jobs.mjs";
import {
  benchFolder,
  buildFolder,
  distFolder,
  finish,
  formatRatio,
  measure,
  opening,
  ratio,
  report,
  table,
} from "./lib.mjs";
import { makeCaptures } from "./make.mjs";

const root = join(benchFolder, "..");

/** Runs a command and gives its output; what it complains of is seen, and ends this program. */
function must(argv, { cwd = root, input = undefined, encoding = "utf8" } = {}) {
  const child = spawnSync(argv[0], argv.slice(1), {
    cwd,
    input,
    encoding,
    stdio: ["pipe", "pipe", "inherit"],
    maxBuffer: 2 ** 30,
  });
  if (child.status !== 0) {
    if (child.error) console.error(child.error.message);
    else console.error(String(child.stdout));
    process.exit(1);
  }
  return child.stdout;
}

/** Builds a commit unless that was done; gives where its dist is. */
function build(commit) {
  const folder = join(buildFolder, `commit-${commit}`);
  if (existsSync(folder)) return join(folder, "dist");
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const archive = must(["git", "archive", commit], { encoding: "buffer" });
  must(["tar", "-x"], { cwd: partial, input: archive });
  symlinkSync(join(root, "node_modules"), join(partial, "node_modules"));
  must([process.execPath, "scripts/build.mjs"], { cwd: partial });
  renameSync(partial, folder);
  return join(folder, "dist");
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "7" },
    dist: { type: "string", default: distFolder },
  },
});
const [ref] = positionals;
if (ref === undefined) {
  console.error("usage: node bench/compare.mjs <git-ref> [--rounds N] [--dist DIR]");
  process.exit(2);
}
const commit = must(["git", "rev-parse", "--short", "--verify", `${ref}^{commit}`]).trim();
const then = build(commit);
const now = resolve(values.dist);
makeCaptures();

/** A case as it is now, and as it was then. */
const pair = (entrant, one, name) => [
  entrant({ ...one, dist: now, name: `${name}, now` }),
  entrant({ ...one, dist: then, name: `${name}, ${commit}` }),
];
const pairs = libraryCases.flatMap((one) => {
  const name = `${one.job} ${one.capture}`;
  const usual = [pair(wirecraftEntrant, one, name), pair(warmEntrant, one, `${name}, warm`)];
  return one.job === "tcp" ? [...usual, pair(pollutedEntrant, one, `${name}, polluted`)] : usual;
});
const measured = measure(pairs.flat(), Number(values.rounds));
console.log(opening(values.rounds));
console.log(`${report(measured)}\n`);
console.log(
  `Ratios, now / ${commit}; below 1 it is faster now. In brackets the least and the greatest round.\n`,
);
const rows = pairs.map((_, i) => {
  const [a, b] = measured.slice(2 * i, 2 * i + 2);
  const name = a.entrant.name.replace(/, now$/, "");
  return [name, formatRatio(ratio(a, b, "whole")), formatRatio(ratio(a, b, "loop"))];
});
console.log(`${table(["", "whole process", "work"], rows)}\n`);
finish(measured.filter((m) => m.fault !== null).length);
