// Extraction: JSON beside tshark, several threads beside one, and a capture that is longer than any memory through a pipe.
// In one run, as ratios.
//
//   npm run bench:extraction -- [--rounds N] [--only json,threads,pipe] [--gigabytes N] [--dist DIR]
//
// bench/README.md says what is measured and how to read it.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  captureFile,
  distFolder,
  finish,
  formatMegabytes,
  formatMs,
  formatRatio,
  measure,
  median,
  opening,
  RATIOS,
  ratio,
  report,
  table,
  which,
} from "./lib.mjs";
import { makeCaptures } from "./make.mjs";

/** Resident memory that one thread may take, in bytes. */
const MOST_MEMORY = 150e6;
const CAPTURE = "tcp-small";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    only: { type: "string" },
    gigabytes: { type: "string", default: "10" },
    dist: { type: "string", default: distFolder },
  },
});
const rounds = Number(values.rounds);
const main = join(resolve(values.dist), "cli/main.js");
const wanted = new Set(values.only?.split(",") ?? ["json", "threads", "pipe"]);
makeCaptures([CAPTURE, "tcp-large"]);
const file = captureFile(CAPTURE);
const wirecraft = (...args) => [process.execPath, main, "extract", ...args];
let faults = 0;

console.log(opening(rounds));
if (wanted.has("json")) json();
if (wanted.has("threads")) threads();
if (wanted.has("pipe")) await pipe(Number(values.gigabytes));
finish(faults);

/** Every field of every layer, one processor for either. */
function json() {
  const packets = 1_000_000;
  const ours = {
    ...{ name: "wirecraft extract json", kind: "command", packets },
    argv: wirecraft(file, "--format", "json", "-o", "/dev/null"),
  };
  const program = which("tshark");
  const peer =
    program === null
      ? []
      : [
          {
            ...{ name: "tshark -T json", kind: "command", packets },
            argv: [program, "-n", "-r", file, "-T", "json"],
          },
        ];
  const measured = measure([ours, ...peer], rounds);
  console.log(`## JSON of ${packets} packets\n\n${report(measured)}\n`);
  const [own, other] = measured;
  if (other !== undefined && other.fault === null && own.fault === null)
    console.log(
      `${RATIOS}\n\n${ours.name} / ${other.entrant.name}: ${formatRatio(ratio(own, other, "whole"))}\n`,
    );
  faults += measured.filter((m) => m.fault !== null).length;
  const peak = Math.max(0, ...own.peak);
  if (peak > MOST_MEMORY)
    console.log(`more than ${formatMegabytes(MOST_MEMORY)} MB: ${formatMegabytes(peak)} MB`);
}

/** Whole processes, free to use every processor. */
function threads() {
  const ways = [
    ["native", "--engine", "native"],
    ["server, 1", "--engine", "server", "--workers", "1"],
    ["server, 2", "--engine", "server", "--workers", "2"],
    ["pipeline, 2", "--engine", "pipeline", "--workers", "2"],
  ];
  const times = ways.map(() => []);
  for (let round = 0; round < rounds; round++)
    ways.forEach(([name, ...flags], i) => {
      const started = performance.now();
      const [program, ...args] = wirecraft(file, "-f", "ndjson", "-o", "/dev/null", ...flags);
      const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
      if (status !== 0) {
        console.log(`${name}: exit code ${status}: ${stderr.trim()}`);
        faults++;
      }
      times[i].push(performance.now() - started);
    });
  const rows = ways.map(([name], i) => {
    const ratios = times[i].map((t, round) => t / times[0][round]);
    const spread = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
    return [name, formatMs(median(times[i])), `${median(ratios).toFixed(2)} (${spread})`];
  });
  console.log(`## NDJSON in several threads, ${availableParallelism()} processors\n`);
  console.log(`${table(["engine, threads", "whole process", "/ native"], rows)}\n`);
}

/** The records of a capture over and over again, into standard input; memory is looked at all the time. */
async function pipe(gigabytes) {
  const bytes = readFileSync(captureFile("tcp-large"));
  const records = bytes.subarray(24);
  const [program, ...args] = wirecraft("-", "-f", "ndjson", "-o", "/dev/null");
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "inherit"] });
  const ended = new Promise((done) => child.once("close", done));
  const room = () => new Promise((done) => child.stdin.once("drain", done));
  const seen = [];
  const look = setInterval(() => seen.push(residentBytes(child.pid)), 500);
  const started = performance.now();
  child.stdin.write(bytes.subarray(0, 24));
  let written = 24;
  while (written < gigabytes * 1e9) {
    written += records.length;
    if (!child.stdin.write(records)) await room();
  }
  child.stdin.end();
  const status = await ended;
  clearInterval(look);
  const seconds = (performance.now() - started) / 1000;
  const half = seen.slice(0, seen.length >> 1);
  const rest = seen.slice(seen.length >> 1);
  console.log(
    `## ${(written / 1e9).toFixed(1)} GB through a pipe\n\n${seconds.toFixed(0)} s; most memory ${formatMegabytes(Math.max(...half))} MB in the first half, ${formatMegabytes(Math.max(...rest))} MB in the second\n`,
  );
  if (status !== 0) faults++;
}

function residentBytes(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
  } catch {
    return 0;
  }
}
